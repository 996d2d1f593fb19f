"""Every kind of evidence about a column is told apart, in words, and none of them is a value."""

import pytest

from auditor.errors import InventoryError
from auditor.inventory.explain import explain
from auditor.inventory.take import study
from tests.inventory.drawing import draw

COLUMNS = {"email": ["anna@web.example.org", "ben@web.example.org"], "email_count": ["1", "2"], "c7": []}


def told(where: str) -> dict[str, tuple[str, ...]]:
    return dict(explain(study(draw("contacts", COLUMNS)), where))


def test_the_name_the_shapes_the_validators_and_the_verdict_are_told_apart():
    sections = told("contacts.email")
    assert list(sections) == [
        "Column", "Table", "Name", "Shapes", "Words of values", "Validators", "Names known from elsewhere", "Verdict",
    ]  # fmt: skip
    assert sections["Table"] == ("read as 'contacts': about a person",)
    assert any("strength 0.90; 100%" in line for line in sections["Name"])
    assert sections["Validators"][0] == "email: 2 of 2 distinct values pass; one hit decides"
    assert sections["Verdict"][0].startswith("contact.email_personal (e-mail address, S1): personal")


def test_a_denied_name_says_why():
    sections = told("crm.contacts.email_count")
    assert "the name says count: denied" in sections["Name"][1]
    assert sections["Verdict"] == ("nothing personal was recognised",)


def test_an_empty_column_is_explained_too():
    assert told("contacts.c7")["Shapes"] == ("no value",)


def test_no_value_is_in_an_explanation():
    assert "anna" not in repr(told("contacts.email"))


def test_an_unknown_column_is_answered_with_the_nearest():
    with pytest.raises(InventoryError, match=r"no column 'contacts.emial'"):
        told("contacts.emial")
