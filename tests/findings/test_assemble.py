"""From verdicts to findings, conclusions and what would unlock more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.findings.assemble import conclude, find, unlocks
from auditor.findings.fingerprint import fingerprint
from auditor.model import (
    Conclusion,
    Counts,
    Law,
    PlaceResult,
    Remediation,
    Rule,
    RuleResult,
    RuleType,
    Severity,
    State,
    Verified,
)
from auditor.relations import load_relations

RULE = Rule(
    id="country-missing", pack="house", area="jurisdiction", version="2026.11", type=RuleType.AUTOMATIC,
    title="People without a country", relation="subject", violation="country is missing", severity=Severity.HIGH,
    remediation=("CORRECT",),
)  # fmt: skip
PATTERNS = {"CORRECT": Remediation("CORRECT", "Correct", ("Fill it in.",), "A rescan.")}
FAILED = PlaceResult("crm", "subject", State.FAIL, Counts(10, 3, 7, people=3), origin=("contacts.country",))
PASSED = replace(FAILED, state=State.PASS, counts=Counts(10, 0, 10))
BLIND = PlaceResult("crm", "subject", State.NOT_ASSESSED, reason="not mapped", missing=("subject.country",))


def result(*places: PlaceResult, rule: Rule = RULE) -> RuleResult:
    return RuleResult(rule, "A person must have a country.", places)


def test_a_rule_that_fails_in_one_place_of_two_gives_one_finding():
    findings = find([result(FAILED, replace(PASSED, source="other"))], PATTERNS)
    assert [(f.rule.id, f.place.source, f.gates) for f in findings] == [("country-missing", "crm", True)]
    assert findings[0].remediation == (PATTERNS["CORRECT"],)


def test_findings_come_by_severity_then_reach():
    wide = replace(FAILED, source="wide", counts=Counts(100, 50, 50, people=50))
    urgent = replace(RULE, id="urgent", severity=Severity.CRITICAL)
    found = find([result(FAILED, wide), result(FAILED, rule=urgent)], PATTERNS)
    assert [(f.rule.id, f.place.source) for f in found] == [
        ("urgent", "crm"), ("country-missing", "wide"), ("country-missing", "crm")
    ]  # fmt: skip


def test_what_never_gates():
    law = (Law("Some Act s. 1", Verified.M, date(2026, 11, 1)),)
    for rule, place in (
        (replace(RULE, severity=Severity.INFO), FAILED),
        (replace(RULE, law=law), FAILED),
        (replace(RULE, type=RuleType.REVIEW), replace(FAILED, state=State.NEEDS_REVIEW)),
    ):
        assert [f.gates for f in find([result(place, rule=rule)], PATTERNS)] == [False]


def test_conclusions_follow_from_the_states():
    def conclusion(*results: RuleResult) -> Conclusion:
        return conclude(results, {"house": "House policy"})[0].conclusion

    assert conclusion(result(PASSED)) is Conclusion.NO_EXCEPTIONS
    assert conclusion(result(PASSED), result(BLIND)) is Conclusion.SCOPE_LIMITATION
    assert conclusion(result(FAILED), result(BLIND)) is Conclusion.EXCEPTIONS
    # A failure beside a broken place is still a failure.
    assert conclusion(result(FAILED, replace(BLIND, state=State.ERROR))) is Conclusion.EXCEPTIONS


def test_what_was_not_assessed_is_grouped_by_the_input_that_unlocks_most():
    both = replace(BLIND, missing=("subject.country", "subject.region"))
    other = replace(BLIND, missing=("login",))
    groups = unlocks(
        [result(BLIND), result(both, rule=replace(RULE, id="b")), result(other, rule=replace(RULE, id="c"))],
        load_relations(),
    )
    assert [(g.input, g.rules) for g in groups] == [("subject.country", ("b", "country-missing")), ("login", ("c",))]
    assert all(g.how for g in groups)


def test_a_rule_assessed_elsewhere_is_not_listed_as_unassessed():
    assert unlocks([result(FAILED, BLIND)], load_relations()) == ()


@given(st.lists(st.text(), min_size=1), st.randoms())
def test_a_fingerprint_does_not_depend_on_the_order_of_columns(columns, random):
    shuffled = list(columns)
    random.shuffle(shuffled)
    assert fingerprint("r", "s", "t", columns) == fingerprint("r", "s", "t", shuffled)


_PLACE = st.tuples(st.text(), st.text(), st.text(), st.just(()))


@given(_PLACE, _PLACE)
def test_different_places_have_different_fingerprints(one, two):
    assert (fingerprint(*one) == fingerprint(*two)) == (one == two)


@pytest.mark.parametrize(
    ("name", "title", "how"),
    [
        ("message.subject_id", "messages", "Give a table of messages mapped in the profile"),
        ("message", "messages", "Give a table of messages mapped in the profile"),
        ("subject.country", "country of residence", "Map or fill subject.country"),
        ("user.active", "user accounts: whether the account can be used", "Map or fill user.active"),
    ],
)
def test_what_would_unlock_more_is_named_in_words(name: str, title: str, how: str) -> None:
    blind = PlaceResult("crm", "message", State.NOT_ASSESSED, reason="nothing", missing=(name,))
    (group,) = unlocks([result(blind)], load_relations())
    assert (group.input, group.title) == (name, title)
    assert group.how.startswith(how)
