"""Decisions about findings hold for what was decided on, and lapse with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from auditor.errors import KnowledgeError
from auditor.findings.assemble import find
from auditor.findings.exceptions import apply_exceptions, read_exceptions
from auditor.findings.meaning import digest
from tests.findings.test_assemble import FAILED, PATTERNS, result

ON = date(2026, 11, 1)
(FINDING,) = find([result(FAILED)], PATTERNS)
NUMBER = FINDING.place.counts.violations
ENTRY = f"""\
exceptions:
  - finding: {FINDING.fingerprint}
    rule_digest: {digest(FINDING.rule)}
    decision: accepted
    owner: privacy office
    reason: The tool that mends them comes in spring.
    decided: 2026-10-01
    expires: 2027-06-30
    maximum: {NUMBER}
"""


def decided(tmp_path, text=ENTRY):
    path = tmp_path / "auditor-exceptions.yaml"
    path.write_text(text)
    return read_exceptions(path)


def test_a_finding_that_was_accepted_does_not_gate(tmp_path):
    (finding,), (use,) = apply_exceptions([FINDING], decided(tmp_path), ON)
    assert FINDING.gates
    assert (finding.status, finding.gates) == ("accepted", False)
    assert (use.state, use.rule, use.owner) == ("used", FINDING.rule.id, "privacy office")


@pytest.mark.parametrize(
    ("change", "state", "holds"),
    [
        ({"expires": date(2026, 11, 1)}, "expiring", True),
        ({"expires": date(2026, 10, 31)}, "expired", False),
        ({"maximum": NUMBER - 1}, "outgrown", False),
        ({"rule_digest": "0" * 12}, "rule changed", False),
        ({"finding": "0" * 24}, "unused", False),
    ],
)
def test_a_decision_lapses(tmp_path, change, state, holds):
    (decision,) = decided(tmp_path)
    (finding,), (use,) = apply_exceptions([FINDING], [replace(decision, **change)], ON)
    assert (use.state, finding.status == "accepted", finding.gates) == (state, holds, not holds)
    assert use.why


def test_only_the_meaning_of_a_rule_changes_its_digest():
    rule = FINDING.rule
    same = replace(rule, title="other", why="other", file="other", violation=f"  {rule.violation}\n")
    assert digest(same) == digest(rule)
    others = [
        replace(rule, violation="false"),
        replace(rule, when="true"),
        replace(rule, params={"limit": "1 day"}),
        replace(rule, including_deleted=True),
    ]
    assert len({digest(other) for other in (rule, *others)}) == 5


@pytest.mark.parametrize(
    ("old", "new", "where", "said"),
    [
        (
            FINDING.fingerprint,
            "abc",
            "2:14",
            "A finding is 24 hexadecimal digits. Copy it from the finding in audit.json.",
        ),
        ("decision: accepted", "decision: acepted", "4:15", "Did you mean 'accepted'?"),
        ("owner: privacy office", "owner: ''", "5:12", "A decision without an owner is none."),
        ("expires: 2027-06-30", "expires: 2030-06-30", "8:14", "A decision lasts from a day to two years."),
        ("expires: 2027-06-30", "expires: soon", "8:14", "A date is expected here, written YYYY-MM-DD."),
        (f"maximum: {NUMBER}", "maximum: 1.5", "9:14", "A whole number of records is expected here"),
        (f"maximum: {NUMBER}", "maxmum: 3", "9:5", "Did you mean 'maximum'?"),
        ("exceptions:", "exeptions:", "1:1", "Did you mean 'exceptions'?"),
    ],
)
def test_a_mistake_in_the_file_is_one_sentence_with_its_place(tmp_path, old, new, where, said):
    with pytest.raises(KnowledgeError) as caught:
        decided(tmp_path, ENTRY.replace(old, new))
    assert f"auditor-exceptions.yaml:{where}: " in str(caught.value)
    assert said in str(caught.value)


def test_two_decisions_about_one_finding_are_refused(tmp_path):
    with pytest.raises(KnowledgeError, match="two decisions about this finding"):
        decided(tmp_path, ENTRY + ENTRY.partition("\n")[2])
