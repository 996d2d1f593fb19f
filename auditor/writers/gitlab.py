"""gl-code-quality.json: GitLab's code quality report, shown in merge requests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from auditor.model import AuditResult, Finding, Severity
from auditor.writers import facts
from auditor.writers.files import Format, write_private
from auditor.writers.spots import Spot, rule_spot, spot

SEVERITY: Mapping[Severity, str] = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}
_POLICY = Spot("auditor.yaml", 1)
"""Where a gap can be declared, so that is where it is shown."""


def write_gitlab(result: AuditResult, path: Path) -> None:
    """Writes the open findings and what was not checked. Raises ReportError if the file cannot be written."""
    write_private(path, json.dumps(document(result), indent=1) + "\n")


def document(result: AuditResult) -> list[dict[str, Any]]:
    """One entry per open finding, the most urgent first, then one per gap and rule that broke."""
    entries = [_finding(finding, result) for finding in facts.still_open(result)]
    rules = {each.rule.id: each.rule for each in result.rules}
    for trouble in facts.troubles(result):
        where = rule_spot(rules[trouble.rule]) if trouble.rule else _POLICY
        identity = hashlib.sha256(json.dumps([trouble.what, trouble.why]).encode()).hexdigest()[:24]
        text = f"Not checked: {trouble.what}: {trouble.why}"
        entries.append(_entry("not-checked", identity, Severity.MEDIUM, text, where))
    return entries


def _finding(finding: Finding, result: AuditResult) -> dict[str, Any]:
    text = f"{facts.line(finding.rule.title)}: {facts.counted(finding.place)} Basis: {facts.law(finding.rule)}."
    rule = facts.name(finding.rule.id)
    return _entry(rule, facts.name(finding.fingerprint), finding.severity, text, spot(result, finding))


def _entry(check: str, fingerprint: str, severity: Severity, text: str, where: Spot) -> dict[str, Any]:
    return {
        "check_name": check,
        "description": text,
        "fingerprint": fingerprint,
        "severity": SEVERITY[severity],
        "location": {"path": facts.line(where.path), "lines": {"begin": where.line}},
    }


FORMAT = Format("gitlab", "gl-code-quality.json", "GitLab's code quality report", write_gitlab)
