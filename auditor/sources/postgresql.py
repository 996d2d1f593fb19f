"""PostgreSQL: every value is taken as the server writes it, nothing is converted twice."""

from __future__ import annotations

import socket
import ssl
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pg8000.dbapi
import pyarrow as pa
import sqlalchemy as sa
from pg8000.core import DATA_ROW

from auditor.model import ColumnInfo, Skipped, TableInfo
from auditor.sources.cells import Cell, columns_of
from auditor.sources.database import CONNECT_SECONDS, LOCK_SECONDS, Found, engine_for, place_of
from auditor.sources.urls import Target, tls_context
from auditor.sources.wire import postgresql_columns

_PORT = 5432
_IDLE_SECONDS = 3600
"""How long the snapshot may lie unused, while texts are read for names; the server's own limit is often shorter."""
_DEFAULT = "public"
_READ = "auditor_read"
"""The cursor and the savepoint of a read."""
_BROKEN = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)
"""A connection that was there, unlike one that was refused."""
_CELLS = {"bool": Cell.BOOLEAN, "bytea": Cell.HEX, "bpchar": Cell.PADDED}
_SYSTEM = ("pg_catalog", "information_schema", "pg_toast")
_OTHERS = {
    "v": ("A view is not read unless it is named: reading it runs its query.", False),
    "m": ("A materialized view is not read unless it is named: it repeats other tables.", False),
    "f": ("A foreign table is not read unless it is named: its rows lie on another server.", True),
}
_POLICY = "Row-level security hides rows of this table from our account, and reading it would run its policies."
_REASONS: Mapping[str, tuple[str, str, bool]] = {
    "28": (
        "The server does not accept this account or its password.",
        "Check the user, ~/.pgpass and pg_hba.conf.",
        True,
    ),
    "3D": ("There is no such database on the server.", "Check the name at the end of the URL.", True),
    "42501": ("The account has no right to read this.", "Grant it SELECT on the table.", False),
    "42P01": ("The table is no longer there.", "Run the audit again.", False),
    "55P03": ("The table is locked by another program.", "Run the audit at a quieter hour, or audit a copy.", False),
    "57014": ("The server ended the reading: it took too long or was cancelled.", "Raise ?time_limit=.", False),
    "53300": ("The server has no connection left.", "Try again later.", True),
    "57P": ("The server ended the connection.", "Run the audit again.", True),
    "25P03": ("The server ended the connection, as it was idle for too long.", "Run the audit again.", True),
    "08": ("The connection to the server was lost.", "Run the audit again.", True),
}


def connect(target: Target, secret: str | None) -> sa.Engine:
    """See Reader. What the session may do is agreed on when it starts, before any statement."""
    context = tls_context(target)
    limit = str(int(target.time_limit * 1000))
    settings = {
        "default_transaction_read_only": "on",
        "statement_timeout": limit,
        "lock_timeout": f"{LOCK_SECONDS * 1000}",
        "idle_in_transaction_session_timeout": f"{_IDLE_SECONDS * 1000}",
        "row_security": "on" if target.include else "off",
        "search_path": "pg_catalog",
        "DateStyle": "ISO, YMD",
        "IntervalStyle": "iso_8601",
        "TimeZone": "UTC",
        "extra_float_digits": "1",
        "bytea_output": "hex",
        "client_encoding": "UTF8",
    }

    def creator() -> pg8000.dbapi.Connection:
        connection = pg8000.dbapi.connect(
            user=target.user,
            password=secret,
            database=target.database,
            host=target.host or "localhost",
            sock=_socket(target),
            ssl_context=context or False,
            application_name="auditor",
            startup_params=settings,
        )
        connection.pg_types = defaultdict(lambda: str)
        return connection

    return engine_for(target, creator=creator, isolation_level="AUTOCOMMIT")


def _socket(target: Target) -> socket.socket:
    port = target.port or _PORT
    if target.socket:
        local = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        local.settimeout(CONNECT_SECONDS)
        local.connect(f"{target.socket}/.s.PGSQL.{port}")
        opened = local
    else:
        opened = socket.create_connection((target.host or "localhost", port), CONNECT_SECONDS)
    opened.settimeout(target.time_limit + LOCK_SECONDS)
    return opened


def begin(connection: sa.Connection, target: Target) -> None:  # noqa: ARG001
    """See Reader. DEFERRABLE would only mean something in a SERIALIZABLE transaction."""
    connection.execute(sa.text("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"))


def protect(connection: sa.Connection, step: str) -> None:
    """See Reader. An error ends a transaction here, unless there is a savepoint."""
    match step:
        case "begin":
            connection.execute(sa.text(f"SAVEPOINT {_READ}"))
        case "undo":
            connection.execute(sa.text(f"ROLLBACK TO SAVEPOINT {_READ}"))
            connection.execute(sa.text(f"RELEASE SAVEPOINT {_READ}"))
        case _:
            connection.execute(sa.text(f"RELEASE SAVEPOINT {_READ}"))


