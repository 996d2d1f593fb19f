"""Real schemas with known faults: every countable fact that a rule expresses comes out with its count."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import date
from pathlib import Path

import pytest

from auditor.crm.profiles import load_profiles
from auditor.crm.resolving import recognises
from auditor.model import Conclusion, State
from auditor.sources import open_source
from tests.acceptance.conftest import TRIALS, digest, needs_trials, places, violations

pytestmark = [pytest.mark.shared, needs_trials]

SUITECRM = {
    "listed-despite-opt-out": 19,
    "listed-despite-withdrawn-basis": 10,
    "deleted-record-keeps-name": 22,
    "lawful-basis-missing": 67,
    "consent-undated": 37,
    "consent-source-missing": 23,
    "confirmed-opt-in-undated": 12,
    "inactive-lead-kept": 30,
    "country-missing": 30,
    "inactive-admin": 1,
    "second-factor-missing": 3,
    "weak-password-hash": 1,
    "owned-by-inactive-user": 85,
    "unused-account": 1,
}
CIVICRM = {
    "listed-despite-opt-out": 18,
    "phone-preferred-despite-opt-out": 1,
    "email-preferred-despite-opt-out": 6,
    "deceased-undated": 2,
    "standing-right-to-all-records": 65,
    "note-visible-to-all": 16,  # 20 with the notes about households and organisations
}


@pytest.fixture(scope="module")
def suite_result(audit, suitecrm):
    before = digest(suitecrm)
    result = audit(suitecrm, date(2026, 11, 1))
    assert digest(suitecrm) == before
    assert [p.name for p in suitecrm.parent.iterdir()] == [suitecrm.name]
    return result


@pytest.fixture(scope="module")
def civi_result(audit, civicrm):
    before = digest(civicrm)
    result = audit(civicrm, date(2019, 11, 28))
    assert digest(civicrm) == before
    assert [p.name for p in civicrm.parent.iterdir()] == [civicrm.name]
    return result


@pytest.mark.parametrize(("rule", "count"), SUITECRM.items())
def test_suitecrm_facts(suite_result, rule, count):
    assert violations(suite_result)[rule] == count


@pytest.mark.parametrize(("rule", "count"), CIVICRM.items())
def test_civicrm_facts(civi_result, rule, count):
    assert violations(civi_result)[rule] == count


def test_civicrm_people_behind_the_list_entries(civi_result):
    assert places(civi_result)["listed-despite-opt-out"].counts.people == 16
    assert places(civi_result)["deceased-still-listed"].counts.people == 4
    assert places(civi_result)["minor-on-marketing-list"].counts.people == 9


def test_people_are_individuals(suite_result, civi_result):
    assert suite_result.binding.people == 246 + 112
    assert civi_result.binding.people == 160


@pytest.mark.parametrize(("which", "least"), [("suite_result", 12), ("civi_result", 8)])
def test_enough_rules_are_assessable(which, least, request):
    result = request.getfixturevalue(which)
    assessed = [r for r in result.rules if r.state not in (State.NOT_ASSESSED, State.ERROR)]
    assert len(assessed) >= least
    assert not [r for r in result.rules if r.state is State.ERROR]


def test_the_profiles_are_recognised(suite_result, civi_result):
    assert [p.profile for p in suite_result.binding.profiles] == ["suitecrm"]
    assert [p.profile for p in civi_result.binding.profiles] == ["civicrm"]


def test_counts_add_up_everywhere(suite_result, civi_result):
    for result in (suite_result, civi_result):
        for rule in result.rules:
            for place in rule.places:
                c = place.counts
                assert c.violations + c.passes + c.undetermined == c.population
                assert c.scope_undetermined <= c.undetermined


def test_no_opt_out_is_invented_where_none_is_set(audit, npsp):
    result = audit(npsp, date(2026, 11, 1))
    assert [p.profile for p in result.binding.profiles] == ["salesforce"]
    assert places(result)["listed-despite-opt-out"].counts.passes == 228
    consent = [f for f in result.findings if f.rule.area == "consent" and "despite" in f.rule.id]
    assert consent == []
    assert violations(result)["country-missing"] == 165 + 3  # contacts and leads


def test_six_plain_files_are_read_by_the_inferred_profile(audit):
    result = audit(TRIALS / "mautic", date(2026, 11, 1))
    tables = {t.name for t in result.sources[0].tables}
    assert {f"fake{kind}data" for kind in ("lead", "email", "pagehit", "result", "company")} | {"10contacts"} <= tables
    assert result.binding.people >= 54
    assert not [c for c in result.packs if c.conclusion is Conclusion.NO_EXCEPTIONS and c.id == "eu-gdpr"]


def test_no_profile_fits_another_known_crm(tmp_path: Path, suitecrm: Path, civicrm: Path, npsp: Path) -> None:
    own = {suitecrm: ["suitecrm"], civicrm: ["civicrm"], npsp: ["salesforce"]}
    for name, profiles in (("espocrm/espocrm_schema", ["espocrm"]), ("vtiger/vtiger_7.1.0_schema", ["vtiger"])):
        path = tmp_path / f"{Path(name).name}.sqlite"
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.executescript((TRIALS / f"{name}.sql").read_text(encoding="utf-8"))
        own[path] = profiles
    for path, profiles in own.items():
        with open_source(str(path)) as source:
            assert [p.name for p in load_profiles() if recognises(p, source.info) is not None] == profiles
