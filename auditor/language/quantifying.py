"""Parts of a quantifier's statement: answers by group, intervals in force, who is the same person, calendars."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa

from auditor.language import comparing, syntax
from auditor.language.syntax import Path, Place, Quantifier
from auditor.language.values import Column, Condition, Context, Value
from auditor.relations import Relation
from auditor.tables import relation_table

PERSON = "person"
"""The key of `same person`."""


def grouped(rows: sa.Select[Any], name: str, *, counted: bool) -> sa.FromClause:
    """The answers of matched rows (2 true, 1 unknown, 0 false) by key: the largest, or how many."""
    inner = rows.subquery()
    groups = [column for column in inner.c if column.name != "code"]
    code = inner.c.code
    if counted:
        answers = [
            sa.func.sum(sa.case((code == 2, 1), else_=0)).label("sure"),
            sa.func.sum(sa.case((code >= 1, 1), else_=0)).label("possible"),
        ]
    else:
        answers = [sa.func.max(code).label("answer")]
    return sa.select(*groups, *answers).group_by(*groups).subquery(name)


def in_force(relation: Relation, starts: Value | None, ends: Value | None, moment: Value, at: Place) -> Condition:
    """starts_at <= moment < ends_at; a row that has no end is in force for ever."""
    if starts is None or ends is None:
        raise at.error(f"{relation.name} has no time from when and until when.", "Leave `at` out.")
    moment = comparing.matched(moment, starts, at)
    if moment.type != "time":
        raise comparing.wrong_type(moment, "a time", at, "`at` takes a time.")
    then = comparing.bounds(moment)
    begun = sa.not_(comparing.before(then, comparing.bounds(starts)))
    open_ended = sa.not_(sa.func.coalesce(ends.given, sa.false()))
    return sa.and_(begun, sa.or_(open_ended, comparing.before(then, comparing.bounds(ends))))


def is_alone(node: Quantifier) -> bool:
    """Whether the condition concerns the inner rows alone, so that they can be grouped before they are matched."""
    if node.other or PERSON in node.keys:
        return False
    if node.moment is not None and any(isinstance(part, Path) for part in syntax.walk(node.moment)):
        return False
    return node.where is None or not any(isinstance(part, Path) and part.this for part in syntax.walk(node.where))


def uses_params(node: Quantifier) -> bool:
    """Whether a parameter is named in it."""
    return any(isinstance(part, syntax.Param) for part in syntax.walk(node))


def identifiers(relation: Relation, context: Context, at: Place) -> sa.Select[Any]:
    """Per row everything that tells whose it is: the person's key in its source, e-mail addresses, phone numbers.

    `kind`, `source` and `value` of two rows are equal if they are of the same person; an address or number means the
    same in every source, a key only in its own.
    """
    table = relation_table(relation).alias()
    identity = relation_table(context.relations["identity"]).alias() if "identity" in context.relations else None
    found: list[sa.Select[Any]] = []

    def tells(kind: int, source: Column, value: Column, start: sa.FromClause) -> None:
        columns = (table.c.row_id, sa.literal(kind).label("kind"), source.label("source"), value.label("value"))
        found.append(sa.select(*columns).select_from(start).where(value.is_not(None)))

    everywhere = sa.literal("", sa.String())
    if relation.subject_field:
        person, home = table.c[relation.subject_field], context.home(relation.name, table.c.source)
        tells(0, home, person, table)
        if identity is not None:
            of_person = sa.and_(identity.c.source == home, identity.c.subject_id == person)
            known = table.join(identity, of_person)
            tells(1, everywhere, identity.c.email, known)
            tells(2, everywhere, identity.c.phone, known)
    own = {"email": 1, "phone": 2}
    for field in relation.fields.values():
        if field.type in own:
            tells(own[field.type], everywhere, table.c[field.name], table)
    if not found:
        raise at.error(f"{relation.name} is not about a person.", "Match it by a field: (same FIELD).")
    every = sa.union_all(*found).subquery()
    return sa.select(every.c.row_id, every.c.kind, every.c.source, every.c.value).distinct()


def business_days(
    count: int, sign: int, off: Iterable[date], years: tuple[int, int]
) -> sa.FromClause:  # fmt: skip
    """Every `day` of the years with the business day (`moved`) that lies `count` after, or before, it."""
    first, last = date(years[0], 1, 1), date(years[1], 12, 31)
    step = sa.func.to_days(sa.literal(1, sa.Integer()))
    series = sa.func.generate_series(_date(first), _date(last), step)
    days = sa.select(sa.cast(sa.func.unnest(series), sa.Date()).label("day")).subquery()
    # One text: the engine's driver takes longer over each entry of a list than the engine over all of it.
    listed = sa.bindparam("holidays", ",".join(map(str, off)), sa.String(), unique=True)
    holidays = sa.select(sa.cast(sa.func.unnest(sa.func.string_split(listed, ",")), sa.Date()))
    free = sa.or_(sa.func.isodow(days.c.day) > 5, days.c.day.in_(holidays) if listed.value else sa.false())
    opened = sa.case((free, 0), else_=1)
    marked = sa.select(days.c.day, opened.label("opened")).subquery()
    number = sa.func.sum(marked.c.opened).over(order_by=marked.c.day).label("number")
    numbered = sa.select(marked.c.day, marked.c.opened, number).subquery()
    other = numbered.alias()
    # Forward, the day's own number is of the last business day up to it; backward, it does not count itself.
    wanted = numbered.c.number + count if sign > 0 else numbered.c.number - numbered.c.opened - count + 1
    match = sa.and_(other.c.number == wanted, other.c.opened == 1)
    return sa.select(numbered.c.day, other.c.day.label("moved")).select_from(numbered.join(other, match)).subquery()


def _date(day: date) -> Column:
    return sa.cast(sa.bindparam("calendar", day, sa.Date(), unique=True), sa.DateTime())
