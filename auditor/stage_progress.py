"""How far a long step is: rows done, and the time left where the number of rows is known."""

from __future__ import annotations

import time
from collections.abc import Callable

EVERY = 2.0
"""Seconds between two sentences about the same step; one that is done sooner says nothing."""


class Rows:
    """Counts the rows of one step and says so now and then."""

    def __init__(self, what: str, total: int | None, say: Callable[[str], None] | None) -> None:
        self._what, self._total, self._say = what, total, say
        self._began = self._said = time.monotonic()
        self._done = 0

    def add(self, rows: int) -> None:
        """More rows are done."""
        self._done += rows
        now = time.monotonic()
        if self._say is not None and now - self._said >= EVERY:
            self._said = now
            self._say(sentence(self._what, self._done, self._total, now - self._began))


def sentence(what: str, done: int, total: int | None, seconds: float) -> str:
    """`Reading crm.messages: 1,200,000 of 3,000,000 rows, about 15 s left`."""
    if not total or done >= total:
        return f"{what}: {done:,} rows"
    left = seconds * (total - done) / done if done else 0.0
    shown = f"{left / 60:.0f} min" if left >= 90 else f"{max(1, round(left))} s"
    return f"{what}: {done:,} of {total:,} rows, about {shown} left"
