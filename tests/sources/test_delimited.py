from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest

from auditor.errors import SourceError
from auditor.sources import open_source
from tests.sources.reading import names_of, read_file, rows_of, written

HEAD = "id,email,city\n"


def test_cells_arrive_as_they_are_written(tmp_path: Path) -> None:
    text = HEAD + '007,a@example.org,"Paris, ""FR"""\n8,NULL,\\N\n9,,"two\nlines"\n'
    assert read_file(written(tmp_path / "a.csv", text)) == (
        ["id", "email", "city"],
        [("007", "a@example.org", 'Paris, "FR"'), ("8", "NULL", "\\N"), ("9", "", "two\nlines")],
        0,
    )


DELIMITERS = [(",", ","), (";", ";"), ("\t", "tab"), ("|", "|"), ("\x01", "control-A")]


@pytest.mark.parametrize(("delimiter", "shown"), DELIMITERS)
def test_the_delimiter_is_found_and_said(tmp_path: Path, delimiter: str, shown: str) -> None:
    text = "\n".join(delimiter.join(row) for row in (["id", "email", "city"], ["1", "a@example.org", "x y"])) + "\n"
    with open_source(str(written(tmp_path / "a.csv", text))) as source:
        assert rows_of(source) == [("1", "a@example.org", "x y")]
        assert f"delimiter {shown}" in source.info.tables[0].notes


def test_decimal_commas_do_not_win_over_semicolons(tmp_path: Path) -> None:
    text = "id;amount;name\n1;3,5;Müller, Anna\n2;4,75;Sø, Bo\n"
    assert read_file(written(tmp_path / "a.csv", text))[1] == [("1", "3,5", "Müller, Anna"), ("2", "4,75", "Sø, Bo")]


def test_excels_sep_line_is_obeyed_and_is_no_row(tmp_path: Path) -> None:
    names, rows, unread = read_file(written(tmp_path / "a.csv", "sep=;\r\nid;email\r\n1;a@example.org\r\n"))
    assert (names, rows, unread) == (["id", "email"], [("1", "a@example.org")], 0)


def test_text_after_a_closing_quote_is_kept(tmp_path: Path) -> None:
    text = HEAD + '1,"a@b"x,3\n2,b@example.org,Rome\n'
    assert read_file(written(tmp_path / "a.csv", text))[1:] == ([("1", "a@bx", "3"), ("2", "b@example.org", "Rome")], 0)


def test_ragged_rows_are_counted_as_unread(tmp_path: Path) -> None:
    text = HEAD + "1,a@example.org\n2,b@example.org,Rome\n3,c@example.org,Oslo,extra\n4,d@example.org,Bern\n"
    _, rows, unread = read_file(written(tmp_path / "a.csv", text))
    assert [row[0] for row in rows] == ["2", "4"]
    assert unread == 2


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_quote_that_is_never_closed_costs_no_other_row(tmp_path: Path, place: int) -> None:
    broken = ["2", "b@example.org", "Rome"]
    broken[place] = '"' + broken[place]
    text = HEAD + "1,a@example.org,Oslo\n" + ",".join(broken) + "\n3,c@example.org,Bern\n4,d@example.org,Bonn\n"
    _, rows, unread = read_file(written(tmp_path / "a.csv", text))
    assert [row[0] for row in rows if row[0] in ("1", "3", "4")] == ["1", "3", "4"]
    assert len(rows) + unread == 4


def test_a_quote_closed_by_that_of_a_later_row_costs_no_row_between(tmp_path: Path) -> None:
    text = HEAD + '1,"open,Oslo\n2,b@example.org,Rome\n3,"c@example.org","Bern"\n4,d@example.org,Bonn\n'
    _, rows, unread = read_file(written(tmp_path / "a.csv", text))
    assert [row[0] for row in rows if row[0] in ("2", "3", "4")] == ["2", "3", "4"]
    assert len(rows) + unread == 4


