"""What servers send becomes the text that every other source gives."""

from __future__ import annotations

import json
from collections.abc import Iterable
from enum import Enum

import pyarrow as pa
import pyarrow.compute as pc

from auditor.sources.batching import text_column


class Cell(Enum):
    """How the cells of a column are written by their server."""

    TEXT = "text"
    PADDED = "padded"
    """A text of fixed length, filled up with blanks."""
    BOOLEAN = "boolean"
    """t or f."""
    HEX = "hex"
    """Bytes as \\x and hexadecimal digits."""
    BITS = "bits"
    """A number as bytes."""
    ARRAY = "array"
    """An array as {a,"b c",NULL}."""
    INSTANT = "instant"
    """A time in UTC without its zone."""


def column_of(values: pa.Array, cell: Cell) -> pa.Array:
    """One column of cells, which are bytes, as text."""
    if cell is Cell.BITS:
        return pa.array([None if value is None else str(int.from_bytes(value)) for value in values.to_pylist()])
    column = _texts(values)
    match cell:
        case Cell.HEX | Cell.ARRAY:
            read = _hex if cell is Cell.HEX else array_json
            return text_column([None if text is None else read(text) for text in column.to_pylist()])
        case Cell.PADDED:
            return pc.utf8_rtrim(column, " ")
        case Cell.BOOLEAN:
            return pc.if_else(pc.equal(column, "t"), "true", pc.if_else(pc.equal(column, "f"), "false", column))
        case Cell.INSTANT:
            dated = pc.invert(pc.starts_with(column, "0000"))
            return pc.if_else(dated, pc.binary_join_element_wise(column, "+00:00", ""), column)
    return column


def columns_of(columns: Iterable[pa.Array], cells: Iterable[Cell]) -> list[pa.Array]:
    """The columns of a read, which are bytes, as text."""
    return [column_of(column, cell) for column, cell in zip(columns, cells, strict=True)]


def any_column(values: Iterable[object]) -> pa.Array:
    """One column of Python objects as text."""
    return text_column([any_text(value) for value in values])


def any_text(value: object) -> str | None:
    """A Python object of a driver as text."""
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case bytes() | bytearray() | memoryview():
            return from_bytes(bytes(value))
        case list() | tuple() | dict() | set():
            return json.dumps(sorted(value) if isinstance(value, set) else value, ensure_ascii=False, default=any_text)
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case _:
            return str(value)


def from_bytes(value: bytes) -> str:
    """UTF-8 if it is that, else \\x and hexadecimal digits."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return "\\x" + value.hex()


def _texts(values: pa.Array) -> pa.Array:
    """Texts at once; a column in which some are no UTF-8 one by one."""
    try:
        return values.cast(pa.string())
    except pa.ArrowInvalid:
        return text_column([None if value is None else from_bytes(value) for value in values.to_pylist()])


def _hex(text: str) -> str:
    return from_bytes(bytes.fromhex(text[2:])) if text.startswith("\\x") else text


def array_json(text: str) -> str:
    """PostgreSQL's notation of an array as JSON; its elements are texts, arrays or null."""
    start = text.find("={") + 1 if text.startswith("[") else 0
    stack: list[list[object]] = [[]]
    word, quoted, place = "", False, start
    while place < len(text):
        character = text[place]
        if character == "{":
            stack.append([])
        elif character == '"':
            quoted = True
            place += 1
            while place < len(text) and text[place] != '"':
                place += text[place] == "\\"
                word += text[place : place + 1]
                place += 1
        elif character in ",}":
            if quoted or word:
                stack[-1].append(None if word == "NULL" and not quoted else word)
            word, quoted = "", False
            if character == "}":
                if len(stack) < 2:
                    return text
                done = stack.pop()
                stack[-1].append(done)
        else:
            word += character
        place += 1
    return json.dumps(stack[0][0], ensure_ascii=False) if len(stack) == 1 and len(stack[0]) == 1 else text
