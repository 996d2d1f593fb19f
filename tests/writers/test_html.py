from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from auditor.knowledge import home
from auditor.model import (
    AuditResult,
    Binding,
    Coverage,
    Decided,
    ExceptionUse,
    Holds,
    Inventory,
    PermissionPoint,
    Pictures,
    RuleType,
)
from auditor.writers import write_html
from auditor.writers.html import render
from auditor.writers.page import page
from auditor.writers.page.pictures import consent_picture

VOID = {"meta", "link", "input", "br", "img", "hr", "rect", "path", "circle", "use"}
ATTRIBUTES = {
    "aria-current", "aria-hidden", "aria-label", "aria-labelledby", "aria-pressed", "autocomplete", "charset",
    "checked", "class", "colspan", "content", "cx", "cy", "d", "data-area", "data-from", "data-id", "data-l",
    "data-law", "data-open", "data-pack", "data-part", "data-people", "data-place", "data-sev", "data-share",
    "data-slot", "data-sort", "data-state", "data-table", "data-text", "data-title", "data-vio", "disabled",
    "focusable", "height", "hidden", "href", "http-equiv", "id", "lang", "name", "open", "patterntransform",
    "patternunits", "placeholder", "preserveaspectratio", "r", "role", "rowspan", "rx", "scope", "spellcheck",
    "tabindex", "title", "type", "value", "viewbox", "width", "x", "y",
}  # fmt: skip


