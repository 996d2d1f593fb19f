"""What a work list says: one row per violating record, grouped by owner, source and urgency."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.model import AuditResult, Finding
from auditor.writers import facts
from auditor.writers.files import Records
from auditor.writers.text import visible

HEAD = (
    "owner", "source", "severity", "due", "rule", "title", "relation", "record", "person", "what to do", "closes when",
    "law", "status", "finding",
)  # fmt: skip
FINDING_HEAD = (
    "owner", "source", "severity", "due", "rule", "title", "relation", "records", "people", "steps", "beware",
    "closes when", "law", "status", "finding",
)  # fmt: skip
_KEY = 500


def tasks(result: AuditResult) -> tuple[Finding, ...]:
    """The open findings by owner and source, the most urgent first within each: everyone has their rows together."""
    return tuple(sorted(facts.still_open(result), key=lambda finding: (finding.owner, finding.place.source)))


def owners(result: AuditResult) -> tuple[str, ...]:
    """Who has something to do, in the order of the list; the empty name stands for nobody named by the policy."""
    return tuple(dict.fromkeys(finding.owner for finding in tasks(result)))


def rows(result: AuditResult, records: Records, owner: str | None = None) -> Iterator[tuple[str, ...]]:
    """A row per violating record of every open finding (of one owner, if named), in the columns of HEAD."""
    for finding in tasks(result):
        if owner is not None and finding.owner != owner:
            continue
        before, after = _common(finding, result)
        missing = finding.place.counts.violations
        for key, person in records.of(finding):
            missing -= 1
            yield (*before, visible(key, limit=_KEY), visible(person, limit=_KEY), *after)
        if missing > 0:
            # The counts stand even where the stage failed to name the records: never a silent gap.
            yield (*before, f"({missing:,} records that could not be named)", "", *after)


def overview(result: AuditResult) -> Iterator[tuple[str, ...]]:
    """A row per open finding with its steps in full, in the columns of FINDING_HEAD."""
    for finding in tasks(result):
        before, (_, closes, *rest) = _common(finding, result)
        counts = finding.place.counts
        numbered = "\n".join(f"{number}. {step}" for number, step in enumerate(facts.steps(finding), 1))
        beware = " ".join(facts.line(pattern.beware) for pattern in finding.remediation if pattern.beware)
        people = "" if counts.people is None else str(counts.people)
        yield (*before, str(counts.violations), people, numbered, beware, closes, *rest)


def _common(finding: Finding, result: AuditResult) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What stands before and after the record, the same in every row of a finding."""
    rule, place = finding.rule, finding.place
    due = facts.due(finding, result)
    before = (
        facts.name(finding.owner),
        facts.name(place.source),
        finding.severity.value,
        "" if due is None else due.isoformat(),
        facts.name(rule.id),
        facts.line(rule.title),
        facts.name(place.relation),
    )
    after = (
        "; ".join(facts.line(pattern.title) for pattern in finding.remediation),
        facts.closes_when(finding),
        facts.law(rule),
        facts.name(finding.status),
        facts.name(finding.fingerprint),
    )
    return before, after
