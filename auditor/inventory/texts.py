"""Free text: what Presidio and the known names find in it, and whether that makes the column personal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from auditor.inventory.addressing import addressed, speaks_of_others
from auditor.inventory.column import Column
from auditor.inventory.hits import PERSON, Hit, Recognizer
from auditor.inventory.lexicon import Lexicon, fold
from auditor.inventory.naming import OF_A_THING
from auditor.inventory.people import mentions
from auditor.inventory.shapes import Shape
from auditor.inventory.taxonomy import category_named
from auditor.inventory.weigh import PERSONAL, REVIEW, above_chance
from auditor.knowledge import home, read_yaml
from auditor.model import CategoryFound


def prose_of(column: Column) -> list[str]:
    """The texts of a column that are worth reading; empty if it holds no prose."""
    if column.meaning.kind == "thing" and not any(c.concept.fits == "prose" and c.strength for c in column.claims):
        return []
    texts = column.of_shape(Shape.PROSE)
    return texts if len(texts) >= 0.2 * len(column.texts) else []


def weigh_texts(
    column: Column,
    read: Mapping[str, Sequence[Hit]],
    names: frozenset[str],
    recognizers: Sequence[Recognizer],
    lexicon: Lexicon,
) -> list[CategoryFound]:
    """What the texts of a column hold, and the column as free text about people."""
    texts = [t for t in prose_of(column) if t in read]
    if not texts:
        return []
    by_model = [t for t in texts if any(_is_person(t, h, names, lexicon) for h in read[t])]
    by_address = [t for t in texts if any(addressed(t))]
    people = len({*by_model, *by_address})
    known = sum(1 for t in texts if mentions(t, names))
    near = any(c.concept.fits == "prose" and c.strength >= OF_A_THING for c in column.claims)
    about = column.meaning.kind in ("person", "message")
    found = [*_by_entity(texts, read, recognizers), *(_sensitive(texts) if about else ())]
    share = max(people, known) / len(texts)
    evidence = []
    if by_model:
        evidence.append(f"the language model finds a person in {len(by_model)} of {len(texts)} texts")
    if by_address:
        evidence.append(f"{len(by_address)} of {len(texts)} texts hold a name by a title, a greeting or a closing")
    if known:
        evidence.append(f"{known} of {len(texts)} texts hold a name that recurs from the name columns")
    if others := sum(1 for t in texts if _others(t, read[t], names, lexicon)):
        evidence.append(f"{others} of {len(texts)} texts speak of people other than those whom the source lists")
    enough = _enough(people, known, len(texts), near=near or about)
    if enough:
        confidence = 0.65 if near else 0.55
        found.append(CategoryFound("identity.name", confidence, share, tuple(evidence)))
    if near or enough or found:
        # What is written in the notes of a person or in a message is about somebody, whatever its language.
        personal = enough or (near and about) or any(f.confidence >= PERSONAL for f in found)
        words = ("free text", *(evidence or ["nothing about a person was recognised in it"]))
        found.append(CategoryFound("communication.content", 0.75 if personal else REVIEW, share, words))
    return [replace(one, looked_at=len(texts)) for one in found]


def _others(text: str, hits: Sequence[Hit], names: frozenset[str], lexicon: Lexicon) -> bool:
    """Whether a text names somebody whom no name column lists, or speaks of relatives or colleagues."""
    if speaks_of_others(text):
        return True
    found = [text[h.start : h.end].split() for h in hits if _is_person(text, h, names, lexicon)]
    named = [[fold(w).strip(".,;:'’") for w in words] for words in (*found, *addressed(text))]
    return bool(names) and any(not names.intersection(words) for words in named)


def _sensitive(texts: Sequence[str]) -> list[CategoryFound]:
    """Special categories that words of the texts point to: for a person to look at, never a verdict."""
    found = []
    for category, pattern in load_terms():
        hits = sum(1 for t in texts if pattern.search(fold(t)))
        if hits:
            words = f"{hits} of {len(texts)} texts use words of this category: look at them"
            found.append(CategoryFound(category, REVIEW, hits / len(texts), (words,)))
    return found


@cache
def load_terms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The words of `rules/recognizers/terms.yaml`, one pattern per category."""
    top = read_yaml(home("rules") / "recognizers" / "terms.yaml", shown_as="rules/recognizers/terms.yaml")
    return tuple(
        (category_named(key), re.compile(rf"\b(?:{'|'.join(re.escape(fold(w)) for w in words.texts())})\b"))
        for key, words in top.fields(["terms"])["terms"].pairs()
    )


def _enough(people: int, known: int, total: int, *, near: bool) -> bool:
    """Text about people needs less proof than a text that could be about anything."""
    if near:
        return (
            (known > 0 and people > 0)
            or people >= max(2, 0.1 * total)
            or people >= 0.3 * total
            or known >= max(2, 0.2 * total)
        )
    return (known >= max(2, 0.2 * total) and people > 0) or people >= max(3, 0.5 * total)


def _is_person(text: str, hit: Hit, names: frozenset[str], lexicon: Lexicon) -> bool:
    """A hit of two capitalised words or more, or of a known name; words of the trade are no names."""
    if hit.entity != PERSON:
        return False
    words = text[hit.start : hit.end].split()
    folded = [fold(w).strip(".,;:'’") for w in words]
    if any(w in names for w in folded):
        return True
    plain = all(w[0].isupper() and w.replace("-", "").replace("'", "").replace(".", "").isalpha() for w in words)
    return 2 <= len(words) <= 4 and plain and not any(w in lexicon.vocabulary for w in folded)


def _by_entity(
    texts: Sequence[str], read: Mapping[str, Sequence[Hit]], recognizers: Sequence[Recognizer]
) -> list[CategoryFound]:
    found = []
    for recognizer in recognizers:
        hits = [t for t in texts if any(h.entity == recognizer.entity for h in read[t])]
        # Addresses were sought in every text already, and a role mailbox is judged there.
        if not hits or not recognizer.text or recognizer.entity == "EMAIL_ADDRESS":
            continue
        validated = any(h.entity == recognizer.entity and h.validated for t in hits for h in read[t])
        strong = recognizer.chance < 1e-4 and validated
        sure = strong or above_chance(len(hits), len(texts), recognizer.chance)
        words = f"{len(hits)} of {len(texts)} texts hold a {recognizer.entity.replace('_', ' ').lower()}"
        confidence = 0.9 if strong else 0.6 if sure else REVIEW
        found.append(CategoryFound(recognizer.category, confidence, len(hits) / len(texts), (words,)))
    return found
