"""What people who write rules are given: skeletons that load and pass, a linter, a schema that is up to date."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.errors import KnowledgeError, UsageError
from auditor.relations import load_relations
from auditor.rules.authoring import lint, skeleton, write_skeleton
from auditor.rules.editor_schema import rule_schema_text
from auditor.rules.examples import run_examples
from auditor.rules.loading import load_rules_or_raise


def test_a_skeleton_of_every_relation_loads_and_its_examples_pass(tmp_path):
    for relation in load_relations().relations:
        write_skeleton(f"my-{relation.replace('_', '-')}", relation, tmp_path)
    mine = [compiled for compiled in load_rules_or_raise((tmp_path,)) if compiled.rule.id.startswith("my-")]
    assert len(mine) == len(load_relations().relations)
    assert all(outcome.passed for compiled in mine for outcome in run_examples(compiled))


def test_a_skeleton_is_linted_until_its_sentences_are_replaced(tmp_path):
    path = write_skeleton("my-rule", "note", tmp_path)
    (error,) = lint((tmp_path,), (path,))
    assert "skeleton's own sentences" in str(error)


def test_a_skeleton_never_overwrites(tmp_path):
    write_skeleton("my-rule", "note", tmp_path)
    with pytest.raises(UsageError, match="already there"):
        write_skeleton("my-rule", "note", tmp_path)


@pytest.mark.parametrize(("rule_id", "relation", "words"), [("Bad Id", "note", "lower case"), ("a", "nots", "'note'")])
def test_a_skeleton_of_nothing_is_refused(rule_id, relation, words):
    with pytest.raises((UsageError, KnowledgeError), match=words):
        skeleton(rule_id, relation)


def test_the_editor_schema_is_up_to_date():
    path = Path(__file__).parents[2] / "auditor" / "schemas" / "rule.schema.json"
    assert path.read_text(encoding="utf-8") == rule_schema_text(), "run: auditor rules schema > the file"
