"""MariaDB and MySQL: every value is taken as the bytes that the server writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pymysql
import sqlalchemy as sa
from pymysql.converters import conversions
from pymysql.cursors import SSCursor

from auditor.model import ColumnInfo, Skipped, TableInfo
from auditor.sources.cells import Cell, columns_of
from auditor.sources.database import CONNECT_SECONDS, LOCK_SECONDS, Found, engine_for, place_of
from auditor.sources.urls import Target, tls_context
from auditor.sources.wire import mysql_columns

_IDLE_SECONDS = 3600
"""How long the snapshot may lie unused, while texts are read for names; the server's own limit is often shorter."""
_ENCODERS: dict[Any, Any] = {kind: encode for kind, encode in conversions.items() if not isinstance(kind, int)}
"""Without decoders: numbers and dates stay as the server writes them, 0000-00-00 too."""
_CELLS = {"bit": Cell.BITS, "timestamp": Cell.INSTANT}
_TABLES = ("BASE TABLE", "SYSTEM VERSIONED")
_ELSEWHERE = frozenset({"FEDERATED", "CONNECT", "SPIDER", "S3"})
_TRANSACTIONAL = frozenset({"InnoDB", "ROCKSDB", "TokuDB"})
_WRITING = frozenset({"INSERT", "UPDATE", "DELETE", "DROP", "ALTER", "CREATE"})
_POWERFUL = frozenset({"SUPER", "FILE", "CREATE USER", "GRANT OPTION", "SYSTEM_USER"})
_LOST = ("The connection to the server was lost.", "Run the audit again.", True)
_TOO_LONG = ("The server ended the reading: it took too long or was cancelled.", "Raise ?time_limit=.", False)
_REFUSED = ("The server does not accept this account or its password.", "Check the user and ~/.my.cnf.", True)
_NO_DATABASE = ("There is no such database, or the account may not use it.", "Check the name and the rights.", True)
_NO_RIGHT = ("The account has no right to read this.", "Grant it SELECT on the table.", False)
_FULL = ("The server has no connection left.", "Try again later.", True)
_REASONS: Mapping[int, tuple[str, str, bool]] = {
    1045: _REFUSED, 1698: _REFUSED, 1044: _NO_DATABASE, 1049: _NO_DATABASE, 1142: _NO_RIGHT, 1143: _NO_RIGHT,
    1040: _FULL, 1203: _FULL, 1226: _FULL, 1317: _TOO_LONG, 1969: _TOO_LONG, 3024: _TOO_LONG,
    1205: ("The table is locked by another program.", "Run the audit at a quieter hour, or audit a copy.", False),
    1146: ("The table is no longer there.", "Run the audit again.", False),
    1153: ("A row is larger than the driver can take.", "Audit a copy without it.", True),
    2002: ("The server cannot be reached.", "Check host and port, and whether it is running.", True),
    2003: ("The server cannot be reached.", "Check host and port, and whether it is running.", True),
    2026: (
        "No verified TLS connection can be made to the server.",
        "Name its authority by ?sslrootcert=FILE; ?sslmode=disable goes without, in the open.",
        True,
    ),
}  # fmt: skip


def connect(target: Target, secret: str | None) -> sa.Engine:
    """See Reader."""
    context = tls_context(target)
    limit = int(target.time_limit) + LOCK_SECONDS

    def creator() -> Any:
        return pymysql.connect(
            user=target.user,
            password=secret or "",
            database=target.database,
            host=target.host or "localhost",
            port=target.port or 3306,
            unix_socket=target.socket or None,
            ssl=context,
            ssl_disabled=context is None,
            charset="utf8mb4",
            local_infile=False,
            autocommit=None,
            conv=_ENCODERS,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=limit,
            write_timeout=limit,
            program_name="auditor",
        )

    return engine_for(target, creator=creator, isolation_level="AUTOCOMMIT")


