"""Findings as the report lists them, and what to do first about them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from auditor.findings.urgency import urgency
from auditor.model import Counts, ExceptionUse, Finding, Severity, State
from auditor.writers.page.bars import PopulationBar, population
from auditor.writers.page.ledger import table_of
from auditor.writers.page.words import day, number, plural, rows_of, share

CLOSED = ("accepted", "false positive")
LAPSED = "acceptance lapsed"
_AT_LEAST = 7
_FIGURE = re.compile(r"\{([0-4])\}")


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding with its number on this page; `shared_with` names the finding that holds its rule's texts."""

    id: str
    finding: Finding
    shared_with: str
    form: str
    """What is wrong, with `{0}` for the first of `figures` and so on."""
    figures: tuple[str, ...]
    bar: PopulationBar
    columns: tuple[str, ...]
    """Evidence that differs between records."""
    common: tuple[tuple[str, str], ...]
    """Evidence that is the same for every record shown of the rule."""
    state: str
    notes: tuple[str, ...]
    """What else is to be known about its figures."""
    trend: str
    """Against the baseline: `3 more than last time`; empty without one."""
    search: str

    @property
    def counts(self) -> Counts:
        """Its figures."""
        return self.finding.place.counts

    @property
    def wrong(self) -> str:
        """What is wrong, in figures."""
        return _FIGURE.sub(lambda found: self.figures[int(found[1])], self.form)

    @property
    def effort(self) -> str:
        """The efforts of its remediation, each named once."""
        return ", ".join(dict.fromkeys(p.effort for p in self.finding.remediation if p.effort))

    @property
    def place(self) -> str:
        """Source and relation."""
        return f"{self.finding.place.source}.{self.finding.place.relation}"

    @property
    def share(self) -> str:
        """Violations by population, to sort by."""
        return f"{self.counts.violations / self.counts.population:.6f}" if self.counts.population else "0"

    @property
    def table(self) -> str:
        """The table it rests on first, to group by."""
        origins = self.finding.place.origin
        return f"{self.finding.place.source}.{table_of(origins[0])}" if origins else self.place

    @property
    def law(self) -> str:
        """The first provision, to group by."""
        return self.finding.rule.law[0].cite if self.finding.rule.law else "House rule"

    @property
    def trend_bar(self) -> tuple[float, float]:
        """Violations then and now, of a thousand for the larger."""
        then, now = self.finding.before or 0, self.counts.violations
        most = max(then, now, 1)
        return round(1000 * then / most, 1), round(1000 * now / most, 1)

    @property
    def state_class(self) -> str:
        """Which mark its state has."""
        marks = {"new": "new", "needs review": "review", "known": "known", LAPSED: "lapsed"}
        return marks.get(self.state, "accepted")

    @property
    def rests_on(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The columns of its verdict, by table."""
        tables: dict[str, list[str]] = {}
        for origin in sorted(self.finding.place.origin):
            table, _, column = origin.rpartition(".")
            tables.setdefault(table, []).append(column)
        return tuple((table, tuple(columns)) for table, columns in tables.items())

    @property
    def open(self) -> bool:
        """False if somebody accepted it or called it a false positive."""
        return self.finding.status not in CLOSED


@dataclass(frozen=True, slots=True)
class Action:
    """The first step about one or more findings that begin with the same one."""

    findings: tuple[FindingView, ...]
    step: str
    effort: str

    @property
    def severity(self) -> Severity:
        """The most urgent of its findings."""
        return min((v.finding.severity for v in self.findings), key=lambda s: s.rank)


def number_findings(findings: Sequence[Finding], decided: Sequence[ExceptionUse] = ()) -> tuple[FindingView, ...]:
    """All findings, the most urgent first; the texts of a rule stand in its first finding only.

    `decided` are the organisation's decisions: each is told where its finding is.
    """
    decisions = {use.finding: use for use in decided}
    first: dict[str, str] = {}
    views = []
    common = _common(findings)
    for place, finding in enumerate(sorted(findings, key=urgency), start=1):
        label = f"F-{place:02d}"
        holder = first.setdefault(finding.rule.id, label)
        decision = decisions.get(finding.fingerprint)
        views.append(_view(label, finding, "" if holder == label else holder, common[finding.rule.id], decision))
    return tuple(views)


def _common(findings: Sequence[Finding]) -> dict[str, dict[str, str]]:
    """Per rule the values that all records shown share, in every place, so that they need no column."""
    rows: dict[str, list[dict[str, str]]] = {finding.rule.id: [] for finding in findings}
    for finding in findings:
        rows[finding.rule.id] += [dict(row.values) for row in finding.place.evidence]
    return {
        rule: {name: value for name, value in found[0].items() if all(row.get(name) == value for row in found)}
        if len(found) > 1
        else {}
        for rule, found in rows.items()
    }


def _notes(finding: Finding, decision: ExceptionUse | None) -> tuple[str, ...]:
    counts, notes = finding.place.counts, []
    if decision is not None and finding.status in CLOSED:
        until = f"until {day(decision.expires)}"
        notes.append(f"{decision.decision.capitalize()} by {decision.owner} {until}: {decision.reason}")
    elif decision is not None:
        notes.append(f"{decision.owner} had decided: {decision.decision}. That lapsed. {decision.why}")
    if counts.scope_undetermined:
        unsure = number(counts.scope_undetermined)
        notes.append(f"For {unsure} of the undetermined it is not known whether the rule applies.")
    if counts.after_as_of:
        are = "is dated after the audit and" if counts.after_as_of == 1 else "are dated after the audit and"
        notes.append(f"{plural(counts.after_as_of, 'record')} {are} left out.")
    if finding.status == "known" and finding.new_members is not None:
        fixed = f", {number(finding.fixed_members)} fixed" if finding.fixed_members is not None else ""
        notes.append(f"Since the last audit: {number(finding.new_members)} new{fixed}.")
    elif finding.status == "known":
        notes.append("Known from the last audit; without a lasting key its records cannot be compared.")
    return tuple(notes)


def _trend(finding: Finding) -> str:
    if finding.before is None:
        return ""
    change = finding.place.counts.violations - finding.before
    if not change:
        return "= as many as last time"
    return f"▲ {number(change)} more than last time" if change > 0 else f"▼ {number(-change)} fewer than last time"


def _view(
    label: str, finding: Finding, shared_with: str, common: dict[str, str], decision: ExceptionUse | None
) -> FindingView:
    rule, place = finding.rule, finding.place
    names = dict.fromkeys(name for row in place.evidence for name, _ in row.values)
    form, figures = _wrong(finding)
    # What else can be searched for; title, place, pack, area and first law stand in attributes of their own.
    words = (rule.id, finding.owner, *place.origin, *(law.cite for law in rule.law[1:]), finding.fingerprint)
    state = "needs review" if place.state is State.NEEDS_REVIEW and finding.status == "new" else finding.status
    if decision is not None and finding.status not in CLOSED:
        state = LAPSED
    return FindingView(
        id=label,
        finding=finding,
        shared_with=shared_with,
        form=form,
        figures=figures,
        bar=population(place.counts),
        columns=tuple(name for name in names if name not in common),
        common=tuple((name, common[name]) for name in names if name in common),
        state=state,
        notes=_notes(finding, decision),
        trend=_trend(finding),
        search=" ".join(words)[:1000].lower(),
    )


def _wrong(finding: Finding) -> tuple[str, tuple[str, ...]]:
    """The sentence, and its figures: violations, population, share, people, undetermined."""
    counts, review = finding.place.counts, finding.place.state is State.NEEDS_REVIEW
    row = rows_of(finding.place.relation)
    what = "need a look" if review else "violate the rule"
    if counts.violations == 1:
        what = "needs a look" if review else "violates the rule"
    told = finding.place.relation == "subject"  # people were counted already
    people = f" They concern {{3}} {'person' if counts.people == 1 else 'people'}."
    unsure = " For {4} more the records do not tell." if counts.undetermined else " None is undetermined."
    form = f"{{0}} of {{1}} {row} ({{2}}) {what}.{people if counts.people and not told else ''}{unsure}"
    rate = share(counts.violations, counts.population)
    figures = (counts.violations, counts.population, rate, counts.people, counts.undetermined)
    return form, tuple(figure if isinstance(figure, str) else number(figure) for figure in figures)


def first_actions(views: Sequence[FindingView]) -> tuple[Action, ...]:
    """Every critical finding that is open, and the most urgent of the rest up to seven actions."""
    groups: dict[tuple[str, str], list[FindingView]] = {}
    for view in views:
        if view.open and view.finding.severity is not Severity.INFO:
            groups.setdefault(_first_step(view.finding), []).append(view)
    actions = [Action(tuple(group), step, effort) for (step, effort), group in groups.items()]
    return tuple(a for n, a in enumerate(actions) if n < _AT_LEAST or a.severity is Severity.CRITICAL)


def _first_step(finding: Finding) -> tuple[str, str]:
    patterns = finding.remediation
    if patterns and patterns[0].steps:
        return patterns[0].steps[0], patterns[0].effort
    return "Look at the records and decide what is to be done.", ""
