from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from auditor.errors import SourceError
from auditor.sources import open_source
from tests.sources.reading import read_file, rows_of, written

PEOPLE = [{"id": 1, "email": "a@example.org"}, {"id": 2, "city": "Rome"}]
AS_TABLE = (["id", "email", "city"], [("1", "a@example.org", None), ("2", None, "Rome")], 0)
FORMS = {
    "an array": json.dumps(PEOPLE),
    "an array over many lines": json.dumps(PEOPLE, indent=2),
    "an object around an array": json.dumps({"total": 2, "records": PEOPLE}),
    "an object around an array, in lines": json.dumps({"records": PEOPLE, "done": True}, indent=1),
    "an array further inside": json.dumps({"data": {"contacts": PEOPLE}}),
    "an object per line": "\n".join(map(json.dumps, PEOPLE)) + "\n",
    "an object per line, with blank lines": "\n\n".join(map(json.dumps, PEOPLE)),
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_form_gives_the_same_table(tmp_path: Path, text: str, packed: bool, encoding: str) -> None:
    content = text.encode(encoding)
    path = written(tmp_path / "people.json", gzip.compress(content) if packed else content)
    assert read_file(path) == AS_TABLE


def test_values_become_text(tmp_path: Path) -> None:
    record = '{"n": 1.50, "big": 12345678901234567890, "t": true, "f": false, "z": null, "s": "x\\u0000y", "e": ""}'
    names, rows, _ = read_file(written(tmp_path / "a.json", f"[{record}]"))
    assert dict(zip(names, rows[0], strict=True)) == {
        "n": "1.50", "big": "12345678901234567890", "t": "true", "f": "false", "z": None, "s": "x\x00y", "e": "",
    }  # fmt: skip


def test_objects_become_columns_and_lists_stay_json(tmp_path: Path) -> None:
    text = '[{"attributes": {"type": "Contact", "geo": {"city": "Köln"}}, "tags": ["a", {"b": 1.5}], "none": {}}]'
    names, rows, _ = read_file(written(tmp_path / "a.json", text))
    assert names == ["attributes.type", "attributes.geo.city", "tags", "none"]
    assert rows == [("Contact", "Köln", '["a", {"b": 1.5}]', "{}")]


def test_two_values_of_one_name_are_both_kept(tmp_path: Path) -> None:
    names, rows, _ = read_file(written(tmp_path / "a.json", '[{"a": {"b": 1}, "a.b": 2}]'))
    assert len(names) == 2 and rows == [("1", "2")]


def test_a_bad_line_is_one_unread_row(tmp_path: Path) -> None:
    lines = ['{"id": 1}', '{"id": 2, bad', '{"id": 3}', "[1]", '{"id": 4}', '{"id": "\udc00"}']
    content = "\n".join(lines).encode("utf-8", "surrogatepass")
    _, rows, unread = read_file(written(tmp_path / "a.ndjson", content))
    assert [row[0] for row in rows][:3] == ["1", "3", "4"]
    assert len(rows) + unread == len(lines)


def test_a_cut_array_gives_its_records_and_then_says_that_it_is_cut(tmp_path: Path) -> None:
    whole = json.dumps([{"id": n, "email": f"secret{n}@example.org"} for n in range(3000)])
    with open_source(str(written(tmp_path / "a.json", whole[: len(whole) // 2]))) as source:
        seen = 0
        with pytest.raises(SourceError, match=r"The JSON is cut after [\d,]+ records") as caught:
            for batch in source.read(source.info.tables[0], ["id"], batch_rows=100):
                seen += batch.num_rows
        assert 1000 < seen < 2000
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize("form", ["array", "lines"])
def test_a_cut_gzip_gives_its_records_and_then_fails(tmp_path: Path, form: str) -> None:
    records = [{"id": n, "email": f"x{n * 7919 % 3001}@example.org"} for n in range(3000)]
    text = json.dumps(records) if form == "array" else "\n".join(map(json.dumps, records))
    whole = gzip.compress(text.encode())
    with open_source(str(written(tmp_path / "a.json.gz", whole[: len(whole) // 2]))) as source:
        seen = 0
        with pytest.raises(SourceError, match="cut"):
            for batch in source.read(source.info.tables[0], ["id"]):
                seen += batch.num_rows
        assert 0 < seen < 3000


def test_several_lists_are_not_guessed_about(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="several lists: contacts, leads"):
        open_source(str(written(tmp_path / "a.json", '{"contacts": [{"id": 1}], "leads": [{"id": 2}]}')))


@pytest.mark.parametrize("text", ["[]", "{", "[1, 2]", '{"a":', "{}", '[{"id"', "{]"])
def test_json_without_records_is_said(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError):
        open_source(str(written(tmp_path / "a.json", text)))


def test_one_object_is_one_row(tmp_path: Path) -> None:
    for text in ('{"id": 1, "tags": ["x"]}', '{\n "id": 1,\n "tags": ["x"]\n}'):
        assert read_file(written(tmp_path / "a.json", text))[1] == [("1", '["x"]')]


def test_deep_nesting_neither_crashes_nor_loses_the_other_rows(tmp_path: Path) -> None:
    deep = '{"id": 2, "x": ' + "[" * 100_000 + "]" * 100_000 + "}"
    _, rows, unread = read_file(written(tmp_path / "a.ndjson", '{"id": 1}\n' + deep + '\n{"id": 3}\n'))
    assert [row[0] for row in rows] == ["1", "3"] and unread == 1


def test_the_number_of_rows_is_known_and_the_form_is_said(tmp_path: Path) -> None:
    with open_source(str(written(tmp_path / "a.json", FORMS["an array"]))) as source:
        assert source.info.tables[0].rows == 2
        assert source.info.tables[0].notes == ("array of objects", "encoding utf-8")
        assert rows_of(source, batch_rows=1) == AS_TABLE[1]


def test_a_gzip_whose_checksum_is_wrong_says_that_it_is_damaged(tmp_path: Path) -> None:
    content = bytearray(gzip.compress(FORMS["an array"].encode()))
    content[-6] ^= 0xFF
    with (
        pytest.raises(SourceError, match="damaged"),
        open_source(str(written(tmp_path / "a.json.gz", bytes(content)))) as source,
    ):
        rows_of(source)
