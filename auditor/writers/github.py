"""annotations.txt: workflow commands that GitHub Actions shows as annotations, once a step prints the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from auditor.model import AuditResult, Finding, Severity
from auditor.writers import facts
from auditor.writers.files import Format, write_private
from auditor.writers.spots import spot

LIMIT = 10
"""GitHub shows ten annotations of a kind per step and drops the rest without a word."""
_COMMAND: Mapping[Severity, str] = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.INFO: "notice",
}


def write_github(result: AuditResult, path: Path) -> None:
    """Writes at most ten workflow commands. Raises ReportError if the file cannot be written."""
    write_private(path, "".join(f"{command}\n" for command in commands(result)))


def commands(result: AuditResult) -> list[str]:
    """The most urgent open findings, and a last line that sums up all of them and what was not checked."""
    findings = facts.still_open(result)
    return [*(_annotation(finding, result) for finding in findings[: LIMIT - 1]), _summary(result, findings)]


def _annotation(finding: Finding, result: AuditResult) -> str:
    where = spot(result, finding)
    place = {"file": facts.line(where.path), "line": str(where.line)}
    title = f"{finding.severity.value}: {facts.line(finding.rule.title)}"
    text = f"{facts.counted(finding.place)} Basis: {facts.law(finding.rule)}. [{facts.name(finding.rule.id)}]"
    return command(_COMMAND[finding.severity], text, **place, title=title)


def _summary(result: AuditResult, findings: tuple[Finding, ...]) -> str:
    numbers = Counter(finding.severity for finding in findings)
    counts = ", ".join(f"{numbers[s]} {s.value}" for s in Severity if numbers[s]) or "none"
    text = f"Findings: {counts}."
    if len(findings) >= LIMIT:
        text += f" The {LIMIT - 1} most urgent are shown; the report has all."
    missing = sum(1 for _ in facts.troubles(result))
    if missing:
        text += f" {missing} in scope could not be checked."
    text += f" {facts.marking(result)}"
    return command("warning" if missing else "notice", text, title=f"Privacy audit as of {result.as_of.isoformat()}")


def command(name: str, text: str, **properties: str) -> str:
    """One workflow command, escaped as GitHub reads it."""
    said = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {said}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


FORMAT = Format("github", "annotations.txt", "annotations for GitHub Actions: print the file in a step", write_github)
