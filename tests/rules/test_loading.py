from __future__ import annotations

import pickle
import time
from itertools import pairwise
from pathlib import Path

import pytest

from auditor.errors import KnowledgeError
from auditor.knowledge import parse_yaml
from auditor.rules.kinds import load_kinds
from auditor.rules.loading import load_packs, load_remediation, load_rules, load_rules_or_raise
from auditor.rules.reading import RulesError

GOOD = """\
id: note-too-old
pack: house
area: retention
version: 2026.11
type: automatic
title: A note is too old
relation: note
when: not subject.deleted
violation: created_at older than :limit
params: {limit: 2 years}
severity: low
population: notes
why: It is old.
remediation: [ERASE]
closes_with: It is gone.
examples:
  as_of: 2026-11-01
  violation:
    - note: {subject_id: 1, created_at: 2020-01-01}
      subject: {key: 1}
  fine:
    - note: {subject_id: 1, created_at: 2026-01-01}
      subject: {key: 1}
  undetermined:
    - note: {subject_id: 1}
      subject: {key: 1}
"""
FINE = "  fine:\n    - note: {subject_id: 1, created_at: 2026-01-01}\n      subject: {key: 1}\n"
UNDETERMINED = "    - note: {subject_id: 1}\n      subject: {key: 1}\n"
WHY = "why: It is old.\n"
BUILT_IN = len(load_rules()[0])


def folder_with(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / f"{name.replace('_', '-')}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def errors_of(tmp_path: Path, text: str) -> list[str]:
    rules, errors = load_rules((folder_with(tmp_path, note_too_old=text),))
    assert len(rules) == BUILT_IN
    return [str(error) for error in errors]


def test_a_rule_of_the_organisation_joins_the_built_in_ones(tmp_path):
    rules = load_rules_or_raise((folder_with(tmp_path, note_too_old=GOOD),))
    rule = next(r.rule for r in rules if r.rule.id == "note-too-old")
    assert len(rules) == BUILT_IN + 1
    assert rule.file.endswith("note-too-old.yaml")
    assert rule.params == {"limit": "2 years"}


def test_a_broken_rule_stops_neither_the_good_ones_nor_the_other_errors(tmp_path):
    folder = folder_with(
        tmp_path, note_too_old=GOOD, broken=GOOD.replace("note-too-old", "broken").replace("low", "lowest"), empty=""
    )
    rules, errors = load_rules((folder,))
    assert len(rules) == BUILT_IN + 1
    assert len(errors) == 2
    with pytest.raises(RulesError) as caught:
        load_rules_or_raise((folder,))
    assert len(str(caught.value).splitlines()) == 2
    assert isinstance(pickle.loads(pickle.dumps(caught.value)), RulesError)


def test_every_mistake_of_a_file_is_reported_at_once(tmp_path):
    text = GOOD.replace("severity: low", "severity: urgent").replace("[ERASE]", "[ERAZE]").replace("2026.11", "11")
    assert len(errors_of(tmp_path, text)) == 3


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("severity: low", "sevrity: low", "11:1", "Did you mean 'severity'?"),
        (WHY, "", "1:1", "The key 'why' is missing."),
        ("id: note-too-old", "id: note-old", "1:5", "differs from the file's name"),
        ("id: note-too-old", "id: Note_Too_Old", "1:5", "lower case with hyphens"),
        ("pack: house", "pack: hous", "2:7", "Did you mean 'house'?"),
        ("pack: house", "pack: eu-gdpr", "2:7", "cites its law"),
        ("area: retention", "area: retension", "3:7", "Did you mean 'retention'?"),
        ("title: A note is too old", "title: A note is too old.", "6:8", "without a full stop"),
        ("relation: note", "relation: notes", "7:11", "Did you mean 'note'?"),
        ("relation: note", "relation: note with deleted", "7:11", "Only `including deleted` does."),
        ("when: not subject.deleted", "when: not subject.deletd", "8:11", "Did you mean 'deleted'?"),
        ("created_at older", "craeted_at older", "9:12", "Did you mean 'created_at'?"),
        ("violation: created_at", "violation: lenght(kind) = 1 or created_at", "9:12", "no function lenght()"),
        ("violation: created_at", "violation: visibility = 'al' or created_at", "9:12", "Did you mean 'all'?"),
        ("violation: created_at", "violation: content older", "9:26", "does not fit here"),
        (":limit", ":limits", "9:34", "Did you mean 'limit'?"),
        ("{limit: 2 years}", "{limit: 2 years, grace: 1 day}", "10:33", "The parameter 'grace' is not used."),
        ("{limit: 2 years}", "{limit: 2 yaers}", "", "Did you mean 'years'?"),
        ("[ERASE]", "[ERASE, SUPRESS]", "14:22", "Did you mean 'SUPPRESS'?"),
        ("[ERASE]", "[]", "14:14", "No remediation is named."),
        ("closes_with: It is gone.", "closes_with: ''", "15:14", "A text is missing here."),
        (FINE, "", "17:3", "'fine'"),
        ("{subject_id: 1, created_at: 2020", "{subject: 1, created_at: 2020", "19:14", "Did you mean 'subject_id'?"),
        (UNDETERMINED, "    []\n", "25:5", "`undetermined: never`"),
        (UNDETERMINED, "    - subject: {key: 1}\n", "25:7", "no row of note"),
        (WHY, WHY + "law: [{cite: X, verified: V7}]\n", "14:27", "not one of V1, V2, V3, M"),
        (WHY, WHY + "law: [{cite: X, verified: V1}]\n", "14:7", "says when"),
        (WHY, WHY + "effective: {from: 2026-01-01, to: 2025-01-01}\n", "14:35", "end before"),
        ("severity: low", "optional: [created, created_at]\nseverity: low", "11:12", "Did you mean 'created_at'?"),
        ("violation: created_at older than :limit", "kind: max-age", "9:7", "A kind needs its slots."),
        ("when: not", "slots: {date: created_at}\nwhen: not", "8:8", "Slots belong to a kind."),
    ],
)
def test_a_mistake_is_one_clear_sentence_with_its_place(tmp_path, old, new, place, message):
    assert old in GOOD
    (error,) = errors_of(tmp_path, GOOD.replace(old, new, 1))
    assert f"note-too-old.yaml:{place}" in error
    assert message in error


