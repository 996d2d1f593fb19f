"""Delimited text: CSV, TSV and their cousins, plain or gzipped.

Python's csv reads it, in its strict mode: a quote that is opened and never closed is then noticed and costs one line,
where a lenient or a faster parser swallows the lines up to the next quote in silence. No row is lost in silence: those
delivered and those counted as unread are all there are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from auditor.errors import SourceError
from auditor.model import ColumnInfo, TableInfo
from auditor.sources.batching import batches, positions_of, text_column, unique
from auditor.sources.content import BROKEN, Content, open_bytes
from auditor.sources.encoding import detect_encoding
from auditor.sources.header import DELIMITERS, heading
from auditor.sources.kinds import NotATableError, Opened, TableFile

HEAD_BYTES = 4 << 20
MAX_CELL = 16 << 20
"""Characters in a cell; more is taken for a quote that was never closed."""
_LOOKED_AT = 1_000
_SHOWN = {"\t": "tab", "\x1f": "unit separator", "\x01": "control-A"}
_ESCAPED = {quote: re.compile(rf"\\([{quote}\\])") for quote in "\"'"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the cells of a file are told apart; with `escapes`, a backslash stands before a quote within a cell."""

    delimiter: str
    quote: str = '"'
    escapes: bool = False


class DelimitedTable:
    """One delimited file."""

    def __init__(
        self, file: TableFile, info: TableInfo, encoding: str, dialect: Dialect, no_rows: frozenset[int]
    ) -> None:
        self.info = info
        self.unread = 0
        self._content, self._packed = file.content, file.kind.packed
        self._encoding, self._dialect, self._no_rows = encoding, dialect, no_rows

    def read(self, columns: Sequence[str], batch_rows: int) -> Iterator[pa.RecordBatch]:
        """See FileTable.read."""
        names = [column.name for column in self.info.columns]
        positions = positions_of(columns, names, self.info.name)
        return batches(self._rows(len(names)), columns, positions, batch_rows, text_column)

    def _rows(self, width: int) -> Iterator[list[str]]:
        self.unread = 0
        count = 0
        with open_bytes(self._content, self._packed) as raw, io.TextIOWrapper(
            raw, self._encoding, errors=_errors(self._encoding), newline=""
        ) as text:  # fmt: skip
            try:
                for place, row in enumerate(records(text, self._dialect, width)):
                    if place in self._no_rows:
                        continue
                    if row is not None and len(row) == width:
                        count += 1
                        yield row
                    else:
                        self.unread += 1
            except BROKEN as error:
                what = "cut" if isinstance(error, EOFError) else "damaged"
                file = "gzip file" if self._packed else "file"
                raise SourceError(
                    f"The {file} is {what} after {count:,} rows.", where=self.info.location, do="Copy it again."
                ) from None


def open_tables(file: TableFile) -> Opened:
    """A delimited file: encoding, delimiter, quotes and header are detected here and said in its notes."""
    head, whole = _head(file.content, file.kind.packed)
    encoding, guessed = detect_encoding(head, whole)
    text = head.decode(encoding, "replace" if whole else "ignore").removeprefix("\ufeff")
    lines = io.StringIO(text, newline="").readlines()
    if not whole:
        lines = lines[:-1] or lines
    dialect, announced = _dialect(lines)
    # Without a known width a broken line is not repaired, which is what finds the width.
    rows = [row for row in _some(records(lines, dialect, 0)) if row is not None]
    width = _width(rows)
    if not file.certain and (width < 2 or sum(len(row) == width for row in rows) < 0.8 * len(rows)):
        raise NotATableError("This is not a type that auditor reads.", where=file.location)
    read = list(_some(records(lines, dialect, width)))
    header = heading(read, width, first=1 if announced else 0)
    names = unique(header.names or [""] * width)
    notes = [
        f"encoding {encoding}{' (guessed)' if guessed else ''}",
        f"delimiter {_SHOWN.get(dialect.delimiter, dialect.delimiter)}",
        *([f"quote {dialect.quote}"] if dialect.quote != '"' else []),
        *(["quotes escaped by a backslash"] if dialect.escapes else []),
        *(["gzip"] if file.kind.packed else []),
        *([] if header.names else ["no header: columns are numbered"]),
        *([f"{len(header.above)} lines above the header left out"] if header.above else []),
    ]
    columns = tuple(ColumnInfo(column) for column in names)
    info = TableInfo(file.name, columns, kind="delimited", location=file.location, notes=tuple(notes))
    no_rows = frozenset([*([0] if announced else []), *header.no_rows])
    return Opened((DelimitedTable(file, info, encoding, dialect, no_rows),))


