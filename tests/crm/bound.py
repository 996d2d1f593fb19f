"""A source bound in a stage, for tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from auditor.crm.binding import bind
from auditor.model import Binding, BoundRelation, Inventory
from auditor.policy import Policy
from auditor.relations import load_relations
from auditor.sources import open_source
from auditor.stage import memory_stage
from auditor.tables import relation_table

KEY = b"a key for tests only, 32 bytes.."


@dataclass(frozen=True, slots=True)
class Bound:
    """What came of binding."""

    binding: Binding
    connection: sa.Connection

    def rel(self, name: str) -> sa.Table:
        """A relation's table."""
        return relation_table(load_relations()[name])

    def relation(self, name: str) -> BoundRelation:
        """A relation of the first source."""
        return next(r for r in self.binding.relations if r.relation == name)

    def rows(self, name: str) -> list[dict[str, Any]]:
        """A relation's rows by key."""
        table = self.rel(name)
        order = (table.c.source, table.c.key, table.c.row_id)
        return [dict(row._mapping) for row in self.connection.execute(sa.select(table).order_by(*order))]

    def count(self, *conditions: sa.ColumnElement[bool], of: sa.FromClause) -> int:
        """How many rows fulfil conditions."""
        return self.connection.execute(sa.select(sa.func.count()).select_from(of).where(*conditions)).scalar_one()


@contextmanager
def bound(
    *specs: str | Path,
    as_of: str = "2024-12-31",
    policy: Policy | None = None,
    needs: Mapping[str, frozenset[str]] | None = None,
    profile: str | None = None,
    inventory: Inventory | None = None,
) -> Iterator[Bound]:
    """Sources bound in a stage in memory."""
    sources = [open_source(str(spec)) for spec in specs]
    try:
        with memory_stage() as stage:
            binding = bind(
                sources, inventory or Inventory(()), stage, policy=policy or Policy(), as_of=date.fromisoformat(as_of),
                key=KEY, needs=needs, profile=profile,
            )  # fmt: skip
            yield Bound(binding, stage.connection)
    finally:
        for source in sources:
            source.close()
