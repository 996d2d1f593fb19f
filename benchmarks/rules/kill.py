"""Kills an audit at random points, looks at what lies on disk, and runs the same command again.

Shown: the findings equal those of an undisturbed run, nothing is left behind, no raw value was on disk at any point.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

import duckdb
import numpy as np
from rules.generate import batches, generate

PROFILE = Path(__file__).with_name("bench.yaml")
_MARKED = ("email", "phone", "last_name")
_PEOPLE = 2_000


def main() -> None:
    """One line per point."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--subjects", type=int, default=1_000_000)
    asked.add_argument("--points", type=int, default=20)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--folder", type=Path, help="where the made-up CRM lies or is put; kept")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch) / "crm"
        source = str(generate(folder, options.subjects, formats=("sqlite",))["sqlite"])
        raw = tuple(_raw_values(folder / "parquet"))
        began = time.monotonic()
        undisturbed = findings(source, Path(scratch) / "undisturbed")
        whole = time.monotonic() - began
        print(f"undisturbed: {whole:.1f} s, {len(undisturbed):,} results; {len(raw):,} raw values looked for on disk")
        draw = random.Random(options.seed)
        wrong = 0
        for point in range(options.points):
            place = Path(scratch) / f"point-{point}"
            after = draw.uniform(0.02, 0.98) * whole
            left = killed(source, place, after)
            size = sum(file.stat().st_size for file in left)
            found = sorted({value for file in left for value in _held(file, raw)})
            began = time.monotonic()
            same = findings(source, place) == undisturbed
            took = time.monotonic() - began
            behind = [str(path) for path in (place / "tmp").rglob("*")]
            wrong += not same or bool(behind) or bool(found)
            print(
                f"killed after {after:6.1f} s: {len(left)} files left ({size / 1e6:.1f} MB), {len(found)} raw values "
                f"in them; again {took:.1f} s, findings {'the same' if same else 'DIFFERENT'}, {len(behind)} files behind"
            )
        print(f"{options.points - wrong} of {options.points} points are right")
        sys.exit(1 if wrong else 0)


def command(source: str, place: Path) -> tuple[list[str], dict[str, str]]:
    """The audit of a source whose temporary and written files all lie below one place."""
    (place / "tmp").mkdir(parents=True, exist_ok=True)
    policy = place / "auditor.yaml"
    policy.write_text(f"profiles: {{{Path(source).stem}: '{PROFILE}'}}\n")
    words = ["-m", "auditor", "audit", source, "-c", str(policy), "--as-of", "2026-10-31", "--format", "json"]
    environment = {**os.environ, "TMPDIR": str(place / "tmp"), "AUDITOR_KEY": "a key for the benchmark"}
    root = str(Path(__file__).parents[2])
    return [sys.executable, *words, "--out", str(place / "report")], {**environment, "PYTHONPATH": root}


def findings(source: str, place: Path) -> list[str]:
    """Every rule's result, without what differs between two runs of the same audit."""
    words, environment = command(source, place)
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1, 3):
        raise SystemExit(done.stderr)
    report = json.loads(next((place / "report").glob("*.json")).read_text())
    return [json.dumps(entry, sort_keys=True) for key in ("rules", "findings") for entry in report.get(key, [])]


def killed(source: str, place: Path, after: float) -> list[Path]:
    """What lies on disk after the audit was killed."""
    words, environment = command(source, place)
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    return [path for path in place.rglob("*") if path.is_file() and path.name != "auditor.yaml"]


def _raw_values(parquet: Path) -> Iterator[bytes]:
    """What of the first people must never be on disk: as it is written, and as it is normalised before it is hashed."""
    rows = next(batches(parquet, "people").iter_batches(_PEOPLE, columns=list(_MARKED)))
    for column in rows.columns:
        for value in filter(None, set(column.to_pylist())):
            yield from {value.encode(), value.lower().encode(), value.replace(" ", "").encode()}


def _held(file: Path, raw: tuple[bytes, ...]) -> Iterator[bytes]:
    """The values in a file's bytes; of a stage, which packs its texts, also those in its columns."""
    content = file.read_bytes() + bytes(8)
    starts = np.array(sorted({int.from_bytes(value[:8], "little") for value in raw if len(value) >= 8}), np.uint64)
    likely = np.zeros(1 << 16, np.bool_)  # by the first two bytes, which leaves few words to be looked up
    likely[starts & 0xFFFF] = True
    for offset in range(8):
        words = np.frombuffer(content, np.uint64, (len(content) - offset) // 8, offset)
        places = np.flatnonzero(likely[words & 0xFFFF])
        for place in places[np.isin(words[places], starts)]:
            at = int(place) * 8 + offset
            yield from (value for value in raw if content.startswith(value, at))
    yield from (value for value in raw if len(value) < 8 and value in content)
    if file.name == "stage.duckdb":
        yield from _in_columns(file, raw)


def _in_columns(file: Path, raw: tuple[bytes, ...]) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory() as scratch:
        for part in file.parent.glob("stage.duckdb*"):
            shutil.copy(part, scratch)
        try:
            base = duckdb.connect(str(Path(scratch) / file.name), config={"memory_limit": "400MB"})
        except duckdb.Error:  # killed before it was a database
            return
        with base:
            base.execute("CREATE TEMP TABLE raw AS SELECT unnest($raw) AS value", {"raw": [v.decode() for v in raw]})
            texts = base.execute(
                "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() "
                "WHERE data_type IN ('VARCHAR', 'VARCHAR[]') AND NOT internal AND table_name <> 'raw'"
            ).fetchall()
            for schema, table, column, kind in texts:
                cells = f'"{column}"' if kind == "VARCHAR" else f'unnest("{column}")'
                query = f'SELECT DISTINCT value FROM raw WHERE value IN (SELECT {cells} FROM "{schema}"."{table}")'
                yield from (value.encode() for (value,) in base.execute(query).fetchall())
            packed = base.execute(
                "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE data_type = 'BLOB' AND NOT internal"
            ).fetchall()
            for schema, table, column in packed:
                for (blob,) in base.execute(f'SELECT "{column}" FROM "{schema}"."{table}"').fetchall():
                    yield from (value for value in raw if value in blob)


if __name__ == "__main__":
    main()
