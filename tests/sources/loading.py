"""The rows of a SQLite file in a server, column for column."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from tests.servers import Server


def load(server: Server, path: Path) -> None:
    """Makes the tables of a SQLite file anew in the server and fills them."""
    metadata = sa.MetaData()
    with closing(sqlite3.connect(path)) as connection, server.engine().connect() as target:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            described = connection.execute("SELECT name, type, pk FROM pragma_table_info(?)", (name,)).fetchall()
            columns = [
                sa.Column(column, _type(kind, bool(key)), primary_key=bool(key), autoincrement=False, nullable=not key)
                for column, kind, key in described
            ]
            table = sa.Table(name, metadata, *columns)
            table.drop(target, checkfirst=True)
            table.create(target)
            rows = [dict(zip((c.name for c in columns), row, strict=True)) for row in _rows(connection, name)]
            for start in range(0, len(rows), 500):
                target.execute(sa.insert(table).values(rows[start : start + 500]))


def _rows(connection: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    return connection.execute(f'SELECT * FROM "{table}"').fetchall()


def _type(kind: str, key: bool) -> sa.BigInteger | sa.String:
    if kind == "INTEGER":
        return sa.BigInteger()
    return sa.String(100) if key else sa.Text()
