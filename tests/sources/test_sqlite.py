from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from auditor.errors import SourceError
from auditor.model import ColumnInfo, TableInfo
from auditor.sources import Source, open_source
from tests.sources.reading import names_of, rows_of

HOSTILE = 'a"; DROP TABLE x;--'


def made(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return path


def state(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[Source]:
    path = tmp_path / "crm.db"
    with closing(sqlite3.connect(path)) as connection:
        columns = '"a""; DROP TABLE x;--" TEXT, "姓名" TEXT, "group" INT, "100%:x" REAL'
        connection.execute(f'CREATE TABLE "order" ({columns})')
        connection.execute('INSERT INTO "order" VALUES (?, ?, ?, ?)', ("<b>x</b>", "=1+1", 1, 1.5))
        connection.execute('CREATE TABLE "表 \'; --" (id INTEGER PRIMARY KEY, other INT REFERENCES "order"("group"))')
        connection.execute('INSERT INTO "表 \'; --" VALUES (1, NULL)')
        connection.execute("CREATE TABLE x (y)")
        connection.commit()
    with open_source(str(path)) as source:
        yield source


def test_hostile_names_are_only_names(hostile: Source) -> None:
    tables = {table.name: table for table in hostile.info.tables}
    assert set(tables) == {"order", "表 '; --", "x"}
    assert names_of(tables["order"]) == [HOSTILE, "姓名", "group", "100%:x"]
    assert rows_of(hostile, tables["order"]) == [("<b>x</b>", "=1+1", "1", "1.5")]
    assert rows_of(hostile, tables["表 '; --"]) == [("1", None)]


def test_types_keys_and_references_are_told(hostile: Source) -> None:
    table = next(table for table in hostile.info.tables if table.name.startswith("表"))
    key, other = table.columns
    assert (key.primary_key, key.type, other.references) == (True, "INTEGER", "order.group")


def test_values_of_every_storage_class_become_text(tmp_path: Path) -> None:
    path = tmp_path / "crm.db"
    values = [None, 7, -1, 2.5, 3.0, 1e300, "x", "", b"caf\xc3\xa9", b"\xff\x00", 2**62, float("inf")]
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (v)")
        connection.executemany("INSERT INTO t VALUES (?)", [(value,) for value in values])
        connection.execute("INSERT INTO t VALUES (CAST(x'4dfc6c6c6572' AS TEXT))")
        connection.commit()
    with open_source(str(path)) as source:
        assert [row[0] for row in rows_of(source)] == [
            None, "7", "-1", "2.5", "3", "1e+300", "x", "", "café", "\\xff00", str(2**62), "inf", "Müller",
        ]  # fmt: skip


def test_whole_and_broken_numbers_in_one_column_are_not_rounded(tmp_path: Path) -> None:
    path = made(tmp_path / "a.db", "CREATE TABLE t (v REAL)", "INSERT INTO t VALUES (1), (1.5), (NULL)")
    with open_source(str(path)) as source:
        assert rows_of(source) == [("1",), ("1.5",), (None,)]


def test_views_virtual_and_shadow_tables_are_listed_and_not_read(tmp_path: Path) -> None:
    path = made(
        tmp_path / "crm.db",
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)",
        "CREATE VIEW v AS SELECT 1 AS one",
        "CREATE VIRTUAL TABLE f USING fts5(body)",
        "INSERT INTO t VALUES (1)",
    )
    with open_source(str(path)) as source:
        assert [table.name for table in source.info.tables] == ["t"]
        skipped = {entry.what: entry for entry in source.info.skipped}
        assert not skipped["crm.v"].gap
        assert skipped["crm.f"].gap
        assert not skipped["crm.f_content"].gap


def test_a_view_that_is_named_is_read(tmp_path: Path) -> None:
    path = made(tmp_path / "crm.db", "CREATE VIEW v AS SELECT 1 AS one")
    with open_source(str(path)) as source:
        assert rows_of(source, TableInfo("v", (ColumnInfo("one"),), kind="view")) == [("1",)]


def test_a_wal_database_is_read_without_a_trace(tmp_path: Path) -> None:
    path = made(tmp_path / "crm.db", "PRAGMA journal_mode = WAL", "CREATE TABLE t (v)", "INSERT INTO t VALUES ('x')")
    before = state(tmp_path)
    assert list(before) == ["crm.db"]
    with open_source(str(path)) as source:
        assert rows_of(source) == [("x",)]
        assert state(tmp_path) == before
        assert not source.info.skipped
    assert state(tmp_path) == before


def test_a_log_without_its_index_is_a_gap_and_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "live").mkdir()
    (tmp_path / "copy").mkdir()
    path = made(
        tmp_path / "live/crm.db", "PRAGMA journal_mode = WAL", "CREATE TABLE t (v)", "INSERT INTO t VALUES ('x')"
    )
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("INSERT INTO t VALUES ('only in the log')")
        writer.commit()
        for name in ("crm.db", "crm.db-wal"):
            shutil.copy(tmp_path / "live" / name, tmp_path / "copy" / name)
    before = state(tmp_path / "copy")
    with open_source(str(tmp_path / "copy/crm.db")) as source:
        assert rows_of(source) == [("x",)]
        [gap] = source.info.skipped
        assert gap.gap and "write-ahead log" in gap.why
    assert state(tmp_path / "copy") == before


