"""The private directory of a stage: made 0700, locked while its run lives, swept by the next run if that was killed.

A directory is somebody's as long as its lock file is held (flock dies with its process); a process id alone proves
nothing, because the system gives it out again. The lock file appears in the directory already locked.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from auditor.errors import StageError

PREFIX = "crm-auditor-stage-"
_NAME = re.compile(re.escape(PREFIX) + r"\d+-[A-Za-z0-9_]+")
_LOCK = "lock"
_HALF_MADE = 600.0
"""Seconds after which a directory without a lock file counts as left behind while it was being made."""


@contextlib.contextmanager
def private_folder(parent: Path | None = None) -> Iterator[Path]:
    """A directory that only this user may enter, gone afterwards whatever happens.

    Directories that killed runs left in the same parent are removed first.
    """
    root = parent if parent is not None else Path(tempfile.gettempdir())
    sweep(root)
    try:
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=root))
    except OSError as error:
        raise StageError(
            f"No private directory can be made there ({error.strerror}).",
            where=str(root),
            do="Point TMPDIR to a directory that can be written.",
        ) from None
    lock = -1
    try:
        lock = _take_lock(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock >= 0:
            os.close(lock)


def sweep(root: Path) -> int:
    """Removes the stages that killed runs of this user left in a directory; says how many."""
    removed = 0
    try:
        found = [entry for entry in root.iterdir() if _NAME.fullmatch(entry.name)]
    except OSError:
        return 0
    for folder in found:
        with contextlib.suppress(OSError):
            removed += _remove_if_dead(folder)
    return removed


def _take_lock(folder: Path) -> int:
    half_made = folder / (_LOCK + ".new")
    lock = os.open(half_made, os.O_CREAT | os.O_RDWR | os.O_EXCL, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    half_made.rename(folder / _LOCK)
    return lock


def _remove_if_dead(folder: Path) -> bool:
    about = folder.lstat()
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.getuid() or stat.S_IMODE(about.st_mode) != 0o700:
        return False  # not made by us: a link, another user's, or opened to others
    try:
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        if time.time() - about.st_mtime < _HALF_MADE:
            return False
        shutil.rmtree(folder)
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        shutil.rmtree(folder)
        return True
    finally:
        os.close(lock)
