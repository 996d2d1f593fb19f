"""What is new since an earlier audit: decided by the violating records, never by their number."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import ceil
from pathlib import Path
from typing import Any

from auditor.errors import UsageError
from auditor.findings.meaning import judges_otherwise, meaning
from auditor.model import Finding, Gone, RuleResult, Severity, State
from auditor.rules.evidence import MEMBERS

VERSIONS = ("1", "2")
"""Versions of audit.json that can be compared with; the first did not say what its rules meant."""
_DECIDES = ("establishments", "unknown_jurisdiction", "profiles.", "time_zones.")
"""Settings of the policy that change which records a rule is about, or how they are read."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A finding of an earlier audit, as far as it is needed to compare with it."""

    members: frozenset[str]
    whole: bool
    """All of them; else those whose hashes are the smallest."""
    violations: int | None
    gone: Gone


@dataclass(frozen=True, slots=True)
class EarlierRule:
    """A rule of an earlier audit."""

    pack: str
    meaning: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Baseline:
    """An earlier `audit.json`. It is `comparable` if it says what its rules meant and its policy said."""

    findings: Mapping[str, Earlier]
    comparable: bool = False
    tool: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Name and kind."""
    packs: frozenset[str] = frozenset()
    rules: Mapping[str, EarlierRule] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    exceptions: tuple[Mapping[str, Any], ...] = ()


def read_baseline(path: Path) -> Baseline:
    """An earlier audit. Raises UsageError if the file is none, or is of a later version than this one."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document.get("schema_version", VERSIONS[0]) not in VERSIONS:
            raise UsageError(
                "The baseline was written by a later version of auditor.", where=str(path),
                do="Install that version, or give the audit.json of an audit made with this one.",
            )  # fmt: skip
        return _baseline(document)
    except OSError as error:
        raise UsageError(f"The baseline cannot be read: {error.strerror}.", where=str(path)) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UsageError(
            "The baseline is not an audit.json of this tool.",
            where=str(path),
            do="Give the audit.json of an earlier audit.",
        ) from None


def compare(findings: Iterable[Finding], baseline: Baseline) -> tuple[Finding, ...]:
    """Marks each finding `new` or `known` against an earlier audit.

    A known finding without a new record no longer gates. Where one of the two audits had no lasting key, records
    cannot be compared, and the finding keeps gating.
    """
    return tuple(_mark(finding, baseline) for finding in findings)


def gone(
    findings: Iterable[Finding], results: Iterable[RuleResult], baseline: Baseline, settings: Mapping[str, str]
) -> tuple[Gone, ...]:
    """The findings of the baseline that this audit does not have.

    One is fixed only where its rule was judged there again, and still says the same.
    """
    here = {finding.fingerprint for finding in findings}
    results = list(results)
    judged = {(r.rule.id, p.source, p.relation): p.state for r in results for p in r.places}
    weakened = {r.rule.id for r in results if _changed(r.rule.id, meaning(r.rule), baseline)}
    other = _other_settings(settings, baseline)
    lost = (earlier.gone for mark, earlier in baseline.findings.items() if mark not in here)
    return tuple(sorted((_settled(each, judged, weakened, other, baseline.comparable) for each in lost), key=_order))


def _changed(rule: str, now: Mapping[str, Any], baseline: Baseline) -> bool:
    return rule in baseline.rules and judges_otherwise(now, baseline.rules[rule].meaning)


def _other_settings(settings: Mapping[str, str], baseline: Baseline) -> str:
    """The settings that decide what is judged and are not as they were; empty if all are, or nobody can tell."""
    if not baseline.comparable:
        return ""
    names = sorted(settings.keys() | baseline.settings.keys())
    changed = [n for n in names if settings.get(n) != baseline.settings.get(n) and n.startswith(_DECIDES)]
    return ", ".join(changed)


def _order(each: Gone) -> tuple[bool, int, str, str]:
    levels = [str(severity) for severity in Severity]
    return each.fixed, levels.index(each.severity) if each.severity in levels else len(levels), each.rule, each.source


def _settled(
    each: Gone, judged: Mapping[tuple[str, str, str], State], weakened: set[str], settings: str, known: bool
) -> Gone:
    state = judged.get((each.rule, each.source, each.relation))
    if state in (State.PASS, State.NOT_APPLICABLE):
        if not known:
            return replace(
                each, reason="The baseline does not say what the rule said then, which may be why it is gone."
            )
        if each.rule in weakened:
            return replace(each, reason="The rule was changed since: by what it says now these records pass.")
        if settings:
            return replace(each, reason=f"The policy was changed since ({settings}), which may be why it is gone.")
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


def _mark(finding: Finding, baseline: Baseline) -> Finding:
    if finding.fingerprint not in baseline.findings:
        return replace(finding, status="new", new_members=finding.place.counts.violations)
    earlier, members = baseline.findings[finding.fingerprint], finding.place.members
    now = frozenset(members)
    finding = replace(finding, status="known", new_members=None, before=earlier.violations)
    if not earlier.members or not now:
        return finding
    cut = [max(each) for each, whole in ((earlier.members, earlier.whole), (now, len(members) < MEMBERS)) if not whole]
    fresh, fixed = (_counted(each, min(cut, default="")) for each in (now - earlier.members, earlier.members - now))
    # Under another rule a record that is gone was not put right.
    same = not _changed(finding.rule.id, meaning(finding.rule), baseline)
    mended = fixed if same else None
    return replace(finding, new_members=fresh, fixed_members=mended, gates=finding.gates and fresh > 0)


def _counted(hashes: frozenset[str], limit: str) -> int:
    """How many there are; where only hashes up to a limit are known of both audits, about how many of all."""
    if not limit:
        return len(hashes)
    seen = sum(value <= limit for value in hashes)
    return ceil(seen * (1 << 4 * len(limit)) / (int(limit, 16) + 1))


def _baseline(document: Mapping[str, Any]) -> Baseline:
    findings = {entry["fingerprint"]: _earlier(entry) for entry in document["findings"]}
    if document.get("schema_version", VERSIONS[0]) == VERSIONS[0]:
        sources = {entry["name"]: entry["kind"] for entry in document.get("sources", ())}
        return Baseline(findings, tool=document.get("tool", {}).get("version", ""), sources=sources)
    return Baseline(
        findings,
        comparable=True,
        tool=document["tool"]["version"],
        sources={entry["name"]: entry["kind"] for entry in document["sources"]},
        packs=frozenset(entry["id"] for entry in document["packs"]),
        rules={entry["id"]: EarlierRule(entry["pack"], dict(entry["meaning"])) for entry in document["rules"]},
        settings=dict(document["settings"]),
        exceptions=tuple(dict(entry) for entry in document["exceptions"]),
    )


def _earlier(entry: Mapping[str, Any]) -> Earlier:
    place = entry.get("place", {})
    counted = entry.get("counts", {}).get("violations")
    return Earlier(
        members=frozenset(entry.get("members", ())),
        whole=len(entry.get("members", ())) < MEMBERS,
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
