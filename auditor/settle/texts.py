"""Keys, codes, sets, flags, numbers, presence, names of schema objects, and schemes of passwords."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from auditor.errors import KnowledgeError
from auditor.knowledge import nearest
from auditor.settle.arrays import counts, fill_where, known, missing, per_distinct, trimmed, whole
from auditor.settle.spec import Settled, Settler, SettleReport, SettleSpec
from auditor.tables import GIVEN

OTHER = "#"
"""Begins a value that is not shown: a hash in place of a key, or of a text that no list names."""
_LONGEST_NUMBER = 18
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"


def settle_key(column: pa.Array, spec: SettleSpec, settler: Settler) -> Settled:
    """An opaque identifier as it is; whatever else serves as a key as `#` and its keyed hash."""
    texts = trimmed(column)
    texts = known(texts, missing(texts, spec, settler))
    shapes = settler.words.key_shapes
    if spec.key_shape:
        shapes += "|" + _named_shape(spec.key_shape, settler)
    if _numbers(texts):
        return Settled((("", texts),), SettleReport(len(texts), len(texts) - texts.null_count))
    opaque = whole(texts, shapes)
    personal = pc.and_(pc.invert(opaque), pc.is_valid(texts))
    values = pc.if_else(opaque, texts, pa.scalar(None, pa.string()))
    uuid = pc.and_(opaque, pc.fill_null(pc.match_substring(texts, "-", ignore_case=False), False))
    if pc.any(uuid).as_py():  # one UUID is written in several ways
        values = pc.if_else(uuid, pc.utf8_trim(pc.utf8_lower(values), "{}"), values)
    other = 0
    if pc.any(personal).as_py():
        hidden = texts.filter(personal)
        other = len(hidden)
        digest = settler.digest
        values = fill_where(
            values, personal, per_distinct(hidden, pa.string(), lambda text: OTHER + digest(text, "key"))
        )
    given = len(texts) - texts.null_count
    return Settled((("", values),), SettleReport(len(texts), given, 0, other))


def _numbers(texts: pa.Array) -> bool:
    """True if all are whole numbers as they are in nearly every database: a shape that is told at a glance."""
    longest = pc.max(pc.binary_length(texts)).as_py() or 0
    return longest <= _LONGEST_NUMBER and bool(pc.all(pc.ascii_is_decimal(texts)).as_py())


def _named_shape(name: str, settler: Settler) -> str:
    shapes = settler.words.named_key_shapes
    if name not in shapes:
        raise KnowledgeError(f"{name!r} is no shape of keys.{nearest(name, shapes)}", do="See rules/settling.yaml.")
    return shapes[name]


def settle_code(column: pa.Array, spec: SettleSpec, settler: Settler) -> Settled:
    """Listed values as their code, anything else as `#` and a keyed hash."""
    texts = trimmed(column)
    distinct = texts.dictionary_encode()
    codes = _codes(distinct.dictionary, spec, settler)
    values = codes.take(distinct.indices)
    if spec.values.get(""):  # NULL stays missing even where a blank is listed
        values = pc.if_else(pc.is_null(texts), pa.scalar(None, pa.string()), values)
    given = pc.is_valid(values)
    return Settled((("", values), (GIVEN, given)), counts(given, values, _others(values)))


def settle_secret(column: pa.Array, spec: SettleSpec, settler: Settler) -> Settled:
    """How a password is stored, as a code; a text of no known scheme is `plain` unless the spec says otherwise."""
    schemes = {shape: scheme for scheme, shape in settler.words.secrets}
    patterns = {**spec.patterns, **schemes}
    whole_spec = SettleSpec(
        "code",
        values=spec.values,
        prefixes=spec.prefixes,
        patterns=patterns,
        otherwise=spec.otherwise or "plain",
        missing=spec.missing,
    )
    return settle_code(column, whole_spec, settler)


def settle_set(column: pa.Array, spec: SettleSpec, settler: Settler) -> Settled:
    """Several codes in one text, decoded by the spec's `split` and `strip`; an empty set is missing."""
    encoded = trimmed(column).dictionary_encode()
    members = [_members(text, spec) for text in encoded.dictionary.to_pylist()]
    every = sorted({member for row in members for member in row})
    codes = dict(zip(every, _codes(pa.array(every, pa.string()), spec, settler).to_pylist(), strict=True))
    sets: list[list[str] | None] = []
    for row in members:
        held = sorted({code for member in row if (code := codes[member]) is not None})
        sets.append(held or None)
    values = pa.array(sets, pa.list_(pa.string())).take(encoded.indices)
    given = pc.is_valid(values)
    return Settled((("", values), (GIVEN, given)), counts(given, values, _others(values.flatten())))


