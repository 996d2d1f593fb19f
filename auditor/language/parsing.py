"""From text to expression: size and depth are capped first, and every error says where it is and what was expected."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from lark import Lark, Token, UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken, v_args
from lark.exceptions import VisitError
from lark.visitors import Transformer_NonRecursive

from auditor.errors import ExpressionError
from auditor.knowledge import nearest
from auditor.language import syntax as s
from auditor.language.calendars import calendar
from auditor.language.syntax import Expr, Place, depth
from auditor.relations import KEYWORDS

MAX_BYTES = 4096
MAX_DEPTH = 64
MAX_YEARS = 200

UNITS = {"hour": 1, "day": 24, "week": 168, "month": 720, "year": 8760}
_BUSINESS = "business day"
_QUOTED = re.compile(r"'[^']*'")
_COLUMN = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")

_READS_AS = {
    "NAME": "a name", "NUMBER": "a number", "TEXT": "a text in quotes", "PARAM": "a parameter such as :limit",
    "OPERATOR": "a comparison", "LPAR": "'('", "RPAR": "')'", "COMMA": "','", "DOT": "'.'", "PLUS": "'+'",
    "MINUS": "'-'", "$END": "the end",
}  # fmt: skip


def parse(text: str, *, where: tuple[str, int, int]) -> Expr:
    """The expression that a text says. `where` is the file, line and column at which the text starts."""
    start = Place(*where)
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise start.error(f"The expression is longer than {MAX_BYTES:,} bytes.", "Split it into several rules.")
    # Most of what a profile says, a thousand times over: that needs no grammar.
    if _COLUMN.fullmatch(text) and KEYWORDS.isdisjoint(text.split(".")):
        return s.Path(start, tuple(text.split(".")))
    if _QUOTED.fullmatch(text):
        return s.Text(start, text[1:-1])
    _check_brackets(text, start)
    try:
        expression: Expr = _Build(start).transform(_parser().parse(text))
    except VisitError as error:
        raise error.orig_exc from None
    except UnexpectedInput as error:
        raise _explain(error, text, start) from None
    if depth(expression) > MAX_DEPTH:
        raise start.error(f"The expression is nested more than {MAX_DEPTH} levels deep.", "Make it flatter.")
    return expression


def parse_period(text: str, at: Place) -> s.Period:
    """A period such as `24 months`, the value of a parameter."""
    number, _, unit = text.strip().partition(" ")
    if not number.isascii() or not number.isdigit() or len(number) > 6:
        raise at.error(f"{text[:40]!r} is not a period.", "Write a whole number and a unit, such as 24 months.")
    *calendar, last = unit.split()[-3:] or [""]
    if calendar[-1:] == ["business"]:
        return _business(at, int(number), "".join(calendar[:-1]).strip("'"), last)
    return _period(at, int(number), unit.strip())


def _check_brackets(text: str, start: Place) -> None:
    level = deepest = 0
    for character in text:
        level += (character == "(") - (character == ")")
        deepest = max(deepest, level)
    if deepest > MAX_DEPTH:
        raise start.error(f"The expression is nested more than {MAX_DEPTH} levels deep.", "Make it flatter.")


def _period(at: Place, count: int, unit: str) -> s.Period:
    if unit.removesuffix("s") not in UNITS:
        names = [f"{name}s" for name in UNITS]
        raise at.error(f"{unit[:40]!r} is not a unit of time.", nearest(unit, names) or f"Units: {', '.join(names)}.")
    if count * UNITS[unit.removesuffix("s")] > MAX_YEARS * UNITS["year"]:
        raise at.error(f"The period is longer than {MAX_YEARS} years.", "Write a shorter one.")
    return s.Period(at, count, unit.removesuffix("s"))


def _business(at: Place, count: int, country: str, unit: str) -> s.Period:
    if unit not in ("day", "days"):
        raise at.error(f"There are no business {unit[:40]}.", "Write business days.")
    if count * 36 > MAX_YEARS * UNITS["year"]:
        raise at.error(f"The period is longer than {MAX_YEARS} years.", "Write a shorter one.")
    if country:
        calendar(country, at)
    return s.Period(at, count, _BUSINESS, country)


def _place(line: int, column: int, start: Place) -> Place:
    return Place(start.file, start.line + line - 1, start.column + column - 1 if line == 1 else column)


def _explain(error: UnexpectedInput, text: str, start: Place) -> ExpressionError:
    """Lark's error as one sentence with a place and the nearest word that would have been right."""
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        at = _place(error.line, error.column, start)
        words = [name.lower() for name in error.accepts or error.expected]
        expected = _in_words(error.accepts or error.expected)
        hint = nearest(str(error.token), words) if error.token.type == "NAME" else ""
        if str(error.token) == "null":
            hint = "Write `is missing`."
        return at.error(f"{str(error.token)[:40]!r} does not fit here; expected {expected}.", hint)
    if isinstance(error, UnexpectedToken | UnexpectedEOF):
        lines = text.split("\n")
        at = _place(len(lines), len(lines[-1]) + 1, start)
        names = error.accepts or error.expected if isinstance(error, UnexpectedToken) else error.expected
        return at.error(f"The expression stops too early; expected {_in_words(names)}.")
    if isinstance(error, UnexpectedCharacters):
        at = _place(error.line, error.column, start)
        position = error.pos_in_stream or 0
        character = text[position : position + 1]
        if character == "'":
            return at.error("A text opens with ' and is never closed.", "Close it with '.")
        hint = _CHARACTER_HINTS.get(character, "")
        return at.error(f"The character {character!r} is not part of the rule language.", hint)
    return start.error("The expression cannot be read.")


