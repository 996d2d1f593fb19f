"""What is new since an earlier audit: decided by the violating records, never by their number."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from auditor.errors import UsageError
from auditor.model import Finding, Gone, RuleResult, Severity, State


@dataclass(frozen=True, slots=True)
class Earlier:
    """A finding of an earlier audit, as far as it is needed to compare with it."""

    members: frozenset[str]
    violations: int | None
    gone: Gone


def compare(findings: Iterable[Finding], baseline: Path) -> tuple[Finding, ...]:
    """Marks each finding `new` or `known` against an earlier `audit.json`.

    A known finding without a new record no longer gates. Where one of the two audits had no lasting key, records
    cannot be compared, and the finding keeps gating.
    """
    known = _read(baseline)
    return tuple(_mark(finding, known) for finding in findings)


def gone(findings: Iterable[Finding], results: Iterable[RuleResult], baseline: Path) -> tuple[Gone, ...]:
    """The findings of the baseline that this audit does not have: fixed only where the rule was judged again."""
    here = {finding.fingerprint for finding in findings}
    judged = {(r.rule.id, p.source, p.relation): p.state for r in results for p in r.places}
    lost = (earlier.gone for mark, earlier in _read(baseline).items() if mark not in here)
    return tuple(sorted((_settled(each, judged) for each in lost), key=_order))


def _order(each: Gone) -> tuple[bool, int, str, str]:
    levels = [str(severity) for severity in Severity]
    return each.fixed, levels.index(each.severity) if each.severity in levels else len(levels), each.rule, each.source


def _settled(each: Gone, judged: Mapping[tuple[str, str, str], State]) -> Gone:
    state = judged.get((each.rule, each.source, each.relation))
    if state in (State.PASS, State.NOT_APPLICABLE):
        return replace(each, fixed=True)
    reasons = {
        None: "The rule was not judged there this time.",
        State.NOT_ASSESSED: "The rule could not be assessed there this time.",
        State.ERROR: "The rule broke this time.",
        State.NEEDS_REVIEW: "No violation is certain any more, but some records are undetermined.",
    }
    return replace(
        each, reason=reasons.get(state, "The finding rests on other columns now and stands under a new name.")
    )


def _mark(finding: Finding, known: Mapping[str, Earlier]) -> Finding:
    if finding.fingerprint not in known:
        return replace(finding, status="new", new_members=finding.place.counts.violations)
    earlier, now = known[finding.fingerprint], frozenset(finding.place.members)
    finding = replace(finding, status="known", new_members=None, before=earlier.violations)
    if not earlier.members or not now:
        return finding
    fresh, fixed = len(now - earlier.members), len(earlier.members - now)
    return replace(finding, new_members=fresh, fixed_members=fixed, gates=finding.gates and fresh > 0)


def _read(path: Path) -> Mapping[str, Earlier]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return {entry["fingerprint"]: _earlier(entry) for entry in document["findings"]}
    except OSError as error:
        raise UsageError(f"The baseline cannot be read: {error.strerror}.", where=str(path)) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(
            "The baseline is not an audit.json of this tool.",
            where=str(path),
            do="Give the audit.json of an earlier audit.",
        ) from None


def _earlier(entry: Mapping[str, Any]) -> Earlier:
    place = entry.get("place", {})
    counted = entry.get("counts", {}).get("violations")
    return Earlier(
        members=frozenset(entry.get("members", ())),
        violations=counted,
        gone=Gone(
            fingerprint=entry["fingerprint"],
            rule=entry.get("rule", ""),
            title=entry.get("title", ""),
            source=place.get("source", ""),
            relation=place.get("relation", ""),
            severity=entry.get("severity", ""),
            violations=counted or 0,
            fixed=False,
        ),
    )
