"""An audit that was killed goes on with what was staged whole, and with nothing else."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa

from auditor.model import Counts, PlaceResult, RuleResult, State
from auditor.rules.loading import load_rules_or_raise
from auditor.rules.remembered import Remembered
from auditor.stage import open_stage
from auditor.stage_files import KEPT, KEPT_SECONDS, Keep, kept_folder, sweep
from auditor.stage_progress import sentence
from auditor.stage_resume import keep_for

JOB = "0" * 32
SCHEMA = pa.schema([("__row", pa.int64()), ("a", pa.string())])
ROWS = pa.RecordBatch.from_arrays([pa.array([0, 1]), pa.array(["1", "2"])], schema=SCHEMA)
KILLED = """
import os, pyarrow as pa
from pathlib import Path
from auditor.model import Counts, PlaceResult, RuleResult, State
from auditor.rules.loading import load_rules_or_raise
from auditor.rules.remembered import Remembered
from auditor.stage import open_stage
from auditor.stage_files import Keep
schema = pa.schema([("__row", pa.int64()), ("a", pa.string())])
rows = pa.RecordBatch.from_arrays([pa.array([0, 1]), pa.array(["1", "2"])], schema=schema)
more = pa.RecordBatch.from_arrays([pa.array([2, 3]), pa.array(["3", "4"])], schema=schema)
with open_stage(folder=Path({folder!r}), keep=Keep({job!r}, "as it was")) as stage:
    stage.prepare('crm.who"le', schema)
    stage.prepare("crm.half", schema)
    with stage.reading("people", {{'crm.who"le': 2}}):
        stage.append('crm.who"le', rows)
    with stage.reading("messages", {{"crm.half": 2}}):
        stage.append("crm.half", rows)
        stage.append('crm.who"le', more)  # another part of the same table
        os.kill(os.getpid(), {signal})
