"""What the cover says at one glance: what is wrong, how sure that is, and what was not looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from auditor.model import AuditResult, Severity, State, Verified
from auditor.writers.page.findings import FindingView
from auditor.writers.page.words import number, plural

_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Glance:
    """`wrong` are the worst open findings, `more` how many others are critical or high; `sure` are sentences."""

    wrong: tuple[FindingView, ...]
    more: int
    sure: tuple[str, ...]
    missed: tuple[tuple[str, str], ...]
    """What was not looked at, and the section that says more."""


def glance(result: AuditResult, views: Sequence[FindingView]) -> Glance:
    """The worst, the certainty and the edges of one result."""
    listed = [view for view in views if view.open and view.finding.severity is not Severity.INFO]
    more = sum(view.finding.severity in (Severity.CRITICAL, Severity.HIGH) for view in listed[_SHOWN:])
    return Glance(tuple(listed[:_SHOWN]), more, tuple(_sure(result, views)), tuple(_missed(result)))


def _sure(result: AuditResult, views: Sequence[FindingView]) -> list[str]:
    judged = [place for rule in result.rules for place in rule.places if place.counts.population]
    unsure = sum(place.counts.undetermined > 0 for place in judged)
    unread = sum(table.unread for table in result.coverage.tables)
    said = []
    if judged:
        rows = f"; {plural(unread, 'row')} could not be read" if unread else ""
        said.append(f"Rules count whole populations, not samples{rows}.")
        told = f"in {number(unsure)} some records stay undetermined" if unsure else "none left a record undetermined"
        said.append(f"Of {plural(len(judged), 'population')} tested, {told}.")
    if views:
        marks = Counter(_basis(view) for view in views)
        named = (
            ("official", "cite a law whose official text was read"),
            ("second", "a secondary source"),
            ("unchecked", "a citation still to be checked"),
            ("house", "are house rules"),
        )
        parts = [f"{number(marks[kind])} {words}" for kind, words in named if marks[kind]]
        said.append(f"Of {plural(len(views), 'finding')}, {', '.join(parts)}.")
    review = sum(view.finding.place.state is State.NEEDS_REVIEW for view in views)
    if review:
        said.append(f"{plural(review, 'finding')} {'needs' if review == 1 else 'need'} a person's judgement.")
    memory = sum(bool(view.finding.place.from_memory) for view in views)
    if memory:
        said.append(f"{plural(memory, 'finding')} {'rests' if memory == 1 else 'rest'} on unchecked facts of the CRM.")
    return said


def _basis(view: FindingView) -> str:
    marks = {law.verified for law in view.finding.rule.law}
    if not marks:
        return "house"
    if Verified.V1 in marks:
        return "official"
    return "second" if Verified.V2 in marks else "unchecked"


def _missed(result: AuditResult) -> list[tuple[str, str]]:
    gaps = result.coverage.gaps
    missed = [(f"Not read: {gap.what}", "coverage") for gap in gaps[:2]]
    if len(gaps) > 2:
        missed.append((f"{plural(len(gaps) - 2, 'more item')} in scope not read", "coverage"))
    broken = sum(rule.state is State.ERROR for rule in result.rules)
    if broken:
        missed.append((f"{plural(broken, 'rule')} broke", "not-assessed"))
    open_ = sum(rule.state is State.NOT_ASSESSED for rule in result.rules)
    if open_:
        needed = ", ".join(f"{unlock.title or unlock.input} ({len(unlock.rules)})" for unlock in result.unlocks[:3])
        most = f"; most lack {needed}" if needed else ""
        missed.append((f"{plural(open_, 'rule')} for want of data{most}", "not-assessed"))
    aside = [item for item in result.coverage.skipped if not item.gap]
    if aside:
        others = f" and {plural(len(aside) - 1, 'more item')}" if len(aside) > 1 else ""
        missed.append((f"Left out with a reason: {aside[0].what}{others}", "coverage"))
    return missed
