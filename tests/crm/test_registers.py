"""Registers and the policy's sections fill relations, and their people and accounts are found in the sources."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from auditor.errors import KnowledgeError
from auditor.jurisdictions import load_jurisdictions
from auditor.model import PlaceResult, State
from auditor.policy import load_policy
from auditor.rules.evaluate import evaluate
from auditor.rules.loading import load_rules_or_raise
from tests.crm.bound import Bound, bound

CONTACTS = """Id,FirstName,LastName,Email,Phone,EmailOptOut,MailingCountry
1,Ada,L,ada@example.com,+49 30 23125 001,,DE
2,Ben,M,ben@example.com,+49 30 23125 002,,DE
3,Cleo,N,cleo@example.com,,,US
4,Ada,L,ada@example.com,,,DE
"""
AS_OF = "2026-11-01"


@contextmanager
def audited(tmp_path: Path, policy: str, *, more: str = "", **files: str) -> Iterator[Bound]:
    """A contacts file, a policy and the registers it names, bound."""
    (tmp_path / "contacts.csv").write_text(CONTACTS, encoding="utf-8")
    sources = [tmp_path / "contacts.csv"]
    if more:
        (tmp_path / "customers.csv").write_text(more, encoding="utf-8")
        sources.append(tmp_path / "customers.csv")
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8-sig")
    path = tmp_path / "auditor.yaml"
    path.write_text(policy, encoding="utf-8")
    with bound(*sources, as_of=AS_OF, policy=load_policy(path)) as result:
        yield result


def judged(result: Bound, rule: str) -> dict[str, PlaceResult]:
    """What became of a rule, by place."""
    (compiled,) = [r for r in load_rules_or_raise() if r.rule.id == rule]
    (found,) = evaluate(
        result.connection, [compiled], result.binding, as_of=date.fromisoformat(AS_OF), facts=load_jurisdictions(),
        policy=load_policy(None),
    )  # fmt: skip
    return {place.source: place for place in found.places}


def counts(place: PlaceResult) -> tuple[int, int, int]:
    return place.counts.violations, place.counts.passes, place.counts.undetermined


def test_people_are_found_by_key_by_address_and_by_number(tmp_path):
    requests = (
        "no;Customer;E-mail;Phone;Type;Received;Extended;Answered\n"
        "1;2;;;Access;2026-01-02;;2026-05-06\n"
        "2;;BEN@example.com ;;erasure;2026-01-02;;2026-01-05\n"
        "3;;;0049 30 23125 002;Objection;2026-01-02;;\n"
        "4;;nobody@example.com;;access;2026-01-02;;\n"
    )
    with audited(tmp_path, "registers: {request: requests.csv}", requests=requests) as result:
        people = {row["key"]: row["subject_id"] for row in result.rows("request")}
        place = judged(result, "request-answered-late")["registers"]
    assert [people[f"requests/{n}"] for n in (1, 2, 3)] == ["contacts/2"] * 3
    assert not people["requests/4"].startswith("contacts")
    assert counts(place) == (2, 1, 1)
    assert "requests.Received" in place.origin
    assert "contacts.MailingCountry" in place.origin


def test_nothing_personal_of_a_register_rests_raw(tmp_path):
    requests = "no,email,type,received_at\nA-17 Smith,nobody@example.com,secret wish,2026-01-02\n"
    with audited(tmp_path, "registers: {request: requests.csv}", requests=requests) as result:
        (row,) = result.rows("request")
    said = repr(row)
    assert not [text for text in ("Smith", "nobody", "wish") if text in said]


def test_a_register_says_how_its_columns_are_read(tmp_path):
    policy = """
registers:
  request:
    file: anfragen.csv
    zone: Europe/Berlin
    columns:
      key: Nr
      subject_id: Kunde
      kind: {named: Art, values: {Auskunft: access, Löschung: erasure}}
      received_at: {named: Eingang, formats: ["%d.%m.%Y"]}
      closed_at: {named: Antwort, day_first: true}
    every: {outcome: granted}
