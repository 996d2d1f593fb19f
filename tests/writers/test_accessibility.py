"""The report for people who see little, hear it, or choose their own colours: axe-core and the browser's own tree."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import pytest

from auditor.model import AuditResult
from tests.chromium import Page
from tests.writers.conftest import Open

RUN = """axe.run(document, {resultTypes: ["violations"], runOnly: [
  "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then((found) => [found.passes.length,
  found.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((node) => node.target).join(" | ")}`)])"""
OPEN = "document.querySelectorAll('details').forEach((each) => { each.open = true; })"
LANDMARKS = ("banner", "navigation", "main", "contentinfo", "complementary", "search")


@pytest.fixture(scope="session")
def axe() -> str:
    path = os.environ.get("AUDITOR_AXE", "")
    if path and Path(path).is_file():
        return Path(path).read_text(encoding="utf-8")
    if os.environ.get("AUDITOR_REQUIRE_SERVERS") == "1":
        pytest.fail("AUDITOR_REQUIRE_SERVERS=1, but AUDITOR_AXE names no axe.min.js.")
    pytest.skip("AUDITOR_AXE names no axe.min.js; the report was not checked by axe-core.")


def complaints(page: Page, axe: str) -> list[str]:
    page.run(axe)
    passes, violations = page.run(RUN)
    assert passes > 20
    return list(violations)


@pytest.mark.parametrize("view", ["", "engineer", "auditor"])
@pytest.mark.parametrize(("dark", "width"), [(False, 1440), (True, 1440), (False, 390), (True, 390)])
def test_axe_core_finds_nothing(
    axe: str, open_report: Open, result: AuditResult, dark: bool, width: int, view: str
) -> None:
    page = open_report(result, f"#findings?view={view}", width=width, dark=dark)
    assert complaints(page, axe) == []
    if not view:
        page.run("location.hash = '#F-02'")
        assert complaints(page, axe) == []
    page.run(OPEN)
    assert complaints(page, axe) == []


def test_at_four_times_the_size_nothing_has_to_be_scrolled_in_two_directions(
    open_report: Open, result: AuditResult
) -> None:
    page = open_report(result, width=320)
    page.run(OPEN)
    assert page.run("document.documentElement.scrollWidth") <= 320
    small = """[...document.querySelectorAll("button, select, input, summary, .fid, .chip")].filter((each) => {
      const box = each.getBoundingClientRect();
      return box.width && box.height && (box.width < 24 || box.height < 24);
    }).map((each) => each.outerHTML.slice(0, 80))"""
    assert page.run(small) == []


def test_a_screen_reader_is_told_the_landmarks_the_headings_in_order_and_a_name_for_every_control(
    open_report: Open, result: AuditResult
) -> None:
    page = open_report(result, "#F-01")
    heard = page.heard()
    roles = [node["role"] for node in heard]
    assert [role for role in LANDMARKS if role not in roles] == []
    levels = [node["level"] for node in heard if node["role"] == "heading"]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))
    named = ("button", "link", "textbox", "searchbox", "combobox", "checkbox", "radio", "image", "region")
    assert [node for node in heard if node["role"] in named and not node["name"].strip()] == []
    views = [(node["name"], node["checked"]) for node in heard if node["role"] == "radio"]
    assert views == [("Officer", "true"), ("Engineer", "false"), ("Auditor", "false")]
    severity = next(node for node in heard if node["role"] == "checkbox")
    assert severity["name"] == "Critical 3"
    assert "Violations" in {node["name"].removeprefix("Sort by ") for node in heard if node["role"] == "button"}


def test_the_number_of_findings_that_a_filter_leaves_is_said_aloud(open_report: Open, result: AuditResult) -> None:
    page = open_report(result)

    def status() -> dict[str, object]:
        return next(node for node in page.heard() if node["role"] == "status")

    assert status()["live"] == "polite"
    page.run("document.querySelector('[name=sev][value=critical]').click()")
    heard = page.heard()
    at = next(n for n, node in enumerate(heard) if node["role"] == "status")
    assert f"3 of {len(result.findings)} findings" in " ".join(node["name"] for node in heard[at : at + 3])


def test_every_picture_has_a_name_and_its_figures_as_text_beside_it(open_report: Open, result: AuditResult) -> None:
    page = open_report(result)
    pictures = [node["name"] for node in page.heard() if node["role"] == "image"]
    assert pictures and all("table" in name or "rules" in name for name in pictures)
    assert page.run("document.querySelectorAll('svg:not([aria-hidden]):not([role])').length") == 0


@pytest.mark.parametrize("dark", [False, True])
def test_in_the_readers_own_colours_marks_bars_and_what_is_chosen_can_still_be_told(
    axe: str, open_report: Open, result: AuditResult, dark: bool
) -> None:
    page = open_report(result, "#findings?sev=critical&view=engineer", dark=dark, forced=True)
    assert page.run("matchMedia('(forced-colors: active)').matches")
    text = page.run("getComputedStyle(document.body).color")
    for kind in ("critical", "fail"):
        assert page.run(f"getComputedStyle(document.querySelector('.ic-{kind}')).color") == text
    fills = page.run("[...document.querySelectorAll('.outcome .bar rect')].map((each) => getComputedStyle(each).fill)")
    assert len(set(fills)) == len(fills) > 3
    chosen = "getComputedStyle(document.querySelector('{} input:checked + span')).outlineStyle"
    assert [page.run(chosen.format(part)) for part in (".chip", ".seg")] == ["solid", "solid"]
    assert complaints(page, axe) == []
