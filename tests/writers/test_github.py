from __future__ import annotations

import re
from dataclasses import replace

from auditor.model import AuditResult
from auditor.writers.github import command, commands

LINE = re.compile(r"::(error|warning|notice) ((?:[a-z]+=[^:,\r\n]*)(?:,[a-z]+=[^:,\r\n]*)*)::([^\r\n]*)\Z")


def test_at_most_ten_annotations_the_most_urgent_first_and_a_summary_last(result: AuditResult) -> None:
    said = commands(result)
    assert len(said) == 10 < len(result.findings) + 1
    assert said[0].startswith(
        "::error file=rules/packs/eu-gdpr/contact-after-withdrawal.yaml,line=1,title=critical%3A "
    )
    assert "143 of 18,412" in said[0]
    assert "3 critical, 4 high, 1 medium, 1 low, 1 info. The 9 most urgent are shown" in said[-1]
    assert said[-1].startswith("::warning ") and "3 in scope could not be checked" in said[-1]


def test_an_audit_without_findings_says_so(result: AuditResult) -> None:
    clean = replace(result, findings=(), rules=(), coverage=replace(result.coverage, skipped=()))
    assert commands(clean) == [
        "::notice title=Privacy audit as of 2026-11-21::Findings: none. Confidential: pseudonymous personal data."
    ]


def test_what_would_end_a_command_or_a_property_is_escaped() -> None:
    written = command("error", "100 %\r\n::error::x", file="a,b:c%\n")
    assert written == "::error file=a%2Cb%3Ac%25%0A::100 %25%0D%0A::error::x"


def test_no_hostile_name_starts_a_command_of_its_own(hostile: AuditResult) -> None:
    for line in commands(hostile):
        assert LINE.match(line), line
        assert not {c for c in line if ord(c) < 32}


def test_the_same_result_gives_the_same_lines_whatever_its_order(result: AuditResult) -> None:
    assert commands(replace(result, findings=result.findings[::-1])) == commands(result)
