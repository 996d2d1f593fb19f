"""Finds a profile's tables and columns in a source: prefixes, stars, spellings, names that are themselves data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from auditor.crm.profile import ColumnSpec, NamedIn, Profile, TableSpec
from auditor.model import SourceInfo, TableInfo

Lookup = Callable[[TableInfo, str, Mapping[str, str]], tuple[str, ...]]
"""Reads from a table the values of a column in the rows where other columns say so."""

PREFIX, SUFFIX = "{prefix}", "{suffix}"


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


@dataclass(frozen=True, slots=True)
class Home:
    """Where in a source a CRM's tables lie: what stands around their names, and the schema if it is one of several."""

    prefix: str = ""
    suffix: str = ""
    schema: str | None = None
    marks: tuple[str, ...] = ()
    """Entries of the fingerprint by which it was recognised, with prefix and suffix filled in."""

    def filled(self, pattern: str) -> str:
        """A pattern with prefix and suffix filled in."""
        return pattern.replace(PREFIX, self.prefix).replace(SUFFIX, self.suffix)


def recognises(profile: Profile, info: SourceInfo) -> Home | None:
    """Where a source holds what the profile's fingerprint asks for; None if it does not fit."""
    schemas = dict.fromkeys(table.schema for table in info.tables)
    for schema in schemas if len(schemas) > 1 else ():
        alone = replace(info, tables=tuple(t for t in info.tables if t.schema == schema))
        home = _fitting(profile, alone)
        if home is not None:
            return replace(home, schema=schema)
    return _fitting(profile, info)


def _fitting(profile: Profile, info: SourceInfo) -> Home | None:
    fingerprint, names = profile.fingerprint, _Names.of(profile, info)
    first = fingerprint.all[:1] or tuple(alternative[0] for alternative in fingerprint.any)
    for home in sorted({home for entry in first for home in names.homes(entry.partition(".")[0])}, key=_plainest):
        there = partial(names.have, home)
        some = next((alternative for alternative in fingerprint.any if all(map(there, alternative))), ())
        every = all(map(there, fingerprint.all)) and not any(map(there, fingerprint.none))
        if every and (some or not fingerprint.any):
            return replace(home, marks=tuple(home.filled(entry) for entry in fingerprint.all or some))
    return None


def _plainest(home: Home) -> tuple[int, str, str]:
    return len(home.prefix) + len(home.suffix), home.prefix, home.suffix


def find_home(profile: Profile, info: SourceInfo) -> Home:
    """Where the tables lie in a source that is known to be of this CRM; under their own names if nothing tells."""
    found = recognises(profile, info)
    if found is not None:
        return found
    counts: dict[Home, int] = {}
    names = _Names.of(profile, info)
    for spec in profile.tables.values():
        for pattern in spec.named:
            for home in names.homes(pattern):
                counts[home] = counts.get(home, 0) + 1
    return max(counts, key=lambda home: (counts[home], home == Home()), default=Home())


def find_tables(profile: Profile, info: SourceInfo, lookup: Lookup) -> dict[str, FoundTable]:
    """Every table of the profile that the source has, with the columns it has."""
    home = find_home(profile, info)
    if home.schema is not None:  # its own tables first; others may hold what it lacks
        info = replace(info, tables=tuple(sorted(info.tables, key=lambda table: table.schema != home.schema)))
    search = _Search(_Names.of(profile, info), home, info, lookup)
    found = {}
    for spec in profile.tables.values():
        tables = search.tables(spec)
        if tables:
            columns = {
                column.name: tuple(search.column(column, table) for table in tables) for column in spec.columns.values()
            }
            found[spec.name] = FoundTable(spec, tables, columns)
    return found