@dataclass(frozen=True, slots=True)
class _Cursor:
    """A cursor on the server."""

    raw: Any
    own: Any

    def fetch(self, rows: int) -> Sequence[bytes]:
        """The messages of the next rows; what the driver makes of the rows of other statements stays its own."""
        decode = self.raw.message_types[DATA_ROW]
        self.raw.message_types[DATA_ROW] = _keep
        try:
            self.own.execute(f"FETCH FORWARD {rows:d} FROM {_READ}")
            messages: Sequence[bytes] = self.own.fetchall()
            return messages
        finally:
            self.raw.message_types[DATA_ROW] = decode

    def close(self) -> None:
        """See Running."""
        self.own.execute(f"CLOSE {_READ}")
        self.own.close()


def start(connection: sa.Connection, query: sa.Select[Any]) -> _Cursor:
    """See Reader."""
    raw: Any = connection.connection.dbapi_connection
    cursor = raw.cursor()
    cursor.execute(f"DECLARE {_READ} NO SCROLL CURSOR FOR {query.compile(dialect=connection.dialect)}")
    return _Cursor(raw, cursor)


def fetch(running: _Cursor, rows: int, cells: Sequence[Cell]) -> list[pa.Array]:
    """See Reader."""
    found = running.fetch(rows)
    return columns_of(postgresql_columns(found, len(cells)), cells) if found else []


def _keep(message: bytes, context: Any) -> None:
    context.rows.append(message)


def cancel(connection: sa.Connection, session: object) -> None:
    """See Reader."""
    connection.execute(sa.select(sa.func.pg_cancel_backend(sa.cast(sa.literal(session), sa.Integer))))


def drop(raw: object) -> None:
    """See Reader."""


def failure(error: BaseException) -> tuple[str, str, bool]:
    """See Reader."""
    first = error.args[0] if error.args else None
    code = str(first.get("C", "")) if isinstance(first, dict) else ""
    for length in (5, 3, 2):
        if code[:length] in _REASONS:
            return _REASONS[code[:length]]
    if code:
        return f"The server refused to read this (SQLSTATE {code}).", "Ask its administrator, or audit a copy.", False
    text = str(error)
    if isinstance(error, ssl.SSLError) or "SSL" in text:
        return (
            "No verified TLS connection can be made to the server.",
            "Name its authority by ?sslrootcert=FILE; ?sslmode=disable goes without, in the open.",
            True,
        )
    if isinstance(error, OSError) and not isinstance(error, _BROKEN):
        return "The server cannot be reached.", "Check host and port, and whether it is running.", True
    if "password" in text.lower() or "authentication" in text.lower():
        return "The server asks for a password.", "Write it into ~/.pgpass, or user:@host to be asked for it.", True
    return "The connection to the server was lost.", "Run the audit again.", True


def look(connection: sa.Connection, target: Target, name: str) -> Found:
    """See Reader."""
    cls = _catalogue("pg_class", "oid", "relname", "relkind", "relispartition", "relhassubclass", "relnamespace")
    space = _catalogue("pg_namespace", "oid", "nspname")
    query = (
        sa.select(
            cls.c.oid, space.c.nspname, cls.c.relname, cls.c.relkind, cls.c.relispartition, cls.c.relhassubclass,
            sa.func.row_security_active(cls.c.oid),
        )
        .select_from(cls.join(space, cls.c.relnamespace == space.c.oid))
        .order_by(space.c.nspname, cls.c.relname)
    )  # fmt: skip
    rows = [
        row for row in connection.execute(query)
        if row[3] in ("r", "p", "v", "m", "f") and row[4] == "f" and not row[1].startswith(("pg_temp_", "pg_toast_"))
        and row[1] not in _SYSTEM
    ]  # fmt: skip
    names = Counter(row[2] for row in rows)
    columns = _columns(connection)
    tables, places, cells, only = [], {}, {}, set()
    skipped: list[Skipped] = []
    for oid, schema, table, kind, _, heirs, hidden in rows:
        shown = table if names[table] == 1 or schema == _DEFAULT else f"{schema}.{table}"
        named = bool({shown, table, f"{schema}.{table}"} & target.include)
        if kind in _OTHERS and not named:
            skipped.append(Skipped(f"{name}.{shown}", *_OTHERS[kind]))
            continue
        if hidden == "t" and not named:
            skipped.append(Skipped(f"{name}.{shown}", _POLICY, gap=True))
            continue
        own = columns.get(oid, [])
        readable = [info for info, _, granted in own if granted]
        if own and not readable:
            skipped.append(Skipped(f"{name}.{shown}", "Our account has no right to read this table.", gap=True))
            continue
        skipped += [
            Skipped(f"{name}.{shown}.{info.name}", "Our account has no right to read this column.", gap=True)
            for info, _, granted in own
            if not granted
        ]
        notes = ("Row policies decide which of its rows our account sees.",) if hidden == "t" else ()
        beside = "" if schema == _DEFAULT else schema  # so that a table is called the same whatever engine it lies in
        tables.append(TableInfo(shown, tuple(readable), beside, "view" if kind in "vm" else "table", notes=notes))
        places[shown] = place_of(table, schema)
        cells[shown] = {info.name: cell for info, cell, _ in own}
        if heirs == "t" and kind == "r":
            only.add(shown)
    me = connection.execute(sa.select(sa.func.pg_backend_pid())).scalar_one()
    power = _power(connection, rows)
    return Found(
        "postgresql", tuple(tables), places, frozenset(only), cells, tuple(skipped), power, session=me
    )  # fmt: skip


