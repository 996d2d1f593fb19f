"""JSON: an array of objects, an object around one such array, or one object per line; plain or gzipped.

Nested objects become columns `outer.inner`, lists stay JSON text. The file is read once for its columns, then streamed.
"""

from __future__ import annotations

import codecs
import io
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import IO, TYPE_CHECKING

import ijson
import pyarrow as pa

from auditor.errors import SourceError
from auditor.model import ColumnInfo, TableInfo
from auditor.sources.batching import batches, positions_of, text_column, unique
from auditor.sources.content import BROKEN, Content, open_bytes
from auditor.sources.kinds import Opened, TableFile

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_COLUMNS = 5_000
MAX_DEPTH = 8
"""Objects nested deeper stay JSON text."""
_HEAD_LINES, _LINE = 20, 16 << 20
_LINES = None


class JsonTable:
    """One JSON file. `prefix` is where ijson finds the objects, None for one object per line."""

    def __init__(self, file: TableFile) -> None:
        self._content, self._packed, self._location = file.content, file.kind.packed, file.location
        self.unread = 0
        self._encoding = _encoding(self._content, self._packed)
        self._prefix = self._shape()
        self._keys: dict[str, None] = {}
        rows = self._survey()
        columns = tuple(ColumnInfo(column) for column in unique(self._keys))
        form = "one object per line" if self._prefix is _LINES else "array of objects"
        notes = (form, f"encoding {self._encoding}", *(["gzip"] if self._packed else []))
        self.info = TableInfo(file.name, columns, kind="json", rows=rows, location=file.location, notes=notes)

    def read(self, columns: Sequence[str], batch_rows: int) -> Iterator[pa.RecordBatch]:
        """See FileTable.read."""
        positions = positions_of(columns, [column.name for column in self.info.columns], self.info.name)
        keys = list(self._keys)
        wanted = [keys[position] for position in positions]
        rows = ([row.get(key) for key in wanted] for row in self._rows())
        return batches(rows, columns, range(len(columns)), batch_rows, text_column)

    def _survey(self) -> int | None:
        """Collects the columns; the number of rows, None if the file breaks off. Raises SourceError if it has none."""
        count = 0
        try:
            for row in self._rows():
                count += 1
                self._keys.update(dict.fromkeys(row))
                if len(self._keys) > MAX_COLUMNS:
                    raise SourceError(
                        f"The objects have more than {MAX_COLUMNS:,} different keys.", where=self._location,
                        do="Export records whose keys are the columns.",
                    )  # fmt: skip
        except SourceError:
            if not self._keys or len(self._keys) > MAX_COLUMNS:
                raise
            return None
        if not self._keys:
            raise SourceError("The JSON holds no records.", where=self._location, do="Export a list of objects.")
        return count

    def _rows(self) -> Iterator[dict[str, str | None]]:
        self.unread = 0
        count = 0
        try:
            for record in self._line_records() if self._prefix is _LINES else self._array_records():
                row = _flat(record)
                if row is None:
                    self.unread += 1
                else:
                    count += 1
                    yield row
        except (*BROKEN, ijson.JSONError, UnicodeError, RecursionError) as error:
            what = "cut" if isinstance(error, (EOFError, ijson.IncompleteJSONError)) else "damaged"
            raise SourceError(
                f"The JSON is {what} after {count:,} records.", where=self._location, do="Export it again."
            ) from None

    def _line_records(self) -> Iterator[object]:
        with self._open() as file:
            for line in file:
                if line.strip():
                    try:
                        yield json.loads(line, parse_float=Decimal)
                    except (ValueError, RecursionError):
                        yield None

    def _array_records(self) -> Iterator[object]:
        with self._open() as file:
            yield from ijson.items(_Chunks(file), self._prefix)

    def _open(self) -> IO[bytes]:
        """The bytes as UTF-8 without a mark."""
        file = open_bytes(self._content, self._packed)
        if self._encoding == "utf-8":
            return file
        if self._encoding == "utf-8-sig":
            file.read(len(codecs.BOM_UTF8))
            return file
        return io.BufferedReader(_Utf8(file, self._encoding))

    def _shape(self) -> str | None:
        """Where the records are."""
        with self._open() as file:
            try:
                lines = [line for line in islice(iter(lambda: file.readline(_LINE), b""), _HEAD_LINES) if line.strip()]
            except BROKEN:
                lines = []
        parsed = sum(_is_object(line) for line in lines)
        several = len(lines) > 1 or self._content.name.lower().removesuffix(".gz").endswith(("ndjson", "jsonl"))
        if several and parsed and parsed >= len(lines) / 2:
            return _LINES
        arrays = list(dict.fromkeys(self._arrays()))
        if len(arrays) > 1:
            names = ", ".join(prefix.removesuffix(".item") for prefix in arrays[:5])
            raise SourceError(
                f"The JSON holds several lists: {names}.", where=self._location, do="Save each in a file of its own."
            )
        if arrays:
            return arrays[0]
        if parsed:
            return _LINES
        return ""  # one object alone

    def _arrays(self) -> Iterator[str]:
        """The prefixes of the arrays of objects that lie in no other array."""
        inside = 0
        try:
            with self._open() as file:
                for prefix, event, _ in ijson.parse(_Chunks(file)):
                    if event == "start_array":
                        inside += 1
                    elif event == "end_array":
                        inside -= 1
                    elif event == "start_map" and inside == 1 and (prefix == "item" or prefix.endswith(".item")):
                        yield prefix
                        if prefix == "item":
                            return  # nothing can lie beside the outermost array
        except (*BROKEN, ijson.JSONError, UnicodeError):
            return  # reading will say how far it goes


