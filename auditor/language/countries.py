"""What differs by country: tables of numbers and periods, and lists that were in force from one day to another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, time

import sqlalchemy as sa

from auditor.knowledge import nearest
from auditor.language.comparing import before, bounds
from auditor.language.syntax import Place
from auditor.language.values import (
    Column,
    Condition,
    Context,
    CountryTable,
    Listing,
    Value,
    known,
    last_instant,
    unknown,
)


def country_table(name: Value, context: Context, at: Place) -> CountryTable:
    """The table that a literal names. Raises ExpressionError with the nearest name."""
    tables = context.facts.tables if context.facts is not None else {}
    return tables[_named(name, tables, "table by country", at)]


def country_list(name: str, context: Context, at: Place) -> tuple[Listing, ...]:
    """The list that a literal names."""
    lists = context.facts.lists if context.facts is not None else {}
    return lists[_named(Value("text", sa.null(), sa.true(), literal=name), lists, "list of countries", at)]


def _named(name: Value, known_names: Iterable[str], what: str, at: Place) -> str:
    names = sorted(known_names)
    if name.type != "text" or not isinstance(name.literal, str):
        raise at.error(f"A {what} is named by a text between quotes.", f"Known: {', '.join(names)}.")
    if name.literal not in names:
        hint = nearest(name.literal, names) or f"Known: {', '.join(names) or 'none'}."
        raise at.error(f"There is no {what} {name.literal[:40]!r}.", hint)
    return name.literal


def pick(
    table: CountryTable, country: Value, make: Callable[[str], tuple[Column, Column]]
) -> tuple[Column, Column]:  # fmt: skip
    """The bounds of what the country's entry stands for.

    Where the country is not known, the bounds are those of the smallest and the largest entry, so that a comparison is
    still answered where every country agrees. A country without an entry, in a table without a default, is unknown.
    """
    by_text: dict[str, list[str]] = {}
    for code, text in sorted(table.values.items()):
        by_text.setdefault(text, []).append(code)
    made = {text: make(text) for text in dict.fromkeys([*by_text, *([table.default] if table.default else [])])}
    ends: list[Column] = []
    for side, extreme in ((0, sa.func.least), (1, sa.func.greatest)):
        whens = [(country.column.in_(codes), made[text][side]) for text, codes in by_text.items()]
        otherwise: Column = made[table.default][side] if table.default else sa.null()
        there = sa.case(*whens, else_=otherwise) if whens else otherwise
        every = _extreme(extreme, [bound[side] for bound in made.values()]) if table.default else sa.null()
        ends.append(sa.case((known(country.column), there), else_=every))
    return ends[0], ends[1]


def _extreme(extreme: Callable[..., Column], bounds: Sequence[Column]) -> Column:
    """The smallest or largest of some bounds; unknown where one of them is, for it may be any."""
    return sa.case((sa.and_(*(known(bound) for bound in bounds)), extreme(*bounds)))


def on_list(entries: tuple[Listing, ...], country: Value, moment: Value) -> Condition:
    """Whether a country was on a list at a time; unknown where it is for some recipients only."""
    at = bounds(moment)
    sure, partly = _in_force(entries, country, at, False), _in_force(entries, country, at, True)
    kleene = sa.or_(sure, sa.case((sa.not_(partly), sa.false()), else_=unknown()))
    return sa.case((sa.and_(known(country.column), known(at[0])), kleene), else_=unknown())


def _in_force(entries: tuple[Listing, ...], country: Value, at: tuple[Column, Column], partly: bool) -> Condition:
    """True, false or (where the time lies on both sides of a bound) unknown."""
    found: list[Condition] = [sa.false()]
    for entry in entries:
        if entry.partly is not partly:
            continue
        start = _instant(datetime.combine(entry.since, time.min))
        parts = [country.column == entry.country, sa.not_(before(at, (start, start)))]
        if entry.until is not None:
            end = _instant(last_instant(entry.until))
            parts.append(sa.not_(before((end, end), at)))
        found.append(sa.and_(*parts))
    return sa.or_(*found)


def _instant(moment: datetime) -> Column:
    return sa.bindparam("day", moment, sa.DateTime(), unique=True)
