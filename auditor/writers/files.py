"""How a writer puts its file down: whole or not at all, and readable by its owner only."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from auditor.errors import ReportError
from auditor.model import AuditResult, Finding


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a result: its name on the command line, its usual file name, what it is for."""

    name: str
    file_name: str
    purpose: str
    write: Callable[[AuditResult, Path], None]


class Records(Protocol):
    """The records behind the findings: all of them, however many."""

    def of(self, finding: Finding) -> Iterator[tuple[str, str]]:
        """Key and person of every violating record, in the order of the keys; the person is empty if there is none."""
        ...


@dataclass(frozen=True, slots=True)
class RecordFormat:
    """A format that lists every violating record, which the result itself does not hold."""

    name: str
    file_name: str
    purpose: str
    write: Callable[[AuditResult, Records, Path], None]


def file_name(usual: str, *, revealed: bool) -> str:
    """The usual name, or `report.REVEALED.html`: who sees the name knows what the file holds."""
    stem, dot, ending = usual.rpartition(".")
    return f"{stem}.REVEALED{dot}{ending}" if revealed else usual


def private_folder(path: Path) -> None:
    """Makes the folder with mode 0700 if it is not there. Raises ReportError if it cannot be made."""
    try:
        Path(path).mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(Path(path), error) from None


def write_private(path: Path, text: str) -> None:
    """Replaces the file in one step with mode 0600. Raises ReportError if it cannot be written."""
    with (
        replacing(path) as part,
        part.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream,
    ):
        stream.write(text)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A private file to write in the meantime, which takes the path's place in one step if all goes well.

    Raises ReportError if it cannot be written.
    """
    path = Path(path)
    try:
        # mkdtemp makes it 0700 and refuses to follow a link somebody laid in the way.
        folder = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part"))
    except OSError as error:
        raise _refused(path, error) from None
    part = folder / path.name
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield part
        _sync(part)
        part.replace(path)
    except OSError as error:
        raise _refused(path, error) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refused(path: Path, error: OSError) -> ReportError:
    return ReportError(
        f"The file cannot be written: {error.strerror or 'unknown reason'}.",
        where=str(path),
        do="Choose another folder with --out, or make room.",
    )
