"""Binding: what is missing is named, what breaks is a gap, people are never multiplied, regimes follow the place."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from auditor.crm.binding import bind
from auditor.crm.profile import Fingerprint, Profile, TableSpec
from auditor.crm.resolving import find_tables, recognises
from auditor.errors import KnowledgeError
from auditor.model import CategoryFound, ColumnInfo, ColumnInventory, Fill, Inventory, SourceInfo, TableInfo
from auditor.policy import Policy
from auditor.sources import open_source
from auditor.stage import memory_stage
from tests.crm.bound import KEY, bound

PROFILE = """\
profile: tiny
title: Tiny CRM
verified: S
fingerprint: {all: [people.surname]}
types: {yes_no: {is: flag}}
tables:
  - table: people
    columns: {id: key, surname: presence, mail: email, phone: {type: phone, country_in: country}, country: country,
              state: region, changed: {type: time, verified: M}, owner: key, gone: {type: yes_no, if_absent: "false"}}
  - table: mails
    columns: {id: key, person: key, mail: email, main: yes_no, sent: time}
  - table: tags
    columns: {person: key, tag: {type: name}}
  - table: staff
    columns: {id: key, active: yes_no}
relations:
  - relation: subject
    from: people p
    join:
      - {left: mails m, on: m.person = p.id, one: preferred, by: m.main}
      - {collect: tags t, on: t.person = p.id, of: {all: t.tag}}
    key: p.id
    deleted: p.gone
    fields: {named: p.surname, email: "first(m.mail, p.mail)", phone: p.phone, country: p.country, region: p.state,
             last_activity_at: p.changed, owner_id: p.owner, preferred_channels: t.all}
  - relation: message
    from: mails m
    key: m.id
    fields: {subject_id: m.person, channel: "'email'", sent_at: m.sent}
  - {relation: user, from: staff s, key: s.id, fields: {active: s.active}}
