"""What was in force for whom, once more in plain Python: the five steps of `auditor/crm/permission.py` over rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, zip_longest
from typing import Any

from tests.language.world import UNREADABLE, End, Row, Start

CHANNELS = ("email", "phone", "sms", "post", "messaging")
PURPOSES = ("marketing", "service", "profiling", "sharing", "research")
NEVER, FOREVER = datetime.min, datetime.max
DATED, FLOATING, LASTING = "dated", "floating", "lasting"
Group = tuple[str, str, str, str]


@dataclass(frozen=True)
class Said:
    """A statement: earliest and latest start, earliest and latest end of its validity."""

    kind: str
    status: str | None
    how: str
    a: datetime
    b: datetime
    va: datetime = FOREVER
    vb: datetime = FOREVER


@dataclass(frozen=True)
class Stretch:
    """What is in force from a time between a and b until one between ea and eb."""

    status: str | None
    how: str
    a: datetime
    b: datetime
    ea: datetime = FOREVER
    eb: datetime = FOREVER
    va: datetime = FOREVER
    vb: datetime = FOREVER


def permissions(world: Mapping[str, Sequence[Row]], until: datetime) -> list[Row]:
    """The rows of the relation `permission`."""
    said: dict[Group, list[Said]] = defaultdict(list)
    for source, who, channels, purposes, statement in [*_consents(world, until), *_suppressions(world, until)]:
        for channel in channels:
            for purpose in purposes:
                said[source, who, channel, purpose].append(statement)
    return [_row(group, stretch) for group, statements in said.items() for stretch in _stretches(statements, until)]


Statement = tuple[str, str, Sequence[str], Sequence[str], Said]


def _consents(world: Mapping[str, Sequence[Row]], until: datetime) -> Iterator[Statement]:
    for row in world.get("consent", ()):
        get = row.fields.get
        at = _known(get("event_at"))
        who = get("subject_id")
        if row.deleted or who is None or (at is not None and at[0] > until):
            continue
        channels, purposes = _over(get("channel"), CHANNELS), _over(get("purpose"), PURPOSES)
        status = None if None in (channels, purposes) else _known(get("status"))
        how = "state" if get("how") == "state" else "event"
        lasting = how == "state" and status in ("withdrawn", "denied")
        kind = LASTING if lasting else FLOATING if at is None else DATED
        valid = get("valid_until")
        va, vb = (FOREVER, FOREVER) if valid is None else _known(valid) or (NEVER, FOREVER)
        a, b = at or (NEVER, until)
        said = Said(kind, status, how, a, b, va, vb)
        yield row.source, who, channels or CHANNELS, purposes or PURPOSES, said


def _suppressions(world: Mapping[str, Sequence[Row]], until: datetime) -> Iterator[Statement]:
    for row in world.get("suppression", ()):
        get = row.fields.get
        since = _known(get("since"))
        if row.deleted or (since is not None and since[0] > until):
            continue
        for source, who, usual in _whose(row, world):
            named = get("channel")
            channels = usual if named is None else _over(named, CHANNELS)
            a, b = since or (NEVER, until)
            kind, status = (FLOATING, None) if channels is None else (LASTING, "withdrawn")
            statement = Said(kind, status, "state" if since is None else "event", a, b)
            yield source, who, channels or CHANNELS, PURPOSES, statement


def _whose(row: Row, world: Mapping[str, Sequence[Row]]) -> Iterator[tuple[str, str, Sequence[str]]]:
    """The person an entry names, else everybody with its address or number, and the channels it closes."""
    if row.fields.get("subject_id") is not None:
        yield row.source, row.fields["subject_id"], CHANNELS
        return
    for name, channels in (("email", ["email"]), ("phone", ["phone", "sms"])):
        own = _known(row.fields.get(name))
        for other in world.get("identity", ()):
            theirs = _known(other.fields.get(name))
            if own is None or theirs is None or other.deleted or other.fields["subject_id"] is None:
                continue
            if (own[0] if name == "phone" else own) == (theirs[0] if name == "phone" else theirs):
                yield other.source, other.fields["subject_id"], channels


def _known(value: Any) -> Any:
    return None if value is UNREADABLE else value


def _over(code: Any, listed: Sequence[str]) -> Sequence[str] | None:
    """What a code is about; None if nobody knows."""
    return listed if code == "any" else [code] if code in listed else None


def _common(statements: Sequence[Said]) -> str | None:
    every = {one.status for one in statements}
    return every.pop() if len(every) == 1 else None


def _merged(statements: Sequence[Said]) -> Said:
    return Said(
        statements[0].kind, _common(statements), min(s.how for s in statements), min(s.a for s in statements),
        min(s.b for s in statements), min(s.va for s in statements), max(s.vb for s in statements),
    )  # fmt: skip


def _knots(dated: Sequence[Said]) -> list[Said]:
    knots: list[list[Said]] = []
    latest = NEVER
    for one in sorted(dated, key=lambda s: (s.a, s.b)):
        if knots and one.a <= latest:
            knots[-1].append(one)
        else:
            knots.append([one])
        latest = max(latest, one.b)
    return [_merged(knot) for knot in knots]


def _stretches(said: Sequence[Said], until: datetime) -> Iterator[Stretch]:
    knots = _knots([s for s in said if s.kind == DATED])
    loose = [s for s in said if s.kind == FLOATING]
    floating = _merged(loose) if loose else None
    stretches = []
    for knot, following in zip_longest(knots, knots[1:]):
        status = knot.status if floating is None or floating.status == knot.status else None
        ea, eb = (following.a, following.b) if following else (FOREVER, FOREVER)
        va = min(knot.va, floating.va) if floating else knot.va
        vb = max(knot.vb, floating.vb) if floating else knot.vb
        stretches.append(Stretch(status, knot.how, knot.a, knot.b, ea, eb, va, vb))
    if floating is not None:
        ea = min((k.a for k in knots), default=FOREVER)
        eb = min((k.b for k in knots), default=FOREVER)
        stretches.append(Stretch(floating.status, floating.how, NEVER, until, ea, eb, floating.va, floating.vb))
    lasting = sorted((s for s in said if s.kind == LASTING), key=lambda s: str(s.status))
    strong = [_merged(list(group)) for _, group in groupby(lasting, lambda s: s.status)]
    for stretch in stretches:
        yield from (kept for cut in _lapsed(stretch) if (kept := _outranked(cut, strong)) is not None)
    for one in strong:
        yield Stretch(one.status, one.how, one.a, one.b)


def _lapsed(stretch: Stretch) -> Iterator[Stretch]:
    if stretch.status != "granted" or not stretch.va < stretch.eb:
        yield stretch
        return
    yield replace(stretch, ea=min(stretch.ea, stretch.va), eb=min(stretch.eb, stretch.vb))
    yield replace(stretch, status="expired", a=max(stretch.a, stretch.va), b=max(stretch.b, stretch.vb))


def _outranked(stretch: Stretch, strong: Sequence[Said]) -> Stretch | None:
    if strong:
        first = _merged(strong)
        if first.status is None or stretch.status != first.status:
            stretch = replace(stretch, ea=min(stretch.ea, first.a), eb=min(stretch.eb, first.b))
    return stretch if stretch.eb > stretch.a else None


def _row(group: Group, stretch: Stretch) -> Row:
    source, who, channel, purpose = group
    fields = {
        "subject_id": who, "channel": channel, "purpose": purpose, "how": stretch.how,
        "status": UNREADABLE if stretch.status is None else stretch.status,
        "starts_at": Start((stretch.a, stretch.b)), "ends_at": End((stretch.ea, stretch.eb)),
    }  # fmt: skip
    return Row(who, fields, False, source)
