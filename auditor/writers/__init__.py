"""Writers: one module per format, each with a `FORMAT` that says what it is called and how it is written.

Adding a format is adding a module with a `FORMAT`; nothing else is edited. Modules are imported when they are
asked for, so that listing what the command line knows costs nothing.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from auditor.errors import UsageError
from auditor.knowledge import nearest
from auditor.model import AuditResult
from auditor.writers.files import Format, private_folder

__all__ = ["Format", "check_formats", "formats", "inventory_json", "write", "write_html", "write_json"]


def formats() -> Mapping[str, Format]:
    """Every format by its name, in name order."""
    found: dict[str, Format] = {}
    for module in pkgutil.iter_modules(__path__):
        offered = getattr(importlib.import_module(f"{__name__}.{module.name}"), "FORMAT", None)
        if isinstance(offered, Format):
            found[offered.name] = offered
    return dict(sorted(found.items()))


def check_formats(names: Sequence[str]) -> tuple[Format, ...]:
    """The formats of these names. Raises UsageError for one that is not known."""
    known = formats()
    for name in names:
        if name not in known:
            hint = nearest(name, known) or f"Known formats: {', '.join(known)}."
            raise UsageError(f"The format {name[:40]!r} is not known.", do=hint)
    return tuple(known[name] for name in dict.fromkeys(names))


def write(result: AuditResult, folder: Path, names: Sequence[str]) -> tuple[Path, ...]:
    """Writes the result in every format asked for and returns the files; the folder is private to its owner."""
    chosen = check_formats(names)
    private_folder(folder)
    paths = tuple(Path(folder) / each.file_name for each in chosen)
    for each, path in zip(chosen, paths, strict=True):
        each.write(result, path)
    return paths


def write_html(result: AuditResult, path: Path) -> None:
    """The report for people: one file that asks for nothing."""
    from auditor.writers.html import write_html as write

    write(result, path)


def write_json(result: AuditResult, path: Path) -> None:
    """The result for programs, and the baseline of the next audit."""
    from auditor.writers.audit_json import write_json as write

    write(result, path)


def inventory_json(result: AuditResult, path: Path) -> None:
    """Only what is personal, and where."""
    from auditor.writers.inventory_json import write_inventory as write

    write(result, path)
