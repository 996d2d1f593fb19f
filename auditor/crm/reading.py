"""Reads a profile's YAML. Every error is collected with file, line, column and the nearest name, not only the first."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path as FilePath
from typing import ParamSpec, TypeVar

from auditor.crm.profile import (
    COLLECT,
    INNER,
    LEFT,
    MARKS,
    Attributes,
    Block,
    ColumnSpec,
    ColumnType,
    EachColumn,
    EachMember,
    FieldSpec,
    Fingerprint,
    JoinSpec,
    NamedIn,
    Profile,
    TableSpec,
)  # fmt: skip
from auditor.errors import KnowledgeError
from auditor.knowledge import Node, nearest, read_yaml
from auditor.language import Expr, parse
from auditor.relations import Relations, load_relations
from auditor.settle.reading import OPTIONS, options_of
from auditor.settle.spec import KINDS, SettleSpec

P = ParamSpec("P")
T = TypeVar("T")

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_LOWER = "Use lower case, and `named` for its real name."
_TABLE = "{table}"
_SLOT = re.compile(r"\{([a-z]+)\}")
_HEAD = ("profile", "title", "tables", "relations")
_HEAD_OPTIONAL = ("versions", "verified", "fingerprint", "types", "free_text", "zone", "names")


@dataclass(slots=True)
class _Reader:
    """Collects errors, so that one mistake does not hide the next."""

    relations: Relations
    errors: list[KnowledgeError] = field(default_factory=list)
    types: dict[str, ColumnType] = field(default_factory=dict)
    tables: dict[str, TableSpec] = field(default_factory=dict)

    def attempt(self, step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """What a step gives; if it fails, the error is kept and reading goes on."""
        try:
            return step(*args, **kwargs)
        except KnowledgeError as error:
            self.errors.append(error)
            return None

    def fail(self, node: Node, what: str, do: str = "") -> None:
        """Keeps an error about a place."""
        self.errors.append(node.error(what, do))


def read_profile(path: FilePath, *, shown_as: str = "") -> tuple[Profile | None, tuple[KnowledgeError, ...]]:
    """The profile in a file and every error in it; the profile is None if there is an error."""
    reader = _Reader(load_relations())
    profile = reader.attempt(_profile, path, shown_as, reader)
    return (None if reader.errors else profile), tuple(reader.errors)


def _profile(path: FilePath, shown_as: str, reader: _Reader) -> Profile:
    root = read_yaml(path, shown_as=shown_as)
    parts = root.fields(_HEAD, _HEAD_OPTIONAL)
    name = parts["profile"].text()
    if name != path.stem:
        reader.fail(parts["profile"], f"The profile {name[:40]!r} lies in a file {path.stem!r}.", "Name them alike.")
    for key, node in parts["types"].pairs() if "types" in parts else ():
        reader.types[key.text()] = reader.attempt(_type, node) or ColumnType(SettleSpec("key"))
    for entry in parts["tables"].items():
        reader.attempt(_tables, entry, reader)
    blocks = [block for entry in parts["relations"].items() for block in reader.attempt(_blocks, entry, reader) or ()]
    return Profile(
        name=name,
        title=parts["title"].text(),
        versions=_text(parts, "versions"),
        verified=parts["verified"].one_of(MARKS) if "verified" in parts else "",
        fingerprint=_fingerprint(parts["fingerprint"]) if "fingerprint" in parts else Fingerprint(),
        tables=reader.tables,
        blocks=tuple(blocks),
        free_text=tuple(_known_column(n, reader) for n in parts["free_text"].items()) if "free_text" in parts else (),
        zone=_text(parts, "zone"),
        loose_names="names" in parts and parts["names"].one_of(("exact", "loose")) == "loose",
        file=root.file,
    )


def _text(parts: Mapping[str, Node], key: str) -> str:
    return parts[key].text() if key in parts else ""


def _texts(parts: Mapping[str, Node], key: str) -> tuple[str, ...]:
    return parts[key].texts() if key in parts else ()


def _fingerprint(node: Node) -> Fingerprint:
    parts = node.fields(optional=("all", "any", "none"))
    alternatives = parts["any"].items() if "any" in parts else ()
    return Fingerprint(
        _texts(parts, "all"),
        tuple(entry.texts() for entry in alternatives),
        _texts(parts, "none"),
    )


def _known_column(node: Node, reader: _Reader) -> str:
    table, _, column = node.text().partition(".")
    if table not in reader.tables:
        reader.fail(node, f"There is no table {table[:40]!r} in this profile.", nearest(table, reader.tables))
    elif column not in reader.tables[table].columns:
        hint = nearest(column, reader.tables[table].columns)
        reader.fail(node, f"The table {table!r} has no column {column[:40]!r} in this profile.", hint)
    return node.text()


def _type(node: Node) -> ColumnType:
    parts = node.fields(("is",), (*OPTIONS, "if_absent"))
    return ColumnType(SettleSpec(parts["is"].one_of(KINDS), **options_of(parts)), _text(parts, "if_absent"))


def _tables(node: Node, reader: _Reader) -> None:
    parts = node.fields(
        ("columns",), ("table", "tables", "named", "named_in", "attributes", "each_column", "each_member")
    )
    if ("table" in parts) == ("tables" in parts):
        raise node.error("A table entry has either `table` or `tables`.")
    names = parts["table"] if "table" in parts else parts["tables"]
    columns = {
        key.text(): column
        for key, entry in parts["columns"].pairs()
        if (column := reader.attempt(_column, key, entry, reader)) is not None
    }
    attributes = parts["attributes"].fields(("by", "name", "value")) if "attributes" in parts else None
    each = parts["each_column"].fields(("like", "name", "value")) if "each_column" in parts else None
    member = parts["each_member"].fields(("of", "names", "value")) if "each_member" in parts else None
    for name in names.texts():
        if not _NAME.fullmatch(name):
            raise names.error(f"{name[:40]!r} cannot name a table here.", _LOWER)
        if name in reader.tables:
            raise names.error(f"The table {name!r} is described twice.", "Keep one of them.")
        reader.tables[name] = TableSpec(
            name,
            tuple(named.replace(_TABLE, name) for named in parts["named"].texts()) if "named" in parts else (name,),
            columns,
            Attributes(*(attributes[k].text() for k in ("by", "name", "value"))) if attributes else None,
            EachColumn(*(each[k].text() for k in ("like", "name", "value"))) if each else None,
            EachMember(member["of"].text(), member["names"].texts(), member["value"].text()) if member else None,
            _named_in(parts["named_in"]) if "named_in" in parts else None,
        )


def _named_in(node: Node) -> NamedIn:
    parts = node.fields(("table", "column", "where"))
    where = {key: value.text() for key, value in parts["where"].mapping().items()}
    return NamedIn(parts["table"].text(), parts["column"].text(), where)


def _column(key: Node, node: Node, reader: _Reader) -> ColumnSpec:
    name = key.text()
    if not _NAME.fullmatch(name):
        raise key.error(f"{name[:40]!r} cannot name a column here.", _LOWER)
    if not node.is_mapping:
        return ColumnSpec(name, _named_type(node, reader), (name,))
    parts = node.fields(("type",), ("named", "verified", "attribute", "named_in", "if_absent", "country_in", "member"))
    kind = _named_type(parts["type"], reader)
    if "if_absent" in parts:
        kind = replace(kind, if_absent=parts["if_absent"].text())
    return ColumnSpec(
        name,
        kind,
        parts["named"].texts() if "named" in parts else (name,),
        parts["verified"].one_of(MARKS) if "verified" in parts else "",
        _text(parts, "attribute"),
        _named_in(parts["named_in"]) if "named_in" in parts else None,
        _text(parts, "country_in"),
        _texts(parts, "member"),
    )


def _named_type(node: Node, reader: _Reader) -> ColumnType:
    name = node.text()
    if name in reader.types:
        return reader.types[name]
    return ColumnType(SettleSpec(node.one_of((*KINDS, *reader.types))))


# --- relations ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Filled:
    """A block's texts with the slots of `each` filled in."""

    slots: Mapping[str, str]

    def text(self, node: Node) -> str:
        """The text of a node."""

        def fill(match: re.Match[str]) -> str:
            if match[1] not in self.slots:
                raise node.error(f"{{{match[1]}}} is not filled by `each`.", nearest(match[1], self.slots))
            return self.slots[match[1]]

        return _SLOT.sub(fill, node.text())

    def expression(self, node: Node) -> Expr:
        """The expression a node holds."""
        return parse(self.text(node), where=(node.file, *node.content))


