"""audit.json: the whole result for programs, and the baseline of the next audit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from auditor.findings.meaning import digest, meaning
from auditor.inventory.document import inventory_document
from auditor.model import (
    AGE_YEARS,
    AuditResult,
    Binding,
    Counts,
    Coverage,
    Finding,
    Inventory,
    Law,
    LawRequests,
    Pictures,
    PlaceResult,
    RuleResult,
    Skipped,
    SourceInfo,
    Standing,
)
from auditor.writers.facts import classification
from auditor.writers.files import Format, write_private

SCHEMA_VERSION = "2"
INVENTORY_VERSION = "1"
Json = dict[str, Any]

# Characters that are legal in JSON but act on a terminal or reorder the line they stand in.
_ACTIVE = re.compile(
    "[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_ACTIVE_HIGH = re.compile("[\U000e0000-\U000e0fff]")


def write_json(result: AuditResult, path: Path) -> None:
    """Writes audit.json; the same result gives the same bytes. Raises ReportError if it cannot be written."""
    write_private(path, dump(document(result)))


def dump(document: Json) -> str:
    """JSON with characters that would act where it is shown written as escapes."""
    text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
    text = _ACTIVE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return _ACTIVE_HIGH.sub(lambda found: json.dumps(found[0])[1:-1], text) + "\n"


def document(result: AuditResult) -> Json:
    """The result as plain JSON values, in a stable order."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "auditor", "version": result.tool_version},
        "organisation": result.organisation,
        "as_of": result.as_of.isoformat(),
        "generated_at": result.generated_at.isoformat(),
        "seed": result.seed,
        "complete": result.complete,
        "classification": classification(result),
        "delete_by": result.delete_by.isoformat() if result.delete_by else None,
        "revealed": result.revealed,
        "sources": [_source(source) for source in sorted(result.sources, key=lambda s: s.name)],
        "coverage": _coverage(result.coverage, result.assumptions),
        "packs": [
            {
                "id": pack.id,
                "title": pack.title,
                "conclusion": pack.conclusion.value,
                "reason": pack.reason,
                "states": dict(sorted((str(state), n) for state, n in pack.states.items())),
            }
            for pack in sorted(result.packs, key=lambda p: p.id)
        ],
        "rules": [_rule(rule) for rule in sorted(result.rules, key=lambda r: r.rule.id)],
        "findings": [_finding(finding) for finding in sorted(result.findings, key=_order)],
        "gone": [asdict(each) for each in sorted(result.gone, key=lambda g: (g.rule, g.source, g.fingerprint))],
        "settings": dict(sorted(result.settings.items())),
        "scope_changes": [{**asdict(each), "details": list(each.details)} for each in result.scope_changes],
        "exceptions": [{**asdict(each), "expires": each.expires.isoformat()} for each in result.exceptions],
        "unlocks": [{"input": u.input, "how": u.how, "rules": sorted(u.rules)} for u in result.unlocks],
        "people": _people(result.binding),
        "pictures": _pictures(result.pictures),
        "inventory": inventory(result.inventory),
    }


def inventory(found: Inventory) -> Json:
    """What is personal, and where, of all sources in one document."""
    sources = sorted({column.source for column in found.columns})
    columns = [
        {"source": source, **column}
        for source in sources
        for column in sorted(inventory_document(found, source)["columns"], key=_place_of)
    ]
    return {
        "schema_version": INVENTORY_VERSION,
        "examined": {
            "columns": len(columns),
            "with_values": sum(1 for column in columns if column["non_empty"]),
            "personal": sum(1 for column in found.columns if column.personal),
            "model": found.model,
            "seed": found.seed,
            "failures": [{"what": f.what, "why": f.why} for f in found.failures],
        },
        "columns": columns,
    }


def _place_of(column: Json) -> tuple[str, str, str]:
    return column["schema"], column["table"], column["column"]


def _order(finding: Finding) -> tuple[int, str, str, str]:
    return finding.severity.rank, finding.rule.id, finding.place.source, finding.place.relation


def _source(source: SourceInfo) -> Json:
    return {
        "name": source.name,
        "kind": source.kind,
        "location": source.location,
        "tables": [
            {"schema": t.schema, "name": t.name, "kind": t.kind, "columns": len(t.columns), "rows": t.rows}
            for t in sorted(source.tables, key=lambda t: (t.schema, t.name))
        ],
        "skipped": _skipped(source.skipped),
        "notes": list(source.notes),
    }


def _coverage(coverage: Coverage, assumptions: Iterable[str]) -> Json:
    return {
        "read_from": coverage.read_from.isoformat(),
        "read_until": coverage.read_until.isoformat(),
        "tables": [
            {
                "source": t.source,
                "table": t.table,
                "columns": t.columns,
                "rows": t.rows,
                "staged": t.staged,
                "unread": t.unread,
                "sampled": t.sampled,
                "notes": list(t.notes),
            }
            for t in sorted(coverage.tables, key=lambda t: (t.source, t.table))
        ],
        "skipped": _skipped(coverage.skipped),
        "assumptions": list(assumptions),
    }


