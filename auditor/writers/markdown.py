"""summary.md: the verdict on one screen, for a comment on a pull request or a job's summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from auditor.model import AuditResult, ExceptionUse, Finding, PlaceResult, RuleResult, ScopeChange, Severity
from auditor.writers import facts
from auditor.writers.files import Format, write_private
from auditor.writers.markup import code, text

LIMIT = 65_000
"""GitHub refuses a comment above 65,536 characters."""
FINDINGS, OTHERS = 25, 10
_CELL = 200


def write_markdown(result: AuditResult, path: Path) -> None:
    """Writes the comment. Raises ReportError if the file cannot be written."""
    write_private(path, render(result))


def render(result: AuditResult) -> str:
    """The comment, short enough to be posted: where it would be longer, fewer rows are shown."""
    rows = FINDINGS
    while len(comment := _comment(result, rows)) > LIMIT and rows:
        rows -= 1
    return comment


def _comment(result: AuditResult, rows: int) -> str:
    findings = facts.still_open(result)
    parts = [
        f"## Privacy audit{f' of {_text(result.organisation)}' if result.organisation else ''}",
        "**REVEALED: holds unmasked personal data.**" if result.revealed else "",
        _verdict(result, findings),
        *_table(findings, rows),
        *_packs(result),
        _folded("Changed since the baseline", [_change(each) for each in result.scope_changes], rows),
        _folded("Decisions of the organisation", [_decided(each) for each in result.exceptions], rows),
        *_unassessed(tuple(facts.not_assessed(result)), rows),
        *_troubles(result, rows),
        _text(facts.marking(result)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _verdict(result: AuditResult, findings: Sequence[Finding]) -> str:
    numbers = Counter(finding.severity for finding in findings)
    counts = ", ".join(f"{numbers[s]} {s.value}" for s in Severity if numbers[s]) or "none"
    scope = "" if result.complete else " **The audit is incomplete**: see what could not be checked."
    people = result.binding.people
    return f"**Findings: {counts}.** As of {result.as_of}: {people:,} people, {len(result.rules)} rules.{scope}"


def _table(findings: Sequence[Finding], rows: int) -> Iterable[str]:
    if not findings:
        return
    owned = any(finding.owner for finding in findings)
    head, rule = "| Severity | Finding | Records | People | Where | Law |", "|---|---|---:|---:|---|---|"
    lines = [head + " Owner |", rule + "---|"] if owned else [head, rule]
    for finding in findings[:rows]:
        counts = finding.place.counts
        cells = (
            finding.severity.value + (" (review)" if facts.why_not_gating(finding).startswith("to be") else ""),
            f"{_text(finding.rule.title)} {code(facts.name(finding.rule.id))}",
            f"{counts.violations:,} of {counts.population:,}",
            "" if counts.people is None else f"{counts.people:,}",
            code(facts.place(finding.place)),
            _text(facts.law(finding.rule)),
            *([_text(finding.owner)] if owned else ()),
        )
        lines.append("| " + " | ".join(cells) + " |")
    yield "\n".join(lines)
    if len(findings) > rows:
        yield f"and {len(findings) - rows:,} more in the report."


def _packs(result: AuditResult) -> Iterable[str]:
    if result.packs:
        packs = sorted(result.packs, key=lambda p: p.id)[:OTHERS]
        yield "\n".join(f"- {_text(p.title)}: {p.conclusion.value}. {_text(p.reason)}" for p in packs)


def _change(each: ScopeChange) -> str:
    details = f": {_text('; '.join(each.details))}" if each.details else ""
    return f"{each.what} {code(facts.name(each.name))} {each.change}{details}"


def _decided(each: ExceptionUse) -> str:
    until = f"{each.decision} until {each.expires} by {_text(each.owner)}"
    return f"{code(facts.name(each.rule or each.finding))} {until}: **{each.state}**. {_text(each.why)}".rstrip()


def _unassessed(places: Sequence[tuple[RuleResult, PlaceResult]], rows: int) -> Iterable[str]:
    said = [f"{code(facts.name(e.rule.id))} in {code(facts.place(p))}: {_text(p.reason)}" for e, p in places]
    yield _folded("Not assessed", said, rows)


def _troubles(result: AuditResult, rows: int) -> Iterable[str]:
    yield _folded("Could not be checked", [f"{code(t.what)}: {_text(t.why)}" for t in facts.troubles(result)], rows)


def _folded(title: str, lines: Sequence[str], rows: int) -> str:
    if not lines:
        return ""
    shown = min(OTHERS, rows)
    more = [f"- and {len(lines) - shown:,} more in the report"] if len(lines) > shown else []
    return "\n".join([f"### {title}: {len(lines):,}", "", *(f"- {each}" for each in lines[:shown]), *more])


def _text(plain: str) -> str:
    line = facts.line(plain)
    return text(line if len(line) <= _CELL else f"{line[:_CELL]}…")


FORMAT = Format("markdown", "summary.md", "a short summary for a pull request or a job", write_markdown)
