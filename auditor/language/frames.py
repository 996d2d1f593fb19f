"""The names of a rule: a scan over one relation that grows joins as paths and quantifiers ask for them.

A path is a LEFT JOIN, shared by every rule of the scan. A quantifier is a derived table, never a sub-select per row:
the inner rows are joined and grouped once, and the answer is the largest of 2 (true), 1 (unknown) and 0 (false).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

import sqlalchemy as sa
from sqlalchemy.sql.elements import quoted_name

from auditor.knowledge import nearest
from auditor.language import comparing
from auditor.language.lowering import lower_condition, lower_value
from auditor.language.quantifying import (
    PERSON,
    business_days,
    grouped,
    identifiers,
    in_force,
    is_alone,
    uses_params,
)  # fmt: skip
from auditor.language.syntax import Node, Path, Place, Quantifier, conjuncts, walk
from auditor.language.values import Column, Condition, Context, Value, known, stage_value, unknown
from auditor.relations import Field, Relation
from auditor.tables import relation_table

MAX_STEPS = 5
"""References that a path may follow; each is a join."""


class Frame:
    """A scan over the rows of one relation, of all sources at once; it is the scope in which rules are lowered.

    `outer` is the scan that `this` means, inside a quantifier. `rows` are those of the relation that are scanned, with
    all of its columns; else every row is.
    """

    def __init__(
        self,
        relation: Relation,
        context: Context,
        outer: Frame | None = None,
        name: str = "row",
        rows: sa.FromClause | None = None,
    ) -> None:
        self.relation = relation
        self.context = context
        self.outer = outer
        self.name = name
        self._rows = relation_table(relation) if rows is None else rows
        self.table = self._rows.alias(quoted_name(name, quote=True))
        self.joined: sa.FromClause = self.table
        self._paths: dict[tuple[str, ...], tuple[Relation, sa.FromClause]] = {(): (relation, self.table)}
        self._answers: dict[tuple[object, ...], sa.FromClause] = {}
        self._known_person: sa.FromClause | None = None

    # --- what the rows are --------------------------------------------------------------------------------

    @property
    def source(self) -> Column:
        """The source a row is from."""
        return self.table.c.source

    @property
    def home(self) -> Column:
        """The source in which a row's references lead somewhere."""
        return self.context.home(self.relation.name, self.source)

    def value(self, name: str) -> Value:
        """A field of the scanned relation itself."""
        return self.resolve(Path(Place(self.relation.name, 1, 1), (name,)))

    def after(self) -> Condition:
        """Whether a row is surely dated after the audit's date; never unknown."""
        if not self.relation.dated_by:
            return sa.false()
        at = self.value(self.relation.dated_by)
        as_of = sa.bindparam("as_of", self.context.as_of, sa.DateTime(), unique=True)
        return sa.func.coalesce(at.column > as_of, sa.false())

    def scope_of(self, including_deleted: bool) -> Condition:
        """The rows a rule sees: live ones unless it includes deleted ones, none dated after the audit."""
        live = sa.true() if including_deleted else sa.not_(self.table.c.deleted)
        return sa.and_(live, sa.not_(self.after()))

    # --- names --------------------------------------------------------------------------------------------

    def resolve(self, path: Path) -> Value:
        """The value of a field, through references where the path is dotted."""
        if path.this:
            return self._this(path).resolve(replace(path, this=False))
        *steps, last = path.names
        relation, table, there = self._follow(tuple(steps), path)
        value = _value(relation, table, there, last, path)
        return replace(value, end=None) if (relation.name, last) in self.context.exact else value

    def exists(self, path: Path) -> Condition:
        """Whether the record a reference names is there; unknown if the reference itself is not known."""
        if path.this:
            return self._this(path).exists(replace(path, this=False))
        _, _, there = self._follow(path.names, path)
        *steps, last = path.names
        relation, holder, _ = self._follow(tuple(steps), path)
        reference = _reference(relation, holder, last)
        return sa.case((known(reference), sa.true() if there is None else there), else_=unknown())

    def _this(self, path: Path) -> Frame:
        if self.outer is None:
            raise path.at.error("`this` means something only inside any, no or count.", "Leave `this.` out.")
        if self.outer.outer is not None:
            raise path.at.error("`this` reaches only one level out.", "Do not nest quantifiers that use it.")
        return self.outer

    def _follow(self, steps: tuple[str, ...], path: Path) -> tuple[Relation, sa.FromClause, Condition | None]:
        """The relation and table at the end of references; the third part says whether the row is there."""
        if len(steps) > MAX_STEPS:
            do = "References go round in a circle; shorten it."
            raise path.at.error(f"The path has more than {MAX_STEPS} steps.", do)
        taken: tuple[str, ...] = ()
        for step in steps:
            relation, table = self._paths[taken]
            if relation.name == step and step not in relation.references:
                self._paths[(*taken, step)] = (relation, table)
            elif (*taken, step) not in self._paths:
                self._paths[(*taken, step)] = self._join(relation, table, (*taken, step), path)
            taken = (*taken, step)
        relation, table = self._paths[taken]
        return relation, table, None if table is self.table else known(table.c.row_id)

    def _join(
        self, relation: Relation, table: sa.FromClause, steps: tuple[str, ...], path: Path
    ) -> tuple[Relation, sa.FromClause]:
        if steps[-1] not in relation.references:
            hint = nearest(steps[-1], relation.references) or _names("References", relation.references)
            raise path.at.error(f"{relation.name} has no reference {steps[-1][:40]!r}.", hint)
        target = self.context.relations[relation.references[steps[-1]].to]
        name = quoted_name(f"{self.name}.{'.'.join(steps)}", quote=True)
        there: sa.FromClause = relation_table(target)
        if target.name not in self.context.unique:
            first = there.alias()
            home = self.context.home(target.name, first.c.source)
            lowest = sa.select(sa.func.min(first.c.row_id)).group_by(home, first.c.key)
            there = sa.select(there).where(there.c.row_id.in_(lowest)).subquery(name)
        else:
            there = there.alias(name)
        ours, theirs = (self.context.home(r.name, t.c.source) for r, t in ((relation, table), (target, there)))
        match = sa.and_(theirs == ours, there.c.key == _reference(relation, table, steps[-1]))
        self.joined = self.joined.outerjoin(there, match)
        return target, there

    # --- quantifiers --------------------------------------------------------------------------------------

    def quantify(self, node: Quantifier, context: Context) -> Condition:
        """The three-valued answer of `any` or `no` for each row of this scan."""
        table = self._answered(node, context)
        found = sa.func.coalesce(table.c.answer, 0)
        answer: Condition = sa.case((found == 1, unknown()), else_=found == 2)
        answer = sa.not_(answer) if node.kind == "no" else answer
        return sa.case((sa.and_(*self._keys_known(node)), answer), else_=unknown())

    def count(self, node: Quantifier, context: Context) -> Value:
        """How many rows `count` finds for each row of this scan: surely at least, and possibly at most."""
        table = self._answered(node, context)
        there = sa.and_(*self._keys_known(node))
        sure, possible = (
            sa.case((there, sa.cast(sa.func.coalesce(table.c[name], 0), sa.Double()))) for name in ("sure", "possible")
        )
        return Value("number", sure, sa.true(), end=possible)

    def match_key(self, name: str, node: Quantifier) -> Value:
        """A field by which rows of two relations are matched."""
        value = self.resolve(Path(node.at, tuple(name.split("."))))
        if value.type in ("set", "presence", "time"):
            raise node.at.error(f"Rows cannot be matched by {name!r}, {comparing.READS_AS[value.type]}.")
        return value

    def business(
        self, day: Column, count: int, sign: int, off: Iterable[date], years: tuple[int, int], expr: Node
    ) -> Column:
        """The business day `count` after or before a day, by a country's calendar."""
        paths = [part for part in walk(expr) if isinstance(part, Path)]
        if any(path.this for path in paths) and self.outer is not None:
            if not all(path.this for path in paths):
                raise paths[0].at.error("Two records' days cannot be counted together.", "Count from one of them.")
            return self.outer.business(day, count, sign, off, years, expr)
        table = business_days(count, sign, off, years)
        self.joined = self.joined.outerjoin(table, table.c.day == day)
        return table.c.moved

    def _answered(self, node: Quantifier, context: Context) -> sa.FromClause:
        """The derived table of answers, shared by all that ask the same."""
        if node.relation not in context.relations:
            names = context.relations.relations
            raise node.at.error(f"There is no relation {node.relation[:40]!r}.", nearest(node.relation, names))
        same = replace(node, kind="count" if node.kind == "count" else "any")
        written = tuple(sorted(context.params.items())) if uses_params(node) else ()
        if (same, written) not in self._answers:
            self._answers[(same, written)] = self._derive(node, context)
        return self._answers[(same, written)]

    def _keys_known(self, node: Quantifier) -> list[Condition]:
        found = [known(self.match_key(name, node).column) for name in node.keys if name != PERSON]
        if PERSON in node.keys:
            if self._known_person is None:
                rows = identifiers(self.relation, self.context, node.at).subquery()
                name = quoted_name(f"{self.name}.known", quote=True)
                self._known_person = sa.select(rows.c.row_id).distinct().subquery(name)
                self.joined = self.joined.outerjoin(
                    self._known_person, self._known_person.c.row_id == self.table.c.row_id
                )
            found.append(known(self._known_person.c.row_id))
        return found or [sa.true()]

    def _derive(self, node: Quantifier, context: Context) -> sa.FromClause:
        """Groups the inner rows: by their keys if the condition concerns them alone, else by this scan's row."""
        inner_relation = context.relations[node.relation]
        alone = is_alone(node)
        outer = Frame(self.relation, context, self.outer, f"{self.name}.this{len(self._answers) + 1}", self._rows)
        name = f"{self.name}.{node.relation}{len(self._answers) + 1}"
        inner = Frame(inner_relation, context, outer, name)
        keys = [key for key in node.keys if key != PERSON]
        pairs = [(outer.match_key(key, node), inner.match_key(key, node)) for key in keys]
        for ours, theirs in pairs:  # refuses what is not the same thing on both sides
            comparing.compare("=", ours, theirs, node.at)
        seen = inner.scope_of(node.including_deleted)
        parts = self._inner_conditions(node, inner, outer, context)
        code = sa.func.coalesce(2 * sa.cast(sa.and_(sa.true(), *parts), sa.Integer()), 1).label("code")
        # A row of which one part is false answers nothing. Said part by part, most are left out before any join.
        seen = sa.and_(seen, *(sa.func.coalesce(part, sa.true()) for part in parts))
        if alone:
            labels = [theirs.column.label(f"key{i}") for i, (_, theirs) in enumerate(pairs)]
            rows = sa.select(inner.home.label("source"), *labels, code).select_from(inner.joined).where(seen)
            rows = rows.where(*(known(theirs.column) for _, theirs in pairs))
        else:
            same = [ours.column == theirs.column for ours, theirs in pairs]
            start = outer.joined
            if PERSON in node.keys:
                people = _same_person(self.relation, inner_relation, context, node)
                start = start.join(people, people.c.row_id == outer.table.c.row_id)
                same.append(people.c.inner_id == inner.table.c.row_id)
            else:
                same.append(inner.home == outer.home)
            if node.other and self.relation.name == inner_relation.name:
                same.append(inner.table.c.row_id != outer.table.c.row_id)
            both = start.join(inner.joined, sa.and_(*same))
            rows = sa.select(outer.table.c.row_id.label("row_id"), code).select_from(both).where(seen)
        table = grouped(rows, quoted_name(f"{name}.answers", quote=True), counted=node.kind == "count")
        if alone:
            match = [table.c.source == self.home]
            match += [table.c[f"key{i}"] == self.match_key(key, node).column for i, key in enumerate(keys)]
        else:
            match = [table.c.row_id == self.table.c.row_id]
        self.joined = self.joined.outerjoin(table, sa.and_(*match))
        return table

    def _inner_conditions(self, node: Quantifier, inner: Frame, outer: Frame, context: Context) -> list[Condition]:
        """What must hold of an inner row, all of it."""
        parts: list[Condition] = []
        if node.moment is not None:
            there = {"starts_at", "ends_at"} <= set(inner.relation.fields)
            starts, ends = (inner.value(name) if there else None for name in ("starts_at", "ends_at"))
            parts.append(in_force(inner.relation, starts, ends, lower_value(node.moment, outer, context), node.at))
        if node.where is not None:
            parts += [lower_condition(part, inner, context) for part in conjuncts(node.where)]
        return parts


