"""The report in a real browser: nothing is asked for, nothing is complained about, and the address is the state."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable

import pytest

from auditor.model import AuditResult
from auditor.writers import write_html
from tests.writers.test_html import Reader
from tests.writers.test_html_large import many

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
Browse = Callable[..., tuple[str, str, str]]


HANDS = """
const at = () => (document.activeElement.closest("details") || document.activeElement).id;
const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
const shown = () => [...document.querySelectorAll(".f > details")].map((d) => d.id);
const change = (selector, value) => {
  const field = document.querySelector(selector);
  field.value = value;
  field.dispatchEvent(new Event(field.id === "q" ? "input" : "change", {bubbles: true}));
};
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const seen = [];
const loaded = new Promise((done) => addEventListener("load", done));
(async () => { await loaded; await wait(100); %s })().catch((error) => seen.push(String(error))).finally(() => {
  const note = document.createElement("p");
  note.id = "seen";
  note.textContent = seen.join(";");
  document.body.append(note);
});
"""


@pytest.fixture(scope="module")
def browse(tmp_path_factory: pytest.TempPathFactory) -> Browse:
    """Opens a report at an address and returns the page as it then is, the console, and the log of the network."""
    program = next((path for name in NAMES if (path := shutil.which(name))), None)
    if program is None:
        if os.environ.get("AUDITOR_REQUIRE_SERVERS") == "1":
            pytest.fail("AUDITOR_REQUIRE_SERVERS=1, but Chromium is not installed.")
        pytest.skip("Chromium is not installed; the report was checked by the parser only.")

    def open_page(result: AuditResult, address: str, planted: str = "", acts: str = "") -> tuple[str, str, str]:
        folder = tmp_path_factory.mktemp("browser")
        write_html(result, folder / "report.html")
        if planted:
            text = (folder / "report.html").read_text(encoding="utf-8")
            (folder / "report.html").write_text(text.replace("<main>", f"<main>{planted}"), encoding="utf-8")
        if acts:  # a person's hands, which the policy would rightly refuse
            text = (folder / "report.html").read_text(encoding="utf-8")
            text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
            text = text.replace("</body>", f"<script>{HANDS % acts}</script></body>")
            (folder / "report.html").write_text(text, encoding="utf-8")
        done = subprocess.run(
            [
                program,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                f"--user-data-dir={folder / 'profile'}",
                f"--log-net-log={folder / 'net.json'}",
                "--enable-logging=stderr",
                "--virtual-time-budget=2000",
                "--dump-dom",
                f"{(folder / 'report.html').as_uri()}{address}",
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        console = "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)
        return done.stdout, console, (folder / "net.json").read_text(encoding="utf-8", errors="replace")

    return open_page


def test_a_realistic_report_runs_without_a_complaint(browse: Browse, result: AuditResult) -> None:
    page, console, _ = browse(result, "")
    assert console == ""
    assert 'class="no-js"' not in page
    assert f"{len(result.findings)} findings" in Reader(page).text


def test_what_gets_into_the_page_all_the_same_is_stopped_by_its_policy_and_seen_here(
    browse: Browse, result: AuditResult
) -> None:
    planted = "<img src='https://evil.example/x.png'><script>document.title = 'evil'</script><b style='color:red'>x</b>"
    page, console, network = browse(result, "", planted)
    assert len(re.findall("Content Security Policy", console)) == 3
    assert "evil.example" not in network
    assert "evil" not in "".join(Reader(page).inside["title"])


def test_a_hostile_report_runs_nothing_and_asks_for_nothing(browse: Browse, hostile: AuditResult) -> None:
    page, console, network = browse(hostile, "")
    assert console == ""
    assert 'class="no-js"' not in page
    assert "evil.example" not in network
    reader = Reader(page)
    assert (reader.elements["script"], reader.elements["img"]) == (1, 0)
    assert not [name for _, name, _ in reader.attributes if name.startswith("on") or name in ("src", "style")]


def test_the_address_restores_a_filter(browse: Browse, result: AuditResult) -> None:
    page, console, _ = browse(result, "#findings?sev=critical&place=crm.audience")
    assert console == ""
    assert f"1 of {len(result.findings)} findings" in Reader(page).text
    assert len(re.findall(r'<li class="f"', page)) == 1


def test_the_address_opens_a_finding_with_the_texts_that_another_one_holds(browse: Browse, result: AuditResult) -> None:
    page, console, _ = browse(result, "#F-03")
    assert console == ""
    assert re.search(r'<details id="F-03" open', page)
    assert 'data-from="F-02"' not in page


def test_an_address_that_names_nothing_changes_nothing(browse: Browse, result: AuditResult) -> None:
    page, console, _ = browse(result, "#findings?sev=%E0%A4%A&place=nowhere&q=%00&__proto__=x")
    assert console == ""
    assert 'class="no-js"' not in page


def seen(page: str) -> list[str]:
    found = re.search(r'<p id="seen">([^<]*)</p>', page)
    assert found
    return found[1].replace("&amp;", "&").split(";")


def test_the_keys_move_between_the_search_and_the_findings(browse: Browse, result: AuditResult) -> None:
    acts = """
    document.querySelector("#q").focus();
    const keys = ["ArrowDown", "ArrowDown", "End", "ArrowDown", "Home", "ArrowUp"];
    for (const key of keys) { press(key); seen.push(at()); }
    press("ArrowDown"); document.activeElement.click(); await wait(50);
    const opened = document.querySelector("#F-01");
    seen.push(opened.open, location.hash);
    opened.querySelector("pre").focus(); press("Escape");
    seen.push(opened.open, at(), document.activeElement.tagName);
    """
    page, console, _ = browse(result, "", acts=acts)
    assert console == ""
    last = f"F-{len(result.findings):02d}"
    assert seen(page) == ["F-01", "F-02", last, last, "F-01", "q", "true", "#F-01", "false", "F-01", "SUMMARY"]


def test_search_filter_and_sort_work_and_are_kept_in_the_address(browse: Browse, result: AuditResult) -> None:
    acts = """
    change("#q", "withdrawn"); await wait(200);
    seen.push(shown().join(" "), location.hash);
    change("#q", ""); change('[name="state"]', "needs review"); await wait(200);
    seen.push(shown().join(" "), location.hash);
    document.querySelector("#filters").reset(); await wait(50);
    change('[name="sort"]', "vio-");
    seen.push(shown().slice(0, 2).join(" "), location.hash);
    location.hash = "#findings?sev=low"; await wait(100);
    seen.push(shown().join(" "));
    location.hash = "#F-01"; await wait(100);
    seen.push(shown().length, document.querySelector("#F-01").open);
    """
    page, console, _ = browse(result, "", acts=acts)
    assert console == ""
    assert seen(page) == [
        "F-01",
        "#findings?q=withdrawn",
        "F-07 F-10",
        "#findings?state=needs%20review",
        "F-04 F-08",
        "#findings?sort=vio-",
        "F-09",
        str(len(result.findings)),
        "true",
    ]


def test_the_theme_is_switched_and_nothing_is_stored(browse: Browse, result: AuditResult) -> None:
    acts = """
    const paper = () => getComputedStyle(document.body).backgroundColor;
    for (const theme of ["dark", "light"]) { change("#theme", theme); seen.push(paper()); }
    seen.push(document.cookie.length);
    """
    page, console, _ = browse(result, "", acts=acts)
    assert console == ""
    assert seen(page) == ["rgb(15, 21, 25)", "rgb(246, 247, 247)", "0"]
    script = "".join(Reader(page).inside["script"])
    assert not re.search(r"localStorage|sessionStorage|indexedDB|fetch\(|XMLHttpRequest|innerHTML|eval\(", script)


def test_paper_shows_every_critical_finding_in_full(browse: Browse, result: AuditResult) -> None:
    acts = """
    window.dispatchEvent(new Event("beforeprint"));
    seen.push([...document.querySelectorAll(".f > details[open]")].map((d) => d.id).join(" "));
    window.dispatchEvent(new Event("afterprint"));
    seen.push(document.querySelectorAll(".f > details[open]").length);
    """
    page, console, _ = browse(result, "", acts=acts)
    assert console == ""
    assert seen(page) == ["F-01 F-02 F-03", "0"]


def test_a_view_opens_folds_and_groups_and_hides_nothing(browse: Browse, result: AuditResult) -> None:
    acts = """
    const folds = () => document.querySelectorAll("#F-01 [data-open][open]").length;
    const groups = () => [...document.querySelectorAll(".g bdi")].map((name) => name.textContent).join(" ");
    for (const view of ["engineer", "auditor", ""]) {
      change("#view", view);
      seen.push(shown().length, folds(), groups(), location.hash);
    }
    """
    page, console, _ = browse(result, "", acts=acts)
    assert console == ""
    count = str(len(result.findings))
    tables = "crm.emails crm.prospects newsletter.prospects crm.contacts crm.users crm.grant"
    laws = "GDPR Art. 7(3) House rule GDPR Art. 5(1)(e) GDPR Art. 8(1)"
    found = seen(page)
    assert (found[0], found[1], found[3]) == (count, "2", "#findings?group=table&view=engineer")
    assert sorted(found[2].split()) == sorted(tables.split())
    assert (found[4], found[5], found[7]) == (count, "2", "#findings?group=law&view=auditor")
    assert sorted(found[6].split()) == sorted(laws.split())
    assert found[8:] == [count, "0", "", "#findings"]


def test_of_a_thousand_findings_a_hundred_are_shown_at_a_time_and_each_can_be_reached(
    browse: Browse, result: AuditResult
) -> None:
    acts = """
    seen.push(shown().length, document.querySelector("#more").textContent);
    document.querySelector("#more").click(); seen.push(shown().length, at());
    location.hash = "#F-777"; await wait(200);
    const row = document.querySelector("#F-777");
    seen.push(row.open, row.querySelectorAll(".steps li").length > 0, row.querySelector("[data-slot=id]").textContent);
    seen.push(row.querySelector("[data-slot=wrong]").textContent.includes("violate") || "review");
    change("#q", "source 999"); await wait(300);
    seen.push(shown().length);
    """
    page, console, _ = browse(many(result, 1_000), "", acts=acts)
    assert console == ""
    assert seen(page)[:5] == ["100", "Show the next 100 of 900 more", "200", "F-101", "true"]
    assert seen(page)[5:7] == ["true", "F-777"]
    assert seen(page)[-1] == "2"  # the finding in source 999, and the one whose number it is


def test_a_hostile_name_in_a_row_that_was_data_stays_text(browse: Browse, result: AuditResult) -> None:
    hostile = many(result, 300, "</script><img src=x onerror=alert(1)> {}")
    page, console, _ = browse(hostile, "#F-290")
    assert console == ""
    assert Reader(page).elements["img"] == 0
    assert re.search(r'<details id="F-290" open', page)
