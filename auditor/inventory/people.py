"""Names that a source itself lists: what recurs from its name columns is a name elsewhere, in any language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from auditor.inventory.column import Column
from auditor.inventory.content import read_value
from auditor.inventory.dictionaries import load_words
from auditor.inventory.fitting import fitting
from auditor.inventory.hits import Hit
from auditor.inventory.lexicon import Lexicon, fold
from auditor.inventory.naming import MODIFIED, OPEN
from auditor.inventory.shapes import Shape
from auditor.model import CategoryFound

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_TITLE_CASE = re.compile(r"(?:[^\W\d_][\w'’.-]*\s+){1,3}[^\W\d_][\w'’.-]+")


def known_names(columns: Iterable[Column], lexicon: Lexicon) -> frozenset[str]:
    """Words of the columns that surely hold names of people, without words that mean something else too."""
    # A bare `name` may also be a firm's: it teaches names only where no first or last name does.
    listed = list(columns)
    teachers = [c for c in listed if _teaches(c, lexicon, "")] or [c for c in listed if _teaches(c, lexicon, "person")]
    names: set[str] = set()
    for column in teachers:
        names.update(fold(w) for t in column.of_shape(Shape.WORDS) if len(t.split()) <= 4 for w in _WORD.findall(t))
    return frozenset(
        n for n in names if len(n) > 2 and n not in lexicon.vocabulary and n not in lexicon.words["not_names"]
    )


def _teaches(column: Column, lexicon: Lexicon, context: str) -> bool:
    """Whether a column surely holds names of people."""
    naming = [c for c in column.claims if c.category == "identity.name" and c.strength >= MODIFIED]
    named = any((c.concept.context == "person") == (context == "person") for c in naming)
    return named and column.meaning.kind != "thing" and fitting(column, "name", lexicon).distinct >= 0.6


def mentions(text: str, names: frozenset[str]) -> bool:
    """Whether a text holds a known name, written with a capital where its script has capitals."""
    return any(not word[0].islower() and fold(word) in names for word in _WORD.findall(text))


def recurring(column: Column, names: frozenset[str]) -> list[CategoryFound]:
    """The column as names of people, judged by how many of its values hold a name known from elsewhere."""
    short = [t for t in column.of_shape(Shape.WORDS, Shape.PROSE, Shape.OTHER) if len(t) <= 100]
    if not names or len(short) < 0.2 * len(column.texts):
        return []
    hits = [t for t in short if mentions(t, names)]
    share = len(hits) / len(column.texts)
    claimed = any(c.category == "identity.name" and c.strength >= OPEN for c in column.claims)
    if len(hits) < 3 and len(hits) < len(column.texts):
        return []
    needed = 0.15 if claimed else 0.3
    if share < needed:
        return []
    confidence = 0.7 if share >= 0.5 else 0.6
    words = f"{share:.0%} of the distinct values hold a name that recurs from the name columns"
    return [CategoryFound("identity.name", confidence, share, (words,))]


def maybe_names(column: Column) -> list[str]:
    """Values of two to four capitalised words, if most values are: the language model may know them as people."""
    values = [
        t for t in column.of_shape(Shape.WORDS) if _TITLE_CASE.fullmatch(t) and all(w[0].isupper() for w in t.split())
    ]
    return values if len(values) >= 0.5 * len(column.texts) and len(values) >= 3 else []


def taken_for_people(values: Sequence[str], read: Mapping[str, Sequence[Hit]], lexicon: Lexicon) -> list[CategoryFound]:
    """The column as names of people, if the language model takes most values for people and known names agree."""
    whole = [
        v for v in values if any(h.entity == "PERSON" and h.end - h.start >= 0.8 * len(v) for h in read.get(v, ()))
    ]
    share = len(whole) / len(values) if values else 0.0
    if share < 0.6:
        return []
    words = load_words()
    known = [read_value(v, words, lexicon) for v in values]
    agreeing = sum(1 for r in known if r.person) / len(values)
    firms = sum(1 for r in known if r.organisation) / len(values)
    last = Counter(fold(v).split()[-1] for v in values)
    if firms >= 0.25 or agreeing < (0.4 if share < 0.8 else 0.2) or max(last.values()) > max(2, 0.4 * len(values)):
        return []
    said = f"the language model takes {len(whole)} of {len(values)} values for people; {agreeing:.0%} hold a given name"
    return [CategoryFound("identity.name", 0.55, share, (said,))]
