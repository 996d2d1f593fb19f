"""Which kind a file is, by its content; the extension is only a hint where the content leaves a doubt."""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING

from auditor.errors import NoSourceError, SourceError
from auditor.model import Skipped
from auditor.sources.archive import directory
from auditor.sources.content import BROKEN, Content, open_bytes

if TYPE_CHECKING:
    from auditor.sources import Source
    from auditor.sources.files import FileTable

TABLES: Mapping[str, str] = {
    "delimited": "auditor.sources.delimited",
    "json": "auditor.sources.jsonlines",
    "parquet": "auditor.sources.parquet",
    "workbook": "auditor.sources.workbook",
    "documents": "auditor.sources.documents",
}
"""A kind of file that holds tables, and the module that reads it by `open_tables`."""

EXTENSIONS: Mapping[str, str] = {
    "csv": "delimited", "tsv": "delimited", "tab": "delimited", "psv": "delimited", "ssv": "delimited",
    "json": "json", "ndjson": "json", "jsonl": "json", "parquet": "parquet", "pq": "parquet",
    "xlsx": "workbook", "xlsm": "workbook", "zip": "zip",
}  # fmt: skip

_SQLITE, _GZIP, _PARQUET, _PDF, _ZIP = b"SQLite format 3\x00", b"\x1f\x8b", b"PAR1", b"%PDF-", b"PK\x03\x04"
_OLE, _LOCKED = b"\xd0\xcf\x11\xe0", "EncryptedPackage".encode("utf-16-le")
_OFFICE: tuple[tuple[str, str, str], ...] = (
    ("xl/workbook.bin", "a binary Excel workbook (.xlsb)", "Save it as .xlsx or CSV."),
    ("content.xml", "an OpenDocument file", "Save a spreadsheet as .xlsx or CSV."),
    ("ppt/presentation.xml", "a presentation", "Save the data as CSV."),
    ("index/tables", "a Numbers document", "Export it as Excel or CSV."),
)
"""A member by which a kind of file that is a zip archive and is not read is known, what it is, and what to do."""
_WORKBOOKS = ("workbook", "xls", "xlsb", "ods")
_CONTAINERS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x05\x06", "a zip archive without members"),
    (b"PK\x07\x08", "a part of a zip archive that was split"),
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
_TEXTS = ("delimited", "txt", "dat", "", "xls")
"""What the name of delimited text may end in; some programs call it a workbook, so that Excel opens it."""


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
    """A file that is to be opened as the table `name`, or as tables whose names begin so.

    `location` is its path within its source.
    Where it is not `certain` that it is a table, a text that does not look like one raises NotATableError.
    """

    content: Content
    kind: Kind
    name: str
    location: str
    certain: bool = True
    alone: bool = False
    """Whether its source is this file and nothing else."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The tables in a file, by distinct names, and what of it is not read."""

    tables: tuple[FileTable, ...]
    skipped: tuple[Skipped, ...] = ()


def open_path(path: Path, *, name: str | None) -> Source:
    """The source at a path, whatever it is. Raises SourceError."""
    from auditor.sources.files import open_file
    from auditor.sources.folder import open_archive, open_folder, table_name

    kind = _mode(path)
    if stat.S_ISDIR(kind):
        return open_folder(path, name=name or path.resolve().name or "source")
    if not stat.S_ISREG(kind):
        raise SourceError("This is not a regular file.", where=str(path), do="Name a file or a folder.")
    found = recognise(Content(path))
    if found.name == "sqlite":
        from auditor.sources.sqlite import open_database

        return open_database(path, name=name or path.stem)
    if found.name == "zip":
        return open_archive(path, name=name or table_name(path.name))
    return open_file(path, found, name=name or table_name(path.name), table=table_name(path.name))


def open_tables(file: TableFile) -> Opened:
    """The tables in a file, at least one. Raises SourceError."""
    opened: Opened = import_module(TABLES[file.kind.name]).open_tables(file)
    return opened


