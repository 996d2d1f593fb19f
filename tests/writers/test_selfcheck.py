from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from auditor.model import AuditResult
from auditor.writers import write
from auditor.writers.selfcheck import self_check
from tests.writers.records import Numbered

EVERY = ("html", "json", "inventory", "sarif", "junit", "gitlab", "github", "markdown", "csv", "xlsx")


def test_what_is_written_in_every_format_is_clean(result: AuditResult, tmp_path: Path) -> None:
    paths = write(result, tmp_path, EVERY, Numbered(limit=5))
    assert self_check(result, paths, whole=True) == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("anna.meier@kanzlei-meier.de", "an e-mail address"),
        ("DE89370400440532013000", "an IBAN"),
        ("4111 1111 1111 1111", "a card number"),
        ("+49 30 901820", "a phone number"),
    ],
)
def test_a_planted_value_is_said_by_artefact_and_kind_and_never_repeated(
    text: str, kind: str, result: AuditResult, tmp_path: Path
) -> None:
    first = result.findings[0]
    planted = replace(first, place=replace(first.place, source=text, origin=(f"t.{text}",)))
    leaking = replace(result, findings=(planted,))
    paths = write(leaking, tmp_path, EVERY, Numbered(limit=2))
    said = [str(leak) for leak in self_check(leaking, paths)]
    for name in ("report.html", "audit.json", "audit.sarif", "summary.md", "worklist.csv"):
        assert f"{name} holds {kind}." in said
    assert not any(text in sentence for sentence in said)


def test_what_the_policy_itself_says_is_no_leak(result: AuditResult, tmp_path: Path) -> None:
    owned = replace(result, findings=(replace(result.findings[0], owner="dpo@larch-lantern.de"),))
    paths = write(owned, tmp_path, ["html", "json", "markdown"])
    assert self_check(owned, paths) == ()


@pytest.mark.parametrize("name", sorted(set(EVERY) - {"xlsx", "csv", "gitlab", "inventory"}))
def test_every_artefact_says_how_it_is_to_be_treated(name: str, result: AuditResult, tmp_path: Path) -> None:
    dated = replace(result, delete_by=date(2027, 5, 1))
    (path,) = write(dated, tmp_path, [name])
    said = path.read_text(encoding="utf-8")
    assert "Confidential" in said and "2027-05-01" in said and "REVEALED" not in path.name
    (path,) = write(replace(dated, revealed=True), tmp_path, [name])
    assert ".REVEALED." in path.name and "REVEALED: holds unmasked personal data" in path.read_text(encoding="utf-8")
