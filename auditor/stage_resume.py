"""Whether an interrupted audit can be continued: a name for what is audited, and a digest of all that must be the same.

Only files can: a server's snapshot ends with its connection, and two halves of two snapshots are no audit.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from auditor import __version__
from auditor.knowledge import home
from auditor.stage_files import Keep

_BESIDE = ("", "-wal", "-journal")
"""What belongs to a SQLite database besides its file."""


def keep_for(
    specs: Sequence[str],
    key: bytes,
    needs: Mapping[str, frozenset[str]],
    settings: Iterable[object],
    files: Iterable[str],
    on_interrupt: Callable[[], bool],
) -> Keep | None:
    """How an audit of these sources is kept; None if a later run could not go on with it.

    To be asked before the sources are opened, so that a source that changes meanwhile counts as changed. `settings`
    are all that decides what is staged, as plain frozen values; `files` are those that decide it too, by path.
    """
    places = [_path(spec) for spec in specs]
    found = [place for place in places if place is not None]
    if not found or len(found) < len(places):
        return None
    job, state = (hashlib.blake2b(key=hashlib.blake2b(key).digest(), digest_size=16) for _ in range(2))
    try:
        for spec, place in zip(specs, found, strict=True):
            _add(job, (spec, str(place.absolute())))
            for file in _files(place):
                about = file.stat()
                _add(state, (str(file), about.st_size, about.st_mtime_ns, about.st_ino, about.st_ctime_ns))
        rules = sorted(path for path in home("rules").rglob("*.yaml") if path.is_file())
        for path in (*rules, *(Path(name) for name in files if name.endswith((".yaml", ".yml")))):
            _add(state, (path.name, hashlib.blake2b(path.read_bytes()).hexdigest()))
    except OSError:
        return None
    for relation in sorted(needs):
        _add(state, (relation, *sorted(needs[relation])))
    for setting in (__version__, sys.version, *settings):
        _add(state, setting)
    return Keep(job.hexdigest(), state.hexdigest(), on_interrupt)


def _path(spec: str) -> Path | None:
    """The file or folder that a source's specification names; None for anything else."""
    for text in (spec, spec.partition("=")[2]):
        try:
            if text and Path(text).expanduser().exists():
                return Path(text).expanduser()
        except (OSError, ValueError):
            return None
    return None


def _files(place: Path) -> Iterator[Path]:
    if place.is_dir():
        yield from sorted(path for path in place.rglob("*") if path.is_file())
        return
    for suffix in _BESIDE:
        beside = place.with_name(place.name + suffix)
        if beside.exists():
            yield beside


def _add(digest: hashlib.blake2b, part: object) -> None:
    text = repr(part).encode("utf-8", "surrogatepass")
    digest.update(len(text).to_bytes(8) + text)
