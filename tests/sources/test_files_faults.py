"""Files that change, are locked or shrink while they are read: the audit says so, and never counts wrong."""

from __future__ import annotations

import csv
import os
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from auditor.audit import Options, run
from auditor.cli.exits import INCOMPLETE
from auditor.cli.judge import exit_code
from auditor.errors import SourceError
from auditor.policy import Policy
from auditor.rules.loading import load_packs, load_rules_or_raise
from auditor.sources import open_source
from tests.sources.reading import rows_of

ROWS = 40_000


def export(path: Path, rows: int = ROWS) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "email"])
        writer.writerows([number, f"person{number}@example.org"] for number in range(rows))
    return path


def database(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT)")
        rows = ((number, f"person{number}@example.org") for number in range(ROWS))
        connection.executemany("INSERT INTO people VALUES (?, ?)", rows)
    return path


@pytest.mark.parametrize("left", [0.0, 0.3, 0.9])
def test_a_csv_that_shrinks_while_it_is_read_is_said(tmp_path, left):
    path = export(tmp_path / "people.csv")
    with open_source(str(path)) as source:
        batches = source.read(source.info.tables[0], ["id"], batch_rows=500)
        next(batches)
        os.truncate(path, int(path.stat().st_size * left))
        with pytest.raises(SourceError, match="changed while it was read"):
            list(batches)


@pytest.mark.parametrize("change", [Path.unlink, lambda path: path.write_text("id,email\n")])
def test_an_audit_of_a_file_that_goes_after_the_inventory_is_incomplete(tmp_path, change):
    path = tmp_path / "contacts.csv"
    path.write_text("id,first_name,last_name,email\n" + "1,Ada,Example,ada@example.org\n" * 50, encoding="utf-8")

    def progress(step: str) -> None:
        if step.startswith("Reading contacts as"):  # the inventory has been taken
            change(path)

    options = Options(as_of=date(2026, 11, 1), key=b"k" * 32, values=50)
    result = run([str(path)], load_rules_or_raise(), load_packs(), Policy(), options, progress)
    assert [gap.what for gap in result.coverage.gaps] == ["contacts.contacts"]
    assert exit_code(result, "never", 0) == INCOMPLETE


def test_a_csv_that_is_replaced_between_two_reads_is_said(tmp_path):
    path = export(tmp_path / "people.csv")
    with open_source(str(path)) as source:
        table = source.info.tables[0]
        assert len(rows_of(source, table)) == ROWS
        export(path, ROWS // 2)
        with pytest.raises(SourceError, match="changed"):
            rows_of(source, table)


@pytest.mark.parametrize("left", [0.0, 0.3, 0.9])
def test_a_sqlite_file_that_is_cut_while_it_is_read_is_said(tmp_path, left):
    path = database(tmp_path / "crm.sqlite")
    with open_source(str(path)) as source:
        batches = source.read(source.info.tables[0], ["id", "email"], batch_rows=500)
        first = next(batches).num_rows
        os.truncate(path, int(path.stat().st_size * left))
        try:
            count = first + sum(batch.num_rows for batch in batches)
        except SourceError as error:
            assert "\n" not in str(error)
        else:
            assert count == ROWS


def test_a_sqlite_file_that_somebody_locks_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("auditor.sources.sqlite.BUSY_SECONDS", 0.1)
    path = database(tmp_path / "crm.sqlite")
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(SourceError, match="locked by another program"):
            open_source(str(path))


def test_nobody_writes_while_a_sqlite_file_is_read_and_all_rows_are_of_one_moment(tmp_path):
    path = database(tmp_path / "crm.sqlite")
    with open_source(str(path)) as source, closing(sqlite3.connect(path, isolation_level=None, timeout=0.1)) as writer:
        batches = source.read(source.info.tables[0], ["id"], batch_rows=500)
        first = next(batches).num_rows
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            writer.execute("DELETE FROM people")
        assert first + sum(batch.num_rows for batch in batches) == ROWS