def test_a_live_log_is_read_in_one_snapshot(tmp_path: Path) -> None:
    path = made(tmp_path / "crm.db", "PRAGMA journal_mode = WAL", "CREATE TABLE t (v)", "CREATE TABLE u (v)")
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("INSERT INTO t VALUES ('in the log')")
        writer.commit()
        with open_source(str(path)) as source:
            tables = {table.name: table for table in source.info.tables}
            assert rows_of(source, tables["t"]) == [("in the log",)]
            writer.execute("INSERT INTO u VALUES ('too late')")
            writer.commit()
            assert rows_of(source, tables["u"]) == []


def test_the_file_is_the_same_afterwards(tmp_path: Path) -> None:
    path = made(tmp_path / "crm.db", "CREATE TABLE t (v)", "INSERT INTO t VALUES ('x')")
    before = state(tmp_path)
    with open_source(str(path)) as source:
        rows_of(source)
    assert state(tmp_path) == before


def test_a_cut_database_is_one_sentence(tmp_path: Path) -> None:
    path = made(tmp_path / "crm.db", "CREATE TABLE t (v)", "INSERT INTO t VALUES (randomblob(100000))")
    whole = path.read_bytes()
    for length in (16, 50, 100, 3000, 4096, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(SourceError) as caught, open_source(str(path)) as source:
            for table in source.info.tables:
                rows_of(source, table)
            raise AssertionError(f"{length} of {len(whole)} bytes were taken for all")
        assert "damaged or cut" in str(caught.value)
        assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_damaged_table_fails_and_the_others_are_read(tmp_path: Path) -> None:
    path = made(tmp_path / "crm.db", "CREATE TABLE a (v)", "CREATE TABLE b (v)", "INSERT INTO b VALUES ('fine')")
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany("INSERT INTO a VALUES (?)", [(f"secret{n}" * 50,) for n in range(2000)])
        connection.commit()
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    content = bytearray(path.read_bytes())
    content[(pages - 20) * 4096 : (pages - 10) * 4096] = b"\xee" * 40960
    path.write_bytes(bytes(content))
    with open_source(str(path)) as source:
        tables = {table.name: table for table in source.info.tables}
        seen = 0
        with pytest.raises(SourceError, match=r"crm\.a: .* damaged or cut: .* after [\d,]+ rows") as caught:
            for batch in source.read(tables["a"], ["v"], batch_rows=100):
                seen += batch.num_rows
        assert 0 < seen < 2000
        assert "secret" not in str(caught.value)
        assert rows_of(source, tables["b"]) == [("fine",)]


def test_a_locked_database_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.sources.sqlite.BUSY_SECONDS", 0)
    path = made(tmp_path / "crm.db", "CREATE TABLE t (v)")
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(SourceError, match="locked by another program"):
            open_source(str(path))


def test_nothing_can_be_written_through_the_source(tmp_path: Path) -> None:
    path = made(tmp_path / "crm.db", "CREATE TABLE t (v)")
    with open_source(str(path)) as source, pytest.raises(sqlite3.OperationalError):
        source._raw.execute("CREATE TABLE u (v)")  # type: ignore[attr-defined]


def test_generated_columns_are_read_and_hidden_ones_are_not(tmp_path: Path) -> None:
    path = made(tmp_path / "crm.db", "CREATE TABLE t (v INT, w INT AS (v + 1))", "INSERT INTO t (v) VALUES (1)")
    with open_source(str(path)) as source:
        assert rows_of(source) == [("1", "2")]


def test_after_a_text_that_is_not_utf8_every_row_is_there_once(tmp_path: Path) -> None:
    legacy = (700, 701, 4_999)
    path = tmp_path / "crm.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)")
        connection.executemany("INSERT INTO t VALUES (?, 'Zoë')", [(n,) for n in range(5_000)])
        connection.executemany("UPDATE t SET name = CAST(x'5A6FEB' AS TEXT) WHERE id = ?", [(n,) for n in legacy])
        connection.execute("CREATE TABLE u AS SELECT name FROM t WHERE id < 10")
        connection.commit()
    with open_source(str(path)) as source:
        tables = {table.name: table for table in source.info.tables}
        assert rows_of(source, tables["t"]) == [(str(n), "Zoë") for n in range(5_000)]
        assert rows_of(source, tables["u"]) == [("Zoë",)] * 10
