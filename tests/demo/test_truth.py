"""The demo's ledger of planted faults against a script that finds them from the data alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.knowledge import documents, home
from fixtures.demo import truth
from fixtures.demo.generate import DemoFiles, build, expected

SEEDS = {20261101: 2000, 7: 900, 4711: 600}
NEVER_UNDETERMINED = {
    "confirmed-opt-in-undated", "country-missing", "country-unresolvable", "deleted-record-keeps-name",
    "lawful-basis-missing", "privacy-policy-outdated", "processor-without-contract", "purpose-without-period",
    "token-without-expiry", "weak-password-hash",
}  # fmt: skip


@pytest.fixture(scope="module", params=SEEDS, ids=str)
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    return build(tmp_path_factory.mktemp("demo"), seed=request.param, people=SEEDS[request.param])


@pytest.mark.parametrize("answer", ["violations", "undetermined"])
def test_the_data_alone_gives_exactly_what_was_planted(demo: DemoFiles, answer: str) -> None:
    found = {rule: frozenset(keys) for rule, keys in truth.find(demo.sqlite)[answer].items()}

    assert found == expected(demo.ledger.parent, answer)


def test_every_rule_is_planted_several_times(demo: DemoFiles) -> None:
    rules = {
        node.mapping()["id"].text() for path, node in documents(home("rules") / "packs") if path.name != "pack.yaml"
    }
    violations, undetermined = (expected(demo.ledger.parent, answer) for answer in ("violations", "undetermined"))

    assert set(violations) <= rules
    assert [rule for rule, keys in violations.items() if len(keys) < 2] == []
    assert set(undetermined) == set(violations) - NEVER_UNDETERMINED


def test_the_script_runs_on_its_own_and_prints_json(demo: DemoFiles) -> None:
    script = home("fixtures") / "demo" / "truth.py"
    ran = subprocess.run([sys.executable, str(script), str(demo.sqlite)], capture_output=True, text=True, check=True)

    assert json.loads(ran.stdout) == truth.find(demo.sqlite)


def test_the_script_imports_nothing_of_the_auditor_or_the_generator() -> None:
    for name in ("truth.py", "truth_reading.py"):
        path: Path = home("fixtures") / "demo" / name
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        imports = [line for line in lines if line.startswith(("import ", "from ")) and "truth_reading" not in line]
        assert not [line for line in imports if "auditor" in line or "fixtures" in line or line.startswith("from .")]
