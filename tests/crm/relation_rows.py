"""Rows of canonical relations for tests: what is not named is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable, DropTable

from auditor.relations import load_relations
from auditor.tables import END, GIVEN, relation_table


def fill(connection: sa.Connection, name: str, rows: Iterable[Mapping[str, Any]] = ()) -> sa.Table:
    """Makes the relation's table anew; a time may be one instant or a pair of bounds."""
    table = relation_table(load_relations()[name])
    connection.execute(DropTable(table, if_exists=True))
    connection.execute(CreateTable(table))
    for number, row in enumerate(rows, 1):
        values: dict[str, Any] = {"source": "crm", "row_id": number, "deleted": False}
        values |= {column.name: False for column in table.c if column.name.endswith(GIVEN)}
        for key, value in row.items():
            if isinstance(value, tuple):
                values[key], values[key + END] = value
            else:
                values[key] = value
                if key + END in table.c:
                    values[key + END] = value
            if key + GIVEN in table.c:
                values[key + GIVEN] = True
        connection.execute(sa.insert(table).values(values))
    return table
