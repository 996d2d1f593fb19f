from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.writers.page.words import number, plural, share, short
from auditor.writers.text import visible


@pytest.mark.parametrize(
    ("given_", "shown"),
    [
        ("plain text", "plain text"),
        ("用户 Ünïcode", "用户 Ünïcode"),
        ("a\u202eb", "a⟨U+202E⟩b"),
        ("a\x1b[31mb\x00", "a⟨U+001B⟩[31mb⟨U+0000⟩"),
        ("a\nb", "a↵b"),
        ("a\u00a0b", "a b"),
        ("\ud800", "⟨U+D800⟩"),
        ("e" + "\u0301" * 50, "e" + "\u0301" * 4),
    ],
)
def test_what_would_act_is_spelled_out(given_: str, shown: str) -> None:
    assert visible(given_) == shown


def test_a_text_that_is_too_long_is_cut_with_a_marker() -> None:
    assert visible("N" * 100_000, limit=10) == "NNNNNNNNNN… (99,990 more characters)"


def test_program_text_keeps_its_lines() -> None:
    assert visible("a\r\n\tb\x00", lines=True) == "a\n\tb⟨U+0000⟩"


@given(st.text(st.characters(codec=None), max_size=80))
def test_nothing_that_acts_ever_gets_through(text: str) -> None:
    shown = visible(text)
    assert not {c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert visible(shown) == shown
    shown.encode("utf-8")


def test_figures_never_round_something_to_nothing_or_to_all() -> None:
    assert [share(1, 1_000_000), share(143, 18_412), share(999_999, 1_000_000), share(0, 5), share(5, 5)] == [
        "< 0.01 %",
        "0.78 %",
        "> 99.9 %",
        "0 %",
        "100 %",
    ]
    assert (share(0, 0), number(None), number(1234), short(48_310), short(1_200_000)) == (
        "–",
        "–",
        "1,234",
        "48k",
        "1.2M",
    )
    assert (plural(1, "rule"), plural(2, "country", "countries")) == (
        "1 rule",
        "2 countries",
    )
