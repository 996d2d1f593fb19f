"""What is new is decided by the violating records, not by their number."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from auditor.errors import UsageError
from auditor.findings.assemble import find
from auditor.findings.baseline import compare
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
