"""The canonical relations of `rules/relations.yaml`, against which profiles and rules are checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from auditor.errors import KnowledgeError
from auditor.knowledge import Node, home, read_yaml

TYPES = (
    "key", "ref", "flag", "time", "birth", "code", "set", "country", "region", "number", "presence", "email", "phone",
    "name",
)  # fmt: skip

_WORDS = """and or not any no count of same at where is missing in has between matches older than within after before
true false including deleted exists this"""
_TEXTS = ("subject", "dated_by", "comes_from", "unlock", "rows", "section")
_FLAGS = {"register": True, "everybody": False, "completes": False}
KEYWORDS = frozenset(_WORDS.split())
"""Words of the rule language, which no relation or field may bear."""


@dataclass(frozen=True, slots=True)
class Field:
    """A canonical field: its type, what it means, its closed list if it has one, its target if it is a reference."""

    name: str
    type: str
    meaning: str
    values: tuple[str, ...] = ()
    to: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A canonical relation. `subject_field` names the field that leads to the person, empty if there is none.

    `dated_by` is the time that places a row in history: a row dated after the audit's date is counted apart.
    """

    name: str
    row: str
    fields: Mapping[str, Field]
    subject_field: str = ""
    dated_by: str = ""
    comes_from: str = ""
    how_to_unlock: str = ""
    rows: str = ""
    """What several rows are called; empty where the relation's name does."""
    section: str = ""
    """The section of the policy that may fill it, empty if none may."""
    register: bool = True
    """Whether a register file may fill it."""
    everybody: bool = False
    """Whether a register's row that names an address holds for everybody who has it, and not for one of them only."""
    completes: bool = False
    """Whether a register adds no rows but fills fields of those that are there."""

    @property
    def references(self) -> Mapping[str, Field]:
        """References by the name they have in a dotted path: `owner_id` is `owner`."""
        return {f.name.removesuffix("_id"): f for f in self.fields.values() if f.type == "ref"}


@dataclass(frozen=True, slots=True)
class Relations:
    """All relations, and the closed lists they share."""

    relations: Mapping[str, Relation]
    lists: Mapping[str, tuple[str, ...]]
    column_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What a register may call a field, besides the field's own name."""

    @property
    def sections(self) -> Mapping[str, Relation]:
        """The sections of the policy and the relations they fill."""
        return {r.section: r for r in self.relations.values() if r.section}

    def __getitem__(self, name: str) -> Relation:
        return self.relations[name]

    def __contains__(self, name: str) -> bool:
        return name in self.relations


@cache
def load_relations(path: Path | None = None) -> Relations:
    """Reads and checks `rules/relations.yaml`."""
    root = read_yaml(path or home("rules") / "relations.yaml", shown_as="rules/relations.yaml").fields(
        ("lists", "relations"), ("column_names",)
    )
    lists = {name: node.texts() for name, node in root["lists"].mapping().items()}
    relations = {name: _relation(name, node, lists) for name, node in root["relations"].mapping().items()}
    for relation in relations.values():
        for own in relation.fields.values():
            if own.to and own.to not in relations:
                raise KnowledgeError(
                    f"{relation.name}.{own.name} refers to an unknown relation.", where="rules/relations.yaml"
                )
    spelled = {k: n.texts() for k, n in root["column_names"].mapping().items()} if "column_names" in root else {}
    return Relations(relations, lists, spelled)


def _relation(name: str, node: Node, lists: Mapping[str, tuple[str, ...]]) -> Relation:
    parts = node.fields(("row", "fields"), (*_TEXTS, *_FLAGS))
    fields = {key.text(): _field(key, value, lists) for key, value in parts["fields"].pairs()}
    if name in KEYWORDS:
        raise node.error(f"{name!r} is a word of the rule language and cannot name a relation.")
    text = {key: parts[key].text() if key in parts else "" for key in _TEXTS}
    for key in ("subject", "dated_by"):
        if text[key] and text[key] != "key" and text[key] not in fields:
            raise parts[key].error(f"{name} has no field {text[key]!r}.")
    return Relation(
        name, parts["row"].text(), fields, text["subject"], text["dated_by"], text["comes_from"], text["unlock"],
        text["rows"], text["section"], **{k: parts[k].boolean() if k in parts else v for k, v in _FLAGS.items()},
    )  # fmt: skip


def _field(key: Node, node: Node, lists: Mapping[str, tuple[str, ...]]) -> Field:
    parts = node.fields(("type", "meaning"), ("values", "to"))
    if key.text() in KEYWORDS:
        raise key.error(f"{key.text()!r} is a word of the rule language and cannot name a field.")
    kind = parts["type"].one_of(TYPES)
    values: tuple[str, ...] = ()
    if "values" in parts:
        values = parts["values"].texts() if parts["values"].is_list else lists[parts["values"].one_of(lists)]
    return Field(key.text(), kind, parts["meaning"].text(), values, parts["to"].text() if "to" in parts else "")
