"""What is new is decided by the violating records, not by their number."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from auditor.errors import UsageError
from auditor.findings.assemble import find
from auditor.findings.baseline import compare, gone
from auditor.model import State
from tests.findings.test_assemble import FAILED, PATTERNS, result


def finding(*members: str):
    return find([result(replace(FAILED, members=members))], PATTERNS)[0]


def baseline(tmp_path, *findings):
    path = tmp_path / "audit.json"
    entries = [{"fingerprint": f.fingerprint, "members": list(f.place.members)} for f in findings]
    path.write_text(json.dumps({"findings": entries}))
    return path


def test_one_record_mended_and_another_broken_is_one_new_violation(tmp_path):
    before, after = finding("a", "b"), finding("b", "c")
    (compared,) = compare([after], baseline(tmp_path, before))
    assert (compared.status, compared.new_members, compared.gates) == ("known", 1, True)


def test_a_known_finding_without_a_new_record_no_longer_gates(tmp_path):
    (compared,) = compare([finding("a")], baseline(tmp_path, finding("a", "b")))
    assert (compared.status, compared.new_members, compared.gates) == ("known", 0, False)


def test_what_cannot_be_compared_keeps_gating(tmp_path):
    (compared,) = compare([finding()], baseline(tmp_path, finding()))
    assert (compared.status, compared.new_members, compared.gates) == ("known", None, True)


def test_what_the_baseline_does_not_know_is_new(tmp_path):
    (compared,) = compare([finding("a")], baseline(tmp_path))
    assert (compared.status, compared.gates) == ("new", True)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"findings": [{}]}'])
def test_something_else_than_an_audit_is_refused(tmp_path, text):
    path = tmp_path / "audit.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"not an audit\.json"):
        compare([], path)


def test_a_finding_of_the_baseline_is_fixed_only_where_its_rule_was_judged_again(tmp_path):
    old = finding("a", "b")
    path = tmp_path / "audit.json"
    entry = {"fingerprint": old.fingerprint, "rule": old.rule.id, "title": old.rule.title, "severity": "high"}
    place = {"source": old.place.source, "relation": old.place.relation}
    path.write_text(json.dumps({"findings": [{**entry, "place": place, "counts": {"violations": 2}}]}))
    for state, fixed in ((State.PASS, True), (State.NOT_APPLICABLE, True), (State.NOT_ASSESSED, False)):
        (lost,) = gone([], [result(replace(FAILED, state=state))], path)
        assert (lost.fixed, lost.violations, bool(lost.reason)) == (fixed, 2, not fixed)
    (lost,) = gone([], [], path)
    assert lost.reason == "The rule was not judged there this time."
    assert gone([old], [], path) == ()


def test_a_known_finding_says_how_many_records_there_were_and_how_many_are_fixed(tmp_path):
    before, after = finding("a", "b", "c"), finding("c", "d")
    path = baseline(tmp_path, before)
    document = json.loads(path.read_text())
    document["findings"][0]["counts"] = {"violations": 3}
    path.write_text(json.dumps(document))
    (compared,) = compare([after], path)
    assert (compared.before, compared.new_members, compared.fixed_members) == (3, 1, 2)
