"""Which findings are written out, and the others as data that the page's script shows when they are asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from auditor.writers.page.bars import Segment
from auditor.writers.page.findings import FindingView
from auditor.writers.page.words import cut, share

WRITTEN = 200
"""Findings written out whole; beyond them only the first of every rule, which holds the rule's texts."""

EXAMPLES = 2
"""Records of evidence that a finding keeps which is not written out."""


def written(views: Sequence[FindingView]) -> tuple[FindingView, ...]:
    """The worst, and the first finding of every rule."""
    return tuple(view for n, view in enumerate(views) if n < WRITTEN or not view.shared_with)


def later(views: Sequence[FindingView]) -> Markup:
    """The others as JSON that is safe inside a script element; empty if all are written out."""
    by_id = {view.id: view for view in views}
    rows = [_row(v, by_id[v.shared_with]) for n, v in enumerate(views) if n >= WRITTEN and v.shared_with]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":")) if rows else ""
    for char in "<>&":  # nothing in a name may end the element it stands in
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 - escaped above


def _row(view: FindingView, alike: FindingView) -> list[Any]:
    # In the order in which `row.js` names them; what the rule's first finding says the same is left out.
    counts, place = view.counts, view.finding.place
    values = [dict(row.values) for row in place.evidence]
    records = [
        [cut(row.key), *(cut(v.get(c, "–")) for c in view.columns)]
        for row, v in zip(place.evidence[:EXAMPLES], values, strict=False)
    ]
    origin = [[cut(table), [cut(c) for c in columns]] for table, columns in view.rests_on]
    return [
        view.id,
        view.shared_with,
        cut(view.place),
        cut(view.table),
        [cut(view.state), view.state_class],
        [counts.violations, counts.population, counts.undetermined, counts.passes, counts.people],
        [share(counts.violations, counts.population), share(counts.undetermined, counts.population)],
        view.wrong,
        view.notes,
        view.trend,
        [_bar(view.bar.whole), _bar(view.bar.zoom), round(view.bar.edge)],
        records,
        0 if view.rests_on == alike.rests_on else origin,
        cut(view.finding.fingerprint),
    ]


def _bar(segments: Sequence[Segment]) -> list[int]:
    widths = {segment.kind: round(segment.width) for segment in segments}
    return [widths.get(kind, 0) for kind in ("vio", "und", "ok")] if segments else []
