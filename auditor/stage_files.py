"""The private directory of a stage: made 0700, locked while its run lives, swept by the next run if that was killed.

One that may be resumed has a name of its own, so that the next run of the same audit finds it; it goes when it is old.

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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import StageError

PREFIX = "crm-auditor-stage-"
_NAME = re.compile(re.escape(PREFIX) + r"\d+-[A-Za-z0-9_]+")
KEPT = "crm-auditor-kept-"
_KEPT_NAME = re.compile(re.escape(KEPT) + r"[0-9a-f]{32}")
_LOCK, _STATE = "lock", "state"
_HALF_MADE = 600.0
"""Seconds after which a directory without a lock file counts as left behind while it was being made."""
KEPT_SECONDS = 3 * 86_400.0
"""After this an interrupted audit is not continued any more."""


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


@dataclass(frozen=True, slots=True)
class Keep:
    """Under which name a stage is kept for the same audit run again, and what must not have changed in between."""

    job: str
    """Digest, 32 hex digits, of what is audited."""
    state: str
    """Digest of all that the staged rows follow from: the sources as they are, the rules, the options, the key."""
    on_interrupt: Callable[[], bool] = lambda: False
    """Asked after Ctrl-C: whether to keep what was staged."""


@dataclass(slots=True)
class Kept:
    """The directory of a stage that may be resumed."""

    folder: Path
    resumed: bool
    """True if an interrupted run of the same audit left something in it, and nothing has changed since."""
    changed: bool
    """True if there was something, but it no longer fits."""


@contextlib.contextmanager
def kept_folder(keep: Keep, parent: Path | None = None) -> Iterator[Kept | None]:
    """The directory that an audit finds again if it is killed; gone when it ends in any other way.

    None if the same audit is running in another process.
    """
    root = parent if parent is not None else Path(tempfile.gettempdir())
    sweep(root)
    folder = root / f"{KEPT}{keep.job}"
    try:
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        lock = _lock_kept(folder)
    except OSError:
        lock = -1
    if lock < 0:
        yield None
        return
    wanted = False
    try:
        try:
            kept = _left(folder, keep.state)
        except OSError as error:
            raise StageError(f"The private directory cannot be used ({error.strerror}).", where=str(folder)) from None
        yield kept
    except KeyboardInterrupt:
        wanted = keep.on_interrupt()
        raise
    finally:
        if not wanted:
            shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _lock_kept(folder: Path) -> int:
    """The lock of a directory that is ours and that nobody uses, else -1."""
    if not _is_ours(folder.lstat()):
        return -1
    lock = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Its last holder may have removed the directory between the two steps.
        if os.fstat(lock).st_nlink and (folder / _LOCK).stat().st_ino == os.fstat(lock).st_ino:
            return lock
    except OSError:
        pass
    os.close(lock)
    return -1


def _left(folder: Path, state: str) -> Kept:
    """Empties the directory unless it was left by a run in the same state."""
    mark = folder / _STATE
    before = mark.read_text("ascii", "replace") if mark.is_file() else ""
    if before != state:
        empty(folder)
        half = folder / (_STATE + ".new")
        half.write_text(state, "ascii")
        half.rename(mark)
    return Kept(folder, resumed=before == state, changed=bool(before) and before != state)


def empty(folder: Path) -> None:
    """Removes all but the lock and the mark of a kept directory."""
    for entry in folder.iterdir():
        if entry.name in (_LOCK, _STATE):
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def sweep(root: Path) -> int:
    """Removes the stages that killed runs of this user left in a directory; says how many.

    One that may be resumed goes when it is too old for that.
    """
    removed = 0
    try:
        found = [entry for entry in root.iterdir() if _NAME.fullmatch(entry.name) or _KEPT_NAME.fullmatch(entry.name)]
    except OSError:
        return 0
    for folder in found:
        with contextlib.suppress(OSError):
            if _NAME.fullmatch(folder.name) or time.time() - folder.lstat().st_mtime > KEPT_SECONDS:
                removed += _remove_if_dead(folder)
    return removed


def _is_ours(about: os.stat_result) -> bool:
    """Made by us: no link, not another user's, not opened to others."""
    private = stat.S_ISDIR(about.st_mode) and stat.S_IMODE(about.st_mode) == 0o700
    return private and about.st_uid == os.getuid()


def _take_lock(folder: Path) -> int:
    half_made = folder / (_LOCK + ".new")
    lock = os.open(half_made, os.O_CREAT | os.O_RDWR | os.O_EXCL, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    half_made.rename(folder / _LOCK)
    return lock


def _remove_if_dead(folder: Path) -> bool:
    about = folder.lstat()
    if not _is_ours(about):
        return False
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
