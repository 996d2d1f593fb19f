"""Judges all rules in the stage: one scan per relation for the counts, then only the rules that hit are asked again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import duckdb
import sqlalchemy as sa

from auditor.errors import AuditError
from auditor.knowledge import nearest
from auditor.language import Context, Facts, last_instant
from auditor.language.reads import reads
from auditor.model import Binding, Counts, PlaceResult, Rule, RuleResult, RuleType, State
from auditor.policy import Policy
from auditor.relations import Relations, load_relations
from auditor.rules import scan
from auditor.rules.assess import Basis, Bound, assess
from auditor.rules.compiled import CompiledRule, sentence
from auditor.rules.evidence import evidence, members
from auditor.rules.remembered import Remembered
from auditor.rules.scan import Judged
from auditor.stage import stage_errors

RecordSink = Callable[[Rule, PlaceResult, Iterator[tuple[str, str]]], None]
"""Takes the key and the person of every record that violates a rule in a place, before the stage is gone."""

_OF_STATEMENTS = (duckdb.ProgrammingError, duckdb.DataError, duckdb.NotSupportedError, duckdb.InternalError)
"""What the engine raises about one statement; all else, but a lack of memory, says that no rule can be judged."""


@dataclass(frozen=True, slots=True)
class _Audit:
    """What every rule is judged with."""

    connection: sa.Connection
    context: Context
    bound: Bound
    as_of: date
    key: bytes
    lasting: bool
    records: RecordSink | None
    progress: Callable[[str], None]


def evaluate(
    connection: sa.Connection,
    rules: Sequence[CompiledRule],
    binding: Binding,
    *,
    as_of: date,
    policy: Policy,
    facts: Facts,
    key: bytes = b"",
    lasting: bool = False,
    records: RecordSink | None = None,
    progress: Callable[[str], None] | None = None,
    relations: Relations | None = None,
    before: Remembered | None = None,
) -> tuple[RuleResult, ...]:
    """Every rule in every place, in the order given.

    `key` keys the hashes of violating records; they are kept only if it is a `lasting` one. `records` is given all
    violating records of each place, streamed, if somebody wants them. A rule that breaks gets
    the state error, and the others go on. `before` holds what an interrupted run has judged, and takes what this one
    judges.
    """
    bound = Bound.of(binding)
    context = _context(connection, rules, as_of, facts, relations or load_relations(), bound)
    say = progress or (lambda _: None)
    audit = _Audit(connection, context, bound, as_of, key, lasting, records, say)
    results: dict[str, RuleResult] = {}
    for relation in dict.fromkeys(compiled.rule.relation for compiled in rules):
        ours = [compiled for compiled in rules if compiled.rule.relation == relation]
        # Whoever wants the records has to be given them all again.
        found = before.recall(ours) if before is not None and records is None else None
        if found is None:
            say(f"Judging {len(ours)} rule{'s' if len(ours) != 1 else ''} about {relation.replace('_', ' ')}")
            found = tuple(_relation(ours, audit, policy))
            if before is not None:
                before.keep(ours, found)
        results.update((result.rule.id, result) for result in found)
    return tuple(results[compiled.rule.id] for compiled in rules)


def violating_keys(
    connection: sa.Connection,
    compiled: CompiledRule,
    source: str,
    *,
    as_of: date,
    facts: Facts,
    policy: Policy | None = None,
    relations: Relations | None = None,
    binding: Binding | None = None,
) -> Iterator[str]:
    """The keys of all records of a source that violate a rule, in order, streamed; for work lists.

    Without the `binding`, registers are taken for sources of their own.
    """
    bound = Bound.of(binding or Binding((), ()))
    context = _context(connection, [compiled], as_of, facts, relations or load_relations(), bound)
    yield from scan.keys(connection, _judged(compiled, policy or Policy()), source, context)


def _context(
    connection: sa.Connection, rules: Sequence[CompiledRule], as_of: date, facts: Facts, relations: Relations,
    bound: Bound,
) -> Context:  # fmt: skip
    context = Context(last_instant(as_of), relations, facts, homes=bound.homes_by_relation)
    followed = sorted({field.to for r in relations.relations.values() for field in r.references.values()})
    read = {name for compiled in rules for part in (compiled.when, compiled.violation) if part is not None
            for found in reads(part, compiled.rule.relation, relations) for name, _ in found.fields}  # fmt: skip
    try:
        unique = scan.unique_relations(connection, [name for name in followed if name in read], context)
        exact = scan.exact_times(connection, sorted(read | {c.rule.relation for c in rules}), context)
    except sa.exc.SQLAlchemyError as error:
        _raise_if_gone(error)
        return context  # it is only slower without
    return replace(context, unique=unique, exact=exact)


def _relation(rules: Sequence[CompiledRule], audit: _Audit, policy: Policy) -> Iterator[RuleResult]:
    """The results of all rules of one relation."""
    judged: dict[str, Judged] = {}
    broken: dict[str, str] = {}
    for compiled in rules:
        try:
            judged[compiled.rule.id] = _judged(compiled, policy)
            scan.keys_statement(judged[compiled.rule.id], audit.context)  # a policy's parameter may not fit its place
        except AuditError as error:
            judged.pop(compiled.rule.id, None)
            broken[compiled.rule.id] = f"{error.what} {error.do}".strip()
    counts, failed = _counts([rule for rule in judged.values() if _in_effect(rule, audit.as_of) is None], audit)
    broken.update(failed)
    for compiled in rules:
        rule = compiled.rule
        settings = judged[rule.id].params if rule.id in judged else None
        places = tuple(
            _broken(compiled, source, audit, broken[rule.id]) if rule.id in broken
            else _place(scan.kept(judged[rule.id]), source, counts.get((rule.id, source), Counts()), audit)
            for source in audit.bound.places(rule.relation)
        )  # fmt: skip
        if rule.id in judged:
            scan.forget(audit.connection, scan.kept(judged[rule.id]))
        as_set = rule if settings is None else replace(rule, params=settings)
        yield RuleResult(as_set, sentence(compiled, settings), places)


def _judged(compiled: CompiledRule, policy: Policy) -> Judged:
    """The rule with the policy's parameters. Raises AuditError for a parameter the rule does not have."""
    own = policy.params.get(compiled.rule.id, {})
    for name in own:
        if name not in compiled.params:
            hint = nearest(name, compiled.params) or "Remove it from the policy."
            raise AuditError(f"The policy sets the parameter {name[:40]!r}, which the rule does not have.", do=hint)
    return Judged(compiled, {**compiled.params, **own})


