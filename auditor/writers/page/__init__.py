"""Everything the report's templates show that is more than a field of the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from auditor.model import (
    AuditResult,
    Conclusion,
    PackResult,
    PlaceResult,
    RuleResult,
    RuleType,
    Severity,
    Skipped,
    SourceInfo,
    State,
)
from auditor.writers.page.bars import Segment
from auditor.writers.page.datamap import DataMap, data_map
from auditor.writers.page.findings import Action, FindingView, first_actions, number_findings
from auditor.writers.page.glance import Glance, glance
from auditor.writers.page.ledger import LedgerRow, Understood, columns_used, ledger, not_read, understood
from auditor.writers.page.people import People, people
from auditor.writers.page.pictures import Pictured, pictured
from auditor.writers.page.rows import later, written
from auditor.writers.page.verdict import StateBar, Verdict, state_bar, verdict
from auditor.writers.page.words import CONCLUSION_CLASS, COUNTED, FILTERS, MARK, day, plural

__all__ = ["FILTERS", "Page", "page"]


@dataclass(frozen=True, slots=True)
class PackRow:
    """A pack with its findings by severity and its rules by state."""

    pack: PackResult
    severities: tuple[tuple[Severity, int], ...]
    segments: tuple[Segment, ...]
    words: tuple[tuple[str, int], ...]
    """The same states in words."""


@dataclass(frozen=True, slots=True)
class Passed:
    """A rule with at least one place where nothing was noted, and the population tested there."""

    rule: RuleResult
    places: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """How long records may be kept by one rule, in the rule's own parameters, and how many are over it."""

    rule: RuleResult
    periods: tuple[str, ...]
    violations: int
    population: int


@dataclass(frozen=True, slots=True)
class Page:
    """The report, computed."""

    whose: str
    """The organisation, or the sources if it is not named."""
    crms: tuple[SourceInfo, ...]
    """The sources but for the policy and its registers."""
    verdict: Verdict
    glance: Glance
    states: StateBar
    tally: tuple[tuple[Conclusion, int], ...]
    severities: tuple[tuple[Severity, int], ...]
    assessed: int
    rows: int
    versions: str
    """Which rules were applied and how fresh the law is."""
    limits: tuple[Limit, ...]
    findings: tuple[FindingView, ...]
    shown: tuple[FindingView, ...]
    rows_later: Markup
    compared: bool
    """Whether there was a baseline."""
    fixed: int
    actions: tuple[Action, ...]
    packs: tuple[PackRow, ...]
    ledger: tuple[LedgerRow, ...]
    columns_used: Mapping[tuple[str, str], int]
    understood: tuple[Understood, ...]
    not_read: tuple[Skipped, ...]
    map: DataMap
    people: People
    pictures: Pictured
    unlocked: tuple[tuple[str, str, str, tuple[RuleResult, ...]], ...]
    unknown: tuple[RuleResult, ...]
    """Not assessed or broken, and under no input that would unlock them."""
    partly: tuple[tuple[RuleResult, tuple[PlaceResult, ...]], ...]
    """Judged in one source, not assessed in another."""
    doubtful: tuple[tuple[RuleResult, tuple[PlaceResult, ...]], ...]
    """No violation, but records of which it cannot be told."""
    open_rules: int
    not_applicable: tuple[RuleResult, ...]
    passed: tuple[Passed, ...]
    rules: tuple[RuleResult, ...]
    anchors: Mapping[str, str]
    appendix: tuple[tuple[str, tuple[tuple[str, RuleResult], ...]], ...]
    """Title of each pack, and its rules with their anchors."""
    choices: Mapping[str, tuple[str, ...]]
    marks: tuple[tuple[str, str], ...]
    attestations: tuple[RuleResult, ...]
    areas: Mapping[str, int]
    """Findings by area."""