def records(lines: Iterable[str], dialect: Dialect, width: int) -> Iterator[list[str] | None]:
    """The records of a text, None for one that cannot be told apart; blank lines are none.

    Where strict parsing fails, only the first line of the record is given up (or repaired, if one of two readings has
    the expected width); reading goes on with the next line.
    """
    escaped = _ESCAPED[dialect.quote]
    source = _Lines(escaped.sub(_doubled, line) for line in lines) if dialect.escapes else _Lines(lines)
    # The limit is the module's own and cannot be given to one reader.
    csv.field_size_limit(MAX_CELL)
    reader = _reader(source, dialect, strict=True)
    while True:
        source.taken.clear()
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            line = source.give_back()
            yield _repaired(line, dialect, width)
            continue
        if len(row) > 1 or (row and (width == 1 or row[0].strip())):
            yield row


class _Lines:
    """Lines that can be given back; `taken` are those of the record being read."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again: list[str] = []
        self.taken: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._lines)
        self.taken.append(line)
        return line

    def give_back(self) -> str:
        """The first line of the record; the others will be read again."""
        first, *others = self.taken
        self._again += reversed(others)
        return first


def _repaired(line: str, dialect: Dialect, width: int) -> list[str] | None:
    """One broken line: `"a@b"x` as a lenient parser reads it, or with its quotes as they stand."""
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        try:
            row = next(_reader([line], dialect, quoting=quoting), [])
        except csv.Error:
            continue
        if len(row) == width:
            closed = quoting == csv.QUOTE_NONE or not row[-1].endswith(("\n", "\r"))
            if closed:
                return row
    return None


def _reader(
    lines: Iterable[str], dialect: Dialect, *, strict: bool = False, quoting: Literal[0, 3] = csv.QUOTE_MINIMAL
) -> Iterator[list[str]]:
    return csv.reader(
        lines, delimiter=dialect.delimiter, quotechar=dialect.quote, strict=strict, quoting=quoting
    )  # fmt: skip


def _doubled(match: re.Match[str]) -> str:
    return "\\" if match[1] == "\\" else match[1] * 2


def _head(content: Content, packed: bool) -> tuple[bytes, bool]:
    """The first bytes, and whether they are all there are; a cut gzip gives what it has."""
    parts: list[bytes] = []
    size = 0
    with open_bytes(content, packed) as file:
        try:
            while size < HEAD_BYTES and (part := file.read1(1 << 20)):  # type: ignore[attr-defined]
                parts.append(part)
                size += len(part)
        except BROKEN:
            return b"".join(parts), False
    return b"".join(parts), size < HEAD_BYTES


def _errors(encoding: str) -> str:
    """Single bytes that do not fit are kept and repaired later; in wider encodings that cannot be done."""
    return "surrogateescape" if encoding.startswith(("utf-8", "cp125", "iso8859", "latin", "ascii")) else "replace"


def _dialect(lines: Sequence[str]) -> tuple[Dialect, bool]:
    """The dialect whose records agree most on their width, and whether a `sep=` line announces its delimiter."""
    sample = "".join(lines[:_LOOKED_AT])
    first = lines[0].strip("\r\n").lower() if lines else ""
    announced = first.startswith("sep=") and len(first) == 5
    candidates = [
        Dialect(delimiter, quote, escapes)
        for delimiter in (first[4] if announced else DELIMITERS)
        for quote in ('"', "'")
        for escapes in (False, True)
        if delimiter in sample and (quote == '"' or _quoted_singly(sample, delimiter))
        if not escapes or f"\\{quote}" in sample
    ]
    plain = Dialect(first[4] if announced else ",")
    return max(candidates, key=lambda dialect: _agreement(lines, dialect), default=plain), announced


def _agreement(lines: Sequence[str], dialect: Dialect) -> float:
    """How many records have the usual width; many columns are no accident, quotes left around cells are an error."""
    rows = _some(records(lines, dialect, 0))
    width = _width(rows)
    full = [row for row in rows if row is not None and len(row) == width]
    if width < 2:
        return 0.0
    cells = [cell for row in full for cell in row]
    wrapped = sum(len(cell) > 1 and cell[0] == cell[-1] and cell[0] in "'\"" for cell in cells)
    return len(full) / len(rows) * (1 - 1 / width) * (1 - wrapped / len(cells))


def _quoted_singly(sample: str, delimiter: str) -> bool:
    between = re.escape(delimiter)
    return bool(re.search(rf"(?:^|{between})'[^']*'(?:{between}|$)", sample, re.MULTILINE))


def _some(rows: Iterator[list[str] | None]) -> list[list[str] | None]:
    return [row for row, _ in zip(rows, range(_LOOKED_AT), strict=False)]


def _width(rows: Sequence[Sequence[str] | None]) -> int:
    """The number of columns that most rows have; the wider of two equally frequent."""
    counts: dict[int, int] = {}
    for row in rows:
        if row:
            counts[len(row)] = counts.get(len(row), 0) + 1
    return max(counts, key=lambda width: (counts[width], width), default=1)
