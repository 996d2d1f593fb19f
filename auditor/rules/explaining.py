"""A rule in a source, before anybody signs it: what it reads there, what is missing, what came of it, and the SQL."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date

from auditor.crm.binding import bind
from auditor.inventory import take
from auditor.jurisdictions import load_jurisdictions
from auditor.language.reads import DERIVED
from auditor.model import Binding, BoundRelation, Fill, PlaceResult, RuleResult
from auditor.policy import Policy
from auditor.relations import load_relations
from auditor.rules.compiled import PSEUDO_FIELDS, CompiledRule, needs, rule_reads
from auditor.rules.evaluate import evaluate
from auditor.sources import open_source
from auditor.stage import open_stage

VALUES = 200
"""Values per column that are looked at to recognise an unknown CRM's columns."""

_SAYS = {Fill.NOT_MAPPED: "no place for it", Fill.EMPTY: "empty in every row", Fill.UNREADABLE: "cannot be read"}


@dataclass(frozen=True, slots=True)
class FieldThere:
    """A field that the rule reads, and where a source keeps it; `lacking` says why it has none."""

    name: str
    columns: tuple[str, ...] = ()
    lacking: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """A rule in one source."""

    place: PlaceResult
    profile: str
    fields: tuple[FieldThere, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The rule as it is judged, and each source."""

    result: RuleResult
    places: tuple[Explained, ...]


def explain(
    rules: Sequence[CompiledRule],
    specs: Sequence[str],
    *,
    policy: Policy,
    as_of: date,
    profile: str = "",
    progress: Callable[[str], None] | None = None,
) -> tuple[Explanation, ...]:
    """Reads from the sources what these rules need, at once, and judges them. Raises SourceError, KnowledgeError."""
    key = secrets.token_bytes(32)
    with ExitStack() as stack:
        sources = [stack.enter_context(open_source(spec)) for spec in specs]
        inventory = take(sources, values=VALUES, progress=progress)
        stage = stack.enter_context(open_stage())
        binding = bind(
            sources, inventory, stage, policy=policy, as_of=as_of, key=key, needs=needs(rules),
            profile=profile or None, progress=progress,
        )  # fmt: skip
        results = evaluate(
            stage.connection, rules, binding, as_of=as_of, policy=policy, facts=load_jurisdictions(), progress=progress
        )
    titles = {used.source: used.title for used in binding.profiles}
    return tuple(
        Explanation(
            result,
            tuple(
                Explained(place, titles.get(place.source, ""), _fields(compiled, place.source, binding))
                for place in result.places
            ),
        )
        for compiled, result in zip(rules, results, strict=True)
    )


def explanation_lines(told: Explanation) -> list[str]:
    """An explanation as it is read: the sentence, and per source the state, counts, fields and statement."""
    lines = [told.result.sentence]
    for entry in told.places:
        place, counts = entry.place, entry.place.counts
        lines += ["", f"In {place.source}, read as {entry.profile or 'tables of no known CRM'}: {place.state}"]
        lines += [place.reason] if place.reason else []
        if counts.population:
            lines.append(
                f"{counts.population:,} records: {counts.violations:,} violations, {counts.passes:,} passes, "
                f"{counts.undetermined:,} undetermined"
            )
        width = max((len(field.name) for field in entry.fields), default=0)
        for field in entry.fields:
            found = ", ".join(field.columns)
            said = (
                f"{found} ({field.lacking})" if found and field.lacking else found or field.lacking or "nothing found"
            )
            lines.append(f"  {field.name:<{width}}  {said}")
        lines += ["", place.sql] if place.sql else []
    return lines


def _fields(compiled: CompiledRule, source: str, binding: Binding) -> tuple[FieldThere, ...]:
    """Every field the rule reads, in the order of its text; keys and marks of deletion only where they are asked."""
    home = dict(binding.homes).get(source, source)
    near = sorted((b for b in binding.relations if b.source in (source, home)), key=lambda b: b.source == source)
    held = {bound.relation: bound for bound in near}
    found: dict[str, FieldThere] = {}
    for read in rule_reads(compiled, load_relations()):
        for relation, field in read.fields:
            if field not in PSEUDO_FIELDS:
                found.setdefault(f"{relation}.{field}", _there(relation, field, held))
    return tuple(found.values())


def _there(relation: str, field: str, held: dict[str, BoundRelation]) -> FieldThere:
    name = f"{relation}.{field}"
    bound = held.get(relation)
    if bound is not None and field in bound.fields and bound.fields[field].origin:
        known = bound.fields[field]
        return FieldThere(name, known.origin, _SAYS.get(known.fill, ""))
    parents = sorted({other for other, _ in (*DERIVED.get((relation, ""), ()), *DERIVED.get((relation, field), ()))})
    made_of = [other for other in parents if other in held and held[other].rows]
    if made_of:
        return FieldThere(name, (f"derived from {' and '.join(made_of)}",))
    if bound is None or field not in bound.fields:
        return FieldThere(name, (), _SAYS[Fill.NOT_MAPPED])
    known = bound.fields[field]
    return FieldThere(name, known.origin, known.reason or _SAYS.get(known.fill, ""))