def begin(connection: sa.Connection, target: Target) -> None:
    """See Reader. An empty sql_mode reads dates and blanks as they are."""
    maria = is_mariadb(connection)
    settings: dict[str, object] = {
        "sql_mode": "",
        "time_zone": "+00:00",
        "lock_wait_timeout": LOCK_SECONDS,
        "innodb_lock_wait_timeout": LOCK_SECONDS,
        # The server must wait while we work on what it sent.
        "net_write_timeout": _IDLE_SECONDS,
        "wait_timeout": _IDLE_SECONDS,
    }
    if maria:
        settings["idle_transaction_timeout"] = _IDLE_SECONDS
        settings["idle_readonly_transaction_timeout"] = _IDLE_SECONDS
    for name, value in settings.items():
        connection.execute(_SETTING[name], {"value": value})
    # The server's clock runs while we work on what it sent; ours, which does not, is the one that matters.
    limit = target.time_limit * 10
    connection.execute(_MARIADB_LIMIT if maria else _MYSQL_LIMIT, {"value": limit if maria else int(limit * 1000)})
    connection.execute(sa.text("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
    connection.execute(sa.text("SET SESSION TRANSACTION READ ONLY"))
    connection.execute(sa.text("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"))


_SETTING = {
    "sql_mode": sa.text("SET SESSION sql_mode = :value"),
    "time_zone": sa.text("SET SESSION time_zone = :value"),
    "lock_wait_timeout": sa.text("SET SESSION lock_wait_timeout = :value"),
    "innodb_lock_wait_timeout": sa.text("SET SESSION innodb_lock_wait_timeout = :value"),
    "net_write_timeout": sa.text("SET SESSION net_write_timeout = :value"),
    "wait_timeout": sa.text("SET SESSION wait_timeout = :value"),
    "idle_transaction_timeout": sa.text("SET SESSION idle_transaction_timeout = :value"),
    "idle_readonly_transaction_timeout": sa.text("SET SESSION idle_readonly_transaction_timeout = :value"),
}
_MARIADB_LIMIT = sa.text("SET SESSION max_statement_time = :value")
_MYSQL_LIMIT = sa.text("SET SESSION max_execution_time = :value")


def is_mariadb(connection: sa.Connection) -> bool:
    """Whether it is MariaDB rather than MySQL, as SQLAlchemy found out when it connected."""
    return bool(getattr(connection.dialect, "is_mariadb", False))


def protect(connection: sa.Connection, step: str) -> None:
    """See Reader. An error ends only its own statement here."""


def start(connection: sa.Connection, query: sa.Select[Any]) -> Any:
    """See Reader."""
    raw: Any = connection.connection.dbapi_connection
    cursor: Any = SSCursor(raw)
    cursor.execute(str(query.compile(dialect=connection.dialect)), ())
    cursor._result._read_row_from_packet = _as_sent
    return cursor


def fetch(running: SSCursor, rows: int, cells: Sequence[Cell]) -> list[pa.Array]:
    """See Reader. The driver hands over the rows as they were sent."""
    found: Sequence[Any] = running.fetchmany(rows)
    return columns_of(mysql_columns(found, len(cells)), cells) if found else []


def _as_sent(packet: Any) -> bytes:
    body: bytes = packet.get_all_data()
    return body


def cancel(connection: sa.Connection, session: object) -> None:
    """See Reader."""
    connection.execute(sa.text("KILL QUERY :session"), {"session": int(str(session))})


def drop(raw: object) -> None:
    """See Reader. The driver reads every row that is left, whenever a result is let go of."""
    result: Any = getattr(raw, "_result", None)
    if result is not None:
        result.unbuffered_active = False
        result.connection = None


def failure(error: BaseException) -> tuple[str, str, bool]:
    """See Reader."""
    code = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    if code == 2003 and "certificate" in str(error).lower():
        return _REASONS[2026]
    if code in _REASONS:
        return _REASONS[code]
    if code >= 3000 or 1000 <= code < 2000:
        return f"The server refused to read this (error {code}).", "Ask its administrator, or audit a copy.", False
    if isinstance(error, RuntimeError) and "cryptography" in str(error):
        return "The account's password can only be sent over TLS.", "Connect with ?sslmode=verify-full.", True
    return _LOST


def look(connection: sa.Connection, target: Target, name: str) -> Found:
    """See Reader."""
    listed = _catalogue("TABLES", "TABLE_SCHEMA", "TABLE_NAME", "TABLE_TYPE", "ENGINE")
    query = sa.select(listed.c.TABLE_NAME, listed.c.TABLE_TYPE, listed.c.ENGINE)
    query = query.where(listed.c["TABLE_SCHEMA"] == target.database).order_by(listed.c.TABLE_NAME)
    columns = _columns(connection, target.database)
    tables, places, cells = [], {}, {}
    skipped: list[Skipped] = []
    for table, kind, engine in connection.execute(query).all():
        named = table in target.include
        if reason := _left_out(kind, engine, named):
            skipped.append(Skipped(f"{name}.{table}", reason[0], gap=reason[1]))
            continue
        if kind == "SEQUENCE":
            continue
        own = columns.get(table, [])
        readable = [info for info, _, granted in own if granted]
        if not readable:
            skipped.append(Skipped(f"{name}.{table}", "Our account has no right to read this table.", gap=True))
            continue
        skipped += [
            Skipped(f"{name}.{table}.{info.name}", "Our account has no right to read this column.", gap=True)
            for info, _, granted in own
            if not granted
        ]
        shape = "view" if kind == "VIEW" else "table"
        tables.append(TableInfo(table, tuple(readable), kind=shape, notes=_remarks(kind, engine)))
        places[table] = place_of(table)
        cells[table] = {info.name: cell for info, cell, _ in own}
    session = connection.execute(sa.select(sa.func.connection_id())).scalar_one()
    notes = _power(connection, target.database)
    raw: Any = connection.connection.dbapi_connection
    raw.use_unicode = False  # from here on, rows are bytes: what is no UTF-8 must not stop a read
    kind = "mariadb" if is_mariadb(connection) else "mysql"
    return Found(kind, tuple(tables), places, cells=cells, skipped=tuple(skipped), notes=notes, session=session)


def _remarks(kind: str, engine: str | None) -> tuple[str, ...]:
    if kind == "VIEW" or engine in _TRANSACTIONAL:
        return ()
    return (f"Its engine, {engine}, has no snapshots: it is read as it is by then.",)


def _left_out(kind: str, engine: str | None, named: bool) -> tuple[str, bool] | None:
    if named or kind == "SEQUENCE":
        return None
    if kind == "VIEW":
        return "A view is not read unless it is named: reading it runs its query.", False
    if engine is None:
        return "The server itself cannot open this table.", True
    if engine.upper() in _ELSEWHERE:
        return "A table of another server is not read unless it is named.", True
    return None if kind in _TABLES else ("This is no table of its own.", False)


def _columns(connection: sa.Connection, database: str) -> dict[str, list[tuple[ColumnInfo, Cell, bool]]]:
    """Per table: each column, how its cells are written, and whether it may be read."""
    listed = _catalogue(
        "COLUMNS", "TABLE_SCHEMA", "TABLE_NAME", "COLUMN_NAME", "ORDINAL_POSITION", "DATA_TYPE", "COLUMN_TYPE",
        "IS_NULLABLE", "COLUMN_KEY", "COLUMN_COMMENT", "PRIVILEGES",
    )  # fmt: skip
    query = sa.select(*(column for column in listed.c if column.name != "TABLE_SCHEMA"))
    query = query.where(listed.c["TABLE_SCHEMA"] == database).order_by(listed.c.TABLE_NAME, listed.c.ORDINAL_POSITION)
    references = _references(connection, database)
    columns: dict[str, list[tuple[ColumnInfo, Cell, bool]]] = defaultdict(list)
    for table, name, _, data, kind, nullable, key, comment, privileges in connection.execute(query):
        info = ColumnInfo(
            name, _text(kind), _text(comment), nullable == "YES", key == "PRI", references.get((table, name), "")
        )  # fmt: skip
        columns[table].append((info, _CELLS.get(_text(data), Cell.TEXT), "select" in _text(privileges)))
    return columns


def _references(connection: sa.Connection, database: str) -> dict[tuple[str, str], str]:
    use = _catalogue(
        "KEY_COLUMN_USAGE", "TABLE_SCHEMA", "TABLE_NAME", "COLUMN_NAME", "REFERENCED_TABLE_NAME",
        "REFERENCED_COLUMN_NAME",
    )  # fmt: skip
    query = sa.select(*(column for column in use.c if column.name != "TABLE_SCHEMA")).where(
        use.c["TABLE_SCHEMA"] == database, use.c.REFERENCED_TABLE_NAME.is_not(None)
    )
    return {(table, column): f"{other}.{key}" for table, column, other, key in connection.execute(query)}


def _power(connection: sa.Connection, database: str) -> tuple[str, ...]:
    """What our account could do beyond reading; the catalogue shows an account only its own rights."""
    found: set[str] = set()
    for name in ("USER_PRIVILEGES", "SCHEMA_PRIVILEGES", "TABLE_PRIVILEGES"):
        columns = ("PRIVILEGE_TYPE",) if name == "USER_PRIVILEGES" else ("PRIVILEGE_TYPE", "TABLE_SCHEMA")
        listed = _catalogue(name, *columns)
        query = sa.select(listed.c.PRIVILEGE_TYPE)
        if "TABLE_SCHEMA" in columns:
            query = query.where(listed.c["TABLE_SCHEMA"] == database)
        found |= {_text(row[0]).upper() for row in connection.execute(query)}
    if found & _POWERFUL:
        return ("Our account may administer the server; give the audit one that may only read.",)
    if found & _WRITING:
        return ("Our account may write to this database; give the audit one that may only read.",)
    return ()


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")


def _catalogue(table: str, *columns: str) -> sa.TableClause:
    return sa.table(table, *(sa.column(name) for name in columns), schema="information_schema")
