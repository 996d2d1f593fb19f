"""Who may do what: administrators, roles and direct grants, with their rights and the objects they are on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from auditor.model import Holder
from auditor.relations import Relations
from auditor.tables import relation_table

Column = sa.ColumnElement[Any]

STRONGEST = ("all", "export", "delete", "edit", "create", "view", "search")
"""Operations, the one that reaches furthest first."""
OBJECTS = 200
_WIDEST = ("all", "team", "own", "")


def holders(connection: sa.Connection, relations: Relations) -> tuple[Holder, ...]:
    """Administrators, roles and direct grants with what they allow, of the accounts and rights that are not deleted."""
    user, role, grant = (relation_table(relations[name]) for name in ("user", "role", "grant"))
    return (
        *_administrators(connection, user),
        *_roles(connection, user, role, grant),
        *_direct(connection, user, grant),
    )


def _active(user: sa.Table) -> Column:
    return sa.func.count(sa.distinct(sa.case((user.c.active, user.c.key))))


def _in_force(grant: sa.Table) -> Column:
    no = sa.false()
    active, denies = sa.func.coalesce(grant.c.active, sa.true()), sa.func.coalesce(grant.c.denies, no)
    return sa.and_(sa.not_(grant.c.deleted), active, sa.not_(denies))


def _administrators(connection: sa.Connection, user: sa.Table) -> list[Holder]:
    query = (
        sa.select(user.c.source, sa.func.count(), _active(user))
        .where(sa.not_(user.c.deleted), user.c.admin)
        .group_by(user.c.source)
        .order_by(user.c.source)
    )
    everything, on_all = (("all", "all", 1),), (("", "all", "all"),)
    rows = connection.execute(query)
    return [Holder(str(s), "Administrators", "administrators", int(n), int(a), everything, on_all) for s, n, a in rows]


def _roles(connection: sa.Connection, user: sa.Table, role: sa.Table, grant: sa.Table) -> list[Holder]:
    member = sa.and_(
        grant.c.source == role.c.source, grant.c.role_id == role.c.key, grant.c.user_id.is_not(None), _in_force(grant)
    )
    person = sa.and_(user.c.source == grant.c.source, user.c.key == grant.c.user_id, sa.not_(user.c.deleted))
    query = (
        sa.select(
            role.c.source, role.c.key, role.c.title, sa.func.count(sa.distinct(user.c.key)), _active(user),
            role.c.may_export, role.c.may_delete, role.c.sees_all,
        )
        .select_from(role.outerjoin(grant, member).outerjoin(user, person))
        .where(sa.not_(role.c.deleted))
        .group_by(role.c.source, role.c.key, role.c.title, role.c.may_export, role.c.may_delete, role.c.sees_all)
    )  # fmt: skip
    rights, reach = _rights(connection, grant), _reach(connection, grant)
    found = []
    for source, key, title, users, active, exports, deletes, sees in connection.execute(query):
        marked = (("export", exports), ("delete", deletes), ("view", sees))
        # A role's own flag says what it may, not on how much; only "sees every record" names the scope.
        flags = [(name, "all" if name == "view" else "", 1) for name, flag in marked if flag]
        own = (*rights.get((str(source), str(key)), ()), *flags)
        on = reach.get((str(source), str(key)), ())
        found.append(Holder(str(source), str(title or ""), "role", int(users), int(active), own, on))
    return sorted(found, key=lambda h: (h.source, -h.active, -h.users, h.title))


def _rights(connection: sa.Connection, grant: sa.Table) -> dict[tuple[str, str], list[tuple[str, str, int]]]:
    query = (
        sa.select(grant.c.source, grant.c.role_id, grant.c.operation, grant.c.scope, _objects(grant))
        .where(grant.c.role_id.is_not(None), grant.c.user_id.is_(None), grant.c.operation != "member", _in_force(grant))
        .group_by(grant.c.source, grant.c.role_id, grant.c.operation, grant.c.scope)
        .order_by(grant.c.operation, grant.c.scope)
    )
    rights: dict[tuple[str, str], list[tuple[str, str, int]]] = defaultdict(list)
    for source, role, operation, scope, objects in connection.execute(query):
        rights[str(source), str(role)].append((str(operation), str(scope or ""), int(objects)))
    return rights


def _reach(connection: sa.Connection, grant: sa.Table) -> dict[tuple[str, str], tuple[tuple[str, str, str], ...]]:
    """Per role and object the rights that reach furthest; of a role with very many objects, those first by name."""
    columns = (grant.c.source, grant.c.role_id, grant.c.object, grant.c.operation, grant.c.scope)
    query = (
        sa.select(*columns)
        .where(grant.c.role_id.is_not(None), grant.c.user_id.is_(None), grant.c.object.is_not(None))
        .where(grant.c.operation.in_(STRONGEST), _in_force(grant))
        .distinct()
    )
    found: dict[tuple[str, str], dict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for source, role, name, operation, scope in connection.execute(query):
        found[str(source), str(role)][str(name)].append((str(operation), str(scope or "")))
    return {
        role: tuple((name, *right) for name in sorted(rights)[:OBJECTS] for right in _furthest(rights[name]))
        for role, rights in found.items()
    }


def _furthest(rights: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The strongest right, and every weaker one that reaches more records: who edits their own may see everybody's."""
    widest = len(_WIDEST)
    for operation, scope in sorted(rights, key=_strength):
        reach = _WIDEST.index(scope) if scope in _WIDEST else len(_WIDEST) - 1
        if reach < widest:
            widest = reach
            yield operation, scope


def _strength(right: tuple[str, str]) -> tuple[int, int]:
    operation, scope = right
    return STRONGEST.index(operation), _WIDEST.index(scope) if scope in _WIDEST else len(_WIDEST)


def _objects(grant: sa.Table) -> Column:
    return sa.func.greatest(sa.func.count(sa.distinct(grant.c.object)), 1)


def _direct(connection: sa.Connection, user: sa.Table, grant: sa.Table) -> list[Holder]:
    """What users were given by name, of each source: a user with two grants is counted once."""
    person = sa.and_(user.c.source == grant.c.source, user.c.key == grant.c.user_id, sa.not_(user.c.deleted))
    given = sa.and_(grant.c.user_id.is_not(None), grant.c.operation != "member", _in_force(grant))
    joined = grant.join(user, person)
    columns = (grant.c.source, grant.c.operation, grant.c.scope)
    query = sa.select(*columns, _objects(grant)).select_from(joined).where(given).group_by(*columns).order_by(*columns)
    rights: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for source, operation, scope, objects in connection.execute(query):
        rights[str(source)].append((str(operation), str(scope or ""), int(objects)))
    people = sa.select(grant.c.source, sa.func.count(sa.distinct(user.c.key)), _active(user))
    counted = connection.execute(
        people.select_from(joined).where(given).group_by(grant.c.source).order_by(grant.c.source)
    )
    return [Holder(str(s), "", "direct", int(n), int(active), tuple(rights[str(s)])) for s, n, active in counted]
