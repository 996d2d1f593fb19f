"""Identity: what persons have is added once, beside what a profile mapped."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from auditor.crm.identity import build_identity
from auditor.relations import load_relations
from auditor.stage import memory_stage
from tests.crm.relation_rows import fill


@pytest.fixture
def connection():
    with memory_stage() as stage:
        yield stage.connection


def build(connection, subjects, mapped=()):
    fill(connection, "subject", subjects)
    table = fill(connection, "identity", mapped)
    added = build_identity(connection, load_relations())
    return added, connection.execute(sa.select(table).order_by(table.c.row_id)).mappings().all()


def test_each_identifier_is_a_row_and_is_the_main_one(connection):
    added, rows = build(connection, [{"key": "1", "email": "e", "phone": "p", "phone__region": "DE"}])
    assert added == 2
    assert [(row["subject_id"], row["email"], row["phone"], row["main"]) for row in rows] == [
        ("1", "e", None, True),
        ("1", None, "p", True),
    ]
    assert rows[1]["phone__region"] == "DE"
    assert rows[0]["phone__given"] is rows[0]["confirmed__given"] is False
    assert rows[0]["email__given"] is True


def test_what_a_profile_mapped_is_not_added_again(connection):
    mapped = [{"subject_id": "1", "email": "e", "confirmed": "confirmed"}, {"subject_id": "2", "email": "other"}]
    subjects = [{"key": "1", "email": "e"}, {"key": "2", "email": "e"}, {"source": "shop", "key": "1", "email": "e"}]
    added, rows = build(connection, subjects, mapped)
    assert added == 2
    assert sorted((row["source"], row["subject_id"], row["email"]) for row in rows) == [
        ("crm", "1", "e"),
        ("crm", "2", "e"),
        ("crm", "2", "other"),
        ("shop", "1", "e"),
    ]
    assert len({row["row_id"] for row in rows}) == 4


def test_building_twice_adds_nothing(connection):
    build(connection, [{"key": "1", "email": "e", "phone": "p"}])
    assert build_identity(connection, load_relations()) == 0


def test_deleted_people_stay_deleted_and_the_nameless_are_left_out(connection):
    added, rows = build(
        connection,
        [{"key": "1", "email": "e", "deleted": True}, {"key": None, "email": "e"}, {"key": "3", "email": None}],
    )
    assert added == 1
    assert rows[0]["deleted"] is True
