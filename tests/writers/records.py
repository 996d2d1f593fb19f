"""Records for the work lists of tests."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.model import Finding


class Numbered:
    """As many records as a finding counts, with keys that only look at their number; `odd` keys come first."""

    def __init__(self, odd: tuple[str, ...] = (), limit: int | None = None) -> None:
        self._odd = odd
        self._limit = limit

    def of(self, finding: Finding) -> Iterator[tuple[str, str]]:
        number = finding.place.counts.violations if self._limit is None else self._limit
        for index in range(number):
            key = self._odd[index] if index < len(self._odd) else f"{index:07d}"
            yield key, "" if finding.place.counts.people is None else f"person-{index % 97}"
