from __future__ import annotations

import gzip
import io
import stat
import tempfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from auditor.errors import SourceError
from auditor.model import Skipped
from auditor.sources import content, open_source
from tests.sources.reading import names_of, rows_of, written
from tests.sources.test_workbook import by_hand, inline, sheet

CSV = "id,email\n1,a@example.org\n"
Files = dict[str, str | bytes]


def packed(path: Path, files: Files, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def told(path: Path) -> tuple[dict[str, str], dict[str, Skipped]]:
    """Location of every table by name, and what was skipped."""
    with open_source(str(path)) as source:
        tables = {table.name: table.location for table in source.info.tables}
        return tables, {skipped.what: skipped for skipped in source.info.skipped}


def refused(path: Path) -> str:
    with pytest.raises(SourceError) as caught:
        open_source(str(path))
    assert caught.value.do
    return caught.value.what


@pytest.fixture
def export(tmp_path: Path) -> Files:
    parquet = io.BytesIO()
    pq.write_table(pa.table({"id": [1], "email": ["a@example.org"]}), parquet)
    book = by_hand(tmp_path / "book.xlsx", sheet(inline("id", "email"), inline("1", "a@example.org")))
    return {
        "Contact_2026-11-01.csv": CSV, "data/leads.json": '[{"id": "1", "email": "a@example.org"}]',
        "notes.ndjson.gz": gzip.compress(b'{"id": "1", "email": "a@example.org"}\n'),
        "calls.parquet": parquet.getvalue(),
        "deals.xlsx": book.read_bytes(), "old.tsv": CSV.replace(",", "\t"), "latin.txt": CSV.encode("utf-16"),
    }  # fmt: skip


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_the_files_of_an_archive_are_tables(tmp_path: Path, export: Files, method: int) -> None:
    path = packed(tmp_path / "export_2026-11-01.zip", export, method)
    with open_source(str(path)) as source:
        assert (source.info.name, source.info.kind, source.info.skipped) == ("export", "zip", ())
        assert {table.name: (table.location, table.kind) for table in source.info.tables} == {
            "Contact": ("Contact_2026-11-01.csv", "delimited"), "leads": ("data/leads.json", "json"),
            "notes": ("notes.ndjson.gz", "json"), "calls": ("calls.parquet", "parquet"),
            "deals": ("deals.xlsx", "workbook"),
            "old": ("old.tsv", "delimited"), "latin": ("latin.txt", "delimited"),
        }  # fmt: skip
        for table in source.info.tables:
            assert (names_of(table), rows_of(source, table)) == (["id", "email"], [("1", "a@example.org")]), table.name


def test_nothing_of_an_archive_is_written_to_disk(
    tmp_path: Path, export: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = packed(tmp_path / "a.zip", export)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    before = sorted(tmp_path.iterdir())
    with open_source(str(path)) as source:
        assert all(len(rows_of(source, table)) == 1 for table in source.info.tables)
        assert sorted(tmp_path.iterdir()) == before


def test_an_archive_in_a_folder_is_read_like_a_folder(tmp_path: Path) -> None:
    packed(
        tmp_path / "eu.zip", {"contacts.csv": CSV, "deals.csv": CSV, "photo.jpg": b"\xff\xd8\xff" + bytes(range(256))}
    )
    packed(tmp_path / "us.zip", {"contacts.csv": CSV})
    written(tmp_path / "cut.zip", (tmp_path / "us.zip").read_bytes()[:-9])
    written(tmp_path / "leads.csv", CSV)
    tables, skipped = told(tmp_path)
    assert tables == {
        "leads": "leads.csv", "deals": "eu.zip/deals.csv",
        "eu.zip/contacts.csv": "eu.zip/contacts.csv", "us.zip/contacts.csv": "us.zip/contacts.csv",
    }  # fmt: skip
    assert {name: entry.gap for name, entry in skipped.items()} == {"cut.zip": True, "eu.zip/photo.jpg": False}


def test_names_that_lead_elsewhere_and_members_that_are_no_files(tmp_path: Path) -> None:
    path = packed(
        tmp_path / "a.zip",
        {
            "contacts.csv": CSV, "../up.csv": CSV, "/etc/root.csv": CSV, "C:\\x.csv": CSV, "win\\deals.csv": CSV,
            ".hidden/a.csv": CSV, ".hidden/b.csv": CSV, "__MACOSX/._contacts.csv": "x", "~$book.xlsx": "x",
            "folder/": "", "inner.zip": packed(tmp_path / "inner.zip", {"a.csv": CSV}).read_bytes(),
            "readme.md": "# Words", "none.csv": "",
        },
    )  # fmt: skip
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("link.csv")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        packed_so = zipfile.ZipInfo("bz.csv")
        packed_so.compress_type = zipfile.ZIP_BZIP2
        archive.writestr(packed_so, CSV * 9)
    tables, skipped = told(path)
    assert tables == {"contacts": "contacts.csv", "deals": "win/deals.csv"}
    assert {name: entry.gap for name, entry in skipped.items()} == {
        "../up.csv": True, "/etc/root.csv": True, "C:/x.csv": True, "link.csv": True, "inner.zip": True,
            "none.csv": True,
        "bz.csv": True, ".hidden": False, "__MACOSX": False, "~$book.xlsx": False, "readme.md": False,
    }  # fmt: skip
    assert all(entry.why.endswith(".") for entry in skipped.values())
    assert "bzip2" in skipped["bz.csv"].why


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_one_name_twice(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.csv": CSV})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("contacts.csv", CSV)
        archive.writestr("CONTACTS.csv", CSV)
    tables, skipped = told(path)
    assert set(tables) == {"a"}
    assert set(skipped) == {"contacts.csv", "CONTACTS.csv"} and all(entry.gap for entry in skipped.values())


def test_names_in_other_encodings(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"contacts.csv": CSV, "n\u00e4mes.csv": CSV})
    raw = path.read_bytes().replace("n\u00e4mes".encode(), b"n\x84.mes")
    for old in ("n\u00e4mes", "Kund\u0119"):
        whole = packed(path, {f"{old}.csv": CSV}).read_bytes()
        # Without the flag that says so, the name is still UTF-8.
        flags = whole.replace(b"\x14\x00\x00\x08", b"\x14\x00\x00\x00")
        assert flags != whole
        assert set(told(written(path, flags))[0]) == {old}
    dos = packed(path, {"nomes.csv": CSV}).read_bytes().replace(b"nomes", b"n\x94mes")
    assert set(told(written(path, dos))[0]) == {"n\u00f6mes"}
    assert raw


def test_an_encrypted_member(tmp_path: Path) -> None:
    whole = bytearray(packed(tmp_path / "a.zip", {"contacts.csv": CSV}).read_bytes())
    whole[6] |= 1
    whole[whole.index(b"PK\x01\x02") + 8] |= 1
    assert "It is encrypted." in refused(written(tmp_path / "a.zip", bytes(whole)))


def test_an_archive_with_the_large_form_of_its_directory(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive, archive.open("contacts.csv", "w", force_zip64=True) as member:
        member.write(CSV.encode())
    with open_source(str(path)) as source:
        assert rows_of(source) == [("1", "a@example.org")]


def test_a_member_that_unpacks_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "FLOOR", 5 << 20)
    bomb = CSV + "2,b@example.org\n" * 400_000
    path = packed(
        tmp_path / "a.zip", {"bomb.csv": bomb, "good.csv": CSV, "bomb.json.gz": gzip.compress(b"[" + b" " * 9_000_000)}
    )
    with open_source(str(path)) as source:
        assert {entry.what for entry in source.info.skipped} == {"bomb.json.gz"}
        bombed, good = source.info.tables
        assert len(rows_of(source, good)) == 1
        delivered = 0
        with pytest.raises(SourceError, match="more than 250 times its size"):
            for batch in source.read(bombed, ["id"]):
                delivered += batch.num_rows
        assert 0 < delivered < 400_000
    written(tmp_path / "b.csv.gz", gzip.compress(bomb.encode()))
    with open_source(str(tmp_path / "b.csv.gz")) as source, pytest.raises(SourceError, match="more than 250 times"):
        rows_of(source)


def test_members_that_overlap(tmp_path: Path) -> None:
    whole = packed(tmp_path / "a.zip", {"a.csv": CSV * 100}, zipfile.ZIP_STORED).read_bytes()
    start = whole.index(b"PK\x01\x02")
    entry, end = whole[start : whole.index(b"PK\x05\x06")], bytearray(whole[whole.index(b"PK\x05\x06") :])
    end[8:12] = b"\x02\x00\x02\x00"
    end[12:16] = (2 * len(entry)).to_bytes(4, "little")
    both = whole[:start] + entry + entry.replace(b"a.csv", b"b.csv") + bytes(end)
    assert "overlap" in refused(written(tmp_path / "a.zip", both))


def test_a_cut_archive(tmp_path: Path, export: Files) -> None:
    whole = packed(tmp_path / "a.zip", export).read_bytes()
    for length in range(4, len(whole) - 1, 97):
        assert "cut or damaged" in refused(written(tmp_path / "b.zip", whole[:length]))


def test_any_damaged_byte_ends_in_a_sentence_or_in_rows(tmp_path: Path, export: Files) -> None:
    whole = packed(tmp_path / "a.zip", export).read_bytes()
    for place in range(0, len(whole), 23):
        path = written(tmp_path / "b.zip", whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            source = open_source(str(path))
        except SourceError:
            continue
        with source:
            for table in source.info.tables:
                try:
                    rows_of(source, table)
                except SourceError as error:
                    assert error.what.endswith(".")


def test_a_damaged_member_gives_what_comes_before(tmp_path: Path) -> None:
    rows = CSV + "".join(f"{n},{n}@example.org\n" for n in range(400_000))
    whole = bytearray(packed(tmp_path / "a.zip", {"a.csv": rows}, zipfile.ZIP_STORED).read_bytes())
    whole[-4000] ^= 1  # a digit of a row near the end
    with open_source(str(written(tmp_path / "a.zip", bytes(whole)))) as source:
        read = 0
        with pytest.raises(SourceError, match=r"The file is damaged after [\d,]+ rows"):
            for batch in source.read(source.info.tables[0], ["id"]):
                read += batch.num_rows
        assert read > 399_990


@pytest.mark.parametrize(
    ("whole", "said"),
    [
        (b"PK\x05\x06" + bytes(18), "without members"),
        (b"PK\x07\x08" + bytes(18), "a part of a zip archive"),
        (b"PK\x03\x04" + bytes(18), "cut or damaged"),
    ],
)
def test_no_archive_at_all(tmp_path: Path, whole: bytes, said: str) -> None:
    assert said in refused(written(tmp_path / "a.zip", whole))


def test_an_archive_without_tables(tmp_path: Path) -> None:
    assert "The archive holds no table" in refused(packed(tmp_path / "a.zip", {"readme.md": "# Words"}))


def test_an_archive_that_changes_while_it_is_read(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.csv": CSV})
    with open_source(str(path)) as source:
        packed(path, {"a.csv": CSV + "2,b@example.org\n"})
        with pytest.raises(SourceError, match="changed while it was read"):
            rows_of(source)
