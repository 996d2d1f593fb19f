"""What the generator writes covers the language: nothing of it is left out of the proof by chance."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, get_args

import pytest

from auditor.language import Frame, lower_value, syntax
from auditor.language.comparing import READS_AS
from auditor.language.functions import FUNCTIONS
from auditor.language.parsing import UNITS
from auditor.relations import load_relations
from auditor.rules.kinds import load_kinds
from auditor.rules.scan import Judged
from tests.language.world import context
from tests.sameness import crm
from tests.sameness.proof import FACTS, PARAMS, compiled
from tests.sameness.sentences import LISTS, REGIMES, sentence

SEEDS, RULES = range(1, 13), 150
"""As many rules as a dozen batches have."""
OPERATORS = ("=", "!=", "<", "<=", ">", ">=")
QUANTIFIERS = ("any", "no", "count")


@pytest.fixture(scope="module")
def written() -> frozenset[str]:
    """Everything of the language that the rules of those seeds use, one word each."""
    found: set[str] = set()
    for seed in SEEDS:
        random = Random(seed)
        said = [sentence(random) for _ in range(RULES)]
        found |= {f"kind {one.kind}" for one in said}
        for judged in compiled(said):
            found |= set(_used(judged))
    return frozenset(found)


def _used(judged: Judged) -> Iterator[str]:
    relation = load_relations()[judged.rule.relation]
    own = context(relations=load_relations(), facts=FACTS, params=PARAMS)
    for expression in (judged.compiled.when, judged.compiled.violation):
        if expression is not None:
            yield from _in(expression, Frame(relation, own), own, 0)


def _in(node: Any, frame: Frame, own: Any, level: int) -> Iterator[str]:
    yield type(node).__name__
    match node:
        case syntax.Path():
            at = frame.outer if node.this and frame.outer is not None else frame
            _, *steps = reversed(node.names)
            yield f"{frame.resolve(node).type} value"
            yield f"path of {len(steps)} steps{' from this' if node.this else ''}"
            if not steps:
                yield f"{at.relation.name}.{node.names[-1]}"
        case syntax.Period():
            yield f"{node.unit}{f' of {node.calendar}' if node.calendar else ''}"
        case syntax.Call():
            yield f"{node.name}()"
            yield from (f"{node.name}({part.value})" for part in node.arguments if isinstance(part, syntax.Text))
        case syntax.Param():
            yield f":{node.name}"
        case syntax.Compare():
            sides = [lower_value(part, frame, own).type for part in (node.left, node.right)]
            yield from (f"{side} {node.operator}" for side in sides)
            if any(isinstance(side, syntax.Quantifier) for side in (node.left, node.right)):
                yield f"count {node.operator} at level {level}"
        case syntax.Among() | syntax.Between() | syntax.Missing() | syntax.Older() | syntax.Within():
            value = lower_value(node.value, frame, own).type
            yield f"{type(node).__name__} {value}{' after' if getattr(node, 'after', False) else ''}"
        case syntax.Shift():
            yield "later" if node.sign > 0 else "earlier"
        case syntax.Matches():
            yield f"matches {node.pattern}"
        case syntax.Quantifier():
            yield from _quantified(node, frame, own, level)
        case syntax.Exists(path=path):
            yield f"exists after {len(path.names) - 1} steps{' from this' if path.this else ''}"
    if isinstance(node, syntax.Quantifier | syntax.Exists):
        return
    for child in syntax.children(node):
        yield from _in(child, frame, own, level)


def _quantified(node: syntax.Quantifier, frame: Frame, own: Any, level: int) -> Iterator[str]:
    name = f"{node.kind} at level {level}"
    yield name
    yield f"{node.relation} asked"
    keys = ["a person" if key == "person" else "a path" if "." in key else "a field" for key in node.keys]
    yield from (f"{name} same {key}" for key in keys or ["nothing"])
    yield f"{name} {'with' if node.where is not None else 'without'} condition"
    yield f"{name} {'including deleted' if node.including_deleted else 'live'}"
    yield f"{name} {'at' if node.moment is not None else 'ever'}"
    yield f"{name} {'other' if node.other else 'every'}"
    inner = Frame(load_relations()[node.relation], own, frame, "inner")
    if node.moment is not None:
        yield from _in(node.moment, frame, own, level)
    if node.where is not None:
        yield from _in(node.where, inner, own, level + 1)


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
    yield from (
        f"{kind} {operator}" for kind in set(READS_AS) - {"set", "presence", "text"} for operator in ["=", "!="]
    )
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
