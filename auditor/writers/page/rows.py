"""Which findings are written out, and the others as data that the page's script shows when they are asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from auditor.writers.page.bars import Segment
from auditor.writers.page.findings import FindingView
from auditor.writers.page.words import cut, number, share

WRITTEN = 200
"""Findings written out whole; beyond them only the first of every rule, which holds the rule's texts."""


def written(views: Sequence[FindingView]) -> tuple[FindingView, ...]:
    """The worst, and the first finding of every rule."""
    return tuple(view for n, view in enumerate(views) if n < WRITTEN or not view.shared_with)


def later(views: Sequence[FindingView]) -> Markup:
    """The others as JSON that is safe inside a script element; empty if all are written out."""
    rows = [_row(view) for n, view in enumerate(views) if n >= WRITTEN and view.shared_with]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":")) if rows else ""
    for char in "<>&":  # nothing in a name may end the element it stands in
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 - escaped above


def _row(view: FindingView) -> dict[str, Any]:
    counts, place = view.counts, view.finding.place
    records = [[cut(row.key), *(cut(dict(row.values).get(c, "–")) for c in view.columns)] for row in place.evidence]
    return {
        "id": view.id,
        "from": view.shared_with,
        "place": cut(view.place),
        "table": cut(view.table),
        "state": [cut(view.state), view.state_class],
        "n": [counts.violations, counts.population, counts.undetermined, counts.passes, counts.people],
        "share": view.share,
        "rate": [share(counts.violations, counts.population), share(counts.undetermined, counts.population)],
        "shown": f"{number(len(place.evidence))} of {number(counts.violations)} records",
        "wrong": view.wrong,
        "notes": view.notes,
        "trend": view.trend,
        "whole": _bar(view.bar.whole),
        "zoom": _bar(view.bar.zoom),
        "edge": view.bar.edge,
        "records": records,
        "origin": [[cut(table), [cut(c) for c in columns]] for table, columns in view.rests_on],
        "mark": cut(view.finding.fingerprint),
    }


def _bar(segments: Sequence[Segment]) -> list[tuple[str, float, float]]:
    return [(segment.kind, segment.x, segment.width) for segment in segments]
