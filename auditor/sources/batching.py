"""Rows of Python values become Arrow batches of text, bounded in rows and in bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import pyarrow as pa

from auditor.errors import SourceError

BATCH_BYTES = 32 << 20
_FIRST_STEP, _STEP_BYTES = 64, 4 << 20
_MOST_ROWS = 2_000
"""Python values of this many rows stay in the processor's cache, which makes them twice as fast."""


def batches(
    rows: Iterable[Sequence[object]],
    names: Sequence[str],
    positions: Sequence[int],
    batch_rows: int,
    column: Callable[[Sequence[object]], pa.Array],
) -> Iterator[pa.RecordBatch]:
    """Batches of the cells at `positions`; if the rows end in a SourceError, what came before is delivered first.

    Rows are taken in steps that grow while they are light, so that a few huge cells cannot fill the memory.
    """
    source = iter(rows)
    return fetched(lambda wanted, into: into.extend(islice(source, wanted)), names, positions, batch_rows, column)


def fetched(
    fetch: Callable[[int, list[Sequence[object]]], None],
    names: Sequence[str],
    positions: Sequence[int],
    batch_rows: int,
    column: Callable[[Sequence[object]], pa.Array],
) -> Iterator[pa.RecordBatch]:
    """As `batches`, of rows that `fetch` adds to a list, as many as it is told; fewer are the last ones."""
    held: list[list[pa.Array]] = []
    step, count, size = _FIRST_STEP, 0, 0
    failure: SourceError | None = None
    done = False
    while not done:
        chunk: list[Sequence[object]] = []
        wanted = min(step, _MOST_ROWS, batch_rows - count)
        try:
            fetch(wanted, chunk)
        except SourceError as error:
            failure = error
        done = len(chunk) < wanted
        if chunk:
            arrays = [column(cells) for cells in _cells(chunk, positions)]
            weight = sum(array.nbytes for array in arrays)
            held.append(arrays)
            count, size = count + len(chunk), size + weight
            step = max(1, step // 2) if weight > _STEP_BYTES else step * 2
        if held and (done or count >= batch_rows or size >= BATCH_BYTES):
            yield pa.RecordBatch.from_arrays([pa.concat_arrays(part) for part in zip(*held, strict=True)], list(names))
            held, count, size = [], 0, 0
    if failure is not None:
        raise failure


def _cells(rows: Sequence[Sequence[object]], positions: Sequence[int]) -> Iterator[Sequence[object]]:
    """The columns at `positions`; all of them at once where most are asked for."""
    if 2 * len(positions) < len(rows[0]):
        yield from ([row[position] for row in rows] for position in positions)
        return
    columns = list(zip(*rows, strict=True))
    yield from (columns[position] for position in positions)


def text_column(values: Sequence[object]) -> pa.Array:
    """Texts and None as an Arrow column; what no UTF-8 can hold is repaired."""
    try:
        return pa.array(values, pa.string())
    except (UnicodeEncodeError, pa.ArrowInvalid):
        return pa.array([repaired(value) if isinstance(value, str) else value for value in values], pa.string())


def repaired(text: str) -> str:
    """A text read with `surrogateescape`: bytes that are not in its encoding are taken for Windows-1252."""
    try:
        text.encode()
    except UnicodeEncodeError:
        try:
            return text.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
        except UnicodeEncodeError:
            return text.encode("utf-8", "replace").decode()
    return text


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Column names without blanks around them, numbered where empty, distinct whatever their case."""
    taken: set[str] = set()
    result: list[str] = []
    for position, given in enumerate(names, 1):
        base = repaired(given).strip() or f"column_{position}"
        name, number = base, 1
        while name.casefold() in taken:
            number += 1
            name = f"{base}_{number}"
        taken.add(name.casefold())
        result.append(name)
    return tuple(result)


def positions_of(columns: Sequence[str], names: Sequence[str], where: str) -> list[int]:
    """Where each column lies. Raises SourceError for one that is not there."""
    known = {name: position for position, name in enumerate(names)}
    for name in columns:
        if name not in known:
            raise SourceError("A column that was asked for is not there.", where=f"{where}.{name}")
    return [known[name] for name in columns]