_CHARACTER_HINTS = {
    '"': "Put texts between single quotes.", ":": "A parameter is written :name, in lower case.",
    "%": "Patterns have names: matches 'name'.", ";": "An expression is one condition.",
}  # fmt: skip


def _in_words(names: Iterable[str]) -> str:
    words = sorted(_READS_AS.get(name, name.lower()) for name in names)
    return " or ".join(words) if len(words) < 6 else ", ".join(words[:8]) + (" ..." if len(words) > 8 else "")


@cache
def _parser() -> Lark:
    grammar = FilePath(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", maybe_placeholders=True, propagate_positions=True)


@v_args(meta=True)
class _Build(Transformer_NonRecursive[Token, Any]):
    """Turns Lark's tree into the expression, without recursion; `start` is where the text stands in its file."""

    def __init__(self, start: Place) -> None:
        super().__init__()
        self.start = start

    def at(self, meta: Any) -> Place:
        return self.start if meta.empty else _place(meta.line, meta.column, self.start)

    def either(self, meta: Any, parts: list[Any]) -> Any:
        return s.Or(self.at(meta), tuple(parts)) if len(parts) > 1 else parts[0]

    def both(self, meta: Any, parts: list[Any]) -> Any:
        return s.And(self.at(meta), tuple(parts)) if len(parts) > 1 else parts[0]

    def negation(self, meta: Any, parts: list[Any]) -> Any:
        return s.Not(self.at(meta), parts[0])

    def any(self, meta: Any, parts: list[Any]) -> Any:
        return self._quantifier("any", meta, parts)

    def none(self, meta: Any, parts: list[Any]) -> Any:
        return self._quantifier("no", meta, parts)

    def count(self, meta: Any, parts: list[Any]) -> Any:
        return self._quantifier("count", meta, parts)

    def _quantifier(self, kind: str, meta: Any, parts: list[Any]) -> Any:
        other, name, (deleted, keys, moment, where) = parts
        return s.Quantifier(self.at(meta), kind, str(name), deleted, keys, moment, where, other is not None)

    def reach(self, _meta: Any, parts: list[Any]) -> Any:
        including, same, moment, where = parts
        return including is not None, same or (), moment, where

    def including(self, _meta: Any, _parts: list[Any]) -> Any:
        return True

    other = including

    def same(self, _meta: Any, parts: list[Any]) -> Any:
        return tuple(parts)

    def key(self, _meta: Any, parts: list[Any]) -> Any:
        return ".".join(map(str, parts))

    def moment(self, _meta: Any, parts: list[Any]) -> Any:
        return parts[0]

    filter = group = moment

    def compare(self, meta: Any, parts: list[Any]) -> Any:
        return s.Compare(self.at(meta), str(parts[1]), parts[0], parts[2])

    def among(self, meta: Any, parts: list[Any]) -> Any:
        return s.Among(self.at(meta), parts[0], tuple(parts[1:]))

    def not_among(self, meta: Any, parts: list[Any]) -> Any:
        return s.Not(self.at(meta), self.among(meta, parts))

    def between(self, meta: Any, parts: list[Any]) -> Any:
        return s.Between(self.at(meta), *parts)

    def missing(self, meta: Any, parts: list[Any]) -> Any:
        return s.Missing(self.at(meta), parts[0])

    def present(self, meta: Any, parts: list[Any]) -> Any:
        return s.Not(self.at(meta), s.Missing(self.at(meta), parts[0]))

    def older(self, meta: Any, parts: list[Any]) -> Any:
        return s.Older(self.at(meta), *parts)

    def within_after(self, meta: Any, parts: list[Any]) -> Any:
        return s.Within(self.at(meta), parts[0], parts[1], True, parts[2])

    def within_before(self, meta: Any, parts: list[Any]) -> Any:
        return s.Within(self.at(meta), parts[0], parts[1], False, parts[2])

    def has(self, meta: Any, parts: list[Any]) -> Any:
        return s.Has(self.at(meta), *parts)

    def matches(self, meta: Any, parts: list[Any]) -> Any:
        return s.Matches(self.at(meta), parts[0], _unquote(parts[1]))

    def exists(self, meta: Any, parts: list[Any]) -> Any:
        return s.Exists(self.at(meta), parts[0])

    def later(self, meta: Any, parts: list[Any]) -> Any:
        return s.Shift(self.at(meta), parts[0], 1, parts[1])

    def earlier(self, meta: Any, parts: list[Any]) -> Any:
        return s.Shift(self.at(meta), parts[0], -1, parts[1])

    def text(self, meta: Any, parts: list[Any]) -> Any:
        return s.Text(self.at(meta), _unquote(parts[0]))

    def number(self, meta: Any, parts: list[Any]) -> Any:
        return s.Number(self.at(meta), float(parts[0]))

    def true(self, meta: Any, _parts: list[Any]) -> Any:
        return s.Truth(self.at(meta), True)

    def false(self, meta: Any, _parts: list[Any]) -> Any:
        return s.Truth(self.at(meta), False)

    def param(self, meta: Any, parts: list[Any]) -> Any:
        return s.Param(self.at(meta), str(parts[0])[1:])

    def path(self, meta: Any, parts: list[Any]) -> Any:
        names = tuple(map(str, parts))
        return s.AsOf(self.at(meta)) if names == ("as_of",) else s.Path(self.at(meta), names)

    def this(self, meta: Any, parts: list[Any]) -> Any:
        return s.Path(self.at(meta), tuple(map(str, parts)), this=True)

    def call(self, meta: Any, parts: list[Any]) -> Any:
        name, *arguments = parts
        return s.Call(self.at(meta), str(name), tuple(a for a in arguments if a is not None))

    def period(self, meta: Any, parts: list[Any]) -> Any:
        return _period(self.at(meta), self._whole(meta, parts[0]), str(parts[1]))

    def business(self, meta: Any, parts: list[Any]) -> Any:
        number, country, unit = parts
        written = "" if country is None else _unquote(country)
        return _business(self.at(meta), self._whole(meta, number), written, str(unit))

    def _whole(self, meta: Any, number: Token) -> int:
        if not str(number).isdigit():
            raise self.at(meta).error("A period is a whole number of hours, days, weeks, months or years.", "Round it.")
        return int(number)


def _unquote(token: Token) -> str:
    return str(token)[1:-1].replace("''", "'")
