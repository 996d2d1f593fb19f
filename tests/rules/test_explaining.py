"""Every rule can be explained in every kind of source: its sentence, what it reads, what is missing, its statement."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from auditor.model import State
from auditor.policy import Policy
from auditor.rules.explaining import explain, explanation_lines
from auditor.rules.loading import load_rules_or_raise
from fixtures.demo.generate import DemoFiles, build
from tests.acceptance.conftest import TRIALS, needs_trials, unpacked
from tests.crm.planting import CRMS, planted

AS_OF = date(2026, 11, 1)
EXPORT = "Id,First Name,Email,Email Opt Out,Country,Last Activity Date\n1,Ada,ada@example.com,true,Germany,2015-01-01\n"
ODD = re.compile(r"  |\( | \)|\bsomewhere where\b|\bwhere where\b|[,;]\.|\.\.|\bnone\b|_|[a-z]\.[a-z]")
"""What no sentence that is read aloud may hold: doubled words, loose signs, names of fields."""


def _explained(source: Path) -> None:
    rules = load_rules_or_raise()
    told = explain(rules, [str(source)], policy=Policy(), as_of=AS_OF)
    assert [entry.result.rule.id for entry in told] == [compiled.rule.id for compiled in rules]
    for entry in told:
        sentence = entry.result.sentence
        unquoted = re.sub(r"(?<!\w)'[^']*'", "'x'", sentence)
        assert re.match(r"For every .*, (?:it is a violation|it needs review) if .*\.$", sentence), sentence
        assert not ODD.search(unquoted), sentence
        lines = explanation_lines(entry)
        assert lines[0] == sentence
        for there in entry.places:
            place = there.place
            assert place.state is not State.ERROR, place.reason
            assert not re.search(r"no place for (?:one|an?|the|where|what) ", place.reason)
            if place.state is State.NOT_ASSESSED:
                assert place.reason.endswith("."), lines
                assert there.fields or place.missing, lines
            else:
                assert "SELECT" in place.sql or place.state is State.NOT_APPLICABLE, lines
            assert not any(line.endswith("nothing found") for line in lines), lines


def test_every_rule_explains_itself_in_an_export(tmp_path: Path) -> None:
    (tmp_path / "contacts.csv").write_text(EXPORT, encoding="utf-8")
    _explained(tmp_path / "contacts.csv")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    return build(tmp_path_factory.mktemp("demo"), people=600)


def test_every_rule_explains_itself_in_the_demo(demo: DemoFiles) -> None:
    _explained(demo.sqlite)


@pytest.mark.parametrize("crm", CRMS)
def test_every_rule_explains_itself_in_planted_crms(tmp_path: Path, crm: str) -> None:
    _explained(planted(crm, tmp_path))


@pytest.mark.shared
@needs_trials
@pytest.mark.parametrize("name", ["suitecrm/suitecrm_synthetic.sqlite.gz", "civicrm/civicrm.sqlite.gz"])
def test_every_rule_explains_itself_in_known_crms(tmp_path: Path, name: str) -> None:
    _explained(unpacked(name, tmp_path / "crm.sqlite"))


@pytest.mark.shared
@needs_trials
def test_every_rule_explains_itself_in_sample_files() -> None:
    _explained(TRIALS / "mautic")
