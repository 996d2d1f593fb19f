"""A report of many findings: the worst are written out, the others are data that only the page's script shows."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from auditor.model import AuditResult, Finding
from auditor.writers.html import render
from auditor.writers.page import page
from auditor.writers.page.rows import EXAMPLES, WRITTEN
from tests.writers.hostile import HOSTILE
from tests.writers.test_html import Reader


def many(result: AuditResult, count: int, source: str = "source {}") -> AuditResult:
    """Every finding of the result in many places."""
    findings: list[Finding] = []
    for number in range(count):
        finding = result.findings[number % len(result.findings)]
        place = replace(finding.place, source=source.format(number))
        findings.append(replace(finding, place=place, fingerprint=f"{number:024x}"))
    return replace(result, findings=tuple(findings))


def data(text: str) -> tuple[list[str], list[list[Any]]]:
    """The texts that recur, and the rows."""
    found = re.search(r'<script type="application/json" id="rows">(.*?)</script>', text, re.DOTALL)
    assert found
    read = json.loads(found[1])
    return read["texts"], read["rows"]


@pytest.fixture(scope="module")
def large(result: AuditResult) -> AuditResult:
    return many(result, 1_000)


def test_every_finding_is_on_the_page_once_written_out_or_as_data(large: AuditResult) -> None:
    text = render(large)
    written = re.findall(r'<details id="(F-\d+)">', text)
    later = [f"F-{row[0]:02d}" for row in data(text)[1]]
    assert len(written) >= WRITTEN
    assert sorted(written + later) == sorted(view.id for view in page(large).findings)
    assert len(text) < 1_500_000


def test_what_is_data_keeps_its_figures_and_a_few_records(large: AuditResult) -> None:
    texts, rows = data(render(large))
    assert len(set(texts)) == len(texts)
    by_id = {row[0]: row for row in rows}
    for number, view in enumerate(page(large).findings, start=1):
        if row := by_id.get(number):
            counts = view.counts
            assert row[5] == [counts.violations, counts.population, counts.undetermined, counts.passes, counts.people]
            assert (texts[row[7][0]], row[7][1]) == (view.form, view.figures[2])
            assert texts[row[2]] == view.place
            assert len(row[11]) <= EXAMPLES


def test_a_small_report_has_no_data_block(result: AuditResult) -> None:
    assert "application/json" not in render(result)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_ends_the_data_block_or_acts(result: AuditResult, name: str) -> None:
    text = render(many(result, 300, name.replace("{", "{{").replace("}", "}}") + " {}"))
    reader = Reader(text)
    assert (reader.elements["script"], reader.elements["img"]) == (2, 0)
    assert 180 < len(data(text)[1]) <= 300 - WRITTEN
    assert not set("\x1b\x00\u202e\u2066\u200f\ud800\U000e0041") & set(text)
