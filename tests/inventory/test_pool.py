"""Several processes read what one reads; a process that dies costs its task at most, and Ctrl-C ends all at once."""

import os
import signal
import subprocess
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from auditor.errors import InventoryError
from auditor.inventory import pool
from auditor.inventory.hits import Hit
from auditor.inventory.pool import Asked, read_texts, workers_for

TEXTS = [f"Called Anna Schmidt on +49 30 12345{n:02} about the contract of Martin Fischer" for n in range(30)]

INTERRUPTED = """
import sys
from auditor.inventory.pool import Asked, read_texts
if __name__ == "__main__":
    print("ready", flush=True)
    try:
        read_texts(Asked(), {"en": [f"Anna Schmidt called about {n}" * 40 for n in range(3000)]}, workers=2)
    except KeyboardInterrupt:
        sys.exit(130)
"""


def dying(pipe: Connection, _: Asked) -> None:
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        if any("die" in text for text in task.texts):
            os.kill(os.getpid(), signal.SIGKILL)
        pipe.send({text: (Hit("PERSON", 0, 1, False),) for text in task.texts})


def gone(group: int, *, within: float = 10) -> bool:
    """Whether a group of processes ends in time."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_two_processes_read_what_one_reads(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pool, "_TASK", 500)
    assert read_texts(Asked(), {"en": TEXTS}, workers=2) == read_texts(Asked(), {"en": TEXTS})


def test_a_text_that_brings_down_its_process_is_missing_and_the_others_are_read(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pool, "_work", dying)
    monkeypatch.setattr(pool, "_TASK", 1)
    texts = [*TEXTS, "die"]
    assert set(read_texts(Asked(), {"en": texts}, workers=2)) == set(TEXTS)


def test_processes_that_never_answer_are_an_error_in_words(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pool, "_work", dying)
    monkeypatch.setattr(pool, "_TASK", 1)
    with pytest.raises(InventoryError, match="end before they have read any"):
        read_texts(Asked(), {"en": [f"die {n}" for n in range(20)]}, workers=2)


def test_processes_are_started_only_where_they_pay():
    assert workers_for(TEXTS) == 1
    assert workers_for(TEXTS, 3) == 3
    assert 1 <= workers_for(["x" * pool.WORTH_WORKERS]) <= pool.MOST_WORKERS


def test_an_interrupt_ends_it_and_leaves_no_process(tmp_path: Path):
    script = tmp_path / "run.py"
    script.write_text(INTERRUPTED, encoding="utf-8")
    root = Path(__file__).parents[2]
    run = subprocess.Popen(
        [sys.executable, str(script)], env={**os.environ, "PYTHONPATH": str(root)}, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert run.stdout is not None
    run.stdout.readline()
    time.sleep(1.5)
    os.killpg(run.pid, signal.SIGINT)
    _, errors = run.communicate(timeout=30)
    assert (run.returncode, errors) == (130, "")
    assert gone(run.pid)
