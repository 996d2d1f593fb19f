"""What a rule means, whatever its wording: told apart by a digest, and said in words where two audits differ."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from auditor.model import Rule

_JUDGES = ("relation", "when", "violation", "including_deleted", "params", "effective")
"""The parts that decide which records violate the rule; the others decide how much that weighs."""
_SAYS = {"including_deleted": "including deleted", "when": "applies when"}


def meaning(rule: Rule) -> Mapping[str, Any]:
    """The parts of a rule that bear on its verdict, as plain values; parameters as the policy sets them."""
    effective = [day.isoformat() if day else "" for day in (rule.effective_from, rule.effective_to)]
    return {
        "relation": rule.relation,
        "when": " ".join(rule.when.split()),
        "violation": " ".join(rule.violation.split()),
        "including_deleted": rule.including_deleted,
        "params": dict(sorted(rule.params.items())),
        "effective": effective,
        "severity": rule.severity.value,
        "type": rule.type.value,
        "law": sorted(law.cite for law in rule.law),
    }


def digest(rule: Rule) -> str:
    """12 hexadecimal digits that change with the rule's meaning, and with nothing else."""
    text = json.dumps(meaning(rule), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def differences(now: Mapping[str, Any], before: Mapping[str, Any]) -> tuple[str, ...]:
    """What differs between two meanings, one entry each."""
    found = []
    for part in dict.fromkeys([*now, *before]):
        new, old = now.get(part), before.get(part)
        if part == "params":
            found += _by_name(new or {}, old or {})
        elif new != old:
            found.append(f"{_SAYS.get(part, part)}: {_text(new)}, was {_text(old)}")
    return tuple(found)


def judges_otherwise(now: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Whether other records may violate the rule than did."""
    return any(now.get(part) != before.get(part) for part in _JUDGES)


def _by_name(new: Mapping[str, str], old: Mapping[str, str]) -> list[str]:
    names = sorted(new.keys() | old.keys())
    return [f"{n}: {_text(new.get(n))}, was {_text(old.get(n))}" for n in names if new.get(n) != old.get(n)]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    return text.strip(", ") or "nothing"
