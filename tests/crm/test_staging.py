"""Rows are staged by as many as the stage stores together, none lost and none twice."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.crm import staging


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 25), max_size=12))
def test_batches_of_any_size_become_full_ones(sizes: list[int]):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staging, "ROW_GROUP", 10)
        numbers = iter(range(sum(sizes)))
        batches = [
            pa.RecordBatch.from_pydict({"a": pa.array([next(numbers) for _ in range(n)], pa.int64())}) for n in sizes
        ]
        found = list(staging._row_groups(batches))
    assert [row for batch in found for row in batch.column("a").to_pylist()] == list(range(sum(sizes)))
    assert all(batch.num_rows == 10 for batch in found[:-1])
    assert all(0 < batch.num_rows <= 10 for batch in found)


def test_heavy_rows_do_not_wait_for_a_full_batch(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(staging, "_HELD_BYTES", 100)
    batch = pa.RecordBatch.from_pydict({"a": pa.array(["x" * 60] * 4)})
    assert [part.num_rows for part in staging._row_groups([batch.slice(n, 1) for n in range(4)])] == [2, 2]
