"""The values of tables with one attribute a row, sorted by their attribute while the table is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from auditor.inventory.attributes import ByAttribute
from auditor.inventory.lexicon import Lexicon, load_lexicon, split_name
from auditor.inventory.passing import Passing
from auditor.model import TableInfo
from auditor.sources import Source

# Values kept of one attribute, and attributes told apart in one column; more than that are no attributes.
KEPT, MOST = 100, 400


@dataclass(slots=True)
class _Kept:
    """The values of one attribute with the smallest random numbers so far."""

    numbers: np.ndarray[tuple[int], np.dtype[np.float64]] = field(default_factory=lambda: np.empty(0))
    values: list[str] = field(default_factory=list)

    def add(self, numbers: np.ndarray[tuple[int], np.dtype[np.float64]], values: Sequence[str]) -> None:
        joined, texts = np.concatenate([self.numbers, numbers]), [*self.values, *values]
        best = np.argsort(joined, kind="stable")[:KEPT]
        self.numbers, self.values = joined[best], [texts[i] for i in best]


def attribute_columns(table: TableInfo, lexicon: Lexicon) -> tuple[str, tuple[str, ...]]:
    """The column that names attributes and those that hold their values; empty if the table is none of these."""
    words = {c.name: split_name(c.name, lexicon) for c in table.columns}
    marks, values = lexicon.words["attribute_names"], lexicon.words["attribute_values"]
    holding = tuple(n for n, w in words.items() if (w and w[-1] in values) or (set(w) & values and "string" in w))
    plain = [n for n, w in words.items() if n not in holding and w and all(x in marks for x in w) and "id" not in w]
    return (plain[0], holding) if holding and plain else ("", ())


class Sorted(Passing):
    """A source that sorts the values of such tables by their attribute on the way."""

    def __init__(self, source: Source, seed: int, clean: Callable[[str], str] | None = None) -> None:
        super().__init__(source)
        self._seed = seed
        self._clean = clean or str
        self._lexicon = load_lexicon()
        self.kept: dict[tuple[str, str, str], dict[str, _Kept]] = {}

    def read(self, table: TableInfo, columns: Sequence[str], *, batch_rows: int = 50_000) -> Iterator[pa.RecordBatch]:
        """See Source."""
        naming, holding = attribute_columns(table, self._lexicon)
        generator = np.random.Generator(np.random.PCG64(self._seed))
        for batch in self._source.read(table, columns, batch_rows=batch_rows):
            if naming in columns:
                names = batch.column(columns.index(naming)).dictionary_encode()
                for held in (h for h in holding if h in columns):
                    kept = self.kept.setdefault((table.schema, table.name, held), {})
                    _sort(kept, names, batch.column(columns.index(held)), generator)
            yield batch

    def found(self, table: TableInfo, column: str) -> ByAttribute:
        """The values of one column by their attribute."""
        kept = self.kept.get((table.schema, table.name, column), {})
        return {name: tuple(map(self._clean, k.values)) for name, k in kept.items()} if len(kept) <= MOST else {}


def _sort(kept: dict[str, _Kept], names: pa.DictionaryArray, values: pa.Array, generator: np.random.Generator) -> None:
    if len(kept) > MOST:
        return
    filled = pc.and_(pc.is_valid(names), pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(values), ""), False))
    places = np.flatnonzero(filled.to_numpy(zero_copy_only=False))
    if not len(places):
        return
    codes = names.indices.take(pa.array(places)).to_numpy(zero_copy_only=False).astype(np.int64)
    numbers = generator.random(len(places))
    order = np.lexsort((numbers, codes))
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    dictionary = names.dictionary
    for start, end in zip(starts, [*starts[1:], len(order)], strict=True):
        chosen = order[start : min(end, start + KEPT)]
        name = dictionary[int(codes[chosen[0]])].as_py().strip()
        kept.setdefault(name, _Kept()).add(numbers[chosen], values.take(pa.array(places[chosen])).to_pylist())
        if len(kept) > MOST:
            return
