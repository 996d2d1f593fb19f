"""Runs the examples that every rule carries: a few rows in a stage of their own, judged by the code that judges audits.

A row gives fields as text. A field that is not named or is blank is missing; `unreadable` stands for something that is
given and cannot be read. A time is a day (2024-05-01) or an instant (2024-05-01T10:00). Permission is built from
consent and suppression, regimes from country and state, unless the example gives them itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from auditor.errors import KnowledgeError
from auditor.jurisdictions import Jurisdictions, load_jurisdictions
from auditor.language import Context, last_instant
from auditor.language.values import day_or_instant
from auditor.model import Counts
from auditor.relations import Field, Relation, Relations, load_relations
from auditor.rules import scan
from auditor.rules.compiled import CompiledRule, needs
from auditor.rules.reading import UNREADABLE, Example, Row
from auditor.rules.scan import Judged
from auditor.tables import GIVEN, LAYOUT, relation_table

AS_OF = date(2026, 11, 1)
"""The date of the audit in examples that give none."""

_SOURCE = "example"


@dataclass(frozen=True, slots=True)
class ExampleOutcome:
    """What a rule said about one of its examples; `where` is the example's place in its file."""

    name: str
    expected: str
    got: str
    where: str = ""

    @property
    def passed(self) -> bool:
        """Whether the rule said what it must."""
        return self.got == self.expected


def run_examples(
    compiled: CompiledRule, *, facts: Jurisdictions | None = None, relations: Relations | None = None
) -> tuple[ExampleOutcome, ...]:
    """The outcome of each example of a rule, in the order of the file."""
    from auditor.stage import memory_stage, stage_errors

    known, places = relations or load_relations(), facts or load_jurisdictions()
    named = {name for example in compiled.examples for name in example.rows}
    always = {compiled.rule.relation, "consent", "suppression", "identity", "permission", "subject"}
    used = sorted({*named, *needs([compiled], known), *always})
    numbers: dict[str, int] = {}
    outcomes = []
    with memory_stage() as stage, stage_errors(where=compiled.rule.id):
        tables = {name: relation_table(known[name]) for name in used}
        for table in tables.values():
            stage.connection.execute(CreateTable(table))
        for example in compiled.examples:
            numbers[example.outcome] = numbers.get(example.outcome, 0) + 1
            for table in tables.values():
                stage.connection.execute(sa.delete(table))
            got = _judge(stage.connection, compiled, example, tables, known, places)
            name = f"{compiled.rule.id}-{example.outcome}-{numbers[example.outcome]}"
            outcomes.append(ExampleOutcome(name, example.outcome, got, example.where))
    return tuple(outcomes)


def _judge(
    connection: sa.Connection,
    compiled: CompiledRule,
    example: Example,
    tables: Mapping[str, sa.Table],
    relations: Relations,
    facts: Jurisdictions,
) -> str:
    from auditor.crm.identity import build_identity
    from auditor.crm.permission import build_permission

    as_of = example.as_of or AS_OF
    fill(connection, example.rows, tables, relations, facts, where=example.where)
    wanted = needs([compiled], relations)
    if "identity" not in example.rows and "identity" in wanted:
        build_identity(connection, relations)
    if "permission" not in example.rows and "permission" in wanted:
        build_permission(connection, Context(last_instant(as_of), relations, facts))
    context = Context(last_instant(as_of), relations, facts)
    counts = scan.count(connection, [Judged(compiled, compiled.params)], context)
    return _outcome(list(counts.values()))


def _outcome(counts: Sequence[Counts]) -> str:
    """The one answer of all rows in the rule's scope; a row outside it sets the scene for the others."""
    violations, unknown = sum(c.violations for c in counts), sum(c.undetermined for c in counts)
    rows = sum(c.population for c in counts)
    if violations == unknown == 0:
        return "fine"
    if violations == rows:
        return "violation"
    if unknown == rows:
        return "undetermined"
    return f"{violations} violations, {unknown} undetermined and {rows - violations - unknown} fine"


# --- rows ----------------------------------------------------------------------------------------------------


def fill(
    connection: sa.Connection,
    rows: Mapping[str, Sequence[Row]],
    tables: Mapping[str, sa.Table],
    relations: Relations,
    facts: Jurisdictions,
    *,
    where: str = "",
) -> None:
    """Inserts rows written as text into the relations' tables."""
    for name, entries in rows.items():
        values = [_staged(relations[name], row, number, facts, where) for number, row in enumerate(entries, start=1)]
        if values:
            connection.execute(sa.insert(tables[name]), values)


def _staged(relation: Relation, row: Row, number: int, facts: Jurisdictions, where: str) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "source": row.get("source", _SOURCE),
        "row_id": number,
        "key": row.get("key", f"{relation.name}-{number}"),
        "deleted": _flag(str(row.get("deleted", "false")), "deleted", where),
    }
    for field in relation.fields.values():
        columns.update(_columns(field, row.get(field.name, ""), where))
    if relation.name == "subject" and "regimes" not in row and columns["country"] is not None:
        columns["regimes"] = list(facts.regimes_of(columns["country"], columns["region"] or ""))
        columns["regimes" + GIVEN] = True
    return columns


def _columns(field: Field, written: str | tuple[str, ...], where: str) -> Iterator[tuple[str, Any]]:
    """The staged columns of one field."""
    suffixes = [suffix for suffix, _ in LAYOUT[field.type]]
    given = written not in ("", ())
    values: tuple[Any, ...] = (None,) * 2
    if field.type == "presence":
        values = (given and written != "false",)
    elif given and written != UNREADABLE:
        values = _known(field, written, where)
    companions = [suffix for suffix in suffixes if suffix != GIVEN]
    yield from ((field.name + suffix, value) for suffix, value in zip(companions, values, strict=False))
    if GIVEN in suffixes:
        yield field.name + GIVEN, given


def _known(field: Field, written: str | tuple[str, ...], where: str) -> tuple[Any, ...]:
    if field.type == "set":
        codes = (written,) if isinstance(written, str) else written
        return ([_code(field, code, where) for code in codes],)
    if not isinstance(written, str):
        raise KnowledgeError(f"{field.name} takes one value, not a list.", where=where)
    match field.type:
        case "flag":
            return (_flag(written, field.name, where),)
        case "code":
            return (_code(field, written, where),)
        case "time":
            times = day_or_instant(written)
            if times is None:
                raise KnowledgeError(f"{field.name} is not a time.", where=where, do="Write 2024-05-01.")
            return times
        case "birth":
            return (_day(written, field.name, where),)
        case "number":
            return (_number(written, field.name, where),)
        case "phone":
            return written, _phone_country(written)
    return (written,)


def _code(field: Field, code: str, where: str) -> str:
    if field.values and code not in field.values:
        raise KnowledgeError(
            f"{code[:40]!r} is not a value of {field.name}.", where=where, do=f"Known: {', '.join(field.values)}."
        )
    return code


def _flag(written: str, name: str, where: str) -> bool:
    if written not in ("true", "false"):
        raise KnowledgeError(f"{name} is true or false.", where=where)
    return written == "true"


def _day(written: str, name: str, where: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise KnowledgeError(f"{name} is not a date.", where=where, do="Write it as in 2010-05-01.") from None


def _number(written: str, name: str, where: str) -> float:
    try:
        return float(written)
    except ValueError:
        raise KnowledgeError(f"{name} is not a number.", where=where) from None


def _phone_country(written: str) -> str | None:
    """The country of an international number's prefix."""
    import phonenumbers

    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(written, None))
    except phonenumbers.NumberParseException:
        return None
