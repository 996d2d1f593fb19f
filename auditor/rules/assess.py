"""Whether a rule can be judged in a source at all: which fields it reads, where they come from, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

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
    """The binding, by source and relation. `homes` are the registers' places and the sources they are about."""

    relations: Mapping[tuple[str, str], BoundRelation]
    sources: tuple[str, ...]
    homes: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def of(binding: Binding) -> Bound:
        """The binding as a table to look up."""
        table = {(bound.source, bound.relation): bound for bound in binding.relations}
        return Bound(table, tuple(dict.fromkeys(bound.source for bound in binding.relations)), dict(binding.homes))

    @property
    def homes_by_relation(self) -> Mapping[str, Mapping[str, str]]:
        """By relation the registers that hold rows of it, and the sources they are about."""
        found: dict[str, dict[str, str]] = {}
        for place, relation in self.relations:
            if place in self.homes:
                found.setdefault(relation, {})[place] = self.homes[place]
        return found

    def get(self, source: str, relation: str) -> BoundRelation | None:
        """The relation in a source if the source has a place for it."""
        bound = self.relations.get((source, relation))
        if bound is not None and bound.mapped:
            return bound
        return None

    def reach(self, source: str, relation: str) -> BoundRelation | None:
        """All rows of a relation that rows of a source can be matched with: its home's, and registers' about it."""
        home = self.homes.get(source, source)
        family = [home, *(place for place, about in self.homes.items() if about == home)]
        parts = [held for place in family if (held := self.get(place, relation)) is not None]
        return _united(parts) if parts else None

    def has(self, source: str, relation: str) -> bool:
        """Whether a source has a place for the relation, or for what it is derived from."""
        origins = {name for name, _ in DERIVED.get((relation, ""), ())}
        return any(self.get(source, name) is not None for name in (relation, *origins))

    def places(self, relation: str) -> tuple[str, ...]:
        """The places in which rules of a relation are judged: those that hold it, or all sources if none does."""
        holding = tuple(source for source in self.sources if self.has(source, relation))
        return holding or tuple(source for source in self.sources if source not in self.homes)


def _united(parts: Sequence[BoundRelation]) -> BoundRelation:
    """Rows of one relation from several places as one: filled if one fills it, unreadable if one cannot be read."""
    if len(parts) == 1:
        return parts[0]
    order = (Fill.UNREADABLE, Fill.FILLED, Fill.EMPTY, Fill.NOT_MAPPED)
    fields: dict[str, BoundField] = {}
    for name in dict.fromkeys(name for part in parts for name in part.fields):
        every = [part.fields[name] for part in parts if name in part.fields]
        best = min(every, key=lambda f: order.index(f.fill))
        fields[name] = replace(best, origin=tuple(dict.fromkeys(o for f in every for o in f.origin)))
    return replace(
        parts[0], rows=sum(part.rows for part in parts), fields=fields,
        unreadable=tuple(u for part in parts for u in part.unreadable),
    )  # fmt: skip


def assess(compiled: CompiledRule, source: str, bound: Bound, relations: Relations) -> Basis:
    """What the rule rests on in a source, and why it cannot be judged there, if so."""
    own = relations[compiled.rule.relation]
    every = rule_reads(compiled, relations)
    origin, memory = _provenance(every, source, bound)
    if not bound.has(source, own.name):
        fields = [name for read in every for name in read.fields if name[0] == own.name]
        holds = bound.relations.get((source, own.name))
        why = f": {holds.reason}" if holds and holds.reason else ""
        reason = f"The source has no place for {own.rows or own.row}{_ended(why)}{_unlock(own)}"
        return Basis(reason, _names(fields, relations) or (own.name,), origin, memory)
    held = bound.get(source, own.name)
    if held is not None and held.rows == 0 and (held.unreadable or source not in bound.homes):
        why = f": {held.reason}" if held.reason else ""
        says = "cannot be read" if held.unreadable else "is mapped and holds no row"
        return Basis(f"{own.name} {says}{_ended(why)}", (), origin, memory)
    problems: dict[str, None] = {}
    lacking: list[FieldName] = []
    for read in every:
        found = [_lacks(name, read, source, bound, relations, own.name) for name in read.fields]
        without = all(relation == own.name and field in compiled.optional for relation, field in read.fields)
        if not (read.optional or without) and all(found):
            problems.setdefault(found[0])
            lacking.append(read.fields[-1])
    if not problems:
        return Basis("", (), origin, memory)
    return Basis(" ".join(problems), _names(lacking, relations), origin, memory)


