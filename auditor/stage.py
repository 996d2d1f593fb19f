"""The stage: an embedded DuckDB in which everything is judged, locked down, bounded in memory and gone at the end.

Schema `src` holds settled source columns, schema `rel` the canonical relations (`auditor.tables.relation_table`).
It reads no file and no network, loads no extension, and spills only into its own private directory.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import sqlalchemy as sa
from duckdb_sqlalchemy import ConnectionWrapper
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateSchema, CreateTable, DropTable
from sqlalchemy.sql.elements import quoted_name

from auditor.errors import StageError
from auditor.stage_files import Keep, empty, kept_folder, private_folder
from auditor.stage_signals import on_signal
from auditor.tables import ROW, SCHEMA

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

SOURCE_SCHEMA = "src"
MEMORY_MB = 192
"""With what the process holds besides, a language model among it, an audit stays under 600 MB."""
ROW_GROUP = 122_880
"""Rows that the engine stores together. An append of fewer is compressed again with the next one, at twice the cost."""
_THREADS = 4
"""More threads would each need memory of their own, and the limit holds for all of them together."""
_DEAR = "fsst,dict_fsst,zstd,roaring"
"""Ways to compress that cost more to try, at every write, than the room they save is worth while a stage lives."""
_CHANGED = "An audit of this was interrupted; since then a source, a rule or an option has changed, so it starts anew."
_BATCH, _READ, _RESULTS = "__batch", "__read", "__results"
_TYPES: tuple[tuple[pa.DataType, TypeEngine[Any]], ...] = (
    (pa.string(), sa.String()),
    (pa.bool_(), sa.Boolean()),
    (pa.timestamp("us"), sa.DateTime()),
    (pa.date32(), sa.Date()),
    (pa.float64(), sa.Double()),
    (pa.int64(), sa.BigInteger()),
    (pa.list_(pa.string()), sa.ARRAY(sa.String())),
)


@dataclass(slots=True)
class Stage:
    """An open stage. `connection` is the only one; `load` and `table` are for schema `src`."""

    connection: sa.Connection
    _raw: duckdb.DuckDBPyConnection = field(repr=False)
    folder: Path | None = None
    resumable: bool = False
    """True if an interrupted run of the same audit finds again what was staged."""
    restarted: str = ""
    """Why nothing of an interrupted run could be used, one sentence; empty if all could or there was none."""
    _tables: dict[str, sa.Table] = field(default_factory=dict, repr=False)
    _read: dict[tuple[str, str], int] = field(default_factory=dict, repr=False)

    def load(self, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
        """Creates `src.<name>` with the columns of `schema`, appends the batches, and says how many rows there are.

        A table of that name is replaced. Column names are taken as they are, whatever they hold.
        """
        self._create(name, _source_table(name, schema))
        rows = 0
        for batch in batches:
            rows += self.append(name, batch)
        return rows

    def _create(self, name: str, table: sa.Table) -> None:
        with stage_errors(where=name):
            self.connection.execute(DropTable(table, if_exists=True))
            self.connection.execute(CreateTable(table))
        self._tables[name] = table

    def prepare(self, name: str, schema: pa.Schema) -> None:
        """As `load` of nothing, but what an interrupted run staged whole under that name stays."""
        table = _source_table(name, schema)
        if any(entry == name for entry, _ in self._read):
            found = sa.inspect(self.connection).get_columns(name, schema=SOURCE_SCHEMA)
            if [column["name"] for column in found] == [str(column.name) for column in table.columns]:
                self._tables[name] = table
                self.cut(name, sum(rows for (entry, _), rows in self._read.items() if entry == name))
                return
            with stage_errors(where=name):
                self.connection.execute(sa.delete(_reads()).where(_reads().c.entry == name))
            self._read = {key: rows for key, rows in self._read.items() if key[0] != name}
        self._create(name, table)

    def cut(self, name: str, rows: int) -> None:
        """Leaves of `src.<name>` its first `rows`: those after them are of a part that was not read to its end."""
        table = self.table(name)
        with stage_errors(where=name):
            self.connection.execute(sa.delete(table).where(table.c[ROW] >= rows))

    def rows_read(self, name: str, part: str) -> int | None:
        """How many rows a part of the source gave to `src.<name>`; None if it was not read to its end."""
        return self._read.get((name, part))

    @contextlib.contextmanager
    def reading(self, part: str, rows: Mapping[str, int]) -> Iterator[None]:
        """What is appended within counts for a later run if the end is reached; then `rows` says how many, by table.

        A long transaction would do as well, but the engine holds it in memory beyond its limit.
        """
        if not self.resumable:
            yield
            return
        with stage_errors(where=part):
            self.connection.execute(sa.delete(_results()))  # they were not judged on what is read now
        yield
        values = [{"entry": name, "part": part, "rows": count} for name, count in rows.items()]
        with stage_errors(where=part):
            self.connection.execute(sa.insert(_reads()), values)

    def keep(self, name: str, data: bytes) -> None:
        """Keeps some result of what is staged for a run that goes on with this one, until a source is read again."""
        if self.resumable:
            with stage_errors(where="results"):
                self.connection.execute(sa.insert(_results()).values(name=name, data=data))

    def kept(self, name: str) -> bytes | None:
        """What an interrupted run kept under that name; None if it kept nothing."""
        if not self.resumable:
            return None
        results = _results()
        with stage_errors(where="results"):
            found = self.connection.execute(sa.select(results.c.data).where(results.c.name == name)).scalar()
        return None if found is None else bytes(found)

    def append(self, name: str, batch: pa.RecordBatch) -> int:
        """Appends one batch to `src.<name>`; its columns are those the table was loaded with, in the same order."""
        table = self.table(name)
        # Plain names in the view: a hostile name, or two that differ in case only, then cannot meet DuckDB's own.
        plain = pa.RecordBatch.from_arrays(batch.columns, names=[f"c{n}" for n in range(batch.num_columns)])
        view = sa.table(_BATCH, *(sa.column(f"c{n}") for n in range(batch.num_columns)))
        with stage_errors(where=name):
            self._raw.register(_BATCH, plain)
            try:
                self.connection.execute(sa.insert(table).from_select(list(table.columns), sa.select(*view.columns)))
            finally:
                self._raw.unregister(_BATCH)
        return int(batch.num_rows)

    def table(self, name: str) -> sa.Table:
        """The staged table of that name, to select from."""
        try:
            return self._tables[name]
        except KeyError:
            raise StageError("This table was not staged.", where=name) from None

    def drop(self, name: str) -> None:
        """Forgets a staged table and frees its room."""
        with stage_errors(where=name):
            self.connection.execute(DropTable(self.table(name)))
        del self._tables[name]


@contextlib.contextmanager
def open_stage(*, folder: Path | None = None, memory_mb: int = MEMORY_MB, keep: Keep | None = None) -> Iterator[Stage]:
    """A stage in a private directory below `folder` (else the system's directory for temporary files).

    With `keep` it outlives a kill, and the next run of the same audit goes on with what was staged whole.
    """
    with contextlib.ExitStack() as stack:
        kept = stack.enter_context(kept_folder(keep, folder)) if keep is not None else None
        own = stack.enter_context(private_folder(folder)) if kept is None else kept.folder
        if kept is None:
            yield Stage(*stack.enter_context(_opened(*_places(own), memory_mb)), own)
            return
        opened = stack.enter_context(contextlib.ExitStack())
        try:
            connection, raw = opened.enter_context(_opened(*_places(own), memory_mb))
            read = _resumed(connection)
        except StageError:  # cut by a power failure, or written by another version of the engine
            opened.close()
            empty(own)
            connection, raw = opened.enter_context(_opened(*_places(own), memory_mb))
            read = _resumed(connection)
        why = _CHANGED if kept.changed else ""
        yield Stage(connection, raw, own, resumable=True, restarted=why, _read=read)


@contextlib.contextmanager
def memory_stage(*, memory_mb: int = 256) -> Iterator[Stage]:
    """A stage in memory only, for a rule's examples and for tests; as locked as the real one."""
    with _opened(":memory:", "", memory_mb) as opened:
        yield Stage(*opened)


@contextlib.contextmanager
def stage_errors(where: str = "") -> Iterator[None]:
    """Turns the engine's errors, which quote values, into ours, which do not."""
    try:
        yield
    except (duckdb.Error, sa.exc.SQLAlchemyError, pa.ArrowException) as error:
        origin = getattr(error, "orig", None) or error
        kind, what, cure = type(origin).__name__, "The stage refused a step", ""
        if isinstance(origin, duckdb.OutOfMemoryException):
            what, cure = "The stage ran out of memory or of disk", "Give it more memory, or TMPDIR more room."
        elif isinstance(origin, duckdb.IOException):
            what, cure = "The stage could not use its private directory", "Give TMPDIR more room."
        raise StageError(f"{what} ({kind}).", where=where, do=cure) from None


@contextlib.contextmanager
def _opened(database: str, spill: str, memory_mb: int) -> Iterator[tuple[sa.Connection, duckdb.DuckDBPyConnection]]:
    with stage_errors(where="stage"):
        raw = duckdb.connect(
            database,
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "allow_community_extensions": "false",
                "allow_unsigned_extensions": "false",
                "python_enable_replacements": "false",
                "temp_directory": spill,  # must be set before external access ends
                "memory_limit": f"{memory_mb}MB",
                "threads": str(min(_THREADS, os.cpu_count() or 1)),
                "preserve_insertion_order": "false",
                "disabled_compression_methods": _DEAR,
            },
        )
    try:
        with stage_errors(where="stage"):
            _lock(raw)
            engine = sa.create_engine(
                "duckdb://",
                creator=lambda: ConnectionWrapper(raw),  # one DuckDB connection: a bare one opens another per cursor
                poolclass=StaticPool,
                isolation_level="AUTOCOMMIT",  # a refused statement then poisons nothing
                hide_parameters=True,
            )
            sa.event.listen(engine, "handle_error", _as_interrupt)
            connection = engine.connect()
            for schema in (SOURCE_SCHEMA, SCHEMA):
                connection.execute(CreateSchema(schema, if_not_exists=True))
        try:
            with on_signal(raw.interrupt):
                yield connection, raw
        finally:
            with contextlib.suppress(Exception):
                connection.close()
            engine.dispose()
    finally:
        raw.close()


