"""What was read and what was not, per source."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.model import AuditResult, ProfileUsed, Skipped, SourceInfo, TableCoverage


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One source: how it was read, and how much of it."""

    source: SourceInfo
    profile: ProfileUsed | None
    tables: tuple[TableCoverage, ...]

    @property
    def rows(self) -> int:
        """Rows of its tables, as far as they were counted."""
        return sum(table.rows or 0 for table in self.tables)

    @property
    def staged(self) -> int:
        """Rows that were judged."""
        return sum(table.staged or 0 for table in self.tables)

    @property
    def used(self) -> int:
        """Tables that the rules needed."""
        return sum(table.staged is not None for table in self.tables)

    @property
    def unread(self) -> int:
        """Rows that could not be read."""
        return sum(table.unread for table in self.tables)


def ledger(result: AuditResult) -> tuple[LedgerRow, ...]:
    """One row per source, in the order in which they were given."""
    profiles = {profile.source: profile for profile in result.binding.profiles}
    return tuple(
        LedgerRow(
            source, profiles.get(source.name), tuple(t for t in result.coverage.tables if t.source == source.name)
        )
        for source in result.sources
    )


def not_read(result: AuditResult) -> tuple[Skipped, ...]:
    """Everything skipped, wherever it was noticed, each once; what makes the audit incomplete comes first."""
    everything = (
        *result.coverage.skipped,
        *(s for source in result.sources for s in source.skipped),
        *result.inventory.failures,
        *result.binding.failures,
    )
    return tuple(sorted(dict.fromkeys(everything), key=lambda s: (not s.gap, s.what, s.why)))
