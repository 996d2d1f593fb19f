"""What the policy says about the organisation itself: rows of relations in its sections, and register files it names.

Sections and fields are those of `rules/relations.yaml`; every entry is checked against its field's type here, and
settles later exactly as a CRM's value does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from auditor.knowledge import Node, nearest
from auditor.relations import Field, Relation, load_relations
from auditor.settle.reading import OPTIONS, options_of
from auditor.settle.spec import SettleSpec

KEY, DELETED, NAME = "key", "deleted", "name"
ADDRESSES = ("email", "phone")
"""By what a register may name a person besides the key in the CRM."""
_OPEN = ("key", "ref", "name", "code", "presence", "email", "phone", "region")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a relation as a section states it: field to text; `name` is what it is called."""

    name: str
    values: Mapping[str, str]
    line: int = 1
    """Where it stands in the policy."""


@dataclass(frozen=True, slots=True)
class Register:
    """A register file: which relation it fills, and how its columns are read where they do not say so themselves."""

    relation: str
    path: Path
    shown: str
    """The file as the policy names it."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Field to the file's column, where their names differ."""
    types: Mapping[str, SettleSpec] = field(default_factory=dict)
    """Field to how it settles, where that is not the usual way of its type."""
    every: Mapping[str, str] = field(default_factory=dict)
    """Field to a text that holds for every row."""
    zone: str = ""
    of: str = ""
    """The source whose people and accounts it is about; empty: those in which they are found."""


def fields_of(relation: Relation) -> tuple[str, ...]:
    """What a register's columns may be: the relation's fields, the row's own key and mark, addresses of its person."""
    own = tuple(relation.fields)
    persons = ADDRESSES if any(f.to == "subject" for f in relation.fields.values()) else ()
    return tuple(dict.fromkeys((KEY, *persons, *own, DELETED)))


def field_of(relation: Relation, name: str) -> Field:
    """One of `fields_of` as a field with its type."""
    extra = {KEY: "key", DELETED: "flag", "email": "email", "phone": "phone"}
    return relation.fields[name] if name in relation.fields else Field(name, extra[name], "")


def spec_of(known: Field) -> SettleSpec:
    """The usual way a register's column of that field settles: codes by their names, whatever their case."""
    if known.type in ("code", "set") and known.values:
        spelled = {f"(?i){code.replace('_', '[ _-]?')}": code for code in known.values}
        return SettleSpec(known.type, split=";", values={c: c for c in known.values}, patterns=spelled)
    return SettleSpec(known.type, split=";") if known.type == "set" else SettleSpec(known.type)


# --- sections ------------------------------------------------------------------------------------------------


def read_sections(root: Mapping[str, Node]) -> dict[str, tuple[Entry, ...]]:
    """Relation to its entries, of every section that is there. Raises KnowledgeError for the first mistake."""
    sections = load_relations().sections
    return {relation.name: _entries(root[name], relation) for name, relation in sections.items() if name in root}


def _entries(node: Node, relation: Relation) -> tuple[Entry, ...]:
    if node.is_list:
        return tuple(_entry(item, relation) for item in node.items())
    if node.is_mapping:
        return (_entry(node, relation),)
    return (Entry(node.text(), {}, node.line),)


def _entry(node: Node, relation: Relation) -> Entry:
    if not node.is_mapping:
        return Entry(node.text(), {}, node.line)
    names = tuple(name for name in (NAME, *fields_of(relation)) if name not in (KEY, DELETED))
    parts = node.fields(optional=names)
    values = {}
    for name, value in parts.items():
        if name != NAME and not value.is_blank:
            _check(value, field_of(relation, name))
            values[name] = value.text()
    return Entry(parts[NAME].text() if NAME in parts else "", values, node.line)


def _check(node: Node, known: Field) -> None:
    """A text that its type cannot mean is refused here, with its place, rather than found unreadable later."""
    if known.type in _OPEN and not known.values:
        node.text()
    elif known.values:
        for text in node.text().split(";") if known.type == "set" else [node.text()]:
            if text.strip() not in known.values:
                hint = nearest(text.strip(), known.values) or f"Write one of: {', '.join(known.values)}."
                raise node.error(f"{text.strip()[:40]!r} is no {known.name} that is known.", hint)
    else:
        _CHECKS[known.type](node)