"""
    text = "Nr;Kunde;Art;Eingang;Antwort\n7;1;Auskunft;05.02.2026;06.05.2026\n8;2;Löschung;05.02.2026;06.02.2026\n"
    with audited(tmp_path, policy, anfragen=text) as result:
        rows = result.rows("request")
        (table,) = [t for info in result.binding.registers for t in info.tables]
    assert [(r["key"], r["kind"], r["outcome"]) for r in rows] == [
        ("anfragen/7", "access", "granted"), ("anfragen/8", "erasure", "granted"),
    ]  # fmt: skip
    assert str(rows[0]["received_at"]) == "2026-02-04 23:00:00"
    assert str(rows[0]["closed_at"]) == "2026-05-05 22:00:00"
    assert not any("by their names" in note for note in table.notes)


def test_what_is_inferred_is_said_and_what_is_not_used_too(tmp_path):
    text = "Case number,Customer,Type,Date received,Colour\n1,1,access,2026-01-02,red\n"
    with audited(tmp_path, "registers: {request: requests.csv}", requests=text) as result:
        (table,) = [t for info in result.binding.registers for t in info.tables]
    notes = "; ".join(table.notes)
    assert "received_at = Date received" in notes
    assert "columns not used: Colour" in notes


def test_a_list_of_addresses_alone_suppresses_everybody_who_has_one(tmp_path):
    with audited(tmp_path, "registers: {suppression: dnc.csv}", dnc="email\nADA@example.com\n") as result:
        refused = {
            row["subject_id"] for row in result.rows("permission")
            if row["status"] == "withdrawn" and row["channel"] == "email"
        }  # fmt: skip
    assert refused == {"contacts/1", "contacts/4"}


def test_a_hold_on_an_address_is_one_on_everybody_who_has_it_and_a_request_is_of_one(tmp_path):
    policy = "registers: {hold: holds.csv, request: requests.csv}"
    files = {
        "holds": "email,from\nada@example.com,2026-01-01\n",
        "requests": "email,received_at\nada@example.com,2026-01-01\n",
    }
    with audited(tmp_path, policy, **files) as result:
        assert {row["subject_id"] for row in result.rows("hold")} == {"contacts/1", "contacts/4"}
        assert [row["subject_id"] for row in result.rows("request")] == ["contacts/1"]


def test_rules_about_the_crms_records_see_registers(tmp_path):
    policy = "registers: {subject: retention.csv, hold: holds.csv}"
    people = "id,delete_by,keep_until\n1,2025-01-01,2025-06-30\n2,2025-01-01,\n3,2025-01-01,\n"
    with audited(tmp_path, policy, retention=people, holds="customer,from,until\n2,2026-01-01,\n") as result:
        place = judged(result, "kept-past-its-date")["contacts"]
    assert counts(place) == (1, 1, 0)
    assert {"holds.from", "retention.delete_by"} <= set(place.origin)


def test_what_a_register_says_of_people_goes_before_the_crm_and_before_their_law(tmp_path):
    with audited(
        tmp_path, "registers: {subject: moved.csv}", moved="email,country\nben@example.com,France\n"
    ) as result:
        rows = {row["key"]: (row["country"], row["regimes"]) for row in result.rows("subject")}
    assert rows["contacts/2"][0] == "FR"
    assert "eu-gdpr" in rows["contacts/2"][1]
    assert rows["contacts/3"][0] == "US"
    assert len(rows) == 4


def test_a_register_that_cannot_be_read_is_a_gap_and_no_rule_takes_it_for_empty(tmp_path):
    policy = "registers: {hold: nothere.csv, request: odd.csv, disposal: disposals.csv}"
    files = {"odd": "colour,weight\nred,5\n", "disposals": "customer,done_at\n1,2026-01-01\n"}
    with audited(tmp_path, policy, **files) as result:
        gaps = {gap.what: gap.why for gap in result.binding.failures if gap.gap}
        assert judged(result, "request-answered-late")["registers"].state is State.NOT_ASSESSED
        held = judged(result, "erased-under-hold")["registers"]
    assert "No such file" in gaps["registers.nothere"]
    assert "Its columns: colour, weight" in gaps["registers.odd"]
    assert held.state is State.NOT_ASSESSED
    assert "hold.starts_at cannot be read" in held.reason or "hold cannot be read" in held.reason


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("registers: {request: {file: r.csv, columns: {received_at: Eingng}}}", "Did you mean 'Eingang'?"),
        ("registers: {request: {file: r.csv, of: crm}}", "no source is called that: contacts"),
    ],
)
def test_a_wrong_column_or_source_is_said(tmp_path, policy, said):
    with audited(tmp_path, policy, r="Nr,Kunde,Eingang\n1,1,2026-01-01\n") as result:
        assert [gap for gap in result.binding.failures if said in gap.why]


def test_what_is_no_file_is_no_register(tmp_path):
    (tmp_path / "folder").mkdir()
    with audited(tmp_path, "registers: {hold: folder, request: /dev/zero}") as result:
        assert [gap.why.partition(".")[0] for gap in result.binding.failures] == ["This is not a regular file"] * 2


def test_a_workbook_is_a_register_if_it_has_one_sheet(tmp_path):
    for name, sheets in (("one", 1), ("two", 2)):
        with xlsxwriter.Workbook(tmp_path / f"{name}.xlsx") as book:
            for number in range(sheets):
                page = book.add_worksheet(f"Sheet{number}")
                page.write_row(0, 0, ["Nr", "Kunde", "Eingang"])
                page.write_row(1, 0, [1, 1, "2026-01-01"])
    columns = "columns: {received_at: Eingang, subject_id: Kunde}"
    with audited(tmp_path, f"registers: {{request: {{file: one.xlsx, {columns}}}}}") as result:
        assert not result.binding.failures
    with audited(tmp_path, f"registers: {{request: {{file: two.xlsx, {columns}}}}}") as result:
        assert any("several sheets: two.Sheet0, two.Sheet1" in gap.why for gap in result.binding.failures)


def test_a_source_cannot_have_the_name_of_the_registers(tmp_path):
    (tmp_path / "contacts.csv").write_text(CONTACTS, encoding="utf-8")
    (tmp_path / "auditor.yaml").write_text("processors: [{name: Mailer}]", encoding="utf-8")
    policy = load_policy(tmp_path / "auditor.yaml")
    with (
        pytest.raises(KnowledgeError, match="Name it otherwise"),
        bound(f"policy={tmp_path / 'contacts.csv'}", policy=policy),
    ):
        pass


def test_rows_that_do_not_fit_are_counted(tmp_path):
    text = "no,customer,received_at\n1,1,2026-01-01\n2,2,2026-01-01,too,many,cells\n3,3,2026-02-02\n"
    with audited(tmp_path, "registers: {request: requests.csv}", requests=text) as result:
        assert result.binding.registers_read == (("registers", "requests", 2, 1),)


def test_an_empty_register_says_that_there_was_nothing(tmp_path):
    text = "no,customer,kind,received_at,extended_at,closed_at\n"
    with audited(tmp_path, "registers: {request: requests.csv}", requests=text) as result:
        assert judged(result, "request-answered-late")["registers"].state is State.NOT_APPLICABLE


def test_a_column_that_is_there_and_empty_is_an_answer(tmp_path):
    text = "no,customer,kind,received_at,extended_at,closed_at\n1,1,access,2026-10-20,,\n2,1,access,2026-01-20,,\n"
    with audited(tmp_path, "registers: {request: requests.csv}", requests=text) as result:
        assert counts(judged(result, "request-answered-late")["registers"]) == (1, 1, 0)


def test_a_column_that_is_not_there_is_no_answer_unless_the_policy_says_so(tmp_path):
    text = "no,customer,kind,received_at,closed_at\n1,1,access,2026-10-20,\n2,1,access,2026-01-20,\n"
    with audited(tmp_path, "registers: {request: requests.csv}", requests=text) as result:
        place = judged(result, "request-answered-late")["registers"]
    assert place.state is State.NOT_ASSESSED
    assert "the register has no column for it" in place.reason
    with audited(tmp_path, 'registers: {request: {file: requests.csv, every: {extended_at: ""}}}') as result:
        assert counts(judged(result, "request-answered-late")["registers"]) == (1, 1, 0)


def test_of_several_sources_each_row_goes_where_its_person_is(tmp_path):
    more = "Id,FirstName,LastName,Email,MailingCountry\n9,Dora,P,dora@example.com,GB\n3,Cleo,N,cleo@example.com,US\n"
    text = "no,email,received_at,kind,extended_at,closed_at\n1,ada@example.com,2026-01-01,access,,\n"
    text += "2,dora@example.com,2026-01-01,access,,\n3,x@example.com,2026-01-01,access,,\n"
    text += "4,cleo@example.com,2026-01-01,access,,\n"
    with audited(tmp_path, "registers: {request: requests.csv}", requests=text, more=more) as result:
        where = {row["key"]: (row["source"], row["subject_id"]) for row in result.rows("request")}
        places = judged(result, "uk-request-answered-late")
    assert where["requests/1"] == ("registers", "contacts/1")
    assert where["requests/2"] == ("registers of customers", "customers/9")
    assert where["requests/4"] == ("registers", "contacts/3")
    assert len(where) == 4
    assert counts(places["registers of customers"]) == (1, 0, 0)


def test_sections_are_rows_and_their_names_are_their_keys(tmp_path):
    policy = """
