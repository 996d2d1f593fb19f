"""The statements by which rules are judged.

One scan counts all rules of a relation as far as the record and what it refers to tell. A rule that asks other
relations (any, no, count) is then judged by a statement of its own, over those rows only that the rest of it has left
open; its verdicts can be kept, so that whoever lists the violations does not judge anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping
from sqlalchemy.schema import CreateTable, DropTable
from sqlalchemy.sql.elements import quoted_name

from auditor.language import Context, Expr, Frame, lower_condition, syntax
from auditor.language.values import Column, Condition
from auditor.model import Counts, Rule
from auditor.rules.compiled import CompiledRule
from auditor.tables import END, SCHEMA, relation_table

BATCH = 5_000
_OUT, _PASS, _UNKNOWN, _SCOPE_UNKNOWN, _VIOLATION = -1, 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule with the parameters it is judged by."""

    compiled: CompiledRule
    params: Mapping[str, str]
    kept: bool = False
    """Its violations lie in a table of verdicts, which `count` has kept."""

    @property
    def rule(self) -> Rule:
        """The rule as written."""
        return self.compiled.rule


@dataclass(frozen=True, slots=True)
class _Parts:
    """A rule's text by what it needs: `when` and `violation` are what the record and its references answer."""

    when: Expr | None
    violation: Expr | None
    when_asks: bool
    """The scope asks other relations too, so nothing is decided before they are asked."""
    violation_asks: bool

    @property
    def asks(self) -> bool:
        return self.when_asks or self.violation_asks


def _parts(compiled: CompiledRule) -> _Parts:
    when, when_asks = _own_part(compiled.when)
    violation, violation_asks = _own_part(compiled.violation)
    return _Parts(when, None if when_asks else violation, when_asks, violation_asks)


def _own_part(expr: Expr | None) -> tuple[Expr | None, bool]:
    """What of an expression needs no other relation, and whether there is more to it."""
    if expr is None:
        return None, False
    parts = syntax.conjuncts(expr)
    own = tuple(part for part in parts if not any(isinstance(n, syntax.Quantifier) for n in syntax.walk(part)))
    if len(own) == len(parts):
        return expr, False
    return (own[0] if len(own) == 1 else syntax.And(expr.at, own)) if own else None, True


def count(
    connection: sa.Connection, rules: Sequence[Judged], context: Context, *, keep: bool = False
) -> dict[tuple[str, str], Counts]:
    """The counts of all rules of one relation, by rule id and source.

    With `keep` the verdicts of rules that ask other relations stay in the stage until `forget`.
    """
    if not rules:
        return {}
    plans = {judged.rule.id: _parts(judged.compiled) for judged in rules}
    found: dict[tuple[str, str], _Tally] = {}
    for including_deleted in (False, True):
        ours = [judged for judged in rules if judged.rule.including_deleted is including_deleted]
        if not ours:
            continue
        for row in connection.execute(counting(ours, context)).mappings():
            for index, judged in enumerate(ours):
                tally = found.setdefault((judged.rule.id, str(row["source"])), _Tally())
                tally.add(plans[judged.rule.id], row, index)
        for source, number in connection.execute(_after(ours[0], context)):
            for judged in ours:
                found.setdefault((judged.rule.id, str(source)), _Tally()).after = int(number)
    for judged in rules:
        asked = [tally for (name, _), tally in found.items() if name == judged.rule.id and tally.open]
        if asked:
            for source, verdict, number in _asked(connection, judged, context, keep):
                found[judged.rule.id, source].decided[verdict] = number
    return {key: tally.counts() for key, tally in found.items()}


class _Tally:
    """What is known of a rule in one source."""

    def __init__(self) -> None:
        self.after = self.open = 0
        self.decided = dict.fromkeys((_PASS, _UNKNOWN, _SCOPE_UNKNOWN, _VIOLATION), 0)
        self._early = dict(self.decided)

    def add(self, parts: _Parts, row: RowMapping, index: int) -> None:
        """Adds what one scan has found out about some of the rows."""
        seen = int(row["seen"])
        inside, known = (int(row[f"{n}_{index}"]) for n in ("inside", "known")) if parts.when else (seen, seen)
        if parts.when_asks:
            self.open += inside + seen - known
            return
        true, judged = (int(row[f"{n}_{index}"]) for n in ("true", "judged")) if parts.violation else (0, 0)
        self._early[_SCOPE_UNKNOWN] += seen - known
        self._early[_PASS] += judged - true
        if parts.violation_asks:
            self.open += inside - (judged - true)
        else:
            self._early[_VIOLATION] += true
            self._early[_UNKNOWN] += inside - judged

    def counts(self) -> Counts:
        """All of it."""
        number = {code: early + self.decided[code] for code, early in self._early.items()}
        return Counts(
            population=sum(number.values()),
            violations=number[_VIOLATION],
            passes=number[_PASS],
            undetermined=number[_UNKNOWN] + number[_SCOPE_UNKNOWN],
            scope_undetermined=number[_SCOPE_UNKNOWN],
            after_as_of=self.after,
        )


