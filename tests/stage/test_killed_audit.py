"""An audit that is killed, and run again: the benchmark of it, on few people and at two points."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

KILL = Path(__file__).parents[2] / "benchmarks" / "rules" / "kill.py"


def test_a_killed_audit_run_again_finds_the_same_and_leaves_nothing():
    words = [sys.executable, str(KILL), "--subjects", "3000", "--points", "2", "--seed", "1"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 of 2 points are right" in done.stdout