def _counts(rules: Sequence[Judged], audit: _Audit) -> tuple[Mapping[tuple[str, str], Counts], Mapping[str, str]]:
    """Counts by rule and source; if the one scan fails, rule by rule, so that only the broken one is lost.

    The same counts, but slower, so it is said. Raises StageError if not a statement but the stage itself failed.
    """
    try:
        return scan.count(audit.connection, rules, audit.context, keep=True), {}
    except sa.exc.SQLAlchemyError as error:
        why = _sentence(error)
    audit.progress(f"Judging these {len(rules)} rules one by one, as together they failed: {why}")
    counts: dict[tuple[str, str], Counts] = {}
    broken: dict[str, str] = {}
    for rule in rules:
        try:
            counts.update(scan.count(audit.connection, [rule], audit.context, keep=True))
        except sa.exc.SQLAlchemyError as error:
            broken[rule.rule.id] = _sentence(error)
    return counts, broken


def _sentence(error: sa.exc.SQLAlchemyError) -> str:
    """The engine's own words quote values, so only the kind is told. Raises StageError if it is not about a rule."""
    origin = _raise_if_gone(error)
    if isinstance(origin, duckdb.OutOfMemoryException):
        return "The stage had not enough memory to judge this rule. Give it more memory, or TMPDIR more room."
    return f"The stage could not judge this rule ({type(origin).__name__})."