def with_kind(kind: str, *slots: str) -> str:
    lines = "\n".join(f"  {slot}" for slot in slots)
    return GOOD.replace("violation: created_at older than :limit", f"kind: {kind}\nslots:\n{lines}")


def test_a_kind_stands_for_its_expression(tmp_path):
    text = with_kind("max-age", "date: created_at", "limit: :limit")
    rules = load_rules_or_raise((folder_with(tmp_path, note_too_old=text),))
    rule = next(r.rule for r in rules if r.rule.id == "note-too-old")
    assert rule.violation == "created_at older than :limit"


@pytest.mark.parametrize(
    ("slots", "place", "message"),
    [
        (("max-aeg", "date: created_at", "limit: :limit"), "9:7", "Did you mean 'max-age'?"),
        (("max-age", "date: created_at"), "11:3", "The key 'limit' is missing."),
        (("max-age", "date: created_at", "limits: :limit"), "12:3", "Did you mean 'limit'?"),
        (("max-age", "date: craeted_at", "limit: :limit"), "11:9", "Did you mean 'created_at'?"),
        (("max-age", "date: subject.bornon", "limit: :limit"), "11:9", "Did you mean 'born_on'?"),
        (("max-age", "date: created_at", "limit: 2 yeers"), "12:", "Did you mean 'years'?"),
    ],
)
def test_a_mistake_in_a_slot_is_placed_at_the_slot(tmp_path, slots, place, message):
    errors = errors_of(tmp_path, with_kind(*slots))
    assert any(f"note-too-old.yaml:{place}" in error and message in error for error in errors), errors


def test_an_expression_in_a_block_keeps_its_line(tmp_path):
    text = GOOD.replace("violation: created_at older", "violation: |\n  created_at is missing or\n  craeted_at older")
    (error,) = errors_of(tmp_path, text)
    assert "note-too-old.yaml:11:3:" in error


def test_an_id_may_be_used_once(tmp_path):
    text = GOOD.replace("note-too-old", "country-missing")
    _, errors = load_rules((folder_with(tmp_path, country_missing=text),))
    assert "already defined in rules/packs/house/jurisdiction/country-missing.yaml" in str(errors[0])


def test_a_pack_of_the_organisation_can_hold_its_rules(tmp_path):
    folder = folder_with(tmp_path, pack="id: ours\ntitle: Ours\nrests_on: Our policy.\n")
    folder_with(tmp_path, note_too_old=GOOD.replace("pack: house", "pack: ours"))
    assert any(r.rule.pack == "ours" for r in load_rules_or_raise((folder,)))
    assert load_packs((folder,))["ours"].title == "Ours"


def test_a_pack_may_not_be_redefined(tmp_path):
    folder = folder_with(tmp_path, pack="id: house\ntitle: Ours\nrests_on: Our policy.\n")
    _, errors = load_rules((folder,))
    assert "The pack 'house' is defined twice." in str(errors[0])


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(KnowledgeError, match="There is no such folder of rules"):
        load_rules_or_raise((tmp_path / "nowhere",))


BOMB = "a: &a [x, x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in pairwise("abcdefghi"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOMB, "Aliases"),
        ("a: " + "[" * 5000, "Nested more than"),
        ("a: " + "{b: " * 5000, "Nested more than"),
        ("- " * 5000 + "x", "Nested more than"),
        (GOOD.replace("created_at older than :limit", "created_at is missing or " * 18_000 + "true"), "longer than"),
        (GOOD.replace("created_at older than :limit", "(" * 1900 + "true" + ")" * 1900), "nested more than"),
        (GOOD.replace("created_at older than :limit", "not " * 1000 + "true"), "nested more than"),
        (GOOD + "x: " + "y" * 1_100_000, "larger than"),
        (GOOD.replace("It is old.", "It is \x00 old."), "U+0000 is not allowed"),
        (GOOD.replace("It is old.", "!!python/object/apply:os.system [id]"), "A text is expected here"),
    ],
)
def test_a_hostile_file_is_refused_in_a_second_with_its_place(tmp_path, text, message):
    began = time.process_time()
    (error,) = errors_of(tmp_path, text)
    assert time.process_time() - began < 1.0
    assert "note-too-old.yaml" in error
    assert message in error


def test_kinds_read_as_sentences_and_use_all_their_slots():
    for kind in load_kinds().values():
        assert kind.reads.endswith(".")
        assert all(f"{{{slot}}}" in kind.violation for slot in kind.slots)


@pytest.mark.parametrize("text", ["a: {title: x}", "A: {title: x, steps: [], closes_with: y, effort: days, beware: z}"])
def test_a_broken_remediation_is_refused(tmp_path, text):
    path = tmp_path / "remediation.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"remediation\.yaml:1:"):
        load_remediation(path)


def test_yaml_text_that_is_no_mapping_is_refused():
    with pytest.raises(KnowledgeError, match="pairs are expected"):
        parse_yaml("- 1", "x").fields(("a",))
