"""From a block of a profile to rows of a canonical relation: one SELECT over staged tables, laid out as in `rel`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import quoted_name

from auditor.crm.planning import Plan, Presence, lost_in, scope_of
from auditor.crm.profile import COLLECT, LEFT, Block, JoinSpec, Profile
from auditor.crm.scope import Columned, Columns, equalities
from auditor.errors import KnowledgeError
from auditor.knowledge import nearest
from auditor.language import Context, Expr, Value, lower_condition, lower_value
from auditor.language.syntax import Call, Path
from auditor.language.values import TEXT, known
from auditor.relations import Field, Relation
from auditor.settle import resolve_region
from auditor.tables import END, GIVEN, LAYOUT, REGION, ROW, relation_table

Column = sa.ColumnElement[Any]
THERE = "__there"


@dataclass(frozen=True, slots=True)
class Ground:
    """What all blocks of one source are lowered against."""

    profile: Profile
    there: Presence
    tables: Mapping[str, sa.FromClause]
    context: Context
    source: str


def rows_of(plan: Plan, relation: Relation, ground: Ground) -> sa.Select[Any]:
    """The rows of a block, with the columns of the relation's table in their order except `row_id`."""
    block = plan.block
    source, scope = _joined(block, ground)
    table = relation_table(relation)
    columns: dict[str, Column] = {
        "source": sa.literal(ground.source, sa.String()),
        "key": composed(block.key, scope, ground.context),
        "deleted": sa.false() if plan.deleted is None else _sure(lower_condition(plan.deleted, scope, ground.context)),
    }
    values: dict[str, Value] = {}
    for field in relation.fields.values():
        if field.name in plan.fields:
            values[field.name] = _value(plan.fields[field.name], field, scope, ground.context)
    for field in relation.fields.values():
        columns |= as_field(values.get(field.name), field, block.place)
    if "region" in values:
        country = columns["country"] if "country" in columns else sa.cast(sa.null(), sa.String())
        columns["region"] = resolve_region(columns["region"], country)
    chosen = [columns[c.name].label(quoted_name(c.name, quote=True)) for c in table.columns if c.name != "row_id"]
    select = sa.select(*chosen).select_from(source)
    return select if block.where is None else select.where(lower_condition(block.where, scope, ground.context))


def _value(parts: tuple[Expr, ...], field: Field, scope: Columned, context: Context) -> Value:
    if len(parts) == 1:
        value = lower_value(parts[0], scope, context)
        if value.type == "flag" and not isinstance(parts[0], Path | Call):
            # A condition that is unknown was not given, whatever its parts were.
            value = replace(value, given=known(value.column))
        return value
    text = composed(parts, scope, context)
    return Value("ref" if field.type == "ref" else "key", text, text.is_not(None))


def composed(parts: tuple[Expr, ...], scope: Columned, context: Context) -> Column:
    """The parts of a key joined by `/`; nothing if a part is missing."""
    columns = [sa.cast(lower_value(part, scope, context).column, sa.String()) for part in parts]
    joined: Column = columns[0]
    for column in columns[1:]:
        joined = joined.concat("/").concat(column)
    return joined


# --- joins -------------------------------------------------------------------------------------------------


def _joined(block: Block, ground: Ground) -> tuple[sa.FromClause, Columned]:
    """The block's tables joined, and the scope over them."""
    base = _alias_of(ground.tables[block.table], block.alias)
    columns: dict[str, Columns] = {block.alias: _by_name(base)}
    there: dict[str, Column] = {}
    sets: dict[str, dict[str, Column]] = {}
    source: sa.FromClause = base
    lost = lost_in(block, ground.profile, ground.there)
    for join in block.joins:
        if join.alias in lost:
            continue
        inner = frozenset(each.alias for each in (join, *join.via))
        scope = scope_of(block, ground.profile, ground.there, columns)
        pairs = equalities(join.on, inner)
        picked = _picked(join, pairs, block, ground)
        match = sa.and_(
            sa.true(),
            *(picked.c[_name(own.names[0], own.names[1])] == scope.resolve(outer).column for own, outer in pairs),
        )
        source = source.join(picked, match, isouter=join.kind in (LEFT, COLLECT))
        for alias in inner:
            columns[alias] = _under(picked, alias)
            if join.kind == LEFT:
                there[alias] = picked.c[THERE].is_not(None)
        if join.collect:
            sets[join.alias] = {name: picked.c[_name(join.alias, name)] for name in join.collect}
    scope = scope_of(block, ground.profile, ground.there, columns)
    aliases = {
        name: replace(alias, there=there.get(name), sets=sets.get(name, {})) for name, alias in scope.aliases.items()
    }
    return source, Columned(aliases)


