"""Times: ISO 8601 at once in Arrow, other shapes per distinct text; kept as earliest and latest instant in UTC.

A day is the whole of it, a minute its sixty seconds, and a wall-clock time that a zone shows twice is both instants.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa
import pyarrow.compute as pc

from auditor.errors import KnowledgeError
from auditor.settle.arrays import counts, fill_where, known, missing, per_distinct, trimmed, whole
from auditor.settle.spec import Settled, Settler, SettleSpec
from auditor.tables import END, GIVEN

_STAMP = pa.timestamp("us")
_DAY_END = timedelta(days=1, microseconds=-1)
_MINUTE_END = timedelta(minutes=1, microseconds=-1)

# Only days that exist (29 February is left to the slow way), so the cast that follows cannot fail.
_YEAR = r"(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})"
_REAL_DAY = (
    _YEAR + r"-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)
_CLOCK = r"[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?"

_SECONDS = len("2026-10-31 12:00:00")
_EARLIEST = pa.scalar(datetime.min, _STAMP)  # noqa: DTZ901
_UTC = ("+00", "+0000", "+00:00", " UTC", " GMT")

_ISO = re.compile(
    r"(\d{4})([-/]?)(\d\d)\2(\d\d)"
    r"(?:[ Tt](\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?)?"
    r" ?(Z|z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?"
)
_SPOKEN = re.compile(
    r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:,? +(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?: ?([AaPp])[Mm])?)?"
)

Bounds = tuple[datetime, datetime]
"""Earliest and latest instant, in UTC, without zone."""


def settle_time(column: pa.Array, spec: SettleSpec, settler: Settler) -> Settled:
    """Earliest and latest instant in UTC of each time."""
    zone_name = spec.zone or settler.zone
    zone = _zone(zone_name)
    texts, given = _given(column, spec, settler)
    if not spec.formats and not spec.day_only and (wall := _plainly(texts)) is not None:
        start, end = _instants(wall, wall, zone_name)
        return Settled((("", start), (END, end), (GIVEN, given)), counts(given, start))
    start = end = pa.nulls(len(texts), _STAMP)
    rest = given
    if not spec.formats:
        # How PostgreSQL and others write UTC. (Other offsets take the slow way.)
        if any(pc.any(pc.ends_with(texts, mark)).as_py() for mark in _UTC):
            texts = pc.replace_substring_regex(texts, r"(:\d\d(?:\.\d+)?)(?:\+00(?::?00)?| UTC| GMT)$", r"\1Z")
        days = pc.fill_null(pc.equal(pc.binary_length(texts), 10), False)
        if pc.any(days).as_py():
            days = whole(texts, _REAL_DAY)
        clock = pc.and_(whole(texts, _REAL_DAY + _CLOCK + "Z?"), pc.invert(days))
        for where, day in ((days, True), (clock, spec.day_only)):
            if pc.any(where).as_py():
                first, last = _at_once(texts.filter(where), day, zone_name)
                start, end = fill_where(start, where, first), fill_where(end, where, last)
        rest = pc.and_(given, pc.invert(pc.or_(days, clock)))
    if pc.any(rest).as_py():
        slow = texts.filter(rest)
        bounds = _slow(slow, spec, settler, zone)
        start, end = fill_where(start, rest, bounds[0]), fill_where(end, rest, bounds[1])
    return Settled((("", start), (END, end), (GIVEN, given)), counts(given, start))


def settle_birth(column: pa.Array, spec: SettleSpec, settler: Settler) -> Settled:
    """The day somebody was born; a time of day and a zone beside it mean nothing."""
    texts, given = _given(column, spec, settler)
    days = texts
    if not spec.formats:
        fast = whole(texts, _REAL_DAY + f"(?:{_CLOCK}Z?)?")
        days = pc.cast(
            pc.utf8_slice_codeunits(pc.if_else(fast, texts, pa.scalar(None, pa.string())), 0, 10), pa.date32()
        )
    else:
        fast, days = pc.and_(given, False), pa.nulls(len(texts), pa.date32())
    rest = pc.and_(given, pc.invert(fast))
    if pc.any(rest).as_py():
        read = settler.remember(("birth", spec.formats, spec.day_first), lambda text: _birth(text, spec))
        days = fill_where(days, rest, per_distinct(texts.filter(rest), pa.date32(), read))
    return Settled((("", days), (GIVEN, given)), counts(given, days))


def _given(column: pa.Array, spec: SettleSpec, settler: Settler) -> tuple[pa.Array, pa.Array]:
    texts = trimmed(column)
    none = missing(texts, spec, settler)
    for start in settler.words.zero_times:
        cased = start.lower() != start.upper()  # to look at both cases is dear
        none = pc.or_(none, pc.fill_null(pc.starts_with(texts, start, ignore_case=cased), False))
    return known(texts, none), pc.invert(none)


def _plainly(texts: pa.Array) -> pa.Array | None:
    """The times if every text there is a whole one, to the second and without a zone; else None."""
    lengths = pc.min_max(pc.binary_length(texts)).as_py()
    if lengths != {"min": _SECONDS, "max": _SECONDS}:
        return None
    try:
        wall = pc.cast(texts, _STAMP)
    except pa.ArrowInvalid:  # one of them is no such time
        return None
    return None if pc.less(pc.min(wall), _EARLIEST).as_py() else wall


def _at_once(texts: pa.Array, day: bool, zone: str) -> tuple[pa.Array, pa.Array]:
    """Bounds of texts that are known to be well-formed; `day` drops the time of day and takes the whole day."""
    utc = pc.ends_with(texts, "Z")
    wall = pc.cast(pc.utf8_slice_codeunits(pc.utf8_rtrim(texts, "Z"), 0, 10 if day else 26), _STAMP)
    last = pc.add(wall, pa.scalar(_DAY_END, pa.duration("us"))) if day else wall
    first_there, last_there = _instants(wall, last, zone)
    if day and not pc.any(utc).as_py():
        return first_there, last_there
    return pc.if_else(utc, wall, first_there), pc.if_else(utc, last, last_there)


def _instants(wall: pa.Array, last: pa.Array, zone: str) -> tuple[pa.Array, pa.Array]:
    """Earliest and latest instant of what a clock in the zone shows as `wall` until `last`."""
    if zone.upper() == "UTC":
        return wall, last
    return _to_utc(wall, zone, "earliest"), _to_utc(last, zone, "latest")


def _to_utc(wall: pa.Array, zone: str, which: str) -> pa.Array:
    there = pc.assume_timezone(wall, zone, ambiguous=which, nonexistent=which)
    return there.cast(pa.timestamp("us", "UTC")).cast(_STAMP)


def _slow(texts: pa.Array, spec: SettleSpec, settler: Settler, zone: tzinfo) -> tuple[pa.Array, pa.Array]:
    kind = ("time", str(zone), spec.formats, spec.day_first, spec.day_only)
    read = settler.remember(kind, lambda text: _bounds(text, spec, zone))
    encoded = texts.dictionary_encode()
    found = [read(text) for text in encoded.dictionary.to_pylist()]
    first = pa.array([pair and pair[0] for pair in found], _STAMP)
    last = pa.array([pair and pair[1] for pair in found], _STAMP)
    return first.take(encoded.indices), last.take(encoded.indices)


def _bounds(text: str, spec: SettleSpec, zone: tzinfo) -> Bounds | None:
    """Bounds of one text, or None if it cannot be read; never raises, whatever the text is."""
    try:
        parts = _wall(text, spec)
        if parts is None:
            return None
        wall, length, offset = parts
        if spec.day_only and length < _DAY_END:
            wall, length = wall.replace(hour=0, minute=0, second=0, microsecond=0), _DAY_END
        if offset is not None:
            return _plain(wall.replace(tzinfo=offset)), _plain(wall.replace(tzinfo=offset) + length)
        # A wall clock that shows a time twice (fold) or never (fold 0 is later than fold 1 then) means all of it.
        both = [_plain(moment.replace(tzinfo=zone, fold=fold)) for fold in (0, 1) for moment in (wall, wall + length)]
        return min(both), max(both)
    except (ValueError, OverflowError):
        return None


def _plain(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _wall(text: str, spec: SettleSpec) -> tuple[datetime, timedelta, tzinfo | None] | None:
    """The wall-clock time as written, for how long it lasts, and its offset if it states one."""
    for shape in spec.formats:
        moment = _formatted(text, shape)
        if moment is not None:
            return moment
    if (iso := _ISO.fullmatch(text)) is not None:
        year, _, month, day, hour, minute, second, fraction, offset = iso.groups()
        if offset is not None and hour is None:
            return None
        return *_moment(year, month, day, hour, minute, second, fraction), _offset(offset)
    if spec.day_first is not None and (spoken := _SPOKEN.fullmatch(text)) is not None:
        one, _, two, year, hour, minute, second, fraction, half = spoken.groups()
        day, month = (one, two) if spec.day_first else (two, one)
        if half is not None:
            if not 1 <= int(hour) <= 12:
                return None
            hour = str(int(hour) % 12 + (12 if half in "pP" else 0))
        return *_moment(year, month, day, hour, minute, second, fraction), None
    return None


def _moment(
    year: str, month: str, day: str, hour: str | None, minute: str | None, second: str | None, fraction: str | None
) -> tuple[datetime, timedelta]:
    moment = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))  # noqa: DTZ001
    if hour is None:
        return moment, _DAY_END
    if second is None:
        return moment, _MINUTE_END
    return moment + timedelta(microseconds=int(((fraction or "") + "000000")[:6])), timedelta()


def _offset(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _formatted(text: str, shape: str) -> tuple[datetime, timedelta, tzinfo | None] | None:
    """A text in one of the spec's own shapes; None if it has another."""
    try:
        if shape in ("epoch", "epoch_ms"):
            if not re.fullmatch(r"-?\d{1,17}(\.\d+)?", text):
                return None
            seconds = float(text) / (1000 if shape == "epoch_ms" else 1)
            return datetime(1970, 1, 1) + timedelta(seconds=seconds), timedelta(), UTC  # noqa: DTZ001
        if shape == "excel":
            if not re.fullmatch(r"\d{1,6}(\.\d+)?", text) or float(text) < 61:  # before it, 1900's false leap day
                return None
            moment = datetime(1899, 12, 30) + timedelta(seconds=round(float(text) * 86400))  # noqa: DTZ001
            return moment, _DAY_END if text.isdigit() else timedelta(), None
        moment = datetime.strptime(text, shape)  # noqa: DTZ007
    except ValueError:
        return None
    offset, moment = moment.tzinfo, moment.replace(tzinfo=None)
    if not re.search(r"%[HIcXsT]", shape):
        return moment, _DAY_END, offset
    return moment, timedelta() if re.search(r"%[ScXsTf]", shape) else _MINUTE_END, offset


def _birth(text: str, spec: SettleSpec) -> date | None:
    try:
        parts = _wall(text, spec)
    except (ValueError, OverflowError):
        return None
    return parts[0].date() if parts is not None else None


@cache
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise KnowledgeError(
            f"{name!r} is no time zone that is known here.", do="Use a name such as Europe/Berlin."
        ) from None