def counting(rules: Sequence[Judged], context: Context) -> sa.Select[Any]:
    """The one scan behind `count`: per rule, of the rows in its scope, how many are known and how many true.

    The rules see deleted rows, or none does. A count of what is not NULL and one of what is true cost a fifth of counts
    with filters; grouping by more than the source would cost half as much again.
    """
    frame = Frame(context.relations[rules[0].rule.relation], context)
    answers: list[Column] = []
    sums: list[Column] = [sa.func.count().label("seen")]
    for index, judged in enumerate(rules):
        own, parts = replace(context, params=judged.params), _parts(judged.compiled)
        scope = None if parts.when is None else lower_condition(parts.when, frame, own)
        if scope is not None:
            answers.append(sa.type_coerce(scope, sa.Boolean()).label(f"when_{index}"))
            sums += _sums(f"when_{index}", f"inside_{index}", f"known_{index}")
        if parts.violation is not None:
            violation = lower_condition(parts.violation, frame, own)
            answer = violation if scope is None else sa.case((scope, violation))
            answers.append(sa.type_coerce(answer, sa.Boolean()).label(f"violation_{index}"))
            sums += _sums(f"violation_{index}", f"true_{index}", f"judged_{index}")
    seen = frame.scope_of(rules[0].rule.including_deleted)
    rows = sa.select(frame.source.label("source"), *answers).select_from(frame.joined).where(seen).subquery("answers")
    return sa.select(rows.c.source, *sums).select_from(rows).group_by(rows.c.source)


def _after(judged: Judged, context: Context) -> sa.Select[Any, int]:
    """How many rows of each source a rule does not see because they are dated after the audit."""
    frame = Frame(context.relations[judged.rule.relation], context)
    live = sa.true() if judged.rule.including_deleted else sa.not_(frame.table.c.deleted)
    return sa.select(frame.source, sa.func.count()).where(live, frame.after()).group_by(frame.source)


def _sums(answer: str, true: str, known: str) -> list[Column]:
    column: Column = sa.column(answer)
    trues = sa.func.coalesce(sa.func.count_if(column), 0)  # which is NULL where nothing is known
    return [trues.label(true), sa.func.count(column).label(known)]


# --- rules that ask other relations --------------------------------------------------------------------------


def _asked(connection: sa.Connection, judged: Judged, context: Context, keep: bool) -> list[tuple[str, int, int]]:
    """Source, verdict and number of the rows that were left open."""
    verdicts: sa.FromClause = asking(judged, context).subquery("verdicts")
    if keep:
        table = _verdicts(judged)
        connection.execute(DropTable(table, if_exists=True))
        connection.execute(CreateTable(table))
        connection.execute(sa.insert(table).from_select(list(table.columns), asking(judged, context)))
        verdicts = table
    by = (verdicts.c.source, verdicts.c.verdict)
    counted = sa.select(*by, sa.func.count()).group_by(*by)
    return [(str(s), int(verdict), int(n)) for s, verdict, n in connection.execute(counted) if verdict != _OUT]


def asking(judged: Judged, context: Context) -> sa.Select[Any]:
    """The verdict on each row that a rule's own parts leave open; those rows are read once, whatever asks for them."""
    own, parts = replace(context, params=judged.params), _parts(judged.compiled)
    relation = context.relations[judged.rule.relation]
    first = Frame(relation, own)
    left = [first.scope_of(judged.rule.including_deleted)]
    if parts.when is not None:
        scope = lower_condition(parts.when, first, own)
        left.append(sa.func.coalesce(scope, sa.true()) if parts.when_asks else scope)
    if parts.violation is not None:
        left.append(sa.func.coalesce(lower_condition(parts.violation, first, own), sa.true()))
    rows = sa.select(*first.table.c).select_from(first.joined).where(*left).cte("open").prefix_with("MATERIALIZED")
    frame = Frame(relation, own, rows=rows)
    violation = _three(lower_condition(judged.compiled.violation, frame, own))
    verdict = sa.case((violation == 2, _VIOLATION), (violation == 1, _UNKNOWN), else_=_PASS)
    if parts.when_asks and judged.compiled.when is not None:
        when = _three(lower_condition(judged.compiled.when, frame, own))
        verdict = sa.case((when == 0, _OUT), (when == 1, _SCOPE_UNKNOWN), else_=verdict)
    return sa.select(frame.source.label("source"), frame.table.c.row_id, verdict.label("verdict")).select_from(
        frame.joined
    )


def _three(condition: Condition) -> Column:
    """2 for true, 1 for unknown, 0 for false; the condition is written once, which is what makes it fast."""
    return sa.func.coalesce(2 * sa.cast(condition, sa.Integer()), 1)


def _verdicts(judged: Judged) -> sa.Table:
    columns = sa.Column("source", sa.String()), sa.Column("row_id", sa.BigInteger()), sa.Column("verdict", sa.Integer())
    return sa.Table(quoted_name(f"verdicts of {judged.rule.id}", quote=True), sa.MetaData(), *columns, schema=SCHEMA)


def kept(judged: Judged) -> Judged:
    """The rule, whose verdicts `count` was told to keep."""
    return replace(judged, kept=_parts(judged.compiled).asks)


