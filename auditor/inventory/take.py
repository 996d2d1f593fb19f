"""Take the inventory: sample every table, learn the names the sources list, read their texts, and weigh each column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from auditor.errors import InventoryError
from auditor.inventory.checks import Check
from auditor.inventory.column import Column, look_at
from auditor.inventory.context import by_neighbours, in_context
from auditor.inventory.identifiers import load_identifiers
from auditor.inventory.lexicon import Lexicon, load_lexicon
from auditor.inventory.mask import examples
from auditor.inventory.naming import of_organisation, read_table
from auditor.inventory.people import known_names, maybe_names, recurring, taken_for_people
from auditor.inventory.shapes import Shape
from auditor.inventory.tongue import unread_languages
from auditor.inventory.weigh import PERSONAL, Tested, merge, test, weigh
from auditor.model import CategoryFound, ColumnInfo, ColumnInventory, Inventory, Skipped, TableInfo
from auditor.sources import Source

if TYPE_CHECKING:
    from auditor.inventory.engine import Recognizer, TextReader

# Below this a reading is not worth a reviewer's time.
WORTH_TELLING = 0.35
# Values drawn of a column, and where every value is scanned besides.
SAMPLE, FULL_SAMPLE = 1_000, 2_000

Progress = Callable[[str], None] | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """The sampled values of one column, wherever they come from."""

    source: str
    table: TableInfo
    column: ColumnInfo
    rows: int
    non_empty: int
    values: Sequence[str] = field(repr=False)
    scanned: tuple[Tested, ...] = ()
    """What validators said about every value, if every value was looked at."""


@dataclass(frozen=True, slots=True)
class How:
    """How to look: at every value or a sample, with Presidio's full pipeline, for the numbers of which countries."""

    full: bool = False
    exact: bool = False
    texts: int = 0
    """How many values were asked for; the language model reads as many texts, where that is more than usual."""
    countries: frozenset[str] | None = None
    reveal: bool = False
    """Whether examples of values are shown unmasked."""


@dataclass(frozen=True, slots=True)
class Studied:
    """All evidence about all columns, and the verdicts, in one order."""

    columns: tuple[Column, ...]
    found: tuple[tuple[CategoryFound, ...], ...]
    tests: tuple[tuple[Tested, ...], ...]
    names: frozenset[str] = field(repr=False)
    texts: frozenset[str] = field(repr=False)
    """What the language model read."""
    model: str
    failures: tuple[Skipped, ...]


def take(
    sources: Sequence[Source],
    *,
    seed: int = 0,
    values: int | None = SAMPLE,
    exact: bool = False,
    countries: frozenset[str] | None = None,
    reveal: bool = False,
    progress: Progress = None,
) -> Inventory:
    """What is personal in these sources, column by column, from `values` values of each; None looks at every value.

    With None all values meet the validators that decide on one hit; what needs Python or the language model for each
    value is judged by a larger sample. `exact` runs Presidio's whole pipeline; `countries` (ISO codes) limits the
    identity numbers that are sought.
    """
    how = How(values is None, exact, values or 0, countries, reveal)
    drawn, failures = draw(sources, seed=seed, values=values, progress=progress)
    return inventory_of(study(drawn, how=how, progress=progress), how, seed=seed, failures=failures)


def inventory_of(studied: Studied, how: How, *, seed: int = 0, failures: Sequence[Skipped] = ()) -> Inventory:
    """What of the evidence is worth telling, without a value."""
    results = tuple(_result(c, f, how) for c, f in zip(studied.columns, studied.found, strict=True))
    return Inventory(results, model=studied.model, seed=seed, failures=(*failures, *studied.failures))


def draw(
    sources: Sequence[Source], *, seed: int = 0, values: int | None = SAMPLE, progress: Progress = None
) -> tuple[list[Drawn], list[Skipped]]:
    """Sample every column of every table in one pass over it; with None every value is also scanned on its way."""
    from auditor.inventory.scan import Watched, found_in
    from auditor.sources.sampling import sample

    drawn: list[Drawn] = []
    failures: list[Skipped] = []
    for source in sources:
        _say(progress, f"Sampling {len(source.info.tables)} tables of {source.info.name}.")
        watched = Watched(source) if values is None else None
        for table in source.info.tables:
            taken = sample(watched or source, table, values=FULL_SAMPLE if values is None else values, seed=seed)
            if taken.failure is not None:
                failures.append(taken.failure)
            for column, read in zip(table.columns, taken.columns, strict=True):
                scanned = found_in(watched.tallies, table, column.name) if watched else ()
                one = Drawn(source.info.name, table, column, read.rows, read.non_empty, read.values, scanned)
                drawn.append(one)
    return drawn, failures


def examine(drawn: Sequence[Drawn], *, how: How = How(), progress: Progress = None) -> Inventory:
    """The inventory of values that have been drawn."""
    return inventory_of(study(drawn, how=how, progress=progress), how)


def study(drawn: Sequence[Drawn], *, how: How = How(), progress: Progress = None) -> Studied:
    """All evidence about values that have been drawn."""
    lexicon = load_lexicon()
    columns = in_context([look_at_drawn(one, lexicon) for one in drawn], lexicon)
    names = known_names(columns, lexicon)
    tests = [one.scanned for one in drawn]
    first = [_first_verdict(c, t, names, lexicon) for c, t in zip(columns, tests, strict=True)]
    first = by_neighbours(columns, first, lexicon)
    found, texts, model, failures = _read(columns, first, names, lexicon, how, progress)
    return Studied(tuple(columns), tuple(found), tuple(tests), names, texts, model, tuple(failures))


