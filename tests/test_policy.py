"""The policy has documented defaults and refuses what it cannot mean."""

from __future__ import annotations

from datetime import date

import pytest

from auditor.errors import KnowledgeError
from auditor.policy import Policy, load_policy


def policy_of(tmp_path, text: str) -> Policy:
    path = tmp_path / "auditor.yaml"
    path.write_text(text, encoding="utf-8")
    return load_policy(path)


def test_without_a_file_the_defaults_are_said():
    policy = load_policy(None)
    assert policy == Policy()
    assert any("No policy was given" in said for said in policy.assumptions)


def test_everything_is_read(tmp_path):
    policy = policy_of(
        tmp_path,
        """
organisation: Example & Sons
establishments: [DE, 'NO']
stores: [{name: crm, country: DE, encrypted: true}]
sources: {crm: 'postgresql://audit:${PASSWORD}@db/crm'}
time_zones: {crm: Europe/Berlin}
params: {inactive-lead-kept: {limit: 2 years}}
known_gaps: [{what: crm.archive, reason: being moved, owner: Ops, expires: 2026-12-31}]
unknown_jurisdiction: assume eu-gdpr
owners: {consent: Marketing, house: Sales, country-missing: Data quality}
keep_days: 90
""",
    )
    assert policy.establishments == ("DE", "NO")
    assert policy.params["inactive-lead-kept"] == {"limit": "2 years"}
    assert policy.unknown_jurisdiction == "eu-gdpr"
    assert policy.keep_days == 90
    assert policy.owner("country-missing", "house", "jurisdiction") == "Data quality"
    assert policy.owner("contact-after-withdrawal", "eu-gdpr", "consent") == "Marketing"
    assert policy.owner("inactive-admin", "access", "access") == ""
    assert policy.known_gaps[0].covers("CRM.archive", date(2026, 12, 31))
    assert not policy.known_gaps[0].covers("crm.archive", date(2027, 1, 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sources: {crm: 'postgresql://audit:hunter2@db/crm'}", "A password does not belong in the policy."),
        ("establishments: [Germany]", "two-letter"),
        ("time_zones: {crm: Mars/Olympus}", "is not a time zone"),
        ("unknown_jurisdiction: assume mars-law", "not a known regime"),
        ("organization: Example", "Did you mean 'organisation'?"),
    ],
)
def test_a_wrong_policy_is_one_sentence_with_its_place(tmp_path, text, said):
    with pytest.raises(KnowledgeError) as caught:
        policy_of(tmp_path, text)
    assert said in str(caught.value)
    assert "auditor.yaml:1:" in str(caught.value)
    assert "hunter2" not in str(caught.value)