def _columns(connection: sa.Connection) -> dict[str, list[tuple[ColumnInfo, Cell, bool]]]:
    """Per table: each column, how its cells are written, and whether it may be read."""
    att = _catalogue(
        "pg_attribute", "attrelid", "attname", "atttypid", "atttypmod", "attnum", "attnotnull", "attisdropped"
    )
    typ = _catalogue("pg_type", "oid", "typname", "typbasetype", "typcategory")
    base = typ.alias("base")
    primary, foreign = _keys(connection)
    query = (
        sa.select(
            att.c.attrelid, att.c.attname, att.c.attnum, att.c.attnotnull, att.c.attisdropped,
            sa.func.format_type(att.c.atttypid, att.c.atttypmod),
            sa.func.coalesce(base.c.typname, typ.c.typname), typ.c.typcategory,
            sa.func.col_description(att.c.attrelid, att.c.attnum),
            sa.func.has_column_privilege(att.c.attrelid, att.c.attnum, sa.literal_column("'SELECT'")),
        )
        .select_from(att.join(typ, att.c.atttypid == typ.c.oid).outerjoin(base, typ.c.typbasetype == base.c.oid))
        .order_by(att.c.attrelid, att.c.attnum)
    )  # fmt: skip
    columns: dict[str, list[tuple[ColumnInfo, Cell, bool]]] = defaultdict(list)
    for oid, name, number, required, dropped, kind, typname, category, comment, granted in connection.execute(query):
        if int(number) < 1 or dropped == "t":
            continue
        info = ColumnInfo(
            name, kind or "", comment or "", nullable=required != "t", primary_key=number in primary[oid],
            references=foreign.get((oid, number), ""),
        )  # fmt: skip
        cell = Cell.ARRAY if category == "A" else _CELLS.get(typname, Cell.TEXT)
        columns[oid].append((info, cell, granted == "t"))
    return columns


def _keys(connection: sa.Connection) -> tuple[Mapping[str, set[str]], Mapping[tuple[str, str], str]]:
    """Numbers of the columns of each primary key, and where columns of foreign keys point."""
    con = _catalogue("pg_constraint", "conrelid", "confrelid", "contype", "conkey", "confkey")
    att, cls = _catalogue("pg_attribute", "attrelid", "attnum", "attname"), _catalogue("pg_class", "oid", "relname")
    primary: dict[str, set[str]] = defaultdict(set)
    pointing = []
    query = sa.select(con.c.conrelid, con.c.confrelid, con.c.contype, con.c.conkey, con.c.confkey)
    for table, other, kind, key, other_key in connection.execute(query):
        if kind == "p":
            primary[table].update(_numbers(key))
        elif kind == "f":
            pointing += [(table, one, other, to) for one, to in zip(_numbers(key), _numbers(other_key), strict=False)]
    wanted = {(other, to) for _, _, other, to in pointing}
    if not wanted:
        return primary, {}
    joined = sa.select(att.c.attrelid, att.c.attnum, cls.c.relname, att.c.attname).select_from(
        att.join(cls, att.c.attrelid == cls.c.oid)
    )
    named = {(row[0], row[1]): f"{row[2]}.{row[3]}" for row in connection.execute(joined) if (row[0], row[1]) in wanted}
    return primary, {(table, one): named.get((other, to), "") for table, one, other, to in pointing}


def _numbers(array: str | None) -> list[str]:
    return (array or "").strip("{}").split(",")


def _power(connection: sa.Connection, rows: Iterable[Any]) -> tuple[str, ...]:
    """What our account could do beyond reading, and where."""
    role = _catalogue("pg_roles", "rolname", "rolsuper", "rolbypassrls", "rolcreaterole")
    query = sa.select(role.c.rolsuper, role.c.rolbypassrls, role.c.rolcreaterole).where(
        role.c.rolname == sa.literal_column("current_user")
    )
    notes = []
    power = connection.execute(query).one_or_none()
    if power is not None and power[0] == "t":
        return ("Our account is a superuser of the server; give the audit one that may only read.",)
    if power is not None and power[2] == "t":
        notes.append("Our account may create roles; give the audit one that may only read.")
    cls = _catalogue("pg_class", "oid", "relkind")
    writing: sa.ColumnElement[str] = sa.literal_column("'INSERT, UPDATE, DELETE, TRUNCATE'")
    own = {row[0] for row in rows}
    asked = sa.select(cls.c.oid, sa.func.has_table_privilege(cls.c.oid, writing))
    count = sum(granted == "t" for oid, granted in connection.execute(asked) if oid in own)
    if count:
        notes.append(f"Our account may write to {count:,} tables; give the audit one that may only read.")
    return tuple(notes)


def _catalogue(table: str, *columns: str) -> sa.TableClause:
    return sa.table(table, *(sa.column(name) for name in columns), schema="pg_catalog")
