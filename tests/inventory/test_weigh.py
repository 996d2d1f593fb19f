"""Strong evidence decides on one hit; weak evidence has to be far above chance."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.inventory.weigh import above_chance
from tests.inventory.drawing import examine_quickly, look, personal

STRONG = {
    "contact.email_personal": "eva@web.example.org",
    "financial.bank_account": "DE89370400440532013000",
    "device.hardware_id": "00:1b:44:11:3a:b7",
    "credential.password_secret": "$2y$10$abcdefghijklmnopqrstuv0123456789ABCDEFGHIJKLMNOPQRSTU",
}
harmless = st.lists(
    st.sampled_from(["red", "12", "open", "n/a", "2024-05-01", "A-17", "a longer remark on the colour"]), max_size=40
)


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
