"""The cells of one sheet of a workbook as rows of texts, streamed."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import IO

from auditor.sources.content import BROKEN, Member, unpacked
from auditor.sources.workbook_cells import MAX_CELL, PLAIN, Format, number_text, plain_text
from auditor.sources.workbook_parts import Attributes, Package, damaged, local, parse, parser_of
from auditor.sources.workbook_strings import Strings

Row = list[str | None]
_PIECE = 1 << 20
_MOST_COLUMNS, _MOST_CHARACTERS, _MOST_AFTER = 16_384, 64 << 20, 16 << 20
_VALUES = (b"</v", b"<v", b":v", b"</t", b"<t", b":t", b"<f", b":f")
"""How the tags begin in which values lie, whatever their prefix."""
_MERGED = re.compile(rb"mergeCell\s[^>]*?ref\s*=\s*[\"']([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})[\"']")
_OTHER, _CELL, _VALUE, _FORMULA, _ROW, _SPOKEN = range(6)
_TAGS = {"c": _CELL, "v": _VALUE, "t": _VALUE, "f": _FORMULA, "row": _ROW, "rPh": _SPOKEN}


@dataclass(frozen=True, slots=True)
class Extent:
    """How far the values of a sheet go."""

    end: int | None = None
    """A byte of its XML after which there is no value; formatted cells without values may follow in great number."""
    merged: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    """Cells that stand for several rows: column and last row, by first row."""


def survey(file: IO[bytes], part: Member) -> Extent:
    """Looks through the XML of a sheet without parsing it. One that is not as Excel writes it has no known end."""
    fed, end, names = 0, 0, 0
    before, after = b"", b""
    try:
        with unpacked(file, part) as stream:
            while piece := stream.read(_PIECE):
                text = before + piece
                if b"<!" in text or text.find(b"<?", 1) > 0 or b"\x00" in piece[:4] or piece.startswith(b"\xff\xfe"):
                    return Extent()
                fed += len(piece)
                closed = names > 1
                names += text.count(b"sheetData", max(0, len(before) - 8))
                last = text.rfind(b"sheetData") if names > 1 else len(text)
                if not closed and any(text.rfind(mark, 0, last) >= 0 for mark in _VALUES):
                    end = fed + _PIECE
                if names > 1 and len(after) < _MOST_AFTER:
                    after += piece if closed else text[last:]
                before = piece[-16:]
    except BROKEN:
        return Extent()
    if names != 2:
        return Extent()
    merged: dict[int, list[tuple[int, int]]] = {}
    for letters, first, last in _MERGED.findall(after):
        if int(last) > int(first):
            merged.setdefault(int(first), []).append((column_of(letters.decode()), int(last)))
    return Extent(end, {row: tuple(ranges) for row, ranges in merged.items()})


def column_of(letters: str) -> int:
    """The place of a column, from 0: A, B, ... Z, AA; -1 for what is none."""
    number = 0
    for letter in letters:
        if not "A" <= letter <= "Z" or number > _MOST_COLUMNS:
            return -1
        number = number * 26 + ord(letter) - 64
    return number - 1


@dataclass(slots=True)
class SheetReader:
    """Reads the rows of a sheet. `uncomputed` counts formulas whose result the workbook does not have."""

    package: Package
    part: Member
    extent: Extent
    uncomputed: int = 0

    def rows(self) -> Generator[Row]:
        """Rows that have a value, from the first column to their last value; None where a cell is empty.

        Raises SourceError where reading breaks off, after the rows before.
        """
        location = self.package.location
        with self.package.content.anywhere() as file:
            strings = Strings(file, self.package.strings, location)
            done: list[Row] = []
            cells = _Cells(self, strings, done)
            parser = parser_of(location)
            parser.StartElementHandler, parser.EndElementHandler = cells.start, cells.end
            parser.CharacterDataHandler = cells.data
            try:
                with unpacked(file, self.part) as stream:
                    for _ in parse(parser, stream, location, self.extent.end):
                        yield from done
                        done.clear()
            except BROKEN:
                raise damaged(location, "a sheet cannot be unpacked") from None
            cells.flush()
            yield from done


class _Cells:
    """What the parser tells, put together to rows."""

    def __init__(self, reader: SheetReader, strings: Strings, done: list[Row]) -> None:
        self._reader, self._strings, self._done = reader, strings, done
        self._location = reader.package.location
        self._since_1904 = reader.package.since_1904
        self._formats = {str(n): form for n, form in enumerate(reader.package.formats)}
        self._merged = reader.extent.merged
        self._lasting: dict[int, tuple[int, str | None]] = {}
        self._tags: dict[str, int] = {}
        self._columns: dict[str, int] = {}
        self._pieces: list[str] = []
        self._row: Row = []
        self._number = self._column = 0
        self._size = 0
        self._kind, self._form = "", PLAIN
        self._inside = self._takes = self._given = self._computed = self._spoken = False

    def start(self, tag: str, attributes: Attributes) -> None:
        """An element begins."""
        code = self._tags.get(tag)
        if code is None:
            code = _TAGS.get(local(tag), _OTHER)
            if len(self._tags) < 100:
                self._tags[tag] = code
        if code == _CELL:
            self._inside, self._given, self._computed = True, False, False
            place = attributes.get("r")
            self._column = len(self._row) if place is None else self._place(place.rstrip("0123456789"))
            self._kind = attributes.get("t", "n")
            self._form = self._formats.get(attributes.get("s", "0"), PLAIN)
        elif code == _VALUE:
            self._takes = self._inside and not self._spoken
            self._given = self._given or self._inside
        elif code == _FORMULA:
            self._computed = True
        elif code == _ROW:
            number = attributes.get("r", "")
            self._number = (
                int(number) if number.isascii() and number.isdigit() and len(number) < 10 else self._number + 1
            )
        elif code == _SPOKEN:
            self._spoken = True

    def data(self, text: str) -> None:
        """Characters."""
        if self._takes:
            self._pieces.append(text)
            self._size += len(text)
            if self._size > _MOST_CHARACTERS:
                raise damaged(self._location, "a row is longer than a sheet can have")

    def end(self, tag: str) -> None:
        """An element ends."""
        code = self._tags.get(tag)
        if code is None:
            code = _TAGS.get(local(tag), _OTHER)
        if code == _VALUE:
            self._takes = False
        elif code == _CELL:
            self._end_cell()
        elif code == _ROW:
            self._end_row()
        elif code == _SPOKEN:
            self._spoken = False

    def flush(self) -> None:
        """The sheet was left within a row whose other cells are empty."""
        if self._inside:
            self._end_cell()
        self._end_row()

    def _end_cell(self) -> None:
        self._inside = False
        pieces, row = self._pieces, self._row
        if not pieces:
            if self._computed and not self._given:
                self._reader.uncomputed += 1
            return
        value = self._value(pieces[0] if len(pieces) == 1 else "".join(pieces))
        pieces.clear()
        if value:
            missing = self._column - len(row)
            if missing < 0:
                row[self._column] = value
                return
            if missing:
                row += [None] * missing
            row.append(value)

    def _value(self, text: str) -> str | None:
        kind = self._kind
        if kind == "n":
            form: Format = self._form
            if form is PLAIN and text.isdigit() and len(text) < 16 and text.isascii():
                return text
            return number_text(text.strip(), form, self._since_1904)
        if kind == "s":
            if not (text.isascii() and text.strip().isdigit() and len(text) < 12):
                raise damaged(self._location, "a cell refers to a text that is not there")
            return self._strings[int(text)]
        if kind == "b":
            return "true" if text.strip() in ("1", "true") else "false"
        if kind == "e":
            return None
        if len(text) > MAX_CELL:
            raise damaged(self._location, "a text is longer than a cell can hold")
        return text if kind == "d" else plain_text(text)

    def _end_row(self) -> None:
        row, self._row, self._size = self._row, [], 0
        if not any(value and not value.isspace() for value in row):
            return
        if self._merged or self._lasting:
            self._fill(row)
        self._done.append(row)

    def _fill(self, row: Row) -> None:
        """A cell that was merged over several rows counts for each of them."""
        self._lasting = {column: kept for column, kept in self._lasting.items() if kept[0] >= self._number}
        for column, (_, value) in self._lasting.items():
            if value and column < len(row) and row[column] is None:
                row[column] = value
            elif value and column >= len(row):
                row += [None] * (column - len(row)) + [value]
        for column, last in self._merged.get(self._number, ()):
            if 0 <= column < len(row):
                self._lasting[column] = (last, row[column])

    def _place(self, letters: str) -> int:
        place = self._columns.get(letters)
        if place is None:
            place = column_of(letters.upper())
            if not 0 <= place < _MOST_COLUMNS:
                raise damaged(self._location, "a cell lies outside of the sheet")
            if len(self._columns) <= _MOST_COLUMNS:
                self._columns[letters] = place
        return place
