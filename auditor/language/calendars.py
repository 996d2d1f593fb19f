"""Business days: Monday to Friday, without a country's public holidays where a rule names the country."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from auditor.knowledge import Node, home, nearest, read_yaml
from auditor.language.syntax import Place

DAYS_BACK, DAYS_ON = 60, 20
"""Years around the date of the audit that a calendar covers; a date outside them is unknown."""

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
_TURNS = ("first", "second", "third", "fourth", "last")
_ON = re.compile(
    r"(?P<month>\d\d)-(?P<day>\d\d)|easter(?P<easter>[+-]\d{1,3})?"
    rf"|(?P<turn>{'|'.join(_TURNS)}) (?P<weekday>{'|'.join(_WEEKDAYS)}) of (?P<of>\d\d)"
    rf"|(?P<before>{'|'.join(_WEEKDAYS)}) before (?P<then>\d\d-\d\d)"
)


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday: the text that says when it is, and the years in which it is."""

    on: str
    observed: str = ""
    first: int = 0
    last: int = 9999
    not_in: frozenset[int] = frozenset()

    def day(self, year: int) -> date | None:
        """Its own day in a year, wherever it is kept; None if it is not one then."""
        if not self.first <= year <= self.last or year in self.not_in:
            return None
        found = _ON.fullmatch(self.on)
        if found is None or not 1 < year < 9998:
            return None
        if found["month"]:
            return date(year, int(found["month"]), int(found["day"]))
        if found["turn"]:
            return _turn(year, int(found["of"]), _WEEKDAYS.index(found["weekday"]), _TURNS.index(found["turn"]))
        if found["before"]:
            month, day = map(int, found["then"].split("-"))
            end = date(year, month, day) - timedelta(days=1)
            return end - timedelta(days=(end.weekday() - _WEEKDAYS.index(found["before"])) % 7)
        return easter(year) + timedelta(days=int(found["easter"] or 0))


@dataclass(frozen=True, slots=True)
class Calendar:
    """The public holidays of a country."""

    country: str
    title: str
    holidays: tuple[Holiday, ...]
    dates: frozenset[date]

    def off(self, first: int, last: int) -> tuple[date, ...]:
        """The days from Monday to Friday that are holidays, of the years from first to last."""
        found = {day for year in range(first - 1, last + 2) for day in self._year(year)} | self.dates
        return tuple(sorted(day for day in found if first <= day.year <= last and day.weekday() < 5))

    def _year(self, year: int) -> set[date]:
        own = [(holiday, day) for holiday in self.holidays if (day := holiday.day(year)) is not None]
        taken = {day for _, day in own if day.weekday() < 5}
        for holiday, day in own:
            if day.weekday() < 5 or not holiday.observed:
                continue
            if holiday.observed == "nearest":
                taken.add(day + timedelta(days=1 if day.weekday() == 6 else -1))
                continue
            while day.weekday() > 4 or day in taken:
                day += timedelta(days=1)
            taken.add(day)
        return taken


@cache
def load_calendars(path: Path | None = None) -> Mapping[str, Calendar]:
    """Reads and checks `rules/calendars.yaml`."""
    root = read_yaml(path or home("rules") / "calendars.yaml", shown_as="" if path else "rules/calendars.yaml")
    parts = root.fields(("checked_on", "calendars"))
    parts["checked_on"].day()
    return {key.text(): _calendar(key.text(), node) for key, node in parts["calendars"].pairs()}


def calendar(country: str, at: Place) -> Calendar:
    """The calendar of a country. Raises ExpressionError with the nearest one."""
    known = load_calendars()
    if country not in known:
        hint = nearest(country, known) or f"Calendars: {', '.join(sorted(known))}."
        raise at.error(f"There is no calendar of {country[:20]!r}.", hint)
    return known[country]


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar."""
    century, golden = year // 100, year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (year % 100 // 4) - epact - year % 100 % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def moved(day: date, count: int, sign: int, off: frozenset[date]) -> date:
    """The business day that lies `count` business days strictly after (or before) a day."""
    while count > 0:
        day += timedelta(days=sign)
        count -= day.weekday() < 5 and day not in off
    return day


def _turn(year: int, month: int, weekday: int, turn: int) -> date:
    if _TURNS[turn] == "last":
        end = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return end - timedelta(days=(end.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * turn)


def _calendar(country: str, node: Node) -> Calendar:
    parts = node.fields(("title", "verified", "days"), ("dates", "note"))
    holidays = tuple(_holiday(entry) for entry in parts["days"].items())
    dates = frozenset(entry.day() for entry in parts["dates"].items()) if "dates" in parts else frozenset()
    return Calendar(country, parts["title"].text(), holidays, dates)


def _holiday(node: Node) -> Holiday:
    parts = node.fields(("name", "on"), ("observed", "from", "to", "not_in"))
    if not _ON.fullmatch(parts["on"].text()):
        raise parts["on"].error("This does not say on which day.", "Write 12-25, easter+1 or first monday of 05.")
    holiday = Holiday(
        parts["on"].text(),
        parts["observed"].one_of(("nearest", "next")) if "observed" in parts else "",
        int(parts["from"].number()) if "from" in parts else 0,
        int(parts["to"].number()) if "to" in parts else 9999,
        frozenset(int(entry.number()) for entry in parts["not_in"].items()) if "not_in" in parts else frozenset(),
    )
    try:
        holiday.day(2024)
    except ValueError:
        raise parts["on"].error("There is no such day.", "Mend month and day.") from None
    return holiday
