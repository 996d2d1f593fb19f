"""Strong evidence decides on one hit; weak evidence has to be far above chance."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.inventory.take import examine
from auditor.inventory.weigh import above_chance
from tests.inventory.drawing import draw, examine_quickly, look, personal

STRONG = {
    "contact.email_personal": "eva@web.example.org",
    "financial.bank_account": "DE89370400440532013000",
    "device.hardware_id": "00:1b:44:11:3a:b7",
    "device.ip": "2001:db8:0:1::7",
    "financial.card_sad": "%B4111111111111111^ROE/RICHARD^30121011234567890?",
    "government_id.national": "756.9217.0769.85",
    "credential.password_secret": "$2y$10$abcdefghijklmnopqrstuv0123456789ABCDEFGHIJKLMNOPQRSTU",
}
# Values of no one, and some that alone would be read as people, places, phones or postal codes.
harmless = st.lists(
    st.sampled_from([
        "red", "12", "open", "n/a", "2024-05-01", "A-17", "a longer remark on the colour", "Anna", "Berlin", "SW1A 1AA",
        "030 1234567", "Herr", "12 Main Street", "DE", '{"a": 1}', "Acme Ltd", "****1111",
    ]),
    max_size=40,
)  # fmt: skip


@given(st.sampled_from(sorted(STRONG)), harmless, harmless)
@settings(max_examples=60, deadline=None)
def test_one_strong_hit_decides_and_reading_more_never_takes_it_back(
    category: str, before: list[str], after: list[str]
):
    few = examine_quickly("t", "c", [STRONG[category]])
    many = examine_quickly("t", "c", [*before, STRONG[category], *after])
    assert few[category] >= 0.5
    assert many[category] >= few[category]


@pytest.mark.parametrize(("hits", "tried", "chance", "expected"), [
    (1, 10, 0.1, False), (2, 10, 0.1, False), (10, 10, 0.1, True), (100, 1000, 0.1, False), (200, 1000, 0.1, True),
    (1, 1, 0.02, False), (0, 0, 0.1, False),
])  # fmt: skip
def test_hits_count_only_far_above_chance(hits: int, tried: int, chance: float, expected: bool):
    assert above_chance(hits, tried, chance) is expected


def test_evidence_is_never_averaged():
    found = personal("contacts", "email", ["anna@web.example.org", *["none"] * 99])
    assert found["contact.email_personal"].confidence >= 0.9
    assert found["contact.email_personal"].prevalence == pytest.approx(0.01)


def test_an_empty_column_is_told_as_declared_but_not_as_personal():
    column = look("contacts", "email", [])
    assert column.personal == ()
    assert column.categories[0].evidence == ("declared by its name, never filled",)


def test_an_empty_column_of_truth_values_declares_nothing():
    assert look("contacts", "email", [], type="BOOLEAN").categories == ()


def test_a_comment_speaks_where_the_name_is_silent():
    column = look("t", "c17", ["Anna", "Ben"], comment="first name")
    assert [c.category for c in column.personal] == ["identity.name"]


def test_a_primary_key_that_is_an_address_is_personal():
    column = look("t", "id", ["eva@web.example.org", "1", "2", "3"], primary_key=True)
    assert [c.category for c in column.personal] == ["contact.email_personal"]


def test_reading_more_never_lowers_a_strong_verdict_of_the_whole_inventory():
    """From one address to a thousand other values, with names, neighbours and the language model at work."""
    others = ["Anna", "12", "Berlin", "open", "12 Main Street", "n/a", "SW1A 1AA"]
    before = 0.0
    for n in (1, 10, 100, 1_000):
        found = personal("t", "c1", ["eva@web.example.org", *(others[i % 7] for i in range(n - 1))])
        assert found["contact.email_personal"].confidence >= max(before, 0.9)
        before = found["contact.email_personal"].confidence


@given(st.lists(st.text(max_size=60), max_size=30), st.text(max_size=30), st.text(max_size=30))
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_the_verdict_and_shares_are_shares(values: list[str], table: str, column: str):
    found = [f for c in examine(draw(table, {column: values})).columns for f in c.categories]
    assert all(0.0 <= f.confidence <= 1.0 and 0.0 <= f.prevalence <= 1.0 for f in found)


@pytest.mark.parametrize(("column", "values", "said"), [
    ("email", ["a***@x.example", "b***@y.example", "c***@z.example"], "masked"),
    ("ssn", ["gAAAAABk1234567890abcdefghij", "gAAAAABk0987654321abcdefghij"], "encrypted"),
    ("last_name", ["fcb67ef339b691956cc85fa12be6490c", "6528bb7211b1dc066fc5c292561150c2"], "a pseudonym"),
])  # fmt: skip
def test_values_that_are_hidden_are_said_and_ask_for_a_review(column: str, values: list[str], said: str):
    found = look("contacts", column, values)
    assert found.personal == ()
    assert any(said in line for c in found.categories for line in c.evidence)


def test_the_scheme_of_passwords_is_in_the_evidence():
    found = personal("users", "password", ["5f4dcc3b5aa765d61d8327deb882cf99", "e10adc3949ba59abbe56e057f20f883e"])
    assert any("MD5 without a salt" in line for line in found["credential.password_secret"].evidence)
