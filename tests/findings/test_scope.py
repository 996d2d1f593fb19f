"""What is not as it was in the baseline is said, with what changed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from auditor.findings.baseline import read_baseline
from auditor.findings.scope import scope_changes
from auditor.model import Change, Decided, ExceptionUse, Holds, ScopeChange, Scoped
from auditor.writers.audit_json import document
from tests.writers.samples import realistic_result as sample

USE = ExceptionUse("0" * 24, Decided.ACCEPTED, "office", "why", date(2027, 1, 1), 3, Holds.USED)


def since(tmp_path, before, now):
    path = tmp_path / "audit.json"
    path.write_text(json.dumps(document(before)))
    return scope_changes(now, read_baseline(path))


def changed(result, rule, **changes):
    rules = tuple(replace(r, rule=replace(r.rule, **changes)) if r.rule.id == rule else r for r in result.rules)
    return replace(result, rules=rules)


def test_the_same_audit_has_no_changes(tmp_path):
    assert since(tmp_path, sample(), sample()) == ()


def test_a_rule_that_says_something_else_is_listed_with_what(tmp_path):
    before = sample()
    rule = before.rules[0].rule
    now = changed(before, rule.id, params={**rule.params, "limit": "9 years"}, violation="true", title="Another title")
    (change,) = since(tmp_path, before, now)
    assert (change.what, change.name, change.change) == ("rule", rule.id, Change.CHANGED)
    assert change.details == (
        f"violation: true, was {' '.join(rule.violation.split())}",
        f"limit: 9 years, was {rule.params.get('limit', 'nothing')}",
    )


def test_a_rule_or_a_whole_pack_that_came_or_went_is_listed_once(tmp_path):
    before = sample()
    first = before.rules[0].rule
    without_one = replace(before, rules=before.rules[1:])
    if any(r.rule.pack == first.pack for r in without_one.rules):
        assert ScopeChange(Scoped.RULE, first.id, Change.REMOVED) in since(tmp_path, before, without_one)
    pack = before.packs[0].id
    without = replace(before, packs=before.packs[1:], rules=tuple(r for r in before.rules if r.rule.pack != pack))
    assert since(tmp_path, before, without) == (ScopeChange(Scoped.PACK, pack, Change.REMOVED),)
    assert since(tmp_path, without, before) == (ScopeChange(Scoped.PACK, pack, Change.ADDED),)


def test_the_policy_the_sources_and_the_decisions_are_compared_too(tmp_path):
    before = replace(sample(), settings={"establishments": "DE", "time_zones.crm": "UTC"}, exceptions=(USE,))
    now = replace(
        before, settings={"establishments": "DE, FR"}, tool_version="99", sources=before.sources[:1],
        exceptions=(replace(USE, maximum=9),),
    )  # fmt: skip
    changes = since(tmp_path, before, now)
    assert ScopeChange(Scoped.TOOL, "auditor", Change.CHANGED, (f"99, was {before.tool_version}",)) in changes
    assert ScopeChange(Scoped.POLICY, "establishments", Change.CHANGED, ("DE, FR, was DE",)) in changes
    assert ScopeChange(Scoped.POLICY, "time_zones.crm", Change.REMOVED, ("UTC",)) in changes
    assert ScopeChange(Scoped.EXCEPTION, USE.finding, Change.CHANGED, ("at most: 9, was 3",)) in changes
    gone = {source.name for source in before.sources[1:]}
    assert {change.name for change in changes if change.what == "source"} == gone
