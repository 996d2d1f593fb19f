"""Reads each needed table of a source once, settles its columns, and loads them into the stage's schema `src`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from sqlalchemy.sql.elements import quoted_name

from auditor.crm.json_cells import member_of, members_as_rows
from auditor.crm.profile import Attributes, ColumnSpec
from auditor.crm.resolving import FoundTable, Lookup, matching_columns
from auditor.errors import SourceError
from auditor.memory import give_back
from auditor.model import Skipped, TableInfo
from auditor.settle import Settler, settle, settle_phone_by_country, stage_columns
from auditor.sources import Source
from auditor.stage import ROW_GROUP, Stage
from auditor.stage_progress import Rows
from auditor.tables import GIVEN, ROW, stored

_HELD_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Staged:
    """What was staged of a source: a selectable per table of the profile, and the tables that could not be read."""

    tables: Mapping[str, sa.FromClause]
    broken: frozenset[str] = frozenset()
    failures: tuple[Skipped, ...] = ()
    read: Mapping[str, int] = field(default_factory=dict)
    """Rows taken from each table of the source that was read to its end."""


@dataclass(slots=True)
class _Loading:
    """A staged table while it fills."""

    found: FoundTable
    columns: Sequence[ColumnSpec]
    name: str
    rows: int = 0
    parts: list[tuple[TableInfo, int]] = field(default_factory=list)


def stage_tables(
    source: Source,
    found: Mapping[str, FoundTable],
    wanted: Mapping[str, set[str]],
    stage: Stage,
    settler: Settler,
    zone: str,
    *,
    rows: Mapping[str, int] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Staged:
    """Stages the wanted columns; a table that fails midway is dropped, and everything else goes on.

    `rows` are those that each table of the source is known to have, for the progress.
    """
    loading = {}
    by_table: dict[TableInfo, list[tuple[_Loading, int]]] = {}
    for name, columns in wanted.items():
        if name not in found:
            continue
        table = found[name]
        kept = [_zoned(c, zone) for c in table.spec.columns.values() if c.name in columns and table.has(c.name)]
        entry = _Loading(table, kept, f"{source.info.name}.{name}")
        loading[name] = entry
        stage.prepare(entry.name, _schema(entry.columns))
        for index, info in enumerate(table.tables):
            by_table.setdefault(info, []).append((entry, index))
    broken: set[str] = set()
    failures: list[Skipped] = []
    read: dict[str, int] = {}
    for info, entries in by_table.items():
        # One part of a table may have been staged by an interrupted run, another not.
        left = []
        for entry, index in entries:
            before = stage.rows_read(entry.name, info.name)
            if before is None:
                left.append((entry, index))
            else:
                entry.rows += before
                read[info.name] = max(before, read.get(info.name, 0))
        if not left:
            continue
        # What a table has needed at once is seldom needed for the next, and Arrow would keep it.
        give_back()
        counted = Rows(f"Reading {source.info.name}.{info.name}", (rows or {}).get(info.name, info.rows), progress)
        try:
            taken = _read(source, info, left, stage, settler, counted)
            read[info.name] = max(*taken.values(), read.get(info.name, 0))
        except SourceError as error:
            broken.update(entry.found.spec.name for entry, _ in entries)
            failures.append(Skipped(f"{source.info.name}.{info.name}", error.what, gap=True))
    give_back()
    tables = {name: _selectable(entry, stage) for name, entry in loading.items() if name not in broken}
    return Staged(tables, frozenset(broken), tuple(failures), read)


def _zoned(column: ColumnSpec, zone: str) -> ColumnSpec:
    spec = column.type.spec
    if spec.type not in ("time", "birth") or spec.zone or not zone:
        return column
    return replace(column, type=replace(column.type, spec=replace(spec, zone=zone)))


def _schema(columns: Sequence[ColumnSpec]) -> pa.Schema:
    fields = [pa.field(ROW, pa.int64())]
    for column in columns:
        type_ = column.type.spec.type
        for suffix, kind in stage_columns(type_):
            fields.append(pa.field(column.name + suffix, kind, metadata=stored(type_, suffix)))
    return pa.schema(fields)


def _read(
    source: Source,
    info: TableInfo,
    entries: Sequence[tuple[_Loading, int]],
    stage: Stage,
    settler: Settler,
    counted: Rows,
) -> Mapping[str, int]:
    """Reads one table, and says how many of its rows each staged table has taken."""
    needed = dict.fromkeys(name for entry, index in entries for name in _needed(entry, index, info))
    if not needed:  # only its rows count, such as those of a link table: any column will do
        needed = dict.fromkeys([info.columns[0].name]) if info.columns else {}
    added = dict.fromkeys([entry.name for entry, _ in entries], 0)
    try:
        with stage.reading(info.name, added):
            for batch in _row_groups(source.read(info, list(needed), batch_rows=ROW_GROUP)):
                for entry, index in entries:
                    for part in _settled(batch, entry, index, info, settler):
                        stage.append(entry.name, part)
                        entry.rows += part.num_rows
                        added[entry.name] += part.num_rows
                counted.add(batch.num_rows)
    except SourceError:
        for name, entry in {entry.name: entry for entry, _ in entries}.items():
            entry.rows -= added[name]  # rows of other parts go on to be numbered without a gap
            stage.cut(name, entry.rows)
        raise
    return added


def _row_groups(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows, as many at once as the stage stores together, or fewer if they are heavy."""
    held: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        while batch.num_rows:
            part = batch.slice(0, ROW_GROUP - rows)
            batch = batch.slice(part.num_rows)
            held.append(part)
            rows, size = rows + part.num_rows, size + part.nbytes
            if rows == ROW_GROUP or size >= _HELD_BYTES:
                yield held[0] if len(held) == 1 else pa.concat_batches(held)
                held, rows, size = [], 0, 0
    if held:
        yield held[0] if len(held) == 1 else pa.concat_batches(held)


