"""Every function of the rule language in one table: its name, what it takes and gives, how it lowers and reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from auditor.knowledge import nearest
from auditor.language import syntax
from auditor.language.comparing import READS_AS, matched
from auditor.language.countries import country_list, country_table, on_list, pick
from auditor.language.values import TEXT, Column, Condition, Context, Facts, Scope, Value, known, unknown


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A function with its lowered arguments, and where it is called."""

    node: syntax.Call
    arguments: Sequence[Value]
    scope: Scope
    context: Context

    @property
    def facts(self) -> Facts:
        """The facts about countries."""
        if self.context.facts is None:
            raise self.node.at.error(f"{self.node.name}() is not available here.", "Use it in a rule.")
        return self.context.facts


@dataclass(frozen=True, slots=True)
class Function:
    """One function. `takes` has the accepted types per argument, `...` as last repeats the one before.

    `says` is its English with {0}, {1} for the arguments; `denies` the English of its negation. `any_of`: it does with
    those arguments that a source has.
    """

    takes: tuple[tuple[str, ...], ...]
    gives: str
    lower: Callable[[FunctionCall], Value]
    says: str
    denies: str = ""
    variadic: bool = False
    any_of: bool = False


def lookup(node: syntax.Call) -> Function:
    """The function that a call names, its number of arguments checked."""
    if node.name not in FUNCTIONS:
        hint = nearest(node.name, FUNCTIONS) or f"Known: {', '.join(sorted(FUNCTIONS))}."
        raise node.at.error(f"There is no function {node.name[:40]}().", hint)
    function = FUNCTIONS[node.name]
    wanted = len(function.takes)
    if len(node.arguments) != wanted and not (function.variadic and len(node.arguments) > wanted):
        more = " or more" if function.variadic else ""
        raise node.at.error(f"{node.name}() takes {wanted}{more} argument(s), not {len(node.arguments)}.")
    return function


def _typed(call: FunctionCall) -> Sequence[Value]:
    """The arguments, each of a type that the function takes."""
    function = FUNCTIONS[call.node.name]
    for index, argument in enumerate(call.arguments):
        accepted = function.takes[min(index, len(function.takes) - 1)]
        if accepted and argument.type not in accepted:
            wanted = " or ".join(READS_AS[kind] for kind in accepted)
            raise call.node.arguments[index].at.error(
                f"{call.node.name}() takes {wanted}, not {READS_AS[argument.type]}."
            )
    return call.arguments


def _flag(condition: Condition) -> Value:
    return Value("flag", condition, sa.true())


def _under(call: FunctionCall) -> Value:
    (regime,) = _typed(call)
    name = str(regime.literal)
    if name not in call.facts.regimes:
        hint = nearest(name, call.facts.regimes) or f"Known: {', '.join(sorted(call.facts.regimes))}."
        raise call.node.arguments[0].at.error(f"There is no regime {name[:40]!r}.", hint)
    regimes = call.scope.resolve(syntax.Path(call.node.at, ("subject", "regimes")))
    return _flag(sa.func.list_contains(regimes.column, regime.column, type_=sa.Boolean()))


def _age(call: FunctionCall) -> Value:
    (born,) = _typed(call)
    return Value("number", _years(born.column, call.context), born.given)


def _years(born: Column, context: Context) -> Column:
    """Full years from birth to the date of the audit; a birth after it is unknown, not a negative age."""
    day = context.as_of
    year, month, dom = (sa.extract(part, born) for part in ("year", "month", "day"))
    today = sa.literal(day.month * 100 + day.day, sa.Integer())
    years = sa.literal(day.year, sa.Integer()) - year - sa.case((month * 100 + dom > today, 1), else_=0)
    return sa.case((years >= 0, years))


def _minor(call: FunctionCall) -> Value:
    """Below the country's age of consent; in an unknown country sure only where every country agrees."""
    born, country = _typed(call)
    ages, default = call.facts.child_age, call.facts.child_age_default
    age = _years(born.column, call.context)
    limit: Column = sa.literal(default, sa.Integer())
    if ages:
        limit = sa.case(dict(sorted(ages.items())), value=country.column, else_=default)
    every = [*ages.values(), default]
    return _flag(
        sa.case(
            (age < min(every), sa.true()), (age >= max(every), sa.false()),
            (known(country.column), age < limit), else_=unknown(),
        )
    )  # fmt: skip


def _given(call: FunctionCall) -> Value:
    return _flag(_typed(call)[0].given)


def _readable(call: FunctionCall) -> Value:
    (value,) = _typed(call)
    given = value.given
    return _flag(sa.case((given, known(value.column)), (sa.not_(given), sa.false()), else_=unknown()))


def _phone_country(call: FunctionCall) -> Value:
    (phone,) = _typed(call)
    return Value("country", phone.column if phone.region is None else phone.region, phone.given)


def _region_country(call: FunctionCall) -> Value:
    (region,) = _typed(call)
    return Value("country", sa.func.split_part(region.column, "-", 1, type_=sa.String()), region.given)


def _basis_unknown_in(call: FunctionCall) -> Value:
    bases, country = _typed(call)
    countries: dict[str, list[str]] = {}
    for code, names in sorted(call.facts.unknown_bases.items()):
        for name in sorted(names):
            countries.setdefault(name, []).append(code)
    parts = [
        sa.and_(sa.func.list_contains(bases.column, name, type_=sa.Boolean()), country.column.in_(where))
        for name, where in sorted(countries.items())
    ]
    return _flag(sa.or_(sa.false(), *parts))


