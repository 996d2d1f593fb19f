"""Zip archives: their members are files like those of a folder, read from where they lie in the archive."""

from __future__ import annotations

import stat
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from auditor.errors import SourceError
from auditor.model import Skipped
from auditor.sources.content import METHODS, Content, Member

MOST_MEMBERS = 20_000
_ENCRYPTED, _UTF8, _UNIX = 0x1, 0x800, 3
_METHODS = {9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "XZ"}
_MAC = "__MACOSX"


def directory(file: IO[bytes], where: str) -> list[zipfile.ZipInfo]:
    """What an archive holds. Raises SourceError if that cannot be told."""
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, IndexError, UnicodeError):
        raise SourceError(
            "The zip archive is cut or damaged: its directory cannot be read.", where=where, do="Copy it again."
        ) from None


def members(path: Path, before: str, skipped: list[Skipped]) -> Iterator[tuple[str, Content]]:
    """The files in an archive and their paths, which begin with `before`; what is not read is listed instead.

    Raises SourceError if nothing of the archive can be read.
    """
    with path.open("rb") as file:
        found = [info for info in directory(file, str(path)) if not info.is_dir()]
    if len(found) > MOST_MEMBERS:
        what = f"The archive has more than {MOST_MEMBERS:,} members."
        raise SourceError(what, where=str(path), do="Unpack it and audit the folder.")
    if sum(info.compress_size for info in found) > path.stat().st_size:
        raise SourceError(
            "Members of the archive overlap, as no export's do.", where=str(path), do="Have the archive made anew."
        )  # fmt: skip
    names = [_name(info) for info in found]
    times = Counter(name.casefold() for name in names)
    aside: dict[str, Skipped] = {}
    for name, info in sorted(zip(names, found, strict=True), key=lambda pair: pair[0]):
        parts = PurePosixPath(name).parts
        hidden = next((n for n, part in enumerate(parts) if part == _MAC or part.startswith((".", "~$"))), None)
        if ".." not in parts and hidden is not None:
            place = before + "/".join(parts[: hidden + 1])
            why = "A hidden file or folder is not read." if parts[hidden] != _MAC else "What macOS adds is not read."
            aside.setdefault(place, Skipped(place, why, gap=False))
        elif why := _refused(name, parts, info, times[name.casefold()]):
            aside.setdefault(before + name, Skipped(before + name, why, gap=True))
        else:
            yield before + "/".join(parts), Content(path, Member.of(info, name))
    skipped += aside.values()


def _refused(name: str, parts: tuple[str, ...], info: zipfile.ZipInfo, times: int) -> str:
    """Why a member is not read, empty if it is."""
    if name.startswith("/") or ".." in parts or (len(name) > 1 and name[1] == ":"):
        return "Its name leads out of the archive."
    if times > 1:
        return "The archive holds this name more than once."
    if info.create_system == _UNIX and stat.S_ISLNK(info.external_attr >> 16):
        return "A link in an archive is not followed."
    if info.flag_bits & _ENCRYPTED:
        return "It is encrypted. Unpack the archive with its password and audit the folder."
    if info.compress_type not in METHODS:
        packed = _METHODS.get(info.compress_type, f"method {info.compress_type}")
        return f"It is packed by {packed}, which is not read. Unpack the archive and audit the folder."
    return ""


def _name(info: zipfile.ZipInfo) -> str:
    """The path of a member. Programs that write UTF-8 without saying so are told by its being valid."""
    name = info.filename.replace("\\", "/")
    if info.flag_bits & _UTF8 or name.isascii():
        return name
    try:
        return name.encode("cp437").decode()
    except UnicodeError:
        return name
