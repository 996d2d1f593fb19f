"""How an audit ends on the command line: what is said, and the exit code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from auditor.cli.exits import CLEAN, FINDINGS, INCOMPLETE
from auditor.cli.show import plain
from auditor.model import AuditResult, Finding, Holds, Severity, State
from auditor.writers.facts import CLOSED


def exit_code(result: AuditResult, fail_on: str, min_coverage: float) -> int:
    """0 clean, 1 findings at or above the threshold, 3 incomplete, or nothing could be judged, with none."""
    if any(_gates(finding, fail_on) for finding in result.findings):
        return FINDINGS
    # An audit in which no rule came to a verdict has found nothing out: that never counts as clean.
    judged = any(r.state not in (State.NOT_ASSESSED, State.ERROR) for r in result.rules)
    return CLEAN if result.complete and judged and assessed_share(result) >= min_coverage else INCOMPLETE


def _gates(finding: Finding, fail_on: str) -> bool:
    return fail_on != "never" and finding.gates and finding.severity.rank <= Severity(fail_on).rank


def assessed_share(result: AuditResult) -> float:
    """Percentage of the rules that came to a verdict or do not apply."""
    if not result.rules:
        return 0.0
    assessed = sum(r.state not in (State.NOT_ASSESSED, State.ERROR) for r in result.rules)
    return 100.0 * assessed / len(result.rules)


def summarise(result: AuditResult, paths: Sequence[Path]) -> None:
    """A screenful on standard output: what was found, what could not be checked, where the report lies."""
    findings = [f for f in result.findings if f.status not in CLOSED]
    severities = Counter(f.severity for f in findings)
    people = result.binding.people
    click.echo(f"As of {result.as_of}: {people:,} people in {_names(result)}, {len(result.rules)} rules.")
    counts = ", ".join(f"{severities[s]} {s}" for s in Severity if severities[s]) or "none"
    click.echo(f"Findings: {counts}.")
    for finding in findings[:5]:
        numbers = finding.place.counts
        click.echo(
            f"  {finding.severity:<8}  {plain(finding.rule.title)}: {numbers.violations:,} of {numbers.population:,}"
            f"  [{finding.rule.id}]"
        )
    if len(findings) > 5:
        click.echo(f"  and {len(findings) - 5} more in the report.")
    for line in (*_decisions(result), *_scope(result)):
        click.echo(line)
    unassessed = sum(r.state is State.NOT_ASSESSED for r in result.rules)
    click.echo(f"Not assessed: {unassessed} of {len(result.rules)} rules." + (_hint(result) if unassessed else ""))
    for gap in result.coverage.gaps:
        rows = f" ({gap.rows:,} rows)" if gap.rows else ""
        click.echo(f"auditor: not read: {plain(gap.what)}{rows}: {plain(gap.why)}", err=True)
    for broken in (r for r in result.rules if r.state is State.ERROR):
        reason = next(p.reason for p in broken.places if p.state is State.ERROR)
        click.echo(f"auditor: the rule {broken.rule.id} could not be evaluated: {plain(reason)}", err=True)
    for path in paths:
        click.echo(str(path))


def _decisions(result: AuditResult) -> Iterator[str]:
    """How many findings were decided on, and which decisions want looking at."""
    if not result.exceptions:
        return
    states = Counter(each.state for each in result.exceptions)
    holding = states[Holds.USED] + states[Holds.EXPIRING]
    yield f"Decided on by the organisation: {holding} finding{'' if holding == 1 else 's'}, which do not count."
    for each in result.exceptions:
        if each.why:
            yield f"  {each.state}: {plain(each.rule or each.finding)}: {each.why} (owner {plain(each.owner)})"


def _scope(result: AuditResult) -> Iterator[str]:
    """What is not as in the baseline and decides the scope: fewer findings are then no progress."""
    if not result.scope_changes:
        return
    yield f"Changed since the baseline: {len(result.scope_changes)} things that decide what is judged."
    for each in result.scope_changes[:5]:
        details = f": {plain('; '.join(each.details))}" if each.details else ""
        yield f"  {each.what} {plain(each.name)} {each.change}{details}"
    if len(result.scope_changes) > 5:
        yield f"  and {len(result.scope_changes) - 5} more in the report."


def _names(result: AuditResult) -> str:
    beside = {info.name for info in result.binding.registers}
    profiles = {p.source: p.title for p in result.binding.profiles if p.source not in beside}
    return ", ".join(
        f"{plain(s.name)} ({plain(profiles[s.name] or 'no people recognised')})"
        for s in result.sources
        if s.name in profiles
    )


def _hint(result: AuditResult) -> str:
    best = result.unlocks[0] if result.unlocks else None
    if best is None:
        return ""
    means = f" ({best.input})" if best.title != best.input else ""
    return f" {len(best.rules)} would need {best.title}{means}; the report says how to give it."
