"""The profiles that are installed: loading, checking, and recognising which one a source fits."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from auditor.crm.profile import Profile
from auditor.crm.reading import read_profile
from auditor.crm.resolving import recognises
from auditor.errors import KnowledgeError
from auditor.knowledge import home, nearest
from auditor.model import SourceInfo

INFERRED = "inferred"
"""The file of names from which a profile is inferred; it is no profile itself."""


def profile_files() -> tuple[Path, ...]:
    """The profiles' files, in name order."""
    return tuple(path for path in sorted((home("rules") / "crm").glob("*.yaml")) if path.stem != INFERRED)


@cache
def load_profiles() -> tuple[Profile, ...]:
    """Every installed profile. Raises KnowledgeError for the first mistake in one."""
    return tuple(load_profile(path) for path in profile_files())


def load_profile(path: Path) -> Profile:
    """The profile in a file. Raises KnowledgeError for the first mistake in it."""
    return _read_once(path, path.stat().st_mtime_ns if path.exists() else 0)


@cache
def _read_once(path: Path, _changed: int) -> Profile:
    profile, errors = read_profile(path, shown_as=_shown(path))
    if errors or profile is None:
        raise errors[0]
    return profile


def check_profile(path: Path) -> tuple[KnowledgeError, ...]:
    """Every error in a profile's file, also wrong types in its expressions."""
    from auditor.crm.checking import check_blocks

    profile, errors = read_profile(path, shown_as=_shown(path))
    return errors if profile is None else check_blocks(profile)


def _shown(path: Path) -> str:
    return f"rules/crm/{path.name}" if path.parent == home("rules") / "crm" else str(path)


def named_profile(name: str, profiles: Sequence[Profile]) -> Profile:
    """The profile of that name, or in that file. Raises KnowledgeError with the nearest one."""
    if name.endswith((".yaml", ".yml")):
        return load_profile(Path(name))
    for profile in profiles:
        if profile.name == name:
            return profile
    names = [profile.name for profile in profiles]
    raise KnowledgeError(
        f"There is no profile {name[:60]!r}.", do=nearest(name, names) or f"Profiles: {', '.join(names)}, {INFERRED}."
    )


def recognise(info: SourceInfo, profiles: Sequence[Profile]) -> tuple[Profile | None, str, tuple[str, ...]]:
    """The profile whose fingerprint a source fits, why, and the names of others that fit as well.

    Of several that fit, the one with the longest fingerprint is meant.
    """
    fitting = [(profile, home) for profile in profiles if (home := recognises(profile, info)) is not None]
    if not fitting:
        return None, "no profile's fingerprint fits its tables", ()
    fitting.sort(key=lambda found: -len(found[0].fingerprint.all))
    profile, home = fitting[0]
    under = f", with the prefix {home.prefix}" if home.prefix else ""
    under += f", with the suffix {home.suffix}" if home.suffix else ""
    under += f", in the schema {home.schema}" if home.schema else ""
    return profile, f"it has {', '.join(home.marks)}{under}", tuple(p.name for p, _ in fitting[1:])
