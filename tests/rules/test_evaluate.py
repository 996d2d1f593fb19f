"""States, reasons, evidence and hashes, judged in a real stage over the real relations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from hashlib import blake2b
from typing import Any

import pytest
import sqlalchemy as sa

from auditor.errors import StageError
from auditor.jurisdictions import load_jurisdictions
from auditor.language import Context, last_instant
from auditor.model import (
    Binding,
    BoundField,
    BoundRelation,
    Counts,
    Fill,
    PlaceResult,
    Rule,
    RuleResult,
    RuleType,
    Severity,
    State,
)
from auditor.policy import Policy
from auditor.relations import load_relations
from auditor.rules import scan
from auditor.rules.compiled import CompiledRule, compile_rule, needs, sentence
from auditor.rules.evaluate import evaluate, violating_keys
from auditor.stage import memory_stage
from tests.language.world import UNREADABLE, Row, World, day, instant, world

AS_OF = date(2026, 11, 1)
RELATIONS = load_relations()
KEY = b"k" * 32


@pytest.fixture(scope="module")
def stage() -> Iterator[World]:
    with world(RELATIONS) as made:
        yield made


def rule(violation: str, relation: str = "subject", when: str = "", **changes: Any) -> CompiledRule:
    written = Rule(
        id=changes.pop("id", "a-rule"),
        pack="house",
        area="consent",
        version="2026.11",
        type=changes.pop("type", RuleType.AUTOMATIC),
        title="t",
        relation=relation,
        violation=violation,
        severity=Severity.HIGH,
        when=when,
        **changes,
    )
    return compile_rule(written, RELATIONS)


def bound(relation: str, rows: int, source: str = "crm", **fills: Fill | BoundField) -> BoundRelation:
    fields = {
        name: fill if isinstance(fill, BoundField) else BoundField(name, fill, (f"{relation}s.{name}",))
        for name, fill in fills.items()
    }
    for name in RELATIONS[relation].fields:
        fields.setdefault(name, BoundField(name, Fill.NOT_MAPPED, reason="the CRM has no such column"))
    return BoundRelation(source, relation, rows, fields)


def everything(rows: Mapping[str, list[Row]], sources: tuple[str, ...] = ("crm",)) -> Binding:
    """A binding in which every field of the filled relations is filled."""
    relations = [
        bound(
            name, sum(r.source == source for r in entries), source, **dict.fromkeys(RELATIONS[name].fields, Fill.FILLED)
        )
        for source in sources
        for name, entries in rows.items()
    ]
    return Binding((), tuple(relations))


def judge(
    stage: World, compiled: CompiledRule, rows: Mapping[str, list[Row]], binding: Binding | None = None, **options: Any
) -> RuleResult:
    stage.fill(rows)
    settings: dict[str, Any] = {
        "as_of": AS_OF,
        "policy": Policy(),
        "facts": load_jurisdictions(),
        "key": KEY,
        **options,
    }
    (result,) = evaluate(stage.connection, [compiled], binding or everything(rows), **settings)
    return result


def tried(
    stage: World, compiled: list[CompiledRule], rows: Mapping[str, list[Row]]
) -> tuple[tuple[RuleResult, ...], list[str]]:
    """The results of rules in a stage as it is, and what was said on the way."""
    said: list[str] = []
    facts = load_jurisdictions()
    results = evaluate(
        stage.connection, compiled, everything(rows), as_of=AS_OF, policy=Policy(), facts=facts, progress=said.append
    )
    return results, said


def place(result: RuleResult) -> PlaceResult:
    (only,) = result.places
    return only


PEOPLE = [
    Row("1", {"deceased": True}),
    Row("2", {"deceased": False}),
    Row("3", {}),
    Row("4", {"deceased": True}, deleted=True),
]


def test_violations_passes_and_undetermined_add_up_and_deleted_rows_are_out(stage: World):
    found = place(judge(stage, rule("deceased"), {"subject": PEOPLE}))
    assert found.state is State.FAIL
    assert found.counts == Counts(population=3, violations=1, passes=1, undetermined=1, people=1)
    assert [row.key for row in found.evidence] == ["1"]
    assert found.evidence[0].values == (("deceased", "yes"),)
    assert found.origin == ("subjects.deceased",)


def test_a_rule_can_include_deleted_rows(stage: World):
    found = place(judge(stage, rule("deceased", including_deleted=True), {"subject": PEOPLE}))
    assert found.counts.violations == 2


def test_scope_undetermined_is_part_of_undetermined(stage: World):
    found = place(judge(stage, rule("email is missing", when="deceased"), {"subject": PEOPLE}))
    assert found.counts == Counts(population=2, violations=1, undetermined=1, scope_undetermined=1, people=1)


@pytest.mark.parametrize(
    ("rows", "state", "reason"),
    [
        ([Row("1", {"deceased": False})], State.PASS, ""),
        ([Row("1", {"deceased": False}), Row("2", {})], State.NEEDS_REVIEW, "1 of 2 records cannot be judged"),
        ([Row("1", {}), Row("2", {})], State.NOT_ASSESSED, "None of the 2 records can be judged"),
        ([Row("1", {"deceased": True}, deleted=True)], State.NOT_APPLICABLE, "No record is in the rule's scope"),
        ([], State.NOT_ASSESSED, "is mapped and holds no row"),
    ],
)
def test_the_state_follows_from_the_counts(stage: World, rows: list[Row], state: State, reason: str):
    found = place(judge(stage, rule("deceased"), {"subject": rows}))
    assert found.state is state
    assert reason in found.reason


def test_a_review_rule_that_hits_needs_review(stage: World):
    assert judge(stage, rule("deceased", type=RuleType.REVIEW), {"subject": PEOPLE}).state is State.NEEDS_REVIEW


def test_rows_dated_after_the_audit_are_counted_apart(stage: World):
    notes = [
        Row("1", {"visibility": "all", "created_at": day("2026-11-02")}),
        Row("2", {"visibility": "all", "created_at": day("2026-11-01")}),
    ]
    found = place(judge(stage, rule("visibility = 'all'", "note"), {"note": notes}))
    assert (found.counts.violations, found.counts.after_as_of, found.counts.population) == (1, 1, 1)


@pytest.mark.parametrize("fill", [Fill.NOT_MAPPED, Fill.EMPTY, Fill.UNREADABLE])
def test_a_field_that_is_not_filled_makes_the_rule_not_assessed(stage: World, fill: Fill):
    binding = Binding((), (bound("subject", 1, deceased=fill, email=Fill.FILLED),))
    found = place(judge(stage, rule("email is missing", when="deceased"), {"subject": PEOPLE}, binding))
    assert found.state is State.NOT_ASSESSED
    assert found.missing == ("subject.deceased",)
    assert found.reason.startswith("subject.deceased ")
    assert found.counts == Counts()


def test_a_relation_without_a_place_says_what_would_unlock_it(stage: World):
    binding = Binding((), (bound("note", 0), bound("subject", 4, deceased=Fill.FILLED)))
    found = place(judge(stage, rule("visibility = 'all'", "note"), {}, binding))
    assert found.state is State.NOT_ASSESSED
    assert found.missing == ("note.visibility",)
    assert "notes mapped in the profile" in found.reason


def test_a_path_needs_the_relation_it_leads_to(stage: World):
    rows = {"note": [Row("1", {"subject_id": "1", "visibility": "all"})]}
    binding = Binding((), (bound("note", 1, subject_id=Fill.FILLED, visibility=Fill.FILLED), bound("subject", 0)))
    found = place(judge(stage, rule("visibility = 'all'", "note", when="not subject.deleted"), rows, binding))
    assert found.state is State.NOT_ASSESSED
    assert found.missing == ("subject",)


def test_a_quantified_relation_may_be_empty_but_not_unmapped(stage: World):
    compiled = rule("no order (same subject_id)", id="no-order")
    rows: dict[str, list[Row]] = {"subject": PEOPLE, "order": []}
    assert judge(stage, compiled, rows).state is State.FAIL
    unmapped = Binding((), (bound("subject", 4, deceased=Fill.FILLED), bound("order", 0)))
    found = place(judge(stage, compiled, rows, unmapped))
    assert found.state is State.NOT_ASSESSED
    assert "order" in found.missing


def test_permission_counts_as_mapped_where_consent_is(stage: World):
    compiled = rule("any permission (same subject_id) at as_of where (status = 'withdrawn')")
    binding = Binding(
        (),
        (
            bound("subject", 4, deceased=Fill.FILLED),
            bound("consent", 1, status=BoundField("status", Fill.FILLED, ("contacts.opt_out",), verified="M")),
        ),
    )
    found = place(judge(stage, compiled, {"subject": PEOPLE}, binding))
    assert found.state is State.PASS
    assert found.origin == ("contacts.opt_out",)
    assert found.from_memory == ("consent.status",)


def test_under_a_regime_rests_on_the_country(stage: World):
    compiled = rule("deceased", when="under('eu-gdpr')")
    rows = {
        "subject": [
            Row("1", {"deceased": True, "regimes": ["eu-gdpr"]}),
            Row("2", {"deceased": True, "regimes": []}),
            Row("3", {"deceased": True}),
        ]
    }
    found = place(judge(stage, compiled, rows))
    assert found.counts == Counts(population=2, violations=1, undetermined=1, scope_undetermined=1, people=1)
    missing = place(judge(stage, compiled, rows, Binding((), (bound("subject", 3, deceased=Fill.FILLED),))))
    assert missing.missing == ("subject.country",)


def test_a_rule_that_is_not_in_effect_is_not_applicable(stage: World):
    early = place(judge(stage, rule("deceased", effective_from=date(2027, 1, 1)), {"subject": PEOPLE}))
    assert (early.state, early.reason) == (
        State.NOT_APPLICABLE,
        "The rule takes effect on 2027-01-01, after the date of the audit.",
    )
    assert (
        judge(stage, rule("deceased", effective_to=date(2026, 10, 31)), {"subject": PEOPLE}).state
        is State.NOT_APPLICABLE
    )
    assert judge(stage, rule("deceased", effective_to=AS_OF), {"subject": PEOPLE}).state is State.FAIL


def test_the_policy_sets_parameters(stage: World):
    compiled = rule("last_activity_at older than :limit", params={"limit": "3 years"})
    rows = {"subject": [Row("1", {"last_activity_at": day("2025-01-01")})]}
    assert judge(stage, compiled, rows).state is State.PASS
    stricter = judge(stage, compiled, rows, policy=Policy(params={"a-rule": {"limit": "1 year"}}))
    assert stricter.state is State.FAIL
    assert "1 year before" in stricter.sentence


@pytest.mark.parametrize("params", [{"limit": "2 fortnights"}, {"limt": "1 year"}])
def test_a_parameter_that_does_not_fit_breaks_only_its_rule(stage: World, params: dict[str, str]):
    stage.fill({"subject": PEOPLE})
    broken = rule("last_activity_at older than :limit", params={"limit": "3 years"}, id="broken")
    results = evaluate(
        stage.connection,
        [broken, rule("deceased")],
        everything({"subject": PEOPLE}),
        as_of=AS_OF,
        policy=Policy(params={"broken": params}),
        facts=load_jurisdictions(),
    )
    assert [r.state for r in results] == [State.ERROR, State.FAIL]
    assert place(results[0]).reason.endswith(".") or place(results[0]).reason.endswith("?")


def test_a_rule_that_breaks_in_the_stage_does_not_stop_the_others(stage: World):
    rows = {"order": [Row("1", {"ordered_at": instant("2024-01-01T00:00"), "amount": 1.0})]}
    stage.fill(rows)
    stage.connection.execute(sa.text("alter table rel.consent rename to elsewhere"))
    try:
        results, said = tried(
            stage,
            [rule("any consent (same subject_id)", "order", id="broken"), rule("amount = 1", "order")],
            {**rows, "consent": []},
        )
    finally:
        stage.connection.execute(sa.text("alter table rel.elsewhere rename to consent"))
    assert [r.state for r in results] == [State.ERROR, State.FAIL]
    assert place(results[0]).reason == "The stage could not judge this rule (CatalogException)."
    assert any(line.startswith("Judging these 2 rules one by one, as together they failed") for line in said)


def test_a_lack_of_memory_is_told_by_the_rules_that_met_it() -> None:
    rows = {"order": [Row("1", {"amount": 1.0})], "consent": []}
    compiled = [rule("any consent (same subject_id)", "order"), rule("amount = 2", "order", id="other")]
    with memory_stage(memory_mb=16) as small:
        made = World(small.connection, RELATIONS)
        made.fill(rows)
        small.connection.execute(sa.text("create table ballast (noise varchar)"))
        with pytest.raises(sa.exc.OperationalError):  # until nothing is left
            for _ in range(1000):
                small.connection.execute(sa.text("insert into ballast select md5(random()::varchar) from range(2000)"))
        results, said = tried(made, compiled, rows)
    assert [r.state for r in results] == [State.ERROR, State.ERROR]
    assert all("not enough memory" in place(result).reason for result in results)
    assert any("one by one" in line for line in said)


def test_a_stage_that_is_gone_ends_the_audit() -> None:
    with world(RELATIONS) as lost:
        rows = {"order": [Row("1", {"amount": 1.0})]}
        lost.fill(rows)
        lost.connection.connection.driver_connection.close()  # type: ignore[union-attr]
        with pytest.raises(StageError, match="ConnectionException"):
            tried(lost, [rule("amount = 1", "order"), rule("amount = 2", "order", id="other")], rows)


def test_each_source_is_a_place_and_one_without_the_relation_is_none(stage: World):
    rows = {"subject": [Row("1", {"deceased": True}), Row("1", {"deceased": False}, source="web")]}
    binding = everything(rows, ("crm", "web"))
    binding = replace(binding, relations=(*binding.relations, bound("subject", 0, "list.csv")))
    result = judge(stage, rule("deceased"), rows, binding)
    assert [(p.source, p.state) for p in result.places] == [("crm", State.FAIL), ("web", State.PASS)]
    assert result.state is State.FAIL


def test_evidence_is_five_rows_in_the_order_of_their_keys(stage: World):
    people = [
        Row(
            f"{n:02}",
            {
                "deceased": True,
                "born_on": date(1990, 1, 1),
                "email": "hash",
                "country": "DE",
                "created_at": day("2020-02-03"),
                "modified_at": instant("2020-02-03T04:05"),
                "lawful_basis": ["consent"],
                "region": UNREADABLE,
            },
        )
        for n in range(9, 0, -1)
    ]
    compiled = rule(
        "deceased and born_on is not missing and email is not missing and country = 'DE' and created_at < as_of"
        " and modified_at < as_of and lawful_basis has 'consent' and region is not missing"
    )
    found = place(judge(stage, compiled, {"subject": people}))
    assert [row.key for row in found.evidence] == ["01", "02", "03", "04", "05"]
    assert dict(found.evidence[0].values) == {
        "deceased": "yes",
        "country": "DE",
        "created_at": "2020-02-03",
        "modified_at": "2020-02-03 04:05:00",
        "lawful_basis": "consent",
        "region": "unreadable",
    }


def test_members_are_keyed_hashes_kept_only_with_a_lasting_key(stage: World):
    rows = {"subject": [Row("a", {"deceased": True}), Row("b", {"deceased": True})]}
    assert place(judge(stage, rule("deceased"), rows)).members == ()
    found = place(judge(stage, rule("deceased"), rows, lasting=True))
    assert set(found.members) == {blake2b(k, key=KEY, digest_size=16).hexdigest() for k in (b"a", b"b")}


def test_the_statement_can_be_read_with_its_parameters(stage: World):
    found = place(judge(stage, rule("country = 'DE'"), {"subject": PEOPLE}))
    assert 'FROM rel."subject"' in found.sql
    assert "-- :" in found.sql
    assert "= DE" in found.sql


def test_the_keys_of_all_violations_can_be_streamed(stage: World):
    stage.fill({"subject": [*PEOPLE, Row("0", {"deceased": True})]})
    keys = violating_keys(stage.connection, rule("deceased"), "crm", as_of=AS_OF, facts=load_jurisdictions())
    assert list(keys) == ["0", "1"]


def test_one_scan_counts_what_one_query_per_rule_counts(stage: World):
    stage.fill({"subject": PEOPLE, "user": [Row("u", {"active": False})]})
    texts = ["deceased", "not deceased", "email is missing", "owner.active", "any note (same subject_id)"]
    rules = [scan.Judged(rule(text, id=f"r{n}"), {}) for n, text in enumerate(texts)]
    context = Context(last_instant(AS_OF), RELATIONS, load_jurisdictions())
    together = scan.count(stage.connection, rules, context)
    apart = {key: value for one in rules for key, value in scan.count(stage.connection, [one], context).items()}
    assert together == apart


def test_needs_name_what_derived_things_are_made_of():
    wanted = needs(
        [
            rule(
                "any permission (same subject_id, channel) at sent_at where (status = 'denied')",
                "message",
                when="under('eu-gdpr')",
            )
        ]
    )
    assert {"subject_id", "channel", "sent_at"} <= wanted["message"]
    assert {"status", "event_at", "how"} <= wanted["consent"]
    assert {"email", "since"} <= wanted["suppression"]
    assert {"regimes", "country", "region"} <= wanted["subject"]
    assert wanted["permission"] == {"subject_id", "channel", "status", "starts_at", "ends_at"}


def test_the_sentence_reads_aloud():
    compiled = rule(
        "any permission (same subject_id, channel, purpose) at as_of where (status in ('withdrawn', 'denied'))",
        "audience",
        when="not subject.deleted",
    )
    assert sentence(compiled) == (
        "For every person's place on a list or campaign where the person's record is not deleted, it is a violation if "
        "there is a permission with the same person, channel and purpose, in force at the date of the audit, for which "
        "the status is 'withdrawn' or 'denied'."
    )
