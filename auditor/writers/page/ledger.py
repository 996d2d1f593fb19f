"""What was read and what was not, per source, and what its tables were understood as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.model import AuditResult, BoundRelation, Fill, ProfileUsed, Skipped, SourceInfo, TableCoverage


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One source: how it was read, how much of it, and how many of its tables the rules rest on."""

    source: SourceInfo
    profile: ProfileUsed | None
    tables: tuple[TableCoverage, ...]
    used: int

    @property
    def rows(self) -> int:
        """Rows of its tables, as far as they were counted."""
        return sum(table.rows or 0 for table in self.tables)

    @property
    def unread(self) -> int:
        """Rows that could not be read."""
        return sum(table.unread for table in self.tables)


@dataclass(frozen=True, slots=True)
class Understood:
    """One canonical relation of one source, and what became of its fields."""

    relation: BoundRelation
    filled: tuple[str, ...]
    empty: tuple[str, ...]
    unreadable: tuple[str, ...]
    from_memory: tuple[str, ...]


def ledger(result: AuditResult) -> tuple[LedgerRow, ...]:
    """One row per source, in the order in which they were given."""
    profiles = {profile.source: profile for profile in result.binding.profiles}
    return tuple(
        LedgerRow(
            source=source,
            profile=profiles.get(source.name),
            tables=tuple(t for t in result.coverage.tables if t.source == source.name),
            used=len(tables_used(result, source.name)),
        )
        for source in result.sources
    )


def tables_used(result: AuditResult, source: str) -> frozenset[str]:
    """The tables of a source that a canonical field comes from."""
    bound = (r for r in result.binding.relations if r.source == source)
    return frozenset(table_of(origin) for relation in bound for f in relation.fields.values() for origin in f.origin)


def columns_used(result: AuditResult) -> Mapping[tuple[str, str], int]:
    """How many columns of each table a canonical field comes from, by source and table."""
    columns: dict[tuple[str, str], set[str]] = {}
    for relation in result.binding.relations:
        for bound in relation.fields.values():
            for origin in bound.origin:
                columns.setdefault((relation.source, table_of(origin)), set()).add(origin.rpartition(".")[2])
    return {place: len(names) for place, names in columns.items()}


def table_of(origin: str) -> str:
    """The table in `table.column` or `schema.table.column`."""
    return origin.rpartition(".")[0].rpartition(".")[2] or origin


def understood(result: AuditResult) -> tuple[Understood, ...]:
    """The relations that a source has a place for, by source and name."""
    mapped = sorted((r for r in result.binding.relations if r.mapped), key=lambda r: (r.source, r.relation))
    return tuple(
        Understood(
            relation=relation,
            filled=_named(relation, Fill.FILLED),
            empty=_named(relation, Fill.EMPTY),
            unreadable=_named(relation, Fill.UNREADABLE),
            from_memory=tuple(sorted(f.name for f in relation.fields.values() if f.verified == "M")),
        )
        for relation in mapped
    )


def _named(relation: BoundRelation, fill: Fill) -> tuple[str, ...]:
    return tuple(sorted(f.name for f in relation.fields.values() if f.fill is fill))


def not_read(result: AuditResult) -> tuple[Skipped, ...]:
    """What was not read; what makes the audit incomplete comes first."""
    return tuple(sorted(result.coverage.skipped, key=lambda s: (not s.gap, s.what, s.why)))