def look_at_drawn(one: Drawn, lexicon: Lexicon) -> Column:
    """The evidence of one drawn column."""
    table = one.table
    meaning = read_table(table.name, lexicon)
    return look_at(
        one.source, table.schema, table.name, one.column, meaning, one.rows, one.non_empty, one.values, lexicon
    )


def _first_verdict(
    column: Column, scanned: Sequence[Tested], names: frozenset[str], lexicon: Lexicon
) -> tuple[CategoryFound, ...]:
    """Everything that needs no model: the name, the shapes, the validators, the names known from elsewhere."""
    if not column.texts:
        return weigh(column, lexicon)
    if _surrogate(column):
        # A key is nobody's, unless a validator that is never wrong says what it holds.
        return weigh(replace(column, claims=()), lexicon, scanned) if column.share(Shape.WORDS, Shape.CODE) else ()
    found = weigh(column, lexicon, (*test(column, load_identifiers()), *scanned))
    if not any(f.confidence >= PERSONAL for f in found) and not _elsewhere(column, lexicon):
        found = merge((*found, *recurring(column, names)))
    return found


def _surrogate(column: Column) -> bool:
    """A key that only points at a row is no personal data by itself."""
    key = column.info.primary_key or bool(column.info.references)
    return key and column.share(Shape.INTEGER, Shape.UUID, Shape.HASH) > 0.9


def _elsewhere(column: Column, lexicon: Lexicon) -> bool:
    """A column of places or of an organisation's name may share words with people's names."""
    placed = any(c.strength >= PERSONAL and c.concept.fits in ("place", "email") for c in column.claims)
    return placed or of_organisation(column.info.name, column.meaning, lexicon)


def _read(
    columns: Sequence[Column],
    first: Sequence[tuple[CategoryFound, ...]],
    names: frozenset[str],
    lexicon: Lexicon,
    how: How,
    progress: Progress,
) -> tuple[list[tuple[CategoryFound, ...]], frozenset[str], str, list[Skipped]]:
    """Add what Presidio says, if there is anything for it to read: texts, short names, and codes nobody knows."""
    undecided = [not any(f.confidence >= PERSONAL for f in found) for found in first]
    codes = {i: c for i, c in enumerate(columns) if undecided[i] and _codes(c)}
    short = {i: maybe_names(c)[:60] for i, c in enumerate(columns) if undecided[i] and _may_be_people(c, lexicon)}
    prose = [i for i, c in enumerate(columns) if c.share(Shape.PROSE)]
    if not (codes or prose or any(short.values())):
        return list(first), frozenset(), "", []
    from auditor.inventory.engine import load_recognizers, match_cells
    from auditor.inventory.texts import prose_of, weigh_texts

    found = list(first)
    recognizers = load_recognizers(how.countries)
    for index, column in codes.items():
        counts = match_cells(recognizers, _codes(column))
        found[index] = merge((*weigh(column, lexicon, _as_tests(column, counts, recognizers)), *found[index]))
    texts = [t for i in prose for t in prose_of(columns[i], most=_most(how))] + [
        t for values in short.values() for t in values
    ]
    if not texts:
        return found, frozenset(), "", []
    unread = [c for c in (columns[i] for i in prose) if prose_of(c)]
    _say(progress, f"Reading {len(dict.fromkeys(texts)):,} texts of {len(unread)} columns with the language model.")
    try:
        reader = _reader(recognizers, how)
    except InventoryError as error:
        what = f"names in the texts of {len(unread)} columns"
        return found, frozenset(), "", [Skipped(what, str(error), gap=True)]
    distinct = list(dict.fromkeys(texts))
    prosaic = dict.fromkeys(t for c in unread for t in prose_of(c, most=_most(how)))
    read = dict(zip(distinct, reader.read(distinct), strict=True))
    for index in prose:
        found[index] = merge((*found[index], *weigh_texts(columns[index], read, names, recognizers, lexicon)))
    for index, values in short.items():
        found[index] = merge((*found[index], *taken_for_people(values, read, lexicon)))
    return found, frozenset(distinct), reader.model, unread_languages(prosaic, reader.language)


def _reader(recognizers: Sequence[Recognizer], how: How) -> TextReader:
    from auditor.inventory.engine import TextReader

    return TextReader(recognizers, exact=how.exact)


def _most(how: How) -> int:
    from auditor.inventory.texts import MOST_TEXTS, MOST_TEXTS_FULL

    return MOST_TEXTS_FULL if how.full else how.texts if how.texts > SAMPLE else MOST_TEXTS


def _may_be_people(column: Column, lexicon: Lexicon) -> bool:
    denied = any(c.concept.context == "person" and c.denied for c in column.claims)
    return column.meaning.kind != "thing" and not denied and not _elsewhere(column, lexicon)


def _codes(column: Column) -> list[str]:
    """Values with five digits or more that could be an identity number; keys and numbers are left alone."""
    values = [t for t in column.of_shape(Shape.CODE, Shape.OTHER, Shape.WORDS) if 8 <= len(t) <= 40]
    values = [t for t in values if sum(map(str.isdigit, t)) >= 5]
    return values if len(values) >= 0.5 * len(column.texts) and not _surrogate(column) else []


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


def _result(column: Column, found: tuple[CategoryFound, ...], how: How) -> ColumnInventory:
    info = column.info
    # An empty value is known to be empty; of the others those drawn were looked at, or all.
    unseen = 0 if how.full else column.non_empty - column.sampled
    return ColumnInventory(
        source=column.source,
        schema=column.schema,
        table=column.table,
        column=info.name,
        type=info.type,
        rows=column.rows,
        read=column.rows - unseen,
        non_empty=column.non_empty,
        categories=tuple(f for f in found if f.confidence >= WORTH_TELLING),
        examples=examples(column, found, reveal=how.reveal),
    )


def _say(progress: Progress, sentence: str) -> None:
    if progress is not None:
        progress(sentence)
