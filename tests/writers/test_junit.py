from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from auditor.model import AuditResult, State
from auditor.writers.junit import render


def cases(result: AuditResult) -> dict[tuple[str, str], ElementTree.Element]:
    root = ElementTree.fromstring(render(result))
    return {
        (case.get("name", "").partition(":")[0], case.get("classname", "").partition(".")[2]): case
        for suite in root for case in suite.iter("testcase")
    }  # fmt: skip


def test_there_is_a_suite_per_pack_and_a_case_per_rule_and_place(result: AuditResult) -> None:
    root = ElementTree.fromstring(render(result))
    assert [suite.get("name") for suite in root] == ["access", "eu-gdpr", "house", "coverage"]
    places = sum(len(each.places) for each in result.rules)
    assert len(root.findall("testsuite/testcase")) == places + len(result.coverage.gaps)


def test_the_figures_of_the_suites_add_up(result: AuditResult) -> None:
    root = ElementTree.fromstring(render(result))
    for total, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert root.get(total) == str(len(list(root.iter(tag)))) == str(sum(int(s.get(total, "0")) for s in root))
    failing = [finding for finding in result.findings if finding.gates]
    assert root.get("failures") == str(len(failing))


def test_a_failure_says_how_many_by_which_law_and_what_to_do(result: AuditResult) -> None:
    failure = cases(result)["contact-after-withdrawal", "crm.message"].find("failure")
    assert failure is not None and failure.get("type") == "critical"
    assert "143 of 18,412 message records" in failure.get("message", "")
    for part in ("Law: GDPR Art. 7(3)", "1. Pause the campaign", "Closes when: "):
        assert part in (failure.text or "")


def test_nothing_that_was_not_checked_looks_like_a_pass(result: AuditResult) -> None:
    by_state = {(e.rule.id, f"{p.source}.{p.relation}"): p.state for e in result.rules for p in e.places}
    for place, case in cases(result).items():
        if place in by_state:
            assert (len(case) == 0) == (by_state[place] is State.PASS), place
    skipped = cases(result)["unused-account", "crm.user"].find("skipped")
    assert skipped is not None and skipped.get("message") == "not assessed: user.last_seen_at is not mapped."
    broken = cases(result)["deceased-still-listed", "crm.audience"].find("error")
    assert broken is not None and "60 seconds" in broken.get("message", "")
    assert cases(result)["crm.hr_absence (1,204 rows)", ""].find("error") is not None


def test_what_does_not_gate_is_skipped_and_says_why(result: AuditResult) -> None:
    def reason(**changes: object) -> str:
        changed = replace(result.findings[0], **changes)  # type: ignore[arg-type]
        case = cases(replace(result, findings=(changed,)))["contact-after-withdrawal", "crm.message"]
        skipped = case.find("skipped")
        return "" if skipped is None else skipped.get("message", "").partition(":")[0]

    assert reason(gates=False) == "known from the baseline, without a new record"
    assert reason(status="accepted") == "accepted"
    assert reason(gates=True) == ""


def test_a_hostile_result_is_well_formed_and_nothing_in_it_acts(hostile: AuditResult) -> None:
    text = render(hostile)
    tags = {element.tag for element in ElementTree.fromstring(text).iter()}
    assert tags <= {"testsuites", "testsuite", "properties", "property", "testcase", "failure", "error", "skipped"}
    assert not {c for c in text if (ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0}
    assert not set("\u202e\u2066\ud800\U000e0041") & set(text)


@pytest.mark.parametrize("turn", [slice(None), slice(None, None, -1)])
def test_the_same_result_gives_the_same_text_whatever_its_order(result: AuditResult, turn: slice) -> None:
    turned = replace(result, rules=result.rules[turn], findings=result.findings[turn], packs=result.packs[turn])
    assert render(turned) == render(result)
