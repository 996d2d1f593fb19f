"""Phone numbers as `phonenumbers` reads them, but the usual ones without its twenty passes over every text.

A number that is digits and separators only, and that no prefix rule of its country could change, is read off the same
metadata at once. Whatever might be read in another way goes to the library, so both give the same (a test compares
them over numbers of every country).
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import cache

import phonenumbers
from phonenumbers import PhoneMetadata

Read = tuple[str, str | None]
"""The number in E.164; and the country of its prefix, None if it was written without one or the prefix tells none."""

_USUAL = re.compile(r"(\+?)[(]?([0-9][0-9 ()./-]{5,28}[0-9])")
_SEPARATORS = str.maketrans("", "", " ()./-")
_TYPES = (
    *("premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail"),
    *("fixed_line", "mobile"),
)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the metadata of a region says about its numbers; `general` is the shape of all of them."""

    code: str
    lengths: frozenset[int]
    local: frozenset[int]
    general: re.Pattern[str]
    prefix: re.Pattern[str] | None
    """What may stand before a national number."""
    plain_prefix: str
    """The same, if it is nothing but these digits, which are then left out."""
    abroad: re.Pattern[str] | None
    """What is dialled before the number of another country."""
    leading: re.Pattern[str] | None
    types: tuple[tuple[frozenset[int], re.Pattern[str]], ...]

    def possible(self, number: str) -> bool:
        """Whether a national number has a length that occurs."""
        return len(number) in self.lengths or len(number) in self.local

    def holds(self, number: str) -> bool:
        """Whether a national number is one of this region, among those that share its country code."""
        if self.leading is not None:
            return self.leading.match(number) is not None
        if len(number) not in self.lengths or not self.general.fullmatch(number):
            return False
        return any((not lengths or len(number) in lengths) and shape.fullmatch(number) for lengths, shape in self.types)


def read_phone(text: str, country: str, anywhere: re.Pattern[str]) -> Read | None:
    """The number of a text that is one of `country` unless it begins with a prefix; None if it is no possible number.

    `anywhere` are the numbers, in E.164, that belong to no country though their prefix does.
    """
    if "&" in text:
        text = html.unescape(text)
    text = text.strip().removeprefix("tel:")
    if text.startswith("00"):
        text = "+" + text[2:]
    text = text.replace("(0)", "") if text.startswith("+") else text
    usual = _USUAL.fullmatch(text)
    e164 = None
    if usual is not None:
        digits = usual[2].translate(_SEPARATORS)
        e164 = _international(digits) if usual[1] else _national(digits, country)
    if e164 is None:
        e164 = _by_library(text, country)
    if not e164:
        return None
    if not text.startswith("+") or anywhere.fullmatch(e164):
        return e164, None
    return e164, _region(e164)


def _international(digits: str) -> str | None:
    """E.164 of digits after a plus, empty if they are no possible number, None if the library has to say."""
    code = _code_of(digits)
    plan = _main_plan(code) if code else None
    if plan is None:
        return None
    number = digits[len(code) :]
    if plan.prefix is not None and plan.prefix.match(number):
        return None
    return f"+{digits}" if plan.possible(number) else ""


def _national(digits: str, country: str) -> str | None:
    """As `_international`, of digits without a plus."""
    if not country:
        return ""
    plan = _plan(country)
    main = _main_plan(plan.code) if plan is not None else None
    if plan is None or main is None or digits.startswith(plan.code):
        return None
    if plan.abroad is not None and plan.abroad.match(digits):
        return None
    if plan.prefix is not None and plan.prefix.match(digits):
        if not plan.plain_prefix:
            return None
        digits = digits[len(plan.plain_prefix) :]
        if len(digits) not in plan.lengths or not plan.general.fullmatch(digits):
            return None
    return f"+{plan.code}{digits}" if main.possible(digits) else ""


def _by_library(text: str, country: str) -> str:
    """E.164 of any text, empty if it is no possible number."""
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    number.extension = None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _region(e164: str) -> str | None:
    """The country of a number; where several share the country code the area code decides, or nothing does."""
    code = _code_of(e164[1:])
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[int(code)] if code else ()
    number = e164[1 + len(code) :]
    if len(regions) > 1:
        region = next((name for name in regions if (plan := _plan(name)) is not None and plan.holds(number)), None)
    else:
        region = regions[0] if regions else None
    return region if region and region.isalpha() and region != "ZZ" else None


@cache
def _codes() -> frozenset[str]:
    return frozenset(map(str, phonenumbers.COUNTRY_CODE_TO_REGION_CODE))


def _code_of(digits: str) -> str:
    """The country code that digits begin with; empty if none does."""
    codes = _codes()
    for length in (1, 2, 3):
        if digits[:length] in codes:
            return digits[:length]
    return ""


@cache
def _main_plan(code: str) -> _Plan | None:
    return _plan(phonenumbers.COUNTRY_CODE_TO_REGION_CODE[int(code)][0])


@cache
def _plan(region: str) -> _Plan | None:
    """None for what is no country, such as satellite networks."""
    data = PhoneMetadata.metadata_for_region(region, None)
    general = data.general_desc if data is not None else None
    if data is None or general is None or general.national_number_pattern is None:
        return None
    prefix = data.national_prefix_for_parsing or ""
    kinds = [getattr(data, name) for name in _TYPES]
    return _Plan(
        code=str(data.country_code),
        lengths=frozenset(general.possible_length),
        local=frozenset(general.possible_length_local_only),
        general=re.compile(general.national_number_pattern),
        prefix=re.compile(prefix) if prefix else None,
        plain_prefix=prefix if prefix.isdecimal() and not data.national_prefix_transform_rule else "",
        abroad=re.compile(data.international_prefix) if data.international_prefix else None,
        leading=re.compile(data.leading_digits) if data.leading_digits is not None else None,
        types=tuple(
            (frozenset(kind.possible_length), re.compile(kind.national_number_pattern))
            for kind in kinds
            if kind is not None and kind.national_number_pattern
        ),
    )
