from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from auditor.model import AuditResult
from auditor.writers.gitlab import document, write_gitlab

SEVERITIES = {"info", "minor", "major", "critical", "blocker"}


def test_every_open_finding_is_an_entry_as_gitlab_reads_it(result: AuditResult, tmp_path: Path) -> None:
    write_gitlab(result, tmp_path / "report.json")
    entries = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert [e["fingerprint"] for e in entries[: len(result.findings)]] == [f.fingerprint for f in result.findings]
    for entry in entries:
        assert set(entry) == {"check_name", "description", "fingerprint", "severity", "location"}
        assert entry["severity"] in SEVERITIES
        assert not entry["location"]["path"].startswith(("/", "./")) and entry["location"]["lines"]["begin"] >= 1
    assert entries[0]["severity"] == "blocker" and "143 of 18,412" in entries[0]["description"]


def test_what_was_not_checked_is_an_entry_and_what_was_accepted_is_none(result: AuditResult) -> None:
    described = [entry["description"] for entry in document(result)]
    assert sum(text.startswith("Not checked: ") for text in described) == 3
    accepted = replace(result, findings=(replace(result.findings[0], status="accepted"), *result.findings[1:]))
    assert len(document(accepted)) == len(document(result)) - 1


def test_fingerprints_differ_so_that_gitlab_drops_nothing(result: AuditResult) -> None:
    prints = [entry["fingerprint"] for entry in document(result)]
    assert len(set(prints)) == len(prints)


def test_a_hostile_result_is_ascii_json(hostile: AuditResult, tmp_path: Path) -> None:
    write_gitlab(hostile, tmp_path / "report.json")
    text = (tmp_path / "report.json").read_bytes()
    assert not {byte for byte in text if byte > 126 or (byte < 32 and byte != 10)}
    assert len(json.loads(text)) == len(hostile.findings) + 3


def test_the_same_result_gives_the_same_entries_whatever_its_order(result: AuditResult) -> None:
    turned = replace(result, findings=result.findings[::-1], rules=result.rules[::-1])
    assert document(turned) == document(result)
