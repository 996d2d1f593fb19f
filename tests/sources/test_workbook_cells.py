from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.sources.workbook_cells import PLAIN, Format, format_of, formats, number_text, plain_text
from auditor.sources.workbook_sheet import column_of

DAY, CLOCK, BOTH = Format(day=True), Format(clock=True), Format(day=True, clock=True)


@pytest.mark.parametrize(
    ("code", "form"),
    [
        ("General", PLAIN), ("Standard", PLAIN), ("0", PLAIN), ("0.00", PLAIN), ("#,##0", PLAIN), ("@", PLAIN),
        ("0%", PLAIN), ("0.00E+00", PLAIN), ("##0.0E+0", PLAIN), ('#,##0.00\\ "days"', PLAIN), ("", PLAIN),
        ("[$€-407]#,##0.00", PLAIN), ("#,##0.00_d", PLAIN), ('"sold on" 0', PLAIN), ("[Red]0.0;[Blue]-0.0", PLAIN),
        ("yyyy-mm-dd", DAY), ("dd/mm/yyyy", DAY), ("m/d/yy", DAY), ("mmm", DAY), ("d. mmmm yyyy", DAY),
        ("DD.MM.YYYY", DAY),
        ("[$-409]mmmm d, yyyy;@", DAY), ("[$-411]ge.m.d", DAY), ("yyyy;;", DAY), ('d" of "mmmm', DAY),
        ("h:mm", CLOCK), ("h:mm:ss AM/PM", CLOCK), ("mm:ss", CLOCK), ("mm:ss.0", CLOCK), ("h A/P", CLOCK),
        ("m/d/yy h:mm", BOTH), ("yyyy-mm-ddThh:mm:ss", BOTH), ("d h", BOTH), ("mmm hh:mm", BOTH),
        ("[h]:mm", Format(lasting=True)), ("[mm]:ss", Format(lasting=True)),
        ("00000", Format(mask="00000")), ("000\\-00\\-0000", Format(mask="000-00-0000")),
        ('"K"000', Format(mask="K000")),
    ],
)  # fmt: skip
def test_what_a_format_says(code: str, form: Format) -> None:
    assert format_of(code) == form


def test_formats_without_a_code() -> None:
    assert formats([0, 1, 9, 14, 17, 20, 22, 30, 45, 46, 49, 57, 164, 165], {164: "yyyy"}) == (
        PLAIN, PLAIN, PLAIN, DAY, DAY, CLOCK, BOTH, DAY, CLOCK, Format(lasting=True), PLAIN, DAY, DAY, PLAIN,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "form", "said"),
    [
        ("7", PLAIN, "7"), ("7.0", PLAIN, "7"), ("-3", PLAIN, "-3"), ("491701234567", PLAIN, "491701234567"),
        ("1.1000000000000001", PLAIN, "1.1"), ("1.5E+10", PLAIN, "15000000000"), ("1E-5", PLAIN, "0.00001"),
        ("4.9170123456699997E+16", PLAIN, "49170123456699997"), ("12345678901234567890", PLAIN, "12345678901234567890"),
        ("1E+400", PLAIN, "1E+400"), ("nan", PLAIN, "nan"), ("words", DAY, "words"), ("0.1", PLAIN, "0.1"),
        ("0", DAY, "0"), ("1", DAY, "1900-01-01"), ("59", DAY, "1900-02-28"), ("60", DAY, "1900-02-29"),
        ("61", DAY, "1900-03-01"), ("45000", DAY, "2023-03-15"), ("2958465", DAY, "9999-12-31"),
        ("2958466", DAY, "2958466"),
        ("-1", DAY, "-1"), ("45000.5", DAY, "2023-03-15T12:00:00"), ("45000", BOTH, "2023-03-15T00:00:00"),
        ("45000.333333333336", BOTH, "2023-03-15T08:00:00"), ("45000.999999999", BOTH, "2023-03-16T00:00:00"),
        ("45000.000011574", BOTH, "2023-03-15T00:00:01"), ("45000.0000173611", BOTH, "2023-03-15T00:00:01.500"),
        ("0.25", CLOCK, "06:00:00"), ("0", CLOCK, "00:00:00"), ("0.25", DAY, "06:00:00"),
        ("45000.25", CLOCK, "2023-03-15T06:00:00"),
        ("1.5", Format(lasting=True), "36:00:00"), ("-0.5", Format(lasting=True), "-12:00:00"),
        ("1234", Format(mask="00000"), "01234"), ("123456", Format(mask="00000"), "123456"),
        ("12.5", Format(mask="00"), "12.5"),
        ("12345678", Format(mask="000-00-0000"), "012-34-5678"), ("-5", Format(mask="000"), "-5"),
        ("7", format_of('"N0-"000'), "N0-007"),
    ],
)  # fmt: skip
def test_numbers_as_other_sources_give_them(text: str, form: Format, said: str) -> None:
    assert number_text(text, form, since_1904=False) == said


def test_the_other_count_of_days() -> None:
    assert number_text("0", DAY, since_1904=True) == "1904-01-01"
    assert number_text("43538", DAY, since_1904=True) == "2023-03-15"
    assert number_text("2957003", DAY, since_1904=True) == "9999-12-31"
    assert number_text("2957004", DAY, since_1904=True) == "2957004"


@given(st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 31)), st.booleans())
def test_every_time_comes_back_to_its_thousandth(when: datetime, since_1904: bool) -> None:
    when = when.replace(microsecond=when.microsecond // 1000 * 1000)
    start = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)
    if when < start:
        return
    days = (when - start) / timedelta(days=1)
    read = datetime.fromisoformat(number_text(repr(days), BOTH, since_1904=since_1904))
    assert abs(read - when) <= timedelta(milliseconds=1 if when.year > 2150 else 0)
    assert number_text(str((when - start).days), DAY, since_1904=since_1904) == when.date().isoformat()


@given(st.integers(-(10**18), 10**18) | st.floats(-1e15, 1e15, allow_nan=False))
def test_a_number_keeps_its_value(number: float) -> None:
    text = number_text(repr(number), PLAIN, since_1904=False)
    assert (int(text) == number) if isinstance(number, int) else (float(text) == number)
    assert not text.endswith(".0") and ("e" not in text.lower() or abs(number) < 1e-30)


@given(
    st.text(max_size=12),
    st.sampled_from([PLAIN, DAY, CLOCK, BOTH, Format(lasting=True), Format(mask="000")]),
    st.booleans(),
)
def test_no_text_in_the_place_of_a_number_is_an_error(text: str, form: Format, since_1904: bool) -> None:
    assert isinstance(number_text(text, form, since_1904), str)


@given(st.text(max_size=30))
def test_no_code_is_an_error(code: str) -> None:
    assert isinstance(number_text("45000.5", format_of(code), since_1904=False), str)


def test_what_stands_for_characters_that_xml_cannot_hold() -> None:
    assert plain_text("a_x000D_b_x005F_x000D__c") == "a\rb_x000D__c"


@pytest.mark.parametrize(
    ("letters", "place"), [("A", 0), ("Z", 25), ("AA", 26), ("XFD", 16383), ("", -1), ("a", -1), ("É", -1)]
)
def test_columns(letters: str, place: int) -> None:
    assert column_of(letters) == place
