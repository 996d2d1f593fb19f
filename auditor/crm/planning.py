"""What can be bound: which blocks and fields of a profile a source supports, and which of its columns they need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.crm.profile import INNER, Block, JoinSpec, Profile
from auditor.crm.resolving import FoundTable
from auditor.crm.scope import Alias, Columned, Columns, paths, through
from auditor.language import Expr, Path
from auditor.model import Fill
from auditor.relations import Relation

ALWAYS = frozenset({"subject_id", "user_id", "role_id"})
"""Fields that say whose row it is; bound whether or not a rule reads them."""


@dataclass(frozen=True, slots=True)
class Presence:
    """What a source has of a profile: columns per table, and the tables that could not be read."""

    columns: Mapping[str, frozenset[str]]
    broken: frozenset[str] = frozenset()

    def without(self, tables: Iterable[str]) -> Presence:
        """The same, with tables that turned out to be unreadable."""
        broken = self.broken | frozenset(tables)
        nothing: frozenset[str] = frozenset()
        return Presence({name: nothing if name in broken else own for name, own in self.columns.items()}, broken)


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of a block: its fields as they can be bound, and why others cannot."""

    block: Block
    fields: Mapping[str, tuple[Expr, ...]] = field(default_factory=dict)
    lacking: Mapping[str, tuple[Fill, str]] = field(default_factory=dict)
    """Fields that the profile maps and this source cannot fill."""
    deleted: Expr | None = None
    absent: tuple[str, ...] = ()
    """What the source lacks, so that the whole block is left out; empty if it is not."""


def presence(profile: Profile, found: Mapping[str, FoundTable]) -> Presence:
    """What of a profile a source has."""
    return Presence(
        {
            name: frozenset(c for c in spec.columns if name in found and found[name].has(c))
            for name, spec in profile.tables.items()
        }
    )


def names_only(block: Block, profile: Profile, there: Presence) -> Columned:
    """A scope that knows which columns there are, but cannot lower them."""
    return scope_of(block, profile, there, {})


def scope_of(block: Block, profile: Profile, there: Presence, columns: Mapping[str, Columns]) -> Columned:
    """The scope of a block; `columns` gives an alias's staged columns."""
    aliases = {}
    for alias, table in block.aliases.items():
        spec = profile.tables[table]
        aliases[alias] = Alias(table, spec.columns, there.columns[table], columns.get(alias, _unstaged))
    return Columned(aliases)


def _unstaged(name: str) -> Any:
    raise LookupError(name)


def plan(block: Block, profile: Profile, there: Presence, relation: Relation, wanted: frozenset[str] | None) -> Plan:
    """What of a block a source supports; `wanted` are the fields that rules read, None for all."""
    scope = with_sets(names_only(block, profile, there), block)
    lost = lost_in(block, profile, there)
    if absent := _left_out(block, scope, there, lost):
        fill = Fill.UNREADABLE if _broken(block, there) else Fill.NOT_MAPPED
        return Plan(block, lacking=dict.fromkeys(block.fields, (fill, unbound(absent, there)[1])), absent=absent)
    fields: dict[str, tuple[Expr, ...]] = {}
    lacking: dict[str, tuple[Fill, str]] = {}
    for name, spec in block.fields.items():
        if wanted is not None and name not in wanted | ALWAYS | {relation.dated_by}:
            continue
        parts = tuple(scope.pruned(part, lost) for part in spec.parts)
        needed = [entry for part in parts for entry in (*scope.missing(part), *through(part, lost))]
        if needed:
            lacking[name] = unbound(_named(needed, block, there), there)
        else:
            fields[name] = parts
    deleted = block.deleted
    if deleted is not None and (scope.missing(deleted) or through(deleted, lost)):
        deleted = None
    return Plan(block, fields, lacking, deleted)


def with_sets(scope: Columned, block: Block) -> Columned:
    """The scope with the sets that `collect` joins gather, as names."""
    import sqlalchemy as sa

    aliases = dict(scope.aliases)
    for join in block.joins:
        if join.collect:
            alias = aliases[join.alias]
            sets = {name: sa.null() for name in join.collect}
            aliases[join.alias] = Alias(alias.table, alias.columns, alias.present, alias.column, sets=sets)
    return Columned(aliases)


def used(plans: Iterable[Plan]) -> dict[str, set[str]]:
    """The columns that plans need, per table of the profile."""
    columns: dict[str, set[str]] = {}
    for entry in plans:
        if entry.absent:
            continue
        tables = entry.block.aliases
        for table in tables.values():
            columns.setdefault(table, set())
        for path in _paths(entry):
            columns[tables[path.names[0]]].add(path.names[1])
    return columns


def _paths(entry: Plan) -> Iterator[Path]:
    block = entry.block
    expressions = [*block.key, block.where, entry.deleted, *(part for parts in entry.fields.values() for part in parts)]
    for join in block.joins:
        for each in (join, *join.via):
            expressions += [each.on, each.where, each.by, *each.collect.values()]
    for expression in expressions:
        if expression is not None:
            yield from paths(expression)


def _conditions(join: JoinSpec) -> Iterator[Expr]:
    for each in (join, *join.via):
        yield from (expr for expr in (each.on, each.where, each.by, *each.collect.values()) if expr is not None)


def _lacks(join: JoinSpec, scope: Columned, there: Presence) -> list[str]:
    """What a join needs and the source lacks."""
    tables = [each.table for each in (join, *join.via) if not there.columns[each.table]]
    return tables or [name for expr in _conditions(join) for name in scope.missing(expr)]


def lost_in(block: Block, profile: Profile, there: Presence) -> dict[str, list[str]]:
    """By alias, what the source lacks of the joins that can be done without: for itself, or for one it hangs on."""
    scope = with_sets(names_only(block, profile, there), block)
    lost: dict[str, list[str]] = {}
    for join in block.joins:
        lacking = [] if join.kind == INNER else _lacks(join, scope, there) + through(join.on, lost)
        if lacking:
            lost |= {each.alias: lacking for each in (join, *join.via)}
    return lost


def _left_out(block: Block, scope: Columned, there: Presence, lost: Mapping[str, list[str]]) -> tuple[str, ...]:
    needed = [block.table] if not there.columns[block.table] else []
    for join in block.joins:
        if join.kind == INNER:
            needed += _lacks(join, scope, there) + through(join.on, lost)
    for expression in (*block.key, *([block.where] if block.where is not None else [])):
        needed += scope.missing(expression) + through(expression, lost)
    return _named(needed, block, there)


def _broken(block: Block, there: Presence) -> bool:
    inner = [block.table, *(each.table for join in block.joins if join.kind == INNER for each in (join, *join.via))]
    return any(table in there.broken for table in inner)


def _named(absent: Iterable[str], block: Block, there: Presence) -> tuple[str, ...]:
    """Tables, and columns given as `alias.column`, by the names that the profile gives them."""
    tables = block.aliases
    named = []
    for entry in absent:
        alias, _, column = entry.partition(".")
        table = tables.get(alias, alias)
        named.append(f"{table}.{column}" if column and there.columns[table] else table)
    return tuple(dict.fromkeys(named))


def unbound(named: Iterable[str], there: Presence) -> tuple[Fill, str]:
    """Why something cannot be bound that needs tables or columns which a source lacks."""
    entries = tuple(dict.fromkeys(named))
    names = ", ".join(entries)
    if any(name.partition(".")[0] in there.broken for name in entries):
        return Fill.UNREADABLE, f"{names} could not be read"
    return Fill.NOT_MAPPED, f"this source has no {names}"