def _blocks(node: Node, reader: _Reader) -> list[Block]:
    blocks = []
    each = node.mapping().get("each")
    groups = [_side_by_side(group) for group in (each.items() if each.is_list else [each])] if each else []
    for chosen in product(*groups):
        filled = _Filled({key: value for group in chosen for key, value in group.items()})
        block = reader.attempt(_block, node, filled, reader)
        if block is not None:
            blocks.append(block)
    return blocks


def _side_by_side(group: Node) -> list[dict[str, str]]:
    """The lists of one group of `each`, as what they fill in together."""
    slots = {key: value.texts() for key, value in group.mapping().items()}
    if len({len(values) for values in slots.values()}) > 1:
        raise group.error("The lists of `each` have different lengths.", "They are filled in side by side.")
    return [dict(zip(slots, values, strict=True)) for values in zip(*slots.values(), strict=True)]


def _block(node: Node, filled: _Filled, reader: _Reader) -> Block:
    parts = node.fields(
        ("relation", "from", "key", "fields"), ("each", "join", "where", "deleted", "verified", "without")
    )
    relation = reader.relations[parts["relation"].one_of(reader.relations.relations)]
    mark = parts["verified"].one_of(MARKS) if "verified" in parts else ""
    table, alias = _alias(parts["from"], filled, reader)
    joins = tuple(_join(entry, filled, reader) for entry in parts["join"].items()) if "join" in parts else ()
    absent = parts["without"].items() if "without" in parts else ()
    fields = {}
    for key, entry in parts["fields"].pairs():
        name = filled.text(key)
        if name not in relation.fields:
            hint = nearest(name, relation.fields) or f"Fields: {', '.join(relation.fields)}."
            reader.fail(key, f"The relation {relation.name} has no field {name[:40]!r}.", hint)
            continue
        spec = reader.attempt(_field, name, entry, filled)
        if spec is not None:
            fields[name] = replace(spec, verified=spec.verified or mark)
    return Block(
        relation=relation.name,
        table=table,
        alias=alias,
        joins=joins,
        where=filled.expression(parts["where"]) if "where" in parts else None,
        key=_key(parts["key"], filled),
        deleted=filled.expression(parts["deleted"]) if "deleted" in parts else None,
        fields=fields,
        without=tuple(_table_called(name, entry, reader) for entry in absent if (name := filled.text(entry))),
        place=node.where,
    )


