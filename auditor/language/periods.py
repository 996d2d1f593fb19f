"""Times moved by periods: calendar months that stay in their month, business days, periods that differ by country.

A business day is counted whole: ten business days after a time end with the last instant of the tenth business day
after that day, ten business days before it begin with the first instant of the tenth one before.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from auditor.errors import ExpressionError
from auditor.language import calendars, comparing, syntax
from auditor.language.countries import country_table, pick
from auditor.language.parsing import parse_period
from auditor.language.syntax import Length, Period, Place
from auditor.language.values import (
    Column,
    Condition,
    Context,
    Scope,
    Value,
    last_instant,
    moment,
    period,
)  # fmt: skip

BUSINESS = "business day"
_DAY = 86_400_000_000 - 1


def older(value: Value, length: Length, country: Value | None, context: Context, at: Place) -> Condition:
    """Whether a time lies more than a period before the date of the audit."""

    def cutoff(written: Period) -> tuple[Column, Column]:
        instant = shift(context.as_of, written, -1, context, at)
        found = moment(instant, instant, "cutoff").column
        return found, found

    if isinstance(length, syntax.Call):
        cut = _by_country(length, country, context, cutoff)
    else:
        cut = cutoff(period(length, context))
    return comparing.before(comparing.bounds(value), cut)


def moved(
    value: Value, length: Length, country: Value | None, sign: int, scope: Scope, context: Context, expr: syntax.Node
) -> Value:
    """A time moved by a period."""
    if not isinstance(length, syntax.Call):
        written = period(length, context)
        if isinstance(value.literal, tuple):
            low, high = (shift(instant, written, sign, context, expr.at) for instant in value.literal)
            return moment(low, high)
        if written.count == 0:
            return value

    expr = _rests_on(expr, length)

    def each(chosen: Period) -> tuple[Column, Column]:
        first, last = comparing.bounds(value)
        low = _shifted(first, chosen, sign, scope, context, expr)
        return low, low if last is first else _shifted(last, chosen, sign, scope, context, expr)

    if isinstance(length, syntax.Call):
        earliest, latest = _by_country(length, country, context, each)
    else:
        earliest, latest = each(written)
    return Value("time", earliest, value.given, end=latest)


def _rests_on(expr: syntax.Node, length: Length) -> syntax.Node:
    """What tells whose the moved time is: the time, or for one that is written out the country it is moved by."""
    paths, by = ([p for p in syntax.walk(n) if isinstance(p, syntax.Path)] for n in (expr, length))
    return length if not paths and by and all(path.this for path in by) else expr


def _by_country(
    call: syntax.Call, country: Value | None, context: Context, make: object
) -> tuple[Column, Column]:  # fmt: skip
    if call.name != "by_country" or len(call.arguments) != 2 or country is None:
        raise call.at.error("A period stands here.", "Write 30 days, :limit or by_country('table', country).")
    name = call.arguments[0]
    table = country_table(Value("text", sa.null(), sa.true(), literal=getattr(name, "value", None)), context, call.at)
    if country.type != "country":
        raise comparing.wrong_type(country, "a country", call.arguments[1].at)

    def one(text: str) -> tuple[Column, Column]:
        try:
            written = parse_period(text, call.at)
        except ExpressionError:
            what = f"{str(getattr(name, 'value', ''))[:40]!r} is a table of numbers, not of periods."
            raise call.at.error(what, "Use it where a number stands.") from None
        bounds: tuple[Column, Column] = make(written)  # type: ignore[operator]
        return bounds

    return pick(table, country, one)


def shift(instant: datetime, length: Period, sign: int, context: Context, at: Place) -> datetime:
    """An instant moved by a period; a month's end stays in its month."""
    try:
        if length.unit == BUSINESS:
            return _business(instant, length, sign, context, at)
        if length.unit in ("month", "year"):
            months = instant.year * 12 + instant.month - 1 + sign * length.count * (12 if length.unit == "year" else 1)
            year, month = divmod(months, 12)
            return instant.replace(year=year, month=month + 1, day=min(instant.day, _days(year, month + 1)))
        return instant + sign * timedelta(**{f"{length.unit}s": length.count})
    except (ValueError, OverflowError):
        raise at.error("The period leads out of the calendar.", "Write a shorter one.") from None


def _business(instant: datetime, length: Period, sign: int, context: Context, at: Place) -> datetime:
    if length.count == 0:
        return instant
    off: frozenset[date] = frozenset()
    if length.calendar:
        first, last = covered(context)
        off = frozenset(calendars.calendar(length.calendar, at).off(first, last))
        if not first <= instant.year <= last:
            raise at.error(f"The calendar of {length.calendar} reaches from {first} to {last}.", "Name another day.")
    day = calendars.moved(instant.date(), length.count, sign, off)
    return last_instant(day) if sign > 0 else datetime.combine(day, time.min)


def covered(context: Context) -> tuple[int, int]:
    """First and last year of a country's calendar."""
    return context.as_of.year - calendars.DAYS_BACK, context.as_of.year + calendars.DAYS_ON


def _days(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


def _shifted(column: Column, length: Period, sign: int, scope: Scope, context: Context, expr: syntax.Node) -> Column:
    """A column of times moved by a period; the engine clamps month ends as `shift` does."""
    if length.count == 0:
        return column
    if length.unit == BUSINESS:
        day = sa.cast(column, sa.Date())
        landed = _over_weekends(day, length.count, sign)
        if length.calendar:
            found = getattr(scope, "business", None)
            if found is None:
                raise expr.at.error("A country's calendar is not known here.", "Leave the country out.")
            off = calendars.calendar(length.calendar, expr.at).off(*covered(context))
            landed = found(day, length.count, sign, off, covered(context), expr)
        start = sa.cast(landed, sa.DateTime())
        full = sa.func.to_microseconds(sa.literal(_DAY, sa.BigInteger()))
        moved = start.op("+", return_type=sa.DateTime())(full) if sign > 0 else start
        # An open bound stays open, as it does with calendar days; it has no day of the week.
        return sa.case((sa.func.isinf(column), column), else_=moved)
    make = {
        "hour": sa.func.to_hours, "day": sa.func.to_days, "week": sa.func.to_weeks,
        "month": sa.func.to_months, "year": sa.func.to_years,
    }[length.unit]  # fmt: skip
    interval = make(sa.literal(length.count, sa.Integer()))
    found_at: Column = column.op("+" if sign > 0 else "-", return_type=sa.DateTime())(interval)
    return found_at


def _over_weekends(day: Column, count: int, sign: int) -> Column:
    """The business day that lies `count` after (or before) a day where only weekends are off: plain arithmetic."""

    def whole(number: int) -> Column:
        return sa.literal(number, sa.Integer())

    weekday = sa.cast(sa.func.isodow(day), sa.Integer())
    # Counted in fives from the Monday of the day's week; Saturday and Sunday count as Friday, or as the day after it.
    position = sa.func.least(weekday, whole(5 if sign > 0 else 6), type_=sa.Integer()) - whole(1)
    weeks_back = 0 if sign > 0 else count // 5 + 1
    target = (position + whole(count if sign > 0 else 5 * weeks_back - count)).self_group()
    days = target.op("//", return_type=sa.Integer())(whole(5)) * whole(7) + target.op("%", return_type=sa.Integer())(
        whole(5)
    )
    monday = day.op("-", return_type=sa.Date())((weekday - whole(1)).self_group())
    landed: Column = monday.op("+", return_type=sa.Date())((days - whole(7 * weeks_back)).self_group())
    return landed
