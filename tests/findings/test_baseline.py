"""What is new is decided by the violating records, not by their number."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from auditor.errors import UsageError
from auditor.findings import baseline as earlier
from auditor.findings.assemble import find
from auditor.findings.baseline import read_baseline
from auditor.findings.meaning import meaning
from auditor.model import State
from tests.findings.test_assemble import FAILED, PATTERNS, result


def finding(*members: str):
    return find([result(replace(FAILED, members=members))], PATTERNS)[0]


def compare(findings, path):
    return earlier.compare(findings, read_baseline(path))


def gone(findings, results, path, settings=None):
    return earlier.gone(findings, results, read_baseline(path), settings or {})


def written(tmp_path, findings, rules=(), **changes):
    """An audit.json, as far as it is compared."""
    document = {
        "schema_version": "2", "tool": {"version": "1"}, "sources": [], "packs": [], "findings": findings,
        "rules": [{"id": r.id, "pack": r.pack, "meaning": meaning(r)} for r in rules], "settings": {},
        "exceptions": [], **changes,
    }  # fmt: skip
    path = tmp_path / "audit.json"
    path.write_text(json.dumps(document))
    return path


def baseline(tmp_path, *findings):
    entries = [{"fingerprint": f.fingerprint, "members": list(f.place.members)} for f in findings]
    return written(tmp_path, entries)


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


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"findings": [{}]}', "[" * 100_000, '{"schema_version": "2", "findings": []}']
)
def test_something_else_than_an_audit_is_refused(tmp_path, text):
    path = tmp_path / "audit.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"not an audit\.json"):
        compare([], path)


def test_a_finding_of_the_baseline_is_fixed_only_where_its_rule_was_judged_again(tmp_path):
    old = finding("a", "b")
    entry = {"fingerprint": old.fingerprint, "rule": old.rule.id, "title": old.rule.title, "severity": "high"}
    place = {"source": old.place.source, "relation": old.place.relation}
    path = written(tmp_path, [{**entry, "place": place, "counts": {"violations": 2}}], [old.rule])
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


def lost_entry(old):
    entry = {"fingerprint": old.fingerprint, "rule": old.rule.id, "title": old.rule.title, "severity": "high"}
    place = {"source": old.place.source, "relation": old.place.relation}
    return {**entry, "place": place, "counts": {"violations": 2}}


def test_a_finding_that_a_weaker_rule_no_longer_has_is_never_called_fixed(tmp_path):
    old = finding("a", "b")
    stricter = replace(old.rule, params={"limit": "1 year"})
    path = written(tmp_path, [lost_entry(old)], [stricter])
    (lost,) = gone([], [result(replace(FAILED, state=State.PASS))], path)
    assert not lost.fixed
    assert lost.reason == "The rule was changed since: by what it says now these records pass."


def test_a_finding_that_another_policy_no_longer_has_is_not_called_fixed(tmp_path):
    old = finding("a", "b")
    path = written(tmp_path, [lost_entry(old)], [old.rule], settings={"establishments": "DE"})
    (lost,) = gone([], [result(replace(FAILED, state=State.PASS))], path)
    assert not lost.fixed and "(establishments)" in lost.reason
    (lost,) = gone([], [result(replace(FAILED, state=State.PASS))], path, {"establishments": "DE"})
    assert lost.fixed


def test_a_baseline_that_does_not_say_what_its_rules_meant_proves_nothing_fixed(tmp_path):
    old = finding("a", "b")
    path = tmp_path / "audit.json"
    path.write_text(json.dumps({"schema_version": "1", "findings": [lost_entry(old)]}))
    (lost,) = gone([], [result(replace(FAILED, state=State.PASS))], path)
    assert not lost.fixed and lost.reason.startswith("The baseline does not say")


def test_records_that_a_changed_rule_no_longer_has_are_not_counted_as_fixed(tmp_path):
    before, after = finding("a", "b", "c"), finding("c")
    entries = [{"fingerprint": before.fingerprint, "members": ["a", "b", "c"]}]
    path = written(tmp_path, entries, [replace(before.rule, violation="true")])
    (compared,) = compare([after], path)
    assert (compared.new_members, compared.fixed_members) == (0, None)


def test_a_baseline_of_a_later_version_is_refused(tmp_path):
    with pytest.raises(UsageError, match="later version"):
        read_baseline(written(tmp_path, [], schema_version="3"))


def test_of_very_many_records_those_are_compared_that_both_audits_could_know(tmp_path, monkeypatch):
    """A record whose hash was pushed out by smaller ones was not put right, and one that moved up is not new."""
    monkeypatch.setattr("auditor.findings.baseline.MEMBERS", 4)
    every = [f"{n:04x}" for n in range(0, 0x10000, 0x1000)]
    (grown,) = compare([finding("0800", "1800", *every[:2])], baseline(tmp_path, finding(*every[:4])))
    assert (grown.new_members, grown.fixed_members) == (2 * 0x10000 // 0x1801 + 1, 0)
    (mended,) = compare([finding(*every[1:5])], baseline(tmp_path, finding(*every[:4])))
    assert (mended.new_members, mended.fixed_members) == (0, 0x10000 // 0x3001 + 1)
    (same,) = compare([finding(*every[:4])], baseline(tmp_path, finding(*every[:4])))
    assert (same.new_members, same.fixed_members, same.gates) == (0, 0, False)
