"""Examples that show what a column looks like and no value: at most a first character, else only the shape."""

from __future__ import annotations

import re
from collections.abc import Sequence

from auditor.inventory.column import Column
from auditor.inventory.shapes import Shape
from auditor.inventory.taxonomy import load_taxonomy
from auditor.model import CategoryFound

SHORT, MOST, REVEALED = 5, 3, 80


def examples(column: Column, found: Sequence[CategoryFound], *, reveal: bool = False) -> tuple[str, ...]:
    """Up to three masked values; shapes only for secrets, special categories and columns that say one thing.

    `reveal` shows the other values as they are; free text stays masked even then, for it may hold anything.
    """
    if not any(f.confidence >= 0.5 for f in found):
        return ()
    taxonomy = load_taxonomy()
    guarded = any(taxonomy[f.category].guarded for f in found) or len(column.texts) < 2
    reveal = reveal and not guarded and not column.share(Shape.PROSE)
    if reveal:
        return tuple(text[:REVEALED] for text in column.texts[:MOST])
    masked = (shape(t) if guarded or len(t) < SHORT else first(t) for t in column.texts)
    return tuple(list(dict.fromkeys(masked))[:MOST])


def first(text: str) -> str:
    """The first character and nothing else but how it goes on: `a…@…` for an address."""
    return text[0] + ("…@…" if "@" in text[1:] else "…")


def shape(text: str) -> str:
    """Runs of letters, digits and signs, without their lengths."""
    letters = re.sub(r"[^\W\d_]+", "x", text[:80])
    return re.sub(r"\s+", " ", re.sub(r"\d+", "9", letters))[:12]
