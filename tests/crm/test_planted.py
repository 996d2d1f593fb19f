"""Small made-up databases of known CRMs: an audit finds what was planted in them, all of it, and nothing else."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from auditor.crm.profiles import load_profiles
from auditor.crm.resolving import recognises
from auditor.model import State
from auditor.sources import open_source
from fixtures.demo.generate import FEWEST, build
from tests import servers
from tests.acceptance.conftest import TRIALS, needs_trials
from tests.crm.bound import bound
from tests.crm.planting import CRMS, audited, expected, planted, script


@pytest.fixture(scope="module", params=CRMS)
def crm(request) -> str:
    name: str = request.param
    return name


def test_what_was_planted_is_found_and_nothing_else(crm: str, tmp_path: Path) -> None:
    wanted = expected(crm)
    found = audited(planted(crm, tmp_path), wanted["as_of"])
    assert found.violations == wanted["violations"]
    assert found.result.binding.people == wanted["people"]
    assert found.result.complete
    assert [(used.profile, used.alternatives) for used in found.result.binding.profiles] == [(wanted["profile"], ())]
    assert not [rule.rule.id for rule in found.result.rules if rule.state is State.ERROR]


def test_a_profile_fits_its_own_crm_and_no_other(crm: str, tmp_path: Path) -> None:
    with open_source(str(planted(crm, tmp_path))) as source:
        fitting = [p.name for p in load_profiles() if recognises(p, source.info) is not None]
        assert fitting == [expected(crm)["profile"]]
    with open_source(str(build(tmp_path / "demo", people=FEWEST).sqlite)) as source:
        assert [p.name for p in load_profiles() if recognises(p, source.info) is not None] == ["demo"]


@pytest.mark.parametrize(("name", "kind"), [("odoo", "postgresql"), ("espocrm", "mariadb")])
def test_a_server_gives_the_same(name: str, kind: str) -> None:
    wanted = expected(name)
    quoted = ["SET sql_mode = 'ANSI_QUOTES'"] if kind == "mariadb" else []
    with getattr(servers, kind)() as server:
        server.run(*quoted, *(part for part in script(name).split(";\n") if part.strip()))
        found = audited(server.url, wanted["as_of"])
    assert found.violations == wanted["violations"]
    assert found.result.complete


OF_ODOO_16 = """
    ALTER TABLE mailing_subscription RENAME TO mailing_contact_list_rel;
    ALTER TABLE mailing_contact_list_rel RENAME COLUMN opt_out_datetime TO unsubscription_date;
    ALTER TABLE mail_tracking_value RENAME COLUMN field_id TO field;
    ALTER TABLE res_users_apikeys DROP COLUMN expiration_date;
    DROP TABLE res_device_log;
    ALTER TABLE hr_employee ADD COLUMN address_home_id INTEGER;
    UPDATE hr_employee SET address_home_id = 19 WHERE id = 2;
"""
OPTIONAL = (
    "mailing_subscription", "mailing_list", "mailing_contact", "mailing_trace", "link_tracker_click", "phone_blacklist",
    "hr_employee", "crm_lead", "crm_stage", "sale_order", "account_move", "privacy_log", "data_recycle_model",
    "res_device_log",
)  # fmt: skip
WITHOUT_MODULES = (
    "".join(f"DROP TABLE {table};" for table in OPTIONAL)
    + """
    ALTER TABLE res_users DROP COLUMN totp_secret;
    ALTER TABLE res_partner DROP COLUMN phone_sanitized;
