from __future__ import annotations

import pytest

from auditor.sources.header import is_header

PEOPLE = [["1", "a@example.org", "2026-01-01"], ["2", "b@example.org", "2026-02-01"]]


@pytest.mark.parametrize(
    "first",
    [
        ["id", "email", "since"],
        ["Kd.", "Adresse el.", "Seit"],
        ["x", "y", "z"],
        ["编号", "邮箱", "日期"],
        ["", "email", "since"],
    ],
)
def test_names_above_numbers_addresses_and_dates_are_a_header(first: list[str]) -> None:
    assert is_header(first, PEOPLE)


@pytest.mark.parametrize(
    "first",
    [
        ["0", "z@example.org", "2025-01-01"],
        ["0", "", ""],
        ["Anna", "z@example.org", "x"],
        ["Anna", "+49 170 1234567", "x"],
        ["a", "a", "a"],
        ["", "", ""],
        ["NULL", "n/a", "-"],
    ],
)
def test_a_row_with_values_is_no_header(first: list[str]) -> None:
    assert not is_header(first, PEOPLE)


@pytest.mark.parametrize("first", [["Anna", "Rome"], ["Müller", "Köln"], ["张伟", "北京"]])
def test_texts_above_texts_are_taken_for_values(first: list[str]) -> None:
    assert not is_header(first, [["Bo", "Oslo"], ["Cy", "Bern"]])


@pytest.mark.parametrize(
    "first",
    [["name", "city"], ["first_name", "ort"], ["FirstName", "Ort"], ["companyname", "companycity"], ["名字", "城市"]],
)
def test_words_that_columns_are_named_with_are_a_header_above_texts(first: list[str]) -> None:
    assert is_header(first, [["Bo", "Oslo"], ["Cy", "Bern"]])


def test_a_value_that_comes_again_below_is_a_value() -> None:
    rows = [["Bo", "active", "5"], ["Cy", "active", "6"], ["Di", "lost", "7"]]
    assert not is_header(["Anna", "active", "x"], rows)


def test_a_header_that_comes_again_below_is_a_header() -> None:
    assert is_header(["name", "city"], [["Bo", "Oslo"], ["name", "city"], ["Cy", "Bern"]])


def test_a_lone_row_needs_known_words() -> None:
    assert is_header(["id", "email"], [])
    assert not is_header(["Anna", "Rome"], [])
