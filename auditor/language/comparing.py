"""Comparisons in three answers, by type: what may be compared with what, and the clear sentence if it may not."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from auditor.errors import ExpressionError
from auditor.knowledge import nearest
from auditor.language.syntax import Place
from auditor.language.values import TEXT, Column, Condition, Value, day_or_instant, moment, unknown

READS_AS = {
    "key": "a key", "ref": "a reference", "flag": "a yes-or-no", "time": "a time", "birth": "a date of birth",
    "code": "a code", "set": "a set of codes", "country": "a country", "region": "a state or province",
    "number": "a number", "presence": "the presence of something", "email": "an e-mail address (kept as a hash)",
    "phone": "a phone number (kept as a hash)", "name": "a name", TEXT: "a text",
}  # fmt: skip

_ORDERED = ("<", "<=", ">", ">=")
_LITERALS = {"code": "code", "country": "country", "region": "region", "name": "name"}


def compare(operator: str, left: Value, right: Value, at: Place) -> Condition:
    """`left operator right`; unknown if a side is missing or unreadable."""
    left, right = matched(left, right, at), matched(right, left, at)
    kinds = {left.type, right.type}
    if kinds <= {"time", "birth"}:
        return _between_bounds(operator, bounds(left), bounds(right))
    if left.type != right.type and kinds != {"key", "ref"}:
        raise at.error(f"{_kind(left)} and {_kind(right)} cannot be compared.", _cure(left, right))
    if kinds & {"set", "presence"} or kinds == {TEXT}:
        raise at.error(f"{_kind(left)} cannot be compared.", _cure(left, right))
    if left.type == "ref" == right.type and left.to != right.to:
        raise at.error(f"A reference to a {left.to} and one to a {right.to} cannot be compared.")
    if operator in _ORDERED and kinds != {"number"}:
        raise at.error(f"{_kind(left)} has no order; only times and numbers have.", "Use = or !=.")
    if left.end is not None or right.end is not None:
        return _between_bounds(operator, bounds(left), bounds(right))
    return _simple(operator, left.column, right.column)


def matched(value: Value, other: Value, at: Place) -> Value:
    """A literal text read as what the other side is: a code of its list, a country, a day. Others as they are."""
    if value.type != TEXT or not isinstance(value.literal, str):
        return value
    if other.type in ("time", "birth"):
        times = day_or_instant(value.literal)
        if times is None:
            raise at.error(f"{value.literal[:40]!r} is not a date.", "Write 2024-05-01 or 2024-05-01T10:00.")
        return moment(*times, name="day")
    if other.type in ("code", "set") and other.values and value.literal not in other.values:
        hint = nearest(value.literal, other.values) or f"Known: {', '.join(other.values)}."
        raise at.error(f"{value.literal[:40]!r} is not in the list of codes.", hint)
    if other.type == "country" and not _is_country(value.literal):
        raise at.error(f"{value.literal[:40]!r} is not a country.", "Write two capital letters, such as 'DE'.")
    if other.type == "region" and not (_is_country(value.literal[:2]) and value.literal[2:3] == "-"):
        raise at.error(f"{value.literal[:40]!r} is not a state or province.", "Write it as in 'US-CA'.")
    if other.type in _LITERALS:
        return Value(other.type, value.column, value.given, values=other.values, literal=value.literal)
    return value


def among(value: Value, options: Iterable[Value], at: Place) -> Condition:
    """`value in (...)`, written-out codes, countries or numbers only."""
    fitting = [matched(option, value, at) for option in options]
    if value.type not in ("code", "country", "region", "name", "number"):
        raise at.error(f"{_kind(value)} cannot be one of a list.", "`in` takes codes, countries, names and numbers.")
    for option in fitting:
        if option.type != value.type or option.literal is None:
            raise at.error(f"{_kind(option)} does not fit in a list for {_small(value)}.", "Write the values out.")
    if value.end is not None:
        return sa.or_(*(compare("=", value, option, at) for option in fitting))
    return value.column.in_([option.literal for option in fitting])


def has(value: Value, item: Value, at: Place) -> Condition:
    """`set has code`; unknown if the set is missing or unreadable."""
    if value.type != "set":
        raise at.error(f"{_kind(value)} is not a set of codes.", "`has` asks a set; use = for one value.")
    fitting = matched(item, value, at)
    if fitting.type not in (TEXT, "code"):
        raise at.error(f"A set of codes cannot have {_small(fitting)}.")
    return sa.func.list_contains(value.column, fitting.column, type_=sa.Boolean())


def truth(value: Value, at: Place) -> Condition:
    """A value that is itself an answer."""
    if value.type not in ("flag", "presence"):
        raise at.error(f"{_kind(value)} is not a condition by itself.", "Compare it, or ask `is missing`.")
    return value.column


def bounds(value: Value) -> tuple[Column, Column]:
    """Earliest and latest instant of a time, least and most of a number; a date of birth is a day."""
    if value.type == "birth":
        start = sa.cast(value.column, sa.DateTime())
        full_day = sa.func.to_microseconds(sa.literal(86_400_000_000 - 1, sa.BigInteger()))
        return start, start.op("+", return_type=sa.DateTime())(full_day)
    return value.column, value.column if value.end is None else value.end


def before(left: tuple[Column, Column], right: tuple[Column, Column]) -> Condition:
    """left < right: sure if the latest left is before the earliest right."""
    if left[0] is left[1] and right[0] is right[1]:
        return left[0] < right[0]
    return sa.case((left[1] < right[0], sa.true()), (left[0] >= right[1], sa.false()), else_=unknown())


def _between_bounds(operator: str, left: tuple[Column, Column], right: tuple[Column, Column]) -> Condition:
    match operator:
        case "<":
            return before(left, right)
        case ">=":
            return sa.not_(before(left, right))
        case ">":
            return before(right, left)
        case "<=":
            return sa.not_(before(right, left))
    if left[0] is left[1] and right[0] is right[1]:
        return left[0] == right[0] if operator == "=" else left[0] != right[0]
    apart = sa.or_(left[1] < right[0], left[0] > right[1])
    point = sa.and_(left[0] == left[1], right[0] == right[1], left[0] == right[0])
    same = sa.case((apart, sa.false()), (point, sa.true()), else_=unknown())
    return same if operator == "=" else sa.not_(same)


def _simple(operator: str, left: Column, right: Column) -> Condition:
    match operator:
        case "=":
            return left == right
        case "!=":
            return left != right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
    return left >= right


def wrong_type(value: Value, wanted: str, at: Place, do: str = "") -> ExpressionError:
    """An error saying that something else was expected."""
    return at.error(f"{_kind(value)} stands where {wanted} is expected.", do)


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isascii() and code.isalpha() and code.isupper()


def _kind(value: Value) -> str:
    reads = READS_AS[value.type]
    return reads[0].upper() + reads[1:]


def _small(value: Value) -> str:
    return READS_AS[value.type]


def _cure(left: Value, right: Value) -> str:
    kinds = {left.type, right.type}
    if kinds & {"email", "phone"} and TEXT in kinds:
        return "Only hashes of addresses and numbers are kept; ask `is missing`, or compare with another field."
    if "set" in kinds:
        return "Use `has`."
    if kinds & {"presence"}:
        return "Ask `is missing`."
    return ""
