"""The same rows in a SQLite file, PostgreSQL, MariaDB, a zip, and folders of CSV, JSON, Parquet and Excel."""

from __future__ import annotations

import csv
import json
import sqlite3
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa
import xlsxwriter
from sqlalchemy.dialects import mysql

from tests.sameness.crm import DAY, DECIMAL, STAMP, TABLES, TEXT, TRUTH, WHOLE, ZONED, Database, columns, declared
from tests.servers import DATABASE, READER, Server

Write = Callable[[Any, str], Any]


def _rows(database: Database, table: str, write: Write) -> list[dict[str, Any]]:
    names = columns(table)
    return [{name: write(row[name].raw, declared(table, name)) for name in names} for row in database[table]]


def _as_text(value: Any, kind: str) -> Any:
    """As files without types have it: every program in its own way."""
    match value:
        case bool():
            return "t" if value else "f"
        case datetime() if kind == ZONED:
            return value.astimezone(timezone(timedelta(hours=2))).isoformat()
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return str(value)
    return value


def to_csv(database: Database, folder: Path) -> str:
    folder.mkdir()
    for table in TABLES:
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns(table))
            writer.writeheader()
            writer.writerows(_rows(database, table, _as_text))
    return str(folder)


def to_json(database: Database, folder: Path) -> str:
    """An array of objects, or an object per line; a table without rows has no file, for it would have no columns."""

    def write(value: Any, kind: str) -> Any:
        if kind in (TRUTH, WHOLE):
            return value
        return float(value) if isinstance(value, Decimal) else _as_text(value, kind)

    folder.mkdir()
    for number, table in enumerate(TABLES):
        rows = _rows(database, table, write)
        text = json.dumps(rows, ensure_ascii=bool(number % 3)) if number % 2 else "\n".join(map(json.dumps, rows))
        if rows:
            (folder / f"{table}.json").write_text(text, encoding="utf-8")
    return str(folder)


_ARROW: Mapping[str, pa.DataType] = {
    TEXT: pa.string(), TRUTH: pa.bool_(), STAMP: pa.timestamp("us"), ZONED: pa.timestamp("us", "America/New_York"),
    DAY: pa.date32(), DECIMAL: pa.decimal128(20, 4), WHOLE: pa.int64(),
}  # fmt: skip


def to_parquet(database: Database, folder: Path) -> str:
    folder.mkdir()
    for table in TABLES:
        schema = pa.schema([(name, _ARROW[declared(table, name)]) for name in columns(table)])
        rows = _rows(database, table, lambda value, _: value)
        pq.write_table(pa.Table.from_pylist(rows, schema), folder / f"{table}.parquet")
    return str(folder)


_SHOWN: Mapping[str, str] = {DAY: "yyyy-mm-dd", STAMP: "yyyy-mm-dd hh:mm:ss"}
_EXACT = 10**15
"""Whole numbers up to here fit into a cell; times before 1900 and parts of thousandths do not, and are texts."""


def _to_cell(page: Any, place: tuple[int, int], value: Any, kind: str, shown: Mapping[str, Any]) -> None:
    """As a workbook has it: days and times are numbers with a format where they can be."""
    match value:
        case None | "":
            return
        case bool():
            page.write_boolean(*place, value)
        case int() if abs(value) < _EXACT:
            page.write_number(*place, value)
        case datetime() if kind == STAMP and value.year >= 1901 and not value.microsecond:
            page.write_datetime(*place, value, shown[kind])
        case date() if kind == DAY and value.year >= 1901:
            page.write_datetime(*place, value, shown[kind])
        case _:
            page.write_string(*place, str(_as_text(value, kind)))


def to_workbook(database: Database, folder: Path) -> str:
    """A workbook of several sheets would name its tables after itself: here each table has one of its own."""
    folder.mkdir()
    for table in TABLES:
        with xlsxwriter.Workbook(folder / f"{table}.xlsx") as book:
            page = book.add_worksheet(table[:31])
            shown = {kind: book.add_format({"num_format": code}) for kind, code in _SHOWN.items()}
            page.write_row(0, 0, columns(table))
            for number, row in enumerate(_rows(database, table, lambda value, _: value), 1):
                for place, (name, value) in enumerate(row.items()):
                    _to_cell(page, (number, place), value, declared(table, name), shown)
    return str(folder)