def test_an_unread_row_is_never_quoted_in_an_error(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv.gz", gzip.compress((HEAD + "1,secret@example.org,Rome\n" * 5000).encode())[:-9])
    with open_source(str(path)) as source, pytest.raises(SourceError) as caught:
        rows_of(source)
    assert "secret" not in str(caught.value) and caught.value.__suppress_context__


def test_nul_bytes_stay_in_their_cell(tmp_path: Path) -> None:
    assert read_file(written(tmp_path / "a.csv", HEAD + "1,a\x00b,Rome\n"))[1] == [("1", "a\x00b", "Rome")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_a_line_end(tmp_path: Path, end: str) -> None:
    text = end.join(["id,email", "1,a@example.org", "2,b@example.org"])
    assert read_file(written(tmp_path / "a.csv", text))[1] == [("1", "a@example.org"), ("2", "b@example.org")]


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    assert read_file(written(tmp_path / "a.csv", HEAD + "\n1,a@example.org,Rome\n\n   \n"))[1:] == (
        [("1", "a@example.org", "Rome")],
        0,
    )


def test_fields_of_a_megabyte_are_read(tmp_path: Path) -> None:
    big = "x" * 1_500_000
    text = HEAD + "".join(f'{n},"{big}",Rome\n' for n in range(40))
    with open_source(str(written(tmp_path / "a.csv", text))) as source:
        batches = list(source.read(source.info.tables[0], ["id", "email"]))
        assert sum(batch.num_rows for batch in batches) == 40
        assert max(batch.nbytes for batch in batches) < 100 << 20
        assert batches[0].column(1)[0].as_py() == big


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_the_encoding_is_found(tmp_path: Path, encoding: str) -> None:
    text = "id;name;city\n" + "1;Zoë Müller;Genève\n2;Anna Åström;Malmö\n" * 20
    names, rows, unread = read_file(written(tmp_path / "a.csv", text.encode(encoding)))
    assert names == ["id", "name", "city"]
    assert rows[:2] == [("1", "Zoë Müller", "Genève"), ("2", "Anna Åström", "Malmö")]
    assert unread == 0


@pytest.mark.parametrize(
    ("encoding", "name", "city"),
    [
        ("cp1251", "Иван Петров", "Москва"),
        ("gb18030", "张伟明", "北京市朝阳区"),
        ("cp932", "山田太郎", "東京都千代田区"),
        ("cp1250", "Łukasz Żółkiewski", "Łódź"),
    ],
)
def test_code_pages_of_other_scripts_are_guessed_and_said(tmp_path: Path, encoding: str, name: str, city: str) -> None:
    text = "id,name,city\n" + "".join(f"{n},{name},{city}\n" for n in range(30))
    with open_source(str(written(tmp_path / "a.csv", text.encode(encoding)))) as source:
        assert rows_of(source)[0] == ("0", name, city)
        assert f"encoding {encoding} (guessed)" in source.info.tables[0].notes


def test_a_byte_that_is_no_utf8_far_into_the_file_loses_no_row(tmp_path: Path) -> None:
    good = (HEAD + "1,müller@example.org,Köln\n" * 200_000).encode()
    path = written(tmp_path / "a.csv", good + b"2,b@example.org,K\xf6ln\n3,c@example.org,Bonn\n")
    _, rows, unread = read_file(path)
    assert len(rows) == 200_002 and unread == 0
    assert rows[-2:] == [("2", "b@example.org", "Köln"), ("3", "c@example.org", "Bonn")]


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.9, 0.999])
def test_a_cut_gzip_gives_its_rows_and_then_says_that_it_is_cut(tmp_path: Path, share: float) -> None:
    lines = "".join(f"{n},user{n * 7919 % 1000}@example.org,Rome\n" for n in range(20_000))
    whole = gzip.compress((HEAD + lines).encode())
    path = written(tmp_path / "a.csv.gz", whole[: int(len(whole) * share)])
    with open_source(str(path)) as source:
        table = source.info.tables[0]
        count = 0
        with pytest.raises(SourceError, match=r"The gzip file is cut after [\d,]+ rows") as caught:
            for batch in source.read(table, ["id"], batch_rows=1000):
                count += batch.num_rows
        assert 0 < count <= 20_000
        assert f"{count:,} rows" in caught.value.what


@pytest.mark.parametrize("missing", [1, 4, 8, 9])
def test_a_gzip_without_its_trailer_is_cut(tmp_path: Path, missing: int) -> None:
    whole = gzip.compress((HEAD + "1,a@example.org,Rome\n").encode())
    with open_source(str(written(tmp_path / "a.csv.gz", whole[:-missing]))) as source, pytest.raises(SourceError):
        rows_of(source)


def test_a_gzip_cut_before_its_data_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cut or damaged"):
        open_source(str(written(tmp_path / "a.csv.gz", gzip.compress(HEAD.encode())[:10])))


def test_a_damaged_gzip_says_so(tmp_path: Path) -> None:
    whole = bytearray(gzip.compress((HEAD + "1,a@example.org,Rome\n" * 9).encode()))
    whole[-6] ^= 0xFF
    path = written(tmp_path / "a.csv.gz", bytes(whole))
    with open_source(str(path)) as source, pytest.raises(SourceError, match="damaged"):
        rows_of(source)


def test_a_whole_gzip_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "people_2026-11-01.csv.gz", gzip.compress((HEAD + "1,a@example.org,Rome\n").encode()))
    with open_source(str(path)) as source:
        assert source.info.tables[0].name == source.info.name == "people"
        assert rows_of(source) == [("1", "a@example.org", "Rome")]


def test_hostile_names_markup_and_formulas_are_only_text(tmp_path: Path) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    names = ['a"; DROP TABLE x;--', "姓名", "<b>order</b>", "=1+1"]
    writer.writerows([names, ["1", "张伟", "<script>alert(1)</script>", '=HYPERLINK("x")']])
    found, rows, _ = read_file(written(tmp_path / "order.csv", buffer.getvalue()))
    assert found == names
    assert rows == [("1", "张伟", "<script>alert(1)</script>", '=HYPERLINK("x")')]


