"""Cells that hold a JSON object: one member of it as the column's value, or every member as a row of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import pyarrow as pa

from auditor.crm.profile import EachMember

_AT_ONCE = 1 << 16


def member_of(column: pa.Array, way: Sequence[str]) -> pa.Array:
    """Of each cell that is a JSON object, the member to which names lead; any other cell stays as it is."""
    encoded = column.dictionary_encode()
    values = pa.array([_at(text, way) for text in encoded.dictionary.to_pylist()], pa.string())
    return values.take(encoded.indices)


def members_as_rows(
    batch: pa.RecordBatch, column: str, each: EachMember
) -> Iterator[tuple[pa.RecordBatch, dict[str, pa.Array]]]:
    """The rows of a batch once per member of the JSON object in a column, and the names and value of each member.

    A member that is itself an object gives rows of its own, until all names of `each` are used. A cell that is no
    JSON object gives no row. Of many members, some at a time.
    """
    leaves = (
        (place, *leaf)
        for place, text in enumerate(batch.column(column).to_pylist())
        for leaf in _leaves(_object(text) or {}, len(each.names))
    )
    while part := list(islice(leaves, _AT_ONCE)):
        rows = batch.take(pa.array([place for place, _, _ in part], pa.int64()))
        extra = {
            name: pa.array([names[level] if level < len(names) else None for _, names, _ in part], pa.string())
            for level, name in enumerate(each.names)
        }
        yield rows, extra | {each.value: pa.array([_text(value) for _, _, value in part], pa.string())}


def _leaves(held: dict[str, Any], depth: int) -> Iterator[tuple[tuple[str, ...], Any]]:
    for given, value in held.items():
        name = _whole(given)
        if isinstance(value, dict) and depth > 1:
            yield from (((name, *below), leaf) for below, leaf in _leaves(value, depth - 1))
        else:
            yield (name,), value


def _at(text: str, way: Sequence[str]) -> str | None:
    held: Any = _object(text)
    if held is None:
        return text
    for name in way:
        held = held.get(name) if isinstance(held, dict) else None
    return _text(held)


def _object(text: str | None) -> dict[str, Any] | None:
    if text is None or not text.lstrip().startswith("{"):
        return None
    try:
        held = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return held if isinstance(held, dict) else None


def _text(value: Any) -> str | None:
    """A text, number or truth as text; an object or a list is no single value."""
    if value is None or isinstance(value, dict | list):
        return None
    return _whole(value) if isinstance(value, str) else json.dumps(value)


def _whole(text: str) -> str:
    """The text without halves of characters, which JSON may hold and a column may not."""
    return text.encode("utf-8", "replace").decode("utf-8")
