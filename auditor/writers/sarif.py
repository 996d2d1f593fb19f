"""audit.sarif: SARIF 2.1.0, for code scanning and every tool that reads it. One result per finding."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from auditor.model import AuditResult, Finding, PlaceResult, Rule, RuleResult, Severity, State
from auditor.writers import facts, markup
from auditor.writers.audit_json import dump
from auditor.writers.files import Format, write_private
from auditor.writers.spots import Spot, rule_spot, spot

Json = dict[str, Any]
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVEL: Mapping[Severity, str] = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_PROBLEM = {"error": "error", "warning": "warning", "note": "recommendation"}


def write_sarif(result: AuditResult, path: Path) -> None:
    """Writes the findings as SARIF. Raises ReportError if the file cannot be written."""
    write_private(path, dump(document(result)))


def document(result: AuditResult) -> Json:
    """The log as plain JSON values, in a stable order."""
    rules = {each.rule.id: each for each in sorted(result.rules, key=lambda r: r.rule.id)}
    index = {rule: number for number, rule in enumerate(rules)}
    advice = {finding.rule.id: finding for finding in reversed(facts.ordered(result))}
    driver = {
        "name": "auditor",
        "version": facts.name(result.tool_version),
        "rules": [_rule(each, advice.get(each.rule.id)) for each in rules.values()],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": "auditor/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(result, index)],
        "results": [_result(finding, result, index) for finding in facts.ordered(result)],
        "properties": {
            "organisation": facts.line(result.organisation),
            "asOf": result.as_of.isoformat(),
            "people": result.binding.people,
            "classification": facts.classification(result),
            "deleteBy": _day(result.delete_by),
            "revealed": result.revealed,
            "packs": [
                {"id": facts.name(p.id), "conclusion": p.conclusion.value, "reason": facts.line(p.reason)}
                for p in sorted(result.packs, key=lambda p: p.id)
            ],
        },
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(each: RuleResult, finding: Finding | None) -> Json:
    rule = each.rule
    level = LEVEL[rule.severity]
    return {
        "id": facts.name(rule.id),
        "shortDescription": _message(rule.title),
        "fullDescription": _message(each.sentence),
        "help": _help(rule, finding),
        "defaultConfiguration": {"level": level},
        "properties": {
            "tags": sorted({"privacy", facts.name(rule.area), facts.name(rule.pack)}),
            "problem.severity": _PROBLEM[level],
            "severity": rule.severity.value,
            "law": [
                {"cite": facts.line(law.cite), "verified": law.verified.value, "checkedOn": _day(law.checked_on)}
                for law in rule.law
            ],
        },
    }


def _help(rule: Rule, finding: Finding | None) -> Json:
    """Why it matters, what to do, which law; as text and as Markdown."""
    steps = facts.steps(finding) if finding else ()
    closes = facts.closes_when(finding) if finding else facts.line(rule.closes_with)
    why, law = facts.line(rule.why) or facts.line(rule.title), facts.law(rule)
    text = [why, f"Law: {law}.", *(f"{n}. {step}" for n, step in enumerate(steps, 1))]
    marked = [markup.text(why), f"**Law**: {markup.text(law)}"]
    if steps:
        marked.append("\n".join(f"{n}. {markup.text(step)}" for n, step in enumerate(steps, 1)))
    if closes:
        text.append(f"Closes when: {closes}")
        marked.append(f"**Closes when**: {markup.text(closes)}")
    return {"text": _escaped("\n".join(text)), "markdown": "\n\n".join(marked)}


def _result(finding: Finding, result: AuditResult, index: Mapping[str, int]) -> Json:
    counts = finding.place.counts
    message = f"{facts.line(finding.rule.title)}: {facts.counted(finding.place)} Basis: {facts.law(finding.rule)}."
    review = finding.place.state is not State.FAIL
    number = index.get(finding.rule.id)
    due = facts.due(finding, result)
    out: Json = {
        "ruleId": facts.name(finding.rule.id),
        **({} if number is None else {"ruleIndex": number}),
        # SARIF knows no level for what a person must decide first.
        "kind": "review" if review else "fail",
        "level": "none" if review else LEVEL[finding.severity],
        "message": {"text": _escaped(message)},
        "locations": [_location(spot(result, finding), finding.place)],
        "relatedLocations": [
            {"id": 0, "physicalLocation": _physical(rule_spot(finding.rule)), "message": {"text": "The rule"}}
        ],
        "partialFingerprints": {
            "auditorFinding/v1": facts.name(finding.fingerprint),
            "primaryLocationLineHash": f"{facts.name(finding.fingerprint)}:1",
        },
        "properties": {
            "severity": finding.severity.value,
            "population": counts.population,
            "violations": counts.violations,
            "undetermined": counts.undetermined,
            "people": counts.people,
            "gates": finding.gates,
            "newRecords": finding.new_members,
            "due": _day(due),
            **({"owner": facts.name(finding.owner)} if finding.owner else {}),
        },
    }
    if state := _baseline(finding):
        out["baselineState"] = state
    if finding.status in facts.CLOSED:
        out["suppressions"] = [{"kind": "external", "status": "accepted", "justification": finding.status}]
    return out


def _baseline(finding: Finding) -> str:
    """Empty if no earlier audit was compared: SARIF calls nothing new then."""
    if finding.status == "known":
        return "updated" if finding.new_members else "unchanged"
    return "new" if finding.status == "new" and finding.new_members is not None else ""


def _location(where: Spot, place: PlaceResult) -> Json:
    logical: list[Json] = [
        {"name": facts.name(place.relation), "fullyQualifiedName": facts.place(place), "kind": "type"}
    ]
    for origin in sorted({facts.name(origin) for origin in place.origin}):
        full = f"{facts.name(place.source)}.{origin}"
        logical.append({"name": origin.rpartition(".")[2], "fullyQualifiedName": full, "kind": "member"})
    return {"physicalLocation": _physical(where), "logicalLocations": logical}


def _physical(where: Spot) -> Json:
    return {"artifactLocation": {"uri": where.uri}, "region": {"startLine": where.line}}


def _invocation(result: AuditResult, index: Mapping[str, int]) -> Json:
    files = {each.rule.id: rule_spot(each.rule) for each in result.rules}
    failed = []
    for trouble in facts.troubles(result):
        note: Json = {"level": "error", "message": _message(f"Not checked: {trouble.what}: {trouble.why}")}
        if trouble.rule:
            note["associatedRule"] = {"id": facts.name(trouble.rule), "index": index[trouble.rule]}
            note["locations"] = [{"physicalLocation": _physical(files[trouble.rule])}]
        failed.append(note)
    unassessed = [
        {
            "level": "warning",
            "message": _message(f"Not assessed in {facts.place(where)}: {where.reason}"),
            "associatedRule": {"id": facts.name(each.rule.id), "index": index[each.rule.id]},
        }
        for each, where in facts.not_assessed(result)
    ]
    return {
        "executionSuccessful": result.complete,
        "startTimeUtc": _instant(result.coverage.read_from),
        "endTimeUtc": _instant(result.generated_at),
        "toolExecutionNotifications": failed,
        "toolConfigurationNotifications": unassessed,
    }


def _message(text: str) -> Json:
    return {"text": _escaped(facts.line(text)) or "-"}


def _escaped(text: str) -> str:
    """In a SARIF message brackets begin links and braces placeholders."""
    text = text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return text.replace("{", "{{").replace("}", "}}")


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _instant(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


FORMAT = Format("sarif", "audit.sarif", "SARIF 2.1.0 for code scanning", write_sarif)
