from __future__ import annotations

import re
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from auditor.errors import ReportError
from auditor.model import AuditResult
from auditor.writers import facts, worklist_xlsx
from auditor.writers.worklist import FINDING_HEAD, HEAD
from auditor.writers.worklist_xlsx import write_worklist_xlsx
from tests.writers.hostile import HOSTILE
from tests.writers.records import Numbered

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheets(path: Path) -> dict[str, list[list[str]]]:
    """The cells of every sheet; a workbook is XML in a zip."""
    with zipfile.ZipFile(path) as book:
        names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        found = {}
        for number, name in enumerate(names, 1):
            root = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
            found[name] = [
                ["".join(cell.itertext()) for cell in row.iter(f"{SPACE}c")] for row in root.iter(f"{SPACE}row")
            ]
    return found


def test_the_findings_with_their_steps_stand_before_every_record(result: AuditResult, tmp_path: Path) -> None:
    write_worklist_xlsx(result, Numbered(), tmp_path / "a.xlsx")
    found = sheets(tmp_path / "a.xlsx")
    assert list(found) == ["Findings", "Records"]
    assert tuple(found["Findings"][0]) == FINDING_HEAD and tuple(found["Records"][0]) == HEAD
    assert len(found["Findings"]) == 2 + len(result.findings)
    assert len(found["Records"]) == 1 + sum(finding.place.counts.violations for finding in result.findings)
    assert "1. Pause the campaign or journey that sent the messages.\n2. Make the sender" in found["Findings"][1][8]
    assert found["Records"][1][6] == "0000000"


def test_every_cell_is_a_text_and_nothing_acts(hostile: AuditResult, tmp_path: Path) -> None:
    write_worklist_xlsx(hostile, Numbered(("=1+1", "@x", "https://evil.example", *HOSTILE)), tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        assert not [name for name in book.namelist() if "link" in name.lower() or "vba" in name.lower()]
        for name in book.namelist():
            if name.startswith("xl/worksheets/sheet"):
                root = ElementTree.fromstring(book.read(name))
                assert {element.get("t") for element in root.iter(f"{SPACE}c")} <= {"s", "inlineStr"}
                assert not list(root.iter(f"{SPACE}f")) and not list(root.iter(f"{SPACE}hyperlink"))


def test_more_records_than_a_sheet_holds_go_on_another(
    result: AuditResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worklist_xlsx, "ROWS", 100)
    one = replace(result, findings=result.findings[:1])
    write_worklist_xlsx(one, Numbered(limit=200), tmp_path / "a.xlsx")
    found = sheets(tmp_path / "a.xlsx")
    assert [(name, len(rows) - 1) for name, rows in found.items()] == [
        ("Findings", 2),
        ("Records", 100),
        ("Records 2", 100),
    ]


def test_the_same_result_gives_the_same_bytes_and_the_file_is_private(result: AuditResult, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_worklist_xlsx(result, Numbered(), tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert (tmp_path / "a.xlsx").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "b.xlsx"]


def test_without_its_library_one_sentence_says_how_to_install_it(
    result: AuditResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(ReportError, match=r"needs the package XlsxWriter\. Install it: pip install"):
        write_worklist_xlsx(result, Numbered(), tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_everyone_who_owns_findings_has_a_sheet_named_after_them(result: AuditResult, tmp_path: Path) -> None:
    names = ("Sales [EU]: team/one", "Sales (EU)  team one", "'quoted'", "N" * 200, "sales (eu)  TEAM ONE")
    owned = tuple(replace(f, owner=name) for f, name in zip(result.findings, names, strict=False))
    write_worklist_xlsx(replace(result, findings=owned), Numbered(limit=2), tmp_path / "a.xlsx")
    found = sheets(tmp_path / "a.xlsx")
    assert len(found) == 1 + len(names)
    assert all(len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in found)
    assert sorted({row[0] for row in rows[1:]}.pop() for rows in list(found.values())[1:]) == sorted(
        map(facts.name, names)
    )
