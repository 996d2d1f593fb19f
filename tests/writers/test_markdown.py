from __future__ import annotations

from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from auditor.model import AuditResult, Coverage, Skipped
from auditor.writers.markdown import LIMIT, render
from auditor.writers.markup import code, text
from tests.writers.hostile import HOSTILE, LONG

NAMES = (
    *HOSTILE, LONG, "@everyone", "see #12 and GH-3", "user/repo#1", "www.evil.example", "https://evil.example",
    "a@b.example", "[x](https://evil.example)", "![x](y)", "<b>", "a|b", "a\\|b", "x\\", "`", "``` ```", "`a``b", "*x*",
    "~~x~~", "_x_", "!1 $2 &3 ~4", "deadbeef", "a\n\n# b", "<!-- x -->", ":tada:", "&lt;", "http://x", "[^1]", "$x$",
    "｀", "\\`", "\\", "| |", "`|`",
)  # fmt: skip


def rendered(markdown: str) -> str:
    return str(MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(markdown))


def test_the_verdict_the_findings_what_was_not_assessed_and_the_gaps_are_there(result: AuditResult) -> None:
    said = render(result)
    assert "**Findings: 3 critical, 4 high, 1 medium, 1 low, 1 info.**" in said
    assert "**The audit is incomplete**" in said
    assert (
        "| critical | Marketing sent while permission was withdrawn `contact-after-withdrawal` | 143 of 18,412 | 97 |"
        in said
    )
    assert "### Not assessed: 12" in said and "### Could not be checked: 3" in said
    page = rendered(said)
    assert page.count("<tr>") == 1 + len(result.findings) and "`" not in page


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_shown_and_nothing_in_it_acts(name: str) -> None:
    for shown in (text(name), code(name)):
        page = rendered(f"| a | b |\n|---|---|\n| {shown} | end |\n")
        assert page.count("<td>") == 2 and "<td>end</td>" in page, page
        cell = page.split("<td>")[1].split("</td>")[0]
        outside = cell if not cell.startswith("<code>") else ""
        assert not set("@#<[!*_~`|\\/&$") & set(outside.replace("&amp;", "")), cell
        assert "<" not in cell.removeprefix("<code>").removesuffix("</code>")


def test_a_hostile_result_makes_no_link_image_or_markup(hostile: AuditResult) -> None:
    page = rendered(render(hostile))
    for tag in ("<a ", "<img", "<script", "<svg", "<style"):
        assert tag not in page


def test_the_comment_fits_however_much_there_is_to_say(result: AuditResult) -> None:
    many = tuple(
        replace(f, rule=replace(f.rule, title="\u202e" * 9_000), fingerprint=f"{n}")
        for n, f in enumerate(result.findings * 100)
    )
    gaps = tuple(Skipped("\u202e" * 5_000, "\u202e" * 9_000, gap=True, rows=n) for n in range(1_000))
    coverage = Coverage((), gaps, result.coverage.read_from, result.coverage.read_until)
    said = render(replace(result, findings=many, coverage=coverage, organisation="\u202e" * 9_000))
    assert len(said) < LIMIT
    assert "more in the report" in said and "### Could not be checked: 1,001" in said


def test_the_same_result_gives_the_same_text_whatever_its_order(result: AuditResult) -> None:
    turned = replace(result, findings=result.findings[::-1], rules=result.rules[::-1], packs=result.packs[::-1])
    assert render(turned) == render(result)