class Reader(HTMLParser):
    """What a browser would see: elements, attributes, text, and whether every element is closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.ids: list[str] = []
        self.broken: list[str] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": [], "title": []}
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag] += 1
        for name, value in attrs:
            self.attributes.append((tag, name, value or ""))
            if name == "id":
                self.ids.append(value or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.broken.append(f"</{tag}> in {self.open[-3:]}")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in self.inside:
            self.inside[self.open[-1]].append(data)
        else:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


@pytest.fixture(scope="module")
def pages(result: AuditResult, hostile: AuditResult) -> dict[str, str]:
    return {"realistic": render(result), "hostile": render(hostile), "empty": render(empty(result))}


def empty(result: AuditResult) -> AuditResult:
    return replace(
        result,
        organisation="",
        sources=(),
        coverage=Coverage((), (), result.coverage.read_from, result.coverage.read_until),
        inventory=Inventory(()),
        binding=Binding((), ()),
        rules=(),
        findings=(),
        packs=(),
        unlocks=(),
        assumptions=(),
        pictures=Pictures(),
        gone=(),
    )


KINDS = pytest.mark.parametrize("kind", ["realistic", "hostile", "empty"])


@KINDS
def test_the_page_holds_our_script_and_style_only_and_the_policy_names_them(pages: dict[str, str], kind: str) -> None:
    reader = Reader(pages[kind])
    assert (reader.elements["script"], reader.elements["style"]) == (1, 1)
    policy = next(v for tag, name, v in reader.attributes if tag == "meta" and v.startswith("default-src"))
    for element in ("script", "style"):
        digest = base64.b64encode(hashlib.sha256("".join(reader.inside[element]).encode()).digest()).decode()
        assert f"{element}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy and "http" not in policy


@KINDS
def test_the_page_is_well_formed_and_has_no_attribute_that_we_did_not_write(pages: dict[str, str], kind: str) -> None:
    reader = Reader(pages[kind])
    assert (reader.broken, reader.open) == ([], [])
    assert {name for _, name, _ in reader.attributes} <= ATTRIBUTES
    assert [i for i, n in Counter(reader.ids).items() if n > 1] == []


@KINDS
def test_the_page_asks_for_nothing_and_every_link_leads_somewhere_on_it(pages: dict[str, str], kind: str) -> None:
    reader = Reader(pages[kind])
    links = [value for _, name, value in reader.attributes if name == "href"]
    assert all(link.startswith("#") for link in links)
    assert {link[1:].partition("?")[0] for link in links} <= set(reader.ids)
    assert not {"img", "iframe", "object", "embed", "link", "base", "audio", "video", "source"} & set(reader.elements)
    assert {name for _, name, _ in reader.attributes} & {"src", "action", "style", "srcset"} == set()


@KINDS
def test_no_opinion_and_no_score_is_printed(pages: dict[str, str], kind: str) -> None:
    text = pages[kind].lower()
    for word in ("compliant", "adverse", "material exceptions", "score"):
        assert word not in text


@KINDS
def test_the_sections_stand_in_their_order_even_without_data(pages: dict[str, str], kind: str) -> None:
    wanted = ["result", "first", "conclusions", "coverage", "findings", "data-map", "access", "consent", "ages",
              "people", "requests", "not-assessed", "attestations", "passed", "method", "glossary",
              "rules"]  # fmt: skip
    assert [i for i in Reader(pages[kind]).ids if i in wanted] == wanted


def test_a_section_without_data_says_so_in_one_line(pages: dict[str, str]) -> None:
    text = Reader(pages["empty"]).text
    for line in (
        "Scope limitation : no rule pack was applied.",
        "Nothing to do: there is no open finding above information.",
        "No rule pack was applied, so there is no conclusion.",
        "No source was read.",
        "No exceptions were noted in the population tested.",
        "No personal data was recognised in 0 columns.",
        "No person with a country was found",
        "Every rule could be assessed.",
        "No rule was tested without an exception.",
        "No rule was applied.",
        "Not assessed: nothing of this kind was found. It needs a register of requests",
        "Not assessed: nothing of this kind was found. It needs consent or suppression.",
        "No rule that was applied asks for a person's word.",
    ):
        assert line in text, line


def test_no_character_that_acts_reaches_the_page(pages: dict[str, str]) -> None:
    text = pages["hostile"]
    assert not {c for c in text if (ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0}
    assert not set("\u202e\u2066\u200f\u2028\u2029\ud800\U000e0041") & set(text)
    assert "N" * 20_001 not in text
    assert "⟨U+202E⟩" in text and "more characters)" in text


def test_every_finding_shows_what_is_wrong_its_law_its_steps_and_its_evidence(
    result: AuditResult, pages: dict[str, str]
) -> None:
    text = Reader(pages["realistic"]).text
    assert "143 of 18,412 messages (0.78 %) violate the rule. They concern 97 people." in text
    assert "official text read, 21 November 2026" in text
    assert "from memory; citation unverified" in text
    for finding in result.findings:
        assert finding.fingerprint in text
        for pattern in finding.remediation:
            assert all(step in text for step in pattern.steps)
    assert "email_8c41f0aa" in text
    assert "SELECT count(*) AS population" in text


def test_what_is_only_undetermined_is_not_lost_between_findings_and_passes(pages: dict[str, str]) -> None:
    assert re.search(r"Consent recorded without its origin 35 of 2,204 undetermined", Reader(pages["realistic"]).text)


def test_every_picture_says_what_it_found_and_has_its_figures_as_text(pages: dict[str, str]) -> None:
    text = Reader(pages["realistic"]).text
    for said in (
        "2,216 of 5,012 people (44 %) permit marketing by e-mail on 21 November 2026, 1,096 refuse it",
        "a year before it was 2,108 and 1,048",
        "For 60 the records do not tell.",
        "987 of 5,012 people (20 %) had no dealing for five years or more; for 25 the last dealing is not known.",
        "4 active administrators may do everything. Of 2 roles, 0 may delete and 0 may export the records",
        "Requests are overdue or were answered late under 1 of 2 laws.",
        "Answer due in 1 month, 3 months if extended in time",
        "Answer due in 15 days",
    ):
        assert said in text, said


def test_a_finding_says_how_it_changed_and_what_is_gone_is_listed(pages: dict[str, str]) -> None:
    text = Reader(pages["realistic"]).text
    assert "▲ 31 more than last time" in text
    assert "Since the last audit: 36 new, 5 fixed." in text
    assert "1 finding of the last audit is fixed; 1 could not be judged again" in text


def test_a_question_to_a_person_is_printed_with_room_for_the_answer(result: AuditResult) -> None:
    asked = replace(result.rules[0], rule=replace(result.rules[0].rule, type=RuleType.ATTESTATION))
    text = Reader(render(replace(result, rules=(asked, *result.rules[1:])))).text
    assert "1 question that no data can answer" in text
    assert re.search("Answer Evidence Name and date", text)
    assert re.search("Prepared by Reviewed by Date", text)


def test_every_critical_finding_is_among_what_to_do_first(result: AuditResult) -> None:
    many = replace(result, findings=tuple(f for f in result.findings for _ in range(3)))
    shown = {view.id for action in page(many).actions for view in action.findings}
    assert {v.id for v in page(many).findings if v.finding.severity == "critical"} <= shown


def test_an_accepted_finding_is_listed_and_is_nothing_to_do(result: AuditResult) -> None:
    accepted = replace(result, findings=(replace(result.findings[0], status="accepted"), *result.findings[1:]))
    assert len(page(accepted).findings) == len(result.findings)
    assert "F-01" not in {view.id for action in page(accepted).actions for view in action.findings}


def test_a_decision_is_told_where_its_finding_is_and_so_is_that_it_lapsed(result: AuditResult) -> None:
    held, grown = result.findings[0], result.findings[1]
    until = date(2026, 12, 1)
    uses = (
        ExceptionUse(held.fingerprint, Decided.ACCEPTED, "Ines", "Mended in spring.", until, 200, Holds.USED),
        ExceptionUse(grown.fingerprint, Decided.FALSE_POSITIVE, "Jo", "x", until, 3, Holds.OUTGROWN, "It grew to 31."),
    )
    decided = replace(result, findings=(replace(held, status="accepted"), *result.findings[1:]), exceptions=uses)
    text = Reader(render(decided)).text
    assert "Accepted by Ines until 1 December 2026: Mended in spring." in text
    assert "Jo had decided: false positive. That lapsed. It grew to 31." in text
    assert {view.state for view in page(decided).findings[:2]} == {"accepted", "acceptance lapsed"}


def test_the_texts_of_a_rule_stand_once_however_many_places_violate_it(result: AuditResult) -> None:
    finding = result.findings[0]
    places = [replace(finding, place=replace(finding.place, source=f"source {n}")) for n in range(200)]
    text = render(replace(result, findings=tuple(places)))
    assert text.count(finding.remediation[0].steps[1]) == 1
    assert len(text) < 2_000_000
    assert len(Reader(text).elements) > 0


def test_a_map_of_many_tables_shows_forty_and_folds_the_rest(result: AuditResult) -> None:
    columns = tuple(replace(result.inventory.columns[0], table=f"table_{n}", rows=n) for n in range(100))
    built = page(replace(result, inventory=Inventory(columns))).map
    assert (len(built.rows), len(built.rest)) == (40, 60)
    assert min(row.rows for row in built.rows) > max(row.rows for row in built.rest)


def test_the_report_is_the_same_for_the_same_result(result: AuditResult) -> None:
    assert render(result) == render(result)


def test_the_report_is_written_whole_and_private(result: AuditResult, tmp_path: Path) -> None:
    write_html(result, tmp_path / "report.html")
    assert (tmp_path / "report.html").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "report.html").read_text(encoding="utf-8").rstrip().endswith("</html>")


def test_no_template_switches_escaping_off() -> None:
    templates = sorted(home("reports").rglob("*.j2"))
    assert len(templates) > 10
    for template in templates:
        assert not re.search(r"\|\s*safe|autoescape|\son\w+=|\sstyle=", template.read_text(encoding="utf-8")), template


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        ((0, 0, 0, 40), (0, 40, 0, 0), "since when, the records do not tell. For 60 nothing is recorded."),
        ((10, 5, 0, 25), (20, 20, 0, 0), "10 and 5, and for 25 the records do not tell. For 60 nothing is recorded."),
        ((50, 50, 0, 0), (60, 40, 0, 0), "a year before it was 50 and 50. The records tell for everybody."),
    ],
)
def test_the_permission_picture_says_what_is_not_known(
    then: tuple[int, int, int, int], now: tuple[int, int, int, int], said: str
) -> None:
    days = [date(2025, month, 1) for month in range(1, 13)]
    points = [PermissionPoint("email", day, *then) for day in days] + [PermissionPoint("email", date(2026, 1, 1), *now)]
    assert consent_picture(points, 100).said.endswith(said)
