"""Excel workbooks (.xlsx, and .xlsm without its macros): each sheet that has rows is a table.

Everything is read as it is stored: formulas by their last result, hidden sheets, rows and columns like all others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

import pyarrow as pa

from auditor.errors import SourceError
from auditor.model import ColumnInfo, Skipped, TableInfo
from auditor.sources.batching import batches, positions_of, text_column, unique
from auditor.sources.content import BROKEN
from auditor.sources.header import heading
from auditor.sources.kinds import Opened, TableFile
from auditor.sources.workbook_parts import Package, Sheet, damaged, open_package
from auditor.sources.workbook_sheet import Extent, Row, SheetReader, survey

_LOOKED_AT, _LOOKED_AT_CHARACTERS = 1_000, 16 << 20
_FEW = 5
"""Columns from which on a row of a title may hold two texts: `Report`, `Contacts`."""


class SheetTable:
    """One sheet of a workbook."""

    def __init__(
        self, package: Package, sheet: Sheet, extent: Extent, info: TableInfo, no_rows: frozenset[int]
    ) -> None:
        self.info = info
        self.unread = 0
        self._package, self._sheet, self._extent, self._no_rows = package, sheet, extent, no_rows

    def read(self, columns: Sequence[str], batch_rows: int) -> Iterator[pa.RecordBatch]:
        """See FileTable.read."""
        names = [column.name for column in self.info.columns]
        positions = positions_of(columns, names, self.info.name)
        return batches(self._rows(len(names)), columns, positions, batch_rows, text_column)

    def _rows(self, width: int) -> Iterator[Row]:
        """The records; a row with values beside the table is none that can be told apart."""
        self.unread = 0
        reader = SheetReader(self._package, self._sheet.part, self._extent)
        for place, row in enumerate(reader.rows()):
            if place in self._no_rows:
                continue
            if len(row) > width:
                self.unread += 1
                continue
            yield row if len(row) == width else row + [None] * (width - len(row))
        if reader.uncomputed:
            raise SourceError(
                f"The workbook lacks the results of {reader.uncomputed:,} formulas of this sheet.",
                where=self.info.location, do="Open it in Excel or LibreOffice, save it and try again.",
            )  # fmt: skip


def open_tables(file: TableFile) -> Opened:
    """The sheets of a workbook that have rows. Raises SourceError if none has."""
    try:
        package = open_package(file.content, file.location)
    except BROKEN:
        raise damaged(file.location, "it cannot be unpacked") from None
    found: list[tuple[Sheet, Extent, list[Row]]] = []
    skipped = [Skipped(f"{file.location}: {part}", _ASIDE, gap=True) for part in package.beside]
    for sheet in package.sheets:
        place = f"{file.location}: {sheet.name}"
        try:
            with file.content.anywhere() as stream:
                extent = survey(stream, sheet.part)
            rows = _first(package, sheet, extent)
        except SourceError as error:
            skipped.append(Skipped(place, error.what, gap=True))
            continue
        if rows:
            found.append((sheet, extent, rows))
        else:
            skipped.append(Skipped(place, "The sheet is empty.", gap=False))
    if not found:
        why = next((entry.why for entry in skipped if entry.gap), "No sheet of the workbook has rows.")
        raise SourceError(why, where=file.location, do="Export it again.")
    before = "" if file.alone else f"{file.name}."
    names = unique(file.name if len(found) == 1 else before + sheet.name for sheet, _, _ in found)
    tables = [_table(package, *one, name) for one, name in zip(found, names, strict=True)]
    return Opened(tuple(tables), tuple(skipped))


_ASIDE = "A workbook keeps data here that lies in no sheet (a pivot table's copy, a data model) and is not read."


def _first(package: Package, sheet: Sheet, extent: Extent) -> list[Row]:
    """The rows by which a table is told; those before a fault are enough."""
    rows: list[Row] = []
    size = 0
    try:
        with closing(SheetReader(package, sheet.part, extent).rows()) as reader:
            for row in reader:
                rows.append(row)
                size += sum(len(value) for value in row if value)
                if len(rows) == _LOOKED_AT or size > _LOOKED_AT_CHARACTERS:
                    break
    except SourceError:
        if not rows:
            raise
    return rows


def _table(package: Package, sheet: Sheet, extent: Extent, rows: Sequence[Row], name: str) -> SheetTable:
    width = max(map(len, rows))
    loose = 2 if width >= _FEW else 1
    header = heading(
        [[*(value or "" for value in row), *[""] * (width - len(row))] for row in rows], width, loose=loose
    )
    merged = sum(map(len, extent.merged.values()))
    notes = [
        f"sheet {sheet.name}",
        *(["hidden sheet"] if sheet.hidden else []),
        *([] if header.names else ["no header: columns are numbered"]),
        *([f"{len(header.above)} rows above the header left out"] if header.above else []),
        *([f"{merged:,} cells merged over several rows count for each of them"] if merged else []),
        *(["comments of cells are not read"] if sheet.comments else []),
    ]
    columns = tuple(ColumnInfo(column) for column in unique(header.names or [""] * width))
    info = TableInfo(name, columns, kind="workbook", location=package.location, notes=tuple(notes))
    return SheetTable(package, sheet, extent, info, header.no_rows)
