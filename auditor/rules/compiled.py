"""A rule with its expressions parsed and type-checked, its English sentence, and what it needs of a source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from auditor.jurisdictions import load_jurisdictions
from auditor.language import Context, Expr, Facts, Frame, english, last_instant, lower_condition, parse
from auditor.language.reads import DERIVED, Read, reads
from auditor.model import Rule, RuleType
from auditor.relations import Relations, load_relations
from auditor.rules.reading import Example

PSEUDO_FIELDS = ("key", "deleted")
"""Every relation has these; they are not listed in `rules/relations.yaml`."""


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A checked rule. `when` is None if it applies to every record; `params` are the rule's own, as text."""

    rule: Rule
    when: Expr | None
    violation: Expr
    params: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    optional: frozenset[str] = frozenset()
    """Fields of the rule's relation that it can do without: it is judged where a CRM has no place for them."""


def compile_rule(
    rule: Rule,
    relations: Relations,
    *,
    violation: Expr | None = None,
    when: Expr | None = None,
    examples: tuple[Example, ...] = (),
    optional: frozenset[str] = frozenset(),
    facts: Facts | None = None,
) -> CompiledRule:
    """Parses what is not parsed yet and checks every type. Raises ExpressionError with file, line and column."""
    place = (rule.file or rule.id, max(rule.line, 1), 1)
    violation = violation or parse(rule.violation, where=place)
    when = when or (parse(rule.when, where=place) if rule.when else None)
    # Lowering checks all types; the statement is thrown away. The day matters only for how far calendars reach.
    known = facts if facts is not None else load_jurisdictions()
    context = Context(last_instant(datetime.now(UTC).date()), relations, known, rule.params)
    frame = Frame(relations[rule.relation], context)
    for expression in (when, violation):
        if expression is not None:
            lower_condition(expression, frame, context)
    return CompiledRule(rule, when, violation, dict(rule.params), examples, optional)


def sentence(compiled: CompiledRule, params: Mapping[str, str] | None = None) -> str:
    """The rule as the one sentence that is signed; `params` as the policy sets them."""
    rule, relations = compiled.rule, load_relations()
    relation = relations[rule.relation]
    settings = {**compiled.params, **(params or {})}
    where = f" where {english(compiled.when, relation, relations, settings)}" if compiled.when else ""
    every = re.sub(r"(?:: |, (?=or |with ))(.+)$", r" (\1)", relation.row)
    every = re.sub(r"^(an?|one|the|what) ", _every, every)
    deleted = ", deleted or not," if rule.including_deleted else ""
    verb = "it needs review" if rule.type is RuleType.REVIEW else "it is a violation"
    condition = english(compiled.violation, relation, relations, settings)
    return f"For {every}{deleted}{where}".rstrip(",") + f", {verb} if {condition}."


def _every(article: re.Match[str]) -> str:
    return "every " if article[1] in ("a", "an", "one") else article[0]


def rule_reads(compiled: CompiledRule, relations: Relations) -> tuple[Read, ...]:
    """Everything the rule's two expressions read."""
    parts = [part for part in (compiled.when, compiled.violation) if part is not None]
    return tuple(dict.fromkeys(read for part in parts for read in reads(part, compiled.rule.relation, relations)))


def needs(rules: Iterable[CompiledRule], relations: Relations | None = None) -> Mapping[str, frozenset[str]]:
    """Per relation the fields that have to be staged for these rules, with what those are derived from."""
    known = relations or load_relations()
    wanted: dict[str, set[str]] = {}

    def add(relation: str, name: str) -> None:
        names = wanted.setdefault(relation, set())
        if name in names:
            return
        if name in known[relation].fields:
            names.add(name)
        for source in (*DERIVED.get((relation, ""), ()), *DERIVED.get((relation, name), ())):
            for other in [source[1]] if source[1] else known[source[0]].fields:
                add(source[0], other)

    for compiled in rules:
        relation = known[compiled.rule.relation]
        for name in (relation.subject_field, relation.dated_by):
            if name:
                add(relation.name, name)
        for read in rule_reads(compiled, known):
            for relation_name, name in read.fields:
                add(relation_name, name)
    return {relation: frozenset(names) for relation, names in wanted.items()}
