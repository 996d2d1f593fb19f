"""Take the inventory: sample every table, learn the names the sources list, read their texts, and weigh each column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from auditor.inventory.attributes import inside_json, weigh_attributes
from auditor.inventory.column import Column, look_at
from auditor.inventory.context import by_neighbours, in_context
from auditor.inventory.day_order import day_first
from auditor.inventory.identifiers import load_identifiers
from auditor.inventory.lexicon import Lexicon, load_lexicon
from auditor.inventory.mask import examples
from auditor.inventory.naming import read_table
from auditor.inventory.own import as_said, check_verdicts, denied, unmatched, verdict_of, without_allowed
from auditor.inventory.own_recognizers import load_own, test_own
from auditor.inventory.people import known_names, recurring
from auditor.inventory.reading import AS_USUAL, How, elsewhere, read_more, surrogate
from auditor.inventory.scope import countries_in_scope
from auditor.inventory.shapes import Shape
from auditor.inventory.weigh import PERSONAL, Tested, merge, test, weigh
from auditor.model import CategoryFound, ColumnInfo, ColumnInventory, Inventory, Skipped, TableInfo
from auditor.policy_inventory import NOTHING_KNOWN, Known
from auditor.sources import Source

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
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    """Of a table with one attribute a row, the values by their attribute."""


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
    established: frozenset[str] | None = None,
    known: Known = NOTHING_KNOWN,
    reveal: bool = False,
    workers: int = 0,
    progress: Progress = None,
) -> Inventory:
    """What is personal in these sources, column by column, from `values` values of each; None looks at every value.

    With None all values meet the validators that decide on one hit; what needs Python or the language model for each
    value is judged by a larger sample. `exact` runs Presidio's whole pipeline. `countries` (ISO codes) limits the
    identity numbers that are sought; `established` adds to those the countries that the sources name. `known` is what
    the policy says of words and columns; texts are read by `workers` processes, by as many as pay if 0.
    """
    how = How(values is None, exact, values or 0, countries, established, known, reveal, workers)
    drawn, failures = draw(sources, seed=seed, values=values, known=known, progress=progress)
    return inventory_of(study(drawn, how=how, progress=progress), how, seed=seed, failures=failures)


def inventory_of(studied: Studied, how: How, *, seed: int = 0, failures: Sequence[Skipped] = ()) -> Inventory:
    """What of the evidence is worth telling, without a value."""
    results = tuple(_result(c, f, how) for c, f in zip(studied.columns, studied.found, strict=True))
    return Inventory(results, model=studied.model, seed=seed, failures=(*failures, *studied.failures))


def draw(
    sources: Sequence[Source],
    *,
    seed: int = 0,
    values: int | None = SAMPLE,
    known: Known = NOTHING_KNOWN,
    progress: Progress = None,
) -> tuple[list[Drawn], list[Skipped]]:
    """Sample every column of every table in one pass over it; with None every value is also scanned on its way.

    Words that the policy allows are taken out of the values. Raises InventoryError if it names no category of ours, and
    KnowledgeError if one of its recognizers is broken.
    """
    from auditor.inventory.by_attribute import Sorted
    from auditor.inventory.scan import Watched, found_in
    from auditor.sources.sampling import sample

    check_verdicts(known)
    load_own(known)  # so that a fault in it is told before anything is read
    clean = without_allowed(known)
    drawn: list[Drawn] = []
    failures: list[Skipped] = []
    for source in sources:
        _say(progress, f"Sampling {len(source.info.tables)} tables of {source.info.name}.")
        watched = Watched(source, clean) if values is None else None
        by_attribute = Sorted(watched or source, seed, clean)
        for table in source.info.tables:
            taken = sample(by_attribute, table, values=FULL_SAMPLE if values is None else values, seed=seed)
            if taken.failure is not None:
                failures.append(taken.failure)
            for column, read in zip(table.columns, taken.columns, strict=True):
                scanned = found_in(watched.tallies, table, column.name) if watched else ()
                left = read.values if clean is None else tuple(map(clean, read.values))
                rows = by_attribute.found(table, column.name)
                drawn.append(Drawn(source.info.name, table, column, read.rows, read.non_empty, left, scanned, rows))
    return drawn, failures


def examine(drawn: Sequence[Drawn], *, how: How = AS_USUAL, progress: Progress = None) -> Inventory:
    """The inventory of values that have been drawn."""
    return inventory_of(study(drawn, how=how, progress=progress), how)


def study(drawn: Sequence[Drawn], *, how: How = AS_USUAL, progress: Progress = None) -> Studied:
    """All evidence about values that have been drawn."""
    lexicon = load_lexicon()
    columns = in_context([look_at_drawn(one, lexicon) for one in drawn], lexicon)
    names = known_names(columns, lexicon)
    own = load_own(how.known)
    tests = [(*one.scanned, *test_own(c, own)) for c, one in zip(columns, drawn, strict=True)]
    first = [_first_verdict(c, t, names, lexicon) for c, t in zip(columns, tests, strict=True)]
    first = [
        merge((*f, *weigh_attributes(c, rows, lexicon))) if (rows := one.attributes or inside_json(c, lexicon)) else f
        for c, f, one in zip(columns, first, drawn, strict=True)
    ]
    first = by_neighbours(columns, first, lexicon)
    if how.countries is None and how.established is not None:
        how = replace(how, countries=countries_in_scope(columns, first, how.established))
    result = read_more(columns, first, names, lexicon, how, progress)
    found = [_own(column, one, how.known) for column, one in zip(columns, result.found, strict=True)]
    failures = (*result.failures, *unmatched(how.known, columns))
    return Studied(tuple(columns), tuple(found), tuple(tests), names, result.texts, result.model, failures)


def _own(column: Column, found: tuple[CategoryFound, ...], known: Known) -> tuple[CategoryFound, ...]:
    """What the policy says goes before what was found."""
    verdict = verdict_of(known, column.source, column.table, column.info.name)
    return as_said(verdict, found) if verdict else merge((*found, *denied(column, known)))


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
    if surrogate(column):
        # A key is nobody's, unless a validator that is never wrong says what it holds.
        return weigh(replace(column, claims=()), lexicon, scanned) if column.share(Shape.WORDS, Shape.CODE) else ()
    found = weigh(column, lexicon, (*test(column, load_identifiers()), *scanned))
    if not any(f.confidence >= PERSONAL for f in found) and not elsewhere(column, lexicon):
        found = merge((*found, *recurring(column, names)))
    return found


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
        categories=tuple(
            replace(f, looked_at=f.looked_at or column.sampled) for f in found if f.confidence >= WORTH_TELLING
        ),
        examples=examples(column, found, reveal=how.reveal),
        day_first=day_first(column.texts),
    )


def _say(progress: Progress, sentence: str) -> None:
    if progress is not None:
        progress(sentence)
