from __future__ import annotations

from pathlib import Path

import pytest

from auditor.errors import ReportError, UsageError
from auditor.model import AuditResult
from auditor.writers import check_formats, formats, write
from auditor.writers.files import write_private


def test_every_format_is_found_without_a_list() -> None:
    known = formats()
    assert {"html", "json"} <= set(known)
    assert known["html"].file_name == "report.html"
    assert known["json"].file_name == "audit.json"


def test_an_unknown_format_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match=r"'htm' is not known.*'html'"):
        check_formats(["htm"])


def test_the_folder_and_the_files_are_private_to_their_owner(result: AuditResult, tmp_path: Path) -> None:
    paths = write(result, tmp_path / "out", ["html", "json", "html"])
    assert [path.name for path in paths] == ["report.html", "audit.json"]
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["audit.json", "report.html"]


def test_a_file_that_was_open_to_others_becomes_private(tmp_path: Path) -> None:
    path = tmp_path / "audit.json"
    path.write_text("old")
    path.chmod(0o666)
    write_private(path, "new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o600)


def test_a_link_laid_in_the_way_is_replaced_and_not_followed(tmp_path: Path) -> None:
    victim, path = tmp_path / "victim", tmp_path / "audit.json"
    victim.write_text("untouched")
    path.symlink_to(victim)
    write_private(path, "new")
    assert (victim.read_text(), path.is_symlink()) == ("untouched", False)


def test_a_file_that_cannot_be_written_is_one_clear_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "audit.json").mkdir()
    with pytest.raises(ReportError, match=r"cannot be written.*--out"):
        write_private(tmp_path / "audit.json", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["audit.json"]
    with pytest.raises(ReportError, match="cannot be written"):
        write_private(tmp_path / "missing" / "audit.json", "text")
