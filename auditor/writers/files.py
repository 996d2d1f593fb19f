"""How a writer puts its file down: whole or not at all, and readable by its owner only."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import ReportError
from auditor.model import AuditResult


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a result: its name on the command line, its usual file name, what it is for."""

    name: str
    file_name: str
    purpose: str
    write: Callable[[AuditResult, Path], None]


def private_folder(path: Path) -> None:
    """Makes the folder with mode 0700 if it is not there. Raises ReportError if it cannot be made."""
    try:
        Path(path).mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(Path(path), error) from None


def write_private(path: Path, text: str) -> None:
    """Replaces the file in one step with mode 0600. Raises ReportError if it cannot be written."""
    path = Path(path)
    try:
        # mkstemp opens with 0600 and refuses to follow a link somebody laid in the way.
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part")
    except OSError as error:
        raise _refused(path, error) from None
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise _refused(path, error) from None
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _refused(path: Path, error: OSError) -> ReportError:
    return ReportError(
        f"The file cannot be written: {error.strerror or 'unknown reason'}.",
        where=str(path),
        do="Choose another folder with --out, or make room.",
    )