def _as_interrupt(context: sa.engine.ExceptionContext) -> None:
    """The engine meets Ctrl-C with an error of its own; it is given back as what it was."""
    error = context.original_exception
    if isinstance(error, duckdb.InterruptException) or (type(error) is RuntimeError and "interrupted" in str(error)):
        raise KeyboardInterrupt from None


def _places(folder: Path) -> tuple[str, str]:
    return str(folder / "stage.duckdb"), str(folder / "spill")


def _reads() -> sa.Table:
    """What was read to its end: the part of a source, the staged table it filled, and with how many rows."""
    columns = sa.Column("entry", sa.String()), sa.Column("part", sa.String()), sa.Column("rows", sa.BigInteger())
    return sa.Table(quoted_name(_READ, quote=True), sa.MetaData(), *columns, schema=SOURCE_SCHEMA)


def _results() -> sa.Table:
    """What came of the staged rows, by the name that the run gave it."""
    columns = sa.Column("name", sa.String()), sa.Column("data", sa.LargeBinary())
    return sa.Table(quoted_name(_RESULTS, quote=True), sa.MetaData(), *columns, schema=SOURCE_SCHEMA)


def _resumed(connection: sa.Connection) -> dict[tuple[str, str], int]:
    """What an interrupted run staged whole; whatever else it left is dropped, and is made anew from that."""
    with stage_errors(where="stage"):
        for own in (_reads(), _results()):
            connection.execute(CreateTable(own, if_not_exists=True))
        read = {(str(e), str(p)): int(n) for e, p, n in connection.execute(sa.select(_reads())).all()}
        whole = {_READ, _RESULTS, *(entry for entry, _ in read)}
        looked = sa.inspect(connection)
        for schema, kept in ((SOURCE_SCHEMA, whole), (SCHEMA, set())):
            for name in looked.get_table_names(schema=schema):
                plain = name.rpartition(f"{schema}.")[2] if name.startswith(f"{schema}.") else name
                if plain not in kept:
                    left = sa.Table(quoted_name(plain, quote=True), sa.MetaData(), schema=schema)
                    connection.execute(DropTable(left, if_exists=True))
    return read


def _lock(raw: duckdb.DuckDBPyConnection) -> None:
    """After this the engine opens no file, no address and no setting again."""
    raw.execute("SET enable_external_access=false")
    raw.execute("SET lock_configuration=true")


def _source_table(name: str, schema: pa.Schema) -> sa.Table:
    columns = [
        sa.Column(quoted_name(part.name, quote=True), _sql_type(name, part.type), info=_info(part)) for part in schema
    ]
    return sa.Table(quoted_name(name, quote=True), sa.MetaData(), *columns, schema=SOURCE_SCHEMA)


def _info(part: pa.Field) -> dict[str, str]:
    """How the field says that its column is stored, see `auditor.tables.stored`."""
    return {name.decode(): how.decode() for name, how in (part.metadata or {}).items()}


def _sql_type(table: str, kind: pa.DataType) -> TypeEngine[Any]:
    for arrow, sql in _TYPES:
        if kind.equals(arrow):
            return sql
    raise StageError(f"The stage has no type for {kind}.", where=table)