def open_tables(file: TableFile) -> Opened:
    """A JSON file; its columns are the union of its records' keys."""
    return Opened((JsonTable(file),))


class _Chunks:
    """Reads what there is: asked for more than a cut gzip has, `read` would throw away what it has."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes."""
        part: bytes = self._file.read1(size)  # type: ignore[attr-defined]
        return part


class _Utf8(io.RawIOBase):
    """A file in another encoding as UTF-8."""

    def __init__(self, file: IO[bytes], encoding: str) -> None:
        self._chunks = _Chunks(file)
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        text = ""
        # UTF-8 takes up to one and a half times the room of UTF-16.
        while not text and (part := self._chunks.read(max(1, len(view) // 2))):
            text = self._decoder.decode(part)
        content = text.encode("utf-8", "replace")
        view[: len(content)] = content
        return len(content)

    def close(self) -> None:
        self._file.close()
        super().close()


def _encoding(content: Content, packed: bool) -> str:
    with open_bytes(content, packed) as file:
        try:
            head = file.read(4)
        except BROKEN:
            return "utf-8"
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-16-le" if head[1:2] == b"\x00" else "utf-16-be" if head[:1] == b"\x00" else "utf-8"


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _flat(record: object) -> dict[str, str | None] | None:
    """A record as columns, None if it is no object."""
    if not isinstance(record, dict):
        return None
    row: dict[str, str | None] = {}
    try:
        _fill(row, "", record, 1)
    except RecursionError:
        return None
    return row


def _fill(row: dict[str, str | None], prefix: str, record: dict[str, object], depth: int) -> None:
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and value and depth < MAX_DEPTH:
            _fill(row, f"{name}.", value, depth + 1)
            continue
        # `{"a": {"b": 1}, "a.b": 2}` has two values for one name, and none may be lost.
        while name in row:
            name += "_"
        row[name] = _text(value)


def _text(value: object) -> str | None:
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case dict() | list():
            return json.dumps(value, ensure_ascii=False, default=_number)
        case Decimal():
            return f"{value:f}" if -30 < value.adjusted() < 30 else str(value)
        case _:
            return str(value)


def _number(value: object) -> object:
    """A number inside a list, for the JSON writer."""
    return float(value) if isinstance(value, Decimal) else str(value)
