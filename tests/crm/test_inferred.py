"""A profile inferred from names and from the inventory, where no fingerprint fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.inventory import take
from auditor.model import CategoryFound, ColumnInventory, Inventory
from auditor.sources import open_source
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
    with bound(folder, profile="inferred") as result:
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


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        ("Opted out of email: Product news", ["true", "false", ""], ["withdrawn", "", ""]),
        ("Person - Marketing status", ["Subscribed", "unsubscribed", "No consent"], ["granted", "withdrawn", "denied"]),
        ("Person - Marketing status", ["Archived", "", "Pending"], ["", "", "pending"]),
        ("consents.email", ["granted", "DENIED", "opted out"], ["granted", "denied", "withdrawn"]),
        ("Werbung erlaubt", ["ja", "nein", ""], ["granted", "denied", ""]),
        ("メルマガ配信", ["希望する", "希望しない", ""], ["granted", "denied", ""]),
        ("aceita_email_mkt", ["S", "N", ""], ["granted", "denied", ""]),
        ("Do not allow Bulk Emails", ["Do Not Allow", "Allow", ""], ["withdrawn", "", ""]),
    ],
)
def test_a_word_is_read_however_an_export_writes_it(
    tmp_path: Path, column: str, values: list[str], expected: list[str]
) -> None:
    rows = "".join(f"{n},A,a{n}@example.com,{value}\n" for n, value in enumerate(values))
    folder = _file(tmp_path / "export", "contacts.csv", f"id,name,email,{column}\n{rows}")
    with bound(folder) as result:
        said = {row["subject_id"]: row["status"] for row in result.rows("consent")}
        assert [said.get(f"contacts/{n}", "") for n in range(3)] == expected
        assert {row["how"] for row in result.rows("consent")} <= {"state"}


def test_a_time_of_signing_up_or_off_is_a_dated_statement(tmp_path: Path) -> None:
    header = "Email Address,First Name,CONFIRM_TIME,UNSUB_TIME"
    rows = "a@example.com,A,2020-05-01 10:00:00,\nb@example.com,B,2020-05-01 10:00:00,2023-06-01 11:00:00\n"
    folder = _file(tmp_path / "export", "members_export.csv", f"{header}\n{rows}")
    with bound(folder) as result:
        said = [(row["subject_id"], row["status"], row["how"], row["event_at"].year) for row in result.rows("consent")]
        assert sorted(said) == [
            ("members_export/0", "granted", "event", 2020),
            ("members_export/1", "granted", "event", 2020),
            ("members_export/1", "withdrawn", "event", 2023),
        ]


def test_what_stands_before_every_column_is_left_out(tmp_path: Path) -> None:
    rows = "7,Ada Lovelace,ada@example.com,Acme,2024-01-01\n"
    header = "Person - ID,Person - Name,Person - Email - Work,Organization - ID,Person - Last activity date"
    folder = _file(tmp_path / "export", "people.csv", f"{header}\n{rows}")
    with bound(folder) as result:
        (row,) = result.rows("subject")
        assert (row["key"], row["named"], row["email"] is not None) == ("people/7", True, True)
        assert row["last_activity_at"].year == 2024


def test_accounts_are_known_by_their_table(tmp_path: Path) -> None:
    folder = _file(tmp_path / "export", "Contact.csv", "Id,LastName,Email,OwnerId\n1,A,a@example.com,9\n")
    header = "Id,Username,IsActive,LastLoginDate,LastPasswordChangeDate"
    _file(folder, "User.csv", f"{header}\n9,u@example.com,1,2024-02-01T00:00:00.000Z,\n8,v@example.com,0,,\n")
    with bound(folder) as result:
        assert [(row["key"], row["active"]) for row in result.rows("user")] == [("8", False), ("9", True)]
        assert result.rows("subject")[0]["owner_id"] == "9"
        assert result.binding.people == 1


def test_organisations_among_people_are_no_people(tmp_path: Path) -> None:
    rows = "1,Acme,info@acme.example,1,1\n2,Ada L,ada@example.com,0,1\n3,Ben M,ben@example.com,,\n"
    folder = _file(tmp_path / "export", "res_partner.csv", f"id,name,email,is_company,email_opt_out\n{rows}")
    with bound(folder) as result:
        assert [row["key"] for row in result.rows("subject")] == ["res_partner/2", "res_partner/3"]
        assert [row["subject_id"] for row in result.rows("consent")] == ["res_partner/2"]


def test_a_likely_name_beside_a_sure_address_is_a_person(tmp_path: Path) -> None:
    folder = _file(tmp_path / "export", "stuff.csv", "a,b\nAda,ada@example.com\n")
    likely = ColumnInventory("export", "", "stuff", "a", "", 1, 1, 1, (CategoryFound("identity.name", 0.6, 1.0),))
    sure = CategoryFound("contact.email_personal", 0.95, 1.0)
    address = ColumnInventory("export", "", "stuff", "b", "", 1, 1, 1, (sure,))
    with bound(folder, inventory=Inventory((likely,))) as result:
        assert result.binding.people == 0
    with bound(folder, inventory=Inventory((likely, address))) as result:
        assert result.binding.people == 1


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (("03.04.2020", "05.06.2021"), (4, 6)),
        (("03/04/2020", "25/06/2021"), (4, 6)),
        (("03-04-2020", "06-25-2021"), (3, 6)),
        (("03/04/2020", "05/06/2021"), (None, None)),
    ],
)
def test_the_order_of_day_and_month_is_told_by_the_dates(
    tmp_path: Path, days: tuple[str, str], expected: tuple[int | None, int | None]
) -> None:
    rows = "".join(f"{n},A,a{n}@example.com,{day},D\n" for n, day in enumerate(days))
    folder = _file(tmp_path / "export", "kunden.csv", f"KdNr,Name,E-Mail,Letzter Kauf,Land\n{rows}")
    with open_source(str(folder)) as source:
        inventory = take([source])
    with bound(folder, inventory=inventory) as result:
        times = [row["last_activity_at"] for row in result.rows("subject")]
        assert tuple(time and time.month for time in times) == expected
        assert {row["country"] for row in result.rows("subject")} == {"DE"}
