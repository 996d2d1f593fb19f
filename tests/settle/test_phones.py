"""What is read off the metadata at once is what the library reads."""

from __future__ import annotations

import html
import re
from functools import cache

import phonenumbers
from hypothesis import example, given, settings
from hypothesis import strategies as st

from auditor.settle.phones import read_phone
from auditor.settle.words import load_words

ANYWHERE = re.compile(load_words().phones_anywhere)
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


def by_library(text: str, country: str) -> tuple[str, str | None] | None:
    text = html.unescape(text).strip().removeprefix("tel:")
    text = "+" + text[2:] if text.startswith("00") else text
    text = text.replace("(0)", "") if text.startswith("+") else text
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    number.extension = None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not text.startswith("+") or ANYWHERE.fullmatch(e164):
        return e164, None
    regions = phonenumbers.region_codes_for_country_code(number.country_code or 0)
    region = phonenumbers.region_code_for_number(number) if len(regions) > 1 else next(iter(regions), None)
    return e164, region if region and region.isalpha() and region != "ZZ" else None


@cache
def examples() -> tuple[tuple[str, str], ...]:
    """Numbers of every country, kind and way of writing."""
    found = []
    for region in REGIONS:
        for kind in phonenumbers.PhoneNumberType.values():
            number = phonenumbers.example_number_for_type(region, kind)
            if number is not None:
                found += [(phonenumbers.format_number(number, way), region) for way in range(4)]
    return tuple(dict.fromkeys(found))


def test_numbers_of_every_country_are_read_as_by_the_library():
    for text, region in examples():
        for country in (region, ""):
            assert read_phone(text, country, ANYWHERE) == by_library(text, country), (text, country)


@st.composite
def changed(draw: st.DrawFn) -> tuple[str, str]:
    """A number with a few of its characters changed, read in its country or another."""
    text, region = draw(st.sampled_from(examples()))
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, max(0, len(text) - 1)))
        put = draw(
            st.sampled_from(["", *"0123456789", "00", "(0)", "+", "-", " ", ".", "/", ")", "(", "x", "#", "&#43;"])
        )
        text = text[:place] + put + text[place + draw(st.integers(0, 2)) :]
    return text, draw(st.sampled_from([region, region, "", "DE", "US", "IT", "AR", "RU", "AQ"]))


@settings(max_examples=1_500, deadline=None, derandomize=True)
@given(changed())
@example(("0030 1234567", "DE"))
@example(("+39 06 1234567", ""))
@example(("011 44 20 7946 0018", "US"))
@example(("49 30 1234567", "DE"))
def test_changed_numbers_are_read_as_by_the_library(case: tuple[str, str]):
    assert read_phone(*case, ANYWHERE) == by_library(*case)
