from __future__ import annotations

import gzip
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from auditor.errors import SourceError
from auditor.sources import open_source
from auditor.sources.folder import table_name
from tests.sources.reading import rows_of, written

CSV = "id,email\n1,a@example.org\n"


@pytest.mark.parametrize(
    ("file", "table"),
    [
        ("contacts.csv", "contacts"),
        ("contacts_2026-11-01.csv", "contacts"),
        ("contacts_20261101.csv.gz", "contacts"),
        ("contacts-2026-11-01T0930.json", "contacts"),
        ("contacts_20261101_093000.csv", "contacts"),
        ("contacts_2026-11-01_part2.csv", "contacts"),
        ("contacts.part-0003-of-0010.parquet", "contacts"),
        ("contacts (1).csv", "contacts"),
        ("contacts-001.csv", "contacts"),
        ("2026-11-01 contacts.csv", "contacts"),
        ("contacts_2026_11.csv", "contacts"),
        ("contacts_1793491200.csv", "contacts"),
        ("opt_in_2.csv", "opt_in"),
        ("10contacts.csv", "10contacts"),
        ("users2.csv", "users2"),
        ("2026-11-01.csv", "2026-11-01"),
        ("姓名.csv", "姓名"),
        ("order.v2.tsv", "order.v2"),
        (".csv", ".csv"),
    ],
)
def test_what_changes_from_export_to_export_is_no_part_of_a_name(file: str, table: str) -> None:
    assert table_name(file) == table


def test_every_file_is_a_table(tmp_path: Path) -> None:
    written(tmp_path / "contacts_2026-11-01.csv", CSV)
    written(tmp_path / "leads.json", '[{"id": 1}]')
    written(tmp_path / "notes.ndjson.gz", gzip.compress(b'{"id": 1}\n{"id": 2}\n'))
    (tmp_path / "sub").mkdir()
    pq.write_table(pa.table({"id": [1]}), tmp_path / "sub/calls.parquet")
    with open_source(str(tmp_path)) as source:
        assert source.info.kind == "folder" and source.info.name == tmp_path.name
        assert {table.name: (table.location, table.kind) for table in source.info.tables} == {
            "contacts": ("contacts_2026-11-01.csv", "delimited"),
            "leads": ("leads.json", "json"),
            "notes": ("notes.ndjson.gz", "json"),
            "calls": ("sub/calls.parquet", "parquet"),
        }
        assert sum(len(rows_of(source, table)) for table in source.info.tables) == 5
        assert not source.info.skipped


def test_files_of_one_name_go_by_their_paths(tmp_path: Path) -> None:
    for name in ("eu", "us"):
        (tmp_path / name).mkdir()
        written(tmp_path / name / "contacts.csv", CSV)
    written(tmp_path / "leads_1.csv", CSV)
    written(tmp_path / "leads_2.csv", CSV)
    with open_source(str(tmp_path)) as source:
        assert {table.name for table in source.info.tables} == {
            "eu/contacts.csv", "us/contacts.csv", "leads_1.csv", "leads_2.csv",
        }  # fmt: skip


def test_what_cannot_be_read_is_listed_and_the_rest_is_read(tmp_path: Path) -> None:
    written(tmp_path / "contacts.csv", CSV)
    written(tmp_path / "README.md", "# Export, of November\nSome, words\n")
    written(tmp_path / "photo.jpg", b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4)
    written(tmp_path / "LICENSE", "Some words that are\nno table at all, really\nnone\n")
    written(tmp_path / "empty.csv", "")
    written(tmp_path / "cut.parquet", b"PAR1")
    written(tmp_path / "broken.json", "{")
    written(tmp_path / "book.xlsx", b"PK\x03\x04")
    written(tmp_path / ".hidden.csv", CSV)
    with closing(sqlite3.connect(tmp_path / "crm.db")) as connection:
        connection.execute("CREATE TABLE t (v)")
        connection.commit()
    with open_source(str(tmp_path)) as source:
        assert [table.name for table in source.info.tables] == ["contacts"]
        assert {entry.what: entry.gap for entry in source.info.skipped} == {
            "README.md": False, "photo.jpg": False, "LICENSE": False, ".hidden.csv": False,
            "empty.csv": True, "cut.parquet": True, "broken.json": True, "book.xlsx": True, "crm.db": True,
        }  # fmt: skip
        assert all(entry.why.endswith(".") for entry in source.info.skipped)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    inside = tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    written(outside / "secret.csv", CSV)
    written(inside / "contacts.csv", CSV)
    (inside / "file.csv").symlink_to(outside / "secret.csv")
    (inside / "folder").symlink_to(outside)
    (inside / "loop").symlink_to(inside)
    (inside / "again.csv").symlink_to(inside / "contacts.csv")
    (inside / "dangling.csv").symlink_to(inside / "nothing.csv")
    os.mkfifo(inside / "pipe.csv")
    with open_source(str(inside)) as source:
        assert [table.name for table in source.info.tables] == ["contacts"]
        assert {entry.what: entry.gap for entry in source.info.skipped} == {
            "file.csv": True, "folder": True, "dangling.csv": True,
            "loop": False, "again.csv": False, "pipe.csv": False,
        }  # fmt: skip


def test_a_file_that_goes_away_while_others_are_read_fails_alone(tmp_path: Path) -> None:
    written(tmp_path / "a.csv", CSV)
    written(tmp_path / "b.csv", CSV)
    with open_source(str(tmp_path)) as source:
        (tmp_path / "a.csv").unlink()
        first, second = source.info.tables
        with pytest.raises(SourceError, match="No such file"):
            rows_of(source, first)
        assert len(rows_of(source, second)) == 1


@pytest.mark.parametrize("files", [[], ["README.md"]])
def test_a_folder_without_tables_is_an_error(tmp_path: Path, files: list[str]) -> None:
    for file in files:
        written(tmp_path / file, "# Words")
    with pytest.raises(SourceError, match="holds no table"):
        open_source(str(tmp_path))
