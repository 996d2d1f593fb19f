"""Every example of every rule of the built-in packs, each its own test."""

from __future__ import annotations

from functools import cache

import pytest

from auditor.rules.examples import ExampleOutcome, run_examples
from auditor.rules.loading import load_rules_or_raise

RULES = {compiled.rule.id: compiled for compiled in load_rules_or_raise()}
EXAMPLES = [
    (rule_id, number)
    for rule_id, compiled in RULES.items()
    for number in range(len(compiled.examples))
]  # fmt: skip


@cache
def outcomes(rule_id: str) -> tuple[ExampleOutcome, ...]:
    return run_examples(RULES[rule_id])


@pytest.mark.parametrize(
    ("rule_id", "number"), EXAMPLES, ids=[f"{r}-{RULES[r].examples[n].outcome}-{n}" for r, n in EXAMPLES]
)
def test_the_rule_says_what_its_example_expects(rule_id: str, number: int):
    outcome = outcomes(rule_id)[number]
    assert outcome.got == outcome.expected, outcome.where
