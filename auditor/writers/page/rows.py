"""Which findings are written out, and the others as data that the page's script shows when they are asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from auditor.writers.page.bars import Segment
from auditor.writers.page.findings import FindingView
from auditor.writers.page.words import cut, share
from auditor.writers.text import NAME_LIMIT

ALL_UP_TO = 200
"""So many findings are all written out whole."""
WRITTEN = 100
"""Of more, so many; beyond them only the first of every rule, which holds the rule's texts."""
_SENTENCE = 600
EXAMPLES = 2
"""Records of evidence that a finding keeps which is not written out."""


def written(views: Sequence[FindingView]) -> tuple[FindingView, ...]:
    """The worst, and the first finding of every rule."""
    return tuple(view for n, view in enumerate(views) if _whole(n, view, len(views)))


def later(views: Sequence[FindingView]) -> Markup:
    """The others as JSON that is safe inside a script element; empty if all are written out."""
    by_id = {view.id: view for view in views}
    texts = _Texts()
    rows = [_row(v, by_id[v.shared_with], texts) for n, v in enumerate(views) if not _whole(n, v, len(views))]
    data = {"texts": list(texts.known), "rows": rows}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")) if rows else ""
    for char in "<>&":  # nothing in a name may end the element it stands in
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 - escaped above


def _whole(place: int, view: FindingView, total: int) -> bool:
    return not view.shared_with or total <= ALL_UP_TO or place < WRITTEN


class _Texts:
    """Texts that recur, each kept once and named by its number."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def __call__(self, text: str, limit: int = NAME_LIMIT) -> int:
        return self.known.setdefault(cut(text, limit), len(self.known))


def _row(view: FindingView, alike: FindingView, text: _Texts) -> list[Any]:
    # In the order in which `row.js` names them; what the rule's first finding says the same is left out.
    counts, place = view.counts, view.finding.place
    values = [dict(row.values) for row in place.evidence[:EXAMPLES]]
    records = [
        [cut(row.key), *(text(found.get(column, "–")) for column in alike.columns)]
        for row, found in zip(place.evidence, values, strict=False)
    ]
    origin = [[text(table), [text(c) for c in columns]] for table, columns in view.rests_on]
    return [
        _number(view.id),
        _number(view.shared_with),
        text(view.place),
        text(view.table),
        [text(view.state), text(view.state_class)],
        [counts.violations, counts.population, counts.undetermined, counts.passes, counts.people],
        text(share(counts.undetermined, counts.population)),
        [text(view.form, _SENTENCE), view.figures[2]],
        [text(note, _SENTENCE) for note in view.notes],
        text(view.trend),
        [_bar(view.bar.whole), _bar(view.bar.zoom), round(view.bar.edge)],
        records,
        0 if view.rests_on == alike.rests_on else origin,
        cut(view.finding.fingerprint),
    ]


def _number(label: str) -> int:
    return int(label.partition("-")[2])


def _bar(segments: Sequence[Segment]) -> list[int]:
    """Violations and undetermined; the rest of a thousand has no exception."""
    widths = {segment.kind: round(segment.width) for segment in segments}
    return [widths.get(kind, 0) for kind in ("vio", "und")] if segments else []
