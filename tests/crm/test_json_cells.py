"""Cells with JSON objects: every member once, whatever the cell, and never more at once than is bounded."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.crm import json_cells
from auditor.crm.json_cells import member_of, members_as_rows
from auditor.crm.profile import EachMember

EACH = EachMember("data", ("object", "operation"), "level")
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
OBJECTS = st.dictionaries(
    st.text(max_size=3), SCALARS | st.dictionaries(st.text(max_size=3), SCALARS, max_size=3), max_size=3
)


def rows_of(texts: list[str | None]) -> list[dict[str, Any]]:
    batch = pa.RecordBatch.from_pydict({"id": list(range(len(texts))), "data": pa.array(texts, pa.string())})
    rows: list[dict[str, Any]] = []
    for part, extra in members_as_rows(batch, "data", EACH):
        assert part.num_rows <= json_cells._AT_ONCE
        columns = {"id": part.column("id"), **extra}
        rows += pa.RecordBatch.from_pydict(columns).to_pylist()
    return rows


def as_text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


@given(st.lists(OBJECTS, max_size=4), st.integers(1, 3))
def test_every_member_is_one_row_in_the_order_of_the_cells(objects: list[dict[str, Any]], at_once: int) -> None:
    wanted = []
    for number, held in enumerate(objects):
        for name, value in held.items():
            if isinstance(value, dict):
                inner = [{"object": name, "operation": n, "level": as_text(v)} for n, v in value.items()]
            else:
                inner = [{"object": name, "operation": None, "level": as_text(value)}]
            wanted += [{"id": number, **row} for row in inner]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_cells, "_AT_ONCE", at_once)
        assert rows_of([json.dumps(held) for held in objects]) == wanted


@given(st.lists(st.none() | st.text() | OBJECTS.map(json.dumps), max_size=5))
def test_a_cell_that_is_no_object_stays_and_gives_no_row(texts: list[str | None]) -> None:
    found = member_of(pa.array(texts, pa.string()), ["en_US"]).to_pylist()
    for number, (text, member) in enumerate(zip(texts, found, strict=True)):
        try:
            held = json.loads(text or "")
        except ValueError:
            held = None
        if isinstance(held, dict):
            value = held.get("en_US")
            assert member == (None if isinstance(value, dict) else as_text(value))
        else:
            assert member == text
            assert not [row for row in rows_of(texts) if row["id"] == number]


HALF = '{"\\ud800": "\\ud800"}'
HOSTILE = (
    "{" * 100_000,
    '{"a":' * 100_000,
    '{"a": NaN}',
    '{"a": 1e999}',
    HALF,
    HALF.replace("ud800", "ud83d", 1),
    "{}",
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_cell_is_no_error(text: str) -> None:
    rows_of([text])
    member_of(pa.array([text], pa.string()), ["a"])
