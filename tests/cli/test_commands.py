"""The commands say what they do and exit as documented."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import time

import pytest

from auditor.cli import COMMANDS


def test_help_is_quick_and_imports_nothing_heavy():
    script = (
        "import sys, time; t = time.perf_counter(); sys.argv = ['auditor', '--help']\n"
        "from auditor.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'spacy', 'presidio_analyzer', 'duckdb', 'sqlalchemy', 'pyarrow', 'lark', 'babel', 'jinja2'}\n"
        "print('HEAVY', sorted(heavy & set(sys.modules)), time.perf_counter() - t)"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert "HEAVY []" in said
    assert "Exit codes: 0 clean; 1 findings" in said


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(auditor, name):
    run = auditor(name, "--help")
    assert run.code == 0
    assert "Usage: auditor" in run.out


def test_an_audit_writes_private_files_and_exits_by_severity(auditor, contacts, tmp_path):
    run = auditor("audit", contacts, "--as-of", "2026-11-01")
    out = tmp_path / "auditor-report"
    assert run.out.strip().splitlines()[-1].endswith(("report.html", "audit.json"))
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    for name in ("report.html", "audit.json"):
        assert stat.S_IMODE((out / name).stat().st_mode) == 0o600
    document = json.loads((out / "audit.json").read_text(encoding="utf-8"))
    missing = next(r for r in document["rules"] if r["id"] == "country-missing")
    assert [(p["population"], p["violations"]) for p in missing["places"]] == [(3, 1)]
    assert [(t["rows"], t["staged"]) for t in document["coverage"]["tables"]] == [(3, 3)]
    assert run.code == 0
    assert auditor("audit", contacts, "--fail-on", "medium").code == 1
    assert auditor("audit", contacts, "--min-coverage", "99").code == 3


def test_a_baseline_with_a_lasting_key_lets_known_records_pass(auditor, contacts, monkeypatch, tmp_path):
    monkeypatch.setenv("AUDITOR_KEY", "a test key")
    assert auditor("audit", contacts, "--out", "first", "--fail-on", "low").code == 1
    again = auditor("audit", contacts, "--out", "second", "--fail-on", "low", "--baseline", "first/audit.json")
    assert again.code == 0
    with contacts.open("a", encoding="utf-8") as stream:
        stream.write("4,Dan,Example,dan@example.org,,1970-01-01\n")
    assert auditor("audit", contacts, "--fail-on", "low", "--baseline", "first/audit.json").code == 1


def test_the_inventory_as_json_names_tables_by_their_stem(auditor, contacts):
    run = auditor("inventory", contacts, "--format", "json")
    assert run.code == 0
    document = json.loads(run.out)
    email = next(c for c in document["columns"] if c["column"] == "email")
    assert (email["table"], email["rows"], email["non_empty"]) == ("contacts", 3, 3)
    assert email["categories"][0]["category"].startswith("contact.email")
    assert "example.org" not in run.out


def test_the_inventory_as_text_shows_no_value(auditor, contacts):
    run = auditor("inventory", contacts)
    assert run.code == 0
    assert "contact.email" in run.out
    assert "ada" not in run.out.lower()


def test_rules_and_profiles_are_well_formed(auditor):
    assert auditor("rules", "list").code == 0
    tested = auditor("rules", "test")
    assert (tested.code, tested.err) == (0, "")
    assert "0 failed" in tested.out
    assert "0 errors" in auditor("profiles", "check").out
    assert "suitecrm" in auditor("profiles", "list").out


def test_doctor_finds_everything_it_needs(auditor):
    run = auditor("doctor")
    assert run.code == 0, run.out
    assert "An audit can run." in run.out


def test_the_same_source_twice_is_refused(auditor, contacts):
    run = auditor("audit", contacts, contacts)
    assert run.code == 2
    assert "NAME=PATH" in run.err


def test_a_small_audit_takes_seconds(auditor, contacts):
    began = time.process_time()
    auditor("audit", contacts)
    assert time.process_time() - began < 20
