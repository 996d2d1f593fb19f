"""PDF and DOCX files among exports become rows of text; hostile ones are gaps and never errors."""

import importlib.util
import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from auditor.errors import SourceError
from auditor.sources import open_source
from auditor.sources.documents import COLUMNS

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BOMB = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><d>&b;</d>'
pdf_reader = pytest.mark.skipif(importlib.util.find_spec("pypdf") is None, reason="pypdf is not installed")


def docx(path: Path, text: str) -> None:
    body = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in text.splitlines())
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {WORD}><w:body>{body}</w:body></w:document>")


def pdf(path: Path, text: str) -> None:
    drawn = f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]  # fmt: skip
    out, places = "%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{one}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    out += f"xref\n0 6\n0000000000 65535 f \n{table}trailer << /Size 6 /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF"
    path.write_text(out, encoding="ascii")


def rows(folder: Path, name: str = "documents") -> tuple[list[tuple[str, ...]], str]:
    """The rows of the table of documents, and the error in which they end."""
    found: list[tuple[str, ...]] = []
    with open_source(str(folder)) as source:
        table = next(t for t in source.info.tables if t.name == name)
        try:
            for batch in source.read(table, COLUMNS):
                found += zip(*(column.to_pylist() for column in batch.columns), strict=True)
        except SourceError as error:
            return found, error.what
    return found, ""


def test_a_word_document_is_a_row_of_text(tmp_path: Path):
    docx(tmp_path / "letter.docx", "Dear Mr Fischer\nplease call")
    (tmp_path / "contacts.csv").write_text("id\n1\n", encoding="utf-8")
    assert rows(tmp_path) == ([("letter.docx", "1", "Dear Mr Fischer\nplease call\n")], "")


def test_hostile_documents_are_named_and_the_others_are_read(tmp_path: Path):
    docx(tmp_path / "good.docx", "Anna Schmidt")
    docx(tmp_path / "empty.docx", "")
    for name, content in (("bomb.docx", BOMB), ("broken.docx", "<w:document"), ("zeros.docx", "\0" * 100)):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("word/document.xml", content)
    with zipfile.ZipFile(tmp_path / "swells.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (70 << 20))
    found, error = rows(tmp_path)
    assert [(file, text) for file, _, text in found if text.strip()] == [("good.docx", "Anna Schmidt\n")]
    assert "4 of 6 documents" in error
    assert "bomb.docx (its XML declares entities)" in error
    assert "swells.docx (it unpacks to too much)" in error


@pdf_reader
def test_a_pdf_is_read_page_by_page_and_a_broken_one_is_a_gap(tmp_path: Path):
    pdf(tmp_path / "call.pdf", "Spoke to Martin Fischer")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\nxref\ngarbage")
    found, error = rows(tmp_path)
    assert found == [("call.pdf", "1", "Spoke to Martin Fischer")]
    assert "1 of 2 documents" in error


def test_without_its_reader_a_pdf_is_a_gap_that_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("auditor.sources.kinds.find_spec", lambda _: None)
    pdf(tmp_path / "call.pdf", "x")
    (tmp_path / "contacts.csv").write_text("id\n1\n", encoding="utf-8")
    with open_source(str(tmp_path)) as source:
        assert [(s.what, s.gap) for s in source.info.skipped] == [("call.pdf", True)]


def test_a_document_that_ends_its_process_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("a.docx", "b.docx", "c.docx"):
        docx(tmp_path / name, name)
    real = subprocess.run

    def dies_at_b(command: list[str], **more: object) -> object:
        paths = json.loads(more.pop("input"))  # type: ignore[arg-type]
        before = next((i for i, p in enumerate(paths) if p["path"].endswith("b.docx")), len(paths))
        return real(command, input=json.dumps(paths[:before]).encode(), **more)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", dies_at_b)
    found, error = rows(tmp_path)
    assert [file for file, _, _ in found] == ["a.docx", "c.docx"]
    assert "b.docx (it took too much time or memory)" in error


def test_a_module_where_the_audit_is_started_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    docx(tmp_path / "a.docx", "x")
    (tmp_path / "zipfile.py").write_text("raise SystemExit('run')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert rows(tmp_path)[1] == ""
