"""Server databases: one connection, one read-only snapshot, plain reads of named columns, nothing else.

What differs between engines is a module with the functions of `Reader`: `postgresql`, `mysql`, `warehouses`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol, Self

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.sql.elements import quoted_name

from auditor.errors import SourceError
from auditor.model import Skipped, SourceInfo, TableInfo
from auditor.sources.batching import BATCH_BYTES, positions_of
from auditor.sources.cells import Cell
from auditor.sources.passwords import password
from auditor.sources.urls import Target, parse

CONNECT_SECONDS = 10
LOCK_SECONDS = 10
"""How long a writer may hold us up."""
_LOGGER = "auditor"
_FIRST_ROWS, _MOST_ROWS, _STEP_BYTES = 32, 1000, 4 << 20


@dataclass(frozen=True, slots=True)
class Found:
    """What a server has: tables with their place in it, what is left out, and what else is worth saying."""

    kind: str
    tables: tuple[TableInfo, ...]
    places: Mapping[str, sa.TableClause]
    """Where the table of each name lies."""
    only: frozenset[str] = frozenset()
    """Tables whose heirs are tables of their own, and are not read with them."""
    cells: Mapping[str, Mapping[str, Cell]] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
    session: object = None
    """What the server calls our connection, to end a statement of it."""


class Running(Protocol):
    """A statement whose rows are being read."""

    def close(self) -> Any:
        """Lets go of the rows that are left."""
        ...


class Reader(Protocol):
    """What an engine does in its own way."""

    def connect(self, target: Target, secret: str | None) -> sa.Engine:
        """An engine whose connections refuse to write as far as the server can say so."""
        ...

    def begin(self, connection: sa.Connection, target: Target) -> None:
        """Limits, then the snapshot."""
        ...

    def look(self, connection: sa.Connection, target: Target, name: str) -> Found:
        """The catalogue."""
        ...

    def protect(self, connection: sa.Connection, step: str) -> None:
        """`begin`, `end` or `undo` around a read, so that its failure leaves the snapshot alone."""
        ...

    def cancel(self, connection: sa.Connection, session: object) -> None:
        """End, from another connection, the statement that runs in a session."""
        ...

    def start(self, connection: sa.Connection, query: sa.Select[Any]) -> Running:
        """Begins to read rows, which stay on the server until they are fetched."""
        ...

    def fetch(self, running: Any, rows: int, cells: Sequence[Cell]) -> list[pa.Array]:
        """The next rows of a read, fewer if these are the last, as columns of text; none if it has ended."""
        ...

    def drop(self, raw: object) -> None:
        """Keep the driver from asking a connection that is lost for the rest of its rows."""
        ...

    def failure(self, error: BaseException) -> tuple[str, str, bool]:
        """What an error means, what to do, and whether the connection is lost. Never the server's own words."""
        ...


class _TooLongError(Exception):
    """The server took longer for a table than it may."""


