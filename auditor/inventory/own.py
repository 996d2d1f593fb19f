"""What the policy knows better: words that are never or always personal, and verdicts on single columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from auditor.errors import InventoryError
from auditor.inventory.column import Column
from auditor.inventory.taxonomy import load_taxonomy
from auditor.knowledge import nearest
from auditor.model import CategoryFound, Skipped
from auditor.policy_inventory import ColumnVerdict, Known

NONE = "none"


def without_allowed(known: Known) -> Callable[[str], str] | None:
    """A function that takes the allowed words out of a value, so that nothing is found in them; None without any."""
    pattern = _any_of(known.allow)
    return (lambda value: pattern.sub("", value)) if pattern else None


def denied(column: Column, known: Known) -> list[CategoryFound]:
    """The column as personal, if a value holds a word that the policy says is: one hit decides."""
    pattern = _any_of(known.deny)
    if pattern is None:
        return []
    hits, share = column.passing(lambda text: pattern.search(text) is not None)
    words = f"{hits} of {len(column.texts)} values hold a word that the policy calls personal"
    return [CategoryFound("identity.name", 0.9, share, (words,))] if hits else []


def verdict_of(known: Known, source: str, table: str, column: str) -> ColumnVerdict | None:
    """What the policy says of a column, named as table.column or source.table.column."""
    names = {f"{table}.{column}".casefold(), f"{source}.{table}.{column}".casefold()}
    return next((v for v in known.columns if v.column.casefold() in names), None)


def as_said(verdict: ColumnVerdict, found: Sequence[CategoryFound]) -> tuple[CategoryFound, ...]:
    """The verdict of the policy in place of what was found; the evidence of what was found for it stays."""
    if verdict.category == NONE:
        return ()
    same = [f for f in found if f.category == verdict.category]
    evidence = (f"the policy says so: {verdict.reason}", *(e for f in same for e in f.evidence))
    return (CategoryFound(verdict.category, 1.0, same[0].prevalence if same else 1.0, evidence),)


def check_verdicts(known: Known) -> None:
    """Raises InventoryError if the policy names a category that there is not."""
    for verdict in known.columns:
        if verdict.category != NONE and verdict.category not in load_taxonomy():
            raise InventoryError(
                f"There is no category {verdict.category[:60]!r}.",
                where=verdict.where,
                do=nearest(verdict.category, load_taxonomy()) or "Write a category of the taxonomy, or none.",
            )


def unmatched(known: Known, columns: Iterable[Column]) -> list[Skipped]:
    """A note on each verdict of the policy whose column no source has."""
    met = {name for c in columns for name in (c.where.casefold(), f"{c.source}.{c.where}".casefold())}
    why = "The policy gives a verdict on this column, which no source has."
    return [Skipped(v.column, why, gap=False) for v in known.columns if v.column.casefold() not in met]


def _any_of(words: Sequence[str]) -> re.Pattern[str] | None:
    # The longest first, so that a part of a phrase does not break it up.
    given = sorted((re.escape(w) for w in words if w.strip()), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(given)})(?!\w)", re.IGNORECASE) if given else None