def _skipped(items: Iterable[Skipped]) -> list[Json]:
    ordered = sorted(items, key=lambda s: (not s.gap, s.what, s.why))
    return [{"what": s.what, "why": s.why, "gap": s.gap, "rows": s.rows} for s in ordered]


def _people(binding: Binding) -> Json:
    return {
        "total": binding.people,
        "countries": [{"country": code, "people": n} for code, n in sorted(binding.countries)],
        "regimes": [{"regime": name, "people": n} for name, n in sorted(binding.regimes)],
        "profiles": [
            {"source": p.source, "profile": p.profile, "title": p.title, "reason": p.reason, "versions": p.versions}
            for p in sorted(binding.profiles, key=lambda p: p.source)
        ],
        "failures": _skipped(binding.failures),
    }


def _pictures(drawn: Pictures) -> Json:
    return {
        "permissions": [{**asdict(point), "at": point.at.isoformat()} for point in drawn.permissions],
        "age_years": list(AGE_YEARS),
        "ages": [{**asdict(group), "counts": list(group.counts)} for group in drawn.ages],
        "holders": [
            {
                **asdict(holder),
                "rights": [{"operation": o, "scope": s, "objects": n} for o, s, n in holder.rights],
                "reach": [{"object": on, "operation": o, "scope": s} for on, o, s in holder.reach],
            }
            for holder in drawn.holders
        ],
        "requests": [_requests(each) for each in drawn.requests],
        "attested": [
            {
                "source": each.source,
                "question": each.question,
                "signed_on": each.signed_on.isoformat() if each.signed_on else None,
                "expires_on": each.expires_on.isoformat() if each.expires_on else None,
            }
            for each in drawn.attested
        ],
    }


def _requests(under: LawRequests) -> Json:
    return {
        "law": under.law,
        "title": under.title,
        "within": under.within,
        "at_most": under.at_most,
        "basis": _law([under.basis] if under.basis else []),
        "groups": [
            {"kind": group.kind, "standing": {s.value: n for s, n in zip(Standing, group.counts, strict=True) if n}}
            for group in under.groups
        ],
    }


def _law(laws: Iterable[Law]) -> list[Json]:
    return [
        {
            "cite": law.cite,
            "verified": law.verified.value,
            "checked_on": law.checked_on.isoformat() if law.checked_on else None,
        }
        for law in laws
    ]


def _rule(result: RuleResult) -> Json:
    rule = result.rule
    return {
        "id": rule.id,
        "pack": rule.pack,
        "area": rule.area,
        "version": rule.version,
        "type": rule.type.value,
        "title": rule.title,
        "sentence": result.sentence,
        "relation": rule.relation,
        "severity": rule.severity.value,
        "state": result.state.value,
        "law": _law(rule.law),
        "params": dict(sorted(rule.params.items())),
        "digest": digest(rule),
        "meaning": dict(meaning(rule)),
        "places": [_place(place) for place in sorted(result.places, key=lambda p: (p.source, p.relation))],
    }


def _counts(counts: Counts) -> Mapping[str, int | None]:
    return {
        "population": counts.population,
        "violations": counts.violations,
        "passes": counts.passes,
        "undetermined": counts.undetermined,
        "scope_undetermined": counts.scope_undetermined,
        "people": counts.people,
        "after_as_of": counts.after_as_of,
    }


def _place(place: PlaceResult) -> Json:
    return {
        "source": place.source,
        "relation": place.relation,
        "state": place.state.value,
        **_counts(place.counts),
        "reason": place.reason,
        "missing": sorted(place.missing),
        "origin": sorted(place.origin),
        "from_memory": sorted(place.from_memory),
    }


def _finding(finding: Finding) -> Json:
    place = finding.place
    return {
        "fingerprint": finding.fingerprint,
        "rule": finding.rule.id,
        "rule_digest": digest(finding.rule),
        "pack": finding.rule.pack,
        "title": finding.rule.title,
        "sentence": finding.sentence,
        "place": {"source": place.source, "relation": place.relation, "state": place.state.value},
        "severity": finding.severity.value,
        "status": finding.status,
        "gates": finding.gates,
        "owner": finding.owner,
        "new_members": finding.new_members,
        "before": finding.before,
        "fixed_members": finding.fixed_members,
        "counts": _counts(place.counts),
        "law": _law(finding.rule.law),
        "evidence": [{"key": row.key, "values": dict(row.values)} for row in place.evidence],
        "remediation": [
            {
                "id": pattern.id,
                "title": pattern.title,
                "steps": list(pattern.steps),
                "closes_with": pattern.closes_with,
                "effort": pattern.effort,
                "beware": pattern.beware,
            }
            for pattern in finding.remediation
        ],
        "closes_with": finding.rule.closes_with,
        "origin": sorted(place.origin),
        "members": sorted(place.members),
    }


FORMAT = Format("json", "audit.json", "the whole result for programs; the baseline of the next audit", write_json)
