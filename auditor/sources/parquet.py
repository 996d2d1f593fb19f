"""Parquet, streamed by row group; every type becomes text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from auditor.errors import SourceError
from auditor.model import ColumnInfo, TableInfo
from auditor.sources.batching import BATCH_BYTES, positions_of, unique
from auditor.sources.content import BROKEN
from auditor.sources.kinds import Opened, TableFile


class ParquetTable:
    """One Parquet file."""

    unread = 0

    def __init__(self, source: TableFile) -> None:
        self._content, self._location = source.content, source.location
        with self._open() as file:
            schema, metadata = self._schema(file), file.metadata
            columns = tuple(
                ColumnInfo(column, type=str(field.type), nullable=field.nullable)
                for column, field in zip(unique(schema.names), schema, strict=True)
            )
            # Rows of a batch that are likely to fit, however wide they are.
            size = sum(metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups))
            self._fitting = max(1, BATCH_BYTES * max(1, metadata.num_rows) // max(1, size))
            self._given = list(schema.names)
            self.info = TableInfo(
                source.name, columns, kind="parquet", rows=metadata.num_rows, location=source.location
            )  # fmt: skip

    def read(self, columns: Sequence[str], batch_rows: int) -> Iterator[pa.RecordBatch]:
        """See FileTable.read."""
        positions = positions_of(columns, [column.name for column in self.info.columns], self.info.name)
        # A column's name may hold dots, which here mean a path, or occur twice: then all are read and counted off.
        clear = len(set(self._given)) == len(self._given) and not any("." in name for name in self._given)
        chosen = [self._given[position] for position in positions] if clear else None
        count = 0
        with self._open() as file:
            try:
                for batch in file.iter_batches(batch_size=min(batch_rows, self._fitting), columns=chosen):
                    count += batch.num_rows
                    places = [batch.schema.get_field_index(name) for name in chosen] if chosen else positions
                    arrays = [_text(batch.column(place)) for place in places]
                    yield pa.RecordBatch.from_arrays(arrays, list(columns))
            except (pa.ArrowException, OSError, UnicodeError):
                raise self._damaged(f"reading failed after {count:,} rows") from None

    def _schema(self, file: pq.ParquetFile) -> pa.Schema:
        """The columns; in a damaged file their names may be no text."""
        try:
            schema = file.schema_arrow
            _ = schema.names
        except (pa.ArrowException, UnicodeError):
            raise self._damaged("its columns cannot be told") from None
        return schema

    def _open(self) -> pq.ParquetFile:
        try:
            # Arrow itself reads what lies on disk without holding it.
            return pq.ParquetFile(self._content.anywhere() if self._content.member else self._content.path)
        except (PermissionError, FileNotFoundError):
            raise
        except (pa.ArrowException, OSError, UnicodeError, *BROKEN):
            raise self._damaged("its footer cannot be read") from None

    def _damaged(self, how: str) -> SourceError:
        return SourceError(
            f"The Parquet file is damaged, cut or encrypted: {how}.", where=self._location, do="Export it again."
        )


def open_tables(file: TableFile) -> Opened:
    """A Parquet file."""
    return Opened((ParquetTable(file),))


def _text(column: pa.Array) -> pa.Array:
    """A column of any type as text: times as ISO 8601, what is nested as JSON."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _text(column.dictionary_decode())
    if pa.types.is_timestamp(kind):
        if kind.tz:
            column = column.cast(pa.timestamp(kind.unit, "UTC"))
        text = pc.replace_substring(column.cast(pa.string()), " ", "T", max_replacements=1)
        return pc.replace_substring_regex(text, r"\.0+(Z?)$", r"\1")
    if pa.types.is_time(kind):
        return pc.replace_substring_regex(column.cast(pa.string()), r"\.0+$", "")
    if pa.types.is_nested(kind):
        return pa.array([_json(value) for value in column.to_pylist()], pa.string())
    if pa.types.is_large_string(kind) or pa.types.is_string(kind) or pa.types.is_string_view(kind):
        # Parquet does not check that its texts are UTF-8; coming from binary, Arrow does.
        column = column.cast(pa.large_binary())
    try:
        return column.cast(pa.string())
    except pa.ArrowException:
        return pa.array([_plain(value) for value in column.to_pylist()], pa.string())


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str | None:
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return "\\x" + value.hex()
    return None if value is None else str(value)
