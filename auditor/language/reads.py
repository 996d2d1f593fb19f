"""Which fields an expression reads: to stage no more than is needed, and to know what cannot be judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from auditor.language import syntax
from auditor.language.functions import lookup
from auditor.language.quantifying import PERSON
from auditor.language.syntax import Node
from auditor.relations import Relations

FieldName: TypeAlias = tuple[str, str]
"""A relation and one of its fields."""

DERIVED = {
    ("permission", ""): (("consent", ""), ("suppression", "")),
    ("subject", "regimes"): (("subject", "country"), ("subject", "region")),
    ("identity", ""): (("subject", "email"), ("subject", "phone")),
}
"""What has to be staged so that something derived can be: a field, or (with an empty name) all of a relation."""


@dataclass(frozen=True, slots=True)
class Read:
    """One thing an expression reads: one of `fields` is enough. `quantified` if it is asked by any, no or count."""

    fields: tuple[FieldName, ...]
    quantified: bool = False
    optional: bool = False
    """Used where there, but nothing depends on it."""
    anywhere: bool = False
    """Matched by person: any source may hold it."""


def reads(expr: Node, relation: str, relations: Relations) -> tuple[Read, ...]:
    """Everything that an expression over a relation reads, without repetition, in the order of the text."""
    return tuple(dict.fromkeys(_reads(expr, relation, relation, False, relations)))


def _reads(node: Node, relation: str, outer: str, quantified: bool, relations: Relations) -> Iterator[Read]:
    match node:
        case syntax.Path():
            start, inside = (outer, False) if node.this else (relation, quantified)
            yield from _path(node.names, start, inside, relations)
        case syntax.Exists():
            yield from _path((*node.path.names, "key"), outer if node.path.this else relation, quantified, relations)
        case syntax.Call(name="under"):
            # The regimes are derived from the country; a country is enough for them to be known.
            *way, _ = _path(("subject", "regimes"), relation, quantified, relations)
            yield from way
            yield Read((("subject", "regimes"), ("subject", "country")), quantified)
        case syntax.Call() if lookup(node).any_of:
            each = [tuple(_reads(part, relation, outer, quantified, relations)) for part in node.arguments]
            yield Read(tuple(name for part in each for read in part for name in read.fields), quantified)
        case syntax.Quantifier():
            if PERSON in node.keys:
                yield from _by_person(node, relation, outer, quantified, relations)
                return
            yield Read(((node.relation, "key"),), True)
            for key in node.keys:
                yield from _path(tuple(key.split(".")), relation, quantified, relations)
                yield from _path(tuple(key.split(".")), node.relation, True, relations)
            if node.moment is not None:
                yield from _reads(node.moment, relation, outer, quantified, relations)
                yield Read(((node.relation, "starts_at"),), True)
                yield Read(((node.relation, "ends_at"),), True, optional=True)
            dated_by = relations[node.relation].dated_by
            if dated_by:
                yield Read(((node.relation, dated_by),), True, optional=True)
            if node.where is not None:
                yield from _reads(node.where, node.relation, relation, True, relations)
        case _:
            for child in syntax.children(node):
                yield from _reads(child, relation, outer, quantified, relations)


def _by_person(
    node: syntax.Quantifier, relation: str, outer: str, quantified: bool, relations: Relations
) -> Iterator[Read]:
    """What a quantifier over the same person reads: whatever tells who it is, here and in any source."""
    yield Read(_tells_who(relation, relations), quantified)
    yield Read(_tells_who(node.relation, relations), True, anywhere=True)
    yield Read((("identity", "email"), ("identity", "phone")), True, optional=True)
    yield Read((("identity", "subject_id"),), True, optional=True)
    yield Read((("identity", "phone"),), True, optional=True)
    without = replace(node, keys=tuple(key for key in node.keys if key != PERSON))
    for read in _reads(without, relation, outer, quantified, relations):
        yield replace(read, anywhere=True) if read.quantified else read


def _tells_who(name: str, relations: Relations) -> tuple[FieldName, ...]:
    relation = relations[name]
    own = [field.name for field in relation.fields.values() if field.type in ("email", "phone")]
    return tuple((name, field) for field in ([relation.subject_field] if relation.subject_field else []) + own)


def _path(names: tuple[str, ...], relation: str, quantified: bool, relations: Relations) -> Iterator[Read]:
    *steps, last = names
    for step in steps:
        if relation != step or step in relations[relation].references:
            reference = relations[relation].references[step]
            yield Read(((relation, reference.name),), quantified)
            relation = reference.to
    if last == f"{relation}_id" and last not in relations[relation].fields:
        last = "key"
    yield Read(((relation, last),), quantified)
