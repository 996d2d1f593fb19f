"""Small made-up databases and exports of known CRMs, and what an audit must find; see `planted/*/expected.yaml`.

A CRM is given as statements that make its database (`data.sql`), or as the files it exports (`export/*.csv`).
"""

from __future__ import annotations

import contextlib
import csv
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from auditor.audit import Options, run
from auditor.model import AuditResult
from auditor.policy import Policy
from auditor.rules.compiled import CompiledRule
from auditor.rules.loading import load_packs, load_rules_or_raise

PLANTED = Path(__file__).parent / "planted"
CRMS = sorted(path.name for path in PLANTED.iterdir())
EXPORTING = sorted(path.parent.name for path in PLANTED.glob("*/export"))


@dataclass(frozen=True)
class Found:
    """An audit's result and the keys of the records that violate each rule."""

    result: AuditResult
    violations: Mapping[str, list[str]]


def audited(source: Path | str, as_of: date, profile: str = "") -> Found:
    """A whole audit, without the rule about the modes of the very files that a test has made."""
    keys: dict[str, list[str]] = defaultdict(list)
    options = Options(as_of=as_of, key=b"k" * 32, values=20, workers=1, profile=profile)
    result = run(
        [str(source)], _rules(), load_packs(), Policy(), options, lambda step: None,
        lambda rule, place, records: keys[rule.id].extend(key for key, _ in records),
    )  # fmt: skip
    return Found(result, {rule: sorted(found) for rule, found in keys.items()})


@cache
def _rules() -> tuple[CompiledRule, ...]:
    return tuple(compiled for compiled in load_rules_or_raise() if compiled.rule.id != "export-readable-by-all")


def expected(crm: str) -> dict[str, Any]:
    """What an audit finds: the profile, the keys of the records that violate each rule, and the number of people."""
    wanted: dict[str, Any] = yaml.safe_load((PLANTED / crm / "expected.yaml").read_text(encoding="utf-8"))
    wanted["violations"] = {rule: sorted(records) for rule, records in wanted["violations"].items()}
    return {"profile": crm} | wanted


def script(crm: str) -> str:
    """The statements that make the database, for any kind of server."""
    return (PLANTED / crm / "data.sql").read_text(encoding="utf-8")


def planted(crm: str, folder: Path, changes: str = "", prefix: str = "") -> Path:
    """The database as a SQLite file, with further statements run on it; of an export, the copy in a warehouse."""
    path = folder / f"{crm}.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        if crm in EXPORTING:
            for name, header, rows in _tables(crm):
                _copy(connection, prefix + snake_case(name), header, rows)
            connection.commit()
        else:
            connection.executescript(script(crm) + changes)
    return path


def exported(crm: str, folder: Path, tables: Sequence[str] = (), columns: Sequence[str] = (), suffix: str = "") -> Path:
    """The export, every value in quotes; of those tables and columns only, if they are given."""
    folder.mkdir()
    for name, header, rows in _tables(crm):
        if not tables or name in tables:
            kept = [i for i, caption in enumerate(header) if not columns or caption in columns]
            with (folder / f"{name}{suffix}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, quoting=csv.QUOTE_ALL).writerows([row[i] for i in kept] for row in (header, *rows))
    return folder


def snake_case(name: str) -> str:
    """A name as warehouse loaders write it."""
    parts = re.sub(r"(?<=[a-z0-9])([A-Z])|(?<=[A-Z])([A-Z][a-z])", r"_\1\2", name).casefold()
    return re.sub(r"(?<!^)_+", "_", parts)


def _tables(crm: str) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    for path in sorted((PLANTED / crm / "export").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        yield path.stem, header, rows


def _copy(connection: sqlite3.Connection, table: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table under names in snake case, without columns that have none; a blank is NULL there."""
    kept = [i for i, caption in enumerate(header) if caption]
    columns = ", ".join(f'"{snake_case(header[i])}" TEXT' for i in kept)
    connection.execute(f'CREATE TABLE "{table}" ({columns})')
    marks = ", ".join("?" * len(kept))
    values = ([row[i] or None for i in kept] for row in rows)
    connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', values)
