"""What Presidio adds to the verdicts: it reads texts, short values that may be names, and codes that nobody knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from auditor.errors import InventoryError
from auditor.inventory.checks import Check
from auditor.inventory.column import Column
from auditor.inventory.hits import Recognizer
from auditor.inventory.lexicon import Lexicon
from auditor.inventory.models import choose
from auditor.inventory.naming import of_organisation
from auditor.inventory.people import maybe_names, taken_for_people
from auditor.inventory.pool import Asked, read_texts, workers_for
from auditor.inventory.shapes import Shape
from auditor.inventory.texts import prose_of, weigh_texts
from auditor.inventory.tongue import by_model, languages_of, unread_languages
from auditor.inventory.weigh import PERSONAL, Tested, merge, weigh
from auditor.model import CategoryFound, Skipped
from auditor.policy_inventory import NOTHING_KNOWN, Known

# The language model reads this many distinct texts of a column, and with every value asked for, so many; validators
# read all of them.
MOST_TEXTS, MOST_TEXTS_FULL = 200, 2_000
# Values of a column of short texts that are enough to see whether they are names.
_SHORT = 60


@dataclass(frozen=True, slots=True)
class How:
    """How to look: at every value or a sample, with Presidio's full pipeline, for the numbers of which countries."""

    full: bool = False
    exact: bool = False
    texts: int = 0
    """How many values were asked for; the language model reads as many texts, where that is more than usual."""
    countries: frozenset[str] | None = None
    established: frozenset[str] | None = None
    """Where the organisation is: with the countries that the sources name, those whose numbers are sought."""
    known: Known = NOTHING_KNOWN
    reveal: bool = False
    """Whether examples of values are shown unmasked."""
    workers: int = 0
    """Processes that read texts; as many as pay if 0."""
    model: str = ""
    """A language model to use instead of the usual one of its language."""

    @property
    def most_texts(self) -> int:
        """How many texts of a column the language model reads."""
        return MOST_TEXTS_FULL if self.full else max(self.texts, MOST_TEXTS) if self.texts > 1_000 else MOST_TEXTS


AS_USUAL = How()


@dataclass(frozen=True, slots=True)
class Read:
    """The verdicts with what Presidio adds, the texts that were read and by which models, and what was not."""

    found: tuple[tuple[CategoryFound, ...], ...]
    texts: frozenset[str] = field(default=frozenset(), repr=False)
    model: str = ""
    failures: tuple[Skipped, ...] = ()


def elsewhere(column: Column, lexicon: Lexicon) -> bool:
    """A column of places or of an organisation's name may share words with people's names."""
    placed = any(c.strength >= PERSONAL and c.concept.fits in ("place", "email") for c in column.claims)
    return placed or of_organisation(column.info.name, column.meaning, lexicon)


def surrogate(column: Column) -> bool:
    """A key that only points at a row is no personal data by itself."""
    key = column.info.primary_key or bool(column.info.references)
    return key and column.share(Shape.INTEGER, Shape.UUID, Shape.HASH) > 0.9


def read_more(
    columns: Sequence[Column],
    first: Sequence[tuple[CategoryFound, ...]],
    names: frozenset[str],
    lexicon: Lexicon,
    how: How,
    progress: Callable[[str], None] | None,
) -> Read:
    """The verdicts with what Presidio adds, if there is anything for it to read."""
    undecided = [not any(f.confidence >= PERSONAL for f in found) for found in first]
    codes = {i: c for i, c in enumerate(columns) if undecided[i] and _codes(c)}
    prose = {i: texts[: how.most_texts] for i, c in enumerate(columns) if (texts := prose_of(c))}
    short = {
        i: values[:_SHORT]
        for i, c in enumerate(columns)
        if undecided[i] and _may_be_people(c, lexicon) and (values := maybe_names(c))
    }
    found = list(first)
    if not (codes or prose or short):
        return Read(tuple(found))
    from auditor.inventory.engine import load_recognizers, match_cells

    recognizers = load_recognizers(how.countries)
    for index, column in codes.items():
        counts = match_cells(recognizers, _codes(column))
        found[index] = merge((*weigh(column, lexicon, _as_tests(column, counts, recognizers)), *found[index]))
    prosaic = list(dict.fromkeys(text for texts in prose.values() for text in texts))
    texts = list(dict.fromkeys((*prosaic, *(text for values in short.values() for text in values))))
    if not texts:
        return Read(tuple(found))
    if progress is not None:
        progress(f"Reading {len(texts):,} texts of {len(prose)} columns with the language model.")
    try:
        chosen = choose(how.model)
        told = dict(zip(texts, languages_of(texts), strict=True))
        by_language = by_model(told, chosen.languages)
        asked = Asked(how.countries, how.exact, how.model)
        hits = read_texts(asked, by_language, workers=workers_for(texts, how.workers))
    except InventoryError as error:
        what = f"names in the texts of {len(prose)} columns"
        return Read(tuple(found), failures=(Skipped(what, str(error), gap=True),))
    for index in prose:
        found[index] = merge((*found[index], *weigh_texts(columns[index], hits, names, recognizers, lexicon)))
    for index, values in short.items():
        found[index] = merge((*found[index], *taken_for_people(values, hits, lexicon)))
    unread = unread_languages((told[text] for text in prosaic), chosen.languages)
    models = ", ".join(f"{m.name} {m.version}" for code, (m, _) in chosen.by_language.items() if code in by_language)
    return Read(tuple(found), frozenset(hits), models, (*_lost(texts, hits), *chosen.refused, *unread))


def _lost(texts: Sequence[str], read: Mapping[str, object]) -> list[Skipped]:
    lost = len(texts) - len(read)
    why = "The process that read them ended twice before it was done, perhaps for want of memory."
    return [Skipped(f"names in {lost:,} of {len(texts):,} texts", why, gap=True)] if lost else []


def _may_be_people(column: Column, lexicon: Lexicon) -> bool:
    denied = any(c.concept.context == "person" and c.denied for c in column.claims)
    return column.meaning.kind != "thing" and not denied and not elsewhere(column, lexicon)


def _codes(column: Column) -> list[str]:
    """Values with five digits or more that could be an identity number; keys and numbers are left alone."""
    values = [t for t in column.of_shape(Shape.CODE, Shape.OTHER, Shape.WORDS) if 8 <= len(t) <= 40]
    values = [t for t in values if sum(map(str.isdigit, t)) >= 5]
    return values if len(values) >= 0.5 * len(column.texts) and not surrogate(column) else []


def _as_tests(column: Column, counts: Mapping[str, int], recognizers: Sequence[Recognizer]) -> list[Tested]:
    tried = len(_codes(column))
    return [
        Tested(
            Check(r.entity, r.category, f"a {r.entity.replace('_', ' ')}", r.chance, bool),
            counts[r.entity],
            tried,
            counts[r.entity] / len(column.texts),
        )
        for r in recognizers
        if counts.get(r.entity)
    ]
