"""What came of a relation in one source: rows, and per field whether it is filled, empty, not mapped or unreadable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import quoted_name

from auditor.crm.planning import Plan
from auditor.crm.profile import Block, Profile
from auditor.crm.resolving import FoundTable
from auditor.crm.scope import paths
from auditor.language import Expr
from auditor.model import BoundField, BoundRelation, Fill, Skipped
from auditor.relations import Field, Relation
from auditor.tables import GIVEN, LAYOUT

_WORST = ("M", "C", "D", "S")


@dataclass(frozen=True, slots=True)
class Origin:
    """The columns of the source that a field rests on, and the weakest mark of their facts."""

    columns: tuple[str, ...] = ()
    verified: str = ""


class Filled:
    """How many rows each source has in a relation, and how many of them hold each field: one scan for all sources.

    It is of the moment at which a relation is first asked for.
    """

    def __init__(self, connection: sa.Connection, tables: Mapping[str, sa.Table]) -> None:
        self._connection, self._tables = connection, tables
        self._counts: dict[str, dict[str, Sequence[int]]] = {}

    def of(self, relation: Relation, source: str) -> Sequence[int]:
        """The rows of a source, then the count of each field in the relation's order."""
        if relation.name not in self._counts:
            table = self._tables[relation.name]
            given = [sa.func.count(sa.case((_given(f, table), 1))) for f in relation.fields.values()]
            grouped = sa.select(table.c.source, sa.func.count(), *given).group_by(table.c.source)
            self._counts[relation.name] = {str(row[0]): row[1:] for row in self._connection.execute(grouped)}
        return self._counts[relation.name].get(source) or [0] * (1 + len(relation.fields))


def summarise(
    counts: Filled,
    relation: Relation,
    source: str,
    origins: Mapping[str, Origin],
    lacking: Mapping[str, tuple[Fill, str]],
    *,
    reason: str = "",
    unreadable: tuple[Skipped, ...] = (),
) -> BoundRelation:
    """A relation as it lies in the stage for one source; `origins` are the fields that were bound."""
    rows, *filled = counts.of(relation, source)
    fields: dict[str, BoundField] = {}
    for field, count in zip(relation.fields.values(), filled, strict=True):
        name = field.name
        if name in origins:
            fill = Fill.FILLED if count else Fill.EMPTY
            why = "" if count else "no row has a value" if rows else "there are no rows"
            if name in lacking:  # another branch of the relation could not fill it
                why = lacking[name][1]
                fill = Fill.UNREADABLE if lacking[name][0] is Fill.UNREADABLE else fill
            fields[name] = BoundField(name, fill, origins[name].columns, why, origins[name].verified)
        elif name in lacking:
            fields[name] = BoundField(name, lacking[name][0], reason=lacking[name][1])
        else:
            fields[name] = BoundField(name, Fill.NOT_MAPPED, reason="the profile has no place for it")
    why = "" if rows else reason or "its tables hold no rows"
    return BoundRelation(source, relation.name, rows, fields, why, unreadable)


def _given(field: Field, table: sa.Table) -> sa.ColumnElement[bool]:
    if GIVEN in [suffix for suffix, _ in LAYOUT[field.type]]:
        return table.c[field.name + GIVEN]
    column: sa.ColumnElement[Any] = table.c[quoted_name(field.name, quote=True)]
    return column if field.type == "presence" else column.is_not(None)


def origins_of(
    plans: Sequence[Plan], given: Sequence[Plan], profile: Profile, found: Mapping[str, FoundTable]
) -> dict[str, Origin]:
    """Per bound field the columns it rests on; a constant rests on what selects its rows.

    Only branches that gave rows count (`given`), if any did: a fact from memory about an empty table taints nothing.
    """
    collected: dict[str, list[Origin]] = {}
    filled = {name for plan in plans if any(plan is g for g in given) for name in plan.fields}
    for plan in plans:
        here = any(plan is g for g in given)
        for name, parts in plan.fields.items():
            if name in filled and not here:
                continue
            collected.setdefault(name, []).append(_origin(plan.block, name, parts, profile, found))
    return {
        name: Origin(
            tuple(dict.fromkeys(column for origin in origins for column in origin.columns)),
            _weakest([origin.verified for origin in origins]),
        )
        for name, origins in collected.items()
    }


def _origin(
    block: Block, name: str, parts: tuple[Expr, ...], profile: Profile, found: Mapping[str, FoundTable]
) -> Origin:
    named = [path for part in parts for path in paths(part)]
    selecting = [] if block.where is None else list(paths(block.where))
    columns: list[str] = []
    marks: list[str] = []
    for path in named or selecting:
        table = block.aliases[path.names[0]]
        spec = profile.tables[table].columns.get(path.names[1])
        if spec is not None and table in found:
            columns += found[table].origins(spec.name)
            marks.append(spec.verified or profile.verified)
    if not columns and block.table in found:
        columns = [info.name for info in found[block.table].tables]
    mark = block.fields[name].verified
    return Origin(tuple(dict.fromkeys(columns)), mark or _weakest(marks or [profile.verified]))


def _weakest(marks: Sequence[str]) -> str:
    return next((mark for mark in _WORST if mark in marks), "")


def lacking_of(plans: Sequence[Plan]) -> dict[str, tuple[Fill, str]]:
    """Per field why it could not be bound in some branch; unreadable goes before not mapped."""
    lacking: dict[str, tuple[Fill, str]] = {}
    for plan in plans:
        for name, (fill, why) in plan.lacking.items():
            if name not in lacking or fill is Fill.UNREADABLE:
                lacking[name] = (fill, why)
    return lacking
