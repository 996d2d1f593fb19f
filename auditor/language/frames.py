"""The names of a rule: a scan over one relation that grows joins as paths and quantifiers ask for them.

A path is a LEFT JOIN, shared by every rule of the scan. A quantifier is a derived table, never a sub-select per row:
the inner rows are joined and grouped once, and the answer is the largest of 2 (true), 1 (unknown) and 0 (false).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import quoted_name

from auditor.knowledge import nearest
from auditor.language import comparing, syntax
from auditor.language.lowering import lower_condition, lower_value
from auditor.language.syntax import Path, Place, Quantifier
from auditor.language.values import (
    Column,
    Condition,
    Context,
    Value,
    known,
    number,
    parameter,
    stage_value,
    unknown,
)  # fmt: skip
from auditor.relations import Field, Relation
from auditor.tables import relation_table


class Frame:
    """A scan over the rows of one relation, of all sources at once; it is the scope in which rules are lowered.

    `outer` is the scan that `this` means, inside a quantifier.
    """

    def __init__(self, relation: Relation, context: Context, outer: Frame | None = None, name: str = "row") -> None:
        self.relation = relation
        self.context = context
        self.outer = outer
        self.name = name
        self.table = relation_table(relation).alias(quoted_name(name, quote=True))
        self.joined: sa.FromClause = self.table
        self._paths: dict[tuple[str, ...], tuple[Relation, sa.FromClause]] = {(): (relation, self.table)}
        self._answers: dict[tuple[object, ...], sa.FromClause] = {}

    # --- what the rows are --------------------------------------------------------------------------------

    @property
    def source(self) -> Column:
        """The source a row is from."""
        return self.table.c.source

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
        return _value(relation, table, there, last, path)

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
        taken: tuple[str, ...] = ()
        for step in steps:
            relation, table = self._paths[taken]
            if relation.name == "subject" and step == "subject":
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
            lowest = sa.select(sa.func.min(first.c.row_id)).group_by(first.c.source, first.c.key)
            there = sa.select(there).where(there.c.row_id.in_(lowest)).subquery(name)
        else:
            there = there.alias(name)
        match = sa.and_(there.c.source == table.c.source, there.c.key == _reference(relation, table, steps[-1]))
        self.joined = self.joined.outerjoin(there, match)
        return target, there

    # --- quantifiers --------------------------------------------------------------------------------------

    def quantify(self, node: Quantifier, context: Context) -> Condition:
        """The three-valued answer of `any`, `no` or `count` for each row of this scan."""
        if node.relation not in context.relations:
            names = context.relations.relations
            raise node.at.error(f"There is no relation {node.relation[:40]!r}.", nearest(node.relation, names))
        keys = [self.match_key(name, node).column for name in node.keys]
        identity = (replace(node, kind="count" if node.kind == "count" else "any", operator="", limit=None),)
        written = tuple(sorted(context.params.items())) if _uses_params(node) else ()
        if (*identity, written) not in self._answers:
            self._answers[(*identity, written)] = self._derive(node, context)
        table = self._answers[(*identity, written)]
        if node.kind == "count":
            answer = self._counted(table, node, context)
        else:
            found = sa.func.coalesce(table.c.answer, 0)
            answer = sa.case((found == 1, unknown()), else_=found == 2)
            answer = sa.not_(answer) if node.kind == "no" else answer
        if not keys:
            return answer
        return sa.case((sa.and_(*(known(key) for key in keys)), answer), else_=unknown())

    def match_key(self, name: str, node: Quantifier) -> Value:
        """A field by which rows of two relations are matched."""
        value = self.resolve(Path(node.at, (name,)))
        if value.type in ("set", "presence", "time"):
            raise node.at.error(f"Rows cannot be matched by {name!r}, {comparing.READS_AS[value.type]}.")
        return value

    def _derive(self, node: Quantifier, context: Context) -> sa.FromClause:
        """Groups the inner rows: by their keys if the condition concerns them alone, else by this scan's row."""
        inner_relation = context.relations[node.relation]
        alone = _is_alone(node)
        outer = Frame(self.relation, context, self.outer, f"{self.name}.this{len(self._answers) + 1}")
        name = f"{self.name}.{node.relation}{len(self._answers) + 1}"
        inner = Frame(inner_relation, context, outer, name)
        for key in node.keys:  # refuses what is not the same thing on both sides
            comparing.compare("=", outer.match_key(key, node), inner.match_key(key, node), node.at)
        seen = inner.scope_of(node.including_deleted)
        holds = self._inner_condition(node, inner, outer, context)
        code = sa.func.coalesce(2 * sa.cast(holds, sa.Integer()), 1)
        inner_keys = [inner.match_key(key, node).column for key in node.keys]
        if alone:
            columns = [inner.source.label("source"), *(key.label(f"key{i}") for i, key in enumerate(inner_keys))]
            rows = sa.select(*columns, code.label("code")).select_from(inner.joined).where(seen)
            rows = rows.where(*(known(key) for key in inner_keys))
        else:
            columns = [outer.table.c.row_id.label("row_id")]
            same = [inner.source == outer.source]
            pairs = zip(node.keys, inner_keys, strict=True)
            same += [outer.match_key(key, node).column == theirs for key, theirs in pairs]
            both = outer.joined.join(inner.joined, sa.and_(*same))
            rows = sa.select(*columns, code.label("code")).select_from(both).where(seen)
        table = _grouped(rows, quoted_name(f"{name}.answers", quote=True), counted=node.kind == "count")
        if alone:
            match = [table.c.source == self.source]
            match += [table.c[f"key{i}"] == self.match_key(key, node).column for i, key in enumerate(node.keys)]
        else:
            match = [table.c.row_id == self.table.c.row_id]
        self.joined = self.joined.outerjoin(table, sa.and_(*match))
        return table

    def _inner_condition(self, node: Quantifier, inner: Frame, outer: Frame, context: Context) -> Condition:
        parts: list[Condition] = []
        if node.moment is not None:
            moment = lower_value(node.moment, outer, context)
            parts.append(_in_force(inner, moment, node))
        if node.where is not None:
            parts.append(lower_condition(node.where, inner, context))
        return sa.and_(*parts) if parts else sa.true()

    def _counted(self, table: sa.FromClause, node: Quantifier, context: Context) -> Condition:
        limit = parameter(node.limit, context) if isinstance(node.limit, syntax.Param) else node.limit
        if not isinstance(limit, syntax.Number):
            raise node.at.error("`count of` is compared with a number.", "Write a number, or a parameter that is one.")
        n = number(limit.value).column
        sure, possible = sa.func.coalesce(table.c.sure, 0), sa.func.coalesce(table.c.possible, 0)
        match node.operator:
            case ">" | "<=":
                answer = _either(sure > n, possible <= n)
            case ">=" | "<":
                answer = _either(sure >= n, possible < n)
            case _:
                answer = _either(sa.and_(sure == n, possible == n), sa.or_(sure > n, possible < n))
        return sa.not_(answer) if node.operator in ("<", "<=", "!=") else answer


