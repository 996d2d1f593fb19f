"""The organisation's decisions about findings, `auditor-exceptions.yaml`: accepted, or a false positive.

A decision names one finding as it was: its fingerprint, the digest of its rule, and how many records it may have at
most. It lapses on its last day, when there are more records, and when the rule says something else; the finding then
counts as if nobody had decided anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from auditor.findings.meaning import digest
from auditor.knowledge import Node, read_yaml
from auditor.model import Decided, ExceptionUse, Finding, Holds

FILE = "auditor-exceptions.yaml"
SOON = timedelta(days=30)
LONGEST = timedelta(days=366 * 2)
"""A decision for longer is none: nobody would look at it again."""
_FINGERPRINT = re.compile(r"[0-9a-f]{24}")
_DIGEST = re.compile(r"[0-9a-f]{12}")
_COPY = "Copy it from the finding in audit.json."


@dataclass(frozen=True, slots=True)
class Decision:
    """One entry of the file."""

    finding: str
    rule_digest: str
    decision: Decided
    owner: str
    reason: str
    decided: date
    expires: date
    maximum: int

    def use(self, state: Holds, why: str = "", rule: str = "") -> ExceptionUse:
        """The entry with what became of it."""
        return ExceptionUse(
            self.finding, self.decision, self.owner, self.reason, self.expires, self.maximum, state, why, rule
        )


def read_exceptions(path: Path) -> tuple[Decision, ...]:
    """The decisions in a file. Raises KnowledgeError with file, line and column."""
    root = read_yaml(path).fields(("exceptions",))
    found: dict[str, Decision] = {}
    for node in root["exceptions"].items():
        parts = node.fields(("finding", "rule_digest", "decision", "owner", "reason", "decided", "expires", "maximum"))
        decision = _decision(parts)
        if decision.finding in found:
            raise parts["finding"].error("There are two decisions about this finding.", "Keep one of them.")
        found[decision.finding] = decision
    return tuple(found.values())


def _decision(parts: dict[str, Node]) -> Decision:
    for name, shape, digits in (("finding", _FINGERPRINT, 24), ("rule_digest", _DIGEST, 12)):
        if not shape.fullmatch(parts[name].text()):
            raise parts[name].error(f"A {name.replace('_', ' ')} is {digits} hexadecimal digits.", _COPY)
    for name in ("owner", "reason"):
        if not parts[name].text().strip():
            raise parts[name].error(
                f"A decision without {'an owner' if name == 'owner' else 'a reason'} is none.", "Write it down."
            )
    decided, expires = parts["decided"].day(), parts["expires"].day()
    if not decided <= expires <= decided + LONGEST:
        raise parts["expires"].error("A decision lasts from a day to two years.", "Decide again when it ends.")
    maximum = parts["maximum"].number()
    if maximum != int(maximum) or maximum < 1:
        raise parts["maximum"].error("A whole number of records is expected here, at least 1.")
    return Decision(
        finding=parts["finding"].text(),
        rule_digest=parts["rule_digest"].text(),
        decision=Decided(parts["decision"].one_of(Decided)),
        owner=parts["owner"].text().strip(),
        reason=" ".join(parts["reason"].text().split()),
        decided=decided,
        expires=expires,
        maximum=int(maximum),
    )


def apply_exceptions(
    findings: Iterable[Finding], decisions: Sequence[Decision], on: date
) -> tuple[tuple[Finding, ...], tuple[ExceptionUse, ...]]:
    """The findings with what was decided about them, and what became of every decision on a day."""
    by_finding = {decision.finding: decision for decision in decisions}
    marked, uses = [], {}
    for finding in findings:
        decision = by_finding.get(finding.fingerprint)
        if decision is not None:
            use = uses[decision.finding] = _became(decision, finding, on)
            if use.state in (Holds.USED, Holds.EXPIRING):
                finding = replace(finding, status=decision.decision, gates=False)
        marked.append(finding)
    unused = "This audit does not have the finding: it is gone, or its rule was not judged."
    return tuple(marked), tuple(uses.get(d.finding) or d.use(Holds.UNUSED, unused) for d in decisions)


def _became(decision: Decision, finding: Finding, on: date) -> ExceptionUse:
    rule, now = finding.rule.id, finding.place.counts.violations
    if decision.expires < on:
        return decision.use(Holds.EXPIRED, f"It ended on {decision.expires}; the finding counts again.", rule)
    if now > decision.maximum:
        return decision.use(
            Holds.OUTGROWN, f"{now:,} records, decided for {decision.maximum:,}; the finding counts again.", rule
        )
    if digest(finding.rule) != decision.rule_digest:
        return decision.use(Holds.RULE_CHANGED, "The rule says something else now; the finding counts again.", rule)
    if decision.expires - on <= SOON:
        return decision.use(Holds.EXPIRING, f"It ends on {decision.expires}.", rule)
    return decision.use(Holds.USED, "", rule)
