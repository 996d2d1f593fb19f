"""What ends a run from outside or from within: still one sentence, still the documented exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from auditor import audit as auditing

SECRET = "Zebulon-Quixote"


def test_a_fault_of_our_own_is_a_sentence_without_values_and_never_looks_like_findings(auditor, contacts, monkeypatch):
    def broken(*_args, **_kwargs):
        raise ValueError(SECRET)

    monkeypatch.setattr(auditing, "take", broken)
    run = auditor("audit", contacts)
    assert run.code == 3
    assert "A fault in auditor itself (ValueError at audit.py:" in run.err
    assert "Traceback" not in run.err
    assert SECRET not in run.err + run.out


def test_a_package_that_is_missing_is_named(auditor, contacts, monkeypatch):
    def missing(*_args, **_kwargs):
        raise ModuleNotFoundError("No module named 'duckdb'", name="duckdb")

    monkeypatch.setattr(auditing, "take", missing)
    run = auditor("audit", contacts)
    assert run.code == 2
    assert run.err == "auditor: The package duckdb is not installed. `auditor doctor` says how to add it.\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_exits_130_and_leaves_nothing(tmp_path: Path, number: signal.Signals):
    lines = "".join(f"{i},Ada,Example,ada{i}@example.org,{SECRET} wrote from Berlin\n" for i in range(200_000))
    (tmp_path / "contacts.csv").write_text(f"id,first_name,last_name,email,notes\n{lines}", encoding="utf-8")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "auditor", "audit", str(tmp_path / "contacts.csv"), "--out", str(tmp_path / "report")],
        env=os.environ | {"TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not any(temporary.glob("crm-auditor-stage-*/stage.duckdb")) and time.monotonic() < deadline:
        assert process.poll() is None, "it ended before it could be interrupted"
        time.sleep(0.02)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.strip() == "auditor: Interrupted; nothing was written."
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "report").exists()


def test_a_profile_that_fits_nothing_in_a_source_is_a_gap_not_a_clean_audit(auditor, contacts):
    run = auditor("audit", contacts.rename(contacts.with_name("guests.csv")), "--profile", "suitecrm")
    assert run.code == 3
    assert "not read: guests: None of the tables that the profile suitecrm maps is in it." in run.err


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ("{inactive-lead-kpt: {limit: 2 years}}", "There is no rule 'inactive-lead-kpt'. Did you mean"),
        ("{inactive-lead-kept: {limits: 2 years}}", "The rule inactive-lead-kept has no parameter 'limits'. It has:"),
    ],
)
def test_a_parameter_that_no_rule_has_is_wrong_configuration(auditor, contacts, tmp_path, params, said):
    (tmp_path / "auditor.yaml").write_text(f"params: {params}\n", encoding="utf-8")
    run = auditor("audit", contacts)
    assert run.code == 2
    assert said in run.err


def test_an_interrupt_that_is_lost_in_a_destructor_comes_once_more():
    code = (
        "import os, signal, time, weakref\n"
        "from auditor.cli.interrupts import catch_signals\n"
        "class Thing: pass\n"
        "catch_signals()\n"
        "thing = Thing()\n"
        "kept = weakref.ref(thing, lambda _: os.kill(os.getpid(), signal.SIGINT))\n"
        "try:\n"
        "    del thing\n"
        "    time.sleep(60)\n"
        "except KeyboardInterrupt:\n"
        "    print('ended')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=50, check=False)
    assert (done.stdout, done.stderr) == ("ended\n", "")
