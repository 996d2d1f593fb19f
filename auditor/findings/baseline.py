"""What is new since an earlier audit: decided by the violating records, never by their number."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from auditor.errors import UsageError
from auditor.model import Finding


def compare(findings: Iterable[Finding], baseline: Path) -> tuple[Finding, ...]:
    """Marks each finding `new` or `known` against an earlier `audit.json`.

    A known finding without a new record no longer gates. Where one of the two audits had no lasting key, records
    cannot be compared, and the finding keeps gating.
    """
    known = _members(baseline)
    return tuple(_mark(finding, known) for finding in findings)


def _mark(finding: Finding, known: dict[str, frozenset[str]]) -> Finding:
    if finding.fingerprint not in known:
        return replace(finding, status="new", new_members=finding.place.counts.violations)
    before, now = known[finding.fingerprint], frozenset(finding.place.members)
    if not before or not now:
        return replace(finding, status="known", new_members=None)
    fresh = len(now - before)
    return replace(finding, status="known", new_members=fresh, gates=finding.gates and fresh > 0)


def _members(path: Path) -> dict[str, frozenset[str]]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return {f["fingerprint"]: frozenset(f.get("members", ())) for f in document["findings"]}
    except OSError as error:
        raise UsageError(f"The baseline cannot be read: {error.strerror}.", where=str(path)) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(
            "The baseline is not an audit.json of this tool.", where=str(path), do="Give the audit.json of an earlier audit."
        ) from None
