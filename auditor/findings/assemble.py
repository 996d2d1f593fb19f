"""Findings, conclusions per pack, and what would unlock what was not assessed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from auditor.findings.fingerprint import fingerprint
from auditor.findings.urgency import urgency
from auditor.model import (
    Conclusion,
    Finding,
    PackResult,
    PlaceResult,
    Remediation,
    RuleResult,
    RuleType,
    Severity,
    State,
    Unlock,
)
from auditor.policy import Policy
from auditor.relations import Relations


def find(
    results: Iterable[RuleResult], patterns: Mapping[str, Remediation], policy: Policy | None = None
) -> tuple[Finding, ...]:
    """One finding per rule and place with at least one violating record, the most urgent and widest first."""
    owned = policy or Policy()
    findings = [
        _finding(result, place, patterns, owned)
        for result in results
        for place in result.places
        if place.counts.violations
    ]
    return tuple(sorted(findings, key=urgency))


def _finding(result: RuleResult, place: PlaceResult, patterns: Mapping[str, Remediation], policy: Policy) -> Finding:
    rule = result.rule
    decided = rule.type is RuleType.AUTOMATIC and place.state is State.FAIL
    return Finding(
        fingerprint=fingerprint(rule.id, place.source, place.relation, place.origin),
        rule=rule,
        sentence=result.sentence,
        place=place,
        severity=rule.severity,
        remediation=tuple(patterns[name] for name in rule.remediation if name in patterns),
        gates=decided and rule.severity is not Severity.INFO and not rule.unverified,
        owner=policy.owner(rule.id, rule.pack, rule.area),
    )


def conclude(results: Sequence[RuleResult], titles: Mapping[str, str]) -> tuple[PackResult, ...]:
    """One conclusion per pack, in the order of the packs' titles."""
    by_pack: dict[str, list[RuleResult]] = defaultdict(list)
    for result in results:
        by_pack[result.rule.pack].append(result)
    return tuple(_conclusion(pack, titles.get(pack, pack), by_pack[pack]) for pack in sorted(by_pack))


def _conclusion(pack: str, title: str, results: Sequence[RuleResult]) -> PackResult:
    # A rule may fail in one place and be unassessed in another: count what happened, not only the worst.
    states = Counter(str(result.state) for result in results)
    failing = sum(any(p.state is State.FAIL for p in r.places) for r in results)
    open_ = sum(
        any(p.state in (State.NOT_ASSESSED, State.ERROR, State.NEEDS_REVIEW) for p in r.places) or not r.places
        for r in results
    )
    total = len(results)
    if failing:
        rest = f"; {open_} could not be concluded in every place" if open_ else ""
        return PackResult(
            pack, title, Conclusion.EXCEPTIONS, f"{failing} of {total} rules note exceptions{rest}.", dict(states)
        )
    if open_:
        reason = f"No exceptions noted where it could be tested, but {open_} of {total} rules could not be concluded."
        return PackResult(pack, title, Conclusion.SCOPE_LIMITATION, reason, dict(states))
    reason = f"All {total} rules were tested on the whole population or do not apply."
    return PackResult(pack, title, Conclusion.NO_EXCEPTIONS, reason, dict(states))


def unlocks(results: Iterable[RuleResult], relations: Relations) -> tuple[Unlock, ...]:
    """Groups what was not assessed by the one input that would unlock most of it.

    A rule counts under an input of its own places only; one that lacks several inputs is listed under the input that
    unlocks most, so that every rule stands once.
    """
    lacking: dict[str, set[str]] = {}
    for result in results:
        if result.state is not State.NOT_ASSESSED:
            continue
        for place in result.places:
            lacking.setdefault(result.rule.id, set()).update(place.missing or (result.rule.relation,))
    groups: list[Unlock] = []
    while lacking:
        counts = Counter(name for names in lacking.values() for name in names)
        best = min(counts, key=lambda name: (-counts[name], name))
        rules = tuple(sorted(rule for rule, names in lacking.items() if best in names))
        groups.append(Unlock(best, _how(best, relations), rules, _title(best, relations)))
        for rule in rules:
            del lacking[rule]
    return tuple(groups)


def _title(name: str, relations: Relations) -> str:
    relation, _, field = name.partition(".")
    if relation not in relations:
        return name
    known = relations[relation]
    if field in ("", known.subject_field):
        return known.rows or known.row
    held = known.fields.get(field)
    said = held.meaning if held else field
    if held and held.type == "flag":
        said = f"whether {said}"
    return said if relation == "subject" else f"{known.rows or known.row}: {said}"


def _how(name: str, relations: Relations) -> str:
    relation, _, field = name.partition(".")
    if relation not in relations:
        return ""
    if field in ("", relations[relation].subject_field):  # without a person the rows are of no use
        return f"Give {relations[relation].how_to_unlock or 'a source for ' + relation}."
    known = relations[relation].fields.get(field)
    meaning = known.meaning if known else field
    where = "in the CRM's profile"
    if relations[relation].register:
        where += f", or in a register: `registers: {{{relation}: FILE}}` in auditor.yaml"
    return f"Map or fill {relation}.{field} ({meaning}) {where}."
