"""What a number in a cell means by its format: a date, a time, an identifier with leading zeros, or just a number.

A workbook keeps dates as days since the end of 1899 (or of 1903), so only the format tells them from numbers. Facts:
ECMA-376, part 1, 18.8.30 (formats that need no code) and 18.17.4.1 (days and the two systems).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

_GENERAL = "General"
_CODES: Mapping[int, str] = {
    **dict.fromkeys((14, *range(27, 32), 36, *range(50, 59)), "yyyy-mm-dd"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35), "h:mm:ss"),
    **dict.fromkeys((15, 16, 17), "d-mmm-yy"), 22: "m/d/yy h:mm", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
}  # fmt: skip
"""Formats known by their number alone; 27 to 36 and 50 to 58 are dates of East Asian editions."""
_NO_CODE = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_LASTING = re.compile(r"\[[hms]+\]", re.IGNORECASE)
_DIGITS = re.compile(r'(?:0|\\.|"[^"]*"|[-/() .])+')
_LITERAL = re.compile(r'\\(.)|"([^"]*)"|(.)')
MAX_CELL = 1 << 20
"""Characters in a cell. Excel's own limit is 32,767, other programs have others."""
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_ZERO = "\x00"
"""Stands in a mask for a zero that is no digit's place."""
_WHOLE = re.compile(r"-?\d{1,15}")
_LAST_DAY = 2_958_466
"""The day after 9999-12-31."""
_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Format:
    """How the numbers of a cell are meant."""

    day: bool = False
    clock: bool = False
    lasting: bool = False
    """A duration, which may have more than 24 hours."""
    mask: str = ""
    """Digits to be filled with zeros: `00000`, `000-00-0000`."""

    @property
    def plain(self) -> bool:
        """Whether it is a number and nothing more."""
        return not (self.day or self.clock or self.lasting or self.mask)


PLAIN = Format()


def formats(numbers: Iterable[int], own: Mapping[int, str]) -> tuple[Format, ...]:
    """The formats of a workbook's cell styles, whose numbers these are; `own` are the codes that it brings."""
    return tuple(format_of(own.get(number, _CODES.get(number, _GENERAL))) for number in numbers)


def format_of(code: str) -> Format:
    """What a format's code says of positive numbers."""
    positive = _first(code)
    if _DIGITS.fullmatch(positive) and "." not in _bare(positive) and (mask := _mask(positive)).count("0") > 1:
        return Format(mask=mask)
    bare = re.sub(r"general|standard|e[+-]", "", _bare(positive), flags=re.IGNORECASE)
    if _LASTING.search(bare):
        return Format(lasting=True)
    clock = bool(re.search(r"am/pm|a/p|[hs]", bare, re.IGNORECASE))
    rest = re.sub(r"am/pm|a/p", "", bare, flags=re.IGNORECASE)
    # Next to hours or seconds, m is minutes; without either, months.
    day = bool(re.search(r"[yde]" if clock else r"[ydem]", rest, re.IGNORECASE))
    months = clock and bool(re.search(r"m{3,}", rest, re.IGNORECASE))
    return Format(day=day or months, clock=clock) if day or clock else PLAIN


def number_text(text: str, form: Format, since_1904: bool) -> str:
    """A number as other sources give it: whole without a decimal point, days and times as ISO 8601."""
    if form.plain and _WHOLE.fullmatch(text):
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    if form.mask:
        return _filled(text, number, form.mask)
    if form.lasting:
        return _duration(number) if abs(number) < _LAST_DAY else _plain(text, number)
    if form.day or form.clock:
        return _moment(number, form, since_1904) or _plain(text, number)
    return _plain(text, number)


def _plain(text: str, number: float) -> str:
    if not (-1e300 < number < 1e300):
        return text
    if number.is_integer():
        try:
            exact = Decimal(text)
        except InvalidOperation:
            exact = Decimal(number)
        return f"{exact:.0f}" if exact == exact.to_integral_value() and abs(number) < 1e21 else f"{number:.0f}"
    # A workbook has up to 17 digits, of which the last are noise: 1.1000000000000001.
    short = repr(number)
    return f"{Decimal(short):f}" if "e" in short and abs(number) > 1e-30 else short


def _moment(number: float, form: Format, since_1904: bool) -> str:
    """A day, a time or both; empty if there is no such day."""
    if not 0 <= number < _LAST_DAY - 1462 * since_1904:
        return ""
    day = int(number)
    # A float has the time of a day of this century to a microsecond, and a workbook shows thousandths.
    thousandths = round((number - day) * _DAY_SECONDS * 1000)
    if thousandths == _DAY_SECONDS * 1000:
        day, thousandths = day + 1, 0
    clock = (datetime(1900, 1, 1) + timedelta(milliseconds=thousandths)).time()  # noqa: DTZ001
    time = clock.isoformat("milliseconds" if thousandths % 1000 else "seconds")
    if day == 0 and not since_1904:
        return time if thousandths or not form.day else ""
    if not form.day and day == 0:
        return time
    if since_1904:
        date = (datetime(1904, 1, 1) + timedelta(days=day)).date().isoformat()  # noqa: DTZ001
    elif day == 60:
        date = "1900-02-29"  # a day that never was, but that Excel has
    else:
        date = (datetime(1899, 12, 31) + timedelta(days=day - (day > 60))).date().isoformat()  # noqa: DTZ001
    return date if form.day and not form.clock and not thousandths else f"{date}T{time}"


def _duration(number: float) -> str:
    """Hours, minutes and seconds."""
    thousandths = round(abs(number) * _DAY_SECONDS * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    seconds = f"{rest // 1000:02}" + (f".{rest % 1000:03}" if rest % 1000 else "")
    return f"{'-' if number < 0 else ''}{minutes // 60:02}:{minutes % 60:02}:{seconds}"


def _first(code: str) -> str:
    """The section of a code for positive numbers; a semicolon may be quoted."""
    section = re.match(r'(?:"[^"]*"?|\\.|[^;"\\])*', code)
    return section[0] if section else ""


def _bare(section: str) -> str:
    return _NO_CODE.sub("", section)


def _mask(section: str) -> str:
    """Zeros for digits, and other characters for themselves."""
    return "".join((a or b).replace("0", _ZERO) or c for a, b, c in _LITERAL.findall(section))


def _filled(text: str, number: float, mask: str) -> str:
    """A number in its mask, as it is shown; one that is not whole, or negative, is no identifier."""
    if number < 0 or not number.is_integer() or number >= 1e15:
        return _plain(text, number)
    places = mask.count("0")
    digits = f"{int(number):0{places}d}"
    spare, rest = digits[: len(digits) - places], iter(digits[len(digits) - places :])
    start = mask.index("0")
    return (mask[:start] + spare + "".join(next(rest) if c == "0" else c for c in mask[start:])).replace(_ZERO, "0")


def plain_text(text: str) -> str:
    """A text without the escapes that stand for characters which XML cannot hold, such as `_x000D_`."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
