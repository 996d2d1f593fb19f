"""A few violating records for the report: their keys, and the dates, codes and flags that the rule read. Never more."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa

from auditor.language import Context, Frame, Path, Place, syntax
from auditor.language.quantifying import PERSON
from auditor.language.values import Value
from auditor.model import EvidenceRow
from auditor.rules.scan import Judged, violating
from auditor.tables import relation_table

ROWS = 5
MEMBERS = 100_000
_SIZE = 16
_SHOWN = ("time", "code", "set", "flag", "country", "region", "number", "presence", "name")


def evidence(connection: sa.Connection, judged: Judged, source: str, context: Context) -> tuple[EvidenceRow, ...]:
    """Up to five violating records of one source, always the same ones: the first by key."""
    found, condition = violating(judged, context)
    first = (found.table.c.key, found.table.c.row_id)
    numbers = sa.select(*first).select_from(found.joined).where(condition, found.source == source)
    listed = connection.execute(numbers.order_by(*first).limit(ROWS)).all()
    table = relation_table(found.relation)
    rows_of_it = sa.select(table).where(table.c.row_id.in_([number for _, number in listed])).subquery()
    frame = Frame(found.relation, found.context, rows=rows_of_it)
    shown: list[tuple[str, Value]] = []
    for path in _paths(judged):
        value = frame.resolve(path)
        if value.type in _SHOWN:
            shown.append((str(path), value))
    columns: list[sa.ColumnElement[Any]] = []
    for index, (_, value) in enumerate(shown):
        columns.append(value.column.label(f"value{index}"))
        columns.append((value.column if value.end is None else value.end).label(f"end{index}"))
        columns.append(value.given.label(f"given{index}"))
    statement = (
        sa.select(frame.table.c.key.label("key"), *columns)
        .select_from(frame.joined)
        .order_by(frame.table.c.key, frame.table.c.row_id)
    )
    rows = connection.execute(statement).mappings().all()
    return tuple(
        EvidenceRow(
            "" if row["key"] is None else str(row["key"]),
            tuple(
                (name, _said(row[f"value{index}"], row[f"end{index}"], row[f"given{index}"]))
                for index, (name, _) in enumerate(shown)
            ),
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class Members(Collection[str]):
    """Hashes of 32 hex digits, in order; packed, for every rule may have a hundred thousand."""

    packed: bytes = b""

    def __iter__(self) -> Iterator[str]:
        return (self.packed[at : at + _SIZE].hex() for at in range(0, len(self.packed), _SIZE))

    def __len__(self) -> int:
        return len(self.packed) // _SIZE

    def __contains__(self, value: object) -> bool:
        return any(value == each for each in self)


def members(keys: Iterable[str], key: bytes) -> Members:
    """Keyed hashes of record keys; of more than MEMBERS the smallest ones, which is a fair sample of all."""
    state = blake2b(key=key[:64], digest_size=_SIZE)

    def hashed(written: str) -> bytes:
        own = state.copy()
        own.update(written.encode("utf-8", "surrogatepass"))
        return own.digest()

    return Members(b"".join(heapq.nsmallest(MEMBERS, map(hashed, keys))))


def _paths(judged: Judged) -> tuple[Path, ...]:
    """The fields of the judged record that the rule's text names, directly or through a reference, each once."""
    found: dict[Path, None] = {}
    for part in (judged.compiled.when, judged.compiled.violation):
        if part is not None:
            _collect(part, found)
    return tuple(found)


def _collect(node: syntax.Node, found: dict[Path, None]) -> None:
    match node:
        case syntax.Path():
            found.setdefault(node)
        case syntax.Exists():
            return
        case syntax.Quantifier():
            for key in node.keys:
                if key != PERSON:
                    found.setdefault(Path(Place("", 1, 1), tuple(key.split("."))))
            if node.moment is not None:
                _collect(node.moment, found)
        case _:
            for child in syntax.children(node):
                _collect(child, found)


def _said(known: Any, end: Any, given: Any) -> str:
    if known is None:
        return "unreadable" if given else "missing" if given is False else "unknown"
    if isinstance(known, bool):
        return "yes" if known else "no"
    if isinstance(known, list):
        return ", ".join("unreadable" if code is None else str(code) for code in known) or "none"
    if isinstance(known, datetime):
        return _time(known, end)
    return f"{known:g}" if isinstance(known, float) else str(known)


def _time(start: datetime, end: Any) -> str:
    """A day where only the day is known, a span where less is."""
    if start == end or not isinstance(end, datetime):
        return start.isoformat(" ")
    if start.date() == end.date() and start.time() == time.min:
        return start.date().isoformat()
    first = "unknown" if start.year <= 1 else start.date().isoformat()
    return f"{first} to {end.date().isoformat()}"
