from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.errors import SourceError
from auditor.sources import open_source
from tests.sources.reading import Rows, names_of, read_file, rows_of, written

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'


def made(path: Path, fill: Callable[[Any], None], **options: Any) -> Path:
    with xlsxwriter.Workbook(path, options) as book:
        fill(book)
    return path


def by_hand(path: Path, sheet: str, more: Mapping[str, str | bytes] = {}, strings: str = "") -> Path:
    """A workbook of one sheet whose XML is given."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships {PACKAGE}><Relationship Id="a" Type="{RELATED}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{RELATED}"><sheets><sheet name="Data" sheetId="1" r:id="b"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships {PACKAGE}><Relationship Id="b" Type="{RELATED}/worksheet" '
        f'Target="worksheets/sheet1.xml"/><Relationship Id="c" Type="{RELATED}/sharedStrings" '
        'Target="/xl/sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
        "xl/sharedStrings.xml": strings or f"<sst {MAIN}/>",
        **more,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def sheet(*rows: str, after: str = "") -> str:
    return f"<worksheet {MAIN}><sheetData>{''.join(rows)}</sheetData>{after}</worksheet>"


def inline(*texts: str) -> str:
    cells = [f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts]
    return f"<row>{''.join(cells)}</row>"


def refused(path: Path) -> str:
    with pytest.raises(SourceError) as caught, open_source(str(path)) as source:
        for table in source.info.tables:
            rows_of(source, table)
    assert caught.value.do
    return caught.value.what


def test_values_as_csv_would_have_them(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        page = book.add_worksheet("Contacts")
        page.write_row(
            0, 0, ["id", "name", "post code", "born_on", "created_at", "at", "opt_in", "score", "sum", "ref"]
        )
        page.write_row(1, 0, [1, "Ada  Example\nB\u00f6hm & <Co>", "01234"])
        page.write_datetime(1, 3, datetime(1990, 1, 2), book.add_format({"num_format": "dd/mm/yyyy"}))
        page.write_datetime(1, 4, datetime(2026, 1, 2, 3, 4, 5), book.add_format({"num_format": 22}))
        page.write_number(1, 5, 0.75, book.add_format({"num_format": "hh:mm"}))
        page.write_boolean(1, 6, True)
        page.write_number(1, 7, 12.5)
        page.write_formula(1, 8, "=A2+1", None, 2)
        page.write_number(1, 9, 42, book.add_format({"num_format": "00000"}))
        page.write_row(3, 0, [2, "Ben Example"])
        page.write_formula(3, 3, "=NA()", None, "#N/A")
        page.write_formula(3, 6, "=FALSE()", None, False)
        page.write_formula(3, 7, '="x"', None, "text")
        bold = book.add_format({"bold": True})
        page.write_rich_string(4, 1, "Cleo ", bold, "Example")

    header, rows, unread = read_file(made(tmp_path / "crm_2026-11-01.xlsx", fill))
    assert header == ["id", "name", "post code", "born_on", "created_at", "at", "opt_in", "score", "sum", "ref"]
    assert rows == [
        ("1", "Ada  Example\nB\u00f6hm & <Co>", "01234",
         "1990-01-02", "2026-01-02T03:04:05", "18:00:00", "true", "12.5", "2", "00042"),
        ("2", "Ben Example", None, None, None, None, "false", "text", None, None),
        (None, "Cleo Example", *[None] * 8),
    ]  # fmt: skip
    assert unread == 0


def test_the_sheets_of_a_workbook_are_tables(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        for name in ("Contacts", "Empty", "Old contacts"):
            page = book.add_worksheet(name)
            if name != "Empty":
                page.write_row(0, 0, ["id", "email"])
                page.write_row(1, 0, [1, "a@example.org"])
        page.hide()
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=Contacts!$A$2:$A$2"})
        book.add_chartsheet("Chart").set_chart(chart)
        page.write_comment(0, 0, "words")

    path = made(tmp_path / "crm_2026-11-01.xlsx", fill)
    with open_source(str(path)) as source:
        assert (source.info.name, source.info.kind) == ("crm", "workbook")
        assert [(t.name, t.location) for t in source.info.tables] == [
            ("Contacts", "crm_2026-11-01.xlsx"), ("Old contacts", "crm_2026-11-01.xlsx"),
        ]  # fmt: skip
        assert [t.notes for t in source.info.tables] == [
            ("sheet Contacts",), ("sheet Old contacts", "hidden sheet", "comments of cells are not read"),
        ]  # fmt: skip
        assert [(s.what, s.gap) for s in source.info.skipped] == [("crm_2026-11-01.xlsx: Empty", False)]
    with open_source(str(tmp_path)) as source:
        assert [t.name for t in source.info.tables] == ["crm.Contacts", "crm.Old contacts"]
    with open_source(f"people={path}") as source:
        assert (source.info.name, rows_of(source, source.info.tables[1])) == ("people", [("1", "a@example.org")])


def test_titles_blank_rows_and_columns_around_the_table(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        page = book.add_worksheet()
        page.merge_range(1, 0, 1, 4, "Contacts of November")
        page.write_row(2, 0, ["Made on", "2026-11-01"])
        page.write_row(5, 1, ["id", "email", "phone", "country", "city"])
        page.write_row(6, 1, [1, "a@example.org", "0301234567", "DE", "Berlin"])
        page.write_row(8, 1, [2, "b@example.org", "0401234567", "DE"])
        page.write_blank(9, 30, None, book.add_format({"bold": True}))

    with open_source(str(made(tmp_path / "a.xlsx", fill))) as source:
        table = source.info.tables[0]
        assert names_of(table) == ["column_1", "id", "email", "phone", "country", "city"]
        assert rows_of(source) == [
            (None, "1", "a@example.org", "0301234567", "DE", "Berlin"),
            (None, "2", "b@example.org", "0401234567", "DE", None),
        ]
        assert "2 rows above the header left out" in table.notes


def test_a_cell_merged_over_rows_counts_for_each(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        page = book.add_worksheet()
        page.write_row(0, 0, ["company", "email", "consent"])
        for n in range(1, 5):
            page.write(n, 1, f"{n}@example.org")
        page.merge_range(1, 0, 3, 0, "Example Ltd")
        page.merge_range(2, 2, 3, 2, "no")

    with open_source(str(made(tmp_path / "a.xlsx", fill))) as source:
        assert rows_of(source) == [
            ("Example Ltd", "1@example.org", None), ("Example Ltd", "2@example.org", "no"),
            ("Example Ltd", "3@example.org", "no"), (None, "4@example.org", None),
        ]  # fmt: skip
        assert "2 cells merged over several rows count for each of them" in source.info.tables[0].notes


def test_a_row_with_values_beside_the_table_is_counted(tmp_path: Path) -> None:
    rows = [inline("id", "email")] + [inline(str(n), f"{n}@example.org") for n in range(1500)]
    path = by_hand(tmp_path / "a.xlsx", sheet(*rows, inline("7", "x@example.org", "more")))
    _, read, unread = read_file(path)
    assert (len(read), unread) == (1500, 1)


def test_a_sheet_without_a_header(tmp_path: Path) -> None:
    header, rows, _ = read_file(
        by_hand(tmp_path / "a.xlsx", sheet(*[inline(str(n), f"{n}@example.org") for n in (1, 2)]))
    )
    assert (header, len(rows)) == (["column_1", "column_2"], 2)


def test_days_from_1904(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        page = book.add_worksheet()
        page.write_row(0, 0, ["id", "born_on"])
        page.write_number(1, 0, 1)
        page.write_datetime(1, 1, datetime(1990, 1, 2), book.add_format({"num_format": 14}))

    assert read_file(made(tmp_path / "a.xlsx", fill, date_1904=True))[1] == [("1", "1990-01-02")]


PREFIXED = """<?xml version="1.0"?>
<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>
<x:row r="1"><x:c r="A1" t="s"><x:v>1</x:v></x:c><x:c r="C1" t="str"><x:f>"a"</x:f><x:v>email</x:v></x:c></x:row>
<x:row r="2"><x:c r="A2"><x:v>7</x:v></x:c><x:c r="B2" t="e"><x:v>#REF!</x:v></x:c><x:c r="C2" t="s"><x:v>0</x:v></x:c>
<x:c r="D2" t="d"><x:v>2026-01-02</x:v></x:c></x:row></x:sheetData></x:worksheet>"""
STRINGS = (
    f"<sst {MAIN}><si><r><t>a@</t></r><r><rPr><b/></rPr><t>example.org</t></r>"
    "<rPh sb='0' eb='1'><t>spoken</t></rPh></si>"
    "<si><t>id</t></si></sst>"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_other_programs_write_otherwise(tmp_path: Path, encoding: str) -> None:
    parts = {"xl/worksheets/sheet1.xml": PREFIXED.encode(encoding)}
    path = by_hand(tmp_path / "a.xlsx", "", parts, STRINGS)
    assert read_file(path)[:2] == (
        ["id", "column_2", "email", "column_4"], [("7", None, "a@example.org", "2026-01-02")]
    )  # fmt: skip


def test_formulas_that_were_never_computed_are_a_gap(tmp_path: Path) -> None:
    rows = inline("id", "email"), '<row><c><v>1</v></c><c><f>A2&amp;"@example.org"</f></c></row>'
    with open_source(str(by_hand(tmp_path / "a.xlsx", sheet(*rows)))) as source:
        batches = source.read(source.info.tables[0], ["id", "email"])
        assert next(batches).to_pylist() == [{"id": "1", "email": None}]
        with pytest.raises(SourceError, match="lacks the results of 1 formulas"):
            next(batches)


def test_what_a_workbook_keeps_outside_its_sheets_is_a_gap(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "a.xlsx", sheet(inline("id", "email")), {"xl/pivotCache/pivotCacheRecords1.xml": "<x/>"})
    with open_source(str(path)) as source:
        assert [(s.what, s.gap) for s in source.info.skipped] == [
            ("a.xlsx: xl/pivotCache/pivotCacheRecords1.xml", True)
        ]


def test_rows_that_are_only_formatted_are_not_parsed(tmp_path: Path) -> None:
    blank = "".join(f'<row r="{n}"><c r="A{n}" s="1"/><c r="B{n}" s="1"/></row>' for n in range(3, 200_000))
    path = by_hand(tmp_path / "a.xlsx", sheet(inline("id", "email"), inline("1", "a@example.org"), blank))
    with open_source(str(path)) as source:
        assert rows_of(source) == [("1", "a@example.org")]
        assert source._tables["a"]._extent.end < 3 << 20  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "hidden",
    [
        "<!-- </sheetData> --> ", "<![CDATA[</sheetData>]]>", "<?x </sheetData> ?>", "<y><sheetData></sheetData></y>",
        '<y a="sheetData"/>',
    ],
)  # fmt: skip
def test_nothing_hides_rows_from_the_survey(tmp_path: Path, hidden: str) -> None:
    far = " " * (3 << 20)
    last = inline("2", "b@example.org").replace("</t>", "</t >")
    path = by_hand(
        tmp_path / "a.xlsx", sheet(inline("id", "email"), inline("1", "a@example.org"), hidden, far, last, far)
    )
    assert [row[0] for row in read_file(path)[1]] == ["1", "2"]


BOMB = '<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;">]>'


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"xl/worksheets/sheet1.xml": BOMB + sheet(inline("&c;", "b"))}, "declares entities"),
        ({"xl/sharedStrings.xml": BOMB + STRINGS}, "declares entities"),
        ({"xl/workbook.xml": BOMB + "<workbook/>"}, "declares entities"),
        ({"xl/workbook.xml": "<workbook"}, "its XML cannot be read"),
        ({"xl/workbook.xml": "<workbook/>"}, "No sheet of the workbook has rows"),
        ({"xl/_rels/workbook.xml.rels": "<Relationships/>"}, "one of its sheets is missing"),
        ({"xl/worksheets/sheet1.xml": sheet('<row><c t="s"><v>9</v></c></row>')}, "a text that is not there"),
        ({"xl/worksheets/sheet1.xml": sheet('<row><c t="s"><v>-1</v></c></row>')}, "a text that is not there"),
        ({"xl/worksheets/sheet1.xml": sheet('<row><c r="ZZZZ1"><v>1</v></c></row>')}, "outside of the sheet"),
        ({"xl/worksheets/sheet1.xml": sheet("<row><c><v>1</v></c>")}, "its XML cannot be read"),
        ({"xl/worksheets/sheet1.xml": "<worksheet>" + "<a b='" + "x" * (2 << 20)}, "a tag has no end"),
        ({"xl/worksheets/sheet1.xml": sheet(inline("a" * (2 << 20)))}, "longer than a cell"),
        ({"XL/workbook.xml": "<workbook/>"}, "a part is there twice"),
    ],
)
def test_hostile_workbooks_end_in_a_sentence(tmp_path: Path, parts: dict[str, str], said: str) -> None:
    good = sheet('<row><c t="s"><v>1</v></c><c t="s"><v>0</v></c></row>')
    path = by_hand(tmp_path / "a.xlsx", good, parts, STRINGS)
    assert said in refused(path)


def test_a_cut_workbook(tmp_path: Path) -> None:
    whole = by_hand(tmp_path / "a.xlsx", sheet(inline("id", "email"))).read_bytes()
    for length in range(4, len(whole) - 1, 50):
        assert refused(written(tmp_path / "b.xlsx", whole[:length]))


def test_any_damaged_byte_ends_in_a_sentence_or_in_rows(tmp_path: Path) -> None:
    whole = by_hand(tmp_path / "a.xlsx", sheet(inline("id", "email"), inline("1", "a@example.org"))).read_bytes()
    for place in range(0, len(whole), 11):
        path = written(tmp_path / "b.xlsx", whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
        try:
            with open_source(str(path)) as source:
                for table in source.info.tables:
                    rows_of(source, table)
        except SourceError:
            continue


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0" + bytes(600), "old Excel or Word file"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + bytes(600), "protected by a password"),
        ("a.bin", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        ("a.xls", b"<html><table><tr><td>id</td></tr></table></html>", "named like a workbook"),
    ],
)
def test_other_workbooks_are_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    assert said in refused(written(tmp_path / name, content))


@pytest.mark.parametrize(
    ("member", "said"),
    [("xl/workbook.bin", ".xlsb"), ("content.xml", "OpenDocument"), ("ppt/presentation.xml", "presentation")],
)
def test_other_office_files_are_refused(tmp_path: Path, member: str, said: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.dat", "w") as archive:
        archive.writestr(member, "x")
    assert said in refused(tmp_path / "a.dat")


def test_a_text_that_is_called_a_workbook_is_read(tmp_path: Path) -> None:
    assert read_file(written(tmp_path / "a.xls", "id\temail\n1\ta@example.org\n"))[1] == [("1", "a@example.org")]


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), max_size=8)


@settings(max_examples=30)
@given(st.lists(st.tuples(CELLS, CELLS), max_size=6))
def test_the_same_texts_as_csv(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]) -> None:
    folder = tmp_path_factory.mktemp("same")
    rows = [("first_name", "email"), ("Ada", "a@example.org"), *(row for row in rows if any(row))]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    written(folder / "a.csv", text.getvalue())

    def fill(book: Any) -> None:
        page = book.add_worksheet()
        for n, row in enumerate(rows):
            for place, value in enumerate(row):
                page.write_string(n, place, value)

    def plain(found: tuple[list[str], Rows, int]) -> object:
        return found[0], [tuple(value or None for value in row) for row in found[1]], found[2]

    assert plain(read_file(made(folder / "a.xlsx", fill))) == plain(read_file(folder / "a.csv"))


def test_shared_texts_in_any_order(tmp_path: Path) -> None:
    texts = [f"{'x' * (n % 50)}{n}" for n in range(3000)]
    strings = f"<sst {MAIN}>{''.join(f'<si><t>{text}</t></si>' for text in texts)}</sst>"
    order = [2999, 0, *range(0, 3000, 7), 512, 511, 1, 2998]
    rows = [inline("key", "email"), *(f'<row><c t="s"><v>{n}</v></c><c><v>1</v></c></row>' for n in order)]
    assert [row[0] for row in read_file(by_hand(tmp_path / "a.xlsx", sheet(*rows), strings=strings))[1]] == [
        texts[n] for n in order
    ]