def _same_person(relation: Relation, inner: Relation, context: Context, node: Quantifier) -> sa.FromClause:
    """Pairs of rows of two relations, of whatever source, that are of the same person; each pair once."""
    ours = identifiers(relation, context, node.at).subquery()
    theirs = identifiers(inner, context, node.at).subquery()
    match = [ours.c[name] == theirs.c[name] for name in ("kind", "source", "value")]
    pairs = sa.select(ours.c.row_id, theirs.c.row_id.label("inner_id")).select_from(ours.join(theirs, sa.and_(*match)))
    return pairs.distinct().subquery()


def _value(relation: Relation, table: sa.FromClause, there: Condition | None, name: str, path: Path) -> Value:
    def column(written: str) -> Column:
        return table.c[written]

    if name == f"{relation.name}_id" and name not in relation.fields:
        return stage_value(Field("key", "ref", "", to=relation.name), column, there)
    if name == "key":
        return stage_value(Field("key", "key", ""), column, there)
    if name == "deleted":
        return Value("flag", table.c.deleted, sa.true() if there is None else sa.case((there, sa.true())))
    if name not in relation.fields:
        raise path.at.error(f"{relation.name} has no field {name[:40]!r}.", _hint(relation, name))
    return stage_value(relation.fields[name], column, there)


def _hint(relation: Relation, name: str) -> str:
    if name in relation.references:
        return f"Write {name}.FIELD for a field of the record, or {name}_id for its key."
    return nearest(name, [*relation.fields, "key", "deleted"]) or _names("Fields", relation.fields)


def _names(what: str, names: Mapping[str, object] | Iterable[str]) -> str:
    listed = list(names)
    return f"{what}: {', '.join(listed)}." if listed else f"{what}: none."


def _reference(relation: Relation, table: sa.FromClause, step: str) -> Column:
    if relation.name == step and step not in relation.references:
        return table.c.key
    return table.c[relation.references[step].name]
