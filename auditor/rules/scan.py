"""The statements by which rules are judged: one scan that counts all rules of a relation, and one per rule that hit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from auditor.language import Context, Frame, lower_condition
from auditor.language.values import Column, Condition
from auditor.model import Counts, Rule
from auditor.rules.compiled import CompiledRule
from auditor.tables import relation_table

BATCH = 5_000
_OUT, _AFTER, _PASS, _UNKNOWN, _SCOPE_UNKNOWN, _VIOLATION = -1, -2, 0, 1, 2, 3
_COUNTED = {
    "violations": _VIOLATION, "passes": _PASS, "undetermined": _UNKNOWN, "scope_undetermined": _SCOPE_UNKNOWN,
    "after_as_of": _AFTER,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule with the parameters it is judged by."""

    compiled: CompiledRule
    params: Mapping[str, str]

    @property
    def rule(self) -> Rule:
        """The rule as written."""
        return self.compiled.rule


def count(connection: sa.Connection, rules: Sequence[Judged], context: Context) -> dict[tuple[str, str], Counts]:
    """The counts of all rules of one relation, by rule id and source, in one scan."""
    if not rules:
        return {}
    counts: dict[tuple[str, str], Counts] = {}
    for row in connection.execute(counting(rules, context)).mappings():
        for index, judged in enumerate(rules):
            number = {name: int(row[f"{name}_{index}"]) for name in _COUNTED}
            number["undetermined"] += number["scope_undetermined"]
            population = number["violations"] + number["passes"] + number["undetermined"]
            counts[judged.rule.id, str(row["source"])] = Counts(population=population, **number)
    return counts


def counting(rules: Sequence[Judged], context: Context) -> sa.Select[Any]:
    """The statement behind `count`: answers first, so that nothing is computed twice, then verdicts, then sums."""
    frame = Frame(context.relations[rules[0].rule.relation], context)
    answers: list[Column] = []
    for index, judged in enumerate(rules):
        own = replace(context, params=judged.params)
        when = judged.compiled.when
        scope = sa.literal(2) if when is None else _three(lower_condition(when, frame, own))
        violation = _three(lower_condition(judged.compiled.violation, frame, own))
        answers += [scope.label(f"when_{index}"), violation.label(f"violation_{index}")]
    rows = sa.select(
        frame.source.label("source"), frame.table.c.deleted.label("deleted"), frame.after().label("after"), *answers
    ).select_from(frame.joined).subquery("answers")  # fmt: skip
    found = [_verdict(rows, index, judged.rule).label(f"rule_{index}") for index, judged in enumerate(rules)]
    verdicts = sa.select(rows.c.source, *found).subquery("verdicts")
    sums = [
        sa.func.count().filter(verdicts.c[f"rule_{index}"] == code).label(f"{name}_{index}")
        for index in range(len(rules))
        for name, code in _COUNTED.items()
    ]
    return sa.select(verdicts.c.source, *sums).group_by(verdicts.c.source)


def _three(condition: Condition) -> Column:
    """2 for true, 1 for unknown, 0 for false; the condition is written once, which is what makes it fast."""
    return sa.func.coalesce(2 * sa.cast(condition, sa.Integer()), 1)


def _verdict(rows: sa.Subquery, index: int, rule: Rule) -> Column:
    when, violation = rows.c[f"when_{index}"], rows.c[f"violation_{index}"]
    gone = [] if rule.including_deleted else [(rows.c.deleted, _OUT)]
    return sa.case(
        *gone, (rows.c.after, _AFTER), (when == 0, _OUT), (when == 1, _SCOPE_UNKNOWN), (violation == 2, _VIOLATION),
        (violation == 1, _UNKNOWN), else_=_PASS,
    )  # fmt: skip


def violating(judged: Judged, context: Context) -> tuple[Frame, Condition]:
    """The scan of a rule's relation, and the condition that only violating rows meet."""
    own = replace(context, params=judged.params)
    frame = Frame(context.relations[judged.rule.relation], own)
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


def rendered(connection: sa.Connection, judged: Judged, context: Context) -> str:
    """The statement that names a rule's violations, to be read: parameters by name, their values below."""
    make: Any = type(connection.dialect)
    compiled = keys_statement(judged, context).compile(
        dialect=make(paramstyle="named"), compile_kwargs={"render_postcompile": True}
    )
    values = [f"-- :{name} = {_short(value)}" for name, value in compiled.params.items()]
    return "\n".join([str(compiled), *values])


def _short(value: object) -> str:
    """A value, and of a long list (a calendar's holidays) the beginning."""
    if isinstance(value, list) and len(value) > 10:
        return f"{', '.join(map(str, value[:10]))} and {len(value) - 10} more"
    return str(value)
