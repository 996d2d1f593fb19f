"""What all sources share while they are bound, and the two steps by which rows get into a relation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from auditor.crm.blocks import Ground, rows_of
from auditor.crm.catalogue import Mapped
from auditor.crm.filling import Filled
from auditor.crm.planning import Plan
from auditor.language import Context
from auditor.model import BoundRelation, Skipped
from auditor.relations import Relations
from auditor.settle import Settler
from auditor.stage import Stage, stage_errors

Needs = Mapping[str, frozenset[str]]


@dataclass(slots=True)
class Work:
    """What all sources share while they are bound."""

    stage: Stage
    tables: Mapping[str, sa.Table]
    relations: Relations
    settler: Settler
    context: Context
    needs: Needs | None
    rows: dict[str, int] = field(default_factory=dict)
    bound: list[BoundRelation] = field(default_factory=list)
    failures: list[Skipped] = field(default_factory=list)
    mapped: dict[str, Mapped] = field(default_factory=dict)
    read: dict[tuple[str, str], int] = field(default_factory=dict)
    """Rows that were staged of each table, by source and table."""
    homes: dict[str, str] = field(default_factory=dict)
    """Places of registers, and the source each is about."""

    def filled(self) -> Filled:
        """What the relations hold from now on."""
        return Filled(self.stage.connection, self.tables)


def insert(entry: Plan, ground: Ground, work: Work) -> bool:
    """Adds a block's rows; false if there are none."""
    relation = work.relations[entry.block.relation]
    table = work.tables[relation.name]
    rows = rows_of(entry, relation, ground).subquery()
    start = work.rows.get(relation.name, 0)
    number = sa.cast(sa.func.row_number().over(), sa.BigInteger()) + sa.literal(start, sa.BigInteger())
    select = sa.select(*(number if c.name == "row_id" else rows.c[c.name] for c in table.columns))
    with stage_errors(where=relation.name):
        added = work.stage.connection.execute(sa.insert(table).from_select(list(table.columns), select)).rowcount
    work.rows[relation.name] = start + added
    return added > 0


def make_keys_unique(work: Work, relation: str, source: str) -> None:
    """A key that comes a second time in one source gets a number, so that no row hides or multiplies another."""
    table = work.tables[relation]
    here = sa.select(sa.func.count(table.c.key), sa.func.count(table.c.key.distinct())).where(table.c.source == source)
    keys, distinct = work.stage.connection.execute(here).one()
    if keys == distinct:
        return
    number = sa.func.row_number().over(partition_by=table.c.key, order_by=table.c.row_id).label("number")
    ranked = sa.select(table.c.row_id, number).where(table.c.source == source, table.c.key.is_not(None)).subquery()
    change = (
        sa.update(table)
        .values(key=table.c.key.concat("#").concat(sa.cast(ranked.c.number, sa.String())))
        .where(table.c.row_id == ranked.c.row_id, ranked.c.number > 1)
    )
    with stage_errors(where=relation):
        work.stage.connection.execute(change)
