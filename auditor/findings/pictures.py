"""The figures behind the report's pictures: small aggregates of the stage, never a record and never a value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from auditor.findings.holders import holders
from auditor.findings.requests import requests
from auditor.jurisdictions import Jurisdictions
from auditor.model import AGE_YEARS, AgeGroup, Attested, Binding, PermissionPoint, Pictures
from auditor.relations import Relations, load_relations
from auditor.tables import END, relation_table

Column = sa.ColumnElement[Any]

NEEDS: Mapping[str, frozenset[str]] = {
    "permission": frozenset({"subject_id", "channel", "purpose", "status", "starts_at", "ends_at"}),
    "subject": frozenset({"kind", "last_activity_at"}),
    "message": frozenset({"sent_at", "content"}),
    "note": frozenset({"created_at", "content"}),
    "user": frozenset({"active", "admin"}),
    "role": frozenset({"title", "may_export", "may_delete", "sees_all"}),
    "grant": frozenset({"user_id", "role_id", "object", "operation", "scope", "denies", "active"}),
    "request": frozenset({"subject_id", "kind", "received_at", "extended_at", "closed_at"}),
    "attestation": frozenset({"question", "signed_at", "expires_at"}),
}
"""What the pictures read, beside what the rules do."""
MONTHS = 24
ATTESTED = 200
_PURPOSE = "marketing"
_REFUSED, _OTHER = ("withdrawn", "denied"), ("pending", "expired")


def with_pictures(needs: Mapping[str, frozenset[str]]) -> Mapping[str, frozenset[str]]:
    """What the rules need, and the pictures too."""
    return {name: needs.get(name, frozenset()) | NEEDS.get(name, frozenset()) for name in sorted({*needs, *NEEDS})}


def pictures(connection: sa.Connection, binding: Binding, facts: Jurisdictions, as_of: date) -> Pictures:
    """What the stage says about permissions over time, ages, rights and requests at the end of `as_of`."""
    relations = load_relations()
    return Pictures(
        permissions=_permissions(connection, relations, as_of),
        ages=_ages(connection, relations, as_of),
        holders=holders(connection, relations),
        requests=requests(connection, binding, facts, as_of),
        attested=_attested(connection, relations),
    )


# --- permissions over time -----------------------------------------------------------------------------------


def _permissions(connection: sa.Connection, relations: Relations, as_of: date) -> tuple[PermissionPoint, ...]:
    days = month_ends(as_of, MONTHS)
    states = _states(relations, days)
    names = ("granted", "refused", "other", "unknown")
    counted = [
        sa.func.count_if(states.c[name].op("&")(1 << place) != 0).label(f"{name}_{place}")
        for place in range(len(days))
        for name in names
    ]
    query = sa.select(states.c.channel, *counted).group_by(states.c.channel)
    found = {str(row["channel"]): row for row in connection.execute(query).mappings()}
    points = [
        PermissionPoint(channel, day, *(int(found[channel][f"{name}_{place}"] or 0) for name in names))
        for place, day in enumerate(days)
        for channel in (*relations.lists["channel"], *sorted({*found} - {*relations.lists["channel"]}))
        if channel in found
    ]
    seen = {point.channel for point in points if point.recorded}
    return tuple(point for point in points if point.channel in seen)


def _states(relations: Relations, days: Sequence[date]) -> sa.Subquery:
    """Per person and channel one number for each state, whose bits are the days on which that state holds.

    So all days are asked in one scan, whose memory is four numbers per person and channel however many days there are.
    """
    row, subject = relation_table(relations["permission"]), relation_table(relations["subject"])

    def place(bound: Column) -> Column:
        """How many of the days lie before a bound."""
        ends = [sa.cast(sa.literal(_end_of(day)), sa.DateTime()) for day in days]
        return sa.case(*((bound <= end, n) for n, end in enumerate(ends)), else_=len(days))

    def bits(first: Column, last: Column) -> Column:
        """The days from one place until before another, of which none may be left."""
        one = sa.cast(1, sa.BigInteger())
        return sa.case((last > first, one.op("<<")(last) - one.op("<<")(first)), else_=0)

    joined = row.join(subject, sa.and_(subject.c.source == row.c.source, subject.c.key == row.c.subject_id))
    person = (row.c.channel, row.c.source, row.c.subject_id)
    # The same three answers as `at T` in a rule: in force for certain, perhaps, or not.
    rows = (
        sa.select(
            *person, row.c.status,
            bits(place(row.c["starts_at" + END]), place(row.c.ends_at)).label("certain"),
            bits(place(row.c.starts_at), place(row.c["ends_at" + END])).label("possible"),
        )
        .select_from(joined)
        .where(sa.not_(subject.c.deleted), row.c.purpose == _PURPOSE, row.c.channel.is_not(None))
        .subquery()
    )  # fmt: skip

    def some(days: Column, *states: str) -> Column:
        return sa.func.coalesce(sa.func.bit_or(days).filter(rows.c.status.in_(states)), 0)

    certain = rows.c.certain
    held = (
        sa.select(
            rows.c.channel, some(certain, *_REFUSED).label("refused"), some(certain, "granted").label("granted"),
            some(certain, *_OTHER).label("other"), sa.func.bit_or(rows.c.possible).label("possible"),
        )
        .group_by(rows.c.channel, rows.c.source, rows.c.subject_id)
        .subquery()
    )  # fmt: skip
    refused, granted, other, possible = (held.c[n] for n in ("refused", "granted", "other", "possible"))

    def without(days: Column, *others: Column) -> Column:
        for more in others:
            days = days.op("&")(sa.func.xor(more, -1))
        return days

    return sa.select(
        held.c.channel,
        refused.label("refused"),
        without(granted, refused).label("granted"),
        without(other, refused, granted).label("other"),
        without(possible, refused, granted, other).label("unknown"),
    ).subquery()


def month_ends(as_of: date, months: int) -> tuple[date, ...]:
    """The last days of the months before, oldest first, and the date itself."""
    days = [as_of]
    first = as_of.replace(day=1)
    for _ in range(months):
        if first.toordinal() == 1:
            break
        last = first - timedelta(days=1)
        if last != days[0]:
            days.insert(0, last)
        first = last.replace(day=1)
    return tuple(days)


# --- ages ----------------------------------------------------------------------------------------------------


def _ages(connection: sa.Connection, relations: Relations, as_of: date) -> tuple[AgeGroup, ...]:
    subject, message, note = (relation_table(relations[name]) for name in ("subject", "message", "note"))
    found = _aged(connection, "subject", subject, subject.c.kind, "last_activity_at", sa.true(), as_of)
    nobody: Column = sa.cast(sa.null(), sa.String())
    for name, table, dated in (("message", message, "sent_at"), ("note", note, "created_at")):
        past = sa.func.coalesce(table.c[dated] <= _end_of(as_of), sa.true())
        held = sa.and_(table.c.content, past)
        found += _aged(connection, name, table, nobody, dated, held, as_of)
    return tuple(found)


def _aged(
    connection: sa.Connection, name: str, table: sa.Table, kind: Column, dated: str, held: Column, as_of: date
) -> list[AgeGroup]:
    cuts = [_end_of(_years_before(as_of, years)) for years in AGE_YEARS]
    earliest, latest = table.c[dated], table.c[dated + END]
    older = len(cuts)
    low = sa.case(*((earliest >= cut, n) for n, cut in enumerate(cuts)), else_=older)
    high = sa.case(*((latest > cut, n) for n, cut in enumerate(cuts)), else_=older)
    # A time whose bounds lie in two groups, or that is missing, is in neither.
    age = sa.case((sa.or_(earliest.is_(None), latest.is_(None)), -1), (low == high, low), else_=-1).label("age")
    rows = sa.select(kind.label("kind"), age).where(sa.not_(table.c.deleted), held).subquery()
    query = sa.select(rows.c.kind, rows.c.age, sa.func.count()).group_by(rows.c.kind, rows.c.age)
    counts: dict[str, dict[int, int]] = defaultdict(dict)
    for code, group, count in connection.execute(query):
        counts[str(code or "")][int(group)] = int(count)
    groups = [
        AgeGroup(name, code, tuple(found.get(n, 0) for n in range(older + 1)), found.get(-1, 0))
        for code, found in counts.items()
    ]
    return sorted(groups, key=lambda group: (-group.total, group.kind))


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.max)


# --- what was signed -----------------------------------------------------------------------------------------


def _attested(connection: sa.Connection, relations: Relations) -> tuple[Attested, ...]:
    row = relation_table(relations["attestation"])
    query = (
        sa.select(row.c.source, row.c.question, row.c.signed_at, row.c.expires_at)
        .where(sa.not_(row.c.deleted), row.c.question.is_not(None))
        .order_by(row.c.source, row.c.question, row.c.signed_at)
        .limit(ATTESTED)
    )
    found = connection.execute(query)
    return tuple(Attested(str(s), str(question), _day(signed), _day(until)) for s, question, signed, until in found)


def _day(at: Any) -> date | None:
    return at.date() if isinstance(at, datetime) and at.year < 9999 else None
