"""audit.xml: JUnit XML, for every CI server. A suite per pack, a case per rule and place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from pathlib import Path
from xml.etree import ElementTree as Tree

from auditor.model import AuditResult, Finding, PackResult, PlaceResult, RuleResult, State
from auditor.writers import facts
from auditor.writers.files import Format, write_private

_Findings = Mapping[tuple[str, str, str], Finding]


def write_junit(result: AuditResult, path: Path) -> None:
    """Writes the audit as test suites. Raises ReportError if the file cannot be written."""
    write_private(path, render(result))


def render(result: AuditResult) -> str:
    """The suites as text. Every text passes `facts`, which leaves no character that XML forbids."""
    root = Tree.Element("testsuites", name="auditor")
    findings = {(f.rule.id, f.place.source, f.place.relation): f for f in result.findings}
    packs = {pack.id: pack for pack in result.packs}
    for pack in sorted({each.rule.pack for each in result.rules}):
        rules = sorted((r for r in result.rules if r.rule.pack == pack), key=lambda r: r.rule.id)
        _suite(root, pack, packs.get(pack), rules, findings, result)
    _gaps(root, result)
    for total in ("tests", "failures", "errors", "skipped"):
        root.set(total, str(sum(int(suite.get(total, "0")) for suite in root)))
    Tree.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Tree.tostring(root, encoding="unicode") + "\n"


def _suite(
    root: Tree.Element,
    pack: str,
    about: PackResult | None,
    rules: list[RuleResult],
    findings: _Findings,
    result: AuditResult,
) -> None:
    suite = Tree.SubElement(root, "testsuite", name=facts.name(pack), timestamp=_timestamp(result))
    texts = {"classification": facts.marking(result)}
    if about is not None:
        texts |= {"title": about.title, "conclusion": about.conclusion.value, "reason": about.reason}
    said = Tree.SubElement(suite, "properties")
    for name, text in texts.items():
        Tree.SubElement(said, "property", name=name, value=facts.line(text))
    for each in rules:
        for place in sorted(each.places, key=lambda p: (p.source, p.relation)):
            _case(suite, each, place, findings.get((each.rule.id, place.source, place.relation)))
    _sum(suite)


def _case(suite: Tree.Element, each: RuleResult, place: PlaceResult, finding: Finding | None) -> None:
    rule = each.rule
    named = f"{facts.name(rule.id)}: {facts.line(rule.title)}"
    group = f"{facts.name(rule.pack)}.{facts.place(place)}"
    case = Tree.SubElement(suite, "testcase", classname=group, name=named, time="0")
    if place.state is State.ERROR:
        Tree.SubElement(case, "error", type="not checked", message=facts.line(place.reason))
    elif finding is not None:
        _found(case, finding)
    elif place.state is not State.PASS:
        reason = facts.line(place.reason)
        Tree.SubElement(case, "skipped", message=f"{place.state.value}: {reason}" if reason else place.state.value)


def _found(case: Tree.Element, finding: Finding) -> None:
    """A failure if the finding gates; what a person must decide or has decided is skipped, with the figures."""
    counted = facts.counted(finding.place)
    if why := facts.why_not_gating(finding):
        Tree.SubElement(case, "skipped", message=f"{why}: {counted}")
        return
    failure = Tree.SubElement(case, "failure", type=finding.severity.value, message=counted)
    texts = [
        facts.line(finding.sentence),
        f"Law: {facts.law(finding.rule)}",
        *(f"{number}. {step}" for number, step in enumerate(facts.steps(finding), 1)),
        f"Closes when: {facts.closes_when(finding)}",
        f"Fingerprint: {facts.name(finding.fingerprint)}",
    ]
    failure.text = "\n" + "\n".join(texts) + "\n"


def _gaps(root: Tree.Element, result: AuditResult) -> None:
    """What no rule could see is an error of its own, so that a gap never looks like a pass."""
    suite = Tree.SubElement(root, "testsuite", name="coverage", timestamp=_timestamp(result))
    said = Tree.SubElement(suite, "properties")
    Tree.SubElement(said, "property", name="classification", value=facts.marking(result))
    for trouble in facts.troubles(result):
        if not trouble.rule:
            case = Tree.SubElement(suite, "testcase", classname="coverage", name=trouble.what, time="0")
            Tree.SubElement(case, "error", type="not read", message=trouble.why)
    if suite.find("testcase") is None:
        Tree.SubElement(suite, "testcase", classname="coverage", name="everything in scope was read", time="0")
    _sum(suite)


def _sum(suite: Tree.Element) -> None:
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    for total, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(total, str(sum(case.find(tag) is not None for case in cases)))


def _timestamp(result: AuditResult) -> str:
    return result.generated_at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")


FORMAT = Format("junit", "audit.xml", "JUnit XML for CI servers", write_junit)
