"""The pictures of consent, age, rights and requests: their figures, their shapes, and what is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from auditor.model import AGE_YEARS, AgeGroup, AuditResult, PermissionPoint
from auditor.relations import load_relations
from auditor.writers.page.datamap import DataMap
from auditor.writers.page.requests import RequestPicture, request_picture
from auditor.writers.page.rights import RightsPicture, rights_picture
from auditor.writers.page.words import day, number, plural, rows_of, share

WIDTH, HEIGHT = 480.0, 120.0
_STATES = ("granted", "unknown", "other", "refused")
_CHANNELS = {"email": "E-mail", "sms": "Text message", "phone": "Phone", "post": "Post", "messaging": "Messaging"}
_OLD = AGE_YEARS.index(5) + 1


@dataclass(frozen=True, slots=True)
class Missing:
    """A picture without data: why, and what would unlock it."""

    why: str


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel: areas as SVG paths by state, and every month's figures."""

    title: str
    areas: tuple[tuple[str, str], ...]
    points: tuple[PermissionPoint, ...]
    now: PermissionPoint

    @property
    def figures(self) -> str:
        """Today's figures in words."""
        named = (
            ("granted", "granted"),
            ("refused", "refused"),
            ("other", "pending or expired"),
            ("unknown", "unknown"),
        )
        parts = [f"{number(getattr(self.now, name))} {word}" for name, word in named if getattr(self.now, name)]
        return ", ".join(parts) or "nothing in force"


@dataclass(frozen=True, slots=True)
class ConsentPicture:
    """`people` is everybody the CRM knows today, the whole of every chart."""

    said: str
    channels: tuple[Channel, ...]
    small: tuple[Channel, ...]
    """Channels of which less than a hundredth of the people have a record: too little to draw."""
    people: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class AgeRow:
    """Records of one kind; a cell is a count and its heat by share of the row."""

    title: str
    cells: tuple[tuple[int, int], ...]
    unknown: int
    total: int


@dataclass(frozen=True, slots=True)
class AgePicture:
    """Records by age, the people first."""

    said: str
    headings: tuple[str, ...]
    rows: tuple[AgeRow, ...]


@dataclass(frozen=True, slots=True)
class Pictured:
    """All of them; one without data says why."""

    consent: ConsentPicture | Missing
    ages: AgePicture | Missing
    rights: RightsPicture | Missing
    requests: RequestPicture | Missing


def pictured(result: AuditResult, tables: DataMap) -> Pictured:
    """Computes the pictures of one result."""
    drawn, people = result.pictures, result.binding.people
    rights = any(holder.rights for holder in drawn.holders)
    return Pictured(
        consent=consent_picture(drawn.permissions, people) if drawn.permissions and people else _missing("permission"),
        ages=_ages(drawn.ages) if drawn.ages else _missing("subject"),
        rights=rights_picture(drawn.holders, tables) if rights else _missing("grant"),
        requests=request_picture(drawn.requests) if drawn.requests else _missing("request"),
    )


def _missing(relation: str) -> Missing:
    known = load_relations()[relation]
    return Missing(f"Not assessed: nothing of this kind was found. It needs {known.how_to_unlock}.")


# --- consent over time -----------------------------------------------------------------------------------------


def consent_picture(points: Sequence[PermissionPoint], people: int) -> ConsentPicture:
    """What was in force for marketing, channel by channel, over time."""
    by_channel: dict[str, list[PermissionPoint]] = {}
    for point in sorted(points, key=lambda p: p.at):
        by_channel.setdefault(point.channel, []).append(point)
    ranked = sorted(by_channel.items(), key=lambda item: (-item[1][-1].recorded, item[0]))
    channels = tuple(
        Channel(_CHANNELS.get(name, name), _areas(found, people), tuple(found), found[-1]) for name, found in ranked
    )
    first = channels[0]
    drawn = tuple(c for c in channels if c is first or 100 * max(p.recorded for p in c.points) >= people)
    small = tuple(c for c in channels if c not in drawn)
    return ConsentPicture(_consent_said(first, people), drawn, small, people, first.points[0].at, first.now.at)


def _consent_said(channel: Channel, people: int) -> str:
    now, then = channel.now, channel.points[-13] if len(channel.points) > 12 else None
    rate = share(now.granted, people)
    text = f"{number(now.granted)} of {number(people)} people ({rate}) permit marketing by {channel.title.lower()}"
    text += f" on {day(now.at)}, {number(now.refused)} refuse it"
    if then and then.recorded and then.unknown == then.recorded:
        text += "; since when, the records do not tell"
    elif then:
        text += f"; a year before it was {number(then.granted)} and {number(then.refused)}"
        text += f", and for {number(then.unknown)} the records do not tell" if then.unknown else ""
    silent = people - now.recorded
    unsure = [f"For {number(now.unknown)} the records do not tell."] if now.unknown else []
    unsure += [f"For {number(silent)} nothing is recorded."] if silent > 0 else []
    return f"{text}. {' '.join(unsure) or 'The records tell for everybody.'}"


def _areas(points: Sequence[PermissionPoint], people: int) -> tuple[tuple[str, str], ...]:
    step = WIDTH / max(1, len(points) - 1)
    base = [0.0] * len(points)
    areas = []
    for state in _STATES:
        top = [low + getattr(point, state) / people for low, point in zip(base, points, strict=True)]
        if any(getattr(point, state) for point in points):
            there = [_at(n * step, value) for n, value in enumerate(top)]
            back = [_at(n * step, value) for n, value in reversed(list(enumerate(base)))]
            if len(points) == 1:
                there, back = [*there, _at(WIDTH, top[0])], [_at(WIDTH, base[0]), *back]
            areas.append((state, "M" + "L".join((*there, *back)) + "z"))
        base = top
    return tuple(areas)


def _at(x: float, part: float) -> str:
    return f"{x:.1f} {HEIGHT * (1 - min(1.0, part)):.1f}"


# --- ages --------------------------------------------------------------------------------------------------------


def _ages(groups: Sequence[AgeGroup]) -> AgePicture:
    names = [f"{low}–{high} years" for low, high in pairwise(AGE_YEARS)]
    headings = (f"under {AGE_YEARS[0]} year", *names, f"{AGE_YEARS[-1]} years and more")
    people = [group for group in groups if group.relation == "subject"]
    ordered = [*people, *(group for group in groups if group.relation != "subject")]
    total, old = sum(g.total for g in people), sum(sum(g.counts[_OLD:]) for g in people)
    unknown = sum(g.unknown for g in people)
    said = f"{number(old)} of {plural(total, 'person', 'people')} ({share(old, total)}) had no dealing for five years"
    said += f" or more; for {number(unknown)} the last dealing is not known." if unknown else " or more."
    rows = tuple(AgeRow(_age_title(g), _heated(g), g.unknown, g.total) for g in ordered if g.total)
    return AgePicture(said if total else "No person has a last dealing.", headings, rows)


def _age_title(group: AgeGroup) -> str:
    if group.relation == "subject":
        return f"People: {group.kind}" if group.kind else "People: kind not recorded"
    return rows_of(group.relation).capitalize() + " with text"


def _heated(group: AgeGroup) -> tuple[tuple[int, int], ...]:
    return tuple((n, 1 + sum(n * step >= group.total for step in (40, 12, 4, 1.7)) if n else 0) for n in group.counts)
