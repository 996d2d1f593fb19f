"""In which order findings are told: light, for whatever only shows them."""

from __future__ import annotations

from auditor.model import Finding, State


def urgency(finding: Finding) -> tuple[int, bool, int, str, str]:
    """Sort key: severity, what a machine decided before what a person must review, people, then names."""
    reach = finding.place.counts.people or finding.place.counts.violations
    review = finding.place.state is not State.FAIL
    return finding.severity.rank, review, -reach, finding.rule.id, finding.place.source
