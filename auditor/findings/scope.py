"""What decides the scope and is not as in the baseline: rules, packs, policy, sources, exceptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from auditor.findings.baseline import Baseline
from auditor.findings.meaning import differences, meaning
from auditor.model import AuditResult, Change, ScopeChange, Scoped


def scope_changes(result: AuditResult, baseline: Baseline) -> tuple[ScopeChange, ...]:
    """Everything that is not as in the baseline. A whole pack that came or went stands for its rules."""
    changes = [
        *_keyed(Scoped.TOOL, {"auditor": result.tool_version}, {"auditor": baseline.tool}),
        *_keyed(Scoped.SOURCE, {s.name: s.kind for s in result.sources}, baseline.sources),
    ]
    if not baseline.comparable:
        said = "the baseline is of a version that did not record what they meant, so what changed cannot be told"
        return (*changes, ScopeChange(Scoped.RULE, "all rules", Change.CHANGED, (said,)))
    packs = {pack.id for pack in result.packs}
    changes += [ScopeChange(Scoped.PACK, name, Change.ADDED) for name in sorted(packs - baseline.packs)]
    changes += [ScopeChange(Scoped.PACK, name, Change.REMOVED) for name in sorted(baseline.packs - packs)]
    both = packs & baseline.packs
    now = {r.rule.id: meaning(r.rule) for r in result.rules if r.rule.pack in both}
    before = {name: rule.meaning for name, rule in baseline.rules.items() if rule.pack in both}
    changes += _meanings(Scoped.RULE, now, before)
    changes += _keyed(Scoped.POLICY, result.settings, baseline.settings)
    decided = {
        each.finding: _decision(each.decision, each.expires.isoformat(), each.maximum) for each in result.exceptions
    }
    earlier = {e["finding"]: _decision(e["decision"], e["expires"], e["maximum"]) for e in baseline.exceptions}
    changes += _meanings(Scoped.EXCEPTION, decided, earlier)
    return tuple(changes)


def _decision(decision: str, expires: str, maximum: int) -> Mapping[str, Any]:
    return {"decision": decision, "expires": expires, "at most": str(maximum)}


def _keyed(what: Scoped, now: Mapping[str, str], before: Mapping[str, str]) -> Iterable[ScopeChange]:
    return _meanings(what, {k: {"": v} for k, v in now.items()}, {k: {"": v} for k, v in before.items()})


def _single(parts: Mapping[str, Any]) -> tuple[str, ...]:
    """What was added or removed, if it is one value; a rule's many parts stand in the report already."""
    return (str(parts[""]),) if "" in parts else ()


def _meanings(
    what: Scoped, now: Mapping[str, Mapping[str, Any]], before: Mapping[str, Mapping[str, Any]]
) -> Iterable[ScopeChange]:
    for name in sorted(now.keys() | before.keys()):
        if name not in before:
            yield ScopeChange(what, name, Change.ADDED, _single(now[name]))
        elif name not in now:
            yield ScopeChange(what, name, Change.REMOVED, _single(before[name]))
        elif found := differences(now[name], before[name]):
            yield ScopeChange(what, name, Change.CHANGED, tuple(text.removeprefix(": ") for text in found))
