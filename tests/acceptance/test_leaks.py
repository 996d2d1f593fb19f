"""No raw personal value leaves the process: a text that occurs nowhere else is planted and sought everywhere."""

from __future__ import annotations

import base64
import html
import json
import os
import signal
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterable
from pathlib import Path

import pytest

from fixtures.demo.generate import DemoFiles, build

CANARY = "ΩЖ§¤ЮψЊ"
RUN = 4
REPO = Path(__file__).resolve().parents[2]


def spellings() -> set[bytes]:
    """Every run of four canary characters, plain and escaped in the ways that outputs escape."""
    found: set[bytes] = set()
    for start in range(len(CANARY) - RUN + 1):
        run = CANARY[start : start + RUN]
        raw = run.encode()
        found |= {raw, run.encode("utf-16-le"), run.encode("utf-16-be")}
        found |= {urllib.parse.quote(run).encode(), urllib.parse.quote(run).lower().encode()}
        found |= {json.dumps(run)[1:-1].encode(), json.dumps(run)[1:-1].upper().encode()}
        found |= {html.escape(run).encode(), "".join(f"&#{ord(c)};" for c in run).encode()}
        found |= {"".join(f"&#x{ord(c):x};" for c in run).encode(), repr(raw)[2:-1].encode()}
        # Base64 of the run at each of the three offsets, without the characters that its neighbours decide.
        found |= {base64.b64encode(b"\0" * lead + raw)[4 if lead else 0 : -4] for lead in range(3)}
    return found


def leaks(paths: Iterable[Path]) -> list[str]:
    sought = spellings()
    return [str(path) for path in paths if path.is_file() and any(s in path.read_bytes() for s in sought)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> DemoFiles:
    return build(tmp_path_factory.mktemp("canary"), people=700, canary=CANARY)


def environment(tmp_path: Path) -> dict[str, str]:
    for name in ("home", "tmp"):
        (tmp_path / name).mkdir()
    return {
        **{k: v for k, v in os.environ.items() if k not in ("AUDITOR_KEY", "AUDITOR_KEY_FILE")},
        "HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path / "tmp"),
        "XDG_CACHE_HOME": str(tmp_path / "home"),
        "PYTHONPATH": str(REPO),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def command(source: Path, out: Path) -> list[str]:
    own = ["-c", str(source.parent / "auditor.yaml"), "--as-of", "2026-11-01", "--out", str(out)]
    return [sys.executable, "-m", "auditor", "audit", f"crm={source}", *own]


def test_the_search_finds_what_it_seeks(tmp_path, demo):
    assert leaks([demo.sqlite]) == [str(demo.sqlite)]
    encoded = tmp_path / "encoded"
    for lead in range(3):
        encoded.write_bytes(base64.b64encode(b"x" * lead + CANARY.encode() + b"tail"))
        assert leaks([encoded])


@pytest.mark.parametrize("kind", ["sqlite", "exports"])
def test_no_artefact_log_cache_or_temporary_file_holds_a_personal_value(tmp_path, demo, kind):
    done = subprocess.run(
        command(getattr(demo, kind), tmp_path / "out"),
        env=environment(tmp_path), cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr.decode()
    (tmp_path / "stdout").write_bytes(done.stdout)
    (tmp_path / "stderr").write_bytes(done.stderr)
    assert leaks(tmp_path.rglob("*")) == []
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"report.html", "audit.json"}
    assert list((tmp_path / "tmp").iterdir()) == []
    assert [p for p in (tmp_path / "home").rglob("*") if p.is_file()] == []


def test_a_killed_run_leaves_only_hashed_stage_files_and_the_next_one_removes_them(tmp_path, demo):
    surroundings = environment(tmp_path)
    stage: list[Path] = []
    running = subprocess.Popen(
        command(demo.sqlite, tmp_path / "out"), env=surroundings, cwd=tmp_path,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while running.poll() is None:
            stage = [p for p in (tmp_path / "tmp").rglob("*") if p.is_file() and p.stat().st_size > 100_000]
            if stage:
                break
            time.sleep(0.01)
    finally:
        running.send_signal(signal.SIGKILL)
        running.wait()
    assert stage, "the audit ended before its stage was seen"
    assert leaks(tmp_path.rglob("*")) == []
    left = list((tmp_path / "tmp").iterdir())
    assert left
    subprocess.run(
        command(demo.sqlite, tmp_path / "out"), env=surroundings, cwd=tmp_path, capture_output=True, check=False
    )
    assert not [p for p in left if p.exists()]
    assert list((tmp_path / "tmp").iterdir()) == []
