from __future__ import annotations

import base64
import csv
import html
import json
import zipfile
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest

from auditor.writers.leaks import leaks, written
from fixtures.demo.generate import build

CANARY = "Zq7 <k>&'é\"x"
AS_OF = date(2026, 11, 1)

WAYS = {
    "plain": CANARY.encode(),
    "json": json.dumps(CANARY).encode(),
    "json, not ASCII": json.dumps(CANARY, ensure_ascii=False).encode(),
    "html": html.escape(CANARY).encode(),
    "url": quote(CANARY).encode(),
    "base64": base64.b64encode(CANARY.encode()),
    "base64, shifted by one": base64.b64encode(b"a" + CANARY.encode() + b"b"),
    "base64, shifted by two": base64.b64encode(b"ab" + CANARY.encode() + b"c"),
    "base64 for URLs": base64.urlsafe_b64encode(b"??>" + CANARY.encode()),
    "hex": CANARY.encode().hex().encode(),
    "utf-16": CANARY.encode("utf-16-le"),
    "capitals": CANARY.upper().encode(),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("before", [0, (1 << 20) - 5])
def test_a_text_is_found_in_every_way_it_may_be_written_also_across_blocks(
    way: str, before: int, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"." * before + WAYS[way] + b".")
    assert len(leaks([tmp_path / "file"], ["other text", CANARY])) == 1
    (tmp_path / "file").write_bytes(b"." * before + b"nothing of the kind.")
    assert leaks([tmp_path / "file"], [CANARY]) == ()


def test_a_workbook_is_looked_into_and_the_text_is_not_repeated(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/sheet1.xml", html.escape(CANARY))
    assert leaks([tmp_path / "book.xlsx"], [CANARY]) == (
        "book.xlsx/xl/sheet1.xml: text 1 of the forbidden ones is in it, as HTML.",
    )


def test_a_short_text_has_ways_and_none_is_empty() -> None:
    assert b"" not in written("a") and b"a" in written("a")


@pytest.mark.parametrize("canary", ["xqzcanary7v"])
def test_no_personal_text_of_the_demo_is_in_any_format(
    canary: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from auditor.cli.audit import judge
    from auditor.policy import Policy
    from auditor.writers import formats

    monkeypatch.setenv("AUDITOR_KEY", "a key for this test")
    files = build(tmp_path / "crm", people=600, canary=canary)
    held = files.sqlite.read_bytes()
    assert canary.encode() in held
    out = tmp_path / "out"
    judge(
        [f"demo={files.sqlite}", f"exports={files.exports}"], Policy(), (), lambda _: None, as_of=AS_OF, packs="",
        profile="", seed=0, full=False, baseline=None, out=out, formats=tuple(formats()), fail_on="never",
        min_coverage=0.0,
    )  # fmt: skip
    paths = sorted(out.iterdir())
    assert len(paths) == len(formats())
    _lists_every_record(out)
    assert leaks(paths, [canary]) == ()
    assert "self-check" not in capsys.readouterr().err


def _lists_every_record(out: Path) -> None:
    """The work list's rows are the violations of the audit, and its people are the people counted."""
    listed: dict[str, list[str]] = {}
    with (out / "worklist.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            listed.setdefault(row["finding"], []).append(row["person"])
    findings = json.loads((out / "audit.json").read_text(encoding="utf-8"))["findings"]
    assert len(findings) > 50
    for finding in findings:
        counts, people = finding["counts"], listed[finding["fingerprint"]]
        assert len(people) == counts["violations"]
        if counts["people"] is not None:
            assert len({person for person in people if person}) == counts["people"]
