"""A profile inferred from names and from the inventory, where no fingerprint fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.model import CategoryFound, ColumnInventory, Inventory
from tests.crm.bound import bound


def _file(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("header", "flag"),
    [
        ("Id,FirstName,LastName,Email,HasOptedOutOfEmail,MailingCountry", "TRUE"),
        ("id,first_name,last_name,email,has_opted_out_of_email,mailing_country", "1"),
        ("Record ID,First Name,Last Name,Email,Unsubscribed from all email,Country", "true"),
        ("Kundennummer,Vorname,Nachname,E-Mail,Email Opt-Out,Land", "ja"),
        ("contactid,firstname,lastname,emailaddress1,donotemail,address1_country", "Do Not Allow"),
    ],
)
def test_opt_outs_are_known_by_many_names(tmp_path: Path, header: str, flag: str) -> None:
    rows = f"1,Ada,L,a@example.com,{flag},DE\n2,Ben,M,b@example.com,,FR\n"
    folder = _file(tmp_path / "export", "contacts.csv", f"{header}\n{rows}")
    with bound(folder) as result:
        assert result.binding.profiles[0].profile == "inferred"
        assert "people were found by names" in result.binding.profiles[0].reason
        assert [row["country"] for row in result.rows("subject")] == ["DE", "FR"]
        consent = result.rows("consent")
        assert [(row["subject_id"], row["channel"], row["status"], row["how"]) for row in consent] == [
            ("contacts/1", "email", "withdrawn", "state")
        ]


def test_text_false_is_no_opt_out(tmp_path: Path) -> None:
    rows = "1,Lovelace,a@example.com,false,FALSE\n2,Menabrea,b@example.com,False,\n"
    header = "sf_id,LastName,npe01__HomeEmail__c,HasOptedOutOfEmail,DoNotCall"
    folder = _file(tmp_path / "export", "Contact.csv", f"{header}\n{rows}")
    with bound(folder) as result:
        assert result.binding.people == 2
        assert result.relation("consent").mapped
        assert result.rows("consent") == []


def test_an_opt_in_says_yes_or_no(tmp_path: Path) -> None:
    rows = "1,A,a@example.com,yes\n2,B,b@example.com,no\n3,C,c@example.com,\n"
    folder = _file(tmp_path / "export", "leads.csv", f"id,name,email,newsletter\n{rows}")
    with bound(folder) as result:
        said = {row["subject_id"]: row["status"] for row in result.rows("consent")}
        assert said == {"leads/1": "granted", "leads/2": "denied"}
        assert result.rows("subject")[0]["kind"] == "lead"


def test_the_inventory_says_what_a_name_does_not(tmp_path: Path) -> None:
    folder = _file(tmp_path / "export", "stuff.csv", "a,b\nAda Lovelace,a@example.com\n")
    with bound(folder) as result:
        assert result.binding.people == 0
        assert result.binding.profiles[0].profile == ""
    columns = (
        ColumnInventory("export", "", "stuff", "a", "", 1, 1, 1, (CategoryFound("identity.name", 0.9, 1.0),)),
        ColumnInventory("export", "", "stuff", "b", "", 1, 1, 1, (CategoryFound("contact.email_personal", 0.95, 1.0),)),
    )
    with bound(folder, inventory=Inventory(columns)) as result:
        assert result.binding.people == 1
        assert result.rows("subject")[0]["key"] == "stuff/0"


def test_a_table_about_people_is_no_table_of_people(tmp_path: Path) -> None:
    folder = _file(tmp_path / "export", "contacts.csv", "id,name,email\n1,A,a@example.com\n")
    _file(folder, "results.csv", "form,lead,name,email\n1,1,A,a@example.com\n")
    _file(folder, "companies.csv", "id,name,phone,street\n1,Acme,+49 30 1,Road\n")
    with bound(folder) as result:
        assert [row["key"] for row in result.rows("subject")] == ["contacts/1"]


def test_members_and_suppression_lists_are_known_by_name(tmp_path: Path) -> None:
    folder = _file(tmp_path / "export", "Contact.csv", "Id,LastName,Email\n1,A,Ada@example.com\n2,B,b@example.com\n")
    _file(folder, "CampaignMember.csv", "Id,ContactId,CampaignId\n10,1,5\n11,2,5\n12,,5\n")
    _file(folder, "suppression_list.csv", "email,reason,created_at\nada@example.com,complaint,2024-01-01\n")
    with bound(folder) as result:
        assert [(row["subject_id"], row["list_id"]) for row in result.rows("audience")] == [
            ("Contact/1", "5"), ("Contact/2", "5")
        ]  # fmt: skip
        withdrawn = {row["subject_id"] for row in result.rows("permission") if row["status"] == "withdrawn"}
        assert withdrawn == {"Contact/1"}


def test_names_are_compared_however_their_letters_are_composed(tmp_path: Path) -> None:
    rows = "太郎,山田,taro@example.jp,はい,日本\n花子,山田,hana@example.jp,いいえ,日本\n"
    folder = _file(tmp_path / "export", "list.csv", f"名,姓,メールアドレス,配信停止,国\n{rows}")
    with bound(folder) as result:
        assert [row["country"] for row in result.rows("subject")] == ["JP", "JP"]
        assert all(row["email"] for row in result.rows("subject"))
        assert [(row["subject_id"], row["status"]) for row in result.rows("consent")] == [("list/0", "withdrawn")]


@pytest.mark.parametrize(
    ("header", "yes", "no"),
    [
        ("Nombre,Apellidos,Correo electrónico,Dado de baja", "sí", "no"),
        ("Imię,Nazwisko,E-mail,Wypisany", "tak", "nie"),
        ("Prénom,Nom,Adresse e-mail,Désabonné", "oui", "non"),
        ("Vorname,Nachname,E-Mail-Adresse,Abgemeldet", "ja", "nein"),
    ],
)
def test_who_left_a_newsletter_is_known_in_other_languages(tmp_path: Path, header: str, yes: str, no: str) -> None:
    rows = f"A,B,a@example.com,{yes}\nC,D,c@example.com,{no}\n"
    folder = _file(tmp_path / "export", "list.csv", f"{header}\n{rows}")
    with bound(folder) as result:
        assert [(row["subject_id"], row["status"]) for row in result.rows("consent")] == [("list/0", "withdrawn")]


def test_a_german_consent_column_says_yes_or_no(tmp_path: Path) -> None:
    rows = "1,A,B,a@example.com,Ja\n2,C,D,c@example.com,Nein\n3,E,F,e@example.com,\n"
    folder = _file(tmp_path / "export", "kunden.csv", f"Kundennummer,Vorname,Nachname,E-Mail,Einwilligung\n{rows}")
    with bound(folder) as result:
        said = {row["subject_id"]: (row["channel"], row["purpose"], row["status"]) for row in result.rows("consent")}
        assert said == {"kunden/1": ("any", "marketing", "granted"), "kunden/2": ("any", "marketing", "denied")}


def test_an_address_taken_off_a_suppression_list_is_not_suppressed(tmp_path: Path) -> None:
    folder = _file(tmp_path / "export", "contacts.csv", "id,name,email\n1,A,a@example.com\n2,B,b@example.com\n")
    rows = "1,a@example.com,t,2024-01-01\n2,b@example.com,f,2024-01-01\n"
    _file(folder, "mail_blacklist.csv", f"id,email,active,create_date\n{rows}")
    with bound(folder) as result:
        withdrawn = {row["subject_id"] for row in result.rows("permission") if row["status"] == "withdrawn"}
        assert withdrawn == {"contacts/1"}
