from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from auditor.model import AuditResult, Severity, SourceInfo, TableInfo
from auditor.writers.audit_json import dump
from auditor.writers.sarif import document, write_sarif

OFFICIAL = Path(__file__).parent / "data" / "sarif-2.1.0.schema.json"


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    loaded = json.loads(OFFICIAL.read_text(encoding="utf-8"))
    return Draft202012Validator(loaded, format_checker=Draft202012Validator.FORMAT_CHECKER)


def log(result: AuditResult) -> Any:
    return json.loads(dump(document(result)))


@pytest.mark.parametrize("kind", ["result", "hostile"])
def test_the_log_is_valid_by_the_official_schema(
    schema: Draft202012Validator, kind: str, request: pytest.FixtureRequest
) -> None:
    assert [error.message for error in schema.iter_errors(log(request.getfixturevalue(kind)))] == []


def test_an_audit_of_nothing_is_valid_too(schema: Draft202012Validator, result: AuditResult) -> None:
    schema.validate(log(replace(result, rules=(), findings=(), packs=(), sources=())))


def test_every_finding_is_one_result_with_its_figures(result: AuditResult) -> None:
    results = log(result)["runs"][0]["results"]
    assert [r["partialFingerprints"]["auditorFinding/v1"] for r in results] == [f.fingerprint for f in result.findings]
    first = results[0]
    assert (first["ruleId"], first["level"], first["kind"]) == ("contact-after-withdrawal", "error", "fail")
    counted = "143 of 18,412 message records violate the rule; 97 people are concerned; 61 could not be judged."
    assert counted in first["message"]["text"]
    assert first["properties"] == {
        "severity": "critical", "population": 18412, "violations": 143, "undetermined": 61, "people": 97,
        "gates": True, "newRecords": result.findings[0].new_members, "due": "2026-11-21",
    }  # fmt: skip


def test_a_rule_says_why_what_to_do_and_by_which_law(result: AuditResult) -> None:
    run = log(result)["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    for each in run["results"]:
        assert rules[each["ruleIndex"]]["id"] == each["ruleId"]
    text = next(r["help"]["text"] for r in rules if r["id"] == "contact-after-withdrawal")
    for part in ("A withdrawal takes effect at once.", "Law: GDPR Art. 7(3)", "1. Pause the campaign", "Closes when: "):
        assert part in text


def test_a_finding_in_an_export_points_at_its_header_and_one_in_a_database_at_the_profile(result: AuditResult) -> None:
    located = {
        (r["ruleId"], r["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]): r["locations"][0]
        for r in log(result)["runs"][0]["results"]
    }
    database = located["listed-despite-opt-out", "crm.audience"]
    assert database["physicalLocation"] == {
        "artifactLocation": {"uri": "rules/crm/suitecrm.yaml"}, "region": {"startLine": 212},
    }  # fmt: skip
    unmapped = located["minor-by-country", "crm.subject"]
    assert unmapped["physicalLocation"]["artifactLocation"]["uri"] == "rules/packs/eu-gdpr/minor-by-country.yaml"
    for each in log(result)["runs"][0]["results"]:
        rule = each["relatedLocations"][0]["physicalLocation"]
        assert rule["artifactLocation"]["uri"].endswith(f"/{each['ruleId']}.yaml")
        # GitHub shows no result without a line.
        assert each["locations"][0]["physicalLocation"]["region"]["startLine"] >= 1
    assert "crm.email_addresses.opt_out" in {place["fullyQualifiedName"] for place in database["logicalLocations"]}
    export = located["listed-despite-opt-out", "newsletter.audience"]["physicalLocation"]
    assert export["artifactLocation"]["uri"].startswith("exports/newsletter/newsletter")


def test_a_finding_about_the_policy_points_at_its_section_and_one_about_a_register_at_its_file(
    result: AuditResult,
) -> None:
    section = TableInfo("flows", (), kind="policy", line=31)
    register = TableInfo("incidents", (), kind="json", location="registers/incidents.json")
    sources = (
        SourceInfo("policy", "policy", "/srv/x/conf/auditor.yaml", (section,)),
        SourceInfo("registers", "registers", "conf/auditor.yaml", (register,)),
    )
    first = result.findings[0]
    findings = tuple(
        replace(first, place=replace(first.place, source=source, relation=table, origin=(f"{table}.id",)))
        for source, table in (("policy", "flows"), ("registers", "incidents"))
    )
    results = log(replace(result, sources=(*result.sources, *sources), findings=findings))["runs"][0]["results"]
    assert [each["locations"][0]["physicalLocation"] for each in results] == [
        {"artifactLocation": {"uri": "auditor.yaml"}, "region": {"startLine": 31}},
        {"artifactLocation": {"uri": "conf/registers/incidents.json"}, "region": {"startLine": 1}},
    ]


def test_no_path_leads_out_of_the_folder_or_shows_the_machine(hostile: AuditResult, result: AuditResult) -> None:
    elsewhere = replace(result, sources=tuple(replace(s, location="/srv/../home/x/exports") for s in result.sources))
    for audit in (hostile, elsewhere):
        for each in log(audit)["runs"][0]["results"]:
            uri = each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            assert not uri.startswith("/") and ".." not in uri.split("/") and ":" not in uri and "home" not in uri


def test_what_could_not_be_checked_is_said_and_makes_the_run_unsuccessful(result: AuditResult) -> None:
    run = log(result)["runs"][0]["invocations"][0]
    assert run["executionSuccessful"] is False
    said = [note["message"]["text"] for note in run["toolExecutionNotifications"]]
    assert any("crm.hr_absence (1,204 rows)" in text for text in said)
    assert any("deceased-still-listed in crm.audience" in text for text in said)
    assert any("user.last_seen_at is not mapped" in n["message"]["text"] for n in run["toolConfigurationNotifications"])


def test_only_against_a_baseline_results_are_new_unchanged_or_updated(result: AuditResult) -> None:
    base = result.findings[0]
    states = [("new", None), ("new", 3), ("known", None), ("known", 0), ("known", 2), ("accepted", None)]
    findings = tuple(replace(base, status=s, new_members=n, fingerprint=f"{i}") for i, (s, n) in enumerate(states))
    results = log(replace(result, findings=findings))["runs"][0]["results"]
    assert [r.get("baselineState") for r in results] == [None, "new", "unchanged", "unchanged", "updated", None]
    assert [bool(r.get("suppressions")) for r in results] == [False] * 5 + [True]


def test_what_a_person_must_review_is_no_failure(result: AuditResult) -> None:
    review = next(r for r in log(result)["runs"][0]["results"] if r["ruleId"] == "minor-by-country")
    assert (review["kind"], review["level"]) == ("review", "none")
    low = next(f for f in result.findings if f.severity is Severity.LOW)
    assert next(r for r in log(result)["runs"][0]["results"] if r["ruleId"] == low.rule.id)["level"] == "note"


def test_no_hostile_name_makes_a_link_or_a_placeholder(hostile: AuditResult) -> None:
    for each in log(hostile)["runs"][0]["results"]:
        text = each["message"]["text"]
        assert text.count("[") == text.count("\\[") and text.count("{") == 2 * text.count("{{")


def test_the_same_result_gives_the_same_bytes_whatever_its_order(result: AuditResult, tmp_path: Path) -> None:
    turned = replace(result, rules=result.rules[::-1], findings=result.findings[::-1], packs=result.packs[::-1])
    write_sarif(result, tmp_path / "a")
    write_sarif(turned, tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
