"""What a sample promises: how much of a column may hold something that was not seen in it."""

from __future__ import annotations

import math

CONFIDENCE = 0.95
_Z = 1.959964
"""The normal distribution's quantile of that confidence, two-sided."""


def missed_below(looked_at: int, total: int) -> float:
    """The share of values below which, at 95 % confidence, lies whatever was not met in a sample of this size.

    The exact bound for sampling without replacement is never above this one, which is exact with replacement.
    """
    if looked_at >= total:
        return 0.0
    return 1.0 if looked_at <= 0 else 1.0 - (1.0 - CONFIDENCE) ** (1.0 / looked_at)


def interval(share: float, looked_at: int, total: int) -> tuple[float, float]:
    """The share of all values, at 95 % confidence, if it was this of those looked at (Wilson's score interval, 1927).

    No width where every value was looked at, and from 0 to 1 where none was.
    """
    if looked_at >= total:
        return share, share
    if looked_at <= 0:
        return 0.0, 1.0
    around = _Z * _Z / looked_at
    middle = (share + around / 2) / (1 + around)
    width = _Z / (1 + around) * math.sqrt(share * (1 - share) / looked_at + around / (4 * looked_at))
    return max(0.0, middle - width), min(1.0, middle + width)


def sample_for(max_miss: float) -> int:
    """How many values must be looked at for `missed_below` to be no more than this."""
    if not 0.0 < max_miss < 1.0:
        raise ValueError("max_miss is a share between 0 and 1")
    return math.ceil(math.log(1.0 - CONFIDENCE) / math.log(1.0 - max_miss))


def promise(looked_at: int, total: int) -> str:
    """The promise as a sentence."""
    if looked_at >= total:
        return f"All {total:,} values were looked at."
    return (
        f"{looked_at:,} of {total:,} values were looked at: at 95 % confidence fewer than "
        f"{missed_below(looked_at, total):.2%} of them hold something that this detector recognises and did not meet."
    )
