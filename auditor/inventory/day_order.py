"""Whether a column's dates name the day before the month, as far as the dates themselves tell."""

from __future__ import annotations

import re
from collections.abc import Sequence

_DATE = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2\d{4}(?:[ ,].{1,20})?")
_MOST = 0.9
"""The share of a column's values that must be such dates; the others may say that none is known."""


def day_first(texts: Sequence[str]) -> bool | None:
    """True for `31/12/2024` and `31.12.2024`, False for `12/31/2024`; None where nothing tells.

    Nobody writes the month first with dots. One date that contradicts the others leaves it open.
    """
    dates = [found for text in texts if (found := _DATE.fullmatch(text)) is not None]
    if not dates or len(dates) < _MOST * len(texts):
        return None
    if all(found[2] == "." for found in dates):
        return True if any(int(found[3]) <= 12 for found in dates) else None
    days, months = (any(int(found[place]) > 12 for found in dates) for place in (1, 3))
    return None if days == months else days
