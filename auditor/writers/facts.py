"""What the formats for tools say about a finding, each fact worded once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from auditor.findings.urgency import urgency
from auditor.model import AuditResult, Finding, PlaceResult, Rule, RuleResult, RuleType, Severity, State
from auditor.writers.text import NAME_LIMIT, visible

CLOSED = ("accepted", "false positive")
LINE_LIMIT = 1_000
_DAYS = {Severity.CRITICAL: 0, Severity.HIGH: 30, Severity.MEDIUM: 90}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something in scope that could not be checked; `rule` is empty if a source or a part of it is meant."""

    what: str
    why: str
    rule: str = ""


def ordered(result: AuditResult) -> tuple[Finding, ...]:
    """All findings, the most urgent first, whatever order the result has them in."""
    return tuple(sorted(result.findings, key=lambda f: (*urgency(f), f.place.relation, f.fingerprint)))


def still_open(result: AuditResult) -> tuple[Finding, ...]:
    """The findings that nobody accepted or called a false positive."""
    return tuple(finding for finding in ordered(result) if finding.status not in CLOSED)


def classification(result: AuditResult) -> str:
    """How the artefact is to be treated, which is more than the policy says if examples are unmasked."""
    if not result.revealed:
        return line(result.classification)
    return f"REVEALED: holds unmasked personal data. {line(result.classification)}"


def marking(result: AuditResult) -> str:
    """The classification and the day on which the artefact is to be deleted, in one line."""
    said = classification(result)
    return f"{said}; delete by {result.delete_by.isoformat()}." if result.delete_by else f"{said}."


def name(text: str) -> str:
    """A name of the audited system, in one harmless line."""
    return visible(text, limit=NAME_LIMIT)


def line(text: str) -> str:
    """A sentence in one harmless line."""
    return visible(" ".join(text.split(" ")), limit=LINE_LIMIT)


def place(where: PlaceResult) -> str:
    """`source.relation`."""
    return f"{name(where.source)}.{name(where.relation)}"


def counted(where: PlaceResult) -> str:
    """How many records of how many, how many people, how many that nobody can judge."""
    counts = where.counts
    parts = [f"{counts.violations:,} of {counts.population:,} {name(where.relation)} records violate the rule"]
    if counts.people is not None:
        parts.append("1 person is concerned" if counts.people == 1 else f"{counts.people:,} people are concerned")
    if counts.undetermined:
        parts.append(f"{counts.undetermined:,} could not be judged")
    return "; ".join(parts) + "."


def law(rule: Rule) -> str:
    """The citations of a rule, or that it is the house's own."""
    return ", ".join(line(cite.cite) for cite in rule.law) or "house rule"


def steps(finding: Finding) -> tuple[str, ...]:
    """What to do, step by step, over all its remediation patterns."""
    return tuple(line(step) for pattern in finding.remediation for step in pattern.steps)


def closes_when(finding: Finding) -> str:
    """What shows that it was put right."""
    return line(finding.rule.closes_with or " ".join(pattern.closes_with for pattern in finding.remediation))


def due(finding: Finding, result: AuditResult) -> date | None:
    """Critical on the day of the audit, high within 30 days, medium within 90; the rest with the next change."""
    days = _DAYS.get(finding.severity)
    return None if days is None else result.generated_at.date() + timedelta(days=days)


def why_not_gating(finding: Finding) -> str:
    """Why a finding does not fail a pipeline, empty if it does."""
    if finding.status in CLOSED:
        return f"{finding.status}"
    if finding.gates:
        return ""
    if finding.place.state is State.ERROR:
        return ""
    if finding.rule.type is not RuleType.AUTOMATIC or finding.place.state is not State.FAIL:
        return "to be reviewed by a person"
    if finding.severity is Severity.INFO:
        return "for information"
    if finding.rule.unverified:
        return "the citation has not been verified"
    return "known from the baseline, without a new record"


def troubles(result: AuditResult) -> Iterator[Trouble]:
    """The gaps, then the rules that broke, each place once."""
    for gap in sorted(result.coverage.gaps, key=lambda s: (s.what, s.why)):
        rows = f" ({gap.rows:,} rows)" if gap.rows else ""
        yield Trouble(f"{name(gap.what)}{rows}", line(gap.why))
    for broken, where in _places(result, State.ERROR):
        yield Trouble(f"{name(broken.rule.id)} in {place(where)}", line(where.reason), broken.rule.id)


def not_assessed(result: AuditResult) -> Iterator[tuple[RuleResult, PlaceResult]]:
    """The rules that could not be assessed in a place, and the place with its reason."""
    yield from _places(result, State.NOT_ASSESSED)


def _places(result: AuditResult, state: State) -> Iterator[tuple[RuleResult, PlaceResult]]:
    for each in sorted(result.rules, key=lambda r: r.rule.id):
        for where in sorted(each.places, key=lambda p: (p.source, p.relation)):
            if where.state is state:
                yield each, where
