"""docs/policy.md describes every setting, section and register there is, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import auditor
from auditor.policy import SETTINGS, load_policy
from auditor.policy_reference import reference
from auditor.relations import load_relations
from auditor.rules.compiled import rule_reads
from auditor.rules.loading import load_rules_or_raise

PAGE = (Path(auditor.__file__).parents[1] / "docs" / "policy.md").read_text(encoding="utf-8")


def test_the_page_has_the_fields_as_they_are():
    assert PAGE.endswith(reference()), (
        "Write its last part again: everything below `Printed by ...` is what `auditor init --fields` prints"
    )


def test_every_setting_is_described_and_there_is_no_other():
    table = PAGE.partition("## Settings")[2].partition("## Sections")[0]
    described = {name for line in table.splitlines() for name in re.findall(r"`(\w+)`", line.split(" | ")[0])}
    assert described == {*SETTINGS, "organisation"}


def test_the_example_is_a_policy(tmp_path):
    path = tmp_path / "auditor.yaml"
    path.write_text(PAGE.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
    assert load_policy(path).organisation == "Example Ltd"


@pytest.mark.parametrize("compiled", load_rules_or_raise(), ids=lambda r: r.rule.id)
def test_whatever_a_rule_reads_can_be_given(compiled):
    """What would unlock a rule names a way that there is: a register, a section, the CRM, or what is found in it."""
    relations = load_relations()
    for read in rule_reads(compiled, relations):
        for name, _ in read.fields:
            relation = relations[name]
            said = relation.how_to_unlock
            for quoted in re.findall(r"`(\w+):`", said):
                assert quoted in relations.sections
            for quoted in re.findall(r"registers: \{(\w+):", said):
                assert relations[quoted].register
            assert relation.register or name in ("permission", "identity", "field", "table", "file")
