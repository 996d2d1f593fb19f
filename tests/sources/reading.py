"""What the tests of this folder share: rows out of a source."""

from __future__ import annotations

from pathlib import Path

from auditor.model import TableInfo
from auditor.sources import Source, open_source

Rows = list[tuple[str | None, ...]]


def rows_of(source: Source, table: TableInfo | None = None, **options: int) -> Rows:
    table = table or source.info.tables[0]
    batches = source.read(table, [column.name for column in table.columns], **options)
    return [row for batch in batches for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)]


def names_of(table: TableInfo) -> list[str]:
    return [column.name for column in table.columns]


def read_file(path: Path) -> tuple[list[str], Rows, int]:
    """Column names, rows and the number of unread rows of a file that is one table."""
    with open_source(str(path)) as source:
        table = source.info.tables[0]
        rows = rows_of(source)
        return names_of(table), rows, source.unread(table)


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
