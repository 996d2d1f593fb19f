from __future__ import annotations

import csv
import html
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from auditor.model import AuditResult
from auditor.writers import write
from auditor.writers.selfcheck import self_check
from tests.writers.records import Numbered
from tests.writers.test_html import Reader
from tests.writers.test_worklist_xlsx import sheets

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


IDS = ("4000000000000002", "4000000000000003", "4000000000000004", "4000000000000005")
CARDS = ("4111111111111111", "5555555555554444", "378282246310005")


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (IDS[:1], False),  # a long id that happens to pass the check
        (IDS, False),
        (CARDS, True),
        (("card 4111111111111111",), True),
        (("discard4111111111111111",), False),
    ],
)
def test_a_bare_number_is_a_card_if_it_is_called_one_or_most_of_several_are(
    names: tuple[str, ...], found: bool, result: AuditResult, tmp_path: Path
) -> None:
    first = result.findings[0]
    findings = tuple(replace(first, place=replace(first.place, source=name, evidence=())) for name in names)
    paths = write(replace(result, findings=findings), tmp_path, ["json", "csv"], Numbered(odd=names, limit=4))
    kinds = {leak.kind for leak in self_check(replace(result, findings=()), paths)}
    assert kinds == ({"a card number"} if found else set())


OWNED = "Ines Álvarez, Vertrieb & <Service>"


@pytest.mark.parametrize("name", sorted(set(EVERY) - {"github", "junit", "gitlab", "inventory"}))
def test_who_owns_a_finding_stands_in_every_format_that_has_room_for_it(
    name: str, result: AuditResult, tmp_path: Path
) -> None:
    owned = replace(result, findings=tuple(replace(finding, owner=OWNED) for finding in result.findings))
    (path,) = write(owned, tmp_path, [name], Numbered(limit=2))
    assert OWNED in readers()[name](path)


def readers() -> dict[str, Callable[[Path], str]]:
    """All texts of a file, read as its consumers read it."""

    def texts(value: object) -> str:
        if isinstance(value, dict):
            return "\n".join(map(texts, value.values()))
        return "\n".join(map(texts, value)) if isinstance(value, list) else str(value)

    def of_json(path: Path) -> str:
        return texts(json.loads(path.read_text(encoding="utf-8")))

    def of_sheets(path: Path) -> str:
        return "\n".join(cell for rows in sheets(path).values() for row in rows for cell in row)

    return {
        "html": lambda path: Reader(path.read_text(encoding="utf-8")).text,
        "json": of_json,
        "sarif": of_json,
        "markdown": lambda path: html.unescape(str(MarkdownIt().enable("table").render(path.read_text("utf-8")))),
        "csv": lambda path: "\n".join(cell for row in csv.reader(path.read_text("utf-8").splitlines()) for cell in row),
        "xlsx": of_sheets,
    }


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
