"""The two sentences a reader takes away, and the counts of rules by state."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from auditor.model import AuditResult, Conclusion, State
from auditor.writers.page.bars import Segment, stacked
from auditor.writers.page.words import STATE_CLASS, plural

_SHOWN = (
    State.ERROR,
    State.FAIL,
    State.NEEDS_REVIEW,
    State.PASS,
    State.NOT_APPLICABLE,
    State.NOT_ASSESSED,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`conclusion` is printed strong, `rest` completes its sentence, `limits` is the second one."""

    conclusion: str
    rest: str
    limits: str


@dataclass(frozen=True, slots=True)
class StateBar:
    """All rules, each in exactly one state."""

    counts: tuple[tuple[State, int], ...]
    segments: tuple[Segment, ...]
    total: int


def verdict(result: AuditResult) -> Verdict:
    """What the packs' conclusions and the gaps allow to be said."""
    conclusion, rest = _outcome(result)
    return Verdict(conclusion, rest, _limits(result))


def _outcome(result: AuditResult) -> tuple[str, str]:
    by_conclusion = Counter(pack.conclusion for pack in result.packs)
    total = len(result.packs)
    packs = plural(total, "rule pack")
    noted = by_conclusion[Conclusion.EXCEPTIONS]
    limited = by_conclusion[Conclusion.SCOPE_LIMITATION]
    failing = sum(rule.state is State.FAIL or any(p.state is State.FAIL for p in rule.places) for rule in result.rules)
    if not total:
        return "Scope limitation", ": no rule pack was applied."
    if noted:
        where = "the only rule pack" if total == 1 else f"all {packs}" if noted == total else f"{noted} of {packs}"
        return "Exceptions noted", f" in {where}, by {failing} of {plural(len(result.rules), 'rule')}."
    if limited:
        where = "the only rule pack" if total == 1 else f"{limited} of {packs}"
        return "Scope limitation", f" in {where}; no exceptions noted where it could be tested."
    where = "the only rule pack" if total == 1 else f"all {packs}"
    return "No exceptions noted in the population tested", f", in {where}."


def _limits(result: AuditResult) -> str:
    states = Counter(rule.state for rule in result.rules)
    unknown, broken, gaps = states[State.NOT_ASSESSED], states[State.ERROR], len(result.coverage.gaps)
    rules = plural(len(result.rules), "rule")
    open_ = "every rule could be assessed"
    if unknown:
        open_ = f"{unknown} of {rules} could not be assessed for want of data"
    if result.complete:
        return f"Everything in scope was read; {open_}."
    lost = [plural(gaps, "item") + " in scope could not be read"] if gaps else []
    if broken:
        lost.append(f"{plural(broken, 'rule')} broke")
    return f"The audit is incomplete: {' and '.join(lost)}; {open_}."


def state_bar(states: Counter[State]) -> StateBar:
    """Every state that occurs, unknown last and hatched."""
    counts = tuple((state, states[state]) for state in _SHOWN if states[state])
    return StateBar(counts, stacked((STATE_CLASS[s], n) for s, n in counts), sum(states.values()))