def _time(node: Node) -> None:
    try:
        datetime.fromisoformat(node.text())
    except ValueError:
        raise node.error("A date is expected here, written YYYY-MM-DD, perhaps with a time.") from None


def country(node: Node) -> str:
    """An ISO 3166-1 code. Raises KnowledgeError."""
    text = node.text()
    if len(text) != 2 or not (text.isascii() and text.isalpha() and text.isupper()):
        raise node.error("A country is written as its two-letter ISO 3166-1 code, such as DE.")
    return text


_CHECKS: Mapping[str, Callable[[Node], object]] = {
    "flag": Node.boolean,
    "number": Node.number,
    "time": _time,
    "birth": Node.day,
    "country": country,
    "set": Node.text,
}


# --- registers -----------------------------------------------------------------------------------------------


def read_registers(node: Node, folder: Path) -> tuple[Register, ...]:
    """The register files the policy names; relative paths are relative to its folder. Raises KnowledgeError."""
    relations = load_relations()
    allowed = [r.name for r in relations.relations.values() if r.register]
    found: list[Register] = []
    for key, value in node.pairs():
        if key.text() not in allowed:
            hint = nearest(key.text(), allowed) or f"Registers: {', '.join(allowed)}."
            raise key.error(f"{key.text()[:40]!r} is not a relation that a register can fill.", hint)
        entries = value.items() if value.is_list else [value]
        found += [_register(entry, relations[key.text()], folder) for entry in entries]
    return tuple(found)


def _register(node: Node, relation: Relation, folder: Path) -> Register:
    if not node.is_mapping:
        return Register(relation.name, folder / Path(node.text()).expanduser(), node.text())
    parts = node.fields(("file",), ("columns", "every", "zone", "day_first", "of"))
    columns: dict[str, str] = {}
    types: dict[str, SettleSpec] = {}
    shared = {"day_first": parts["day_first"].boolean()} if "day_first" in parts else {}
    for key, value in parts["columns"].pairs() if "columns" in parts else ():
        known = _known(key, relation)
        if not value.is_mapping:
            columns[known.name] = value.text()
            continue
        own = value.fields(optional=("named", *OPTIONS))
        if "named" in own:
            columns[known.name] = own["named"].text()
        types[known.name] = _settles(spec_of(known), options_of(own))
    every = {}
    for key, value in parts["every"].pairs() if "every" in parts else ():
        known = _known(key, relation)
        if value.text():  # a blank says that no row has one
            _check(value, known)
        every[known.name] = value.text()
    for known in (field_of(relation, name) for name in fields_of(relation)):
        if shared and known.type in ("time", "birth"):
            types[known.name] = _settles(types.get(known.name, spec_of(known)), shared)
    return Register(
        relation.name,
        folder / Path(parts["file"].text()).expanduser(),
        parts["file"].text(),
        columns,
        types,
        every,
        zone(parts["zone"]) if "zone" in parts else "",
        parts["of"].text() if "of" in parts else "",
    )


def _settles(usual: SettleSpec, options: Mapping[str, object]) -> SettleSpec:
    merged = dict(options)
    if "values" in merged:
        merged["values"] = {**usual.values, **merged["values"]}  # type: ignore[dict-item]
    return replace(usual, **merged)  # type: ignore[arg-type]


def _known(key: Node, relation: Relation) -> Field:
    names = fields_of(relation)
    if key.text() not in names:
        hint = nearest(key.text(), names) or f"Fields: {', '.join(names)}."
        raise key.error(f"The relation {relation.name} has no field {key.text()[:40]!r}.", hint)
    return field_of(relation, key.text())


def zone(node: Node) -> str:
    """The name of a time zone. Raises KnowledgeError."""
    try:
        ZoneInfo(node.text())
    except (ZoneInfoNotFoundError, ValueError):
        raise node.error(f"{node.text()[:60]!r} is not a time zone.", "Write a name such as Europe/Berlin.") from None
    return node.text()
