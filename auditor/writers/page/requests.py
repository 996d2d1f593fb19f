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
_LATE = (Standing.LATE, Standing.OVERDUE)


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
    late = sum(any(n for standing, n in zip(Standing, row.counts, strict=True) if standing in _LATE) for row in timed)
    if not timed:
        return "No deadline is known."
    if not late:
        return f"No request is known to be late under {plural(len(timed), 'law')}."
    return f"Requests are overdue or were answered late under {number(late)} of {plural(len(timed), 'law')}."
