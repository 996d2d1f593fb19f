"""A source made of files: each is a table or, as a workbook, several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol, Self

import pyarrow as pa

from auditor.errors import SourceError
from auditor.model import Skipped, SourceInfo, TableInfo
from auditor.sources.content import Content
from auditor.sources.kinds import Kind, TableFile, cannot_read, open_tables


class FileTable(Protocol):
    """One file that is a table. `unread` counts the rows that its last read rejected."""

    @property
    def info(self) -> TableInfo:
        """Name, columns and what was detected."""
        ...

    @property
    def unread(self) -> int:
        """Rows that the last read rejected."""
        ...

    def read(self, columns: Sequence[str], batch_rows: int) -> Iterator[pa.RecordBatch]:
        """The columns asked for, as text."""
        ...


class FileSource:
    """One file or a folder of them; a table without a path lies in no file of its own."""

    def __init__(self, info: SourceInfo, tables: Mapping[str, FileTable], paths: Mapping[str, Path]) -> None:
        self.info = info
        self._tables, self._paths = tables, paths
        self._stamps = {name: _stamp(path) for name, path in paths.items()}

    def read(self, table: TableInfo, columns: Sequence[str], *, batch_rows: int = 50_000) -> Iterator[pa.RecordBatch]:
        """See Source.read. A file that was changed since it was opened raises SourceError."""
        opened = self._table(table)
        try:
            self._check(table)
            yield from opened.read(columns, batch_rows)
            self._check(table)
        except OSError as error:
            raise cannot_read(Path(table.location), error, where=f"{self.info.name}.{table.name}") from None

    def _check(self, table: TableInfo) -> None:
        path = self._paths.get(table.name)
        if path is not None and _stamp(path) != self._stamps[table.name]:
            where = f"{self.info.name}.{table.name}"
            raise SourceError("The file was changed while it was read.", where=where, do="Audit a copy of it.")

    def unread(self, table: TableInfo) -> int:
        """See Source.unread."""
        return self._table(table).unread

    def close(self) -> None:
        """Files are open only while they are read."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _table(self, table: TableInfo) -> FileTable:
        try:
            return self._tables[table.name]
        except KeyError:
            raise SourceError("There is no such table.", where=f"{self.info.name}.{table.name}") from None


def open_file(path: Path, kind: Kind, *, name: str, table: str) -> FileSource:
    """A source that is one file. Raises SourceError."""
    try:
        opened = open_tables(TableFile(Content(path), kind, table, path.name, certain=kind.named, alone=True))
    except OSError as error:
        raise cannot_read(path, error) from None
    tables = {one.info.name: one for one in opened.tables}
    return source_of(path, name, kind.name, tables, dict.fromkeys(tables, path), opened.skipped)


def source_of(
    path: Path,
    name: str,
    kind: str,
    tables: Mapping[str, FileTable],
    paths: Mapping[str, Path],
    skipped: Sequence[Skipped] = (),
) -> FileSource:
    """A source made of opened tables and the files on disk that they lie in."""
    info = SourceInfo(name, kind, str(path), tuple(one.info for one in tables.values()), skipped=tuple(skipped))
    return FileSource(info, tables, paths)


def _stamp(path: Path) -> tuple[int, int, int]:
    """What changes whenever a file does."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns
