"""Requests against the deadline of every law that protects the person, counted on a stage with a handful of rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from auditor.findings.requests import requests
from auditor.jurisdictions import load_jurisdictions
from auditor.language import Place, parse_period
from auditor.model import Binding, BoundField, BoundRelation, Fill, LawRequests, Standing
from auditor.rules.loading import load_rules_or_raise
from auditor.tables import END, GIVEN
from tests.findings.test_pictures import connection, put

__all__ = ["connection"]
AS_OF = date(2026, 11, 1)
NOTHING_BOUND = Binding((), ())
PEOPLE = {
    "DE": ["eu-gdpr"], "CA": ["us-ca-ccpa"], "BR": ["br-lgpd"], "FR-CA": ["eu-gdpr", "us-ca-ccpa"], "JP": ["jp-appi"],
}  # fmt: skip


def asked(person: str, received: datetime | None, **more: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"subject_id": person, "kind": "access", "kind" + GIVEN: True}
    for name, value in {"received_at": received, "closed_at": None, "extended_at": None, **more}.items():
        row |= {name: value} if name == "kind" else {name: value, name + END: value, name + GIVEN: value is not None}
    return row


def counted(
    connection: sa.Connection, *rows: dict[str, Any], binding: Binding = NOTHING_BOUND
) -> dict[str, dict[Standing, int]]:
    put(connection, "subject", *({"key": k, "regimes": r, "regimes" + GIVEN: True} for k, r in PEOPLE.items()))
    put(connection, "request", *rows)
    found = requests(connection, binding, load_jurisdictions(), AS_OF)
    return {under.law: _sums(under) for under in found}


def _sums(under: LawRequests) -> dict[Standing, int]:
    sums = [sum(counts) for counts in zip(*(group.counts for group in under.groups), strict=True)]
    return {standing: n for standing, n in zip(Standing, sums, strict=True) if n}


@pytest.mark.parametrize(
    ("row", "standing"),
    [
        (asked("DE", datetime(2026, 3, 2), closed_at=datetime(2026, 4, 2, 18)), Standing.IN_TIME),
        (asked("DE", datetime(2026, 3, 2), closed_at=datetime(2026, 4, 4)), Standing.LATE),
        (
            asked("DE", datetime(2026, 3, 2), extended_at=datetime(2026, 3, 9), closed_at=datetime(2026, 5, 9)),
            Standing.EXTENDED,
        ),
        (
            asked("DE", datetime(2026, 3, 2), extended_at=datetime(2026, 3, 9), closed_at=datetime(2026, 6, 9)),
            Standing.LATE,
        ),
        (asked("DE", datetime(2026, 10, 20)), Standing.WAITING),
        (asked("DE", datetime(2026, 10, 4)), Standing.SOON),
        (asked("DE", datetime(2026, 9, 20)), Standing.OVERDUE),
        (asked("DE", datetime(2026, 9, 20), extended_at=datetime(2026, 10, 9)), Standing.WAITING),
        (asked("DE", datetime(2026, 7, 20), extended_at=datetime(2026, 8, 9)), Standing.OVERDUE),
        (asked("DE", None), Standing.UNKNOWN),
        (asked("BR", datetime(2026, 3, 2), closed_at=datetime(2026, 3, 17)), Standing.IN_TIME),
        (asked("BR", datetime(2026, 3, 2), closed_at=datetime(2026, 3, 18, 1)), Standing.LATE),
        # The law names no longest extension, so nobody can say by when this one was due.
        (
            asked("BR", datetime(2026, 3, 2), extended_at=datetime(2026, 3, 4), closed_at=datetime(2026, 5, 1)),
            Standing.UNKNOWN,
        ),
    ],
)
def test_a_request_stands_in_one_way_against_a_deadline(
    connection: sa.Connection, row: dict[str, Any], standing: Standing
) -> None:
    (sums,) = counted(connection, row).values()
    assert sums == {standing: 1}


def test_each_law_counts_its_own_people_by_its_own_deadline(connection: sa.Connection) -> None:
    late = datetime(2026, 4, 10)  # 39 days
    row = {"received": datetime(2026, 3, 2), "closed_at": late}
    assert counted(connection, asked("FR-CA", **row), asked("CA", **row), asked("JP", **row), asked("gone", **row)) == {
        "eu-gdpr": {Standing.LATE: 1},
        "us-ca-ccpa": {Standing.IN_TIME: 2},
        "": {Standing.UNKNOWN: 2},
    }


def test_a_register_of_requests_is_about_the_people_of_its_home(connection: sa.Connection) -> None:
    fields = {"kind": BoundField("kind", Fill.FILLED)}
    binding = Binding((), (BoundRelation("registers", "request", 1, fields),), homes=(("registers", "crm"),))
    row = {**asked("DE", datetime(2026, 9, 20)), "source": "registers"}
    assert counted(connection, row, binding=binding) == {"eu-gdpr": {Standing.OVERDUE: 1}}


def test_what_came_in_after_the_audit_or_was_deleted_is_not_counted(connection: sa.Connection) -> None:
    gone = {**asked("DE", datetime(2026, 3, 2)), "deleted": True}
    assert counted(connection, asked("DE", datetime(2026, 11, 3)), gone) == {}


def test_the_deadlines_are_periods_and_those_of_the_rules_about_late_answers() -> None:
    regimes = load_jurisdictions().regimes
    stated = {}
    for name, regime in regimes.items():
        for deadline in regime.answers:
            for text in filter(None, (deadline.within, deadline.at_most)):
                assert parse_period(text, Place("rules/jurisdictions.yaml", 1, 1)).count
            stated[name] = {"limit": deadline.within, "at_most": deadline.at_most}
    rules = {compiled.rule.id: compiled.rule.params for compiled in load_rules_or_raise()}
    for rule, law in (
        ("request-answered-late", "eu-gdpr"),
        ("uk-request-answered-late", "uk-gdpr"),
        ("ccpa-request-answered-late", "us-ca-ccpa"),
    ):
        assert rules[rule] == stated[law], rule
