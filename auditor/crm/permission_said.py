"""What was said about the permission of a person: one row per statement, channel and purpose.

Statements are of three kinds, see `auditor.crm.permission`.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from auditor.language import Context
from auditor.tables import END, GIVEN, relation_table

Column = sa.ColumnElement[Any]

GROUP = "about"
"""One number for a person, a channel and a purpose: windows and joins over it cost half of those over texts."""
_RESTRICTIVE = ("withdrawn", "denied")
_ANY, _UNKNOWN, NUMBER = "any", "?", "number"
_NUMBER_CHANNELS = ("phone", "sms")
"""What a suppressed number that names no channel closes."""
DATED, FLOATING, LASTING = "dated", "floating", "lasting"


def never() -> Column:
    """Before everything."""
    return sa.cast(sa.literal("-infinity"), sa.DateTime())


def forever() -> Column:
    """After everything."""
    return sa.cast(sa.literal("infinity"), sa.DateTime())


class Codes:
    """A closed list as numbers from 0, and after its own values those that stand for several of them."""

    def __init__(self, listed: tuple[str, ...], *more: str) -> None:
        self._listed = listed
        self._said = (*listed, _ANY, _UNKNOWN, *more)
        self.count = len(self._said)

    def _meant(self, said: str) -> tuple[str, ...]:
        if said in self._listed:
            return (said,)
        return _NUMBER_CHANNELS if said == NUMBER else self._listed

    def named(self, alias: str) -> sa.Values:
        """Every value that a number stands for."""
        columns = (sa.column("code", sa.BigInteger()), sa.column("one", sa.String()))
        pairs = [(code, one) for code, said in enumerate(self._said) for one in self._meant(said)]
        return sa.values(*columns, name=alias).data(pairs)

    def numbered(self, alias: str) -> sa.Values:
        """The number of a text; where it is `apart`, the number of each value that it stands for."""
        columns = (sa.column("said", sa.String()), sa.column("apart", sa.Boolean()), sa.column("code", sa.BigInteger()))
        number = {said: code for code, said in enumerate(self._said)}
        rows = [(said, False, code) for said, code in number.items()]
        rows += [(said, True, number[one]) for said in self._said for one in self._meant(said)]
        return sa.values(*columns, name=alias).data(rows)


def statements(
    context: Context, until: Column, part: tuple[int, int], channels: Codes, purposes: Codes
) -> tuple[sa.CTE, sa.CTE]:
    """The people by number, and every statement up to the audit, one row per channel and purpose it is about.

    Where all statements of a person are about the same channels (or purposes), whatever these are, they stay together
    until the end: the intervals are the same for each.
    """
    every = sa.union_all(_consents(context, until), *_suppressions(context, until))
    number, parts = part
    if parts == 1:
        raw = every.cte("raw")
    else:
        rows = every.subquery("every")
        mine = sa.func.hash(rows.c.source, rows.c.subject_id, type_=sa.BigInteger()).op("%")(parts) == number
        raw = sa.select(rows).where(mine).cte("raw")
    key = (raw.c.source, raw.c.subject_id)
    mixed = (
        sa.select(*key, *((sa.func.min(raw.c[n]) != sa.func.max(raw.c[n])).label(n) for n in ("channel", "purpose")))
        .group_by(*key)
        .subquery("mixed")
    )
    # Its numbers must be the same wherever it is asked for.
    person = sa.select(mixed, sa.func.row_number().over().label("number")).cte("person").prefix_with("MATERIALIZED")
    channel, purpose = channels.numbered("channel_of_statement"), purposes.numbered("purpose_of_statement")
    joined = (
        raw.join(person, sa.and_(*(person.c[column.name] == column for column in key)))
        .join(channel, sa.and_(channel.c.said == raw.c.channel, channel.c.apart == person.c.channel))
        .join(purpose, sa.and_(purpose.c.said == raw.c.purpose, purpose.c.apart == person.c.purpose))
    )
    about = (person.c.number * channels.count + channel.c.code) * purposes.count + purpose.c.code
    said = sa.select(about.label(GROUP), *(raw.c[name] for name in ("kind", "status", "a", "b", "va", "vb", "how")))
    return person, said.select_from(joined).cte("said")


def _consents(context: Context, until: Column) -> sa.Select[Any]:
    relations = context.relations
    t = relation_table(relations["consent"]).c
    channel, purpose = (_listed(t[name], relations.lists[name]) for name in ("channel", "purpose"))
    unsure = sa.or_(channel == _UNKNOWN, purpose == _UNKNOWN)
    status = sa.case((sa.and_(sa.not_(unsure), t.status.in_(relations.lists["status"])), t.status), else_=sa.null())
    how = sa.case((t.how == "state", "state"), else_="event")
    lasts = sa.and_(how == "state", sa.func.coalesce(status.in_(_RESTRICTIVE), sa.false()))
    kind = sa.case((lasts, LASTING), (t.event_at.is_not(None), DATED), else_=FLOATING)
    # A validity that cannot be read may end the grant at any time.
    valid = sa.or_(t["valid_until" + GIVEN].is_(True), t.valid_until.is_not(None))
    va = sa.case((valid, sa.func.coalesce(t.valid_until, never())), else_=forever())
    vb = sa.case((valid, sa.func.coalesce(t["valid_until" + END], forever())), else_=forever())
    return sa.select(
        context.home("consent", t.source).label("source"),
        t.subject_id,
        channel.label("channel"),
        purpose.label("purpose"),
        kind.label("kind"),
        status.label("status"),
        sa.func.coalesce(t.event_at, never()).label("a"),
        sa.func.coalesce(t["event_at" + END], until).label("b"),
        va.label("va"),
        vb.label("vb"),
        how.label("how"),
    ).where(
        sa.not_(t.deleted),
        t.subject_id.is_not(None),
        sa.func.coalesce(t.event_at <= until, sa.true()),
    )


def _suppressions(context: Context, until: Column) -> list[sa.Select[Any]]:
    """Entries that name the person, else everybody in any source who has the address, else the number."""
    relations = context.relations
    entry = relation_table(relations["suppression"])
    identity = relation_table(relations["identity"])
    t, i = entry.c, identity.c
    lists = relations.lists

    def entries(source: Column, person: Column, channel: str) -> sa.Select[Any]:
        how = sa.case((t.since.is_not(None), "event"), else_="state")
        reach = sa.case((t["channel" + GIVEN].is_(True), _listed(t.channel, lists["channel"])), else_=channel)
        purpose = sa.case((t["purpose" + GIVEN].is_(True), _listed(t.purpose, lists["purpose"])), else_=_ANY)
        unsure = sa.or_(reach == _UNKNOWN, purpose == _UNKNOWN)
        return sa.select(
            source.label("source"),
            person.label("subject_id"),
            reach.label("channel"),
            purpose.label("purpose"),
            sa.case((unsure, FLOATING), else_=LASTING).label("kind"),
            sa.case((unsure, sa.null()), else_="withdrawn").label("status"),
            sa.func.coalesce(t.since, never()).label("a"),
            sa.func.coalesce(t["since" + END], until).label("b"),
            forever().label("va"),
            forever().label("vb"),
            how.label("how"),
        ).where(sa.not_(t.deleted), person.is_not(None), sa.func.coalesce(t.since <= until, sa.true()))

    matched = [entries(context.home("suppression", t.source), t.subject_id, _ANY)]
    for name, channel in (("email", "email"), ("phone", NUMBER)):
        same = sa.and_(t.subject_id.is_(None), t[name] == i[name], sa.not_(i.deleted))
        matched.append(entries(i.source, i.subject_id, channel).select_from(entry.join(identity, same)))
    return matched


def _listed(code: Column, listed: tuple[str, ...]) -> Column:
    return sa.case((code.in_((*listed, _ANY)), code), else_=_UNKNOWN)