def page(result: AuditResult) -> Page:
    """Computes the report of one result."""
    findings = number_findings(result.findings, result.exceptions)
    rules = tuple(sorted(result.rules, key=lambda r: (r.rule.pack, r.rule.area, r.rule.id)))
    states = Counter(rule.state for rule in rules)
    by_id = {rule.rule.id: rule for rule in rules}
    unlocked = tuple(
        (u.input, u.title or u.input, u.how, tuple(by_id[r] for r in u.rules if r in by_id)) for u in result.unlocks
    )
    explained = {rule.rule.id for *_, group in unlocked for rule in group}
    tables = data_map(result)
    crms = tuple(source for source in result.sources if source not in result.binding.registers)
    open_states = (State.NOT_ASSESSED, State.ERROR)
    return Page(
        whose=result.organisation or ", ".join(source.name for source in crms[:3]) or "No source",
        crms=crms,
        verdict=verdict(result),
        glance=glance(result, findings),
        states=state_bar(states),
        tally=_tally(result),
        severities=_severities(view.finding.severity for view in findings),
        assessed=sum(n for state, n in states.items() if state not in open_states),
        rows=sum(table.rows or 0 for table in result.coverage.tables),
        versions=_versions(rules),
        limits=_limits(rules),
        findings=findings,
        shown=written(findings),
        rows_later=later(findings),
        compared=bool(result.gone) or any(f.status == "known" for f in result.findings),
        fixed=sum(each.fixed for each in result.gone),
        actions=first_actions(findings),
        packs=tuple(_pack_row(pack, result) for pack in sorted(result.packs, key=_worst_first)),
        ledger=ledger(result),
        columns_used=columns_used(result),
        understood=understood(result),
        not_read=not_read(result),
        map=tables,
        people=people(result),
        pictures=pictured(result, tables),
        unlocked=unlocked,
        unknown=tuple(r for r in rules if r.state in open_states and r.rule.id not in explained),
        partly=_partly(rules),
        doubtful=_doubtful(rules),
        open_rules=sum(states[state] for state in open_states),
        not_applicable=tuple(r for r in rules if r.state is State.NOT_APPLICABLE),
        passed=_passed(rules),
        rules=rules,
        appendix=_appendix(rules, result),
        anchors={rule.rule.id: anchor for anchor, rule in _anchored(rules)},
        choices={
            "area": _distinct(v.finding.rule.area for v in findings),
            "pack": _distinct(v.finding.rule.pack for v in findings),
            "place": _distinct(v.place for v in findings),
            "law": _distinct(v.law for v in findings),
            "state": _distinct(v.state for v in findings),
        },
        marks=tuple((mark.value, text) for mark, text in MARK.items()),
        attestations=tuple(r for r in rules if r.rule.type is RuleType.ATTESTATION),
        areas=Counter(view.finding.rule.area for view in findings),
    )


def _severities(found: Iterable[Severity]) -> tuple[tuple[Severity, int], ...]:
    counts = Counter(found)
    return tuple((severity, counts[severity]) for severity in Severity)


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


def _worst_first(pack: PackResult) -> tuple[int, str]:
    return list(CONCLUSION_CLASS).index(pack.conclusion), pack.id


def _pack_row(pack: PackResult, result: AuditResult) -> PackRow:
    counts = _severities(f.severity for f in result.findings if f.rule.pack == pack.id)
    states = Counter(rule.state for rule in result.rules if rule.rule.pack == pack.id)
    bar = state_bar(states)
    words = tuple((COUNTED[state], n) for state, n in bar.counts)
    return PackRow(pack, tuple((s, n) for s, n in counts if n), bar.segments, words)


def _anchored(rules: tuple[RuleResult, ...]) -> tuple[tuple[str, RuleResult], ...]:
    return tuple((f"R-{number:02d}", rule) for number, rule in enumerate(rules, start=1))


def _appendix(
    rules: tuple[RuleResult, ...], result: AuditResult
) -> tuple[tuple[str, tuple[tuple[str, RuleResult], ...]], ...]:
    titles = {pack.id: pack.title for pack in result.packs}
    packs = groupby(_anchored(rules), key=lambda anchored: anchored[1].rule.pack)
    return tuple((titles.get(pack, pack), tuple(group)) for pack, group in packs)


def _versions(rules: tuple[RuleResult, ...]) -> str:
    versions = sorted({each.rule.version for each in rules if each.rule.version})
    checked = [law.checked_on for each in rules for law in each.rule.law if law.checked_on]
    said = f"{plural(len(rules), 'rule')}, version {', '.join(versions[:3])}" if versions else ""
    return f"{said}; law checked up to {day(max(checked))}" if checked else said


def _limits(rules: tuple[RuleResult, ...]) -> tuple[Limit, ...]:
    listed = []
    for each in rules:
        periods = tuple(each.rule.params[name] for name in sorted(each.rule.params))
        counts = [place.counts for place in each.places if place.counts.population]
        if each.rule.area == "retention" and periods and counts:
            over, of = sum(c.violations for c in counts), sum(c.population for c in counts)
            listed.append(Limit(each, periods, over, of))
    return tuple(sorted(listed, key=lambda limit: (-limit.violations, limit.rule.rule.id)))


def _tally(result: AuditResult) -> tuple[tuple[Conclusion, int], ...]:
    counts = Counter(pack.conclusion for pack in result.packs)
    return tuple((conclusion, counts[conclusion]) for conclusion in CONCLUSION_CLASS if counts[conclusion])


def _partly(rules: tuple[RuleResult, ...]) -> tuple[tuple[RuleResult, tuple[PlaceResult, ...]], ...]:
    unknown = (State.NOT_ASSESSED, State.ERROR)
    listed = []
    for rule in rules:
        lost = tuple(place for place in rule.places if place.state in unknown)
        if lost and rule.state not in unknown:
            listed.append((rule, lost))
    return tuple(listed)


def _doubtful(rules: tuple[RuleResult, ...]) -> tuple[tuple[RuleResult, tuple[PlaceResult, ...]], ...]:
    listed = []
    for rule in rules:
        unsure = tuple(p for p in rule.places if p.state is State.NEEDS_REVIEW and not p.counts.violations)
        if unsure:
            listed.append((rule, unsure))
    return tuple(listed)


def _passed(rules: tuple[RuleResult, ...]) -> tuple[Passed, ...]:
    listed = []
    for rule in rules:
        clean = tuple((f"{p.source}.{p.relation}", p.counts.population) for p in rule.places if p.state is State.PASS)
        if clean:
            listed.append(Passed(rule, clean))
    return tuple(listed)
