"""The report in a real browser: nothing is asked for, nothing is complained about, and the address is the state."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from auditor.model import AuditResult
from auditor.writers import write_html
from auditor.writers.page import page as computed
from tests.chromium import Browser, Page
from tests.writers.conftest import Open
from tests.writers.test_html_large import many

SHOWN = "[...document.querySelectorAll('.f > details')].map((d) => d.id)"
COUNT = "document.querySelector('#count').textContent"
AT = "(document.activeElement.closest('details') || document.activeElement).id"


@pytest.fixture
def page(open_report: Open, result: AuditResult) -> Page:
    return open_report(result)


def clean(page: Page) -> bool:
    """Nothing was asked for and nothing complained about."""
    return not page.complaints and not page.requests and page.run("document.cookie.length") == 0


def change(page: Page, selector: str, value: str) -> None:
    """Sets a field as a person would, and waits for the list to follow."""
    page.run(
        f"""(() => {{
          const field = document.querySelector({selector!r});
          field.value = {value!r};
          field.dispatchEvent(new Event(field.type === "search" ? "input" : "change", {{bubbles: true}}));
        }})()"""
    )
    settle(page)


def settle(page: Page) -> None:
    page.run("new Promise((done) => setTimeout(done, 160))")


def click(page: Page, selector: str) -> None:
    page.run(f"document.querySelector({selector!r}).click()")
    settle(page)


def test_a_realistic_report_runs_without_a_complaint(page: Page, result: AuditResult) -> None:
    assert clean(page)
    assert page.run("document.documentElement.className") == ""
    assert page.run(COUNT) == f"{len(result.findings)} findings"


def test_what_gets_into_the_page_all_the_same_is_stopped_by_its_policy_and_seen_here(
    browser: Browser, result: AuditResult, tmp_path: Path
) -> None:
    report = tmp_path / "report.html"
    write_html(result, report)
    planted = "<img src='https://evil.example/x.png'><script>document.title = 'evil'</script><b style='color:red'>x</b>"
    report.write_text(report.read_text(encoding="utf-8").replace("<main>", f"<main>{planted}"), encoding="utf-8")
    page = browser.page().open(report)
    assert sum("Content Security Policy" in said for said in page.complaints) == 3
    assert "evil" not in page.run("document.title")


def test_a_hostile_report_runs_nothing_and_asks_for_nothing(open_report: Open, hostile: AuditResult) -> None:
    page = open_report(hostile)
    page.run("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    settle(page)
    assert clean(page)
    assert page.run("[...document.scripts].length") == 1
    acting = "img, iframe, object, embed, link, [src], [style], [onmouseover]"
    assert page.run(f"document.querySelectorAll({acting!r}).length") == 0
    assert page.run("document.title").startswith("Privacy audit")


def test_hostile_names_do_not_make_a_phone_scroll_sideways(open_report: Open, hostile: AuditResult) -> None:
    page = open_report(hostile, width=390)
    page.run("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert page.run("document.documentElement.scrollWidth") <= 390


def test_the_address_restores_a_filter(open_report: Open, result: AuditResult) -> None:
    page = open_report(result, "#findings?sev=critical&place=crm.audience")
    assert clean(page)
    assert page.run(COUNT) == f"1 of {len(result.findings)} findings"
    assert len(page.run(SHOWN)) == 1


def test_the_address_opens_a_finding_with_the_texts_that_another_one_holds(
    open_report: Open, result: AuditResult
) -> None:
    page = open_report(result, "#F-03")
    assert clean(page)
    assert page.run("document.querySelector('#F-03').open")
    assert page.run("document.querySelector('#F-03 [data-from]')") is None
    assert page.run("document.querySelectorAll('#F-03 .steps li').length") > 0


def test_an_address_that_names_nothing_changes_nothing(open_report: Open, result: AuditResult) -> None:
    page = open_report(result, "#findings?sev=%E0%A4%A&place=nowhere&q=%00&view=nobody&__proto__=x")
    assert clean(page)
    assert page.run("document.documentElement.className") == ""


def test_the_keys_move_between_the_search_and_the_findings(page: Page, result: AuditResult) -> None:
    page.run("document.querySelector('#q').focus()")
    seen = []
    for key in ("ArrowDown", "ArrowDown", "End", "ArrowDown", "Home", "ArrowUp"):
        page.press(key)
        seen.append(page.run(AT))
    last = f"F-{len(result.findings):02d}"
    assert seen == ["F-01", "F-02", last, last, "F-01", "q"]
    page.press("ArrowDown", "Enter")
    settle(page)
    assert (page.run("document.querySelector('#F-01').open"), page.run("location.hash")) == (True, "#F-01")
    page.press("Tab", "Escape")
    assert (page.run("document.querySelector('#F-01').open"), page.run(AT)) == (False, "F-01")
    assert page.run("document.activeElement.tagName") == "SUMMARY"
    assert clean(page)


def test_search_filter_and_sort_work_and_are_kept_in_the_address(page: Page, result: AuditResult) -> None:
    change(page, "#q", "withdrawn")
    assert (page.run(SHOWN), page.run("location.hash")) == (["F-01"], "#findings?q=withdrawn")
    change(page, "#q", "")
    change(page, '[name="state"]', "needs review")
    assert (page.run(SHOWN), page.run("location.hash")) == (["F-07", "F-10"], "#findings?state=needs%20review")
    page.run("document.querySelector('#filters').reset()")
    settle(page)
    change(page, '[name="sort"]', "vio-")
    assert (page.run(SHOWN)[:2], page.run("location.hash")) == (["F-04", "F-08"], "#findings?sort=vio-")
    page.run("location.hash = '#findings?sev=low'")
    settle(page)
    assert page.run(SHOWN) == ["F-09"]
    page.run("location.hash = '#F-01'")
    settle(page)
    assert len(page.run(SHOWN)) == len(result.findings)
    assert page.run("document.querySelector('#F-01').open")
    assert clean(page)


def test_a_heading_sorts_by_its_column_and_says_so(page: Page) -> None:
    pressed = "document.querySelector('.cols [aria-pressed=true]').dataset.sort"
    assert page.run(pressed) == ""
    click(page, '.cols [data-sort="people-"]')
    assert (page.run(SHOWN)[0], page.run(pressed)) == ("F-04", "people-")
    assert page.run("location.hash") == "#findings?sort=people-"
    click(page, '.cols [data-sort="people-"]')
    assert (page.run(SHOWN)[0], page.run(pressed)) == ("F-01", "")


def test_the_theme_is_switched_and_nothing_is_stored(page: Page, result: AuditResult) -> None:
    papers = []
    for theme in ("dark", "light"):
        change(page, "#theme", theme)
        papers.append(page.run("getComputedStyle(document.body).backgroundColor"))
    assert papers == ["rgb(15, 21, 25)", "rgb(246, 247, 247)"]
    script = page.run("document.scripts[document.scripts.length - 1].textContent")
    assert not re.search(r"localStorage|sessionStorage|indexedDB|fetch\(|XMLHttpRequest|innerHTML|eval\(", script)
    assert clean(page)


def test_paper_shows_every_critical_finding_in_full(page: Page, tmp_path: Path) -> None:
    opened = "[...document.querySelectorAll('.f > details[open]')].map((d) => d.id)"
    page.run("window.dispatchEvent(new Event('beforeprint'))")
    assert page.run(opened) == ["F-01", "F-02", "F-03"]
    page.run("window.dispatchEvent(new Event('afterprint'))")
    assert page.run(opened) == []
    page.paper(tmp_path / "report.pdf")
    pages = len(re.findall(rb"/Type\s*/Page\b", (tmp_path / "report.pdf").read_bytes()))
    assert 5 < pages < 20


def test_a_view_opens_folds_and_groups_and_hides_nothing(page: Page, result: AuditResult) -> None:
    folds = "document.querySelectorAll('#F-01 [data-open][open]').length"
    groups = "[...document.querySelectorAll('.g bdi')].map((name) => name.textContent).sort()"
    tables = ["crm.contacts", "crm.emails", "crm.grant", "crm.prospects", "crm.users", "newsletter.prospects"]
    laws = ["GDPR Art. 5(1)(e)", "GDPR Art. 7(3)", "GDPR Art. 8(1)", "House rule"]
    seen = {}
    for view in ("engineer", "auditor", ""):
        click(page, f'[name="view"][value="{view}"]')
        assert len(page.run(SHOWN)) == len(result.findings)
        seen[view] = (page.run(folds), page.run(groups), page.run("location.hash"))
    assert seen["engineer"] == (2, tables, "#findings?group=table&view=engineer")
    assert seen["auditor"] == (2, laws, "#findings?group=law&view=auditor")
    assert seen[""] == (0, [], "#findings")
    assert clean(page)


def test_of_a_thousand_findings_a_hundred_are_shown_at_a_time_and_each_can_be_reached(
    open_report: Open, result: AuditResult
) -> None:
    large = many(result, 1_000)
    page = open_report(large)
    assert (len(page.run(SHOWN)), page.run("document.querySelector('#more').textContent")) == (
        100,
        "Show the next 100 of 900 more",
    )
    click(page, "#more")
    assert (len(page.run(SHOWN)), page.run(AT)) == (200, "F-101")
    page.run("location.hash = '#F-777'")
    settle(page)
    row = "document.querySelector('#F-777')"
    assert page.run(f"{row}.open") and page.run(f"{row}.querySelectorAll('.steps li').length") > 0
    view = next(view for view in computed(large).findings if view.id == "F-777")
    assert page.run(f"{row}.querySelector('[data-slot=wrong]').textContent") == view.wrong
    assert page.run(f"{row}.querySelector('[data-slot=place]').textContent") == view.place
    assert page.run(f"{row}.querySelector('[data-slot=fingerprint]').textContent") == view.finding.fingerprint
    change(page, "#q", "source 999")
    assert len(page.run(SHOWN)) == 2  # the finding in source 999, and the one whose number it is
    assert clean(page)


def test_a_hostile_name_in_a_row_that_was_data_stays_text(open_report: Open, result: AuditResult) -> None:
    page = open_report(many(result, 300, "</script><img src=x onerror=alert(1)> {}"), "#F-290")
    settle(page)
    assert clean(page)
    assert page.run("document.images.length") == 0
    assert page.run("document.querySelector('#F-290').open")