def test_empty_and_repeated_names_are_made_distinct(tmp_path: Path) -> None:
    names, _, _ = read_file(written(tmp_path / "a.csv", "id,email,Email,,email\n1,a@example.org,b@example.org,x,3\n"))
    assert names == ["id", "email", "Email_2", "column_4", "email_3"]


def test_columns_come_in_the_order_asked_for(tmp_path: Path) -> None:
    with open_source(str(written(tmp_path / "a.csv", HEAD + "1,a@example.org,Rome\n"))) as source:
        [batch] = source.read(source.info.tables[0], ["city", "id"])
        assert batch.to_pylist() == [{"city": "Rome", "id": "1"}]


@pytest.mark.parametrize("batch_rows", [1, 3, 64, 65, 50_000])
def test_batches_are_never_larger_than_asked_for(tmp_path: Path, batch_rows: int) -> None:
    path = written(tmp_path / "a.csv", HEAD + "".join(f"{n},a@example.org,Rome\n" for n in range(200)))
    with open_source(str(path)) as source:
        sizes = [batch.num_rows for batch in source.read(source.info.tables[0], ["id"], batch_rows=batch_rows)]
    assert sum(sizes) == 200 and max(sizes) <= batch_rows
    assert all(size == batch_rows for size in sizes[:-1])


def test_quotes_escaped_by_a_backslash_are_understood(tmp_path: Path) -> None:
    text = 'id,text,note\n1,"say \\"hi\\", then go",x\n2,"\\"a\\";b","c:\\\\d"\n'
    with open_source(str(written(tmp_path / "a.csv", text))) as source:
        assert rows_of(source) == [("1", 'say "hi", then go', "x"), ("2", '"a";b', "c:\\d")]
        assert "quotes escaped by a backslash" in source.info.tables[0].notes


def test_a_backslash_at_the_end_of_a_cell_is_only_a_backslash(tmp_path: Path) -> None:
    text = 'id,text,note\n1,"c:\\dir\\","x"\n2,"d:\\","y"\n'
    assert read_file(written(tmp_path / "a.csv", text))[1] == [("1", "c:\\dir\\", "x"), ("2", "d:\\", "y")]


def test_single_quotes_around_cells_are_quotes(tmp_path: Path) -> None:
    text = "'id','name'\n'1','Anna, B'\n'2','Bo, C'\n"
    assert read_file(written(tmp_path / "a.csv", text))[1] == [("1", "Anna, B"), ("2", "Bo, C")]


@pytest.mark.parametrize(
    "title", ["Contacts of November\n", "Contacts of November,,\n,,\n", "Contacts,,\nMade by Jo\n\n"]
)
def test_a_title_above_the_header_is_left_out_and_a_footer_is_counted_as_unread(tmp_path: Path, title: str) -> None:
    text = title + HEAD + "1,a@example.org,Rome\n2,b@example.org,Oslo\nEnd of report\n"
    path = written(tmp_path / "a.csv", text)
    names, rows, unread = read_file(path)
    assert (names, len(rows), unread) == (["id", "email", "city"], 2, 1)
    with open_source(str(path)) as source:
        assert any("above the header left out" in note for note in source.info.tables[0].notes)


def test_many_lines_of_one_text_are_rows_and_no_title(tmp_path: Path) -> None:
    sparse = "".join(f"note {n},,\n" for n in range(40))
    _, rows, unread = read_file(written(tmp_path / "a.csv", sparse + HEAD + "1,a@example.org,Rome\n"))
    assert (len(rows), unread) == (42, 0)


def test_rows_of_one_value_above_others_are_rows_where_no_header_is(tmp_path: Path) -> None:
    names, rows, unread = read_file(written(tmp_path / "a.csv", "7,,\n1,a@example.org,Rome\n2,b@example.org,Oslo\n"))
    assert (names, len(rows), unread) == (["column_1", "column_2", "column_3"], 3, 0)


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    assert read_file(written(tmp_path / "a.csv", HEAD)) == (["id", "email", "city"], [], 0)


def test_reading_twice_counts_unread_rows_once(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", HEAD + "1\n2,b@example.org,Rome\n3,c@example.org,Oslo\n")
    with open_source(str(path)) as source:
        rows_of(source)
        rows_of(source)
        assert source.unread(source.info.tables[0]) == 1


def test_a_single_column_is_a_table(tmp_path: Path) -> None:
    names, rows, _ = read_file(written(tmp_path / "suppressed.csv", "email\na@example.org\nb@example.org\n"))
    assert (names, rows) == (["email"], [("a@example.org",), ("b@example.org",)])


def test_a_file_without_a_header_gives_no_value_as_a_name(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "Anna,a@example.org,Rome\nBo,b@example.org,Oslo\n")
    with open_source(str(path)) as source:
        table = source.info.tables[0]
        assert names_of(table) == ["column_1", "column_2", "column_3"]
        assert "no header: columns are numbered" in table.notes
        assert len(rows_of(source)) == 2
