"""Where personal data lies: tables by families of categories, and the columns behind the figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from auditor.model import AuditResult, ColumnInventory
from auditor.writers.page.ledger import table_of
from auditor.writers.page.sensitivity import Sensitivity, sensitivity, title

CAP = 40
_FINE_UP_TO = 10


@dataclass(frozen=True, slots=True)
class Cell:
    """Records of a table that hold the category in at least one column; `about` if only a sample was read."""

    count: int
    about: bool
    heat: int
    special: bool


@dataclass(frozen=True, slots=True)
class MapRow:
    """One table with personal data, whose data it holds, and the columns it was found in."""

    source: str
    table: str
    rows: int
    holds: tuple[str, ...]
    cells: tuple[Cell | None, ...]
    columns: tuple[ColumnInventory, ...]
    findings: int
    """Findings that rest on a column of this table."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A category, or a family of them where there are too many to stand side by side."""

    key: str
    title: str
    sensitivity: Sensitivity


@dataclass(frozen=True, slots=True)
class DataMap:
    """`rows` are the tables that matter most, `rest` the others."""

    headings: tuple[Heading, ...]
    rows: tuple[MapRow, ...]
    rest: tuple[MapRow, ...]
    tables: int
    columns: int
    personal_columns: int

    @property
    def about(self) -> bool:
        """Whether a figure is an estimate."""
        return any(cell is not None and cell.about for row in (*self.rows, *self.rest) for cell in row.cells)


def data_map(result: AuditResult) -> DataMap:
    """The heat table, the most sensitive and largest tables first."""
    columns = result.inventory.columns
    personal = [column for column in columns if column.personal]
    keys = {found.category for column in personal for found in column.personal}
    fine = len(keys) <= _FINE_UP_TO
    headings = _headings(personal, fine)
    by_table: dict[tuple[str, str], list[ColumnInventory]] = defaultdict(list)
    for column in personal:
        by_table[(column.source, _qualified(column))].append(column)
    holds, hits = _holds(result), _hits(result)
    rows = [
        MapRow(
            source=source,
            table=table,
            rows=max(c.rows for c in found),
            holds=tuple(sorted(holds[(source, found[0].table)])),
            cells=tuple(_cell(found, heading, fine) for heading in headings),
            columns=tuple(found),
            findings=len(hits[(source, found[0].table)]),
        )
        for (source, table), found in by_table.items()
    ]
    rows.sort(key=_weight)
    chosen = sorted(rows[:CAP], key=lambda row: (row.source, _weight(row)))
    all_tables = {(c.source, _qualified(c)) for c in columns}
    return DataMap(headings, tuple(chosen), tuple(rows[CAP:]), len(all_tables), len(columns), len(personal))


def _qualified(column: ColumnInventory) -> str:
    return f"{column.schema}.{column.table}" if column.schema else column.table


def _weight(row: MapRow) -> tuple[int, int, str, str]:
    special = sum(cell is not None and cell.special for cell in row.cells)
    return -special, -row.rows, row.source, row.table


def _headings(personal: Iterable[ColumnInventory], fine: bool) -> tuple[Heading, ...]:
    worst: dict[str, Sensitivity] = {}
    for column in personal:
        for found in column.personal:
            key = _key(found.category, fine)
            worst[key] = max(worst.get(key, sensitivity(found.category)), sensitivity(found.category), key=_level)
    titled = [Heading(key, title(key), level) for key, level in worst.items()]
    return tuple(sorted(titled, key=lambda h: (h.sensitivity.level, h.key)))


def _level(sensitivity: Sensitivity) -> int:
    return sensitivity.level


def _key(category: str, fine: bool) -> str:
    return category if fine else category.partition(".")[0]


def _cell(columns: Iterable[ColumnInventory], heading: Heading, fine: bool) -> Cell | None:
    best, about, special = 0, False, False
    for column in columns:
        for found in column.personal:
            if _key(found.category, fine) != heading.key:
                continue
            share = found.prevalence * column.non_empty / column.read if column.read else 0.0
            count = max(1, round(column.rows * share)) if column.non_empty else 0
            if count > best:
                best, about = count, column.read < column.rows
            special = special or sensitivity(found.category).high
    return Cell(best, about, _heat(best), special) if best else None


def _heat(count: int) -> int:
    return 1 + sum(count >= step for step in (50, 500, 5_000, 20_000))


def _holds(result: AuditResult) -> dict[tuple[str, str], set[str]]:
    holds: dict[tuple[str, str], set[str]] = defaultdict(set)
    for relation in result.binding.relations:
        for bound in relation.fields.values():
            for origin in bound.origin:
                holds[(relation.source, table_of(origin))].add(relation.relation)
    return holds


def _hits(result: AuditResult) -> dict[tuple[str, str], set[str]]:
    hits: dict[tuple[str, str], set[str]] = defaultdict(set)
    for finding in result.findings:
        for origin in finding.place.origin:
            hits[(finding.place.source, table_of(origin))].add(finding.fingerprint)
    return hits
