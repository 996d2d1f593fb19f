"""Whether a column's values look like what its name claims."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from auditor.inventory.checks import emails_inside, is_email, is_ip, looks_like_phone
from auditor.inventory.column import Column
from auditor.inventory.lexicon import Lexicon, fold, load_lexicon
from auditor.inventory.shapes import Shape

_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")
_YEAR = re.compile(r"(?<!\d)(1[89]\d{2}|20\d{2})(?!\d)")
_COMPACT_DATE = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])")
_SHORT_YEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2}")
# `{contact.name}`, `[token]` and `%name%` stand for something else.
_PLACEHOLDER = re.compile(r"\{[^{}]*\}|\{\{.*\}\}|\[[^\]]*\]|%\w+%|<[^<>]*>|\$\{.*\}")
_DAY = re.compile(r"\d{1,2}[-/.]\d{1,2}\.?")
_PARTS = re.compile(r"[;,|\x01\n]+")
_MANY_KINDS = 40

_NEVER_TEXT = (Shape.BOOL, Shape.DATE, Shape.UUID, Shape.HASH, Shape.DECIMAL)


@dataclass(frozen=True, slots=True)
class Fit:
    """How much of a column looks like something: the share of its distinct values, and of all values drawn."""

    distinct: float = 0.0
    drawn: float = 0.0


def fitting(column: Column, fits: str, lexicon: Lexicon) -> Fit:
    """How much of a column looks like this."""
    if not column.texts or (fits == "code" and len(column.texts) > _MANY_KINDS):
        # Attributes have few values; notes about them have many.
        return Fit()
    if fits == "salutation":
        known = lexicon.words["salutations"] | lexicon.words["genders"]
        words = [fold(text).replace(".", "") for text in column.texts]
        # Digits and single letters are in every list of codes.
        telling = any(not w.isdigit() and len(w) > 1 for w in words)
        passed = [telling and w in known for w in words]
    else:
        test = _TESTS[fits]
        passed = [test(t, s) for t, s in zip(column.texts, column.shapes, strict=True)]
    hits = sum(n for ok, n in zip(passed, column.counts, strict=True) if ok)
    return Fit(sum(passed) / len(passed), hits / column.drawn)


def _has_letter(text: str) -> bool:
    return _LETTER.search(text) is not None


def _name(text: str, shape: Shape) -> bool:
    if shape is Shape.BOOL:
        return len(text) == 1  # an initial
    wordy = shape in (Shape.WORDS, Shape.PROSE, Shape.OTHER) or (
        shape is Shape.CODE and not re.search(r"[\d_/:$]", text)
    )
    return wordy and len(text) <= 120 and _has_letter(text) and "@" not in text and sum(map(str.isdigit, text)) <= 4


def _person(text: str, shape: Shape) -> bool:
    """A name with a capital on every word but its particles; a sentence or a title of a thing is none."""
    words = text.split()
    cased = any(w[0].isupper() for w in words)
    small = [w for w in words if w[0].islower() and w not in load_lexicon().words["particles"]]
    return (
        _name(text, shape)
        and shape is not Shape.PROSE
        and len(words) <= 6
        and not (cased and small)
        and not _DIGIT.search(text)
    )


def _handle(text: str, shape: Shape) -> bool:
    plain = shape not in (*_NEVER_TEXT, Shape.PROSE, Shape.BLOB, Shape.INTEGER) or (shape is Shape.UUID)
    return plain and len(text) <= 120 and len(text.split()) <= 3


def _birth(text: str, shape: Shape) -> bool:
    if shape is Shape.INTEGER:
        compact = _COMPACT_DATE.fullmatch(text) is not None
        return compact or (len(text) == 4 and 1900 <= int(text) <= _this_year())
    if shape is not Shape.DATE:
        return _DAY.fullmatch(text) is not None
    years = _YEAR.findall(text[:12])
    return 1890 <= int(years[0]) <= _this_year() if years else _SHORT_YEAR.match(text) is not None


def _this_year() -> int:
    return datetime.now(tz=UTC).year


def _identifier(text: str, shape: Shape) -> bool:
    digits = sum(map(str.isdigit, text))
    return (
        shape not in (Shape.BOOL, Shape.DATE, Shape.UUID, Shape.PROSE, Shape.BLOB, Shape.HASH)
        and digits >= 4
        and len(text) >= 5
    )


def _card(text: str, shape: Shape) -> bool:
    """A number, perhaps masked."""
    return _identifier(text, shape) and all(letter in "xX" for letter in _LETTER.findall(text))


def _secret(text: str, shape: Shape) -> bool:
    no = (Shape.BOOL, Shape.DATE, Shape.DECIMAL, Shape.PROSE, Shape.URL, Shape.UUID)
    return shape not in no and " " not in text and len(text) >= 4 and not _PLACEHOLDER.fullmatch(text)


_TESTS: Mapping[str, Callable[[str, Shape], bool]] = {
    "email": lambda t, _: is_email(t) or bool(emails_inside(t)),
    "phone": lambda t, s: s is not Shape.DATE and any(looks_like_phone(p.strip()) for p in _PARTS.split(t)),
    "name": _name,
    "person": _person,
    "handle": _handle,
    "text": lambda t, s: s not in (*_NEVER_TEXT, Shape.BLOB, Shape.URL, Shape.CODE) and _has_letter(t),
    "place": lambda t, s: s in (Shape.WORDS, Shape.OTHER) and _has_letter(t) and len(t) <= 60 and "@" not in t,
    "postcode": lambda t, s: s not in (*_NEVER_TEXT, Shape.BLOB) and 3 <= len(t) <= 10 and any(map(str.isdigit, t)),
    "coordinate": lambda _, s: s is Shape.DECIMAL,
    "date": _birth,
    "age": lambda t, s: s is Shape.INTEGER and 0 < int(t) <= 120,
    "code": lambda _, s: s not in (Shape.PROSE, Shape.BLOB, Shape.HASH, Shape.UUID, Shape.URL, Shape.DECIMAL),
    "identifier": _identifier,
    "card": _card,
    "lettered": lambda t, s: _identifier(t, s) and not _card(t, s),
    "number": lambda _, s: s in (Shape.INTEGER, Shape.DECIMAL),
    "ip": lambda t, s: is_ip(t) or (s is Shape.INTEGER and len(t) >= 8),
    "secret": _secret,
    "short": lambda t, s: s not in (Shape.DATE, Shape.UUID, Shape.HASH, Shape.URL) and len(t) <= 30,
    "prose": lambda _, s: s is Shape.PROSE,
}
