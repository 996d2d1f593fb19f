"""A whole audit of a server: the same verdicts as from SQLite, plain reads only, and nothing written."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import pg8000.dbapi
import pymysql
import pytest
from pymysql.connections import Connection

from auditor.audit import Options, run
from auditor.errors import SourceError
from auditor.model import AuditResult
from auditor.policy import Policy
from auditor.rules.loading import load_packs, load_rules_or_raise
from auditor.sources import open_source
from fixtures.demo.generate import FEWEST, DemoFiles, build
from tests.servers import DATABASE, Server
from tests.sources.loading import load
from tests.sources.reading import rows_of

READ = re.compile(r'SELECT (?P<q>["`])(?:(?!(?P=q)).)+(?P=q)(?:, (?P=q)(?:(?!(?P=q)).)+(?P=q))* FROM (\S+)', re.DOTALL)
SESSION = re.compile(
    r"(BEGIN|START TRANSACTION|SET|SHOW|SAVEPOINT|RELEASE|ROLLBACK|FETCH FORWARD \d+ FROM|CLOSE) ?[^;]*|"
    r"SELECT (@@\w+|VERSION\(\)|DATABASE\(\)|connection_id\(\).*|pg_backend_pid\(\).*|pg_catalog\.version\(\)"
    r"|(pg_catalog\.)?current_schema\(\)|'x' AS some_label)",
    re.IGNORECASE,
)
CATALOGUE = re.compile(r"SELECT .* FROM (pg_catalog|information_schema)\..*", re.IGNORECASE | re.DOTALL)


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> DemoFiles:
    return build(tmp_path_factory.mktemp("demo"), people=FEWEST)


def audited(spec: str, demo: DemoFiles) -> AuditResult:
    options = Options(as_of=demo.as_of, key=b"k" * 32, lasting_key=True, values=50)
    return run([f"demo={spec}"], load_rules_or_raise(), load_packs(), Policy(), options, lambda step: None)


def verdicts(result: AuditResult) -> Mapping[str, list[tuple[Any, ...]]]:
    """By rule; those about files are left out, as a server has none."""
    return {
        r.rule.id: [(p.relation, p.state, p.counts, p.reason, frozenset(p.members)) for p in r.places]
        for r in result.rules
        if r.rule.relation != "file"
    }


@pytest.fixture(scope="module")
def truth(demo) -> Mapping[str, list[tuple[Any, ...]]]:
    result = audited(str(demo.sqlite), demo)
    assert result.complete
    return verdicts(result)


def fingerprint(server: Server) -> object:
    """Everything that a write would change."""
    with server.engine().connect() as connection:
        if server.kind == "postgresql":
            columns = "relname, n_tup_ins, n_tup_upd, n_tup_del"
            tables = connection.exec_driver_sql(f"SELECT {columns} FROM pg_stat_user_tables ORDER BY 1").fetchall()
            return [tuple(row) for row in tables], connection.exec_driver_sql(
                "SELECT txid_current()"
            ).scalar_one() - 0 > 0
        names = [row[0] for row in connection.exec_driver_sql("SHOW TABLES")]
        return [tuple(connection.exec_driver_sql(f"CHECKSUM TABLE `{name}`").one()) for name in names]


def test_an_audit_gives_the_same_verdicts_by_plain_reads_only_and_writes_nothing(server, demo, truth):
    load(server, demo.sqlite)
    before, place = fingerprint(server), server.log.stat().st_size
    result = audited(server.url, demo)
    assert fingerprint(server) == before
    assert result.complete
    assert verdicts(result) == truth
    assert sum(p.counts.violations for r in result.rules for p in r.places) > 100
    sent = server.statements(place)
    reads = Counter[str]()
    for statement in sent:
        plain = statement.partition(" CURSOR FOR ")[2] if statement.startswith("DECLARE") else statement
        if match := READ.fullmatch(plain):
            reads[match[2]] += 1
        else:
            assert SESSION.fullmatch(plain) or CATALOGUE.fullmatch(plain), plain
    assert len(reads) == len(result.sources[0].tables)
    assert max(reads.values()) <= 3


def test_an_audit_that_loses_its_server_midway_is_incomplete_and_counts_nothing_wrong(server, demo, truth, monkeypatch):
    load(server, demo.sqlite)
    cut = Cut(
        server.kind, monkeypatch, at=lambda sent: "people" in sent and "SELECT" in sent and "pg_" not in sent, nth=2
    )
    result = audited(server.url, demo)
    assert cut.done
    assert not result.complete and result.coverage.gaps
    for rule, places in verdicts(result).items():
        for mine, right in zip(places, truth.get(rule, places), strict=False):
            assert mine[2].violations in (0, right[2].violations), rule


class Cut:
    """Makes one statement fail, or its connection break, just as it is to be sent."""

    def __init__(self, kind, monkeypatch, *, at=lambda sent: True, nth: int, how: str = "cut") -> None:
        self.seen, self.done = 0, False
        wanted: Cut = self
        original: Any
        if kind == "postgresql":
            original = pg8000.dbapi.Cursor.execute

            def execute(cursor, operation, args=(), stream=None):
                if wanted.now(at, operation, nth):
                    if how == "fail":
                        raise pg8000.dbapi.DatabaseError({"C": "XX000", "M": "the value 'Secret' is bad"})
                    cursor.connection._usock.shutdown(2)
                return original(cursor, operation, args, stream)

            monkeypatch.setattr(pg8000.dbapi.Cursor, "execute", execute)
        else:
            original = Connection.query

            def query(connection, sql, unbuffered=False):
                text = sql if isinstance(sql, str) else sql.decode()
                if wanted.now(at, text, nth):
                    if how == "fail":
                        raise pymysql.err.InternalError(1815, "the value 'Secret' is bad")
                    connection._sock.shutdown(2)
                return original(connection, sql, unbuffered)

            monkeypatch.setattr(Connection, "query", query)

    def now(self, at, sent: str, nth: int) -> bool:
        self.seen += bool(at(sent))
        due = not self.done and self.seen == nth and bool(at(sent))
        self.done = self.done or due
        return due


@pytest.mark.parametrize("how", ["fail", "cut"])
def test_whatever_statement_fails_or_is_cut_the_rows_are_all_there_or_it_is_said(server, how):
    size = 3000
    numbers = "generate_series(1, {}) AS s(seq)" if server.kind == "postgresql" else "seq_1_to_{}"
    for name, rows in (("a", size), ("b", 10), ("c", 0)):
        server.run(
            f"CREATE TABLE {name} (v INT)",
            *([f"INSERT INTO {name} SELECT seq FROM {numbers.format(rows)}"] if rows else []),
        )
    right = {"a": size, "b": 10, "c": 0}
    said = complete = 0
    for nth in range(1, 200):
        with pytest.MonkeyPatch.context() as patch:
            cut = Cut(server.kind, patch, nth=nth, how=how)
            counts, errors = attempt(server)
        assert all(right[name] == count for name, count in counts.items())
        assert all("Secret" not in str(error) and "read/me" not in str(error) for error in errors)
        if not cut.done:
            assert counts == right and not errors
            break
        said += bool(errors)
        complete += counts == right
        assert errors or counts == right
    else:
        raise AssertionError("there is no end of statements")
    assert said > 10


def attempt(server: Server) -> tuple[dict[str, int], list[SourceError]]:
    """Rows per table that was read to its end, and what was said of the others."""
    counts, errors = {}, []
    try:
        with open_source(server.url) as source:
            for table in source.info.tables:
                try:
                    counts[table.name] = len(rows_of(source, table))
                except SourceError as error:
                    errors.append(error)
    except SourceError as error:
        errors.append(error)
    return counts, errors


def test_the_demo_is_loaded_with_all_its_rows(server, demo):
    load(server, demo.sqlite)
    with closing(sqlite3.connect(demo.sqlite)) as connection, open_source(server.url) as source:
        for table in source.info.tables:
            [expected] = connection.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()
            assert len(rows_of(source, table)) == expected
        assert source.info.name == DATABASE
