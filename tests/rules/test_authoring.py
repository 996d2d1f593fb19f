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
    errors = lint((tmp_path,), (path,))
    assert len(errors) == 2 and all("skeleton's own words" in str(error) for error in errors)


@pytest.mark.parametrize("pack", ["eu-gdpr", "us-ca-ccpa", "ca-casl", "pci-dss"])
@pytest.mark.parametrize("relation", ["subject", "message", "user"])
def test_a_skeleton_of_a_laws_pack_cites_a_law_and_asks_whom_it_reaches(tmp_path, pack, relation):
    path = write_skeleton("my-rule", relation, tmp_path, pack=pack)
    (mine,) = (compiled for compiled in load_rules_or_raise((tmp_path,)) if compiled.rule.id == "my-rule")
    assert all(outcome.passed for outcome in run_examples(mine))
    law = pack != "pci-dss"
    assert bool(mine.rule.law) is law
    assert (f"under('{pack}')" in mine.rule.when) is (law and relation != "user")
    assert len(lint((tmp_path,), (path,))) == (3 if law else 2)


def test_an_organisations_own_pack_is_found_in_its_folder(tmp_path):
    (tmp_path / "pack.yaml").write_text("id: acme\ntitle: ACME\nrests_on: ACME policy 4.2\n")
    write_skeleton("acme-note", "note", tmp_path, pack="acme")
    assert "acme" in {compiled.rule.pack for compiled in load_rules_or_raise((tmp_path,))}
    with pytest.raises(UsageError, match=r"a pack\.yaml in the folder"):
        skeleton("my-rule", "note", pack="acme")


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
