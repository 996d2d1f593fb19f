"""Writers: one module per format, each with a `FORMAT` that says what it is called and how it is written.

Adding a format is adding a module with a `FORMAT`; nothing else is edited. Modules are imported when they are
asked for, so that listing what the command line knows costs nothing.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from auditor.errors import ReportError, UsageError
from auditor.knowledge import nearest
from auditor.model import AuditResult
from auditor.writers.files import Format, RecordFormat, Records, file_name, private_folder

__all__ = [
    "Format", "RecordFormat", "Records", "check_formats", "formats", "inventory_json", "needs_records", "write",
    "write_html", "write_json",
]  # fmt: skip

AnyFormat = Format | RecordFormat


def formats() -> Mapping[str, AnyFormat]:
    """Every format by its name, in name order."""
    found: dict[str, AnyFormat] = {}
    for module in pkgutil.iter_modules(__path__):
        offered = getattr(importlib.import_module(f"{__name__}.{module.name}"), "FORMAT", None)
        if isinstance(offered, AnyFormat):
            found[offered.name] = offered
    return dict(sorted(found.items()))


def check_formats(names: Sequence[str]) -> tuple[AnyFormat, ...]:
    """The formats of these names. Raises UsageError for one that is not known."""
    known = formats()
    for name in names:
        if name not in known:
            hint = nearest(name, known) or f"Known formats: {', '.join(known)}."
            raise UsageError(f"The format {name[:40]!r} is not known.", do=hint)
    return tuple(known[name] for name in dict.fromkeys(names))


def needs_records(names: Sequence[str]) -> bool:
    """Whether one of these formats lists every violating record, so that an audit must set them aside."""
    return any(isinstance(each, RecordFormat) for each in check_formats(names))


def write(result: AuditResult, folder: Path, names: Sequence[str], records: Records | None = None) -> tuple[Path, ...]:
    """Writes the result in every format asked for and returns the files; the folder is private to its owner.

    A format that lists every record needs the `records` of the audit.
    """
    chosen = check_formats(names)
    private_folder(folder)
    paths = tuple(Path(folder) / file_name(each.file_name, revealed=result.revealed) for each in chosen)
    for each, path in zip(chosen, paths, strict=True):
        if isinstance(each, Format):
            each.write(result, path)
        elif records is not None:
            each.write(result, records, path)
        else:
            raise ReportError(f"The format {each.name!r} needs the records of an audit, which were not kept.")
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
