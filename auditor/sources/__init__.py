"""Where the data is: one module per kind of source, all opened by `open_source` and all read the same way.

A new kind of file is one module with `open_tables` and one line in `auditor/sources/kinds.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self
from urllib.parse import unquote

from auditor.errors import NoSourceError
from auditor.model import SourceInfo, TableInfo
from auditor.sources.urls import is_server, shown

if TYPE_CHECKING:
    import pyarrow as pa

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
_NAMED = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_. -]*)=(.+)", re.DOTALL)
__all__ = ["Source", "is_server", "open_source", "shown"]
READABLE = (
    "PostgreSQL, MariaDB and MySQL by their URL, SQLite databases, delimited text (CSV, TSV), JSON, Parquet, "
    "Excel workbooks (.xlsx), and folders and zip archives of such files"
)


class Source(Protocol):
    """One opened source; a context manager. Everything is read as text, and nothing is ever written to it."""

    @property
    def info(self) -> SourceInfo:
        """What is there, and what was left out."""
        ...

    def read(self, table: TableInfo, columns: Sequence[str], *, batch_rows: int = 50_000) -> Iterator[pa.RecordBatch]:
        """Batches of at most `batch_rows` rows, every column as text, NULL where the source has none.

        What can be read is delivered first; a failure then raises SourceError.
        """
        ...

    def unread(self, table: TableInfo) -> int:
        """Rows that the last read of this table rejected so far."""
        ...

    def close(self) -> None:
        """Let go of the source."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


def open_source(spec: str, *, name: str | None = None) -> Source:
    """Open a path, a server's URL, or `NAME=` and either; a file's kind is known by its content. Raises SourceError."""
    given, place = _split(spec)
    if is_server(place):
        from auditor.sources.database import open_server

        return open_server(place, name=name or given)
    path = _path(place)
    from auditor.sources.kinds import open_path  # brings in the libraries, which `--help` never needs

    return open_path(path, name=name or given)


def _split(spec: str) -> tuple[str | None, str]:
    """A path that exists as written is never taken for `NAME=PATH`."""
    named = _NAMED.fullmatch(spec)
    if named is None or _SCHEME.match(spec) or _exists(Path(spec)):
        return None, spec
    return named[1].strip(), named[2]


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _path(place: str) -> Path:
    """The path in a specification; a URL is never shown, as it may hold a password."""
    if not place.strip():
        raise NoSourceError("No source was named.", do="Name a database, a file or a folder.")
    url = _SCHEME.match(place)
    if url is None:
        return Path(place).expanduser()
    if url[1].lower() != "sqlite":
        raise NoSourceError(
            f"A {url[1]}:// URL is not a source that auditor reads; it reads {READABLE}.",
            do="Export the tables as CSV or Parquet into a folder and name the folder.",
        )
    local = unquote(place[url.end() :].partition("?")[0]).removeprefix("/")
    if local in ("", ":memory:"):
        raise NoSourceError("The SQLite URL names no file.", do="Write sqlite:///crm.sqlite, or only the path.")
    return Path(local)