def _picked(join: JoinSpec, pairs: list[Any], block: Block, ground: Ground) -> sa.Subquery:
    """The rows of a joined table that count: filtered, one per match if asked, or gathered into sets."""
    own = {each.alias: _alias_of(ground.tables[each.table], each.alias) for each in (join, *join.via)}
    scope = scope_of(block, ground.profile, ground.there, {name: _by_name(t) for name, t in own.items()})
    source: sa.FromClause = own[join.alias]
    seen = {join.alias}
    for via in join.via:
        matches = equalities(via.on, frozenset({via.alias}))
        on = sa.and_(*(scope.resolve(a).column == scope.resolve(b).column for a, b in matches))
        source = source.join(own[via.alias], on)
        seen.add(via.alias)
    keys = [scope.resolve(path).column.label(_name(*path.names)) for path, _ in pairs]
    filters = [] if join.where is None else [lower_condition(join.where, scope, ground.context)]
    if join.kind == COLLECT:
        return _gathered(join, source, keys, filters, scope, ground.context)
    columns = [column.label(_name(alias, str(column.name))) for alias in own for column in own[alias].columns]
    columns.append(sa.true().label(THERE))
    select = sa.select(*columns).select_from(source).where(*filters)
    if not join.one:
        return select.subquery()
    order: list[Column] = []
    if join.by is not None:
        by = lower_value(join.by, scope, ground.context)
        order.append(sa.desc(by.end if by.end is not None else by.column).nulls_last())
    order += [table.c[ROW] for table in own.values()]
    partition = [scope.resolve(path).column for path, _ in pairs]
    number = sa.func.row_number().over(partition_by=partition or None, order_by=order).label("__number")
    ranked = select.add_columns(number).subquery()
    return sa.select(*(c for c in ranked.columns if c.name != "__number")).where(ranked.c["__number"] == 1).subquery()


def _gathered(
    join: JoinSpec, source: sa.FromClause, keys: list[Any], filters: list[Any], scope: Columned, context: Context
) -> sa.Subquery:
    sets = []
    for name, expr in join.collect.items():
        value = lower_value(expr, scope, context)
        if value.type not in ("code", "name", TEXT):
            raise expr.at.error("Only codes can be gathered into a set.")
        gathered = sa.func.list_sort(sa.func.array_agg(value.column.distinct()).filter(value.column.is_not(None)))
        sets.append(sa.cast(gathered, sa.ARRAY(sa.String())).label(_name(join.alias, name)))
    grouped = sa.select(*keys, *sets).select_from(source).where(*filters)
    return grouped.group_by(*(key.element for key in keys)).subquery()


def _alias_of(table: sa.FromClause, alias: str) -> sa.FromClause:
    return table.alias(quoted_name(alias, quote=True))


def _name(alias: str, column: str) -> str:
    return quoted_name(f"{alias}.{column}", quote=True)


def _by_name(table: sa.FromClause) -> Columns:
    return lambda name: table.c[name]


def _under(picked: sa.Subquery, alias: str) -> Columns:
    return lambda name: picked.c[_name(alias, name)]


# --- fields ------------------------------------------------------------------------------------------------


def as_field(value: Value | None, field: Field, place: str) -> dict[str, Column]:
    """The columns of a field of a relation; all empty if nothing fills it."""
    columns: dict[str, Column] = {
        field.name + suffix: sa.false() if suffix == GIVEN else sa.cast(sa.null(), kind)
        for suffix, kind in LAYOUT[field.type]
    }
    if value is None:
        return columns
    given = _sure(value.given)
    own, given = _converted(value, field, given, place)
    columns[field.name] = own
    if field.name + GIVEN in columns:
        columns[field.name + GIVEN] = given
    if field.name + END in columns:
        columns[field.name + END] = _end(value)
    if field.name + REGION in columns and value.region is not None:
        columns[field.name + REGION] = value.region
    return columns


def _converted(value: Value, field: Field, given: Column, place: str) -> tuple[Column, Column]:
    kind, literal = value.type, value.type == TEXT
    match field.type:
        case "presence":
            own = _sure(value.column) if kind in ("presence", "flag") else given
            return own, own
        case "flag" if kind in ("flag", "presence"):
            return value.column, given
        case "key" | "ref" if kind in ("key", "ref", "code", "name") or literal:
            return value.column, given
        case "code" if kind == "code" or literal:
            if not field.values or literal:
                _check_literal(value, field, place)
                return value.column, given
            return sa.case((value.column.in_(field.values), value.column)), given
        case "set" if kind in ("set", "code") or literal:
            return _set(value, field), given
        case "time" if kind in ("time", "birth"):
            return sa.cast(value.column, sa.DateTime()), given
        case "birth" if kind in ("time", "birth"):
            return sa.cast(value.column, sa.Date()), given
        case "name" if kind in ("name", "code") or literal:
            return value.column, given
        case other if other == kind:
            return value.column, given
    raise KnowledgeError(
        f"The field {field.name} is of type {field.type} and cannot be filled from a {kind}.", where=place
    )


def _check_literal(value: Value, field: Field, place: str) -> None:
    if value.type == TEXT and field.values and value.literal not in field.values:
        hint = nearest(str(value.literal), field.values) or f"Codes: {', '.join(field.values)}."
        raise KnowledgeError(f"{str(value.literal)[:40]!r} is not a code of {field.name}.", where=place, do=hint)


def _set(value: Value, field: Field) -> Column:
    kind = sa.ARRAY(sa.String())
    if value.type != "set":
        return sa.case((value.column.is_not(None), sa.cast(sa.func.list_value(value.column), kind)))
    if not field.values:
        return value.column
    known = sa.cast(sa.func.list_value(*(sa.literal(code) for code in field.values)), kind)
    held = sa.func.list_intersect(value.column, known, type_=kind)
    return sa.case((sa.func.len(held) > 0, held))


def _end(value: Value) -> Column:
    if value.type == "birth":
        from auditor.language.comparing import bounds

        return bounds(value)[1]
    return value.column if value.end is None else value.end


def _sure(condition: Column) -> Column:
    """False where the answer is unknown."""
    return sa.func.coalesce(condition, sa.false())
