"""SQL Server, Oracle, Snowflake, BigQuery, Redshift and Databricks: by SQLAlchemy's own catalogue and cursors.

Their drivers give Python objects, which become text here. None of them is at hand in our tests: the statements are
tested as each dialect writes them, not against a server. A snapshot is asked for where the engine has one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from auditor.errors import NoSourceError
from auditor.model import ColumnInfo, Skipped, TableInfo
from auditor.sources.cells import Cell, any_column
from auditor.sources.database import Found, engine_for, place_of
from auditor.sources.urls import Target

_LOST = "The server refused to read this, or the connection was lost."
_SNAPSHOT = {
    "mssql": sa.text("SET TRANSACTION ISOLATION LEVEL SNAPSHOT"),
    "oracle": sa.text("SET TRANSACTION READ ONLY"),
}
"""Engines in which one statement makes all reads of a transaction see the same rows."""
_ENCRYPTED = {"mssql": {"Encrypt": "yes", "TrustServerCertificate": "no"}}


def connect(target: Target, secret: str | None) -> sa.Engine:
    """See Reader. The driver's own defaults verify TLS; none of its options can be set by the URL."""
    if target.sslmode or target.sslrootcert:
        raise NoSourceError(
            "?sslmode= and ?sslrootcert= are for PostgreSQL, MariaDB and MySQL.", where=target.location,
            do="Leave them out: connections to this engine are always encrypted.",
        )  # fmt: skip
    url = sa.URL.create(
        target.driver.dialect, target.user or None, secret, target.host or None, target.port, target.database or None,
        query={**target.more, **_ENCRYPTED.get(target.driver.kind, {})},
    )  # fmt: skip
    return engine_for(target, url=url)


def begin(connection: sa.Connection, target: Target) -> None:
    """See Reader."""
    if target.driver.kind in _SNAPSHOT:
        connection.execute(_SNAPSHOT[target.driver.kind])


def start(connection: sa.Connection, query: sa.Select[Any]) -> sa.CursorResult[Any]:
    """See Reader."""
    return connection.execute(query)


def fetch(running: sa.CursorResult[Any], rows: int, cells: Sequence[Cell]) -> list[pa.Array]:  # noqa: ARG001
    """See Reader."""
    return [any_column(column) for column in zip(*running.fetchmany(rows), strict=True)]


def look(connection: sa.Connection, target: Target, name: str) -> Found:
    """See Reader."""
    inspector = sa.inspect(connection)
    tables, places = [], {}
    for table in inspector.get_table_names():
        keys = set(inspector.get_pk_constraint(table).get("constrained_columns") or ())
        points = {
            column: f"{foreign['referred_table']}.{other}"
            for foreign in inspector.get_foreign_keys(table)
            for column, other in zip(foreign["constrained_columns"], foreign["referred_columns"], strict=False)
        }
        columns = tuple(
            ColumnInfo(
                str(column["name"]),
                type=_type(column["type"]),
                comment=str(column.get("comment") or ""),
                nullable=bool(column.get("nullable", True)),
                primary_key=column["name"] in keys,
                references=points.get(column["name"], ""),
            )
            for column in inspector.get_columns(table)
        )
        tables.append(TableInfo(table, columns))
        places[table] = place_of(table)
    skipped = tuple(
        Skipped(f"{name}.{view}", "A view is not read unless it is named: reading it runs its query.", gap=False)
        for view in inspector.get_view_names()
    )
    notes = ["It is not known here whether our account may write; give the audit one that may only read."]
    if target.driver.kind not in _SNAPSHOT:
        notes.append("This engine has no snapshot of several tables: each is read as it is by then.")
    return Found(target.driver.kind, tuple(tables), places, skipped=skipped, notes=tuple(notes))


def _type(kind: object) -> str:
    return type(kind).__name__.lower()


def protect(connection: sa.Connection, step: str) -> None:
    """See Reader."""


def cancel(connection: sa.Connection, session: object) -> None:
    """See Reader. The connection is given up, and the server ends the statement."""


def drop(raw: object) -> None:
    """See Reader."""


def failure(error: BaseException) -> tuple[str, str, bool]:  # noqa: ARG001
    """See Reader. Which of the two it is, the drivers say in too many ways."""
    return _LOST, "Check the account's rights, and run the audit again.", True
