"""Where a tool should point for a finding: a line of a file, as a relative path."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from auditor.knowledge import home
from auditor.model import AuditResult, Finding, PlaceResult, Rule, SourceInfo, TableInfo

_LIMIT = 400


@dataclass(frozen=True, slots=True)
class Spot:
    """A relative path and a line of it; the first where the file has no lines, as no tool shows a place without one."""

    path: str
    line: int = 1

    @property
    def uri(self) -> str:
        """The path as a relative URI reference; nothing in a hostile name can make it more."""
        return quote(self.path, safe="/", errors="replace")


def spot(result: AuditResult, finding: Finding) -> Spot:
    """The export file that the finding is about; for a database, the profile that says what was read; else the rule."""
    return exported(result, finding.place) or mapped(result, finding.place) or rule_spot(finding.rule)


def exported(result: AuditResult, where: PlaceResult) -> Spot | None:
    """The export file, register or section of the policy that a place is, None if it is a database."""
    source = next((s for s in result.sources if s.name == where.source), None)
    table = _table(result, source, where) if source is not None else None
    if source is None or table is None:
        return None
    if source.kind == "policy":
        return Spot(_relative(source.location) or "auditor.yaml", table.line)
    if not table.location:
        return None
    if source.kind == "registers":  # files that the policy names, from its own folder
        return Spot(_relative(f"{PurePosixPath(_relative(source.location)).parent}/{table.location}") or "registers")
    return Spot(_joined(source.location, table.location), table.line)


def mapped(result: AuditResult, where: PlaceResult) -> Spot | None:
    """Where the CRM's profile says which columns fill the relation, None if no file says so."""
    used = next((profile for profile in result.binding.profiles if profile.source == where.source), None)
    file, _, at = (used.mapped.get(where.relation, "") if used is not None else "").partition(":")
    line, _, _ = at.partition(":")
    path = _shipped(file)
    return Spot(path, int(line)) if path.endswith((".yaml", ".yml")) and line.isdecimal() and len(line) < 9 else None


def rule_spot(rule: Rule) -> Spot:
    """The rule's own file and line."""
    return Spot(_shipped(rule.file) or "rules", max(rule.line, 1))


def _shipped(file: str) -> str:
    """A file of the product below its own folder, any other as it was given."""
    return _relative(file.removeprefix(str(home("rules").parent) + "/"))


def _table(result: AuditResult, source: SourceInfo, where: PlaceResult) -> TableInfo | None:
    """The table that most of the relation's fields come from, else the first one that the verdict rests on."""
    bound = [b for b in result.binding.relations if (b.source, b.relation) == (where.source, where.relation)]
    origins = [origin for b in bound for field in b.fields.values() for origin in field.origin]
    for found in (origins, sorted(where.origin)):
        fed = Counter(t.name for origin in found for t in source.tables if origin.startswith(f"{t.name}."))
        if fed:
            name = min(fed, key=lambda name: (-fed[name], name))
            return next(table for table in source.tables if table.name == name)
    return source.tables[0] if len(source.tables) == 1 else None


def _joined(location: str, inside: str) -> str:
    """The file's path below its source; a single file is its own source."""
    base = _relative(location)
    if PurePosixPath(base).name == PurePosixPath(inside).name:
        return base
    return _relative(f"{base}/{inside}") or "source"


def _relative(path: str) -> str:
    """A path as it was given if it stays below where it was given, else only its last part: no machine's layout."""
    parts = PurePosixPath(path.replace("\\", "/")[:_LIMIT])
    if parts.is_absolute() or ".." in parts.parts or "://" in path:
        return parts.name if parts.name != ".." else ""
    return parts.as_posix() if parts.as_posix() != "." else ""