def _needed(entry: _Loading, index: int, info: TableInfo) -> Iterator[str]:
    spec = entry.found.spec
    for column in entry.columns:
        for name in (column.name, column.country_in):
            physical = entry.found.columns.get(name, ())
            if physical and physical[index]:
                yield physical[index]
    if spec.attributes is not None:
        yield from _attribute_columns(spec.attributes, info)
    if spec.each_column is not None:
        yield from (name for name, _ in matching_columns(spec.each_column.like, info))
    if spec.each_member is not None:
        yield from entry.found.physical(spec.each_member.value, index)


def _attribute_columns(attributes: Attributes, info: TableInfo) -> tuple[str, ...]:
    names = {c.name.casefold(): c.name for c in info.columns}
    wanted = (attributes.name, attributes.value)
    return tuple(names[name.casefold()] for name in wanted if name.casefold() in names)


def _settled(
    batch: pa.RecordBatch, entry: _Loading, index: int, info: TableInfo, settler: Settler
) -> Iterator[pa.RecordBatch]:
    spec = entry.found.spec
    if spec.each_column is not None:
        for name, star in matching_columns(spec.each_column.like, info):
            extra = {
                spec.each_column.name: pa.array([star] * batch.num_rows, pa.string()),
                spec.each_column.value: batch.column(name),
            }
            yield _batch(batch, entry, index, extra, settler)
        return
    if spec.each_member is not None:
        held = entry.found.physical(spec.each_member.value, index)
        for rows, extra in members_as_rows(batch, held[0], spec.each_member) if held else ():
            yield _batch(rows, entry, index, extra, settler)
        return
    if spec.attributes is not None:
        names = _attribute_columns(spec.attributes, info)
        if len(names) < 2:
            return
        listed = pa.array([c.attribute for c in entry.columns if c.attribute], pa.string())
        batch = batch.filter(pc.is_in(batch.column(names[0]), value_set=listed))
        nothing = pa.scalar(None, pa.string())
        extra = {
            column.name: pc.if_else(pc.equal(batch.column(names[0]), column.attribute), batch.column(names[1]), nothing)
            for column in entry.columns
            if column.attribute
        }
        yield _batch(batch, entry, index, extra, settler)
        return
    yield _batch(batch, entry, index, {}, settler)


def _batch(
    batch: pa.RecordBatch, entry: _Loading, index: int, extra: Mapping[str, pa.Array], settler: Settler
) -> pa.RecordBatch:
    arrays: list[pa.Array] = [pa.array(np.arange(entry.rows, entry.rows + batch.num_rows), pa.int64())]
    for column in entry.columns:
        texts = extra[column.name] if column.name in extra else _texts(batch, entry, column.name, index)
        texts = member_of(texts, column.member) if column.member else texts
        beside = column.country_in and _texts(batch, entry, column.country_in, index)
        spec = column.type.spec
        if spec.type == "phone" and beside:
            country = entry.found.spec.columns[column.country_in].type.spec
            settled = settle_phone_by_country(texts, beside, spec, settler, country_spec=country)
        else:
            settled = settle(texts, spec, settler)
        arrays += [array for _, array in settled.columns]
    return pa.RecordBatch.from_arrays(arrays, schema=_schema(entry.columns))


def _texts(batch: pa.RecordBatch, entry: _Loading, name: str, index: int) -> pa.Array:
    physical = entry.found.columns.get(name, ())
    if physical and physical[index]:
        return batch.column(physical[index])
    return pa.nulls(batch.num_rows, pa.string())


def _selectable(entry: _Loading, stage: Stage) -> sa.FromClause:
    """The staged table; attribute-value rows as one row per entity."""
    table = stage.table(entry.name)
    if entry.found.spec.attributes is None:
        return table
    # Columns with no attribute are the same in all rows of an entity; the first row that has an attribute counts.
    by = table.c[entry.found.spec.attributes.by]
    columns: list[sa.ColumnElement[Any]] = [sa.func.min(table.c[ROW]).label(ROW)]
    for column in entry.columns:
        kind = column.type.spec.type
        suffixes = [suffix for suffix, _ in stage_columns(kind)]
        if column.name == entry.found.spec.attributes.by:
            columns.append(by)
            continue
        own = table.c[column.name]
        given = table.c[column.name + GIVEN] if GIVEN in suffixes else own if kind == "presence" else own.is_not(None)
        for suffix in suffixes:
            name = quoted_name(column.name + suffix, quote=True)
            picked: sa.ColumnElement[Any] = sa.func.arg_min(table.c[name], table.c[ROW]).filter(given)
            if suffix == GIVEN or kind == "presence":
                picked = sa.func.coalesce(picked, sa.false())
            columns.append(picked.label(name))
    return sa.select(*columns).where(by.is_not(None)).group_by(by).subquery()


def lookup_in(source: Source, failures: list[Skipped]) -> Lookup:
    """Reads names that are data, such as those of custom fields; they are schema, not personal.

    A table of names that cannot be read is added to `failures`.
    """

    def lookup(table: TableInfo, column: str, where: Mapping[str, str]) -> tuple[str, ...]:
        names: list[str] = []
        try:
            for batch in source.read(table, list(dict.fromkeys([column, *where]))):
                for name, value in where.items():
                    batch = batch.filter(pc.fill_null(pc.equal(batch.column(name), value), False))
                names += [text for text in batch.column(column).to_pylist() if text]
        except SourceError as error:
            failures.append(Skipped(f"{source.info.name}.{table.name}", error.what, gap=True))
            return ()
        return tuple(dict.fromkeys(names))

    return lookup
