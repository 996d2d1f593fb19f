"""The picture of requests: per law a bar of how they stand against its deadline, and the figures behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditor.model import Law, LawRequests, Standing
from auditor.writers.page.bars import Segment, stacked
from auditor.writers.page.words import number, plural

BAR: Mapping[Standing, str] = {
    Standing.IN_TIME: "done",
    Standing.EXTENDED: "longer",
    Standing.LATE: "late",
    Standing.WAITING: "wait",
    Standing.SOON: "soon",
    Standing.OVERDUE: "over",
    Standing.UNKNOWN: "und",
}
_ANSWERED = (Standing.IN_TIME, Standing.EXTENDED, Standing.LATE)
_OPEN = (Standing.WAITING, Standing.SOON, Standing.OVERDUE)


@dataclass(frozen=True, slots=True)
class KindRow:
    """Requests of one kind; counts follow `Standing`."""

    title: str
    total: int
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LawRow:
    """All requests under one law: its deadline in words, the bar, and the same by kind."""

    title: str
    deadline: str
    basis: Law | None
    total: int
    counts: tuple[int, ...]
    segments: tuple[Segment, ...]
    kinds: tuple[KindRow, ...]


@dataclass(frozen=True, slots=True)
class RequestPicture:
    """Requests by law."""

    said: str
    laws: tuple[LawRow, ...]
    key: tuple[tuple[str, str], ...]
    """Every standing that occurs: class and word."""


def request_picture(under: Sequence[LawRequests]) -> RequestPicture:
    """One row per law, the one with most requests first; what no law covers comes last."""
    rows = tuple(_row(each) for each in sorted(under, key=lambda each: (not each.law, -_total(each))))
    occurs = [any(row.counts[place] for row in rows) for place in range(len(Standing))]
    key = tuple((BAR[standing], str(standing)) for standing, there in zip(Standing, occurs, strict=True) if there)
    return RequestPicture(_said(rows), rows, key)


def _total(under: LawRequests) -> int:
    return sum(sum(group.counts) for group in under.groups)


def _row(under: LawRequests) -> LawRow:
    counts = tuple(map(sum, zip(*(group.counts for group in under.groups), strict=True)))
    deadline = under.within
    if under.at_most:
        deadline += f", {under.at_most} if extended in time"
    return LawRow(
        title=under.title or "No deadline is known, or not under which law the person is",
        deadline=deadline,
        basis=under.basis,
        total=sum(counts),
        counts=counts,
        segments=stacked((BAR[standing], n) for standing, n in zip(Standing, counts, strict=True)),
        kinds=tuple(KindRow(g.kind or "kind not recorded", sum(g.counts), g.counts) for g in under.groups),
    )


def _said(rows: Sequence[LawRow]) -> str:
    # Never one sum over the laws: a person under two of them is counted under both.
    timed = [row for row in rows if row.basis]
    late = [text for row in timed if (text := _late(row))]
    if late:
        return " ".join(late)
    return f"No request is known to be late under {plural(len(timed), 'law')}." if timed else "No deadline is known."


def _late(row: LawRow) -> str:
    count = dict(zip(Standing, row.counts, strict=True))
    late, overdue = count[Standing.LATE], count[Standing.OVERDUE]
    said = []
    if overdue:
        said.append(f"{number(overdue)} of {number(sum(count[s] for s in _OPEN))} open requests are overdue")
    if late:
        said.append(f"{number(late)} of {number(sum(count[s] for s in _ANSWERED))} answers came late")
    return f"{row.title}: {', '.join(said)}." if said else ""