"""
)


def test_odoo_16_names_its_tables_otherwise(tmp_path: Path) -> None:
    columns = ("email", "phone", "street", "state_id", "country_id")
    older = OF_ODOO_16 + "".join(f"ALTER TABLE hr_employee DROP COLUMN private_{column};" for column in columns)
    wanted = expected("odoo")
    found = audited(planted("odoo", tmp_path, older), wanted["as_of"])
    violations = wanted["violations"]
    # The keys have no end there, the sign-ins no country; and Lars lives at Gina's, but Sam nowhere.
    del violations["token-without-expiry"], violations["login-from-new-country"]
    violations["country-missing"] = ["hr.employee/1", "res.partner/11"]
    violations["country-contradicted"] = ["hr.employee/2", "res.partner/19"]
    assert found.violations == violations
    assert found.result.complete


@pytest.mark.parametrize("policy", ["employee_required", "all_required"])
def test_odoo_may_ask_everybody_for_a_second_factor_by_mail(policy: str, tmp_path: Path) -> None:
    changes = f"UPDATE ir_config_parameter SET value = '{policy}' WHERE key = 'auth_totp.policy';"
    with bound(planted("odoo", tmp_path, changes), as_of="2026-11-01") as result:
        asked = {row["key"]: row["mfa"] for row in result.rows("user")}
    assert asked == {"2": True, "6": True, "7": True, "8": True, "9": policy == "all_required"}


def test_odoo_without_its_optional_modules_is_judged_by_what_is_there(tmp_path: Path) -> None:
    wanted = expected("odoo")
    found = audited(planted("odoo", tmp_path, WITHOUT_MODULES), wanted["as_of"])
    states = {rule.rule.id: rule.state for rule in found.result.rules}
    for rule in ("second-factor-missing", "leaver-account-open", "contact-after-withdrawal", "listed-despite-opt-out"):
        assert states[rule] is State.NOT_ASSESSED, rule
    gone = ("crm.lead/", "hr.employee/", "mailing/")
    left = {
        rule: [key for key in keys if not key.startswith(gone)]
        for rule, keys in wanted["violations"].items()
        if states[rule] is not State.NOT_ASSESSED
    }
    left["inactive-person-kept"].append("res.partner/15")  # whose orders nobody knows of
    left["outsider-sees-all"] = wanted["violations"]["outsider-sees-all"]  # the right is there, whatever it is on
    assert found.violations == {rule: keys for rule, keys in left.items() if keys}
    assert found.result.binding.people == 8 and found.result.complete


def test_espocrm_without_its_portal_or_links_is_judged_by_what_is_there(tmp_path: Path) -> None:
    links = ("email_email_address", "call_contact", "call_lead", "contact_meeting", "lead_meeting", "user_data")
    gone = (*links, "portal_role", "portal_portal_role", "portal_role_user", "portal_user", "opportunity")
    wanted = expected("espocrm")
    found = audited(planted("espocrm", tmp_path, "".join(f'DROP TABLE "{table}";' for table in gone)), wanted["as_of"])
    states = {rule.rule.id: rule.state for rule in found.result.rules}
    for rule in ("second-factor-missing", "marketing-without-opt-in"):
        assert states[rule] is State.NOT_ASSESSED
        del wanted["violations"][rule]
    del wanted["violations"]["outsider-sees-all"]
    wanted["violations"]["old-message-content-kept"].remove("to/1/5")
    # The call is not known any more, only that the record was made in 2018.
    wanted["violations"]["inactive-person-kept"].append("Contact/65a1b2c3d4e5f6c12")
    assert found.violations == wanted["violations"]
    assert found.result.complete


LINKS = {
    # The vendor's definitions of entities do not list the tables and columns that only link them.
    "espocrm": {
        "call_contact", "call_lead", "contact_meeting", "email_email_address", "lead_meeting", "portal_portal_role",
        "portal_role_user", "portal_user", "role_team", "team_user", "user_data.user_id",
    },
    # A module of its own makes the comments; tickets got their column later.
    "vtiger": {"vtiger_modcomments", "vtiger_troubletickets.contact_id"},
}  # fmt: skip


@pytest.mark.shared
@needs_trials
@pytest.mark.parametrize(("name", "schema"), [("espocrm", "espocrm_schema"), ("vtiger", "vtiger_7.1.0_schema")])
def test_the_vendors_own_schema_takes_what_was_planted(name: str, schema: str, tmp_path: Path) -> None:
    path = tmp_path / "real.sqlite"
    lacking = set()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript((TRIALS / name / f"{schema}.sql").read_text(encoding="utf-8"))
        connection.execute("ATTACH ? AS planted", (str(planted(name, tmp_path)),))
        tables = connection.execute("SELECT name, sql FROM planted.sqlite_master WHERE type = 'table'").fetchall()
        for table, statement in tables:
            real = {row[1] for row in connection.execute(f'PRAGMA main.table_info("{table}")')}
            if not real:
                connection.execute(statement)
                lacking.add(table)
            columns = [row[1] for row in connection.execute(f'PRAGMA planted.table_info("{table}")')]
            for column in columns if real else ():
                if column not in real:
                    connection.execute(f'ALTER TABLE main."{table}" ADD COLUMN "{column}"')
                    lacking.add(f"{table}.{column}")
            names = ", ".join(f'"{column}"' for column in columns)
            connection.execute(f'INSERT INTO main."{table}" ({names}) SELECT {names} FROM planted."{table}"')
        connection.commit()
    assert lacking == LINKS[name]
    wanted = expected(name)
    found = audited(path, wanted["as_of"])
    assert found.violations == wanted["violations"]
    assert [(used.profile, used.alternatives) for used in found.result.binding.profiles] == [(name, ())]