def _lacks(name: FieldName, read: Read, source: str, bound: Bound, relations: Relations, judged: str) -> str:
    """Why a field cannot be read where it is looked for, empty if it can: in the source, or in any that has it."""
    own = _problem(name, read.quantified, source, bound, relations, judged)
    if not own or not read.anywhere:
        return own
    others = (_problem(name, True, other, bound, relations, judged) for other in bound.sources)
    return own if all(others) else ""


def _problem(
    name: FieldName, quantified: bool, source: str, bound: Bound, relations: Relations, judged: str
) -> str:  # fmt: skip
    """Why a field cannot be read in a source, as a sentence; empty if it can. `judged` is the rule's own relation."""
    relation, wanted = name
    own = relation == judged and not quantified
    held = bound.get(source, relation) if own else bound.reach(source, relation)
    if held is None:
        if bound.has(bound.homes.get(source, source), relation):
            return ""  # derived in the stage from something that is there
        wanted_row = relations[relation]
        return f"The source has no place for {wanted_row.rows or wanted_row.row}.{_unlock(wanted_row)}"
    if held.rows == 0 and held.unreadable:
        return f"{relation} cannot be read: {held.unreadable[0].what}: {_ended(held.unreadable[0].why)}"
    if held.rows == 0:
        if not quantified and not (own and source in bound.homes):
            return f"{relation} is mapped and holds no row."
        if wanted in PSEUDO_FIELDS or _field(held, wanted).fill is not Fill.NOT_MAPPED:
            return ""
    if wanted in PSEUDO_FIELDS:
        return ""
    known = _field(held, wanted)
    if known.fill is Fill.FILLED:
        return ""
    return f"{relation}.{wanted} {_SAYS[known.fill]}{_ended(f': {known.reason}' if known.reason else '')}"


def _field(held: BoundRelation, field: str) -> BoundField:
    return held.fields.get(field, BoundField(field, Fill.NOT_MAPPED))


def _provenance(every: Iterable[Read], source: str, bound: Bound) -> tuple[tuple[str, ...], tuple[str, ...]]:
    origin: dict[str, None] = {}
    memory: dict[str, None] = {}
    for read in every:
        for relation, name in read.fields:
            for owner, known in _rests_on(relation, name, source, bound):
                origin.update(dict.fromkeys(known.origin))
                if known.verified == "M":
                    memory.setdefault(f"{owner}.{known.name}")
    return tuple(origin), tuple(memory)


def _rests_on(relation: str, field: str, source: str, bound: Bound) -> Iterator[tuple[str, BoundField]]:
    held = bound.relations.get((source, relation)) or bound.reach(source, relation)
    if held is not None and field in held.fields and held.fields[field].origin:
        yield relation, held.fields[field]
        return
    source = bound.homes.get(source, source)
    for other, name in (*DERIVED.get((relation, ""), ()), *DERIVED.get((relation, field), ())):
        base = bound.reach(source, other)
        if base is not None and (name or field) in base.fields:
            yield other, base.fields[name or field]


def _names(fields: Iterable[FieldName], relations: Relations) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{r}.{f}" if f not in PSEUDO_FIELDS else r for r, f in fields if r in relations))


def _unlock(relation: Relation) -> str:
    return f" What would unlock it: {relation.how_to_unlock}." if relation.how_to_unlock else ""


def _ended(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
