"""SQLite databases: opened so that nothing is written beside them, read in one transaction."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.pool import StaticPool
from sqlalchemy.sql.elements import quoted_name

from auditor.errors import SourceError
from auditor.model import ColumnInfo, Skipped, SourceInfo, TableInfo
from auditor.sources.batching import fetched, positions_of
from auditor.sources.kinds import cannot_read

BUSY_SECONDS = 10.0
"""How long a writer may hold us up."""
_SKIPPED_AT_ONCE = 2_000
_TABLE_LIST = ("schema", "name", "type", "ncol", "wr", "strict")
_COLUMNS = ("cid", "name", "type", "notnull", "dflt_value", "pk", "hidden")
_FOREIGN = ("id", "seq", "table", "from", "to", "on_update", "on_delete", "match")
_UNLISTED = {
    "view": ("A view is not read unless it is named: reading it runs its query.", False),
    "virtual": ("A virtual table is not read: reading it runs its module.", True),
    "shadow": ("A part of a virtual table.", False),
}


class SqliteSource:
    """An opened SQLite database."""

    def __init__(self, path: Path, name: str) -> None:
        self._name = name
        uri, gap = _uri(path)
        try:
            self._raw = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS)
        except sqlite3.Error as error:
            raise _failure(error, str(path)) from None
        self._engine = sa.create_engine(
            "sqlite://", creator=lambda: self._raw, poolclass=StaticPool, hide_parameters=True
        )
        try:
            self._raw.execute("PRAGMA query_only = ON")
            self._raw.execute("PRAGMA trusted_schema = OFF")
            self._raw.execute("PRAGMA temp_store = MEMORY")
            self._connection = self._engine.connect()
            self._raw.execute("BEGIN")
            self.info = self._look(path, gap)
        except (sa.exc.DBAPIError, sqlite3.Error) as error:
            self.close()
            raise _failure(error, str(path)) from None
        except BaseException:
            self.close()
            raise

    def read(self, table: TableInfo, columns: Sequence[str], *, batch_rows: int = 50_000) -> Iterator[pa.RecordBatch]:
        """See Source.read."""
        where = f"{self._name}.{table.name}"
        # Names are checked here because SQLite takes an unknown quoted name for a text.
        positions_of(columns, [column.name for column in table.columns], where)
        if not columns:
            return iter(())
        chosen = sa.table(quoted_name(table.name, quote=True))
        cells: list[sa.ColumnClause[object]] = [sa.column(quoted_name(name, quote=True)) for name in columns]
        fetch = self._fetching(sa.select(*cells).select_from(chosen), where)
        return fetched(fetch, columns, range(len(columns)), batch_rows, _column)

    def _fetching(self, query: sa.Executable, where: str) -> Callable[[int, list[Sequence[object]]], None]:
        """Reads from the driver's own cursor: a Row object for each row would cost as much as reading it.

        At the first text that is not UTF-8 the rows that are left are read again, from the same snapshot, by
        `_legacy`, which costs a call per text.
        """
        running: list[sa.CursorResult[Any]] = []
        count = 0

        def rows(wanted: int) -> Sequence[Sequence[object]]:
            if not running:
                running.append(self._connection.execute(query))
            cursor = running[0].cursor
            return cursor.fetchmany(wanted) if cursor is not None else ()

        def again() -> None:
            running.pop().close()
            self._raw.text_factory = _legacy
            left = count
            while left and (passed := len(rows(min(left, _SKIPPED_AT_ONCE)))):
                left -= passed

        def fetch(wanted: int, into: list[Sequence[object]]) -> None:
            nonlocal count
            try:
                try:
                    found = rows(wanted)
                except sqlite3.OperationalError as error:
                    if not _no_utf8(error) or self._raw.text_factory is _legacy:
                        raise
                    again()
                    found = rows(wanted)
                into.extend(found)
                count += len(found)
                if len(found) < wanted:
                    running[0].close()
            except (sa.exc.DBAPIError, sqlite3.Error) as error:
                raise _failure(error, where, count) from None

        return fetch

    def unread(self, table: TableInfo) -> int:  # noqa: ARG002
        """None are rejected: a database knows its rows."""
        return 0

    def close(self) -> None:
        """End the transaction and let go of the file."""
        self._engine.dispose()
        self._raw.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _look(self, path: Path, gap: str) -> SourceInfo:
        listed = _pragma("pragma_table_list", _TABLE_LIST)
        query = sa.select(listed.c["name"], listed.c["type"]).where(listed.c["schema"] == "main")
        tables: list[TableInfo] = []
        skipped = [Skipped(self._name, gap, gap=True)] if gap else []
        for name, kind in self._connection.execute(query.order_by(listed.c["name"])).all():
            if kind in _UNLISTED:
                why, is_gap = _UNLISTED[kind]
                skipped.append(Skipped(f"{self._name}.{name}", why, gap=is_gap))
            elif not str(name).lower().startswith("sqlite_"):
                tables.append(TableInfo(name, self._columns(name)))
        return SourceInfo(self._name, "sqlite", str(path), tuple(tables), skipped=tuple(skipped))

    def _columns(self, table: str) -> tuple[ColumnInfo, ...]:
        keys = _pragma("pragma_foreign_key_list", _FOREIGN, table)
        pointing = self._connection.execute(sa.select(keys.c["from"], keys.c["table"], keys.c["to"])).all()
        references = {column: f"{other}.{key}" if key else str(other) for column, other, key in pointing}
        found = _pragma("pragma_table_xinfo", _COLUMNS, table)
        query = sa.select(*(found.c[name] for name in ("name", "type", "notnull", "pk", "hidden")))
        return tuple(
            ColumnInfo(
                name,
                type=declared or "",
                nullable=not required,
                primary_key=bool(place),
                references=references.get(name, ""),
            )
            for name, declared, required, place, hidden in self._connection.execute(query.order_by(found.c["cid"]))
            if hidden != 1
        )


def open_database(path: Path, *, name: str) -> SqliteSource:
    """A SQLite database, read-only. Raises SourceError."""
    return SqliteSource(path, name)


def _pragma(function: str, columns: Sequence[str], *arguments: str) -> sa.TableValuedAlias:
    """A pragma as a table; its argument is a bound value, so a hostile name stays a value."""
    call = getattr(sa.func, function)(*arguments)
    return call.table_valued(*columns, name="pragma")  # type: ignore[no-any-return]


def _uri(path: Path) -> tuple[str, str]:
    """The address to open, and what it leaves unread.

    In WAL mode SQLite writes `-shm` and `-wal` files beside the database even when it only reads, unless both are
    there already or the file is declared immutable.
    """
    try:
        with path.open("rb") as file:
            header = file.read(100)
            size = file.seek(0, 2)
    except OSError as error:
        raise cannot_read(path, error) from None
    address = path.absolute().as_uri()
    wal, shm = (path.with_name(path.name + suffix) for suffix in ("-wal", "-shm"))
    if not wal.exists() and size < _promised(header):
        raise SourceError(
            "The database is damaged or cut: it is shorter than its header says.", where=str(path), do="Copy it again."
        )
    if header[18:20] != b"\x02\x02" or (wal.exists() and shm.exists()):
        return f"{address}?mode=ro", ""
    if wal.exists() and wal.stat().st_size:
        gap = "The write-ahead log beside it was not read; checkpoint it, or copy it together with its -shm file."
        return f"{address}?mode=ro&immutable=1", gap
    return f"{address}?mode=ro&immutable=1", ""


def _promised(header: bytes) -> int:
    """The size that a database's header gives; 0 where an old SQLite did not keep it up to date."""
    page, count = int.from_bytes(header[16:18]), int.from_bytes(header[28:32])
    return (65_536 if page == 1 else page) * count if header[24:28] == header[92:96] else 0


