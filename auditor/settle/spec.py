"""What a column settles as, what came of it, and what all columns of an audit share: key, words, memory of values."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import pyarrow as pa

from auditor.jurisdictions import Jurisdictions
from auditor.relations import TYPES
from auditor.settle.words import Words, load_words

T = TypeVar("T")
KINDS = (*TYPES, "secret")
_MEMORY = 50_000
"""Distinct values remembered per kind of column; forgotten all at once when full, so memory is bounded."""


@dataclass(frozen=True, slots=True)
class SettleSpec:
    """How one column settles. What it lists goes before the words that all sources share."""

    type: str
    """A type of `rules/relations.yaml`, or `secret`: a password's scheme as a code."""
    true: tuple[str, ...] = ()
    false: tuple[str, ...] = ()
    """Texts of a flag; case does not count, and '' may be one of them."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Raw text to code, for codes, sets, countries and regions; exact but for blanks around it."""
    prefixes: Mapping[str, str] = field(default_factory=dict)
    """Beginning of a raw text to code; the longest wins."""
    patterns: Mapping[str, str] = field(default_factory=dict)
    """Regular expression (RE2) for a whole raw text to code; the first wins."""
    otherwise: str = ""
    """Code of a text that is given and not listed; without one it settles as a hash, marked by `#`."""
    split: str = ""
    """What separates the members of a set."""
    strip: str = ""
    """What is taken off both ends of a set before it is split."""
    missing: tuple[str, ...] = ()
    """Further texts that stand for nothing; case does not count."""
    zone: str = ""
    """Zone of times that state none; empty: the audit's default."""
    formats: tuple[str, ...] = ()
    """Further shapes of a time: `epoch`, `epoch_ms`, `excel`, or as for strptime."""
    day_first: bool | None = None
    """Whether 03/04/2024 is the third of April; None: nobody said, so it is unreadable."""
    day_only: bool = False
    """The time of day means nothing and is dropped."""
    key_shape: str = ""
    """A named shape of keys that may stay as they are."""
    country: str = ""
    """Country whose national phone numbers are meant where no prefix is given."""
    decimal: str = "."
    thousands: str = ""


@dataclass(frozen=True, slots=True)
class SettleReport:
    """Counts of one column: `given` is not missing, `unreadable` and `other` (not a listed value) are part of it."""

    rows: int = 0
    given: int = 0
    unreadable: int = 0
    other: int = 0

    def __add__(self, more: SettleReport) -> SettleReport:
        return SettleReport(
            self.rows + more.rows,
            self.given + more.given,
            self.unreadable + more.unreadable,
            self.other + more.other,
        )


@dataclass(frozen=True, slots=True)
class Settled:
    """A settled column: its stage columns by suffix ('' is the value itself), and the counts."""

    columns: tuple[tuple[str, pa.Array], ...]
    report: SettleReport = SettleReport()


Form = Literal["key", "code", "email", "phone"]


class Settler:
    """What all columns of one audit share. Holds raw values in memory only, and never shows them."""

    def __init__(
        self, key: bytes, facts: Jurisdictions, *, zone: str = "UTC", country: str = "", words: Words | None = None
    ) -> None:
        self.facts = facts
        self.zone = zone
        self.country = country
        self.words = words or load_words()
        digest = hashlib.blake2b(key, digest_size=32).digest()  # a key of any length is one of 32 bytes
        self._states = {
            form: hashlib.blake2b(key=digest, digest_size=16, person=form.encode())
            for form in ("key", "code", "email", "phone")
        }
        self._seen: dict[object, dict[str, Any]] = {}

    def __repr__(self) -> str:
        return "Settler(...)"

    def digest(self, text: str, form: Form) -> str:
        """The keyed hash of a text, 32 hex digits; the same text as another form has another hash."""
        state = self._states[form].copy()
        state.update(text.encode("utf-8", "surrogatepass"))
        return state.hexdigest()

    def remember(self, kind: object, read: Callable[[str], T]) -> Callable[[str], T]:
        """`read`, but each distinct text of that kind of column only once (while memory lasts)."""
        seen = self._seen.setdefault(kind, {})

        def known(text: str) -> T:
            try:
                return seen[text]  # type: ignore[no-any-return]
            except KeyError:
                if len(seen) >= _MEMORY:
                    seen.clear()
                result = seen[text] = read(text)
                return result

        return known

    def once(self, kind: object, make: Callable[[], T]) -> T:
        """Something that is made at most once per audit, such as the table of countries' names."""
        kept = self._seen.setdefault("once", {})
        name = repr(kind)
        if name not in kept:
            kept[name] = make()
        return kept[name]  # type: ignore[no-any-return]
