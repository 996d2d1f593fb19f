"""`auditor init` writes a policy that works as it stands, and never over anything."""

from __future__ import annotations

import json

import pytest

from auditor.crm.profiles import check_profile
from auditor.policy import load_policy
from fixtures.demo.generate import build


@pytest.fixture(scope="module")
def crm(tmp_path_factory):
    return build(tmp_path_factory.mktemp("crm"), people=700).sqlite


def test_a_known_crm_is_recognised_and_the_policy_is_one(auditor, crm, tmp_path):
    run = auditor("init", f"crm={crm}", "--yes")

    assert run.code == 0
    assert "Demo CRM" in run.out
    policy = load_policy(tmp_path / "auditor.yaml")
    assert policy.sources == {"crm": str(crm)}
    assert policy.profiles == {"crm": "demo"}
    text = (tmp_path / "auditor.yaml").read_text(encoding="utf-8")
    assert "request: registers/request.csv   # " in text
    assert "# processors:   # 1 rule: processor-without-contract" in text


def test_the_registers_it_makes_are_read_as_they_are(auditor, crm, tmp_path):
    auditor("init", f"crm={crm}", "--yes", "--registers", "registers")
    path = tmp_path / "auditor.yaml"
    header = (tmp_path / "registers" / "request.csv").read_text(encoding="utf-8")
    (tmp_path / "registers" / "request.csv").write_text(
        header + "1,,,5,access,2026-01-02,,,2026-05-06,\n", encoding="utf-8"
    )
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line[2:] if line.startswith(("# registers:", "#   request:")) else line for line in lines]
    path.write_text("\n".join(kept), encoding="utf-8")

    assert [r.relation for r in load_policy(path).registers] == ["request"]
    run = auditor("audit", "--as-of", "2026-11-01", "--format", "json", "--packs", "eu-gdpr")
    assert run.code in (0, 1)
    assert "not read" not in run.err


def test_where_no_profile_fits_one_is_proposed_and_works(auditor, contacts, tmp_path):
    run = auditor("init", contacts, "--yes")

    assert run.code == 0
    assert check_profile(tmp_path / "contacts_profile.yaml") == ()
    before = auditor("audit", contacts, "--as-of", "2026-11-01").out.splitlines()[1:]
    after = auditor("audit", "--as-of", "2026-11-01").out.splitlines()[1:]
    assert before == after


@pytest.mark.parametrize("there", ["auditor.yaml", "contacts_profile.yaml"])
def test_nothing_is_overwritten(auditor, contacts, tmp_path, there):
    (tmp_path / there).write_text("mine", encoding="utf-8")

    run = auditor("init", contacts, "--yes")

    assert run.code == 2
    assert there in run.err
    assert (tmp_path / there).read_text(encoding="utf-8") == "mine"


def test_a_register_that_is_there_is_left_alone(auditor, contacts, tmp_path):
    (tmp_path / "registers").mkdir()
    (tmp_path / "registers" / "request.csv").write_text("mine", encoding="utf-8")

    run = auditor("init", contacts, "--yes", "--registers", "registers")

    assert "was left as it is" in run.err
    assert (tmp_path / "registers" / "request.csv").read_text(encoding="utf-8") == "mine"


def test_a_password_in_the_source_does_not_get_into_the_policy():
    from auditor.cli.init import _PASSWORD

    assert (
        _PASSWORD.sub(r"\1${CRM_PASSWORD}@", "postgresql://me:hunter2@db/crm")
        == "postgresql://me:${CRM_PASSWORD}@db/crm"
    )


def test_what_people_said_is_written_down_as_it_was_read(auditor, tmp_path):
    header = "id,name,email,is_company,Marketing status,Email Opt Out,Unsubscribed At,Letzter Kauf"
    rows = "1,Ada,a@example.org,0,Subscribed,no,,25.04.2015\n2,Acme,b@example.org,1,Unsubscribed,yes,,03.04.2024\n"
    rows += "3,Cleo,c@example.org,,No consent,,2020-05-01 10:00:00,\n"
    (tmp_path / "partners.csv").write_text(f"{header}\n{rows}", encoding="utf-8")
    assert auditor("init", "partners.csv", "--yes").code == 0
    assert check_profile(tmp_path / "partners_profile.yaml") == ()
    assert "day_first: true" in (tmp_path / "partners_profile.yaml").read_text(encoding="utf-8")
    (tmp_path / "empty.yaml").write_text("organisation: Example\n", encoding="utf-8")
    auditor("audit", "partners.csv", "--config", "empty.yaml", "--out", "inferred")
    auditor("audit", "partners.csv", "--out", "written")
    told = [json.loads((tmp_path / out / "audit.json").read_text(encoding="utf-8")) for out in ("inferred", "written")]
    read = [{r["id"]: [p["population"] for p in r["places"]] for r in document["rules"]} for document in told]
    assert read[0] == read[1]
    assert [document["people"]["total"] for document in told] == [2, 2]