def _failure(error: Exception, where: str, rows: int | None = None) -> SourceError:
    """The engine's error as one sentence; its own text may quote values."""
    origin = getattr(error, "orig", None) or error
    code = getattr(origin, "sqlite_errorname", "") or ""
    after = f" after {rows:,} rows" if rows else ""
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return SourceError("The database is locked by another program.", where=where, do="Audit a copy of it.")
    if code.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH")):
        return SourceError(
            "SQLite cannot open the database for reading.", where=where,
            do="Check its rights and whether a -journal file lies beside it; audit a copy of it.",
        )  # fmt: skip
    return SourceError(
        f"The database is damaged or cut: reading failed{after}.", where=where,
        do="Restore it from a backup, or copy it again with SQLite's .backup.",
    )  # fmt: skip


def _column(values: Sequence[object]) -> pa.Array:
    """SQLite types values, not columns: texts and whole numbers go straight through, anything else one by one."""
    try:
        array = pa.array(values)
    except (pa.ArrowException, UnicodeError, OverflowError):
        array = pa.nulls(0)
    # Only what Arrow itself finds to be uniform: asked for integers, it would cut 1.5 to 1 in silence.
    if len(array) == len(values) and array.type in (pa.string(), pa.int64(), pa.null()):
        return array.cast(pa.string())
    return pa.array([_text(value) for value in values], pa.string())


def _no_utf8(error: sqlite3.Error) -> bool:
    """Whether Python could not decode a text; SQLite itself gives such an error no code."""
    return not getattr(error, "sqlite_errorname", "") and "decode" in str(error)


def _legacy(text: bytes) -> str:
    """A text as it lies in the file; what is not UTF-8 comes from a program that wrote Windows-1252."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("cp1252", "replace")


def _text(value: object) -> str | None:
    match value:
        case None | str():
            return value
        case bytes():
            try:
                return value.decode()
            except UnicodeDecodeError:
                return "\\x" + value.hex()
        case float() if math.isfinite(value) and value == int(value) and abs(value) < 1e15:
            return str(int(value))
        case _:
            return str(value)
