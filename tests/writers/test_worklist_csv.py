from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from auditor.errors import ReportError
from auditor.model import AuditResult
from auditor.writers import needs_records, write
from auditor.writers.worklist import HEAD
from auditor.writers.worklist_csv import write_worklist_csv
from tests.writers.hostile import HOSTILE
from tests.writers.records import Numbered


def listed(result: AuditResult, folder: Path, records: Numbered) -> list[dict[str, str]]:
    write_worklist_csv(result, records, folder / "worklist.csv")
    text = (folder / "worklist.csv").read_bytes().decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_every_violating_record_is_a_row_grouped_by_source_and_urgency(result: AuditResult, tmp_path: Path) -> None:
    rows = listed(result, tmp_path, Numbered())
    assert len(rows) == sum(finding.place.counts.violations for finding in result.findings)
    assert [row["source"] for row in rows] == sorted(row["source"] for row in rows)
    order = ["critical", "high", "medium", "low", "info"]
    crm = [order.index(row["severity"]) for row in rows if row["source"] == "crm"]
    assert crm == sorted(crm)


def test_a_row_says_which_record_of_whom_what_to_do_until_when_and_what_closes_it(
    result: AuditResult, tmp_path: Path
) -> None:
    first = listed(result, tmp_path, Numbered())[0]
    assert tuple(first) == HEAD
    assert first == {
        "owner": "", "source": "crm", "severity": "critical", "due": "2026-11-21", "rule": "contact-after-withdrawal",
        "title": "Marketing sent while permission was withdrawn", "relation": "message", "record": "0000000",
        "person": "person-0", "what to do": "Stop the sending; Suppress the people concerned",
        "closes when": "An audit of the same population without a violation.", "law": "GDPR Art. 7(3), GDPR Art. 21(3)",
        "status": "known", "finding": result.findings[0].fingerprint,
    }  # fmt: skip
    dues = {row["severity"]: row["due"] for row in listed(result, tmp_path, Numbered())}
    assert dues == {"critical": "2026-11-21", "high": "2026-12-21", "medium": "2027-02-19", "low": "", "info": ""}


def test_no_cell_is_a_formula_whatever_the_record_is_called(hostile: AuditResult, tmp_path: Path) -> None:
    odd = ("=1+1", "+49 30 1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", *HOSTILE)
    rows = listed(hostile, tmp_path, Numbered(odd))
    assert len(rows) == sum(finding.place.counts.violations for finding in hostile.findings)
    for row in rows:
        for cell in row.values():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))
            assert not {c for c in cell if ord(c) < 32}
    assert {"'=1+1", "'+49 30 1", "'-1", "'@SUM(A1)"} <= {row["record"] for row in rows}


def test_records_that_nobody_could_name_are_said_and_what_was_accepted_is_left_out(
    result: AuditResult, tmp_path: Path
) -> None:
    only = replace(result, findings=result.findings[:1])
    assert [row["record"] for row in listed(only, tmp_path, Numbered(limit=0))] == [
        "(143 records that could not be named)"
    ]
    accepted = replace(result, findings=(replace(result.findings[0], status="accepted"),))
    assert listed(accepted, tmp_path, Numbered()) == []


def test_the_same_result_gives_the_same_bytes_and_the_file_is_private(result: AuditResult, tmp_path: Path) -> None:
    turned = replace(result, findings=result.findings[::-1])
    write_worklist_csv(result, Numbered(), tmp_path / "a")
    write_worklist_csv(turned, Numbered(), tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_a_list_without_the_records_of_an_audit_is_refused(result: AuditResult, tmp_path: Path) -> None:
    assert needs_records(["json", "csv"]) and not needs_records(["json", "sarif"])
    with pytest.raises(ReportError, match="needs the records"):
        write(result, tmp_path, ["csv"])
