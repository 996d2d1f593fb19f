"""What a URL may say, what of it is shown, and what the statements of engines without a server here look like."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql

from auditor.cli.places import resolved
from auditor.errors import NoSourceError, UsageError
from auditor.sources import open_source, shown
from auditor.sources.cells import any_text, array_json
from auditor.sources.database import Found, place_of, select
from auditor.sources.urls import DRIVERS, parse, tls_context

SECRET = "hunter2"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"postgresql://u:{SECRET}@h/", "names no database"),
        (f"postgresql://u:{SECRET}@h/db?sslmode=require", "No unverified connection"),
        (f"postgresql://u:{SECRET}@h/db?options=-c", "an option that auditor does not know"),
        (f"mysql://u:{SECRET}@h/db?local_infile=1", "an option that auditor does not know"),
        (f"mysql://u:{SECRET}@h/db?time_limit=never", "number of seconds"),
        (f"mysql://u:{SECRET}/x@h:y/db", "cannot be read|names no database"),
        (f"oracle://u:{SECRET}@h/db", "crm-privacy-auditor\\[oracle\\]"),
        (f"postgresql+psycopg://u:{SECRET}@h/db", "not a source"),
    ],
)
def test_a_url_that_cannot_be_used_is_one_sentence_without_the_password(url, said):
    if url.startswith("oracle") and __import__("importlib.util").util.find_spec("oracledb"):
        pytest.skip("the driver is installed")
    with pytest.raises(NoSourceError, match=said) as caught:
        open_source(url)
    assert SECRET not in str(caught.value) and SECRET not in repr(caught.value)


@pytest.mark.parametrize(
    "spec",
    [
        f"postgresql://u:{SECRET}@h/db", f"crm=mysql://u:{SECRET}@h/db?x=1", f"mysql://u:a@{SECRET}@h/db",
        f"mysql://u:{SECRET}/x@h/db", f"mysql://u:{SECRET}",
    ],
)  # fmt: skip
def test_a_password_is_never_shown(spec):
    assert SECRET not in shown(spec)


def test_paths_and_urls_without_a_password_are_shown_as_they_are():
    for spec in ("exports/a@b.csv", "postgresql://h:5432/db", "sqlite:///x.db", "postgresql://u@h/db"):
        assert shown(spec) == spec


def test_off_this_machine_tls_is_verified_unless_the_url_says_otherwise():
    assert tls_context(parse("postgresql://u@127.0.0.1/db")) is None
    assert tls_context(parse("postgresql://u@[::1]/db")) is None
    assert tls_context(parse("mysql://u@db.example.org/db?sslmode=disable")) is None
    for url in (
        "postgresql://u@db.example.org/db",
        "mysql://u@10.0.0.1/db",
        "mysql://u@localhost/db?sslmode=verify-full",
    ):
        context = tls_context(parse(url))
        assert context is not None and context.check_hostname and context.verify_mode.name == "CERT_REQUIRED"


def test_the_password_is_not_in_what_is_printed_of_a_target():
    target = parse(f"postgresql://u:{SECRET}@h:1/db")
    assert SECRET not in repr(target) and target.location == "postgresql://u@h:1/db"


def test_variables_are_filled_in_and_need_no_escaping(monkeypatch, capsys):
    monkeypatch.setenv("CRM_PASSWORD", "a/b@c:%")
    spec = resolved("crm=postgresql://u:${CRM_PASSWORD}@localhost/db")
    assert parse(spec.removeprefix("crm=")).password == "a/b@c:%"
    assert capsys.readouterr().err == ""
    with pytest.raises(UsageError, match="ABSENT is not set"):
        resolved("postgresql://u:${ABSENT}@localhost/db")


def test_a_password_in_a_url_works_with_a_warning_that_does_not_show_it(capsys):
    assert resolved(f"mysql://u:{SECRET}@h/db") == f"mysql://u:{SECRET}@h/db"
    warned = capsys.readouterr().err
    assert "holds a password" in warned and SECRET not in warned


def test_nobody_is_asked_for_a_password_where_nobody_is():
    with pytest.raises(UsageError, match="Nobody is there"):
        resolved("mysql://u:@h/db")


@pytest.mark.parametrize(
    ("dialect", "written"),
    [
        (postgresql.dialect(), 'SELECT "a""]`", "order" FROM "s"."表"'),
        (mysql.dialect(), 'SELECT `a"]```, `order` FROM `s`.`表`'),
        (mssql.dialect(), 'SELECT [a"]]`], [order] FROM [s].[表]'),
        (oracle.dialect(), 'SELECT "a""]`", "order" FROM "s"."表"'),
    ],
)
def test_rows_are_read_by_plain_columns_in_every_dialect(dialect, written):
    found = Found("x", (), {"t": place_of("表", "s")})
    compiled = select(found, "t", ['a"]`', "order"]).compile(dialect=dialect)
    assert " ".join(str(compiled).split()) == written
    assert compiled.params == {}


def test_only_the_drivers_of_the_list_can_be_named():
    assert {driver.dialect for driver in DRIVERS.values()} == {
        "postgresql+pg8000", "mysql+pymysql", "mssql+pyodbc", "oracle+oracledb", "snowflake", "bigquery",
        "redshift+redshift_connector", "databricks",
    }  # fmt: skip


def test_objects_of_drivers_become_text():
    assert [any_text(v) for v in (None, True, 1.0, 1.5, b"\xff", b"a", [1, None], {"k": b"a"})] == [
        None, "true", "1", "1.5", "\\xff", "a", "[1, null]", '{"k": "a"}',
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "json"),
    [
        ("{}", "[]"),
        ("{a,b}", '["a", "b"]'), ("[0:1]={a,b}", '["a", "b"]'),
        ('{"{",NULL,"NULL"}', '["{", null, "NULL"]'),
        ("{{1},{2}}", '[["1"], ["2"]]'), ('{""}', '[""]'), ("odd}", "odd}"), ("{odd", "{odd"),
        ('{"odd', '{"odd'), ("", ""),
    ],
)  # fmt: skip
def test_arrays_become_json_and_what_is_none_stays(text, json):
    assert array_json(text) == json


def test_other_engines_are_read_through_sqlalchemys_catalogue(tmp_path):
    from auditor.sources import warehouses

    engine = sa.create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (id INTEGER PRIMARY KEY, other INTEGER REFERENCES t (id))")
        connection.exec_driver_sql("CREATE VIEW v AS SELECT 1")
        found = warehouses.look(connection, parse("postgresql://u@localhost/db"), "crm")
    engine.dispose()
    [table] = found.tables
    assert table.columns[0].primary_key and table.columns[1].references == "t.id"
    assert [entry.what for entry in found.skipped] == ["crm.v"]
