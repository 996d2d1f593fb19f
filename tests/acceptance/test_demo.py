"""The demo's planted faults are what the audit finds: the same records, not only as many, whatever the source."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from auditor.crm.binding import bind
from auditor.inventory import take
from auditor.jurisdictions import load_jurisdictions
from auditor.model import Inventory, State
from auditor.policy import load_policy
from auditor.rules.compiled import needs
from auditor.rules.evaluate import evaluate, violating_keys
from auditor.rules.loading import load_rules_or_raise
from auditor.sources import open_source
from auditor.stage import open_stage
from fixtures.demo import truth
from fixtures.demo.generate import DemoFiles, build, expected


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> DemoFiles:
    return build(tmp_path_factory.mktemp("demo"))


def found(path: Path, demo: DemoFiles) -> tuple[Mapping[str, frozenset[str]], Mapping[str, int], set[State]]:
    """Per rule the keys in violation and the number undetermined, and every state that came up."""
    planted = expected(demo.sqlite.parent)
    rules = [r for r in load_rules_or_raise() if r.rule.id in planted]
    facts, policy = load_jurisdictions(), load_policy(demo.policy)
    with ExitStack() as stack:
        source = stack.enter_context(open_source(f"demo={path}"))
        stage = stack.enter_context(open_stage())
        binding = bind(
            [source], Inventory(()), stage, policy=policy, as_of=demo.as_of, key=b"k" * 32, needs=needs(rules)
        )
        results = evaluate(stage.connection, rules, binding, as_of=demo.as_of, policy=policy, facts=facts)
        keys = {
            compiled.rule.id: frozenset(
                key
                for place in result.places
                for key in violating_keys(
                    stage.connection, compiled, place.source, as_of=demo.as_of, facts=facts, binding=binding
                )
            )
            for compiled, result in zip(rules, results, strict=True)
        }
    undetermined = {r.rule.id: sum(p.counts.undetermined for p in r.places) for r in results}
    return keys, undetermined, {p.state for r in results for p in r.places}


@pytest.mark.parametrize("kind", ["sqlite", "exports"])
def test_the_violating_keys_are_the_planted_ones(demo, kind):
    keys, undetermined, states = found(getattr(demo, kind), demo)
    planted = expected(demo.sqlite.parent)
    assert len(planted) >= 65
    assert {rule: keys[rule] ^ planted[rule] for rule in planted if keys[rule] != planted[rule]} == {}
    unknown = {rule: len(records) for rule, records in expected(demo.sqlite.parent, "undetermined").items()}
    assert undetermined == {rule: unknown.get(rule, 0) for rule in planted}
    assert not states & {State.NOT_ASSESSED, State.ERROR}


def test_the_truth_script_imports_nothing_of_the_product_and_agrees(demo):
    for module in ("truth", "truth_reading"):
        tree = ast.parse((Path(truth.__file__).parent / f"{module}.py").read_text(encoding="utf-8"))
        imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        imported += [name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names]
        assert not [name for name in imported if name.split(".")[0] == "auditor"]
    assert {rule: frozenset(keys) for rule, keys in truth.find(demo.sqlite)["violations"].items()} == expected(
        demo.sqlite.parent
    )


def test_the_audited_files_are_left_as_they_were(demo):
    def prints() -> Iterator[tuple[str, str]]:
        for path in sorted(demo.sqlite.parent.rglob("*")):
            if path.is_file():
                yield str(path), hashlib.sha256(path.read_bytes()).hexdigest()

    before = list(prints())
    for path in (demo.sqlite, demo.exports):
        with open_source(str(path)) as source:
            take([source])
        found(path, demo)
    assert list(prints()) == before
