"""Server databases as sources: what is there, how it reads, what stays untouched."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any, cast

import pytest

from auditor.errors import SourceError
from auditor.sources import Source, open_source
from auditor.sources.database import open_server
from tests.servers import DATABASE, READER, Server
from tests.sources.reading import names_of, rows_of

HOSTILE = 'a"`; DROP TABLE x;--'


def quoted(server: Server, name: str) -> str:
    mark = '"' if server.kind == "postgresql" else "`"
    return mark + name.replace(mark, mark * 2) + mark


def by_name(source: Source, name: str):
    return next(table for table in source.info.tables if table.name == name)


def test_hostile_names_are_only_names(server):
    def q(name: str) -> str:
        return quoted(server, name)

    columns = ", ".join(f"{q(name)} VARCHAR(20)" for name in (HOSTILE, "姓名", "group", "100%:x"))
    server.run(
        f"CREATE TABLE {q('order')} ({columns})",
        f"INSERT INTO {q('order')} VALUES ('<b>x</b>', '=1+1', '1', '%s')",
        f"CREATE TABLE {q(chr(0x8868) + ' ; --')} (id INT PRIMARY KEY)",
        "CREATE TABLE x (y INT)",
    )
    with open_source(server.url) as source:
        assert {table.name for table in source.info.tables} == {"order", "表 ; --", "x"}
        table = by_name(source, "order")
        assert names_of(table) == [HOSTILE, "姓名", "group", "100%:x"]
        assert rows_of(source, table) == [("<b>x</b>", "=1+1", "1", "%s")]
        assert rows_of(source, by_name(source, "x")) == []


def test_types_comments_keys_and_references_are_told(server):
    server.run(
        "CREATE TABLE person (id INT PRIMARY KEY, name VARCHAR(30) NOT NULL)",
        "CREATE TABLE note (id INT PRIMARY KEY, person_id INT, FOREIGN KEY (person_id) REFERENCES person (id))",
        "COMMENT ON COLUMN person.name IS 'as in the passport'"
        if server.kind == "postgresql"
        else "ALTER TABLE person MODIFY name VARCHAR(30) NOT NULL COMMENT 'as in the passport'",
    )
    with open_source(server.url) as source:
        key, name = by_name(source, "person").columns
        assert key.primary_key and not name.primary_key and not name.nullable
        assert name.comment == "as in the passport" and "30" in name.type
        assert by_name(source, "note").columns[1].references == "person.id"
        assert source.info.notes == ()
        assert (
            source.info.location == f"{server.kind.replace('mariadb', 'mysql')}://{READER}@127.0.0.1:{server.port}/crm"
        )
        assert "read/me" not in repr(source.info) and "read%2Fme" not in repr(source.info)


def test_postgresql_values_are_text(postgresql):
    postgresql.clear()
    postgresql.run(
        "CREATE TYPE mood AS ENUM ('sad', 'happy')",
        "CREATE DOMAIN flag AS boolean",
        "CREATE TABLE t (a boolean, b flag, c timestamptz, d timestamp, e date, f numeric(20,4), g float8, h bytea,"
        " i bytea, j text[], k jsonb, l mood, m char(6), n uuid, o interval, p int8, q int[])",
        "INSERT INTO t VALUES (true, false, '2026-03-01 12:00+02', '2026-03-01 12:00', 'infinity', 12.5000, 3,"
        " 'caf\\303\\251', '\\xff00', ARRAY['a', 'b \"c\" \\ {d}', NULL, 'NULL', ''], '{\"k\": [1, null]}', 'happy',"
        " 'DE',"
        " '00000000-0000-0000-0000-000000000001', '1 day', 9007199254740993, '{{1,2},{3,4}}')",
        "INSERT INTO t (a) VALUES (NULL)",
    )
    with open_source(postgresql.url) as source:
        first, second = rows_of(source)
        assert first == (
            "true", "false", "2026-03-01 10:00:00+00", "2026-03-01 12:00:00", "infinity", "12.5000", "3", "café",
            "\\xff00", '["a", "b \\"c\\" \\\\ {d}", null, "NULL", ""]', '{"k": [1, null]}', "happy", "DE",
            "00000000-0000-0000-0000-000000000001", "P1D", "9007199254740993", '[["1", "2"], ["3", "4"]]',
        )  # fmt: skip
        assert set(second) == {None}


def test_mariadb_values_are_text(mariadb):
    mariadb.clear()
    mariadb.run(
        "SET time_zone = '+02:00'",
        "CREATE TABLE t (a tinyint(1), b bit(1), c timestamp NULL, d datetime, e date, f decimal(20,4), g double,"
        " h blob, i varbinary(10), j json, k enum('sad','happy'), l set('x','y'), m char(6), n bigint unsigned, o time,"
        " p timestamp NULL, q varchar(20) CHARACTER SET latin1)",
    )
    with mariadb.engine().connect() as connection:
        connection.exec_driver_sql("SET time_zone = '+02:00'")
        connection.exec_driver_sql(
            "INSERT INTO t VALUES (1, b'1', '2026-03-01 12:00:00', '2026-02-31 00:00:00', '0000-00-00', 12.5, 3,"
            " 'café', x'ff00', '{\"k\": 1}', 'happy', 'x,y', 'DE  ', 18446744073709551615, '-12:00:00',"
            " '0000-00-00 00:00:00',"
            " 'Müller')"
        )
    with open_source(mariadb.url) as source:
        [row] = rows_of(source)
        assert row == (
            "1", "1", "2026-03-01 10:00:00+00:00", "0000-00-00 00:00:00", "0000-00-00", "12.5000", "3", "café",
            "\\xff00", '{"k": 1}', "happy", "x,y", "DE", "18446744073709551615", "-12:00:00",
            "0000-00-00 00:00:00", "Müller",
        )  # fmt: skip


def test_views_and_foreign_tables_are_listed_and_read_only_if_named(server):
    server.run("CREATE TABLE t (v INT)", "INSERT INTO t VALUES (1)", "CREATE VIEW w AS SELECT v FROM t")
    with open_source(server.url) as source:
        assert [table.name for table in source.info.tables] == ["t"]
        assert [(entry.what, entry.gap) for entry in source.info.skipped] == [("crm.w", False)]
    with open_source(server.url + "?include=w") as source:
        assert rows_of(source, by_name(source, "w")) == [("1",)]
        assert source.info.skipped == ()


def test_a_table_under_row_policies_is_a_gap_unless_named(postgresql):
    postgresql.clear()
    postgresql.run(
        "CREATE TABLE t (v INT)", "INSERT INTO t VALUES (1), (2)", "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY p ON t USING (v = 1)",
    )  # fmt: skip
    with open_source(postgresql.url) as source:
        assert source.info.tables == ()
        assert source.info.skipped[0].gap and "Row-level security" in source.info.skipped[0].why
    with open_source(postgresql.url + "?include=t") as source:
        assert rows_of(source) == [("1",)]
        assert "policies" in source.info.tables[0].notes[0]


def test_partitions_and_heirs_are_counted_once(postgresql):
    postgresql.clear()
    postgresql.run(
        "CREATE TABLE p (v INT) PARTITION BY RANGE (v)", "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10)",
        "INSERT INTO p VALUES (1), (2)", "CREATE TABLE a (v INT)", "CREATE TABLE b (w INT) INHERITS (a)",
        "INSERT INTO a VALUES (1)", "INSERT INTO b VALUES (2, 3)",
    )  # fmt: skip
    with open_source(postgresql.url) as source:
        assert {table.name: len(rows_of(source, table)) for table in source.info.tables} == {"p": 2, "a": 1, "b": 1}


def test_all_tables_are_read_in_one_snapshot(server):
    server.run("CREATE TABLE a (v INT)", "CREATE TABLE b (v INT)", "INSERT INTO a VALUES (1)")
    with open_source(server.url) as source:
        server.run("INSERT INTO a VALUES (2)", "INSERT INTO b VALUES (2)")
        assert rows_of(source, by_name(source, "a")) == [("1",)]
        assert rows_of(source, by_name(source, "b")) == []


def test_a_table_or_column_without_the_right_is_a_gap_and_the_rest_is_read(server):
    server.run("CREATE TABLE a (v INT, secret INT)", "CREATE TABLE b (v INT)", "INSERT INTO a VALUES (1, 2)")
    if server.kind == "postgresql":
        server.run(f"REVOKE ALL ON a, b FROM {READER}", f"GRANT SELECT (v) ON a TO {READER}")
        url = server.url
    else:
        server.run(
            "DROP USER IF EXISTS narrow@'127.0.0.1'", "CREATE USER narrow@'127.0.0.1' IDENTIFIED BY 'n'",
            f"GRANT SELECT (v), INSERT (secret) ON {DATABASE}.a TO narrow@'127.0.0.1'",
            f"GRANT INSERT ON {DATABASE}.b TO narrow@'127.0.0.1'",
        )  # fmt: skip
        url = f"mariadb://narrow:n@127.0.0.1:{server.port}/{DATABASE}"
    with open_source(url) as source:
        assert {entry.what for entry in source.info.skipped if entry.gap} == {"crm.a.secret", "crm.b"}
        assert rows_of(source) == [("1",)]


def test_a_right_that_is_lost_midway_costs_only_its_table(server):
    server.run("CREATE TABLE a (v INT)", "CREATE TABLE b (v INT)", "INSERT INTO b VALUES (1)")
    with open_source(server.url) as source:
        if server.kind == "postgresql":
            server.run(f"REVOKE ALL ON a FROM {READER}")
        else:
            server.run("DROP TABLE a")
        with pytest.raises(SourceError, match=r"crm\.a: "):
            rows_of(source, by_name(source, "a"))
        assert rows_of(source, by_name(source, "b")) == [("1",)]


def test_an_account_that_may_write_is_noted(server):
    server.run("CREATE TABLE a (v INT)")
    with open_source(server.url.replace(server.url.split("@")[0], f"{server.kind}://owner:owner")) as source:
        [note] = source.info.notes
        assert "superuser" in note or "administer" in note


def test_nothing_can_be_written_through_the_source(server):
    server.run("CREATE TABLE a (v INT)")
    with open_server(f"{server.kind}://owner:owner@127.0.0.1:{server.port}/crm", name=None) as source:
        assert source._connection is not None
        place = "public" if server.kind == "postgresql" else DATABASE
        for statement in (
            f"INSERT INTO {place}.a VALUES (1)",
            "CREATE TEMPORARY TABLE b (v INT)",
            f"DELETE FROM {place}.a",
        ):
            with pytest.raises(Exception, match=r"(?i)read.only"):
                source._connection.exec_driver_sql(statement)
            source._connection.exec_driver_sql("ROLLBACK")
            source._reader.begin(source._connection, source._target)


def numbers(server: Server, rows: int) -> None:
    server.run("CREATE TABLE big (id INT, filler VARCHAR(300))")
    if server.kind == "postgresql":
        server.run(f"INSERT INTO big SELECT i, repeat('x', 200) FROM generate_series(1, {rows}) i")
    else:
        server.run(f"INSERT INTO big SELECT seq, repeat('x', 200) FROM seq_1_to_{rows}")


def test_batches_are_bounded_and_complete(server):
    numbers(server, 7001)
    with open_source(server.url) as source:
        sizes = [batch.num_rows for batch in source.read(source.info.tables[0], ["id"], batch_rows=2000)]
        assert sum(sizes) == 7001 and max(sizes) <= 2000
        assert [row[0] for row in rows_of(source, batch_rows=3)] == [str(n) for n in range(1, 7002)]


def test_huge_cells_are_read_in_little_memory(server):
    server.run("CREATE TABLE t (v " + ("TEXT" if server.kind == "postgresql" else "LONGTEXT") + ")")
    server.run("INSERT INTO t SELECT repeat('é', 1000000) FROM " + (
        "generate_series(1, 100)" if server.kind == "postgresql" else "seq_1_to_100"
    ))  # fmt: skip
    with open_source(server.url) as source:
        sizes = [batch.nbytes for batch in source.read(source.info.tables[0], ["v"])]
        assert sum(sizes) > 190_000_000 and max(sizes) < 110_000_000


def test_a_reader_who_has_enough_can_read_on(server):
    numbers(server, 50_000)
    with open_source(server.url) as source:
        batches = cast("Generator[Any, None, None]", source.read(source.info.tables[0], ["id"], batch_rows=100))
        next(batches)
        began = time.monotonic()
        batches.close()
        assert time.monotonic() - began < 1
        assert len(rows_of(source)) == 50_000


def test_a_read_that_takes_too_long_ends_in_one_sentence(server):
    numbers(server, 200_000)
    said = r"crm\.big: .*(longer than 0\.2 seconds|took too long).*rows"
    with open_source(server.url + "?time_limit=0.2") as source, pytest.raises(SourceError, match=said):
        for _ in source.read(source.info.tables[0], ["id", "filler"]):
            pass


def test_a_locked_table_is_said_and_the_others_are_read(server, monkeypatch):
    monkeypatch.setattr(f"auditor.sources.{server.kind.replace('mariadb', 'mysql')}.LOCK_SECONDS", 1)
    server.run("CREATE TABLE a (v INT)", "CREATE TABLE b (v INT)", "INSERT INTO b VALUES (1)")
    with open_source(server.url) as source, server.engine().connect() as writer:
        if server.kind == "postgresql":
            writer.exec_driver_sql("BEGIN")
            writer.exec_driver_sql("LOCK TABLE a IN ACCESS EXCLUSIVE MODE")
        else:
            writer.exec_driver_sql("LOCK TABLES a WRITE")
        with pytest.raises(SourceError, match="locked by another program"):
            rows_of(source, by_name(source, "a"))
        assert rows_of(source, by_name(source, "b")) == [("1",)]


def busy(server: Server) -> int:
    query = (
        f"SELECT count(*) FROM pg_stat_activity WHERE usename = '{READER}'"
        if server.kind == "postgresql"
        else f"SELECT count(*) FROM information_schema.PROCESSLIST WHERE USER = '{READER}'"
    )
    with server.engine().connect() as connection:
        return int(connection.exec_driver_sql(query).scalar_one())


def test_an_interruption_ends_the_statement_on_the_server_within_a_second(server):
    numbers(server, 300_000)
    source = open_source(server.url)
    batches = source.read(source.info.tables[0], ["id", "filler"])
    next(batches)
    interrupting = threading.Timer(0.05, lambda: os.kill(os.getpid(), 2))
    with pytest.raises(KeyboardInterrupt), source:
        interrupting.start()
        while True:
            for _ in batches:
                pass
            batches = source.read(source.info.tables[0], ["id", "filler"])
    began = time.monotonic()
    while busy(server):
        assert time.monotonic() - began < 1
        time.sleep(0.05)


def test_a_connection_that_the_server_ends_is_one_sentence_and_no_other_is_made(server):
    numbers(server, 100_000)
    with open_server(server.url, name=None) as source:
        batches = source.read(source.info.tables[0], ["id", "filler"], batch_rows=2000)
        seen = next(batches).num_rows
        kill = "SELECT pg_terminate_backend({})" if server.kind == "postgresql" else "KILL CONNECTION {}"
        server.run(kill.format(source._found.session))
        with pytest.raises(SourceError, match=r"crm\.big: .*(lost|ended the connection), after [\d,]+ rows"):
            for batch in batches:
                seen += batch.num_rows
        assert seen < 100_000
        with pytest.raises(SourceError, match="lost before"):
            rows_of(source)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("reader:", "nobody:"), "does not accept this account"),
        (("read%2Fme", "wrong"), "does not accept this account"),
        (("/crm", "/nowhere"), "no such database|does not accept"),
        (("?", "?sslmode=verify-full&"), "No verified TLS"),
    ],
)
def test_what_the_server_refuses_is_one_sentence_without_the_password(server, change, said):
    with pytest.raises(SourceError, match=said) as caught:
        open_source((server.url + "?time_limit=5").replace(*change))
    assert "read/me" not in repr(caught.value) and "read%2F" not in repr(caught.value)
    assert caught.value.__suppress_context__


def test_an_unreachable_server_is_one_sentence(server):
    with pytest.raises(SourceError, match="cannot be reached"):
        open_source(f"{server.kind}://reader:x@127.0.0.1:1/crm")


def test_passwords_come_from_the_users_own_files(server, tmp_path, monkeypatch):
    server.run("CREATE TABLE a (v INT)")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    file = tmp_path / (".pgpass" if server.kind == "postgresql" else ".my.cnf")
    file.write_text(
        f"# ours\n127.0.0.1:*:{DATABASE}:{READER}:read/me@once\n"
        if server.kind == "postgresql"
        else f"[client]\nuser = {READER}\npassword = 'read/me@once'\n"
    )
    url = f"{server.kind}://{READER}@127.0.0.1:{server.port}/{DATABASE}"
    file.chmod(0o644)
    with pytest.raises(SourceError, match="Others may read this file"):
        open_source(url)
    file.chmod(0o600)
    with open_source(url) as source:
        assert names_of(source.info.tables[0]) == ["v"]


def test_a_certificate_is_checked_against_the_authority_that_the_url_names(server, tmp_path):
    server.run("CREATE TABLE a (v INT)")
    url = server.url + "?sslmode=verify-full"
    with open_source(f"{url}&sslrootcert={server.certificate}") as source:
        assert names_of(source.info.tables[0]) == ["v"]
    with pytest.raises(SourceError, match="No verified TLS connection"):
        open_source(url)
    with pytest.raises(SourceError, match="No verified TLS connection"):
        open_source(f"{url}&sslrootcert={server.certificate}".replace("127.0.0.1", "127.0.0.2"))
