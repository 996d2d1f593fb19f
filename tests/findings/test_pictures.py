"""The figures of the report's pictures, counted on a stage with a handful of rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from auditor.findings.pictures import month_ends, pictures
from auditor.jurisdictions import load_jurisdictions
from auditor.model import Attested, Binding, PermissionPoint, Pictures
from auditor.relations import load_relations
from auditor.stage import open_stage
from auditor.tables import END, relation_table

AS_OF = date(2026, 11, 1)
NEVER = sa.cast(sa.literal("-infinity"), sa.DateTime())
FOREVER = sa.cast(sa.literal("infinity"), sa.DateTime())


@pytest.fixture
def connection() -> Iterator[sa.Connection]:
    with open_stage() as stage:
        for relation in load_relations().relations.values():
            relation_table(relation).create(stage.connection)
        yield stage.connection


def put(connection: sa.Connection, relation: str, *rows: dict[str, Any]) -> None:
    table = relation_table(load_relations()[relation])
    for number, row in enumerate(rows):
        values = {"source": "crm", "row_id": number, "key": str(number), "deleted": False, **row}
        connection.execute(sa.insert(table).values({table.c[name]: value for name, value in values.items()}))


def drawn(connection: sa.Connection) -> Pictures:
    return pictures(connection, Binding((), ()), load_jurisdictions(), AS_OF)


def at(year: int, month: int = 1) -> datetime:
    return datetime(year, month, 1)


def said(
    person: str, status: str | None, start: Any, start_end: Any, end: Any = None, end_end: Any = None
) -> dict[str, Any]:
    return {
        "subject_id": person, "channel": "email", "purpose": "marketing", "status": status,
        "starts_at": start, "starts_at" + END: start_end,
        "ends_at": FOREVER if end is None else end, "ends_at" + END: FOREVER if end_end is None else end_end,
    }  # fmt: skip


def test_an_empty_stage_gives_no_picture(connection: sa.Connection) -> None:
    assert drawn(connection) == Pictures()


def test_people_are_counted_once_by_what_was_in_force_and_what_is_uncertain_is_unknown(
    connection: sa.Connection,
) -> None:
    put(connection, "subject", *({"key": key} for key in "abcde"), {"key": "gone", "deleted": True})
    put(
        connection,
        "permission",
        said("a", "granted", at(2020), at(2020), at(2026, 6), at(2026, 6)),
        said("a", "withdrawn", at(2026, 6), at(2026, 6)),
        said("b", "granted", at(2020), at(2020)),
        said("c", "withdrawn", NEVER, at(2026, 11)),
        said("d", None, at(2020), at(2020)),
        said("e", "expired", at(2020), at(2020)),
        said("gone", "granted", at(2020), at(2020)),
    )
    points = {point.at: point for point in drawn(connection).permissions}
    assert points[date(2026, 5, 31)] == PermissionPoint("email", date(2026, 5, 31), 2, 0, 1, 2)
    assert points[AS_OF] == PermissionPoint("email", AS_OF, 1, 2, 1, 1)


def test_ages_are_whole_years_at_the_end_of_the_date_and_an_unsure_age_is_in_no_group(
    connection: sa.Connection,
) -> None:
    days = [datetime(2025, 11, 2), datetime(2025, 11, 1), datetime(2020, 1, 1), datetime(2010, 1, 1)]
    known = [{"kind": "lead", "last_activity_at": day, "last_activity_at" + END: day} for day in days]
    unsure = {"kind": "lead", "last_activity_at": NEVER, "last_activity_at" + END: at(2026)}
    put(connection, "subject", *known, unsure, {"kind": "lead"})
    (group,) = drawn(connection).ages
    assert (group.counts, group.unknown, group.total) == ((1, 1, 0, 0, 1, 1), 2, 6)


def test_a_role_shows_its_users_and_the_rights_that_are_in_force(connection: sa.Connection) -> None:
    put(connection, "user", {"key": "u1", "active": True, "admin": True}, {"key": "u2", "active": False})
    put(connection, "role", {"key": "r", "title": "Sales", "may_export": True})
    grant = {"role_id": "r", "operation": "member", "denies": False, "active": True}
    put(
        connection,
        "grant",
        {**grant, "user_id": "u1"},
        {**grant, "user_id": "u2"},
        {"role_id": "r", "operation": "view", "scope": "all", "object": "people"},
        {"role_id": "r", "operation": "edit", "scope": "own", "object": "people"},
        {"role_id": "r", "operation": "create", "scope": "own", "object": "people"},
        {"role_id": "r", "operation": "delete", "scope": "all", "object": "people", "denies": True},
        {"user_id": "u2", "operation": "export", "scope": "all", "object": "people"},
    )
    admins, role, direct = drawn(connection).holders
    assert (admins.users, admins.active) == (1, 1)
    assert (role.title, role.users, role.active) == ("Sales", 2, 1)
    assert role.rights == (("create", "own", 1), ("edit", "own", 1), ("view", "all", 1), ("export", "", 1))
    assert role.reach == (("people", "edit", "own"), ("people", "view", "all"))
    assert (direct.kind, direct.users, direct.rights) == ("direct", 1, (("export", "all", 1),))


def test_month_ends_stand_in_order_and_end_with_the_date_itself() -> None:
    assert month_ends(date(2026, 3, 15), 2) == (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 15))
    assert month_ends(date(2026, 2, 28), 1) == (date(2026, 1, 31), date(2026, 2, 28))


def test_what_was_signed_is_listed_with_its_days(connection: sa.Connection) -> None:
    put(connection, "attestation", {"question": "Trained?", "signed_at": at(2026), "expires_at": at(2027)}, {})
    put(connection, "attestation", {"question": "Later?", "expires_at": FOREVER, "row_id": 9, "key": "9"})
    assert drawn(connection).attested == (
        Attested("crm", "Later?", None, None),
        Attested("crm", "Trained?", date(2026, 1, 1), date(2027, 1, 1)),
    )
