"""A folder or an archive of exports: every file is a table, and whatever is not read is listed with the reason."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import SourceError
from auditor.model import Skipped
from auditor.sources.archive import members
from auditor.sources.content import BROKEN, Content
from auditor.sources.documents import NAME, DocumentsTable
from auditor.sources.files import FileSource, FileTable, source_of
from auditor.sources.kinds import (
    EXTENSIONS,
    Kind,
    NotATableError,
    TableFile,
    UnreadableError,
    cannot_read,
    open_tables,
    recognise,
)

_EXTENSIONS = "|".join([*EXTENSIONS, "txt", "dat"])
_SUFFIX = re.compile(rf"\.(?:{_EXTENSIONS})$", re.IGNORECASE)
_FAULTS = (SourceError, OSError, *BROKEN)
"""What a file that cannot be read may raise."""
_EDGE = r"(?:^|[\s_.\-(\[]+)"
_VARYING = re.compile(
    # a date, perhaps with a time of day; an epoch; a part number; a copy or sequence number at the end
    rf"{_EDGE}(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01])"
    r"(?:[T_\-\s.]?(?:[01]\d|2[0-3])[-_.:]?[0-5]\d(?:[-_.:]?[0-5]\d)?Z?)?(?=$|[\s_.\-)\]])"
    rf"|{_EDGE}(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])(?=$|[\s_.\-)\]])"
    rf"|{_EDGE}\d{{10}}(?:\d{{3}})?(?=$|[\s_.\-)\]])"
    rf"|{_EDGE}(?:part|chunk|batch|seq)[\s_.\-]*\d+(?:[\s_.\-]*of[\s_.\-]*\d+)?(?=$|[\s_.\-)\]])"
    rf"|{_EDGE}\d{{1,6}}[)\]]?$",
    re.IGNORECASE,
)


def table_name(file_name: str) -> str:
    """The name of the table in a file: its stem without dates, sequence and part numbers."""
    stem = _SUFFIX.sub("", re.sub(r"\.gz$", "", file_name, flags=re.IGNORECASE))
    name = stem
    while (shorter := _VARYING.sub("", name).strip(" _.-()[]")) != name and shorter:
        name = shorter
    return name or stem or file_name


def open_folder(path: Path, *, name: str) -> FileSource:
    """A source of all files below a folder, and of those in its archives. Raises SourceError if none can be read."""
    skipped: list[Skipped] = []
    files: list[_Found] = []
    for file in _files(path, skipped):
        location = file.relative_to(path).as_posix()
        try:
            files += _found(Content(file), location, skipped)
        except _FAULTS as error:
            skipped.append(_fault(error, location, file))
    return _source(path, name, "folder", files, skipped)


def open_archive(path: Path, *, name: str) -> FileSource:
    """A source of all files in a zip archive. Raises SourceError if none can be read."""
    skipped: list[Skipped] = []
    return _source(path, name, "zip", _in_archive(path, "", skipped), skipped)


@dataclass(frozen=True, slots=True)
class _Found:
    """A file, its path within the source, and what it is."""

    content: Content
    location: str
    kind: Kind


def _found(content: Content, location: str, skipped: list[Skipped]) -> list[_Found]:
    """A file, or the files in it if it is an archive. Raises SourceError."""
    kind = recognise(content)
    if kind.name == "sqlite":
        raise UnreadableError("A database in a folder is a source of its own.", where=location, do="Name it as one.")
    if not kind.named:
        raise NotATableError("This is not a type that auditor reads.", where=location)
    if kind.name != "zip":
        return [_Found(content, location, kind)]
    if content.member is not None:
        raise UnreadableError("An archive within an archive is not read.", where=location, do="Unpack it.")
    return _in_archive(content.path, f"{location}/", skipped)


def _in_archive(path: Path, before: str, skipped: list[Skipped]) -> list[_Found]:
    found: list[_Found] = []
    for location, content in members(path, before, skipped):
        try:
            found += _found(content, location, skipped)
        except _FAULTS as error:
            skipped.append(_fault(error, location, path))
    return found


def _fault(error: Exception, location: str, path: Path) -> Skipped:
    """A file that is not read, and why."""
    if isinstance(error, SourceError):
        return Skipped(location, error.what, gap=error.gap if isinstance(error, UnreadableError) else True)
    if isinstance(error, BROKEN):
        return Skipped(location, "It is cut or damaged.", gap=True)
    return Skipped(location, cannot_read(path, error).what, gap=True)


def _source(path: Path, name: str, kind: str, files: Sequence[_Found], skipped: list[Skipped]) -> FileSource:
    """The tables of all these files. Raises SourceError if there is none."""
    stems = Counter(table_name(file.content.name).casefold() for file in files)
    tables: dict[str, FileTable] = {}
    paths: dict[str, Path] = {}
    documents: list[TableFile] = []
    for file in files:
        stem = table_name(file.content.name)
        table = stem if stems[stem.casefold()] == 1 else file.location
        one = TableFile(file.content, file.kind, table, file.location, certain=file.kind.sure)
        if file.kind.name == "documents":
            documents.append(one)
            continue
        try:
            opened = open_tables(one)
        except _FAULTS as error:
            skipped.append(_fault(error, file.location, file.content.path))
        else:
            skipped += opened.skipped
            tables |= {found.info.name: found for found in opened.tables}
            paths |= {found.info.name: file.content.path for found in opened.tables}
    if documents:
        name_of_all = next(n for n in (NAME, f"{NAME} (files)") if n not in tables)
        tables[name_of_all] = DocumentsTable(documents, name_of_all)
    if not tables:
        what = "folder" if kind == "folder" else "archive"
        count = f"none of its {len(skipped)} entries can be read" if skipped else "it is empty"
        reason = f", first: {skipped[0].why}" if skipped else "."
        raise SourceError(f"The {what} holds no table: {count}{reason}", where=str(path), do=f"Name another {what}.")
    return source_of(path, name, kind, tables, paths, skipped)


def _files(folder: Path, skipped: list[Skipped]) -> Iterator[Path]:
    """The regular files below a folder in name order; links, hidden and special files are listed instead."""
    root = folder.resolve()

    def refuse(error: OSError) -> None:
        where = Path(str(error.filename)).relative_to(folder).as_posix() if error.filename else folder.name
        skipped.append(Skipped(where, cannot_read(folder, error).what, gap=True))

    for parent, folders, names in os.walk(folder, onerror=refuse):
        here = Path(parent)
        for name in sorted([*folders, *names]):
            entry = here / name
            location = entry.relative_to(folder).as_posix()
            if name.startswith((".", "~$")):
                skipped.append(Skipped(location, "A hidden file or folder is not read.", gap=False))
            elif entry.is_symlink():
                inside = _inside(entry, root)
                why = "A link to a file of this folder." if inside else "A link out of the folder is not followed."
                skipped.append(Skipped(location, why, gap=not inside))
            elif name not in folders and entry.is_file():
                yield entry
            elif name not in folders:
                skipped.append(Skipped(location, "This is not a regular file.", gap=False))
        folders[:] = sorted(f for f in folders if not f.startswith(".") and not (here / f).is_symlink())


def _inside(link: Path, root: Path) -> bool:
    try:
        return link.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):
        return False
