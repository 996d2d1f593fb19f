"""The parts of an Excel workbook, which is a zip archive of XML: which sheets there are, and their cells' styles.

The XML may declare nothing, so no entity can swell it and nothing from outside can be drawn in; a tag may have a
bounded length, as the parser reads an unfinished one again and again. Names of namespaces and prefixes do not matter:
programs differ in them.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

from auditor.errors import SourceError
from auditor.sources.archive import directory
from auditor.sources.content import BROKEN, METHODS, Content, Member, unpacked
from auditor.sources.workbook_cells import Format, formats

CHUNK = 1 << 17
_LONGEST_TAG = 1 << 20
_MOST_STYLES, _MOST_SHEETS = 100_000, 2_000
_DECLARED = "The workbook is not as Excel writes it: its XML declares entities."
Attributes = Mapping[str, str]


class DamagedError(SourceError):
    """A part of a workbook that cannot be read."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of cells. `hidden` ones are in no tab."""

    name: str
    part: Member
    hidden: bool
    comments: bool
    """Whether its cells have comments."""


@dataclass(frozen=True, slots=True)
class Package:
    """A workbook: where its parts lie, and what all its sheets share."""

    content: Content
    location: str
    sheets: tuple[Sheet, ...] = ()
    strings: Member | None = None
    formats: tuple[Format, ...] = ()
    since_1904: bool = False
    beside: tuple[str, ...] = ()
    """Names of parts with data that lies in no sheet."""


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


def damaged(location: str, what: str) -> DamagedError:
    """The sentence about a workbook that cannot be read."""
    return DamagedError(f"The workbook is damaged or cut: {what}.", where=location, do="Save it again as .xlsx or CSV.")


def parser_of(location: str) -> expat.XMLParserType:
    """A parser of XML that is not trusted."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise DamagedError(_DECLARED, where=location, do="Save it again as .xlsx or CSV.")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def parse(parser: expat.XMLParserType, file: IO[bytes], location: str, end: int | None = None) -> Iterator[None]:
    """Feeds a part to its parser, up to the byte `end`, and says after each piece that there may be something."""
    fed = 0
    try:
        while (end is None or fed < end) and (piece := file.read1(CHUNK)):  # type: ignore[attr-defined]
            if end is not None:
                piece = piece[: end - fed]
            fed += len(piece)
            parser.Parse(piece, False)
            if fed - parser.CurrentByteIndex > _LONGEST_TAG:
                raise damaged(location, "a tag has no end")
            yield
        if end is None:
            parser.Parse(b"", True)
            yield
    except expat.ExpatError:
        raise damaged(location, "its XML cannot be read") from None
    except BROKEN:
        raise damaged(location, "a part of it cannot be unpacked") from None


def open_package(content: Content, location: str) -> Package:
    """What a workbook holds. Raises SourceError."""
    with content.anywhere() as file:
        parts = _parts(file, location)
        root = _relations(file, parts, "", location)
        main = next((target for kind, target in root.values() if kind == "officeDocument"), "xl/workbook.xml")
        if main not in parts:
            raise damaged(location, "it does not say which sheets it has")
        related = _relations(file, parts, main, location)
        listed, since_1904 = _listed(file, parts[main], location)
        by_kind = {kind: parts[target] for kind, target in related.values() if target in parts}
        styles = by_kind.get("styles")
        sheets = []
        for name, state, key in listed:
            kind, target = related.get(key, ("", ""))
            if kind not in ("worksheet", ""):
                continue  # a chart or a macro has no cells
            if target not in parts:
                raise damaged(location, "one of its sheets is missing")
            beside = {kind for kind, _ in _relations(file, parts, target, location).values()}
            hidden = state in ("hidden", "veryHidden")
            sheets.append(Sheet(name, parts[target], hidden, bool(beside & {"comments", "threadedComment"})))
        found = _styles(file, styles, location) if styles else ()
    aside = ("xl/pivotcache/pivotcacherecords", "xl/model/")
    more = tuple(sorted(member.name for name, member in parts.items() if name.startswith(aside)))
    return Package(content, location, tuple(sheets), by_kind.get("sharedStrings"), found, since_1904, more)


def _parts(file: IO[bytes], location: str) -> dict[str, Member]:
    """Where the parts lie, by their names in lower case."""
    parts: dict[str, Member] = {}
    for info in directory(file, location):
        name = info.filename.replace("\\", "/").lstrip("/").lower()
        if name in parts:
            raise damaged(location, "a part is there twice")
        if info.flag_bits & 1 or info.compress_type not in METHODS:
            raise damaged(location, "a part is encrypted or packed by a method that Excel does not use")
        parts[name] = Member.of(info)
    return parts


def _walk(file: IO[bytes], part: Member, location: str, start: Callable[[str, Attributes], None]) -> None:
    """Calls `start` for each element of a part, with names that have no prefix."""
    parser = parser_of(location)

    def named(tag: str, attributes: Attributes) -> None:
        start(local(tag), {local(name): value for name, value in attributes.items()})

    parser.StartElementHandler = named
    try:
        with unpacked(file, part) as stream:
            for _ in parse(parser, stream, location):
                pass
    except BROKEN:
        raise damaged(location, "a part of it cannot be unpacked") from None


def _relations(
    file: IO[bytes], parts: Mapping[str, Member], source: str, location: str
) -> dict[str, tuple[str, str]]:  # fmt: skip
    """The parts that a part names: their kind and name by the key that it uses."""
    folder, name = posixpath.split(source)
    part = parts.get(posixpath.join(folder, "_rels", f"{name}.rels"))
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "").replace("\\", "/").lower()
            whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], whole)

    if part is not None:
        _walk(file, part, location, start)
    return found


def _listed(file: IO[bytes], part: Member, location: str) -> tuple[list[tuple[str, str, str]], bool]:
    """Name, state and key of each sheet, and whether days count from 1904."""
    sheets: list[tuple[str, str, str]] = []
    since_1904 = False

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal since_1904
        if tag == "workbookPr":
            since_1904 = attributes.get("date1904", "0").lower() in ("1", "true", "on")
        elif tag == "sheet":
            sheets.append((attributes.get("name", ""), attributes.get("state", ""), attributes.get("id", "")))
            if len(sheets) > _MOST_SHEETS:
                raise damaged(location, f"it has more than {_MOST_SHEETS:,} sheets")

    _walk(file, part, location, start)
    return sheets, since_1904


def _styles(file: IO[bytes], part: Member, location: str) -> tuple[Format, ...]:
    """The formats of the cells' styles."""
    own: dict[int, str] = {}
    numbers: list[int] = []
    inside = ""

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal inside
        if tag in ("cellXfs", "cellStyleXfs", "dxfs", "cellStyles", "numFmts"):
            inside = tag
        elif tag == "numFmt" and inside == "numFmts":
            own[_whole(attributes.get("numFmtId", ""))] = attributes.get("formatCode", "")
        elif tag == "xf" and inside == "cellXfs":
            numbers.append(_whole(attributes.get("numFmtId", "")))
        if max(len(numbers), len(own)) > _MOST_STYLES:
            raise damaged(location, f"it has more than {_MOST_STYLES:,} styles")

    _walk(file, part, location, start)
    return formats(numbers, own)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
