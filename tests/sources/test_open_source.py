from __future__ import annotations

import gzip
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.errors import SourceError
from auditor.sources import open_source
from tests.sources.reading import rows_of, written

CSV = "id,email\n1,a@example.org\n"


def test_a_missing_path_is_said_with_the_path(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"absent\.csv: There is no such file or folder\. Check the path\."):
        open_source(str(tmp_path / "absent.csv"))


def test_an_empty_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="The file is empty"):
        open_source(str(written(tmp_path / "a.csv", b"")))


@pytest.mark.parametrize("blank", [" \n\n", "\ufeff", "\r\n\t"])
def test_a_file_of_blanks_is_said(tmp_path: Path, blank: str) -> None:
    with pytest.raises(SourceError, match="nothing but blanks"):
        open_source(str(written(tmp_path / "a.csv", blank)))


def test_an_empty_gzip_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        open_source(str(written(tmp_path / "a.csv.gz", gzip.compress(b""))))


def test_a_file_without_the_right_to_read_is_said(tmp_path: Path, nobody: None) -> None:
    path = tmp_path / "a.csv"
    with pytest.raises(SourceError, match=r"Permission denied\. Ask for the right"):
        open_source(str(path))


@pytest.fixture
def nobody(tmp_path: Path) -> Iterator[None]:
    """An unreadable file, and for the superuser, who may read everything, another user for a while."""
    written(tmp_path / "a.csv", CSV).chmod(0)
    open_source(str(written(tmp_path / "b.csv", CSV)))  # brings in all modules while they can be read
    user = os.geteuid()
    os.seteuid(65_534 if user == 0 else user)
    try:
        yield
    finally:
        os.seteuid(user)


@pytest.mark.parametrize("spec", ["", "  "])
def test_no_path_at_all_is_said(spec: str) -> None:
    with pytest.raises(SourceError, match="No source was named"):
        open_source(spec)


@pytest.mark.parametrize("spec", ["a\x00b", "x" * 5000])
def test_an_impossible_path_is_one_sentence(spec: str) -> None:
    with pytest.raises(SourceError):
        open_source(spec)


@pytest.mark.parametrize("scheme", ["mongodb", "postgresql+psycopg", "https", "s3"])
def test_another_scheme_is_refused_without_showing_its_password(scheme: str) -> None:
    with pytest.raises(SourceError) as caught:
        open_source(f"{scheme}://reader:hunter2@crm.example/db")
    assert scheme in str(caught.value)
    assert "SQLite" in str(caught.value) and "folder" in str(caught.value)
    assert "hunter2" not in str(caught.value) and "hunter2" not in repr(caught.value)


def test_a_name_may_be_given(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", CSV)
    assert open_source(f"crm={path}").info.name == "crm"
    assert open_source(str(path), name="given").info.name == "given"


def test_a_file_whose_name_holds_an_equals_sign_is_a_file(tmp_path: Path) -> None:
    path = written(tmp_path / "a=b.csv", CSV)
    assert open_source(str(path)).info.tables[0].name == "a=b"


def test_a_sqlite_url_is_a_path(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "crm 1.db")
    connection.execute("CREATE TABLE people (id)")
    connection.commit()
    connection.close()
    with open_source(f"sqlite:///{tmp_path}/crm%201.db") as source:
        assert source.info.kind == "sqlite"
    with open_source(f"live=sqlite:///{tmp_path}/crm%201.db") as source:
        assert source.info.name == "live"


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_sqlite_url_without_a_file_is_refused(url: str) -> None:
    with pytest.raises(SourceError, match="names no file"):
        open_source(url)


@pytest.mark.parametrize("file", ["people.csv", "people.json", "people.db", "people"])
def test_the_content_says_what_a_file_is_whatever_it_is_called(tmp_path: Path, file: str) -> None:
    path = written(tmp_path / file, '{"id": 1, "email": "a@example.org"}\n{"id": 2}\n')
    with open_source(str(path)) as source:
        assert source.info.kind == "json"
        assert rows_of(source) == [("1", "a@example.org"), ("2", None)]


def test_a_csv_called_as_a_database_is_read_as_csv(tmp_path: Path) -> None:
    assert open_source(str(written(tmp_path / "crm.txt", CSV))).info.kind == "delimited"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04rest", "zip archive is cut or damaged"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 9, "not a type"),
        (b"-- dump\nCREATE TABLE a (b int);\n", "SQL dump"),
        (b"<html><body>a,b</body></html>", "not a type"),
        (gzip.compress(b"SQLite format 3\x00" + b"\x00" * 90, mtime=0), "gzipped database"),
    ],
)
def test_what_is_no_table_is_said(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        open_source(str(written(tmp_path / "a.bin", content)))


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceError, match="not a regular file"):
        open_source(str(tmp_path / "pipe"))


def test_a_file_name_is_never_a_pattern(tmp_path: Path) -> None:
    written(tmp_path / "b1.csv", CSV)
    with pytest.raises(SourceError, match="no such file"):
        open_source(str(tmp_path / "b*.csv"))
    written(tmp_path / "b*.csv", "id,email\n7,x@example.org\n")
    assert rows_of(open_source(str(tmp_path / "b*.csv"))) == [("7", "x@example.org")]


def test_a_column_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with open_source(str(written(tmp_path / "a.csv", CSV))) as source, pytest.raises(SourceError, match="not there"):
        list(source.read(source.info.tables[0], ["phone"]))