def forget(connection: sa.Connection, judged: Judged) -> None:
    """Frees the room of a rule's verdicts."""
    if judged.kept:
        connection.execute(DropTable(_verdicts(judged), if_exists=True))


def violating(judged: Judged, context: Context) -> tuple[Frame, Condition]:
    """The scan of a rule's relation, and the condition that only violating rows meet."""
    own = replace(context, params=judged.params)
    relation = context.relations[judged.rule.relation]
    if judged.kept:
        verdicts, table = _verdicts(judged), relation_table(relation)
        found = sa.select(verdicts.c.row_id).where(verdicts.c.verdict == _VIOLATION)
        return Frame(relation, own, rows=sa.select(table).where(table.c.row_id.in_(found)).subquery()), sa.true()
    frame = Frame(relation, own)
    parts = [frame.scope_of(judged.rule.including_deleted)]
    if judged.compiled.when is not None:
        parts.append(lower_condition(judged.compiled.when, frame, own))
    parts.append(lower_condition(judged.compiled.violation, frame, own))
    return frame, sa.and_(*parts)


def keys_statement(judged: Judged, context: Context) -> sa.Select[Any]:
    """The statement that names the records violating a rule, in every source."""
    frame, condition = violating(judged, context)
    key = frame.table.c.key
    return sa.select(frame.source.label("source"), key.label("key")).select_from(frame.joined).where(condition)


def keys(connection: sa.Connection, judged: Judged, source: str, context: Context) -> Iterator[str]:
    """The keys of the records of one source that violate a rule, in order, streamed."""
    statement = keys_statement(judged, context).subquery("violating")
    ordered = sa.select(statement.c.key).where(statement.c.source == source).order_by(statement.c.key)
    result = connection.execution_options(yield_per=BATCH).execute(ordered)
    for key in result.scalars():
        yield "" if key is None else str(key)


def records(connection: sa.Connection, judged: Judged, source: str, context: Context) -> Iterator[tuple[str, str]]:
    """Key and person of the records of one source that violate a rule, in order, streamed."""
    frame, condition = violating(judged, context)
    name = context.relations[judged.rule.relation].subject_field
    person = frame.value(name).column if name else sa.literal("")
    found = (
        sa.select(frame.table.c.key.label("key"), person.label("person"))
        .select_from(frame.joined)
        .where(condition, frame.source == source)
        .subquery("violating")
    )
    ordered = sa.select(found.c.key, found.c.person).order_by(found.c.key, found.c.person)
    for key, who in connection.execution_options(yield_per=BATCH).execute(ordered):
        yield "" if key is None else str(key), "" if who is None else str(who)


def people(connection: sa.Connection, judged: Judged, context: Context) -> dict[str, int]:
    """Per source the distinct people among the violations; empty where the relation has no person."""
    name = context.relations[judged.rule.relation].subject_field
    if not name:
        return {}
    frame, condition = violating(judged, context)
    number = sa.func.count(sa.distinct(frame.value(name).column))
    statement = sa.select(frame.source, number).select_from(frame.joined).where(condition).group_by(frame.source)
    return {str(source): int(found) for source, found in connection.execute(statement)}


def unique_relations(connection: sa.Connection, names: Sequence[str], context: Context) -> frozenset[str]:
    """Those of the relations in which no two rows of a source share a key."""
    unique = set()
    for name in names:
        table = relation_table(context.relations[name])
        twice = sa.select(table.c.key).where(table.c.key.is_not(None))
        twice = twice.group_by(context.home(name, table.c.source), table.c.key).having(sa.func.count() > 1).limit(1)
        if connection.execute(twice).first() is None:
            unique.add(name)
    return frozenset(unique)


def exact_times(connection: sa.Connection, names: Iterable[str], context: Context) -> frozenset[tuple[str, str]]:
    """The times of the relations, by relation and field, that are one instant wherever they are known."""
    exact: set[tuple[str, str]] = set()
    for name in names:
        table, fields = relation_table(context.relations[name]), context.relations[name].fields.values()
        times = [field.name for field in fields if field.type == "time"]
        same = [sa.func.bool_and(table.c[time].is_not_distinct_from(table.c[time + END])) for time in times]
        if same:
            answers = connection.execute(sa.select(*same)).one()
            exact |= {(name, time) for time, answer in zip(times, answers, strict=True) if answer is not False}
    return frozenset(exact)


def rendered(connection: sa.Connection, judged: Judged, context: Context) -> str:
    """The statement that names a rule's violations, to be read: parameters by name, their values below."""
    make: Any = type(connection.dialect)
    compiled = keys_statement(replace(judged, kept=False), context).compile(
        dialect=make(paramstyle="named"), compile_kwargs={"render_postcompile": True}
    )
    values = [f"-- :{name} = {_short(value)}" for name, value in compiled.params.items()]
    return "\n".join([str(compiled), *values])


def _short(value: object) -> str:
    """A value, and of a long text (a calendar's holidays) the beginning."""
    text = str(value)
    return text if len(text) <= 120 else f"{text[:120]}..."