@dataclass(frozen=True, slots=True)
class _Search:
    """Looks for one profile's names in one source."""

    names: _Names
    home: Home
    info: SourceInfo
    lookup: Lookup

    def tables(self, spec: TableSpec) -> tuple[TableInfo, ...]:
        """The tables that a spec means."""
        if spec.named_in is not None:
            names: Sequence[str] = self._looked_up(spec.named_in)
            return tuple(t for t in self.info.tables if t.name in names)
        for pattern in spec.named:
            tables = self.names.called(self.home.filled(pattern))
            if tables:
                # Without a star a name means one table; the same name in a second schema is another matter.
                return tables if "*" in pattern else tables[:1]
        return ()

    def column(self, column: ColumnSpec, table: TableInfo) -> str:
        """What a table calls a column; empty if it lacks it."""
        exact = {c.name.casefold(): c.name for c in table.columns}
        wanted: Sequence[str] = column.named if column.named_in is None else self._looked_up(column.named_in)
        compare = self.names.profile.compared
        compared = {compare(c.name): c.name for c in reversed(table.columns)}
        for name in wanted:
            found = exact.get(name.casefold()) or compared.get(compare(name))
            if found:
                return found
        return ""

    def _looked_up(self, named_in: NamedIn) -> tuple[str, ...]:
        name = self.home.filled(named_in.table).casefold()
        table = next((t for t in self.info.tables if t.name.casefold() == name), None)
        if table is None:
            return ()
        columns = {c.name for c in table.columns}
        known = {named_in.column, *named_in.where} <= columns
        return self.lookup(table, named_in.column, named_in.where) if known else ()


def matching_columns(like: str, table: TableInfo) -> Iterator[tuple[str, str]]:
    """Columns that fit a pattern with a star, each with what the star stood for."""
    before, _, after = like.partition("*")
    for column in table.columns:
        name = column.name
        fits = name.casefold().startswith(before.casefold()) and name.casefold().endswith(after.casefold())
        if fits and len(name) > len(before) + len(after):
            yield name, name[len(before) : len(name) - len(after)]


@dataclass(frozen=True, slots=True)
class _Names:
    """The tables of a source by their names, as a profile compares them."""

    profile: Profile
    tables: Mapping[str, tuple[TableInfo, ...]]

    @classmethod
    def of(cls, profile: Profile, info: SourceInfo) -> _Names:
        """The tables by their own names, without the schema that tells one from a namesake."""
        tables: dict[str, tuple[TableInfo, ...]] = {}
        for table in info.tables:
            own = table.name.removeprefix(f"{table.schema}.") if table.schema else table.name
            name = profile.compared(own)
            tables[name] = (*tables.get(name, ()), table)
        return cls(profile, tables)

    def called(self, pattern: str) -> tuple[TableInfo, ...]:
        """The tables that fit a pattern, in which a star stands for anything."""
        if "*" not in pattern:
            return self.tables.get(self.profile.compared(pattern), ())
        shape = self._shape(pattern)
        return tuple(table for name, tables in self.tables.items() if shape.fullmatch(name) for table in tables)

    def homes(self, pattern: str) -> set[Home]:
        """Every prefix and suffix under which there is a table that fits a pattern."""
        before, after = PREFIX in pattern, SUFFIX in pattern
        if not before and not after:
            return {Home()}
        core = self._shape(pattern.replace(PREFIX, "").replace(SUFFIX, ""))
        return {
            Home(name[: found.start()], name[found.end() :])
            for name in self.tables
            for found in (core.match(name, start) for start in (range(len(name)) if before else (0,)))
            if found is not None and (after or found.end() == len(name))
        }

    def have(self, home: Home, entry: str) -> bool:
        """Whether they have an entry of a fingerprint, `table` or `table.column`."""
        name, _, column = home.filled(entry).partition(".")
        shape = self._shape(column)
        return any(
            not column or any(shape.fullmatch(self.profile.compared(c.name)) for c in table.columns)
            for table in self.called(name)
        )

    def _shape(self, pattern: str) -> re.Pattern[str]:
        return re.compile(".+".join(re.escape(self.profile.compared(part)) for part in pattern.split("*")))