def recognise(content: Content) -> Kind:
    """The kind of a file. Raises SourceError if it is empty or unreadable, UnreadableError if it is of no use."""
    where = content.member.name if content.member else str(content.path)
    head = _head(content, where)
    if not head:
        raise SourceError("The file is empty.", where=where, do="Export it again.")
    if head.startswith(_SQLITE):
        return Kind("sqlite")
    packed = head.startswith(_GZIP)
    if packed:
        head = _unpacked(content, where)
        if head.startswith((_SQLITE, _PARQUET)):
            raise UnreadableError("A gzipped database or Parquet file is not read.", where=where, do="Unpack it.")
    if head.startswith(_PARQUET):
        return Kind("parquet")
    if head.startswith(_PDF):
        return _document(where)
    hint = _hint(content.name)
    if head.startswith(_ZIP):
        return _zipped(content, where)
    if head.startswith(_OLE):
        raise _old(head, hint, where)
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
    if start == "<" and hint in _WORKBOOKS:
        raise UnreadableError(
            "This is a web page or XML that is named like a workbook.", where=where, do="Save it as .xlsx or CSV."
        )
    if start == "<" and hint != "delimited":
        raise NotATableError("This is not a type that auditor reads.", where=where, do="Save the data as CSV.")
    if start == "{" or (start == "[" and hint != "delimited"):
        return Kind("json", packed)
    return Kind("delimited", packed, sure=hint == "delimited", named=hint in _TEXTS)


def _document(where: str) -> Kind:
    if find_spec("pypdf") is None:
        raise UnreadableError(
            "This is a PDF, and what reads them is not installed.", where=where,
            do="Install it: pip install 'crm-privacy-auditor[attachments]'",
        )  # fmt: skip
    return Kind("documents")


def _zipped(content: Content, where: str) -> Kind:
    """What kind of file that is a zip archive: a workbook and a document are some, too."""
    with content.anywhere() as file:
        names = {info.filename.replace("\\", "/").lower() for info in directory(file, where)}
    if "word/document.xml" in names:
        return Kind("documents")
    if "xl/workbook.xml" in names:
        return Kind("workbook")
    for mark, what, cure in _OFFICE:
        if any(name == mark or name.startswith(f"{mark}/") for name in names):
            raise UnreadableError(f"This is {what}, which is not read.", where=where, do=cure)
    if "[content_types].xml" in names and _hint(content.name) == "workbook":
        return Kind("workbook")
    return Kind("zip")


def _old(head: bytes, hint: str, where: str) -> UnreadableError:
    if _LOCKED in head or hint == "workbook":
        return UnreadableError(
            "This workbook is protected by a password.", where=where, do="Save it without one, or as CSV."
        )
    return UnreadableError(
        "This is an old Excel or Word file (.xls, .doc), which is not read.", where=where, do="Save it as .xlsx or CSV."
    )


def _hint(name: str) -> str:
    suffix = Path(name.lower().removesuffix(".gz")).suffix.removeprefix(".")
    return EXTENSIONS.get(suffix, suffix)


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise NoSourceError("There is no such file or folder.", where=str(path), do="Check the path.") from None
    except (OSError, ValueError) as error:
        raise cannot_read(path, error) from None


def _head(content: Content, where: str) -> bytes:
    try:
        with content.open() as file:
            return _some(file)
    except OSError as error:
        raise cannot_read(content.path, error) from None
    except BROKEN:
        raise SourceError("It is cut or damaged: nothing can be unpacked.", where=where, do="Copy it again.") from None


def _unpacked(content: Content, where: str) -> bytes:
    """The first unpacked bytes, as many as there are before the file is cut."""
    try:
        with open_bytes(content, packed=True) as file:
            if head := _some(file):
                return head
    except (*BROKEN, OSError):
        pass
    raise SourceError("The gzip file is cut or damaged: nothing can be unpacked.", where=where, do="Copy it again.")


def _some(file: IO[bytes]) -> bytes:
    """The first bytes of a file, as many as there are before it is cut or damaged; reading will say how far it goes."""
    head = b""
    try:
        while len(head) < HEAD and (more := file.read1(HEAD)):  # type: ignore[attr-defined]
            head += more
    except (*BROKEN, OSError):
        if not head:
            raise
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