def _raise_if_gone(error: sa.exc.SQLAlchemyError) -> BaseException:
    """The engine's error, if it is about one statement; else raises StageError, as no rule can be judged."""
    origin: BaseException = getattr(error, "orig", None) or error
    if isinstance(origin, duckdb.Error) and not isinstance(origin, (*_OF_STATEMENTS, duckdb.OutOfMemoryException)):
        with stage_errors(where="rel"):
            raise error
    return origin


def _broken(compiled: CompiledRule, source: str, audit: _Audit, reason: str) -> PlaceResult:
    basis = assess(compiled, source, audit.bound, audit.context.relations)
    return PlaceResult(
        source, compiled.rule.relation, State.ERROR, reason=reason, origin=basis.origin, from_memory=basis.from_memory
    )


def _in_effect(judged: Judged, as_of: date) -> str | None:
    """Why the rule does not apply at the date of the audit, None if it does."""
    begins, ends = judged.rule.effective_from, judged.rule.effective_to
    if begins is not None and as_of < begins:
        return f"The rule takes effect on {begins.isoformat()}, after the date of the audit."
    if ends is not None and as_of > ends:
        return f"The rule ceased to apply on {ends.isoformat()}, before the date of the audit."
    return None


def _place(judged: Judged, source: str, counts: Counts, audit: _Audit) -> PlaceResult:
    rule = judged.rule
    basis = assess(judged.compiled, source, audit.bound, audit.context.relations)
    outside = _in_effect(judged, audit.as_of)
    if outside is not None:
        state, reason = State.NOT_APPLICABLE, outside
    elif basis.reason:
        state, reason, counts = State.NOT_ASSESSED, basis.reason, Counts()
    else:
        state, reason = _state(rule.type, counts)
        if state is State.NOT_ASSESSED and basis.origin:
            reason += f" See what these hold, and how it is written: {', '.join(basis.origin[:5])}."
    place = PlaceResult(source, rule.relation, state, counts, reason, basis.missing, basis.origin, basis.from_memory)
    if outside is not None or basis.reason:
        return place
    try:
        return _detailed(place, judged, basis, audit)
    except sa.exc.SQLAlchemyError as error:
        return replace(place, state=State.ERROR, reason=_sentence(error))


def _state(kind: RuleType, counts: Counts) -> tuple[State, str]:
    if counts.population == 0:
        later = f"; {counts.after_as_of:,} are dated after the audit" if counts.after_as_of else ""
        return State.NOT_APPLICABLE, f"No record is in the rule's scope{later}."
    if counts.violations:
        return (State.NEEDS_REVIEW if kind is RuleType.REVIEW else State.FAIL), ""
    if counts.undetermined == counts.population:
        scope = counts.scope_undetermined
        why = "it is not known whether the rule applies to it" if scope else "what the rule asks of it is not known"
        if 0 < scope < counts.population:
            why = f"{why}, or what the rule asks of it"
        return State.NOT_ASSESSED, f"None of the {counts.population:,} records can be judged: for each, {why}."
    if counts.undetermined:
        share = f"{counts.undetermined:,} of {counts.population:,} records"
        return State.NEEDS_REVIEW, f"No violation, but {share} cannot be judged."
    return State.PASS, ""


def _detailed(place: PlaceResult, judged: Judged, basis: Basis, audit: _Audit) -> PlaceResult:
    """The place with its statement and, if the rule hit, its people, evidence and members."""
    context, connection = audit.context, audit.connection
    place = replace(place, sql=scan.rendered(connection, judged, context), missing=basis.missing)
    if not place.counts.violations:
        return place
    found = scan.people(connection, judged, context)
    if context.relations[place.relation].subject_field:
        place = replace(place, counts=replace(place.counts, people=found.get(place.source, 0)))
    hashes: Collection[str] = ()
    if audit.lasting and audit.key:
        hashes = members(scan.keys(connection, judged, place.source, context), audit.key)
    if audit.records is not None:
        audit.records(judged.rule, place, scan.records(connection, judged, place.source, context))
    return replace(place, evidence=evidence(connection, judged, place.source, context), members=hashes)
