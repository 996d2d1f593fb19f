from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from auditor.errors import SourceError
from auditor.sources import open_source
from tests.sources.reading import names_of, read_file, rows_of

UTC = dt.UTC


def test_every_type_becomes_text(tmp_path: Path) -> None:
    columns = {
        "int": (pa.int64(), 7, "7"),
        "float": (pa.float64(), 1.5, "1.5"),
        "bool": (pa.bool_(), True, "true"),
        "text": (pa.large_string(), "x", "x"),
        "bytes": (pa.binary(), b"caf\xc3\xa9", "café"),
        "raw": (pa.binary(), b"\xff\x00", "\\xff00"),
        "decimal": (pa.decimal128(9, 2), Decimal("1.50"), "1.50"),
        "date": (pa.date32(), dt.date(2026, 11, 1), "2026-11-01"),
        "time": (pa.time64("us"), dt.time(9, 30), "09:30:00"),
        "local": (pa.timestamp("us"), dt.datetime(2026, 11, 1, 9, 30), "2026-11-01T09:30:00"),
        "fine": (pa.timestamp("us"), dt.datetime(2026, 11, 1, 9, 30, 0, 250), "2026-11-01T09:30:00.000250"),
        "zoned": (pa.timestamp("ms", "Europe/Berlin"), dt.datetime(2026, 11, 1, 9, tzinfo=UTC), "2026-11-01T09:00:00Z"),
        "list": (pa.list_(pa.string()), ["é", "b"], '["é", "b"]'),
        "struct": (pa.struct({"a": pa.int32(), "d": pa.date32()}), {"a": 1, "d": dt.date(2026, 1, 2)},
                   '{"a": 1, "d": "2026-01-02"}'),
        "code": (pa.dictionary(pa.int32(), pa.string()), "x", "x"),
        "nothing": (pa.null(), None, None),
    }  # fmt: skip
    table = pa.table({name: pa.array([value, None], kind) for name, (kind, value, _) in columns.items()})
    pq.write_table(table, tmp_path / "a.parquet")
    names, rows, _ = read_file(tmp_path / "a.parquet")
    assert names == list(columns)
    assert rows == [tuple(text for *_, text in columns.values()), (None,) * len(columns)]


def test_types_and_rows_are_told(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": pa.array([1, 2], pa.int32())}), tmp_path / "people_20261101.parquet")
    with open_source(str(tmp_path / "people_20261101.parquet")) as source:
        [table] = source.info.tables
        assert (table.name, table.rows, table.columns[0].type) == ("people", 2, "int32")


def test_hostile_names_are_only_names(tmp_path: Path) -> None:
    names = ['a"; DROP TABLE x;--', "a.b", "姓名", "order"]
    pq.write_table(pa.table({name: [name] for name in names}), tmp_path / "a.parquet")
    with open_source(str(tmp_path / "a.parquet")) as source:
        assert names_of(source.info.tables[0]) == names
        assert rows_of(source) == [tuple(names)]
        assert [batch.to_pydict() for batch in source.read(source.info.tables[0], ["a.b"])] == [{"a.b": ["a.b"]}]


def test_columns_of_one_name_are_both_read(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array(["x"]), pa.array(["y"])], ["a", "a"])
    pq.write_table(table, tmp_path / "a.parquet")
    assert read_file(tmp_path / "a.parquet")[:2] == (["a", "a_2"], [("x", "y")])


def test_a_cut_file_is_one_sentence(tmp_path: Path) -> None:
    pq.write_table(pa.table({"email": ["secret@example.org"] * 1000}), tmp_path / "a.parquet")
    whole = (tmp_path / "a.parquet").read_bytes()
    for length in (4, 8, len(whole) // 2, len(whole) - 1):
        (tmp_path / "a.parquet").write_bytes(whole[:length])
        with pytest.raises(SourceError, match="damaged, cut or encrypted") as caught:
            open_source(str(tmp_path / "a.parquet"))
        assert caught.value.__suppress_context__


def test_damage_within_gives_what_comes_before(tmp_path: Path) -> None:
    values = [f"secret{n * 7919 % 100_003}@example.org" for n in range(100_000)]
    pq.write_table(pa.table({"email": values}), tmp_path / "a.parquet", row_group_size=10_000)
    content = bytearray((tmp_path / "a.parquet").read_bytes())
    content[len(content) // 2 : len(content) // 2 + 5000] = b"\xee" * 5000
    (tmp_path / "a.parquet").write_bytes(bytes(content))
    with open_source(str(tmp_path / "a.parquet")) as source:
        seen = 0
        with pytest.raises(SourceError, match="reading failed") as caught:
            for batch in source.read(source.info.tables[0], ["email"], batch_rows=10_000):
                seen += batch.num_rows
        assert 0 < seen < 100_000 and "secret" not in str(caught.value)


def test_texts_that_are_no_utf8_are_shown_as_bytes(tmp_path: Path) -> None:
    broken = pa.array([b"M\xfcller", b"fine", None]).view(pa.string())
    pq.write_table(pa.table({"name": broken}), tmp_path / "a.parquet")
    assert read_file(tmp_path / "a.parquet")[1] == [("\\x4dfc6c6c6572",), ("fine",), (None,)]
