"""Tables that hold one attribute a row: what a value is, the attribute of its row says."""

import csv
import json
from itertools import pairwise
from pathlib import Path

import pytest

from auditor.inventory import take
from auditor.model import ColumnInventory
from auditor.sources import open_source
from tests.inventory.drawing import personal

PEOPLE = [
    ("Anna", "Kowalska"), ("Ben", "Novak"), ("Carla", "Rossi"), ("Dieter", "Schmidt"), ("Eva", "Jansen"),
    ("Finn", "Berg"),
]  # fmt: skip


def written(folder: Path, table: str, header: list[str], rows: list[list[str]]) -> Path:
    with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return folder


def columns(folder: Path) -> dict[str, ColumnInventory]:
    with open_source(str(folder)) as source:
        return {c.column: c for c in take([source]).columns}


@pytest.fixture
def meta(tmp_path: Path) -> dict[str, ColumnInventory]:
    rows = [
        [str(i), key, value]
        for i, (first, last) in enumerate(PEOPLE)
        for key, value in (("first_name", first), ("last_name", last), ("show_admin_bar", "true"), ("colour", "fresh"))
    ]
    return columns(written(tmp_path, "usermeta", ["user_id", "meta_key", "meta_value"], rows))


def test_the_values_of_an_attribute_are_what_its_name_says(meta: dict[str, ColumnInventory]):
    found = {c.category: c for c in meta["meta_value"].personal}
    assert list(found) == ["identity.name"]
    assert found["identity.name"].prevalence == pytest.approx(0.25)
    assert "where the attribute says" in found["identity.name"].evidence[0]


def test_json_is_read_by_its_keys():
    told = [{"name": {"first": f, "last": n}, "phone": f"+49 30 12345{i}"} for i, (f, n) in enumerate(PEOPLE)]
    assert set(personal("profiles", "data", [json.dumps(one) for one in told])) == {"identity.name", "contact.phone"}


def test_a_key_of_json_that_says_nothing_goes_with_the_name_of_its_column():
    texts = [f'[{{"label": "work", "value": "030 12345{i}"}}]' for i in range(6)]
    assert "contact.phone" in personal("persons", "contact_numbers", texts)


def test_the_column_of_attributes_itself_is_nobodys(meta: dict[str, ColumnInventory]):
    assert meta["meta_key"].personal == ()


def test_the_evidence_names_no_attribute_that_stands_in_the_table(tmp_path: Path):
    rows = [[f"{first} {last} phone", "+49 30 1234567"] for first, last in PEOPLE]
    found = columns(written(tmp_path, "settings_log", ["name", "value"], rows))
    assert not any(last in " ".join(c.evidence) for c in found["value"].categories for _, last in PEOPLE)


def test_an_audit_table_tells_what_was_changed(tmp_path: Path):
    rows = [["last_name", a, b] for (_, a), (_, b) in pairwise(PEOPLE)]
    rows += [["status", "new", "open"]] * 5
    found = columns(
        written(tmp_path, "contacts_audit", ["field_name", "before_value_string", "after_value_string"], rows)
    )
    assert {c.category for c in found["before_value_string"].personal} == {"identity.name"}
    assert {c.category for c in found["after_value_string"].personal} == {"identity.name"}


def test_settings_hold_secrets_but_addresses_of_nobody(tmp_path: Path):
    rows = [["admin_email", "info@shop.example"], ["smtp_password", "s3cretPass9"], ["theme", "blue"], ["rows", "20"]]
    found = columns(written(tmp_path, "options", ["option_name", "option_value"], rows))
    assert {c.category for c in found["option_value"].personal} == {"credential.password_secret"}