def _grouped(rows: sa.Select[Any], name: str, *, counted: bool) -> sa.FromClause:
    inner = rows.subquery()
    groups = [column for column in inner.c if column.name != "code"]
    code = inner.c.code
    if counted:
        answers = [
            sa.func.sum(sa.case((code == 2, 1), else_=0)).label("sure"),
            sa.func.sum(sa.case((code >= 1, 1), else_=0)).label("possible"),
        ]
    else:
        answers = [sa.func.max(code).label("answer")]
    return sa.select(*groups, *answers).group_by(*groups).subquery(name)


def _either(sure: Condition, not_at_all: Condition) -> Condition:
    return sa.case((sure, sa.true()), (not_at_all, sa.false()), else_=unknown())


def _in_force(inner: Frame, moment: Value, node: Quantifier) -> Condition:
    """starts_at <= at < ends_at; a row that has no end is in force for ever."""
    if not {"starts_at", "ends_at"} <= set(inner.relation.fields):
        raise node.at.error(f"{inner.relation.name} has no time from when and until when.", "Leave `at` out.")
    starts, ends = inner.value("starts_at"), inner.value("ends_at")
    moment = comparing.matched(moment, starts, node.at)
    if moment.type != "time":
        raise comparing.wrong_type(moment, "a time", node.at, "`at` takes a time.")
    at = comparing.bounds(moment)
    begun = sa.not_(comparing.before(at, comparing.bounds(starts)))
    open_ended = sa.not_(sa.func.coalesce(ends.given, sa.false()))
    return sa.and_(begun, sa.or_(open_ended, comparing.before(at, comparing.bounds(ends))))


def _is_alone(node: Quantifier) -> bool:
    """Whether the condition concerns the inner rows alone, so that they can be grouped before they are matched."""
    if node.moment is not None and any(isinstance(part, Path) for part in syntax.walk(node.moment)):
        return False
    return node.where is None or not any(isinstance(part, Path) and part.this for part in syntax.walk(node.where))


def _uses_params(node: Quantifier) -> bool:
    return any(isinstance(part, syntax.Param) for part in syntax.walk(node))


def _value(relation: Relation, table: sa.FromClause, there: Condition | None, name: str, path: Path) -> Value:
    def column(written: str) -> Column:
        return table.c[written]

    if relation.name == "subject" and name == "subject_id":
        return stage_value(Field("key", "ref", "", to="subject"), column, there)
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
    if relation.name == "subject" and step == "subject":
        return table.c.key
    return table.c[relation.references[step].name]
