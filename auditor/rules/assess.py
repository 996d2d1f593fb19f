"""Whether a rule can be judged in a source at all: which fields it reads, where they come from, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from auditor.language.reads import DERIVED, FieldName, Read
from auditor.model import Binding, BoundField, BoundRelation, Fill
from auditor.relations import Relation, Relations
from auditor.rules.compiled import PSEUDO_FIELDS, CompiledRule, rule_reads

_SAYS = {
    Fill.NOT_MAPPED: "is not mapped", Fill.EMPTY: "is empty in every row", Fill.UNREADABLE: "cannot be read",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Basis:
    """What a rule's verdict in one source rests on; `reason` is not empty if it cannot be judged."""

    reason: str = ""
    missing: tuple[str, ...] = ()
    origin: tuple[str, ...] = ()
    from_memory: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bound:
    """The binding, by source and relation."""

    relations: Mapping[tuple[str, str], BoundRelation]
    sources: tuple[str, ...]

    @staticmethod
    def of(binding: Binding) -> Bound:
        """The binding as a table to look up."""
        table = {(bound.source, bound.relation): bound for bound in binding.relations}
        return Bound(table, tuple(dict.fromkeys(bound.source for bound in binding.relations)))

    def get(self, source: str, relation: str) -> BoundRelation | None:
        """The relation in a source if the source has a place for it."""
        bound = self.relations.get((source, relation))
        if bound is not None and bound.mapped:
            return bound
        return None

    def has(self, source: str, relation: str) -> bool:
        """Whether a source has a place for the relation, or for what it is derived from."""
        origins = {name for name, _ in DERIVED.get((relation, ""), ())}
        return any(self.get(source, name) is not None for name in (relation, *origins))

    def places(self, relation: str) -> tuple[str, ...]:
        """The sources in which rules of a relation have a place: those that hold it, or all if none does."""
        holding = tuple(source for source in self.sources if self.has(source, relation))
        return holding or self.sources


def assess(compiled: CompiledRule, source: str, bound: Bound, relations: Relations) -> Basis:
    """What the rule rests on in a source, and why it cannot be judged there, if so."""
    own = relations[compiled.rule.relation]
    every = rule_reads(compiled, relations)
    origin, memory = _provenance(every, source, bound)
    if not bound.has(source, own.name):
        fields = [name for read in every for name in read.fields if name[0] == own.name]
        holds = bound.relations.get((source, own.name))
        why = f": {holds.reason}" if holds and holds.reason else ""
        reason = f"The source has no place for {own.row}{_ended(why)}{_unlock(own)}"
        return Basis(reason, _names(fields, relations) or (own.name,), origin, memory)
    held = bound.get(source, own.name)
    if held is not None and held.rows == 0:
        why = f": {held.reason}" if held.reason else ""
        return Basis(f"{own.name} is mapped and holds no row{_ended(why)}", (), origin, memory)
    problems: dict[str, None] = {}
    lacking: list[FieldName] = []
    for read in every:
        found = [_lacks(name, read, source, bound, relations) for name in read.fields]
        without = all(relation == own.name and field in compiled.optional for relation, field in read.fields)
        if not (read.optional or without) and all(found):
            problems.setdefault(found[0])
            lacking.append(read.fields[-1])
    if not problems:
        return Basis("", (), origin, memory)
    return Basis(" ".join(problems), _names(lacking, relations), origin, memory)


def _lacks(name: FieldName, read: Read, source: str, bound: Bound, relations: Relations) -> str:
    """Why a field cannot be read where it is looked for, empty if it can: in the source, or in any that has it."""
    own = _problem(name, read.quantified, source, bound, relations)
    if not own or not read.anywhere:
        return own
    others = (_problem(name, True, other, bound, relations) for other in bound.sources)
    return own if all(others) else ""


def _problem(name: FieldName, quantified: bool, source: str, bound: Bound, relations: Relations) -> str:
    """Why a field cannot be read in a source, as a sentence; empty if it can."""
    relation, field = name
    held = bound.get(source, relation)
    if held is None:
        if bound.has(source, relation):
            return ""  # derived in the stage from something that is there
        return f"The source has no place for {relations[relation].row}.{_unlock(relations[relation])}"
    if held.rows == 0:
        if not quantified:
            return f"{relation} is mapped and holds no row."
        if field in PSEUDO_FIELDS or _field(held, field).fill is not Fill.NOT_MAPPED:
            return ""
    if field in PSEUDO_FIELDS:
        return ""
    known = _field(held, field)
    if known.fill is Fill.FILLED:
        return ""
    return f"{relation}.{field} {_SAYS[known.fill]}{_ended(f': {known.reason}' if known.reason else '')}"


def _field(held: BoundRelation, field: str) -> BoundField:
    return held.fields.get(field, BoundField(field, Fill.NOT_MAPPED))


def _provenance(every: Iterable[Read], source: str, bound: Bound) -> tuple[tuple[str, ...], tuple[str, ...]]:
    origin: dict[str, None] = {}
    memory: dict[str, None] = {}
    for read in every:
        for relation, field in read.fields:
            for owner, known in _rests_on(relation, field, source, bound):
                origin.update(dict.fromkeys(known.origin))
                if known.verified == "M":
                    memory.setdefault(f"{owner}.{known.name}")
    return tuple(origin), tuple(memory)


def _rests_on(relation: str, field: str, source: str, bound: Bound) -> Iterator[tuple[str, BoundField]]:
    held = bound.relations.get((source, relation))
    if held is not None and field in held.fields and held.fields[field].origin:
        yield relation, held.fields[field]
        return
    for other, name in (*DERIVED.get((relation, ""), ()), *DERIVED.get((relation, field), ())):
        base = bound.relations.get((source, other))
        if base is not None and (name or field) in base.fields:
            yield other, base.fields[name or field]


def _names(fields: Iterable[FieldName], relations: Relations) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{r}.{f}" if f not in PSEUDO_FIELDS else r for r, f in fields if r in relations))


def _unlock(relation: Relation) -> str:
    return f" What would unlock it: {relation.how_to_unlock}." if relation.how_to_unlock else ""


def _ended(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
