"""Stacked bars as geometry: a strict content policy allows no width in a style attribute."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.model import Counts

WIDTH = 1000.0
_SEEN = 4.0


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a bar that is 1000 wide."""

    kind: str
    count: int
    x: float
    width: float


def stacked(parts: Iterable[tuple[str, int]]) -> tuple[Segment, ...]:
    """Parts of a bar in proportion; a part that exists is never too thin to be seen."""
    present = [(kind, count) for kind, count in parts if count > 0]
    total = sum(count for _, count in present)
    if not total:
        return ()
    widths = [max(_SEEN, WIDTH * count / total) for _, count in present]
    squeeze = WIDTH / sum(widths)
    segments, x = [], 0.0
    for (kind, count), width in zip(present, widths, strict=True):
        segments.append(Segment(kind, count, round(x, 1), round(width * squeeze, 1)))
        x += width * squeeze
    return tuple(segments)


@dataclass(frozen=True, slots=True)
class PopulationBar:
    """The population of a finding; `zoom` enlarges violations and undetermined where they are less than a tenth."""

    whole: tuple[Segment, ...]
    zoom: tuple[Segment, ...]
    edge: float
    """Where the enlarged part ends in the whole bar."""


def population(counts: Counts) -> PopulationBar:
    """Violations first, then undetermined, then the rest."""
    unclean = (("vio", counts.violations), ("und", counts.undetermined))
    whole = stacked((*unclean, ("ok", counts.passes)))
    both = counts.violations > 0 and counts.undetermined > 0  # one kind alone would fill its bar and say nothing
    enlarge = both and counts.violations + counts.undetermined < counts.population / 10
    edge = sum(s.width for s in whole if s.kind != "ok")
    return PopulationBar(whole, stacked(unclean) if enlarge else (), round(edge, 1))