organisation: {name: Example, country: DE, dpo: somebody}
processors: [{name: Mailer, country: US, contract: true}, {name: Caller, country: IN}]
purposes: [{name: News, basis: consent}]
holds: [{name: suit, subject_id: 1, starts_at: 2026-01-01}]
"""
    with audited(tmp_path, policy) as result:
        assert load_policy(tmp_path / "auditor.yaml").organisation == "Example"
        assert [(r["key"], r["country"], r["contract"]) for r in result.rows("processor")] == [
            ("Caller", "IN", None), ("Mailer", "US", True),
        ]  # fmt: skip
        assert [row["subject_id"] for row in result.rows("hold")] == ["contacts/1"]
        assert counts(judged(result, "processor-without-contract")["policy"]) == (1, 1, 0)
        assert counts(judged(result, "purpose-without-period")["policy"]) == (1, 0, 0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("processors: [{name: A, contry: DE}]", "Did you mean 'country'?"),
        ("processors: [{name: A, contract: yes}]", "Write true or false"),
        ("processors: [{name: A, country: Germany}]", "two-letter"),
        ("flows: [{name: A, mechanism: ssc}]", "Did you mean 'scc'?"),
        ("notices: [{name: A, reviewed_at: 3 May}]", "YYYY-MM-DD"),
        ("purposes: [{name: A, retention_months: long}]", "A number is expected"),
        ("proccessors: []", "Did you mean 'processors'?"),
        ("registers: {requests: r.csv}", "Did you mean 'request'?"),
        ("registers: {field: r.csv}", "not a relation that a register can fill"),
        ("registers: {request: {file: r.csv, columns: {recieved_at: X}}}", "Did you mean 'received_at'?"),
        ("registers: {request: {file: r.csv, every: {kind: acess}}}", "Did you mean 'access'?"),
        ("registers: {request: {file: r.csv, columns: {kind: {vales: {}}}}}", "Did you mean 'values'?"),
        ("registers: {request: {columns: {}}}", "The key 'file' is missing"),
    ],
)
def test_a_wrong_entry_is_one_sentence_with_its_place(tmp_path, text, said):
    path = tmp_path / "auditor.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load_policy(path)
    assert said in str(caught.value)
    assert "auditor.yaml:1:" in str(caught.value)
