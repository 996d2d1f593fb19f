"""Which kind a file is, by its content; the extension is only a hint where the content leaves a doubt."""

from __future__ import annotations

import gzip
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import NoSourceError, SourceError

if TYPE_CHECKING:
    from auditor.sources import Source
    from auditor.sources.files import FileTable

TABLES: Mapping[str, str] = {
    "delimited": "auditor.sources.delimited",
    "json": "auditor.sources.jsonlines",
    "parquet": "auditor.sources.parquet",
    "documents": "auditor.sources.documents",
}
"""A kind of file that is one table, and the module that reads it by `open_table`."""

EXTENSIONS: Mapping[str, str] = {
    "csv": "delimited", "tsv": "delimited", "tab": "delimited", "psv": "delimited", "ssv": "delimited",
    "json": "json", "ndjson": "json", "jsonl": "json", "parquet": "parquet", "pq": "parquet",
}  # fmt: skip

_SQLITE, _GZIP, _PARQUET, _PDF, _ZIP = b"SQLite format 3\x00", b"\x1f\x8b", b"PAR1", b"%PDF-", b"PK\x03\x04"
_CONTAINERS: tuple[tuple[bytes, str], ...] = (
    (_ZIP, "a zip archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"BZh", "packed with bzip2"),
    (b"\xfd7zXZ", "packed with xz"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Obj\x01", "an Avro file"),
    (b"ORC", "an ORC file"),
    (b"PGDMP", "a PostgreSQL dump"),
)
"""What may well hold data, but not in a form that is read: an audit without it is incomplete."""
_DUMP = re.compile(
    r"(?:\s|--.*\n|#.*\n|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/;?)*"
    r"(?:CREATE|DROP|INSERT\s+INTO|SET|BEGIN|START\s+TRANSACTION|USE|PRAGMA|LOCK\s+TABLES|COPY)\s[^,;]*[;(]",
    re.IGNORECASE,
)
HEAD = 65_536


class UnreadableError(SourceError):
    """A file that is no table. `gap` says whether it may hold data all the same."""

    gap = True


class NotATableError(UnreadableError):
    """A file of a type that exports do not have."""

    gap = False


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is. Where it is not `sure`, only its shape can tell whether a text is a table at all."""

    name: str
    packed: bool = False
    sure: bool = True
    named: bool = True
    """False if its extension is that of something else."""


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file that is to be opened as the table `name`; `location` is its path within its source.

    Where it is not `certain` that it is a table, a text that does not look like one raises NotATableError.
    """

    path: Path
    kind: Kind
    name: str
    location: str
    certain: bool = True


def open_path(path: Path, *, name: str | None) -> Source:
    """The source at a path, whatever it is. Raises SourceError."""
    from auditor.sources.files import open_file
    from auditor.sources.folder import open_folder, table_name

    kind = _mode(path)
    if stat.S_ISDIR(kind):
        return open_folder(path, name=name or path.resolve().name or "source")
    if not stat.S_ISREG(kind):
        raise SourceError("This is not a regular file.", where=str(path), do="Name a file or a folder.")
    found = recognise(path)
    if found.name == "sqlite":
        from auditor.sources.sqlite import open_database

        return open_database(path, name=name or path.stem)
    return open_file(path, found, name=name or table_name(path.name), table=table_name(path.name))


def open_table(file: TableFile) -> FileTable:
    """The one table in a file. Raises SourceError."""
    table: FileTable = import_module(TABLES[file.kind.name]).open_table(file)
    return table


def recognise(path: Path) -> Kind:
    """The kind of a file. Raises SourceError if it is empty or unreadable, UnreadableError if it is of no use."""
    where = str(path)
    head = _head(path)
    if not head:
        raise SourceError("The file is empty.", where=where, do="Export it again.")
    if head.startswith(_SQLITE):
        return Kind("sqlite")
    packed = head.startswith(_GZIP)
    if packed:
        head = _unpacked(path, where)
        if head.startswith((_SQLITE, _PARQUET)):
            raise UnreadableError("A gzipped database or Parquet file is not read.", where=where, do="Unpack it.")
    if head.startswith(_PARQUET):
        return Kind("parquet")
    if head.startswith(_PDF):
        return _document(where)
    if head.startswith(_ZIP) and _is_docx(path):
        return Kind("documents")
    for magic, what in _CONTAINERS:
        if head.startswith(magic):
            raise UnreadableError(f"This is {what}, which is not read.", where=where, do="Save the data as CSV.")
    text = _as_text(head)
    if text is None:
        raise NotATableError("This is not a type that auditor reads.", where=where, do="Save the data as CSV.")
    start = text.lstrip("\ufeff \t\r\n\x00")[:1]
    if not start:
        raise SourceError("The file holds nothing but blanks.", where=where, do="Export it again.")
    if _DUMP.match(text):
        raise UnreadableError("This is an SQL dump, which is not read.", where=where, do="Audit the database itself.")
    hint = _hint(path)
    if start == "<" and hint != "delimited":
        raise NotATableError("This is not a type that auditor reads.", where=where, do="Save the data as CSV.")
    if start == "{" or (start == "[" and hint != "delimited"):
        return Kind("json", packed)
    return Kind("delimited", packed, sure=hint == "delimited", named=hint in ("delimited", "txt", "dat", ""))


def _document(where: str) -> Kind:
    if find_spec("pypdf") is None:
        raise UnreadableError(
            "This is a PDF, and what reads them is not installed.", where=where,
            do="Install it: pip install 'crm-privacy-auditor[attachments]'",
        )  # fmt: skip
    return Kind("documents")


def _is_docx(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "word/document.xml" in archive.namelist()
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return False


def _hint(path: Path) -> str:
    suffix = Path(path.name.lower().removesuffix(".gz")).suffix.removeprefix(".")
    return EXTENSIONS.get(suffix, suffix)


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise NoSourceError("There is no such file or folder.", where=str(path), do="Check the path.") from None
    except (OSError, ValueError) as error:
        raise cannot_read(path, error) from None


def _head(path: Path) -> bytes:
    try:
        # A pipe that took the file's place since it was looked at would block for ever.
        with open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:  # noqa: PTH123
            return file.read(HEAD)
    except OSError as error:
        raise cannot_read(path, error) from None


def _unpacked(path: Path, where: str) -> bytes:
    """The first unpacked bytes, as many as there are before the file is cut."""
    head = b""
    try:
        with gzip.open(path) as file:
            while len(head) < HEAD and (more := file.read1(HEAD)):
                head += more
    except (EOFError, OSError, zlib.error):
        pass  # reading it will say how far it goes
    if not head:
        raise SourceError("The gzip file is cut or damaged: nothing can be unpacked.", where=where, do="Copy it again.")
    return head


def _as_text(head: bytes) -> str | None:
    """The head as text, None if it is binary. A few NUL bytes are no proof: exports do hold them."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) > 0.3 * len(head) / 2 and min(even, odd) < max(even, odd) / 4:
        return head.decode("utf-16-le" if odd > even else "utf-16-be", "replace")
    control = sum(head.count(byte) for byte in (*range(2, 9), *range(14, 27)))
    return None if control > 0.03 * len(head) else head.decode("utf-8", "replace")


def cannot_read(path: Path, error: Exception, where: str = "") -> SourceError:
    """The operating system's refusal as one sentence."""
    reason = getattr(error, "strerror", None) or "the path is not valid"
    cure = "Ask for the right to read it." if isinstance(error, PermissionError) else "Check the path and its disk."
    kind = NoSourceError if isinstance(error, FileNotFoundError) else SourceError
    return kind(f"This cannot be read: {reason}.", where=where or str(path), do=cure)
