"""Small tools over Arrow text columns: what is blank, work per distinct value, work on the part that needs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from auditor.settle.spec import Settler, SettleReport, SettleSpec


def trimmed(column: pa.Array) -> pa.Array:
    """The column as plain text without blanks around its values."""
    if not pa.types.is_string(column.type):
        column = column.cast(pa.string())
    return pc.utf8_trim_whitespace(column)


def missing(texts: pa.Array, spec: SettleSpec, settler: Settler) -> pa.Array:
    """True where a trimmed text is NULL, blank, or one of the placeholders."""
    words = settler.words.missing | {text.strip().lower() for text in spec.missing}
    longest = max(map(len, words), default=0)
    none = pc.or_kleene(pc.is_null(texts), pc.equal(pc.binary_length(texts), 0))
    # Lower-casing is the dear part, so only texts that are short enough to be a placeholder are looked at.
    short = pc.fill_null(pc.less_equal(pc.utf8_length(texts), longest), False)
    if pc.any(short).as_py():
        looked = pc.utf8_lower(pc.if_else(short, texts, pa.scalar(None, pa.string())))
        none = pc.or_kleene(none, pc.is_in(looked, value_set=pa.array(sorted(words), pa.string())))
    return none


def known(texts: pa.Array, none: pa.Array) -> pa.Array:
    """The texts with NULL where they are missing."""
    return pc.if_else(none, pa.scalar(None, pa.string()), texts)


def per_distinct(texts: pa.Array, kind: pa.DataType, read: Callable[[str], Any]) -> pa.Array:
    """`read` of every text, asked once per distinct one; NULL stays NULL."""
    encoded = texts.dictionary_encode()
    found = pa.array([read(text) for text in encoded.dictionary.to_pylist()], kind)
    return found.take(encoded.indices)


def whole(texts: pa.Array, shape: str) -> pa.Array:
    """True where a whole text has a shape (RE2, so a hostile text or shape costs no more than reading it)."""
    return pc.fill_null(pc.match_substring_regex(texts, f"^(?:{shape})$"), False)


def fill_where(base: pa.Array, where: pa.Array, part: pa.Array) -> pa.Array:
    """`base` with the values of `part`, in order, at the places where `where` is true."""
    return pc.replace_with_mask(base, where, part)


def counts(given: pa.Array, value: pa.Array, other: int = 0) -> SettleReport:
    """The report of a column of which `given` is true or false in every row."""
    some = _true(given)
    read = len(value) - value.null_count
    return SettleReport(len(given), some, some - read, other)


def _true(flags: pa.Array) -> int:
    return int(pc.sum(flags).as_py() or 0)