class ServerSource:
    """An opened server database."""

    def __init__(self, target: Target, name: str) -> None:
        self._target, self._name = target, name
        self._reader: Reader = _load(target)
        self._running: Running | None = None
        self._lost = False
        self._raw: object = None
        self._connection: sa.Connection | None = None
        # SQLAlchemy would log an error of the server together with the values that it quotes.
        for logger in ("sqlalchemy.pool.impl.NullPool", "sqlalchemy.engine.Engine"):
            logging.getLogger(f"{logger}.{_LOGGER}").disabled = True
        self._engine = self._reader.connect(target, password(target))
        try:
            self._connection = self._engine.connect()
            self._raw = self._connection.connection.dbapi_connection
            self._reader.begin(self._connection, target)
            self._found = self._reader.look(self._connection, target, name)
        except SourceError:
            self.close()
            raise
        except Exception as error:
            self.close()
            raise self._failure(error, target.location) from None
        except BaseException:
            self.close()
            raise
        found = self._found
        self.info = SourceInfo(name, found.kind, target.location, found.tables, found.skipped, found.notes)

    def read(self, table: TableInfo, columns: Sequence[str], *, batch_rows: int = 50_000) -> Iterator[pa.RecordBatch]:
        """See Source.read."""
        where = f"{self._name}.{table.name}"
        if table.name not in self._found.places:
            raise SourceError("There is no such table, or it is not among those that are read.", where=where)
        positions_of(columns, [column.name for column in table.columns], where)
        return self._read(table.name, columns, batch_rows, where) if columns else iter(())

    def unread(self, table: TableInfo) -> int:  # noqa: ARG002
        """None are rejected: a database knows its rows."""
        return 0

    def close(self) -> None:
        """End what still runs, end the snapshot, let go of the server."""
        connection, self._connection = self._connection, None
        if connection is None:
            self._engine.dispose()
            return
        with suppress(Exception):
            if self._running is not None:
                self._stop()
                self._reader.drop(self._raw)
                connection.invalidate()
            elif self._lost:
                connection.invalidate()
            else:
                connection.execute(sa.text("ROLLBACK"))
        with suppress(Exception):
            connection.close()
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, table: str, columns: Sequence[str], batch_rows: int, where: str) -> Iterator[pa.RecordBatch]:
        kinds = self._found.cells.get(table, {})
        cells = [kinds.get(column, Cell.TEXT) for column in columns]
        held: list[list[pa.Array]] = []
        count, size, total = 0, 0, 0
        chunks = self._chunks(select(self._found, table, columns), cells, batch_rows, where)
        failure: SourceError | None = None
        try:
            while True:
                try:
                    arrays = next(chunks, None)
                except SourceError as error:
                    arrays, failure = None, _after(error, total)
                if arrays is not None:
                    held.append(arrays)
                    count, total = count + len(arrays[0]), total + len(arrays[0])
                    size += sum(array.nbytes for array in arrays)
                if held and (arrays is None or count >= batch_rows or size >= BATCH_BYTES):
                    merged = [pa.concat_arrays(part) for part in zip(*held, strict=True)]
                    whole = arrays is None or size >= BATCH_BYTES
                    until = count if whole else count - count % batch_rows
                    for start in range(0, until, batch_rows):
                        part = [array.slice(start, min(batch_rows, until - start)) for array in merged]
                        yield pa.RecordBatch.from_arrays(part, list(columns))
                    held = [] if until == count else [[array.slice(until) for array in merged]]
                    count, size = count - until, 0
                if failure is not None:
                    raise failure
                if arrays is None:
                    return
        finally:
            chunks.close()

    def _chunks(
        self, query: sa.Select[Any], cells: Sequence[Cell], most: int, where: str
    ) -> Generator[list[pa.Array], None, None]:
        """Columns of a few rows at a time; fewer the heavier they are."""
        connection = self._ready(where)
        step, waited = _FIRST_ROWS, 0.0
        ended = False
        try:
            began = time.monotonic()
            self._reader.protect(connection, "begin")
            self._running = self._reader.start(connection, query)
            while True:
                arrays = self._reader.fetch(self._running, min(step, most), cells)
                waited += time.monotonic() - began
                if not arrays:
                    break
                if waited > self._target.time_limit:
                    raise _TooLongError
                weight = sum(array.nbytes for array in arrays)
                step = max(1, step // 4) if weight > _STEP_BYTES else min(step * 2, _MOST_ROWS)
                yield arrays
                began = time.monotonic()
            ended = True
            self._running.close()
            self._running = None
            self._reader.protect(connection, "end")
        except Exception as error:
            failure = self._failure(error, where)
            self._abandon(connection, whole=ended)
            raise failure from None
        except GeneratorExit:  # whoever reads has had enough
            self._abandon(connection, whole=ended)
            raise
        except BaseException:  # interrupted, perhaps in the middle of a message
            self._stop()
            self._lost = True
            self._abandon(connection, whole=ended)
            raise

    def _ready(self, where: str) -> sa.Connection:
        if self._connection is None:
            raise SourceError("The source is closed.", where=where)
        if self._running is not None:
            raise SourceError("Another table of this source is being read.", where=where)
        if self._lost:
            raise SourceError(
                "The connection to the server was lost before, and with it the snapshot.", where=where,
                do="Run the audit again.",
            )  # fmt: skip
        return self._connection

    def _abandon(self, connection: sa.Connection, *, whole: bool) -> None:
        """End a read midway; the snapshot stays if the connection does."""
        running, self._running = self._running, None
        if self._lost:
            self._reader.drop(self._raw)
            with suppress(Exception):
                connection.invalidate()
            return
        try:
            if not whole and running is not None:
                self._stop()
            if running is not None:
                running.close()
        except Exception as error:  # the statement that was ended may say so once more
            self._lost = self._lost or self._reader.failure(_origin(error))[2]
        try:
            if self._lost:
                self._reader.drop(self._raw)
                return
            self._reader.protect(connection, "undo")
        except Exception:
            self._lost = True
            self._reader.drop(self._raw)

    def _stop(self) -> None:
        """End the statement on the server, from a second connection."""
        try:
            with self._engine.connect() as other:
                self._reader.cancel(other, self._found.session)
        except Exception:
            self._lost = True  # the server ends the statement when it finds our connection gone

    def _failure(self, error: BaseException, where: str) -> SourceError:
        if isinstance(error, _TooLongError):
            self._lost = self._lost or not self._connected()
            limit = f"{self._target.time_limit:g}"
            return SourceError(
                f"Reading took longer than {limit} seconds.", where=where, do="Raise ?time_limit=, or audit a copy."
            )
        if isinstance(error, SourceError):
            return SourceError(error.what, where=error.where or where, do=error.do)
        what, cure, lost = self._reader.failure(_origin(error))
        self._lost = self._lost or lost
        return SourceError(what, where=where, do=cure)

    def _connected(self) -> bool:
        return self._connection is not None and not self._connection.invalidated


def open_server(spec: str, *, name: str | None) -> ServerSource:
    """The source at a URL. Raises SourceError."""
    target = parse(spec)
    return ServerSource(target, name or target.database or target.driver.kind)


def select(found: Found, table: str, columns: Sequence[str]) -> sa.Select[Any]:
    """The only statement that reads rows: columns of one table, as they are."""
    place = found.places[table]
    cells: list[sa.ColumnClause[Any]] = [sa.column(quoted_name(name, quote=True)) for name in columns]
    query = sa.select(*cells).select_from(place).execution_options(stream_results=True, max_row_buffer=_MOST_ROWS)
    return query.with_hint(place, "ONLY", "postgresql") if table in found.only else query


def place_of(name: str, schema: str = "") -> sa.TableClause:
    """A table by its exact name."""
    return sa.table(quoted_name(name, quote=True), schema=quoted_name(schema, quote=True) if schema else None)


def engine_for(target: Target, *, url: sa.URL | None = None, **options: Any) -> sa.Engine:
    """One connection at a time, none kept, no value in any message."""
    return sa.create_engine(
        url or sa.URL.create(target.driver.dialect), poolclass=sa.NullPool,
        hide_parameters=True, logging_name=_LOGGER, pool_logging_name=_LOGGER, **options,
    )  # fmt: skip


def _load(target: Target) -> Reader:
    reader: Reader = import_module(target.driver.reader)
    return reader


def _origin(error: BaseException) -> BaseException:
    return getattr(error, "orig", None) or error


def _after(error: SourceError, rows: int) -> SourceError:
    if not rows:
        return error
    return SourceError(f"{error.what.removesuffix('.')}, after {rows:,} rows.", where=error.where, do=error.do)
