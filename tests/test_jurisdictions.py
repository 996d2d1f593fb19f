from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from auditor.errors import KnowledgeError
from auditor.jurisdictions import load_jurisdictions
from auditor.knowledge import home
from auditor.model import Verified
from auditor.relations import load_relations

FACTS = load_jurisdictions()


def altered(tmp_path: Path, old: str, new: str) -> Path:
    text = (home("rules") / "jurisdictions.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "jurisdictions.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_gdpr_protects_people_in_27_members_and_in_the_economic_area():
    gdpr = FACTS.regimes["eu-gdpr"]
    assert {"DE", "FR", "IE", "NO", "IS", "LI", "RE"} <= gdpr.countries
    assert not {"GB", "CH", "US", "GG", "IM", "JE", "GI", "FO", "GL", "NC"} & gdpr.countries
    assert len(gdpr.countries - gdpr.from_memory) == 30


def test_norway_is_a_country_and_not_a_yaml_boolean():
    assert FACTS.regimes_of("NO") == ("eu-gdpr", "eprivacy")
    assert FACTS.child_age["NO"] == 13


def test_california_is_protected_by_its_region_and_delaware_is_not_germany():
    assert FACTS.regimes_of("US", "US-CA") == ("us-ca-ccpa", "us-canspam")
    assert FACTS.regimes_of("US", "US-DE") == ("us-canspam",)
    assert FACTS.regimes_of("CA") == ("ca-casl", "ca-pipeda")
    assert FACTS.regimes_of("DE") == ("eu-gdpr", "eprivacy")


@pytest.mark.parametrize(
    ("country", "age"), [("DE", 16), ("AT", 14), ("FR", 15), ("DK", 15), ("ES", 14), ("GB", 13), ("BE", 13), ("ZZ", 16)]
)
def test_the_age_of_consent_is_that_of_the_country(country, age):
    assert FACTS.minor_age(country) == age


def test_every_country_under_the_gdpr_has_an_age_with_a_mark():
    assert FACTS.regimes["eu-gdpr"].countries <= FACTS.child_age.keys() == FACTS.child_age_verified.keys()
    assert FACTS.child_age_verified["FI"] is Verified.V1
    assert all(13 <= age <= 16 for age in FACTS.child_age.values())


def test_a_law_that_is_not_in_force_yet_makes_no_basis_unknown():
    assert FACTS.unknown_bases["AE"] == {"legitimate_interests"}
    assert "IN" not in FACTS.unknown_bases
    assert FACTS.unknown_bases_why["IN"].since > FACTS.checked_on > dt.date(2026, 1, 1)


def test_unknown_bases_are_bases_of_the_closed_list_and_none_rests_on_memory():
    known = set(load_relations().lists["basis"])
    for basis in FACTS.unknown_bases_why.values():
        assert basis.bases <= known
        assert basis.verified is not Verified.M
        assert basis.why


def test_every_state_has_a_name_and_no_name_stands_for_two_states_of_a_country():
    assert sum(code.startswith("US-") for code in FACTS.regions) == 51
    assert sum(code.startswith("CA-") for code in FACTS.regions) == 13
    for country in ("US", "CA", "AU"):
        names = [n.casefold() for code, given in FACTS.regions.items() if code.startswith(country) for n in given]
        assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("spelling", "country"),
    [("usa", "US"), ("u.s.", "US"), ("uk", "GB"), ("scotland", "GB"), ("holland", "NL"), ("el", "GR"), ("korea", "KR")],
)
def test_spellings_are_found_in_lower_case(spelling, country):
    assert FACTS.country_aliases[spelling] == country


def test_a_country_and_a_state_of_one_name_are_not_confused():
    assert "georgia" not in FACTS.country_aliases
    assert "ca" not in FACTS.country_aliases


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("countries: [IS, LI, NO]", "countries: [IS, LI, Norway]", "not an ISO 3166 code"),
        ("regions: [US-CA]", "regions: [US-XX]", "not in the list of regions"),
        ("bases: [legitimate_interests]", "bases: [legitimate_interest]", "Did you mean 'legitimate_interests'?"),
        ("{age: 13, countries: [IS]", "{age: 13, countries: [DE]", "given twice"),
        ("verified: V1", "verified: V9", "is not one of V1, V2, V3, M"),
        ("in_force: 2018-05-25", "in_force: 25.5.2018", "YYYY-MM-DD"),
        ("default: 16", "default: 16.5", "whole number"),
        ("AE: [UAE", "AE: [USA, UAE", "given twice"),
    ],
)
def test_a_mistake_is_refused_with_its_place(tmp_path, old, new, message):
    with pytest.raises(KnowledgeError, match=r"jurisdictions\.yaml:\d+:\d+: ") as caught:
        load_jurisdictions(altered(tmp_path, old, new))
    assert message in str(caught.value)