def _key(node: Node, filled: _Filled) -> tuple[Expr, ...]:
    entries: Sequence[Node] = node.items() if node.is_list else [node]
    return tuple(filled.expression(entry) for entry in entries)


def _field(name: str, node: Node, filled: _Filled) -> FieldSpec:
    if node.is_mapping:
        parts = node.fields(("is", "verified"))
        return FieldSpec(name, _key(parts["is"], filled), parts["verified"].one_of(MARKS))
    return FieldSpec(name, _key(node, filled))


def _alias(node: Node, filled: _Filled, reader: _Reader) -> tuple[str, str]:
    words = filled.text(node).split()
    if len(words) != 2 or not _NAME.fullmatch(words[1]):
        raise node.error("A table and an alias are expected here, such as `contacts p`.")
    return _table_called(words[0], node, reader), words[1]


def _table_called(name: str, node: Node, reader: _Reader) -> str:
    if name not in reader.tables:
        hint = nearest(name, reader.tables) or "Describe it under `tables`."
        raise node.error(f"There is no table {name[:40]!r} in this profile.", hint)
    return name


def _join(node: Node, filled: _Filled, reader: _Reader) -> JoinSpec:
    parts = node.fields(optional=("on", INNER, LEFT, COLLECT, "where", "one", "by", "of", "via"))
    kinds = [kind for kind in (INNER, LEFT, COLLECT) if kind in parts]
    if len(kinds) != 1:
        raise node.error("A join is one of `inner`, `left` and `collect`.")
    kind = kinds[0]
    table, alias = _alias(parts[kind], filled, reader)
    one = parts["one"].one_of(("first", "latest", "preferred")) if "one" in parts else ""
    if kind == LEFT and not one:
        raise node.error("A left join says which row it keeps.", "Add `one: first`, `latest` or `preferred`.")
    if one in ("latest", "preferred") and "by" not in parts:
        raise node.error(f"`one: {one}` needs `by`.", "Name the column that decides.")
    if "on" not in parts and not one:
        raise node.error("A join says what its rows have in common.", "Add `on`, or `one` for one row with all.")
    if (kind == COLLECT) != ("of" in parts):
        raise node.error("`collect` and `of` go together.")
    return JoinSpec(
        kind=kind,
        table=table,
        alias=alias,
        on=filled.expression(parts["on"]) if "on" in parts else None,
        where=filled.expression(parts["where"]) if "where" in parts else None,
        one=one,
        by=filled.expression(parts["by"]) if "by" in parts else None,
        collect={k: filled.expression(v) for k, v in parts["of"].mapping().items()} if "of" in parts else {},
        via=tuple(_via(entry, filled, reader) for entry in parts["via"].items()) if "via" in parts else (),
    )


def _via(node: Node, filled: _Filled, reader: _Reader) -> JoinSpec:
    parts = node.fields(("table", "on"))
    table, alias = _alias(parts["table"], filled, reader)
    return JoinSpec(INNER, table, alias, filled.expression(parts["on"]))
