"""What a lowered term is, and what it is lowered against: a scope that knows names, a context that knows the audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Protocol, TypeAlias

import sqlalchemy as sa
from sqlalchemy.sql.elements import Grouping

from auditor.knowledge import nearest
from auditor.language.parsing import parse_period
from auditor.language.syntax import Number, Param, Path, Period, Text
from auditor.relations import Field, Relations
from auditor.tables import END, GIVEN, LAYOUT, REGION

Column: TypeAlias = sa.ColumnElement[Any]
Condition: TypeAlias = sa.ColumnElement[bool]

TEXT = "text"
"""The type of a literal between quotes; it becomes a code, a country or a date by what it is compared with."""


@dataclass(frozen=True, slots=True)
class Value:
    """A lowered term.

    `given` is true if something is there, readable or not; unknown (NULL) if the record it would be in is not there.
    A time has its earliest instant in `column`, its latest in `end`; so has a number of which only the bounds are sure.
    A phone number has its prefix's country in `region`.
    """

    type: str
    column: Column
    given: Condition
    end: Column | None = None
    region: Column | None = None
    values: tuple[str, ...] = ()
    to: str = ""
    literal: Any = None
    """The Python value of a literal, None for everything else."""


class Scope(Protocol):
    """What the names of an expression stand for."""

    def resolve(self, path: Path) -> Value:
        """The value of a dotted path. Raises ExpressionError with the nearest name."""
        ...


class CountryTable(Protocol):
    """A number or a period by country, as text."""

    @property
    def default(self) -> str:
        """What holds in every other country; empty if nobody knows."""
        ...

    @property
    def values(self) -> Mapping[str, str]:
        """By ISO 3166-1 code."""
        ...

    @property
    def says(self) -> str:
        """What the table is about, in words."""
        ...


class Listing(Protocol):
    """A country's place on a list: from the first day to the last, for everybody there or for some."""

    @property
    def country(self) -> str:
        """ISO 3166-1 code."""
        ...

    @property
    def since(self) -> date:
        """First day."""
        ...

    @property
    def until(self) -> date | None:
        """Last day, None while it is in force."""
        ...

    @property
    def partly(self) -> bool:
        """Whether it is for some recipients only, so that the country alone does not tell."""
        ...


class Facts(Protocol):
    """The facts about countries that functions need; see `auditor/jurisdictions.py`."""

    @property
    def regimes(self) -> Mapping[str, Any]:
        """Regimes by id."""
        ...

    @property
    def child_age(self) -> Mapping[str, int]:
        """By country, the age from which a child may consent alone."""
        ...

    @property
    def child_age_default(self) -> int:
        """The age in every other country."""
        ...

    @property
    def unknown_bases(self) -> Mapping[str, frozenset[str]]:
        """By country, the lawful bases that its law does not know."""
        ...

    @property
    def tables(self) -> Mapping[str, CountryTable]:
        """Numbers and periods that differ by country, by the table's name."""
        ...

    @property
    def lists(self) -> Mapping[str, tuple[Listing, ...]]:
        """Lists of countries with the days on which they were in force, by name."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What an expression is judged with: the last instant of the audit's date, parameters, facts and relations.

    `unique` are the relations whose keys were seen to be unique in the stage; of others, the first row is joined.
    `exact` are the times, by relation and field, that were seen to be one instant in every row of the stage.
    `homes` are, by relation, the places whose rows are about the people and accounts of a source: register to source.
    """

    as_of: datetime
    relations: Relations
    facts: Facts | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    unique: frozenset[str] = frozenset()
    exact: frozenset[tuple[str, str]] = frozenset()
    homes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def home(self, relation: str, place: Column) -> Column:
        """The source in which the references of a row lead somewhere: its own, or the one a register is about."""
        homes = self.homes.get(relation)
        return sa.case(dict(homes), value=place, else_=place) if homes else place


def last_instant(day: date) -> datetime:
    """The last instant of a day, as which a date of audit is understood."""
    return datetime.combine(day, time.max)


def known(column: Column) -> Condition:
    """Whether a column of a row that is there holds something."""
    if isinstance(column, sa.UnaryExpression):
        column = Grouping(column)  # `NOT x IS NOT NULL` would ask whether x is NULL
    return column.is_not(None)


def stage_value(spec: Field, column: Callable[[str], Column], there: Condition | None = None) -> Value:
    """The value of a field or settled column laid out as in `auditor/tables.py`.

    `column` gives a column by its name; `there` says whether the row is there, for rows that are joined.
    """
    own = column(spec.name)
    suffixes = [suffix for suffix, _ in LAYOUT[spec.type]]
    if spec.type == "presence":
        given = own
    elif GIVEN in suffixes:
        given = column(spec.name + GIVEN)
    elif there is None:
        given = known(own)
    else:
        given = sa.case((there, known(own)), else_=unknown())
    return Value(
        spec.type,
        own,
        given,
        end=column(spec.name + END) if END in suffixes else None,
        region=column(spec.name + REGION) if REGION in suffixes else None,
        values=spec.values,
        to=spec.to,
    )


def unknown() -> Condition:
    """The third answer."""
    return sa.cast(sa.null(), sa.Boolean())


def text(value: str) -> Value:
    """A literal text."""
    return Value(TEXT, sa.literal(value, sa.String()), sa.true(), literal=value)


def number(value: float) -> Value:
    """A literal number."""
    whole = int(value) if value == int(value) else value
    return Value("number", sa.literal(whole, sa.Double()), sa.true(), literal=value)


def moment(earliest: datetime, latest: datetime, name: str = "time") -> Value:
    """A time known when the expression is lowered."""
    low = sa.bindparam(name, earliest, sa.DateTime(), unique=True)
    high = low if earliest == latest else sa.bindparam(f"{name}_end", latest, sa.DateTime(), unique=True)
    return Value("time", low, sa.true(), end=high, literal=(earliest, latest))


def day_or_instant(written: str) -> tuple[datetime, datetime] | None:
    """The earliest and latest instant of `2024-05-01` or `2024-05-01T10:00`; None if it is neither."""
    try:
        if len(written) == 10:
            day = date.fromisoformat(written)
            return datetime.combine(day, time.min), last_instant(day)
        instant = datetime.fromisoformat(written)
    except ValueError:
        return None
    return (instant, instant) if instant.tzinfo is None else None


def parameter(node: Param, context: Context) -> Text | Number:
    """A parameter's value as a literal: a number if it looks like one."""
    written = _written(node, context)
    try:
        return Number(node.at, float(written)) if written[:1].isdigit() else Text(node.at, written)
    except ValueError:
        return Text(node.at, written)


def period(node: Period | Param, context: Context) -> Period:
    """A period written out or given by a parameter."""
    return node if isinstance(node, Period) else parse_period(_written(node, context), node.at)


def _written(node: Param, context: Context) -> str:
    if node.name not in context.params:
        hint = nearest(node.name, context.params) or "Declare it under `params`."
        raise node.at.error(f"The parameter :{node.name[:40]} is not declared.", hint)
    return context.params[node.name].strip()