"""


def killed(folder):
    code = textwrap.dedent(KILLED).format(folder=str(folder), job=JOB, signal=int(signal.SIGKILL))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert [path.name for path in folder.iterdir()] == [f"{KEPT}{JOB}"]


def count(stage, name):
    return stage.connection.execute(sa.select(sa.func.count()).select_from(stage.table(name))).scalar_one()


def test_a_table_staged_whole_is_used_again_and_a_half_staged_one_starts_anew(tmp_path):
    killed(tmp_path)
    with open_stage(folder=tmp_path, keep=Keep(JOB, "as it was")) as stage:
        stage.prepare('crm.who"le', SCHEMA)
        stage.prepare("crm.half", SCHEMA)
        assert (stage.rows_read('crm.who"le', "people"), count(stage, 'crm.who"le')) == (2, 2)
        assert (stage.rows_read("crm.half", "messages"), count(stage, "crm.half")) == (None, 0)
        assert not stage.restarted
    assert not list(tmp_path.iterdir())


def test_what_was_staged_of_something_that_changed_is_thrown_away_and_that_is_said(tmp_path):
    killed(tmp_path)
    with open_stage(folder=tmp_path, keep=Keep(JOB, "changed since")) as stage:
        stage.prepare('crm.who"le', SCHEMA)
        assert stage.rows_read('crm.who"le', "people") is None
        assert count(stage, 'crm.who"le') == 0
        assert "starts anew" in stage.restarted


def test_a_damaged_stage_is_made_anew(tmp_path):
    killed(tmp_path)
    (tmp_path / f"{KEPT}{JOB}" / "stage.duckdb").write_bytes(b"cut by a power failure")
    with open_stage(folder=tmp_path, keep=Keep(JOB, "as it was")) as stage:
        assert stage.rows_read('crm.who"le', "people") is None


def test_the_same_audit_run_twice_at_once_gets_two_directories(tmp_path):
    keep = Keep(JOB, "as it was")
    with open_stage(folder=tmp_path, keep=keep) as one, open_stage(folder=tmp_path, keep=keep) as other:
        assert (one.resumable, other.resumable) == (True, False)
        assert one.folder != other.folder
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("answer", [True, False])
def test_after_an_interruption_the_stage_stays_only_if_asked_for(tmp_path, answer):
    with pytest.raises(KeyboardInterrupt), kept_folder(Keep(JOB, "", lambda: answer), tmp_path):
        raise KeyboardInterrupt
    assert bool(list(tmp_path.iterdir())) is answer


def test_a_kept_stage_goes_when_it_is_old(tmp_path):
    killed(tmp_path)
    assert sweep(tmp_path) == 0
    folder = tmp_path / f"{KEPT}{JOB}"
    old = folder.stat().st_mtime - KEPT_SECONDS - 1
    os.utime(folder, (old, old))
    assert sweep(tmp_path) == 1


def kept(path, key=b"key", needs=None, settings=("as of",)):
    return keep_for([str(path)], key, needs or {}, settings, (), lambda: False)


def test_only_files_can_be_resumed_and_only_as_they_were(tmp_path):
    path = tmp_path / "crm.csv"
    path.write_text("a,b\n1,2\n")
    before = kept(path)
    assert before is not None
    assert kept(path).state == before.state
    assert kept(path, key=b"other").job != before.job
    assert kept(path, needs={"subject": frozenset({"email"})}).state != before.state
    assert kept(path, settings=("another day",)).state != before.state
    path.write_text("a,b\n1,3\n")
    assert (kept(path).job, kept(path).state == before.state) == (before.job, False)
    assert keep_for(["postgresql://host/crm"], b"key", {}, (), (), lambda: False) is None


def test_progress_says_the_time_left_where_the_rows_are_known():
    assert sentence("Reading crm.people", 250, 1_000, 5.0) == "Reading crm.people: 250 of 1,000 rows, about 15 s left"
    assert sentence("Reading crm.people", 250, None, 5.0) == "Reading crm.people: 250 rows"


JUDGED = """
import os, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_resume import ROWS, SCHEMA, judged
from auditor.rules.remembered import Remembered
from auditor.model import Counts, PlaceResult, RuleResult, State
from auditor.rules.loading import load_rules_or_raise
from auditor.rules.remembered import Remembered
from auditor.stage import open_stage
from auditor.stage_files import Keep
with open_stage(folder=Path({folder!r}), keep=Keep({job!r}, "as it was")) as stage:
    stage.prepare("crm.people", SCHEMA)
    with stage.reading("people", {{"crm.people": 2}}):
        stage.append("crm.people", ROWS)
    Remembered(stage, b"the key").keep(*judged())
    os.kill(os.getpid(), {signal})
"""


def judged(state=State.FAIL):
    rules = load_rules_or_raise(())[:2]
    place = PlaceResult("crm", "subject", state, Counts(population=2, violations=1), "")
    return rules, tuple(RuleResult(rule.rule, "A sentence.", (place,)) for rule in rules)


def test_what_was_judged_is_not_judged_again_unless_something_is_read_anew(tmp_path):
    code = JUDGED.format(tests=str(Path(__file__).parent), folder=str(tmp_path), job=JOB, signal=int(signal.SIGKILL))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    rules, results = judged()
    with open_stage(folder=tmp_path, keep=Keep(JOB, "as it was")) as stage:
        stage.prepare("crm.people", SCHEMA)
        assert Remembered(stage, b"the key").recall(rules) == results
        assert Remembered(stage, b"the key").recall(rules[:1]) is None
        assert Remembered(stage, b"another key").recall(rules) is None
        stage.prepare("crm.more", SCHEMA)
        with stage.reading("more", {"crm.more": 2}):
            stage.append("crm.more", ROWS)
        assert Remembered(stage, b"the key").recall(rules) is None


def test_a_rule_that_broke_is_judged_again(tmp_path):
    with open_stage(folder=tmp_path, keep=Keep(JOB, "as it was")) as stage:
        before = Remembered(stage, b"the key")
        before.keep(*judged(State.ERROR))
        assert before.recall(judged()[0]) is None


def test_what_is_kept_is_taken_only_with_the_seal_of_the_key(tmp_path):
    with open_stage(folder=tmp_path, keep=Keep(JOB, "as it was")) as stage:
        before = Remembered(stage, b"the key")
        rules, _ = judged()
        stage.keep(before._name(rules), bytes(32) + pickle.dumps("what somebody else wrote"))
        assert before.recall(rules) is None