def to_zip(database: Database, path: Path) -> str:
    to_csv(database, path.with_suffix(".folder"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(path.with_suffix(".folder").iterdir()):
            archive.write(file, file.name)
    return str(path)


def to_sqlite(database: Database, path: Path) -> str:
    """SQLite types values, not columns: truths are 0 and 1, decimals are floats, times are texts."""

    def write(value: Any, kind: str) -> Any:
        match value:
            case bool():
                return int(value)
            case Decimal():
                return float(value)
            case datetime() if kind == STAMP:
                return value.isoformat(" ")
        return value.isoformat() if isinstance(value, date) else value

    kinds = {TRUTH: "BOOLEAN", DECIMAL: "DECIMAL(20, 4)", WHOLE: "INTEGER"}
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in TABLES:
            listed = ", ".join(f"{name} {kinds.get(declared(table, name), 'TEXT')}" for name in columns(table))
            connection.execute(f"CREATE TABLE {table} ({listed})")
            marks = ", ".join("?" for _ in columns(table))
            rows = [list(row.values()) for row in _rows(database, table, write)]
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
    return str(path)


class Databases:
    """As many databases of one server as a batch needs; their tables are made once and filled anew."""

    def __init__(self, server: Server, count: int) -> None:
        self.server, self.names = server, [f"same{number}" for number in range(count)]
        self.connections: list[sa.Connection] = []
        metadata = sa.MetaData()
        for table in TABLES:
            listed = [sa.Column(name, self._type(declared(table, name)), nullable=True) for name in columns(table)]
            sa.Table(table, metadata, *listed)
        self.tables = metadata.tables
        for name in self.names:
            server.run(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}{self._encoding}")
            connection = server.engine(database=name).connect()
            self.connections.append(connection)
            if server.kind == "postgresql":
                grant = f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {READER}"
                connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {READER}")
                connection.exec_driver_sql(grant)
            else:
                connection.exec_driver_sql(f"GRANT SELECT ON {name}.* TO {READER}@'127.0.0.1'")
                connection.exec_driver_sql("SET time_zone = '+00:00'")
            metadata.create_all(connection)

    @property
    def _encoding(self) -> str:
        return "" if self.server.kind == "postgresql" else " CHARACTER SET utf8mb4"

    def _type(self, kind: str) -> sa.types.TypeEngine[Any]:
        maria = self.server.kind == "mariadb"
        match kind:
            case "stamp":
                return mysql.DATETIME(fsp=6) if maria else sa.DateTime()
            case "zoned":
                return mysql.TIMESTAMP(fsp=6) if maria else sa.DateTime(timezone=True)
            case "truth":
                return sa.Boolean()
            case "day":
                return sa.Date()
            case "decimal":
                return sa.Numeric(20, 4)
            case "whole":
                return sa.BigInteger()
        return sa.Text()

    def fill(self, number: int, database: Database) -> str:
        """Puts the rows of a database into one of those; gives its URL."""

        def write(value: Any, kind: str) -> Any:
            zoned = kind == ZONED and self.server.kind == "mariadb" and value is not None
            return value.astimezone(UTC).replace(tzinfo=None) if zoned else value

        connection = self.connections[number]
        for name, table in self.tables.items():
            connection.execute(sa.delete(table))
            if rows := _rows(database, name, write):
                connection.execute(sa.insert(table).values(rows))
        return self.server.url.removesuffix(DATABASE) + self.names[number]

    def close(self) -> None:
        """Lets go of the server and drops what was made."""
        for connection in self.connections:
            connection.close()
        self.server.run(*(f"DROP DATABASE {name}" for name in self.names))


FILES: Mapping[str, Callable[[Database, Path], str]] = {
    "sqlite": to_sqlite, "csv": to_csv, "json": to_json, "parquet": to_parquet,
    "workbook": to_workbook, "zip": to_zip,
}  # fmt: skip
"""Kinds of source that need no server."""


def write_all(
    databases: Sequence[Database], folder: Path, servers: Sequence[Databases], files: Iterable[str] = FILES
) -> dict[str, list[str]]:
    """Where each of the databases lies, by kind of source."""
    found = {
        kind: [FILES[kind](database, folder / f"{n}.{kind}") for n, database in enumerate(databases)] for kind in files
    }
    for held in servers:
        found[held.server.kind] = [held.fill(n, database) for n, database in enumerate(databases)]
    return found
