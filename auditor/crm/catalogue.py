"""The relations `field`, `table` and `file`: what the inventory found and the sources are, as rows rules can judge."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from auditor.crm.profile import Profile
from auditor.crm.resolving import FoundTable
from auditor.inventory.taxonomy import LEVELS, load_taxonomy
from auditor.knowledge import Node
from auditor.model import ColumnInventory, Inventory, SourceInfo, TableInfo
from auditor.stage import Stage, stage_errors
from auditor.tables import GIVEN

_ARROW: tuple[tuple[type[sa.types.TypeEngine[Any]], pa.DataType], ...] = (
    (sa.ARRAY, pa.list_(pa.string())),
    (sa.Boolean, pa.bool_()),
    (sa.BigInteger, pa.int64()),
    (sa.Double, pa.float64()),
    (sa.String, pa.string()),
)
_WORD = re.compile(r"[a-z]+|\d+")
_DATE = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])?")


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a profile maps of one source: its tables, and its columns of prose as `table.column`."""

    tables: frozenset[str] = frozenset()
    prose: frozenset[str] = frozenset()

    @classmethod
    def of(cls, profile: Profile, found: Mapping[str, FoundTable]) -> Mapped:
        """What a profile found in a source."""
        tables = frozenset(t.name for table in found.values() for t in table.tables)
        entries = (entry.partition(".") for entry in profile.free_text)
        prose = (origin for table, _, column in entries if table in found for origin in found[table].origins(column))
        return cls(tables, frozenset(prose))


def fill_catalogue(
    stage: Stage,
    field: sa.Table,
    table: sa.Table,
    infos: Sequence[SourceInfo],
    inventory: Inventory,
    profiles: Mapping[str, Mapped],
    words: Node,
) -> None:
    """Fills both; `profiles` gives per source what its profile maps."""
    _insert(stage, field, [_field(c, profiles.get(c.source, Mapped())) for c in inventory.columns])
    personal: dict[tuple[str, str], int] = {}
    for column in inventory.columns:
        personal[column.source, column.table] = personal.get((column.source, column.table), 0) + bool(column.personal)
    counts = {(c.source, c.table): c.rows for c in inventory.columns}
    parts = words.mapping()
    marks, times = frozenset(parts["backup"].texts()), frozenset(parts["dated"].texts())
    rows = []
    for info in infos:
        mapped = profiles.get(info.name, Mapped()).tables
        for entry in info.tables:
            number = counts.get((info.name, entry.name), entry.rows)
            rows.append(
                {
                    "source": info.name, "key": _key(entry.schema, entry.name), "deleted": False,
                    "table_name": entry.name,
                    "rows": number, "rows" + GIVEN: number is not None,
                    "personal_columns": personal.get((info.name, entry.name), 0), "personal_columns" + GIVEN: True,
                    "mapped": entry.name in mapped, "mapped" + GIVEN: True,
                    "dated": _dated(entry, times), "dated" + GIVEN: True,
                    "backup": _is_backup(entry.name, marks), "backup" + GIVEN: True,
                }
            )  # fmt: skip
    _insert(stage, table, rows)


def fill_files(stage: Stage, file: sa.Table, infos: Sequence[SourceInfo]) -> frozenset[str]:
    """The files that sources consist of, and who on this machine may read them; says which sources have any."""
    rows = []
    for info in infos:
        for path in dict.fromkeys(_files(info)):
            readable = _world_readable(path)
            rows.append(
                {
                    "source": info.name, "key": path.name, "deleted": False, "encrypted" + GIVEN: False,
                    "world_readable": readable, "world_readable" + GIVEN: readable is not None,
                }
            )  # fmt: skip
    _insert(stage, file, rows)
    return frozenset(str(row["source"]) for row in rows)


def _files(info: SourceInfo) -> Iterator[Path]:
    """The paths of a source's files; none of a server."""
    own = Path(info.location)
    try:
        if own.is_file():
            yield own
        elif own.is_dir():
            for place in (own / table.location for table in info.tables if table.location):
                # What lies in an archive is as readable as the archive.
                yield next((path for path in (place, *place.parents) if path.is_file()), place)
    except (OSError, ValueError):
        return


def _world_readable(path: Path) -> bool | None:
    """Whether everybody may read a file, and enter all folders on the way to it; None where that cannot be told."""
    if os.name != "posix":
        return None
    try:
        whole = path.resolve(strict=True)
        return open_to_all(whole.stat().st_mode, (folder.stat().st_mode for folder in whole.parents))
    except OSError:
        return None


def open_to_all(mode: int, folders: Iterable[int]) -> bool:
    """Whether the mode of a file lets everybody read it, and those of all folders above it let everybody through."""
    return bool(mode & stat.S_IROTH) and all(above & stat.S_IXOTH for above in folders)


def _field(column: ColumnInventory, mapped: Mapped) -> dict[str, object]:
    taxonomy = load_taxonomy()
    found = sorted(column.personal, key=lambda c: -c.confidence)
    known = [taxonomy[c.category] for c in found if c.category in taxonomy]
    level = max((c.level for c in known), key=LEVELS.index, default="S0")
    flags = frozenset(flag for category in known for flag in category.flags)
    row: dict[str, object] = {
        "source": column.source, "key": _key(column.schema, column.table, column.column), "deleted": False,
        "table_name": column.table, "column_name": column.column,
        "category": found[0].category if found else None, "category" + GIVEN: bool(found),
        "categories": [c.category for c in found] or None, "categories" + GIVEN: bool(found),
        "level": level, "level" + GIVEN: True,
        "special": "gdpr_special" in flags, "special" + GIVEN: True,
        "forbidden": "forbidden_at_rest" in flags, "forbidden" + GIVEN: True,
        "confidence": found[0].confidence if found else None, "confidence" + GIVEN: bool(found),
        "non_empty": column.non_empty, "non_empty" + GIVEN: True,
    }  # fmt: skip
    text = any(c.category == "communication.content" for c in found)
    row |= {"free_text": text or f"{column.table}.{column.column}" in mapped.prose, "free_text" + GIVEN: True}
    return row


def _key(*parts: str) -> str:
    return "/".join(part for part in parts if part)


def _words(name: str) -> Iterator[str]:
    return (match[0] for match in _WORD.finditer(re.sub(r"([a-z])([A-Z])", r"\1_\2", name).casefold()))


def _dated(table: TableInfo, times: frozenset[str]) -> bool:
    for column in table.columns:
        kind = column.type.casefold()
        if "date" in kind or "time" in kind or times & set(_words(column.name)):
            return True
    return False


def _is_backup(name: str, marks: frozenset[str]) -> bool:
    return bool(marks & set(_words(name))) or _DATE.search(name) is not None


def _insert(stage: Stage, table: sa.Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Adds rows given as dictionaries; what a row does not name is NULL."""
    schema = pa.schema(
        [(c.name, next(arrow for kind, arrow in _ARROW if isinstance(c.type, kind))) for c in table.columns]
    )
    numbered = [dict(row) | {"row_id": number} for number, row in enumerate(rows)]
    arrays = [pa.array([row.get(part.name) for row in numbered], part.type) for part in schema]
    batch = pa.RecordBatch.from_arrays(arrays, schema=schema)
    name = f"rows of {table.name}"
    stage.load(name, schema, [batch])
    staged = stage.table(name)
    with stage_errors(where=str(table.name)):
        stage.connection.execute(sa.insert(table).from_select(list(table.columns), sa.select(*staged.columns)))
    stage.drop(name)
