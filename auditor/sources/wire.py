"""Rows as a server sends them become columns at once, for what a driver does cell by cell is most of reading.

A row is the body of its message: PostgreSQL's DataRow (each cell after its length in four bytes, -1 for NULL; its
documentation, "Message Formats") or MariaDB's text row (each cell a length-encoded string, 0xFB for NULL; its
documentation, "Resultset Row"). The cells are found by their lengths, column by column, and taken out together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from auditor.errors import SourceError

Numbers: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
Bytes: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]
_Cell: TypeAlias = Callable[[Bytes, Numbers], tuple[Numbers, Numbers]]
"""Where the cells begin whose lengths stand at these places, and how long they are; -1 for NULL."""

_INT32 = 2**31 - 1
_MINUS_ONE = 2**32 - 1
_NULL, _LONGER = 0xFB, ((0xFC, 2), (0xFD, 3), (0xFE, 8))
"""The first byte of a NULL; those of cells whose length follows, and in how many bytes."""


def postgresql_columns(rows: Sequence[bytes], count: int) -> list[pa.Array]:
    """The `count` columns of DataRow messages, as bytes. Raises SourceError for a message cut short."""
    return _columns(rows, count, 2, _four_bytes)


def mysql_columns(rows: Sequence[bytes], count: int) -> list[pa.Array]:
    """The `count` columns of rows of the text protocol, as bytes. Raises SourceError for a row cut short."""
    return _columns(rows, count, 0, _length_encoded)


def _columns(rows: Sequence[bytes], count: int, header: int, cell: _Cell) -> list[pa.Array]:
    ends = np.cumsum(np.fromiter(map(len, rows), np.int64, len(rows)))
    # Room beyond the last row, so that a length that is cut off is no error of its own; it ends in a wrong place.
    data, size = b"".join((*rows, bytes(9))), int(ends[-1])
    values = np.frombuffer(data, np.uint8)
    at = np.concatenate((np.zeros(1, np.int64), ends[:-1])) + header
    bounds = np.empty((len(rows), count, 2), np.int64)
    missing = np.empty((count, len(rows)), np.bool_)
    for number in range(count):
        begins, lengths = cell(values, np.minimum(at, size))
        missing[number] = lengths < 0
        at = begins + np.maximum(lengths, 0)
        bounds[:, number, 0], bounds[:, number, 1] = begins, at
    if not np.array_equal(at, ends):
        raise SourceError("The server sent a row that ends in the middle of a cell.", do="Run the audit again.")
    # One array of all there is, cell and what stands between cells in turn; every second piece is a cell.
    kind, offset = (pa.binary(), np.int32) if size <= _INT32 else (pa.large_binary(), np.int64)
    offsets = bounds.ravel().astype(offset)
    pieces = pa.Array.from_buffers(kind, len(offsets) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(data)])
    first = np.arange(len(rows), dtype=np.int64) * (2 * count)
    return [pieces.take(pa.array(first + 2 * number, mask=missing[number])) for number in range(count)]


def _four_bytes(data: Bytes, at: Numbers) -> tuple[Numbers, Numbers]:
    lengths = _number(data, at, (3, 2, 1, 0))
    return at + 4, np.where(lengths == _MINUS_ONE, -1, lengths)


def _length_encoded(data: Bytes, at: Numbers) -> tuple[Numbers, Numbers]:
    first = data[at]
    begins, lengths = at + 1, np.where(first < _NULL, first.astype(np.int64), -1)
    for mark, size in _LONGER:
        longer = np.flatnonzero(first == mark)
        if len(longer):
            begins[longer] += size
            lengths[longer] = _number(data, at[longer] + 1, tuple(range(size)))
    return begins, lengths


def _number(data: Bytes, at: Numbers, places: Sequence[int]) -> Numbers:
    """The number whose byte of weight 256**n lies at `places[n]` from there."""
    total = np.zeros(len(at), np.int64)
    for power, place in enumerate(places):
        total += data[np.minimum(at + place, len(data) - 1)].astype(np.int64) << (8 * power)
    return total