def _members(text: str, spec: SettleSpec) -> list[str]:
    text = text.removeprefix(spec.strip).removesuffix(spec.strip) if spec.strip else text
    return [member.strip() for member in (text.split(spec.split) if spec.split else [text])]


def _codes(texts: pa.Array, spec: SettleSpec, settler: Settler) -> pa.Array:
    """The code of each distinct trimmed text; NULL for what is missing. What the spec lists goes first."""
    listed = {raw.strip(): code for raw, code in spec.values.items()}
    blank = missing(texts, spec, settler).to_pylist()
    by_pattern: list[str | None] = [None] * len(texts)
    for shape, code in spec.patterns.items():
        fits = whole(texts, shape).to_pylist()
        by_pattern = [done or (code if fit else None) for done, fit in zip(by_pattern, fits, strict=True)]
    prefixes = sorted(spec.prefixes.items(), key=lambda pair: -len(pair[0]))
    found: list[str | None] = []
    for text, none, matched in zip(texts.to_pylist(), blank, by_pattern, strict=True):
        if text is not None and text in listed:
            found.append(listed[text] or None)
        elif text is None or none:
            found.append(None)
        else:
            begun = next((code for start, code in prefixes if text.startswith(start)), None)
            found.append(begun or matched or spec.otherwise or OTHER + settler.digest(text, "code"))
    return pa.array(found, pa.string())


def _others(values: pa.Array) -> int:
    return int(pc.sum(pc.starts_with(values, OTHER)).as_py() or 0)


def settle_flag(column: pa.Array, spec: SettleSpec, settler: Settler) -> Settled:
    """True or false, by the spec's texts and then by the usual spellings; anything else is unreadable."""
    words = settler.words
    true = {text.strip().lower() for text in spec.true}
    false = {text.strip().lower() for text in spec.false}
    none = words.missing | {text.strip().lower() for text in spec.missing} | {""}

    def read(text: str) -> tuple[bool | None, bool]:
        text = text.lower()
        if text in true or text in false:
            return text in true, True
        if text in none:
            return None, False
        return (True if text in words.true else False if text in words.false else None), True

    encoded = trimmed(column).dictionary_encode()
    pairs = [read(text) for text in encoded.dictionary.to_pylist()]
    values = pa.array([value for value, _ in pairs], pa.bool_()).take(encoded.indices)
    given = pc.fill_null(pa.array([given for _, given in pairs], pa.bool_()).take(encoded.indices), False)
    return Settled((("", values), (GIVEN, given)), counts(given, values))


def settle_number(column: pa.Array, spec: SettleSpec, settler: Settler) -> Settled:
    """A plain decimal number; separators of thousands and a decimal comma only if the spec says so."""
    texts = trimmed(column)
    texts = known(texts, missing(texts, spec, settler))
    plain = texts
    if spec.thousands:
        plain = pc.replace_substring(plain, spec.thousands, "")
    if spec.decimal != ".":
        if spec.thousands != ".":  # a point then means nothing, and must not pass for the comma
            plain = pc.replace_substring(plain, ".", "x")
        plain = pc.replace_substring(plain, spec.decimal, ".")
    plain = pc.if_else(whole(plain, _NUMBER), plain, pa.scalar(None, pa.string()))
    values = pc.cast(pc.utf8_ltrim(plain, "+"), pa.float64())
    values = pc.if_else(pc.is_finite(values), values, pa.scalar(None, pa.float64()))
    given = pc.is_valid(texts)
    return Settled((("", values), (GIVEN, given)), counts(given, values))


def settle_presence(column: pa.Array, spec: SettleSpec, settler: Settler) -> Settled:
    """Only whether something is there."""
    there = pc.invert(missing(trimmed(column), spec, settler))
    return Settled((("", there),), SettleReport(len(there), int(pc.sum(there).as_py() or 0)))


def settle_name(column: pa.Array, _spec: SettleSpec, _settler: Settler) -> Settled:
    """The name of a table, column, role or list: schema, not personal data."""
    texts = trimmed(column)
    values = known(texts, pc.or_kleene(pc.is_null(texts), pc.equal(texts, "")))
    given = len(values) - values.null_count
    return Settled((("", values),), SettleReport(len(values), given))
