"""Checks a profile's expressions without a source: every one is lowered over tables that have all columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

import sqlalchemy as sa

from auditor.crm.blocks import Ground, rows_of
from auditor.crm.planning import Plan, Presence, plan
from auditor.crm.profile import Block, Profile, TableSpec
from auditor.errors import KnowledgeError
from auditor.language import Context, last_instant
from auditor.relations import load_relations
from auditor.settle import stage_columns
from auditor.tables import ROW


def check_blocks(profile: Profile) -> tuple[KnowledgeError, ...]:
    """Every error in a profile's joins, conditions, keys and fields."""
    relations = load_relations()
    there = Presence({name: frozenset(spec.columns) for name, spec in profile.tables.items()})
    tables = {name: _empty(spec) for name, spec in profile.tables.items()}
    ground = Ground(profile, there, tables, Context(last_instant(date(2000, 1, 1)), relations), "check")
    errors: dict[str, KnowledgeError] = {}
    for block in profile.blocks:
        for error in _errors(block, ground):
            errors.setdefault(str(error), error)
    for name, spec in profile.tables.items():
        for column in _named(spec):
            if column not in spec.columns:
                error = KnowledgeError(f"The table {name} has no column {column!r}.", where=profile.file)
                errors.setdefault(str(error), error)
    return tuple(errors.values())


def _named(spec: TableSpec) -> Iterator[str]:
    """The columns that other parts of a table's description name."""
    if spec.attributes is not None:
        yield spec.attributes.by
    if spec.each_member is not None:
        yield from (*spec.each_member.names, spec.each_member.value)
    yield from (column.country_in for column in spec.columns.values() if column.country_in)


def _errors(block: Block, ground: Ground) -> list[KnowledgeError]:
    relation = ground.context.relations[block.relation]
    errors: list[KnowledgeError] = []
    bare = replace(block, fields={})
    try:
        whole = plan(block, ground.profile, ground.there, relation, None)
        rows_of(Plan(bare, deleted=whole.deleted), relation, ground)
    except KnowledgeError as error:
        return [error]
    for name, parts in whole.fields.items():
        try:
            rows_of(Plan(block, {name: parts}), relation, ground)
        except KnowledgeError as error:
            errors.append(error)
    return errors


def _empty(spec: TableSpec) -> sa.FromClause:
    names: Mapping[str, None] = dict.fromkeys(
        column.name + suffix for column in spec.columns.values() for suffix, _ in stage_columns(column.type.spec.type)
    )
    return sa.table(spec.name, sa.column(ROW), *(sa.column(name) for name in names))
