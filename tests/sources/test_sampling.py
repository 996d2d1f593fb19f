from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from auditor.model import TableInfo
from auditor.sources import open_source
from auditor.sources.files import FileSource
from auditor.sources.sampling import Sample, sample
from tests.sources.reading import written


class Rebatched(FileSource):
    """A source whose batches have another size."""

    size = 50_000

    def read(self, table: TableInfo, columns: Sequence[str], *, batch_rows: int = 50_000) -> Iterator[pa.RecordBatch]:
        return super().read(table, columns, batch_rows=self.size)


def numbered(tmp_path: Path, count: int = 5000) -> Path:
    rows = "".join(f"{n},user{n}@example.org,{'' if n % 2 else '  ' if n % 4 else 'x'}\n" for n in range(count))
    return written(tmp_path / "people.csv", "id,email,note\n" + rows)


def drawn(path: Path, **options: int | None) -> Sample:
    with open_source(str(path)) as source:
        return sample(source, source.info.tables[0], **options)  # type: ignore[arg-type]


def test_rows_and_filled_cells_are_counted_exactly(tmp_path: Path) -> None:
    result = drawn(numbered(tmp_path), values=10)
    assert result.rows == 5000 and result.failure is None and result.unread == 0
    assert [(c.column, c.rows, c.non_empty, len(c.values)) for c in result.columns] == [
        ("id", 5000, 5000, 10), ("email", 5000, 5000, 10), ("note", 5000, 1250, 10),
    ]  # fmt: skip


def test_the_seed_decides_and_columns_are_drawn_apart(tmp_path: Path) -> None:
    path = numbered(tmp_path)
    first, again, other = drawn(path, seed=1), drawn(path, seed=1), drawn(path, seed=2)
    assert first.columns == again.columns
    assert first.columns[0].values != other.columns[0].values
    ids = set(first.columns[0].values)
    assert ids != {value.removeprefix("user").split("@")[0] for value in first.columns[1].values}


@pytest.mark.parametrize("size", [1, 7, 999, 1000, 5000])
def test_the_size_of_batches_changes_nothing(tmp_path: Path, size: int) -> None:
    path = numbered(tmp_path, 3000)
    with open_source(str(path)) as source:
        assert isinstance(source, FileSource)
        rebatched = Rebatched(source.info, source._tables, source._paths)
        rebatched.size = size
        table = source.info.tables[0]
        assert sample(rebatched, table, values=100, seed=5) == sample(source, table, values=100, seed=5)


def test_every_row_has_the_same_chance(tmp_path: Path) -> None:
    path = numbered(tmp_path, 100)
    seen = Counter(value for seed in range(300) for value in drawn(path, values=10, seed=seed).columns[0].values)
    assert len(seen) == 100 and max(seen.values()) < 60 and min(seen.values()) > 8


def test_a_sample_larger_than_the_table_is_the_table(tmp_path: Path) -> None:
    path = numbered(tmp_path, 50)
    everything = tuple(str(n) for n in range(50))
    assert drawn(path, values=50).columns[0].values == everything
    assert drawn(path, values=1000).columns[0].values == everything
    assert drawn(path, values=None).columns[0].values == everything
    assert drawn(path, values=0).columns[0].values == ()


def test_values_are_not_in_the_repr(tmp_path: Path) -> None:
    assert "example.org" not in repr(drawn(numbered(tmp_path, 9)))


def test_what_was_read_before_a_failure_is_kept_with_the_failure(tmp_path: Path) -> None:
    whole = gzip.compress(numbered(tmp_path).read_bytes())
    result = drawn(written(tmp_path / "people.csv.gz", whole[: len(whole) // 2]))
    assert result.failure is not None and result.failure.gap
    assert result.failure.what == "people.people" and "cut" in result.failure.why
    assert 0 < result.rows == result.failure.rows == result.columns[0].non_empty < 5000
    assert len(result.columns[0].values) == 1000


def test_unread_rows_are_told(tmp_path: Path) -> None:
    assert drawn(written(tmp_path / "a.csv", "id,email\n1,a@example.org\n2\n")).unread == 1


def test_an_empty_table_has_empty_samples(tmp_path: Path) -> None:
    result = drawn(written(tmp_path / "a.csv", "id,email\n"))
    assert result.rows == 0 and [c.values for c in result.columns] == [(), ()]
