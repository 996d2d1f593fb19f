"""How requests of people stand against the deadline of each law they are under, counted in the stage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

import sqlalchemy as sa

from auditor.jurisdictions import Deadline, Jurisdictions
from auditor.language import Context, Frame, last_instant, lower_condition, parse
from auditor.language.values import Column, Condition
from auditor.model import Binding, Law, LawRequests, RequestGroup, Standing
from auditor.relations import load_relations
from auditor.rules.assess import Bound
from auditor.tables import relation_table

SOON = timedelta(days=7)
_HERE = ("rules/jurisdictions.yaml", 1, 1)


def requests(connection: sa.Connection, binding: Binding, facts: Jurisdictions, as_of: date) -> tuple[LawRequests, ...]:
    """Per law and deadline the requests of people under it; last those that no known deadline covers for certain.

    The conditions are those of the rules about late answers, in the rules' own language.
    """
    relations = load_relations()
    request = relation_table(relations["request"])
    if connection.execute(sa.select(request.c.row_id).limit(1)).first() is None:
        return ()  # to look at everybody for each deadline takes a minute where there are ten million people
    homes = Bound.of(binding).homes_by_relation
    context = Context(last_instant(as_of), relations, facts, homes=homes)
    known = [(name, deadline) for name, regime in facts.regimes.items() for deadline in regime.answers]
    found = []
    for name, deadline in known:
        groups = _counted(connection, context, _covered(name, deadline), _standing(deadline, context))
        if groups:
            basis = Law(deadline.law, deadline.verified, facts.checked_on)
            title = facts.regimes[name].title
            found.append(LawRequests(name, title, groups, deadline.within, deadline.at_most, basis))
    anywhere = " or ".join(f"({_covered(name, deadline)})" for name, deadline in known)
    rest = _counted(connection, context, anywhere, None)
    return (*found, LawRequests("", "", rest)) if rest else tuple(found)


def _covered(regime: str, deadline: Deadline) -> str:
    kinds = ", ".join(f"'{kind}'" for kind in sorted(deadline.kinds))
    return f"under('{regime}') and kind in ({kinds})"


def _standing(deadline: Deadline, context: Context) -> tuple[tuple[Standing, str, Context], ...]:
    """What a request is, the first that is certain; what remains is unknown."""
    within, at_most = deadline.within, deadline.at_most
    past, old = f"closed_at >= received_at + {within} + 1 day", f"received_at older than {within}"
    late, overdue = f"extended_at is missing and {past}", f"extended_at is missing and {old}"
    waiting = f"not ({old})"
    if at_most:
        late = f"({late}) or closed_at >= received_at + {at_most} + 1 day"
        overdue = f"({overdue}) or received_at older than {at_most}"
        waiting = f"not ({overdue})"
    answered, still_open = "closed_at is not missing", "closed_at is missing"
    extended = f"extended_at is not missing and {past} and closed_at < received_at + {at_most} + 1 day"
    in_a_week = replace(context, as_of=context.as_of + SOON)
    return (
        (Standing.IN_TIME, f"{answered} and closed_at < received_at + {within} + 1 day", context),
        *([(Standing.EXTENDED, f"{answered} and {extended}", context)] if at_most else []),
        (Standing.LATE, f"{answered} and ({late})", context),
        (Standing.OVERDUE, f"{still_open} and ({overdue})", context),
        (Standing.WAITING, f"{still_open} and {waiting}", in_a_week),
        (Standing.SOON, f"{still_open} and {waiting}", context),
    )


def _counted(
    connection: sa.Connection,
    context: Context,
    covered: str,
    standing: Iterable[tuple[Standing, str, Context]] | None,
) -> tuple[RequestGroup, ...]:
    """Counts by kind; without a standing, those that are not covered for certain."""
    frame = Frame(context.relations["request"], context)
    inside = sa.func.coalesce(_condition(covered, frame, context), sa.false())
    order = list(Standing)
    cases = [(_condition(text, frame, at), order.index(name)) for name, text, at in standing or ()]
    unknown = order.index(Standing.UNKNOWN)
    state: Column = sa.case(*cases, else_=unknown) if cases else sa.literal(unknown)
    kind = frame.value("kind").column
    rows = (
        sa.select(kind.label("kind"), state.label("state"))
        .select_from(frame.joined)
        .where(frame.scope_of(False), inside if standing else sa.not_(inside))
        .subquery()
    )
    counts: Mapping[str, list[int]] = defaultdict(lambda: [0] * len(order))
    query = sa.select(rows.c.kind, rows.c.state, sa.func.count()).group_by(rows.c.kind, rows.c.state)
    for name, place, count in connection.execute(query):
        counts[str(name or "")][int(place)] = int(count)
    return tuple(RequestGroup(name, tuple(found)) for name, found in sorted(counts.items()))


def _condition(text: str, frame: Frame, context: Context) -> Condition:
    return lower_condition(parse(text, where=_HERE), frame, context)
