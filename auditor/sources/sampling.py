"""A seeded sample of every column of a table, in one pass over it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from auditor.errors import SourceError
from auditor.model import Skipped, TableInfo
from auditor.sources import Source


@dataclass(frozen=True, slots=True)
class ColumnSample:
    """Values drawn from one column, in the table's order. `non_empty` of `rows` were neither NULL nor blank."""

    column: str
    rows: int
    non_empty: int
    values: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample of every column of one table.

    Where reading broke, `failure` says how, and the columns hold what was read before.
    """

    table: TableInfo
    columns: tuple[ColumnSample, ...]
    rows: int = 0
    unread: int = 0
    failure: Skipped | None = None


def sample(source: Source, table: TableInfo, *, values: int | None = 1000, seed: int = 0) -> Sample:
    """At most `values` (None: all) non-empty values of each column, whatever the size of the batches.

    Every row gets a random number per column; the non-empty values with the smallest numbers are the sample. So it is
    uniform, repeatable from the seed, and needs the rows only once.
    """
    names = [column.name for column in table.columns]
    drawn = [_Reservoir(_generator(seed, table, name), values) for name in names]
    rows, failure = 0, None
    try:
        for batch in source.read(table, names):
            for reservoir, column in zip(drawn, batch.columns, strict=True):
                reservoir.add(column, rows)
            rows += batch.num_rows
    except SourceError as error:
        failure = Skipped(f"{source.info.name}.{table.name}", f"{error.what} {error.do}".strip(), gap=True, rows=rows)
    columns = tuple(
        ColumnSample(name, rows, reservoir.non_empty, reservoir.drawn())
        for name, reservoir in zip(names, drawn, strict=True)
    )
    return Sample(table, columns, rows, source.unread(table), failure)


class _Reservoir:
    """The values of one column with the smallest random numbers so far."""

    def __init__(self, generator: np.random.Generator, size: int | None) -> None:
        self._generator = generator
        self._size = size
        self._numbers = np.empty(0)
        self._places = np.empty(0, dtype=np.int64)
        self._values: list[str] = []
        self.non_empty = 0

    def add(self, column: pa.Array, first: int) -> None:
        """Look at the next rows; `first` is the place of the first of them in the table."""
        numbers = self._generator.random(len(column))
        blank = pc.or_(pc.equal(pc.binary_length(column), 0), pc.utf8_is_space(column))
        filled = np.flatnonzero(~pc.fill_null(blank, True).to_numpy(zero_copy_only=False))
        self.non_empty += len(filled)
        if self._size is not None and len(self._numbers) >= self._size:
            filled = filled[numbers[filled] < self._numbers.max()] if self._size else filled[:0]
        if not len(filled):
            return
        # Only a few of a large batch can be among the smallest: the others are not even turned into Python values.
        if self._size is not None and len(filled) > self._size:
            filled = np.sort(filled[np.argpartition(numbers[filled], self._size)[: self._size]])
        self._values += column.take(pa.array(filled)).to_pylist()
        self._numbers = np.concatenate([self._numbers, numbers[filled]])
        self._places = np.concatenate([self._places, filled + first])
        if self._size is not None and len(self._numbers) > self._size:
            kept = np.sort(np.argpartition(self._numbers, self._size)[: self._size])
            self._values = [self._values[index] for index in kept]
            self._numbers, self._places = self._numbers[kept], self._places[kept]

    def drawn(self) -> tuple[str, ...]:
        """The sample in the table's order."""
        return tuple(self._values[index] for index in np.argsort(self._places))


def _generator(seed: int, table: TableInfo, column: str) -> np.random.Generator:
    text = "\x1f".join((str(seed), table.schema, table.name, column))
    digest = hashlib.blake2b(text.encode("utf-8", "replace")).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest)))
