"""What the generator writes covers the language: nothing of it is left out of the proof by chance."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, get_args

import pytest

from auditor.language import parse, syntax
from auditor.language.comparing import READS_AS
from auditor.language.functions import FUNCTIONS
from auditor.language.parsing import UNITS
from auditor.relations import load_relations
from auditor.rules.kinds import load_kinds
from tests.sameness import crm
from tests.sameness.proof import FACTS, PARAMS
from tests.sameness.sentences import EQUAL, LISTS, REGIMES, sentence

SEEDS, RULES = range(1, 13), 150
"""As many rules as a dozen batches have."""
OPERATORS = ("=", "!=", "<", "<=", ">", ">=")
QUANTIFIERS = ("any", "no", "count")


@pytest.fixture(scope="module")
def written() -> frozenset[str]:
    """Everything of the language that the rules of those seeds use, a few words each."""
    found: set[str] = set()
    for seed in SEEDS:
        random = Random(seed)
        for said in (sentence(random) for _ in range(RULES)):
            found.add(f"kind {said.kind}")
            for text in filter(None, (said.when, said.violation)):
                found |= set(_in(parse(text, where=("rule", 1, 1)), (said.root,)))
    return frozenset(found)


def _in(node: Any, around: tuple[str, ...]) -> Iterator[str]:
    """What a part of an expression uses; `around` are the relations outside and, last, the one it is about."""
    yield type(node).__name__
    match node:
        case syntax.Path():
            yield f"{_type(node, around)} value"
            yield f"path of {len(node.names) - 1} steps{' from this' if node.this else ''}"
            if len(node.names) == 1:
                yield f"{around[-2 if node.this else -1]}.{node.names[0]}"
        case syntax.Period():
            yield f"{node.unit}{f' of {node.calendar}' if node.calendar else ''}"
        case syntax.Call():
            yield f"{node.name}()"
            yield from (f"{node.name}({part.value})" for part in node.arguments if isinstance(part, syntax.Text))
        case syntax.Param():
            yield f":{node.name}"
        case syntax.Compare():
            yield from (f"{_type(side, around)} {node.operator}" for side in (node.left, node.right))
            if any(isinstance(side, syntax.Quantifier) for side in (node.left, node.right)):
                yield f"count {node.operator} at level {len(around) - 1}"
        case syntax.Among() | syntax.Between() | syntax.Missing() | syntax.Older() | syntax.Within():
            after = " after" if isinstance(node, syntax.Within) and node.after else ""
            yield f"{type(node).__name__} {_type(node.value, around)}{after}"
        case syntax.Shift():
            yield "later" if node.sign > 0 else "earlier"
        case syntax.Matches():
            yield f"matches {node.pattern}"
        case syntax.Exists(path=path):
            yield f"exists after {len(path.names) - 1} steps{' from this' if path.this else ''}"
            return
        case syntax.Quantifier():
            yield from _quantified(node, around)
            return
    for child in syntax.children(node):
        yield from _in(child, around)


def _quantified(node: syntax.Quantifier, around: tuple[str, ...]) -> Iterator[str]:
    name = f"{node.kind} at level {len(around) - 1}"
    yield f"{node.relation} asked"
    keys = ["a person" if key == "person" else "a path" if "." in key else "a field" for key in node.keys]
    yield from (f"{name} same {key}" for key in keys or ["nothing"])
    yield f"{name} {'with' if node.where is not None else 'without'} condition"
    yield f"{name} {'including deleted' if node.including_deleted else 'live'}"
    yield f"{name} {'at' if node.moment is not None else 'ever'}"
    yield f"{name} {'other' if node.other else 'every'}"
    if node.moment is not None:
        yield from _in(node.moment, around)
    if node.where is not None:
        yield from _in(node.where, (*around, node.relation))


def _type(node: Any, around: tuple[str, ...]) -> str:
    match node:
        case syntax.Path():
            relation = load_relations()[around[-2 if node.this else -1]]
            *steps, last = node.names
            for step in steps:
                if step in relation.references:
                    relation = load_relations()[relation.references[step].to]
            return {"key": "key", "deleted": "flag"}.get(last) or relation.fields[last].type
        case syntax.Call():
            return FUNCTIONS[node.name].gives or _type(node.arguments[0], around)
        case syntax.Quantifier():
            return "number"
        case syntax.Shift() | syntax.AsOf():
            return "time"
    return "text"


def wanted() -> Iterator[str]:
    """Everything there is, from the product's own tables."""
    yield from (node.__name__ for node in get_args(syntax.Expr))
    yield from (f"{name}()" for name in FUNCTIONS)
    yield from (unit for unit in UNITS)
    yield from ("business day", "business day of US", "business day of DE", "later", "earlier")
    yield from (f"{kind} value" for kind in READS_AS if kind != "text")
    yield from (f"kind {kind}" for kind in load_kinds())
    yield from (f":{name}" for name in PARAMS)
    yield from (f"{kind} {operator}" for kind in ("time", "number", "birth") for operator in OPERATORS)
    yield from (f"{kind} {operator}" for kind in set(READS_AS) - {"set", "presence", "text"} for operator in EQUAL)
    yield from (f"Among {kind}" for kind in ("code", "country", "region", "name", "number"))
    yield from (f"Between {kind}" for kind in ("time", "birth", "number"))
    yield from (f"Missing {kind}" for kind in READS_AS if kind != "text")
    yield from (f"Older {kind}" for kind in ("time", "birth"))
    yield from ("Within time", "Within time after", "Within birth")
    yield from ("exists after 0 steps", "exists after 1 steps", "exists after 0 steps from this")
    yield from (f"under({name})" for name in REGIMES)
    yield from (f"listed({name})" for name in LISTS)
    yield from (f"by_country({name})" for name in FACTS.tables)
    yield from (f"{relation} asked" for relation in crm.FIELDS if relation not in ("user", "role"))
    yield from (f"{relation}.{field}" for relation, fields in crm.FIELDS.items() for field in fields)
    yield from (f"{relation}.{field}" for relation in crm.FIELDS for field in ("key", "deleted"))
    yield from (f"path of {steps} steps" for steps in (0, 1, 2))
    yield from (f"path of {steps} steps from this" for steps in (0, 1, 2))
    for kind in QUANTIFIERS:
        for level in (0, 1):
            name = f"{kind} at level {level}"
            yield from (f"{name} same {key}" for key in ("nothing", "a field", "a path", "a person"))
            yield from (
                f"{name} {what}" for what in ("with condition", "without condition", "including deleted", "live")
            )
            yield from (f"{name} {what}" for what in ("at", "ever", "other", "every"))
    yield from (f"count {operator} at level {level}" for operator in OPERATORS for level in (0, 1))


def test_everything_of_the_language_is_written(written):
    assert not sorted(set(wanted()) - written)
