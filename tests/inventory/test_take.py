"""The whole inventory over real sources."""

import json
import sqlite3
from pathlib import Path

import pytest

from auditor.errors import InventoryError
from auditor.inventory import inventory_document, take
from auditor.inventory import models as model_files
from auditor.inventory.take import examine
from auditor.model import Inventory
from auditor.sources import open_source
from tests.inventory.drawing import draw

NAMES = ["Weber", "Moreau", "Petit", "Vogel", "Berger", "Urban", "Egger", "Ivanov"]
SECRETS = ["Weber", "Moreau", "weber0@web.example.org", "Schillerstr"]


@pytest.fixture
def crm(tmp_path: Path) -> Path:
    path = tmp_path / "crm.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE contacts (id INTEGER PRIMARY KEY, last_name TEXT, email TEXT, street TEXT, fax TEXT)")
        db.execute("CREATE TABLE contacts_audit (id INTEGER, field TEXT, before_value TEXT)")
        db.execute('CREATE TABLE "order" (id INTEGER, "grant" TEXT)')
        for number, name in enumerate(NAMES):
            row = (number, name, f"{name.lower()}{number}@web.example.org", f"Schillerstr. {number + 1}", None)
            db.execute("INSERT INTO contacts VALUES (?, ?, ?, ?, ?)", row)
            db.execute("INSERT INTO contacts_audit VALUES (?, 'last_name', ?)", (number, f"{name}-Old"))
        db.execute("INSERT INTO \"order\" VALUES (1, 'open')")
    db.close()
    return path


def inventory_of(path: Path, *, seed: int = 0, values: int = 1000) -> Inventory:
    with open_source(str(path)) as source:
        return take([source], seed=seed, values=values)


def keys(inventory: Inventory) -> dict[str, list[str]]:
    return {f"{c.table}.{c.column}": [p.category for p in c.personal] for c in inventory.columns}


def test_a_database_is_examined_column_by_column(crm: Path):
    found = keys(inventory_of(crm))
    assert found["contacts.last_name"] == ["identity.name"]
    assert found["contacts.email"] == ["contact.email_personal"]
    assert found["contacts.street"] == ["contact.postal_address"]
    assert found["contacts.id"] == found["contacts.fax"] == found["order.grant"] == []


def test_names_known_from_one_table_are_found_in_its_audit_copy(crm: Path):
    assert keys(inventory_of(crm))["contacts_audit.before_value"] == ["identity.name"]


def test_the_same_seed_gives_the_same_inventory(crm: Path):
    assert inventory_of(crm, seed=7, values=5) == inventory_of(crm, seed=7, values=5)


def test_progress_is_told_in_sentences_without_values(crm: Path):
    said: list[str] = []
    with open_source(str(crm)) as source:
        take([source], progress=said.append)
    assert said
    assert all(s.endswith(".") and not any(v in s for v in SECRETS) for s in said)


def test_no_raw_value_is_in_the_document_or_any_repr(crm: Path):
    inventory = inventory_of(crm)
    document = json.dumps(inventory_document(inventory, "crm"))
    column = draw("contacts", {"last_name": NAMES})
    for text in (document, repr(inventory), repr(column)):
        assert not any(value in text for value in SECRETS)


def test_the_document_names_what_was_examined(crm: Path):
    document = inventory_document(inventory_of(crm), "crm")
    assert document["examined"]["columns"] == 10
    assert document["examined"]["failures"] == []
    email = next(c for c in document["columns"] if c["column"] == "email")
    assert (email["rows"], email["read"], email["non_empty"]) == (8, 8, 8)
    assert email["examples"] == ["w…@…", "m…@…", "p…@…"]


def test_a_file_is_a_table_named_by_its_stem(tmp_path: Path):
    (tmp_path / "people.csv").write_text("Full Name,Phone\nAnna Schmidt,+49 30 1234567\n", encoding="utf-8")
    found = keys(inventory_of(tmp_path / "people.csv"))
    assert found == {"people.Full Name": ["identity.name"], "people.Phone": ["contact.phone"]}


TEXTS = {
    "description": ["Spoke to Anna Schmidt about the renewal of her contract", "Martin Fischer called about the bill"]
}


def test_without_its_model_the_inventory_goes_on_and_says_so(monkeypatch: pytest.MonkeyPatch):
    def refuse(_: object) -> Path:
        raise InventoryError("The language model differs.")

    monkeypatch.setattr(model_files, "installed", refuse)
    inventory = examine([*draw("notes", TEXTS), *draw("t", {"c": ["eva@web.example.org"]})])
    assert inventory.model == ""
    assert [(f.what, f.why, f.gap) for f in inventory.failures] == [
        ("names in the texts of 1 columns", "The language model differs.", True)
    ]
    assert inventory.columns[1].personal


def test_texts_are_read_with_the_pinned_model():
    inventory = examine(draw("notes", TEXTS))
    assert inventory.model == "en_core_web_sm 3.8.0"
    assert [c.category for c in inventory.columns[0].personal] == ["communication.content", "identity.name"]


def test_a_word_of_health_asks_for_a_review_and_decides_nothing():
    texts = ["She told us that she was diagnosed with asthma", "He asked for the price of the larger chair again"]
    column = examine(draw("notes", {"description": texts})).columns[0]
    health = next(c for c in column.categories if c.category == "special.health")
    assert health.confidence < 0.5


def test_secrets_and_special_categories_show_only_their_shape():
    hashes = ["5f4dcc3b5aa765d61d8327deb882cf99", "e10adc3949ba59abbe56e057f20f883e"]
    for table, column, values in (("users", "password", hashes), ("members", "religion", ["catholic", "lutheran"])):
        shown = examine(draw(table, {column: values})).columns[0].examples
        assert shown
        assert not any(v[0] == s[0] and s[0] not in "x9" for v in values for s in shown)


def test_a_model_with_a_changed_file_is_refused(tmp_path: Path):
    model = model_files.load_models()[0]
    real = model_files.installed(model)
    for name in model.files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).symlink_to(real / name)
    assert model_files.checked(model, tmp_path) == tmp_path
    (tmp_path / "ner" / "cfg").unlink()
    (tmp_path / "ner" / "cfg").write_text("{}", encoding="utf-8")
    with pytest.raises(InventoryError, match="differs from the one"):
        model_files.checked(model, tmp_path)


def test_a_model_with_one_more_file_is_refused(tmp_path: Path):
    model = model_files.load_models()[0]
    (tmp_path / "code.py").write_text("", encoding="utf-8")
    with pytest.raises(InventoryError, match="so it is not loaded"):
        model_files.checked(model, tmp_path)
