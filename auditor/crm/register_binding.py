"""Binds registers and the policy's sections: as a CRM's tables are, with persons and accounts found in the sources.

A register names a person by a key of the CRM or by an address, an account by its key. Who is found becomes the
reference; who is not leaves one that leads nowhere, so that `exists` is false and not unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from auditor.crm.blocks import Ground, rows_of
from auditor.crm.filling import Origin, summarise
from auditor.crm.planning import Plan, Presence
from auditor.crm.registers import OpenRegister, Registers
from auditor.crm.resolving import FoundTable
from auditor.crm.staging import stage_tables
from auditor.crm.work import Work, insert, make_keys_unique
from auditor.errors import SourceError
from auditor.model import BoundField, BoundRelation, Fill, Skipped
from auditor.policy_registers import ADDRESSES, KEY
from auditor.stage import stage_errors
from auditor.tables import GIVEN, LAYOUT, ROW

_FOUND = "__found"
_NO_COLUMN = "the register has no column for it"


def bind_registers(
    registers: Registers,
    sources: Sequence[str],
    work: Work,
    progress: Callable[[str], None] | None,
    *,
    completing: bool,
) -> list[tuple[str, str, int, int]]:
    """Adds the rows of all of them, and says per table its place, name, rows and rows that did not fit.

    `sources` are those whose people and accounts may be meant, in order; identity must be built. Registers that
    complete rows, and those that add some, are bound apart: what completes people comes before their regimes.
    """
    read: list[tuple[str, str, int, int]] = []
    origins: dict[tuple[str, str], dict[str, Origin]] = {}
    broken: dict[tuple[str, str], list[Skipped]] = {}
    for place, relation, gap in registers.broken:
        if work.relations[relation].completes == completing:
            broken.setdefault((place, relation), []).append(gap)
    for number, register in enumerate(registers.opened):
        relation = register.relation.name
        unwanted = work.needs is not None and relation not in work.needs
        if unwanted or register.relation.completes != completing:
            continue
        try:
            rows = _add(register, registers, f"r{number}", sources, work, progress, origins)
        except SourceError as error:
            gap = Skipped(f"{register.place}.{register.table.name}", error.what, gap=True)
            broken.setdefault((register.place, relation), []).append(gap)
        else:
            unread = registers.sources[register.place].unread(register.table)
            read.append((register.place, register.table.name, rows, unread))
    work.failures += [gap for gaps in broken.values() for gap in gaps]
    for place, relation in () if completing else dict.fromkeys((*origins, *broken)):
        if sources:
            work.homes.setdefault(place, sources[0])
        gaps = tuple(broken.get((place, relation), ()))
        work.bound.append(_summary(place, relation, origins.get((place, relation), {}), gaps, work))
    return read


def _add(
    register: OpenRegister,
    registers: Registers,
    name: str,
    sources: Sequence[str],
    work: Work,
    progress: Callable[[str], None] | None,
    origins: dict[tuple[str, str], dict[str, Origin]],
) -> int:
    """Reads one table and adds its rows, or what it says of rows that are there. Raises SourceError."""
    if register.of and register.of not in sources:
        raise SourceError(
            f"It is said to be of {register.of[:60]!r}, and no source is called that: {', '.join(sources)}."
        )
    source, profile = registers.sources[register.place], register.profile(name)
    found = {name: FoundTable(profile.tables[name], (register.table,), {c: (p,) for c, p in _physical(register)})}
    staged = stage_tables(
        source, found, {name: set(register.columns)}, work.stage, work.settler, register.zone, progress=progress
    )
    if staged.broken:
        raise SourceError(staged.failures[0].why)
    table = staged.tables[name]
    there = Presence({name: frozenset(profile.tables[name].columns)})
    (block,) = profile.blocks
    entry = Plan(block, {known: spec.parts for known, spec in block.fields.items()}, deleted=block.deleted)
    own = {known: Origin((f"{register.table.name}.{_column(register, known)}",)) for known in block.fields}
    homes = [register.of] if register.of else list(sources)
    if register.relation.completes:
        for home in homes:
            one = _one_each(_resolved(table, register, home, work))
            _complete(entry, Ground(profile, there, {name: one}, work.context, home), own, work)
    else:
        for place, home, rows in _by_home(table, register, homes, work):
            if insert(entry, Ground(profile, there, {name: rows}, work.context, place), work) or home == homes[0]:
                work.homes[place] = home
                kept = origins.setdefault((place, register.relation.name), {})
                for known, origin in own.items():
                    kept[known] = Origin((*kept.get(known, Origin()).columns, *origin.columns))
    count = work.stage.connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
    if not work.stage.resumable:
        work.stage.drop(f"{source.info.name}.{name}")
    return int(count)


def _column(register: OpenRegister, known: str) -> str:
    return register.columns.get(known) or next(a for a in ADDRESSES if a in register.columns)


def _complete(entry: Plan, ground: Ground, own: dict[str, Origin], work: Work) -> None:
    """Fills fields of the rows that a register is about, where it says something."""
    relation = work.relations[entry.block.relation]
    table = work.tables[relation.name]
    rows = rows_of(entry, relation, ground).subquery()
    values: dict[str, Any] = {}
    for known in own:
        field = relation.fields[known]
        columns = [known + suffix for suffix, _ in LAYOUT[field.type]]
        given: sa.ColumnElement[bool] = rows.c[known].is_not(None) if field.type != "presence" else rows.c[known]
        if known + GIVEN in columns:
            given = rows.c[known + GIVEN]
        values |= {name: sa.case((given, rows.c[name]), else_=table.c[name]) for name in columns}
    if values:
        change = sa.update(table).values(values).where(table.c.source == ground.source, table.c.key == rows.c.key)
        with stage_errors(where=relation.name):
            work.stage.connection.execute(change)
    work.bound = [_completed(b, own, work) if _is(b, ground.source, relation.name) else b for b in work.bound]


def _is(bound: BoundRelation, source: str, relation: str) -> bool:
    return (bound.source, bound.relation) == (source, relation)


def _completed(bound: BoundRelation, own: dict[str, Origin], work: Work) -> BoundRelation:
    origins = {n: Origin(f.origin, f.verified) for n, f in bound.fields.items() if f.fill in (Fill.FILLED, Fill.EMPTY)}
    lacking = {n: (f.fill, f.reason) for n, f in bound.fields.items() if n not in {*origins, *own}}
    for known, origin in own.items():
        before = origins.get(known, Origin())
        origins[known] = Origin((*before.columns, *origin.columns), before.verified)
    again = summarise(
        work.filled(), work.relations[bound.relation], bound.source, origins, lacking, reason=bound.reason,
        unreadable=bound.unreadable,
    )  # fmt: skip
    return replace(again, fields={n: _answered(f) if n in own else f for n, f in again.fields.items()})


def _answered(field: BoundField) -> BoundField:
    """A register's column that is there and empty says that there is nothing to say, unlike a CRM's."""
    return replace(field, fill=Fill.FILLED, reason="") if field.fill is Fill.EMPTY else field


def _one_each(rows: sa.Subquery) -> sa.Subquery:
    """One row of a register per record it is about: the first."""
    number = sa.func.row_number().over(partition_by=rows.c[KEY], order_by=rows.c[ROW]).label("__number")
    ranked = sa.select(rows, number).where(rows.c[_FOUND]).subquery()
    return sa.select(*(c for c in ranked.c if c.name != "__number")).where(ranked.c["__number"] == 1).subquery()


def _physical(register: OpenRegister) -> list[tuple[str, str]]:
    return [*register.columns.items(), *((name, "") for name in register.resolves if name not in register.columns)]


def _summary(
    place: str, relation: str, origins: dict[str, Origin], gaps: tuple[Skipped, ...], work: Work
) -> BoundRelation:  # fmt: skip
    """What came of it."""
    make_keys_unique(work, relation, place)
    known = work.relations[relation]
    lacking = dict.fromkeys(known.fields, (Fill.UNREADABLE, gaps[0].why)) if gaps else {}
    bound = summarise(
        work.filled(), known, place, origins, lacking, reason=gaps[0].why if gaps else "the register has no rows",
        unreadable=gaps,
    )  # fmt: skip
    fields = {
        name: replace(field, reason=_NO_COLUMN) if field.fill is Fill.NOT_MAPPED else _answered(field)
        for name, field in bound.fields.items()
    }  # fmt: skip
    return replace(bound, fields=fields)


# --- whom it is about ----------------------------------------------------------------------------------------


def _by_home(
    table: sa.FromClause, register: OpenRegister, homes: Sequence[str], work: Work
) -> list[tuple[str, str, sa.FromClause]]:
    """The rows by the source in which their person or account is found; what is found nowhere goes to the first."""
    if not homes:
        return [(register.place, "", _resolved(table, register, "", work))]
    found = [(home, _resolved(table, register, home, work)) for home in homes]
    if len(homes) == 1 or not register.resolves:
        return [(register.place, homes[0], found[0][1])]
    parts: list[tuple[str, str, sa.FromClause]] = []
    for index, (home, rows) in enumerate(found):
        others = found[1:] if index == 0 else [] if register.relation.everybody else found[:index]
        elsewhere = [rows.c[ROW].in_(sa.select(o.c[ROW]).where(o.c[_FOUND])) for _, o in others]
        here = rows.c[_FOUND]
        mine = sa.or_(here, sa.not_(sa.or_(*elsewhere))) if index == 0 else sa.and_(here, *map(sa.not_, elsewhere))
        place = register.place if index == 0 else f"{register.place} of {home}"
        parts.append((place, home, sa.select(rows).where(mine).subquery()))
    return parts


def _resolved(table: sa.FromClause, register: OpenRegister, home: str, work: Work) -> sa.Subquery:
    """The staged rows with references as the source called `home` has them."""
    columns: dict[str, Any] = {column.name: column for column in table.c}
    source: sa.FromClause = table
    found: list[sa.ColumnElement[bool]] = []
    for name in register.resolves:
        completes = register.relation.completes
        target = work.tables[register.relation.name if completes else register.relation.fields[name].to]
        ways: list[sa.ColumnElement[Any]] = []
        given: list[sa.ColumnElement[Any]] = []
        if name in register.columns:
            own = table.c[name]
            exact, tail = _keys(target, home)
            source = source.outerjoin(exact, exact.c.key == own)
            source = source.outerjoin(tail, sa.and_(tail.c.tail == own, exact.c.key.is_(None)))
            ways += [exact.c.key, tail.c.key]
            given.append(own)
        if name == register.relation.subject_field:
            for address in ADDRESSES:
                if address in register.columns and (completes or address not in register.relation.fields):
                    own = table.c[address]
                    people = _people(work, address, home, everybody=completes or register.relation.everybody)
                    first = [way.is_(None) for way in ways]
                    source = source.outerjoin(people, sa.and_(people.c.value == own, *first))
                    ways.append(people.c.subject_id)
                    given.append(own)
        columns[name] = sa.func.coalesce(*ways, *given).label(name)
        found.append(sa.func.coalesce(*ways, sa.null()).is_not(None))
    columns[_FOUND] = (sa.or_(*found) if found else sa.true()).label(_FOUND)
    return sa.select(*columns.values()).select_from(source).subquery()


def _keys(target: sa.Table, home: str) -> tuple[sa.Subquery, sa.Subquery]:
    """Keys of a relation in a source, and what stands after their last stroke where only one key ends so."""
    here = sa.select(target.c.key).where(target.c.source == home, target.c.key.is_not(None)).distinct()
    exact = here.subquery()
    tail = sa.func.split_part(exact.c.key, "/", -1)
    tails = sa.select(tail.label("tail"), sa.func.min(exact.c.key).label("key"))
    return exact, tails.where(exact.c.key != tail).group_by(tail).having(sa.func.count() == 1).subquery()


def _people(work: Work, address: str, home: str, *, everybody: bool) -> sa.Subquery:
    """Address to person: everybody who has it, or the first of them, live ones before deleted ones."""
    i, s = work.tables["identity"].c, work.tables["subject"].c
    deleted = sa.func.coalesce(s.deleted, i.deleted)
    person = sa.and_(s.source == i.source, s.key == i.subject_id)
    number = sa.func.row_number().over(partition_by=i[address], order_by=(deleted, s.row_id, i.row_id))
    rows = (
        sa.select(i[address].label("value"), i.subject_id.label("subject_id"), number.label("number"))
        .select_from(work.tables["identity"].outerjoin(work.tables["subject"], person))
        .where(i.source == home, i[address].is_not(None), i.subject_id.is_not(None))
        .subquery()
    )
    if everybody:
        return sa.select(rows.c.value, rows.c.subject_id).distinct().subquery()
    return sa.select(rows.c.value, rows.c.subject_id).where(rows.c.number == 1).subquery()