"""
PEOPLE = (
    "id,surname,mail,phone,country,state,changed,owner\n"
    "1,Ada,a@example.com,030 123456,Germany,,2024-01-01,7\n"
    "2,Ben,,+49 30 123456,USA,CA,2024-02-01 10:00:00,8\n"
    "3,,x@example.com,,,,,\n"
)
MAILS = (
    "id,person,mail,main,sent\n"
    "1,1,one@example.com,1,2024-01-01\n"
    "2,1,two@example.com,1,2024-01-02\n"
    "3,2,b@example.com,0,\n"
)
TAGS = "person,tag\n1,sms\n1,email\n1,sms\n2,pigeon\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tiny.yaml").write_text(PROFILE, encoding="utf-8")
    data = tmp_path / "data"
    data.mkdir()
    (data / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (data / "mails.csv").write_text(MAILS, encoding="utf-8")
    (data / "tags.csv").write_text(TAGS, encoding="utf-8")
    return data


def profile(folder: Path) -> str:
    return str(folder.parent / "tiny.yaml")


def test_two_main_addresses_and_several_tags_do_not_multiply_a_person(folder: Path) -> None:
    with bound(folder, profile=profile(folder)) as result:
        people = result.rows("subject")
        assert [row["key"] for row in people] == ["1", "2", "3"]
        assert people[0]["preferred_channels"] == ["email", "sms"]
        assert people[1]["preferred_channels"] is None  # pigeon is no channel: given, and unreadable
        assert people[1]["preferred_channels__given"]
        assert not people[2]["preferred_channels__given"]
        assert len({row["row_id"] for name in ("subject", "message") for row in result.rows(name)}) >= 3


def test_a_national_phone_number_is_one_of_the_persons_country(folder: Path) -> None:
    with bound(folder, profile=profile(folder)) as result:
        ada, ben, nobody = result.rows("subject")
        assert ada["phone"] == ben["phone"] is not None
        assert (ada["phone__region"], ben["phone__region"]) == (None, "DE")
        assert not nobody["phone__given"]
        assert (ben["country"], ben["region"]) == ("US", "US-CA")


def test_what_a_source_lacks_is_not_mapped_and_named(folder: Path) -> None:
    (folder / "mails.csv").unlink()
    text = PEOPLE.replace(",changed", ",renamed")
    (folder / "people.csv").write_text(text, encoding="utf-8")
    with bound(folder, profile=profile(folder)) as result:
        subject = result.relation("subject")
        assert subject.rows == 3
        assert subject.fields["last_activity_at"].fill is Fill.NOT_MAPPED
        assert subject.fields["last_activity_at"].reason == "this source has no people.changed"
        assert subject.fields["email"].fill is Fill.FILLED
        assert subject.fields["email"].origin[-1] == "people.mail"
        assert result.relation("message").reason == "this source has no mails"
        assert not result.relation("message").mapped
        assert result.relation("user").reason == "this source has no staff"


def test_the_first_of_several_leaves_out_what_lies_behind_a_join_that_cannot_be_made(folder: Path) -> None:
    text = PROFILE.replace("on: m.person = p.id, one", "on: m.person = p.mail_key, one")
    (folder.parent / "tiny.yaml").write_text(
        text.replace("columns: {id: key, surname", "columns: {mail_key: key, id: key, surname")
    )
    with bound(folder, profile=profile(folder)) as result:
        email = result.relation("subject").fields["email"]
        assert (email.fill, email.origin) == (Fill.FILLED, ("people.mail",))


def test_one_schema_of_several_is_a_crms_home_and_its_tables_go_first() -> None:
    columns = tuple(ColumnInfo(name, "text") for name in ("id", "surname"))
    tables = (
        TableInfo("hr.people", (ColumnInfo("id", "text"),), schema="hr"),
        TableInfo("crm.people", columns, schema="crm"),
        TableInfo("tags", columns, schema="hr"),
    )
    info = SourceInfo("data", "postgresql", "data", tables)
    spec = {name: TableSpec(name, (name,), {}) for name in ("people", "tags")}
    tiny = Profile("tiny", "Tiny", "", "S", Fingerprint(all=("people.surname",)), spec, ())
    home = recognises(tiny, info)
    assert home is not None
    assert home.schema == "crm"
    found = find_tables(tiny, info, lambda table, column, where: ())
    assert {name: table.tables[0].name for name, table in found.items()} == {"people": "crm.people", "tags": "tags"}


def test_a_field_is_empty_if_no_row_has_a_value(folder: Path) -> None:
    (folder / "people.csv").write_text("id,surname,owner\n1,Ada,\n2,Ben,\n", encoding="utf-8")
    with bound(folder, profile=profile(folder)) as result:
        owner = result.relation("subject").fields["owner_id"]
        assert (owner.fill, owner.reason) == (Fill.EMPTY, "no row has a value")


def test_whether_a_left_join_found_a_row_can_be_asked(folder: Path) -> None:
    text = PROFILE.replace(
        "    deleted: p.gone", "    where: not m exists or p.surname is not missing\n    deleted: m exists"
    )
    (folder.parent / "tiny.yaml").write_text(text, encoding="utf-8")
    with bound(folder, profile=profile(folder)) as result:
        assert [(row["key"], row["deleted"]) for row in result.rows("subject")] == [
            ("1", True),
            ("2", True),
            ("3", False),
        ]
    (folder / "mails.csv").unlink()
    with bound(folder, profile=profile(folder)) as result:  # nobody can say who has none
        assert result.relation("subject").reason == "this source has no mails"


def test_the_last_of_several_times_does_without_those_that_a_source_lacks(folder: Path) -> None:
    text = PROFILE.replace(
        "last_activity_at: p.changed", "last_activity_at: 'first(latest(m.sent, p.changed), p.changed)'"
    )
    text = text.replace("one: preferred, by: m.main", "one: latest, by: m.sent")
    (folder.parent / "tiny.yaml").write_text(text, encoding="utf-8")
    with bound(folder, profile=profile(folder)) as result:
        assert [str(row["last_activity_at"]) for row in result.rows("subject")] == [
            "2024-01-02 00:00:00", "2024-02-01 10:00:00", "None"
        ]  # fmt: skip
    (folder / "mails.csv").unlink()
    with bound(folder, profile=profile(folder)) as result:
        activity = result.relation("subject").fields["last_activity_at"]
        assert (activity.fill, activity.origin) == (Fill.FILLED, ("people.changed",))


def test_a_join_that_hangs_on_one_that_cannot_be_made_is_none_either(folder: Path) -> None:
    joins = """- {left: mails m, on: m.person = p.id, via: [{table: tags g, on: g.person = m.id}], one: first}
      - {left: staff s, on: s.id = m.id, one: first}"""
    text = PROFILE.replace("- {left: mails m, on: m.person = p.id, one: preferred, by: m.main}", joins)
    text = text.replace("owner_id: p.owner", 'owner_id: "first(s.id, g.person, p.owner)"').replace(
        "named: p.surname", "named: s.active"
    )
    (folder.parent / "tiny.yaml").write_text(text, encoding="utf-8")
    (folder / "staff.csv").write_text("id,active\n1,true\n", encoding="utf-8")
    with bound(folder, profile=profile(folder)) as result:
        assert [row["owner_id"] for row in result.rows("subject")] == ["1", "8", None]
    (folder / "tags.csv").unlink()
    with bound(folder, profile=profile(folder)) as result:
        fields = result.relation("subject").fields
        assert fields["owner_id"].origin == ("people.owner",)
        assert fields["email"].origin == ("people.mail",)
        assert (fields["named"].fill, fields["named"].reason) == (Fill.NOT_MAPPED, "this source has no tags")


def test_the_first_of_several_things_is_there_if_any_is(folder: Path) -> None:
    text = PROFILE.replace("named: p.surname", "named: 'first(p.surname, p.first_name)'")
    text = text.replace("surname: presence,", "surname: presence, first_name: presence,")
    (folder.parent / "tiny.yaml").write_text(text, encoding="utf-8")
    (folder / "people.csv").write_text("id,surname,first_name\n1,,Ada\n2,Bo,\n3,,\n", encoding="utf-8")
    with bound(folder, profile=profile(folder)) as result:
        assert [row["named"] for row in result.rows("subject")] == [True, True, False]


def test_a_condition_that_is_denied_is_given_like_any_other(folder: Path) -> None:
    text = PROFILE.replace("fields: {active: s.active}", "fields: {active: s.active, admin: not s.active}")
    (folder.parent / "tiny.yaml").write_text(text, encoding="utf-8")
    (folder / "staff.csv").write_text("id,active\n1,true\n2,false\n3,\n", encoding="utf-8")
    with bound(folder, profile=profile(folder)) as result:
        rows = [(row["admin"], row["admin__given"]) for row in result.rows("user")]
        assert rows == [(False, True), (True, True), (None, False)]


def test_a_setting_is_one_row_that_goes_with_all(folder: Path) -> None:
    text = PROFILE.replace(
        "    key: p.id\n", "      - {left: staff s, where: s.active, one: first}\n    key: p.id\n", 1
    )
    text = text.replace("owner_id: p.owner", "owner_id: p.owner, restricted: s exists")
    (folder.parent / "tiny.yaml").write_text(text, encoding="utf-8")
    for active in ("true", "false"):
        (folder / "staff.csv").write_text(f"id,active\n1,false\n2,{active}\n3,{active}\n", encoding="utf-8")
        with bound(folder, profile=profile(folder)) as result:
            assert [row["restricted"] for row in result.rows("subject")] == [active == "true"] * 3


def test_a_constant_alone_fills_no_field(folder: Path) -> None:
    text = PROFILE.replace("owner_id: p.owner", "owner_id: p.owner, restricted: 'first(m.main, false)'")
    (folder.parent / "tiny.yaml").write_text(text, encoding="utf-8")
    with bound(folder, profile=profile(folder)) as result:
        assert [row["restricted"] for row in result.rows("subject")] == [True, False, False]
    (folder / "mails.csv").unlink()
    with bound(folder, profile=profile(folder)) as result:
        restricted = result.relation("subject").fields["restricted"]
        assert (restricted.fill, restricted.reason) == (Fill.NOT_MAPPED, "this source has no mails")


def test_a_table_that_cannot_be_read_is_a_gap_and_everything_else_binds(folder: Path) -> None:
    with open_source(str(folder)) as source, memory_stage() as stage:
        (folder / "mails.csv").unlink()
        binding = bind(
            [source], Inventory(()), stage, policy=Policy(), as_of=date(2024, 12, 31), key=KEY, profile=profile(folder)
        )
        assert [f.what for f in binding.failures] == ["data.mails"]
        assert all(f.gap for f in binding.failures)
        found = {r.relation: r for r in binding.relations}
        assert binding.people == 3
        assert found["message"].fields["sent_at"].fill is Fill.UNREADABLE
        assert found["message"].unreadable == binding.failures
        assert found["subject"].fields["email"].fill is Fill.FILLED  # from the person's own column
        assert found["subject"].fields["named"].fill is Fill.FILLED


def test_only_what_rules_need_is_read(folder: Path) -> None:
    needs = {"subject": frozenset({"named"})}
    with open_source(str(folder)) as source, memory_stage() as stage:
        (folder / "tags.csv").unlink()  # nobody asks for preferred channels, so nobody notices
        binding = bind(
            [source], Inventory(()), stage, policy=Policy(), as_of=date(2024, 12, 31), key=KEY, needs=needs,
            profile=profile(folder),
        )  # fmt: skip
        assert "message" not in {r.relation for r in binding.relations}
        assert binding.people == 3


def test_a_key_that_comes_twice_gets_a_number_and_no_row_is_lost(folder: Path) -> None:
    (folder / "people.csv").write_text("id,surname\n1,Ada\n1,Ben\n,Cem\n", encoding="utf-8")
    with bound(folder, profile=profile(folder)) as result:
        assert [row["key"] for row in result.rows("subject")] == ["1", "1#2", None]
        assert result.binding.people == 3


def test_a_state_without_a_country_is_kept_only_if_it_stands_alone(folder: Path) -> None:
    (folder / "people.csv").write_text("id,surname,state\n1,Ada,CA\n2,Ben,California\n", encoding="utf-8")
    with bound(folder, profile=profile(folder)) as result:
        assert [(row["region"], row["region__given"]) for row in result.rows("subject")] == [
            (None, True), ("US-CA", True)
        ]  # fmt: skip


def test_a_fact_from_memory_is_marked(folder: Path) -> None:
    with bound(folder, profile=profile(folder)) as result:
        fields = result.relation("subject").fields
        assert fields["last_activity_at"].verified == "M"
        assert fields["named"].verified == "S"


@pytest.mark.parametrize("at_once", [2, 500_000])
def test_regimes_follow_country_state_and_establishment(
    folder: Path, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auditor.crm.regimes.AT_ONCE", at_once)
    with bound(folder, profile=profile(folder)) as result:
        ada, ben, nobody = result.rows("subject")
        assert ada["regimes"] == ["eprivacy", "eu-gdpr"]
        assert ben["regimes"] == ["us-ca-ccpa", "us-canspam"]
        assert nobody["regimes"] is None
        assert not nobody["regimes__given"]
        assert result.binding.countries == (("", 1), ("DE", 1), ("US", 1))
        assert result.binding.regimes == (("eprivacy", 1), ("eu-gdpr", 1), ("us-ca-ccpa", 1), ("us-canspam", 1))
    with bound(folder, profile=profile(folder), policy=Policy(establishments=("FR",))) as result:
        found = [row["regimes"] for row in result.rows("subject")]
        assert found == [["eprivacy", "eu-gdpr"], ["eu-gdpr", "us-ca-ccpa", "us-canspam"], ["eu-gdpr"]]
    with bound(folder, profile=profile(folder), policy=Policy(unknown_jurisdiction="uk-gdpr")) as result:
        assert [row["regimes"] for row in result.rows("subject")][2] == ["uk-gdpr"]


def test_the_policy_names_a_sources_profile(folder: Path) -> None:
    with bound(folder, policy=Policy(profiles={"data": profile(folder)})) as result:
        used = result.binding.profiles[0]
        assert (used.profile, used.reason) == ("tiny", "it was asked for")
    with pytest.raises(KnowledgeError, match="There is no profile 'sugar'"), bound(folder, profile="sugar"):
        pass


def test_two_sources_lie_side_by_side(folder: Path, tmp_path: Path) -> None:
    with bound(f"one={folder}", f"two={folder}", profile=profile(folder)) as result:
        rows = result.rows("subject")
        assert [row["source"] for row in rows] == ["one"] * 3 + ["two"] * 3
        assert len({row["row_id"] for row in rows}) == 6
        assert [r.source for r in result.binding.relations if r.relation == "subject"] == ["one", "two"]


def test_hostile_names_are_only_names(tmp_path: Path) -> None:
    database = tmp_path / "evil.sqlite"
    name = "con\"tacts; drop <b>表</b>'--"
    quoted = '"' + name.replace('"', '""') + '"'
    with closing(sqlite3.connect(database)) as connection:
        columns = '"order" INTEGER, "first name" TEXT, "e-mail" TEXT, "Donot Call" TEXT, "select" TEXT'
        connection.execute(f"CREATE TABLE {quoted} ({columns})")
        connection.execute(f"INSERT INTO {quoted} VALUES (1, 'Ada', 'a@example.com', 'true', 'x')")
        connection.commit()
    with bound(database) as result:
        assert result.binding.people == 1
        assert result.rows("subject")[0]["email"] is not None


def test_the_inventory_fills_field_and_table(folder: Path) -> None:
    (folder / "people_backup_2023.csv").write_text("id\n1\n", encoding="utf-8")
    email = CategoryFound("contact.email_personal", 0.9, 1.0)
    health = CategoryFound("special.health", 0.7, 0.2)
    inventory = Inventory(
        (
            ColumnInventory("data", "", "people", "mail", "", 3, 3, 2, (email, health)),
            ColumnInventory("data", "", "people", "id", "", 3, 3, 3),
        )
    )
    with bound(folder, profile=profile(folder), inventory=inventory) as result:
        by_column = {row["column_name"]: row for row in result.rows("field")}
        mail = by_column["mail"]
        assert (mail["category"], mail["level"], mail["special"]) == ("contact.email_personal", "S4", True)
        assert mail["categories"] == ["contact.email_personal", "special.health"]
        assert by_column["id"]["level"] == "S0"
        tables = {row["table_name"]: row for row in result.rows("table")}
        assert (tables["people"]["personal_columns"], tables["people"]["mapped"]) == (1, True)
        assert [name for name, row in tables.items() if row["backup"]] == [n for n in tables if "backup" in n]
