"""From expression to SQLAlchemy Core: conditions with three answers (TRUE, FALSE, NULL for unknown) and values.

Types are checked on the way, so an expression that lowers is also well typed. Nothing here knows where names come from:
a rule's names are fields of relations (`auditor/language/frames.py`), a profile's are staged columns.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import sqlalchemy as sa

from auditor.language import comparing, patterns, periods, syntax
from auditor.language.functions import FunctionCall, lookup
from auditor.language.syntax import Expr
from auditor.language.values import (
    TEXT,
    Condition,
    Context,
    Scope,
    Value,
    moment,
    number,
    parameter,
    text,
)  # fmt: skip


@runtime_checkable
class Following(Protocol):
    """A scope that can follow a reference to a row that may not be there."""

    def exists(self, path: syntax.Path) -> Condition:
        """Whether the row that a path names is there; unknown if what names it is missing."""
        ...


@runtime_checkable
class RowScope(Following, Protocol):
    """A scope over relations, which can also ask other relations."""

    def quantify(self, node: syntax.Quantifier, context: Context) -> Condition:
        """The answer of `any` or `no`."""
        ...

    def count(self, node: syntax.Quantifier, context: Context) -> Value:
        """The number of rows that `count` counts: a sure and a possible one."""
        ...


def lower_condition(expr: Expr, scope: Scope, context: Context) -> Condition:
    """The condition that an expression states. Raises ExpressionError where it is not well typed."""

    def value(part: Expr) -> Value:
        return lower_value(part, scope, context)

    match expr:
        case syntax.And():
            return sa.and_(*(lower_condition(part, scope, context) for part in expr.parts))
        case syntax.Or():
            return sa.or_(*(lower_condition(part, scope, context) for part in expr.parts))
        case syntax.Not():
            return sa.not_(lower_condition(expr.part, scope, context))
        case syntax.Compare():
            _refuse_null(expr.left, expr.right)
            return comparing.compare(expr.operator, value(expr.left), value(expr.right), expr.at)
        case syntax.Among():
            return comparing.among(value(expr.value), [value(option) for option in expr.options], expr.at)
        case syntax.Between():
            low = comparing.compare(">=", value(expr.value), value(expr.low), expr.at)
            return sa.and_(low, comparing.compare("<=", value(expr.value), value(expr.high), expr.at))
        case syntax.Missing():
            return sa.not_(value(expr.value).given)
        case syntax.Older():
            return _older(expr, value(expr.value), scope, context)
        case syntax.Within():
            return _within(expr, value(expr.value), value(expr.anchor), scope, context)
        case syntax.Has():
            return comparing.has(value(expr.value), value(expr.item), expr.at)
        case syntax.Matches():
            return patterns.matches(value(expr.value), expr.pattern, expr.at)
        case syntax.Exists():
            if not isinstance(scope, Following):
                raise expr.at.error("Other rows cannot be asked for here.", "Use `exists` in a rule or a profile.")
            return scope.exists(expr.path)
        case syntax.Quantifier() if expr.kind != "count":
            return _rows(scope, expr).quantify(expr, context)
    return comparing.truth(value(expr), expr.at)


def lower_value(expr: Expr, scope: Scope, context: Context) -> Value:
    """The value of an expression; a condition becomes a flag, unreadable where its answer is unknown."""
    match expr:
        case syntax.Text():
            return text(expr.value)
        case syntax.Number():
            return number(expr.value)
        case syntax.Truth():
            return Value("flag", sa.true() if expr.value else sa.false(), sa.true(), literal=expr.value)
        case syntax.Param():
            return lower_value(parameter(expr, context), scope, context)
        case syntax.AsOf():
            return moment(context.as_of, context.as_of, "as_of")
        case syntax.Path():
            return scope.resolve(expr)
        case syntax.Shift():
            return _shifted(expr, lower_value(expr.time, scope, context), scope, context)
        case syntax.Quantifier(kind="count"):
            return _rows(scope, expr).count(expr, context)
        case syntax.Call():
            arguments = [lower_value(argument, scope, context) for argument in expr.arguments]
            return lookup(expr).lower(FunctionCall(expr, arguments, scope, context))
    condition = lower_condition(expr, scope, context)
    return Value("flag", condition, sa.true())


def _older(expr: syntax.Older, value: Value, scope: Scope, context: Context) -> Condition:
    if value.type not in ("time", "birth"):
        raise comparing.wrong_type(value, "a time", expr.at, "`older than` asks a time.")
    return periods.older(value, expr.period, _country(expr.period, scope, context), context, expr.at)


def _within(expr: syntax.Within, value: Value, anchor: Value, scope: Scope, context: Context) -> Condition:
    anchor = comparing.matched(anchor, value, expr.at)
    for side in (value, anchor):
        if side.type not in ("time", "birth"):
            raise comparing.wrong_type(side, "a time", expr.at, "`within` compares two times.")
    sign = 1 if expr.after else -1
    far = periods.moved(anchor, expr.period, _country(expr.period, scope, context), sign, scope, context, expr.anchor)
    low, high = (anchor, far) if expr.after else (far, anchor)
    return sa.and_(comparing.compare(">=", value, low, expr.at), comparing.compare("<=", value, high, expr.at))


def _shifted(expr: syntax.Shift, value: Value, scope: Scope, context: Context) -> Value:
    if value.type == TEXT:
        value = comparing.matched(value, moment(context.as_of, context.as_of), expr.at)
    if value.type not in ("time", "birth"):
        raise comparing.wrong_type(value, "a time", expr.at, "Only a time can be moved by a period.")
    country = _country(expr.period, scope, context)
    return periods.moved(value, expr.period, country, expr.sign, scope, context, expr.time)


def _country(length: syntax.Length, scope: Scope, context: Context) -> Value | None:
    """The country by which a period is looked up."""
    if not isinstance(length, syntax.Call) or len(length.arguments) != 2:
        return None
    return lower_value(length.arguments[1], scope, context)


def _rows(scope: Scope, expr: Expr) -> RowScope:
    if not isinstance(scope, RowScope):
        raise expr.at.error("Other relations cannot be asked here.", "Only rules use any, no and count.")
    return scope


def _refuse_null(*sides: Expr) -> None:
    for side in sides:
        if isinstance(side, syntax.Path) and side.names in (("null",), ("none",), ("missing",)):
            raise side.at.error("Nothing equals a missing value.", "Write `is missing` or `is not missing`.")
