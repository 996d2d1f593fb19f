"""Take the inventory: sample every table, learn the names the sources list, read their texts, and weigh each column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from auditor.errors import InventoryError
from auditor.inventory.checks import Check
from auditor.inventory.column import Column, look_at
from auditor.inventory.identifiers import load_identifiers
from auditor.inventory.lexicon import Lexicon, load_lexicon
from auditor.inventory.mask import examples
from auditor.inventory.naming import of_organisation, read_table
from auditor.inventory.people import known_names, maybe_names, recurring
from auditor.inventory.shapes import Shape
from auditor.inventory.weigh import PERSONAL, Tested, merge, test, weigh
from auditor.model import CategoryFound, ColumnInfo, ColumnInventory, Inventory, Skipped, TableInfo
from auditor.sources import Source

if TYPE_CHECKING:
    from auditor.inventory.engine import Hit, Recognizer, TextReader

# Below this a reading is not worth a reviewer's time.
WORTH_TELLING = 0.35

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


def take(sources: Sequence[Source], *, seed: int = 0, values: int | None = 1000, progress: Progress = None) -> Inventory:
    """What is personal in these sources, column by column, from at most `values` values of each."""
    from auditor.sources.sampling import sample

    drawn: list[Drawn] = []
    failures: list[Skipped] = []
    for source in sources:
        _say(progress, f"Sampling {len(source.info.tables)} tables of {source.info.name}.")
        for table in source.info.tables:
            taken = sample(source, table, values=values, seed=seed)
            if taken.failure is not None:
                failures.append(taken.failure)
            for column, read in zip(table.columns, taken.columns, strict=True):
                drawn.append(Drawn(source.info.name, table, column, read.rows, read.non_empty, read.values))
    inventory = examine(drawn, progress=progress)
    return replace(inventory, seed=seed, failures=(*failures, *inventory.failures))


def examine(drawn: Sequence[Drawn], *, progress: Progress = None) -> Inventory:
    """The inventory of values that have been drawn."""
    lexicon = load_lexicon()
    columns = [look_at_drawn(one, lexicon) for one in drawn]
    names = known_names(columns, lexicon)
    first = [_first_verdict(column, names, lexicon) for column in columns]
    found, model, failures = _read(columns, first, names, lexicon, progress)
    return Inventory(
        tuple(_result(c, f) for c, f in zip(columns, found, strict=True)), model=model, failures=tuple(failures)
    )


def look_at_drawn(one: Drawn, lexicon: Lexicon) -> Column:
    """The evidence of one drawn column."""
    table = one.table
    meaning = read_table(table.name, lexicon)
    return look_at(
        one.source, table.schema, table.name, one.column, meaning, one.rows, one.non_empty, one.values, lexicon
    )


def _first_verdict(column: Column, names: frozenset[str], lexicon: Lexicon) -> tuple[CategoryFound, ...]:
    """Everything that needs no model: the name, the shapes, the validators, the names known from elsewhere."""
    if not column.texts:
        return weigh(column, lexicon)
    if _surrogate(column):
        # A key is nobody's, unless a validator that is never wrong says what it holds.
        return weigh(replace(column, claims=()), lexicon, ()) if column.share(Shape.WORDS, Shape.CODE) else ()
    found = weigh(column, lexicon, test(column, load_identifiers()))
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
    progress: Progress,
) -> tuple[list[tuple[CategoryFound, ...]], str, list[Skipped]]:
    """Add what Presidio says, if there is anything for it to read: texts, short names, and codes nobody knows."""
    undecided = [not any(f.confidence >= PERSONAL for f in found) for found in first]
    codes = {i: c for i, c in enumerate(columns) if undecided[i] and _codes(c)}
    short = {i: maybe_names(c)[:60] for i, c in enumerate(columns) if undecided[i] and _may_be_people(c, lexicon)}
    prose = [i for i, c in enumerate(columns) if c.share(Shape.PROSE)]
    if not (codes or prose or any(short.values())):
        return list(first), "", []
    from auditor.inventory.engine import load_recognizers, match_cells
    from auditor.inventory.texts import prose_of, weigh_texts

    found = list(first)
    recognizers = load_recognizers()
    for index, column in codes.items():
        counts = match_cells(recognizers, _codes(column))
        found[index] = merge((*weigh(column, lexicon, _as_tests(column, counts, recognizers)), *found[index]))
    texts = [t for i in prose for t in prose_of(columns[i])] + [t for values in short.values() for t in values]
    if not texts:
        return found, "", []
    unread = [c for c in (columns[i] for i in prose) if prose_of(c)]
    _say(progress, f"Reading {len(dict.fromkeys(texts)):,} texts of {len(unread)} columns with the language model.")
    try:
        reader = _reader(recognizers)
    except InventoryError as error:
        what = f"names in the texts of {len(unread)} columns"
        return found, "", [Skipped(what, str(error), gap=True)]
    distinct = list(dict.fromkeys(texts))
    read = dict(zip(distinct, reader.read(distinct), strict=True))
    for index in prose:
        found[index] = merge((*found[index], *weigh_texts(columns[index], read, names, recognizers, lexicon)))
    for index, values in short.items():
        found[index] = merge((*found[index], *_people(values, read)))
    return found, reader.model, []


def _reader(recognizers: Sequence[Recognizer]) -> TextReader:
    from auditor.inventory.engine import TextReader

    return TextReader(recognizers)


def _may_be_people(column: Column, lexicon: Lexicon) -> bool:
    denied = any(c.concept.context == "person" and c.denied for c in column.claims)
    return column.meaning.kind != "thing" and not denied and not _elsewhere(column, lexicon)


def _people(values: Sequence[str], read: Mapping[str, Sequence[Hit]]) -> list[CategoryFound]:
    whole = [v for v in values if any(h.entity == "PERSON" and h.end - h.start >= 0.8 * len(v) for h in read[v])]
    share = len(whole) / len(values) if values else 0.0
    if share < 0.6:
        return []
    words = f"the language model takes {len(whole)} of {len(values)} values for people"
    return [CategoryFound("identity.name", 0.55, share, (words,))]


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


def _result(column: Column, found: tuple[CategoryFound, ...]) -> ColumnInventory:
    info = column.info
    return ColumnInventory(
        source=column.source,
        schema=column.schema,
        table=column.table,
        column=info.name,
        type=info.type,
        rows=column.rows,
        read=column.rows,
        non_empty=column.non_empty,
        categories=tuple(f for f in found if f.confidence >= WORTH_TELLING),
        examples=examples(column, found),
    )


def _say(progress: Progress, sentence: str) -> None:
    if progress is not None:
        progress(sentence)
