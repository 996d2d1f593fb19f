"""The demo CRM: the same every time, the same in both forms, and believable."""

from __future__ import annotations

import csv
import gzip
import json
import sqlite3
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from fixtures.demo.crm import SCHEMA
from fixtures.demo.generate import FEWEST, DemoFiles, build
from fixtures.demo.write import PERSONAL

CANARY = "zqvxjkwq"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    return build(tmp_path_factory.mktemp("demo"))


def rows_of(path: Path, table: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(path)
    rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()
    connection.close()
    return rows


def exported(folder: Path, table: str) -> list[dict[str, Any]]:
    (path,) = folder.glob(f"{table}.*")
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()  # type: ignore[no-any-return]
    if path.suffix == ".json":
        return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]
    if path.suffix == ".ndjson":
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text = content.decode("cp1252" if table == "crm_users" else "utf-8-sig")
    head = text.splitlines()[0]
    delimiter = max(",;\t", key=head.count)
    return list(csv.DictReader(text.splitlines(keepends=True), delimiter=delimiter))


def test_the_same_seed_gives_the_same_content(demo: DemoFiles, tmp_path: Path) -> None:
    again = build(tmp_path)

    assert [rows_of(again.sqlite, table) for table in SCHEMA] == [rows_of(demo.sqlite, table) for table in SCHEMA]
    assert again.ledger.read_bytes() == demo.ledger.read_bytes()
    assert {p.name: p.read_bytes() for p in again.exports.iterdir()} == {
        p.name: p.read_bytes() for p in demo.exports.iterdir()
    }


@pytest.mark.parametrize("table", SCHEMA)
def test_the_exports_hold_what_the_database_holds(demo: DemoFiles, table: str) -> None:
    def plain(cell: object) -> str:
        return "" if cell is None else str(cell)

    export = [tuple(plain(row[column]) for column in SCHEMA[table]) for row in exported(demo.exports, table)]

    assert export == [tuple(plain(cell) for cell in row) for row in rows_of(demo.sqlite, table)]


def test_the_people_live_in_fifteen_countries_and_write_in_many_scripts(demo: DemoFiles) -> None:
    people = rows_of(demo.sqlite, "people")
    text = "".join(str(row[2]) + str(row[3]) for row in people)

    assert len(people) == 2000
    assert 8_000 <= len(rows_of(demo.sqlite, "messages")) <= 12_000
    assert len(rows_of(demo.sqlite, "crm_users")) == 40
    for letter in "łéΕЮ陽서र伟لכ":
        assert letter in text


def test_every_address_is_in_a_domain_reserved_for_examples(demo: DemoFiles) -> None:
    addresses = [row[4] for row in rows_of(demo.sqlite, "people") if row[4]]

    assert {address.rpartition("@")[2] for address in addresses} == {"example.com", "example.org", "example.net"}


def test_too_few_people_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=str(FEWEST)):
        build(tmp_path, people=FEWEST - 1)


def test_a_canary_is_in_every_personal_text_and_changes_no_verdict(demo: DemoFiles, tmp_path: Path) -> None:
    marked = build(tmp_path, canary=CANARY)

    assert marked.ledger.read_bytes() == demo.ledger.read_bytes()
    for table, columns in PERSONAL.items():
        for row in rows_of(marked.sqlite, table):
            cells = dict(zip(SCHEMA[table], row, strict=True))
            assert all(CANARY in str(cells[c]) for c in columns if str(cells[c] or "").strip())
