"""Finds a profile's tables and columns in a source: prefixes, stars, spellings, names that are themselves data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from auditor.crm.profile import ColumnSpec, Fingerprint, NamedIn, Profile, TableSpec
from auditor.model import SourceInfo, TableInfo

Lookup = Callable[[TableInfo, str, Mapping[str, str]], tuple[str, ...]]
"""Reads from a table the values of a column in the rows where other columns say so."""

PREFIX = "{prefix}"


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table of the profile as it lies in the source: one physical table, or several that a star found."""

    spec: TableSpec
    tables: tuple[TableInfo, ...]
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Column of the profile to the physical name per table of `tables`, empty where that table lacks it."""

    def has(self, column: str) -> bool:
        """Whether the source has the column in at least one of the tables."""
        return bool(self.origins(column))

    def origins(self, column: str) -> tuple[str, ...]:
        """`table.column` of the source."""
        return tuple(f"{t.name}.{name}" for i, t in enumerate(self.tables) for name in self.physical(column, i))

    def physical(self, column: str, index: int) -> tuple[str, ...]:
        """What the column is read from in one of the tables."""
        table = self.tables[index]
        spec, each = self.spec, self.spec.each_column
        if spec.attributes is not None and spec.columns[column].attribute:
            names = {c.name.casefold(): c.name for c in table.columns}
            pair = (spec.attributes.name.casefold(), spec.attributes.value.casefold())
            return (names[pair[1]],) if pair[0] in names and pair[1] in names else ()
        if each is not None and column in (each.name, each.value):
            return tuple(name for name, _ in matching_columns(each.like, table))
        member = spec.each_member
        if member is not None and column in (*member.names, member.value):
            return tuple(c.name for c in table.columns if c.name.casefold() == member.of.casefold())
        name = self.columns.get(column, ())[index]
        return (name,) if name else ()


def recognises(fingerprint: Fingerprint, info: SourceInfo) -> str | None:
    """The prefix under which a source fits a fingerprint; None if it does not fit."""
    every = (*fingerprint.all, *fingerprint.any)
    if not every:
        return None
    for prefix in _prefixes(every[0], info):
        there = [_present(entry, prefix, info) for entry in fingerprint.all]
        some = [_present(entry, prefix, info) for entry in fingerprint.any]
        wrong = [_present(entry, prefix, info) for entry in fingerprint.none]
        if all(there) and (not some or any(some)) and not any(wrong):
            return prefix
    return None


def find_prefix(profile: Profile, info: SourceInfo) -> str:
    """The prefix of a source that is known to be of this CRM; empty if nothing tells."""
    found = recognises(profile.fingerprint, info)
    if found is not None:
        return found
    counts: dict[str, int] = {}
    for spec in profile.tables.values():
        for name in spec.named:
            for prefix in _prefixes(name, info):
                counts[prefix] = counts.get(prefix, 0) + 1
    return max(counts, key=lambda prefix: (counts[prefix], prefix == ""), default="")


def find_tables(profile: Profile, info: SourceInfo, lookup: Lookup) -> dict[str, FoundTable]:
    """Every table of the profile that the source has, with the columns it has."""
    prefix = find_prefix(profile, info)
    found = {}
    for spec in profile.tables.values():
        tables = _tables(spec, prefix, info, lookup)
        if tables:
            columns = {
                column.name: tuple(_column(column, table, prefix, info, lookup) for table in tables)
                for column in spec.columns.values()
            }
            found[spec.name] = FoundTable(spec, tables, columns)
    return found


def _tables(spec: TableSpec, prefix: str, info: SourceInfo, lookup: Lookup) -> tuple[TableInfo, ...]:
    if spec.named_in is not None:
        names: Sequence[str] = _looked_up(spec.named_in, prefix, info, lookup)
        return tuple(t for t in info.tables if t.name in names)
    for pattern in spec.named:
        shape = _shape(pattern.replace(PREFIX, prefix))
        tables = tuple(t for t in info.tables if shape.fullmatch(t.name))
        if tables:
            # Without a star a name means one table; the same name in a second schema is another matter.
            return tables if "*" in pattern else tables[:1]
    return ()


def _column(column: ColumnSpec, table: TableInfo, prefix: str, info: SourceInfo, lookup: Lookup) -> str:
    names = {c.name.casefold(): c.name for c in table.columns}
    if column.named_in is not None:
        wanted: Sequence[str] = _looked_up(column.named_in, prefix, info, lookup)
    else:
        wanted = column.named
    return next((names[name.casefold()] for name in wanted if name.casefold() in names), "")


def matching_columns(like: str, table: TableInfo) -> Iterator[tuple[str, str]]:
    """Columns that fit a pattern with a star, each with what the star stood for."""
    before, _, after = like.partition("*")
    for column in table.columns:
        name = column.name
        fits = name.casefold().startswith(before.casefold()) and name.casefold().endswith(after.casefold())
        if fits and len(name) > len(before) + len(after):
            yield name, name[len(before) : len(name) - len(after)]


def _looked_up(named_in: NamedIn, prefix: str, info: SourceInfo, lookup: Lookup) -> tuple[str, ...]:
    name = named_in.table.replace(PREFIX, prefix).casefold()
    table = next((t for t in info.tables if t.name.casefold() == name), None)
    if table is None:
        return ()
    columns = {c.name for c in table.columns}
    return lookup(table, named_in.column, named_in.where) if {named_in.column, *named_in.where} <= columns else ()


def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(".+".join(re.escape(part) for part in pattern.split("*")), re.IGNORECASE)


def _prefixes(entry: str, info: SourceInfo) -> list[str]:
    """Prefixes under which the source has the table, the shortest first."""
    pattern = entry.partition(".")[0]
    if PREFIX not in pattern:
        return [""]
    tail = _shape(pattern.replace(PREFIX, ""))
    prefixes = {
        table.name[:cut] for table in info.tables for cut in range(len(table.name)) if tail.fullmatch(table.name[cut:])
    }
    return sorted(prefixes, key=lambda prefix: (len(prefix), prefix))


def _present(entry: str, prefix: str, info: SourceInfo) -> bool:
    name, _, column = entry.replace(PREFIX, prefix).partition(".")
    shape = _shape(name)
    return any(
        shape.fullmatch(table.name) and (not column or any(_shape(column).fullmatch(c.name) for c in table.columns))
        for table in info.tables
    )
