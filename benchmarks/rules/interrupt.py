"""How soon Ctrl-C ends an audit: while each kind of source is read, and while the stage derives and judges.

Each point starts the audit anew, waits until it says that it has got to a step, waits a little more, and interrupts.
"""

from __future__ import annotations

import argparse
import os
import pty
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from rules.generate import FORMATS, generate
from rules.kill import command
from rules.places import servers

_LIMIT = 1.0
"""Seconds within which an interrupted audit should have ended."""
_STEPS = ("Sampling", "Reading {name} as")
_JUDGING = ("Deriving", "about message", "about consent")


def main() -> None:
    """One line per kind of source and step: the longest of several delays."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--subjects", type=int, default=100_000)
    asked.add_argument("--times", type=int, default=3)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--folder", type=Path, help="where the made-up CRM lies or is put; kept")
    options = asked.parse_args()
    draw, late = random.Random(options.seed), 0
    with tempfile.TemporaryDirectory() as scratch:
        files = generate((options.folder or Path(scratch)) / "one", options.subjects, formats=FORMATS)
        with servers(files["parquet"], files["csv"]) as urls:
            for kind, place in {**{kind: str(path) for kind, path in files.items()}, **urls}.items():
                steps = (*_STEPS, *(_JUDGING if kind == "sqlite" else ()))
                name = Path(place).stem
                for step in (step.format(name=name) for step in steps):
                    found = [
                        _interrupted(place, Path(scratch) / f"{kind}-{time.monotonic_ns()}", step, draw.uniform(0, 1))
                        for _ in range(options.times)
                    ]
                    slowest = max(took for took, _, _ in found)
                    late += slowest > _LIMIT
                    codes = ", ".join(sorted({str(code) for _, code, _ in found}))
                    print(f"{kind:10} {step:24} ended after {slowest:.2f} s at most, exit {codes}, "
                          f"{sum(left for _, _, left in found)} files left", flush=True)  # fmt: skip
    print(f"{late} steps were late (over {_LIMIT:g} s)")
    sys.exit(1 if late else 0)


def _interrupted(place: str, folder: Path, step: str, wait: float) -> tuple[float, int, int]:
    """Seconds from Ctrl-C to the end, the exit code, and how many files are left."""
    words, environment = command(place, folder)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    try:
        said = b""
        while step.encode() not in said and process.poll() is None:
            said = said[-4096:] + _read(ours)
        time.sleep(wait)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        while process.poll() is None:
            _read(ours)
        took = time.monotonic() - began
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    return took, process.returncode, sum(path.is_file() for path in (folder / "tmp").rglob("*"))


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other end is gone
        time.sleep(0.01)
        return b""


if __name__ == "__main__":
    main()
