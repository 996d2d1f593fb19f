"""What was in force for a person, channel and purpose, and from when until when: `rel.permission`.

It is derived from live rows of `rel.consent` and `rel.suppression` that say something about the time up to the audit.
`any` is expanded over the closed lists; a channel, purpose or status that cannot be read means "one of them, unknown
which". Everything below happens per source, person, channel and purpose.

1. Three kinds of statements.
   *Dated* - an event whose time is known, within bounds (a day is 24 hours).
   *Floating* - an event without a readable date, or a state that permits (granted, pending): true at some unknown time
   up to the audit, perhaps before, perhaps after the dated events.
   *Lasting* - a state that restricts (withdrawn, denied), and an entry of a suppression list: in force at the audit,
   since its date if it has one, else since an unknown time. It outranks all else from then on.
2. Dated events whose bounds overlap form a knot: their order is unknown. A knot of one status is one event of it; a
   mixed knot is an event of unknown status (NULL). A stretch runs from the first event of a knot to the next knot.
3. Floating statements hold before the first knot; in a stretch of another status they make the status unknown.
4. `valid_until` ends a grant: the stretch is cut there, and goes on as `expired`.
5. A lasting statement ends every stretch of a status that is not its own, and adds one that never ends.

Bounds do the rest: `at T` is unknown while a start or an end is uncertain, and a status of NULL makes a condition on it
unknown, so `any permission (...) at T where (status = 'withdrawn')` is true only if it holds however the unknowns fall.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from auditor.crm.permission_said import (
    DATED,
    FLOATING,
    GROUP,
    LASTING,
    NUMBER,
    Codes,
    Column,
    forever,
    never,
    statements,
)
from auditor.language import Context
from auditor.tables import END, GIVEN, relation_table

AT_ONCE = 1_500_000
"""Statements that are taken together; more are taken in parts, by person, to keep within the memory of the stage."""


def build_permission(connection: sa.Connection, context: Context) -> int:
    """Fills `rel.permission` anew and says how many rows it has."""
    permission = relation_table(context.relations["permission"])
    given = (relation_table(context.relations[name]) for name in ("consent", "suppression"))
    counts = (connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in given)
    parts = sum(counts) // AT_ONCE + 1
    connection.execute(sa.delete(permission))
    rows = 0
    for part in range(parts):
        columns, found = _rows(context, rows, (part, parts))
        connection.execute(sa.insert(permission).from_select([permission.c[name] for name in columns], found))
        rows = int(connection.execute(sa.select(sa.func.count()).select_from(permission)).scalar_one())
    return rows


def _rows(context: Context, before: int, part: tuple[int, int]) -> tuple[list[str], sa.Select[Any]]:
    """The rows of one part of the people, numbered after those that are there."""
    relations = context.relations
    until = sa.cast(sa.literal(context.as_of), sa.DateTime())
    channels, purposes = Codes(relations.lists["channel"], NUMBER), Codes(relations.lists["purpose"])
    person, said = statements(context, until, part, channels, purposes)
    lasting = _lasting(said)
    stretches = _stretches(_knots(said), _floating(said), until)
    rows = sa.union_all(_outranked(_expired(stretches), lasting), _endless(lasting)).subquery()
    channel, purpose = channels.named("channel_of_row"), purposes.named("purpose_of_row")
    about = rows.c[GROUP]
    expanded = (
        rows.join(person, person.c.number == about.op("//")(channels.count * purposes.count))
        .join(channel, channel.c.code == about.op("//")(purposes.count) % channels.count)
        .join(purpose, purpose.c.code == about % purposes.count)
    )
    there = sa.true()
    values: dict[str, Column] = {
        "source": person.c.source,
        "row_id": sa.func.row_number().over() + before,
        "key": person.c.subject_id,
        "deleted": sa.false(),
        "subject_id": person.c.subject_id,
        "channel": channel.c.one,
        "channel" + GIVEN: there,
        "purpose": purpose.c.one,
        "purpose" + GIVEN: there,
        "status": rows.c.status,
        "status" + GIVEN: there,
        "starts_at": rows.c.a,
        "starts_at" + END: rows.c.b,
        "starts_at" + GIVEN: rows.c.a > never(),
        "ends_at": rows.c.ea,
        "ends_at" + END: rows.c.eb,
        "ends_at" + GIVEN: rows.c.ea < forever(),
        "how": rows.c.how,
        "how" + GIVEN: there,
    }
    return list(values), sa.select(*values.values()).select_from(expanded)


def _knots(said: sa.CTE) -> sa.CTE:
    """Dated events whose bounds overlap, as one event: bounds of the first, and the common status or NULL.

    `ea` and `eb` are the bounds of the next. Most groups hold a single event, and need no window to be seen so.
    """
    dated = sa.select(said).where(said.c.kind == DATED).cte("dated")
    group = dated.c[GROUP]
    several = sa.select(group).group_by(group).having(sa.func.count() > 1).cte("several")
    more = group.in_(sa.select(several.c[GROUP]))
    values = (dated.c[name] for name in ("status", "a", "b"))
    end = (forever().label(name) for name in ("ea", "eb"))
    alone = sa.select(group, *values, *end, dated.c.va, dated.c.vb, dated.c.how).where(sa.not_(more))
    return sa.union_all(alone, _followed(_numbered(sa.select(dated).where(more).cte("in_line")))).cte("knots")


def _numbered(dated: sa.CTE) -> sa.CTE:
    """Each event with the number of its knot within its group."""
    in_time: dict[str, Any] = {"partition_by": dated.c[GROUP], "order_by": (dated.c.a, dated.c.b)}
    so_far = sa.func.max(dated.c.b).over(**in_time, rows=(None, -1))
    apart = sa.select(dated, sa.case((dated.c.a <= so_far, 0), else_=1).label("starts")).cte("apart")
    place = sa.func.sum(apart.c.starts).over(
        partition_by=apart.c[GROUP], order_by=(apart.c.a, apart.c.b), rows=(None, 0)
    )
    return sa.select(apart, place.label("knot")).cte("numbered")


def _followed(numbered: sa.CTE) -> sa.Select[Any]:
    """Each knot, and where the next begins."""
    group = numbered.c[GROUP]
    knots = (
        sa.select(
            group,
            _common(numbered.c.status).label("status"),
            sa.func.min(numbered.c.a).label("a"),
            sa.func.min(numbered.c.b).label("b"),
            sa.func.min(numbered.c.va).label("va"),
            sa.func.max(numbered.c.vb).label("vb"),
            sa.func.min(numbered.c.how).label("how"),
        )
        .group_by(group, numbered.c.knot)
        .cte("tied")
    ).c
    in_time: dict[str, Any] = {"partition_by": knots[GROUP], "order_by": knots.a}
    end = (
        sa.func.coalesce(sa.func.lead(bound).over(**in_time), forever()).label(name)
        for name, bound in (("ea", knots.a), ("eb", knots.b))
    )
    return sa.select(knots[GROUP], knots.status, knots.a, knots.b, *end, knots.va, knots.vb, knots.how)


def _floating(said: sa.CTE) -> sa.CTE:
    """What is said without a date, as one statement per group."""
    return (
        sa.select(
            said.c[GROUP],
            _common(said.c.status).label("status"),
            sa.func.min(said.c.va).label("va"),
            sa.func.max(said.c.vb).label("vb"),
            sa.func.min(said.c.how).label("how"),
        )
        .where(said.c.kind == FLOATING)
        .group_by(said.c[GROUP])
        .cte("floating")
    )


def _lasting(said: sa.CTE) -> sa.CTE:
    """What is in force at the audit whatever else was said, per group and status."""
    return (
        sa.select(
            said.c[GROUP],
            said.c.status,
            sa.func.min(said.c.a).label("a"),
            sa.func.min(said.c.b).label("b"),
            sa.func.min(said.c.how).label("how"),
        )
        .where(said.c.kind == LASTING)
        .group_by(said.c[GROUP], said.c.status)
        .cte("lasting")
    )


def _common(status: Column) -> Column:
    """The one status of a group, NULL if there are several or one is unknown."""
    agreed = sa.and_(sa.func.min(status) == sa.func.max(status), sa.func.count(status) == sa.func.count())
    return sa.case((agreed, sa.func.min(status)), else_=sa.null())


def _same_group(one: sa.CTE, other: sa.CTE) -> Column:
    return one.c[GROUP] == other.c[GROUP]


def _stretches(knots: sa.CTE, floating: sa.CTE, until: Column) -> sa.CTE:
    """From each knot to the next, and before the first where something floats; a floating doubt is taken in."""
    group = knots.c[GROUP]
    doubted = floating.c[GROUP].is_not(None)
    agreed = sa.or_(sa.not_(doubted), knots.c.status == floating.c.status)
    after = sa.select(
        group,
        sa.case((agreed, knots.c.status), else_=sa.null()).label("status"),
        knots.c.a,
        knots.c.b,
        knots.c.ea,
        knots.c.eb,
        sa.func.least(knots.c.va, sa.func.coalesce(floating.c.va, forever())).label("va"),
        sa.func.greatest(knots.c.vb, sa.func.coalesce(floating.c.vb, knots.c.vb)).label("vb"),
        knots.c.how,
    ).select_from(knots.outerjoin(floating, _same_group(knots, floating)))
    first = (
        sa.select(group, sa.func.min(knots.c.a).label("a"), sa.func.min(knots.c.b).label("b"))
        .where(group.in_(sa.select(floating.c[GROUP])))
        .group_by(group)
        .cte("first")
    )
    before = sa.select(
        floating.c[GROUP],
        floating.c.status,
        never().label("a"),
        until.label("b"),
        sa.func.coalesce(first.c.a, forever()).label("ea"),
        sa.func.coalesce(first.c.b, forever()).label("eb"),
        floating.c.va,
        floating.c.vb,
        floating.c.how,
    ).select_from(floating.outerjoin(first, _same_group(floating, first)))
    return sa.union_all(after, before).cte("stretches")


def _expired(stretches: sa.CTE) -> sa.CTE:
    """A grant with an end in sight becomes two stretches: granted until then, expired from then on."""
    t = stretches.c
    lapses = sa.and_(sa.func.coalesce(t.status == "granted", sa.false()), t.va < t.eb)
    granted = sa.select(
        t[GROUP],
        t.status,
        t.a,
        t.b,
        sa.case((lapses, sa.func.least(t.ea, t.va)), else_=t.ea).label("ea"),
        sa.case((lapses, sa.func.least(t.eb, t.vb)), else_=t.eb).label("eb"),
        t.how,
    )
    expired = sa.select(
        t[GROUP],
        sa.literal("expired").label("status"),
        sa.func.greatest(t.a, t.va).label("a"),
        sa.func.greatest(t.b, t.vb).label("b"),
        t.ea,
        t.eb,
        t.how,
    ).where(lapses)
    return sa.union_all(granted, expired).cte("expiring")


def _outranked(stretches: sa.CTE, lasting: sa.CTE) -> sa.Select[Any]:
    """Every stretch of another status ends where a lasting statement begins; one that is surely empty is left out."""
    first = (
        sa.select(
            lasting.c[GROUP],
            sa.func.min(lasting.c.a).label("a"),
            sa.func.min(lasting.c.b).label("b"),
            _common(lasting.c.status).label("status"),
        )
        .group_by(lasting.c[GROUP])
        .cte("first_lasting")
    )
    t = stretches.c
    own = sa.func.coalesce(t.status == first.c.status, sa.false())
    ends = [
        sa.case((own, t[name]), else_=sa.func.least(t[name], sa.func.coalesce(first.c[other], forever())))
        for name, other in (("ea", "a"), ("eb", "b"))
    ]
    return (
        sa.select(t[GROUP], t.status, t.a, t.b, ends[0].label("ea"), ends[1].label("eb"), t.how)
        .select_from(stretches.outerjoin(first, _same_group(stretches, first)))
        .where(ends[1] > t.a)
    )


def _endless(lasting: sa.CTE) -> sa.Select[Any]:
    t = lasting.c
    return sa.select(t[GROUP], t.status, t.a, t.b, forever().label("ea"), forever().label("eb"), t.how)