def _by_country(call: FunctionCall) -> Value:
    """A number that differs by country; where the country is not known, the least and the most that it can be."""
    name, country = _typed(call)
    at = call.node.arguments[0].at
    table = country_table(name, call.context, at)

    def one(text: str) -> tuple[Column, Column]:
        try:
            found: Column = sa.literal(float(text), sa.Double())
        except ValueError:
            what = f"{str(name.literal)[:40]!r} is a table of periods, not of numbers."
            raise at.error(what, "Use it where a period stands: older than by_country(...).") from None
        return found, found

    low, high = pick(table, country, one)
    return Value("number", low, known(low), end=high)


def _listed(call: FunctionCall) -> Value:
    name, country, moment = _typed(call)
    return _on_list(call, str(name.literal), country, moment, call.node.arguments[0].at)


def _adequate(call: FunctionCall) -> Value:
    country, moment = _typed(call)
    return _on_list(call, ADEQUACY, country, moment, call.node.at)


def _on_list(call: FunctionCall, name: str, country: Value, moment: Value, at: syntax.Place) -> Value:
    moment = matched(moment, Value("time", sa.null(), sa.true()), at)
    return _flag(on_list(country_list(name, call.context, at), country, moment))


def _first(call: FunctionCall) -> Value:
    values = _typed(call)
    for value, node in zip(values, call.node.arguments, strict=True):
        if value.type != values[0].type or value.type == TEXT:
            raise node.at.error("first() takes fields of one type.", f"The first is {READS_AS[values[0].type]}.")

    def beside(columns: Sequence[Column]) -> Column:
        """What goes with the value that is taken: never that of another one."""
        return sa.case(*((known(v.column), column) for v, column in zip(values, columns, strict=True)), else_=sa.null())

    if values[0].type == "presence":  # it is there or not, and never missing
        there = sa.or_(*(value.column for value in values))
        return Value("presence", there, there)
    ends = any(value.end is not None for value in values)
    regions = any(value.region is not None for value in values)
    return Value(
        values[0].type,
        sa.func.coalesce(*(value.column for value in values)),
        sa.or_(*(value.given for value in values)),
        end=beside([value.column if value.end is None else value.end for value in values]) if ends else None,
        region=beside([sa.null() if value.region is None else value.region for value in values]) if regions else None,
        values=tuple(dict.fromkeys(code for value in values for code in value.values)),
        to=values[0].to,
    )


def _latest(call: FunctionCall) -> Value:
    """The last of several times; one that is given and cannot be read may be the last, so it is unknown."""
    values = _typed(call)
    unreadable = sa.or_(*(sa.and_(value.given, sa.not_(known(value.column))) for value in values))

    def last(columns: Sequence[Column]) -> Column:
        return sa.case((unreadable, sa.null()), else_=sa.func.greatest(*columns, type_=sa.DateTime()))

    return Value(
        "time",
        last([value.column for value in values]),
        sa.or_(*(value.given for value in values)),
        end=last([value.column if value.end is None else value.end for value in values]),
    )


_ANY: tuple[str, ...] = ()
_TIME = ("time", "birth", TEXT)
ADEQUACY = "eu-adequacy"
"""The list that `adequate` asks."""

FUNCTIONS: Mapping[str, Function] = {
    "under": Function(((TEXT,),), "flag", _under, "the person is under {0}", "the person is not under {0}"),
    "age": Function((("birth",),), "number", _age, "the age reckoned from {0}"),
    "minor": Function(
        (("birth",), ("country",)), "flag", _minor,
        "the person, by {0}, is below the age at which a child may consent alone in {1}",
        "the person, by {0}, has reached the age at which a child may consent alone in {1}",
    ),
    "given": Function((_ANY,), "flag", _given, "{0} is recorded, readable or not", "{0} is not recorded"),
    "readable": Function((_ANY,), "flag", _readable, "{0} can be read", "{0} cannot be read"),
    "phone_country": Function((("phone",),), "country", _phone_country, "the country of the prefix of {0}"),
    "region_country": Function((("region",),), "country", _region_country, "the country that {0} lies in"),
    "basis_unknown_in": Function(
        (("set",), ("country",)), "flag", _basis_unknown_in,
        "{0} includes one that the law of {1} does not know",
        "{0} includes none that the law of {1} does not know",
    ),
    "by_country": Function(((TEXT,), ("country",)), "number", _by_country, "{0} in {1}"),
    "listed": Function(
        ((TEXT,), ("country",), _TIME), "flag", _listed,
        "{1} is on the list {0} in force at {2}", "{1} is not on the list {0} in force at {2}",
    ),
    "adequate": Function(
        (("country",), _TIME), "flag", _adequate,
        "{0} is in the European Economic Area or has an adequacy decision of the European Commission in force at {1}",
        "{0} is outside the European Economic Area and has no adequacy decision of the European Commission in force "
        "at {1}",
    ),
    "first": Function((_ANY, _ANY), "", _first, "the first recorded of {all}", variadic=True, any_of=True),
    "latest": Function(
        (("time",), ("time",)), "time", _latest, "the latest recorded of {all}", variadic=True, any_of=True
    ),
}  # fmt: skip
