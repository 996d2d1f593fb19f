from __future__ import annotations

from pathlib import Path

import pytest

from auditor.errors import ReportError
from auditor.model import AuditResult
from auditor.writers.spool import Spool, open_spool

ODD = [("", ""), ("a\nb", "x\r\ny"), ('"quoted", key', "用户"), ("lone \ud800", ""), ("=1+1", "\x00")]


def test_what_is_set_aside_comes_back_by_finding_and_in_order(result: AuditResult) -> None:
    first, second = result.findings[:2]
    with open_spool() as spool:
        spool.add(first.rule, first.place, iter(ODD))
        spool.add(second.rule, second.place, ((str(n), "") for n in range(5_000)))
        assert list(spool.of(first)) == ODD
        assert [key for key, _ in spool.of(second)] == [str(n) for n in range(5_000)]
        assert list(spool.of(result.findings[2])) == []
        assert list(spool.of(first)) == ODD


def test_records_that_break_off_are_not_taken_for_all(result: AuditResult) -> None:
    finding = result.findings[0]

    def broken():
        yield "1", ""
        raise ValueError

    with open_spool() as spool:
        with pytest.raises(ValueError):
            spool.add(finding.rule, finding.place, broken())
        assert list(spool.of(finding)) == []
        spool.add(finding.rule, finding.place, [("2", "")])
        assert list(spool.of(finding)) == [("2", "")]


def test_it_is_private_and_gone_afterwards(result: AuditResult, tmp_path: Path) -> None:
    with open_spool(tmp_path) as spool:
        spool.add(result.findings[0].rule, result.findings[0].place, [("1", "")])
        files = [path for path in tmp_path.rglob("*") if path.is_file() and path.name == "records"]
        assert [path.stat().st_mode & 0o777 for path in files] == [0o600]
        assert files[0].parent.stat().st_mode & 0o777 == 0o700
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_clear_sentence(result: AuditResult) -> None:
    finding = result.findings[0]
    with Path("/dev/full").open("w+b", buffering=0) as full, pytest.raises(ReportError, match=r"set aside.*TMPDIR"):
        Spool(full).add(finding.rule, finding.place, [("1", "")])
