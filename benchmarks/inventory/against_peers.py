"""The inventory of a table against its peers: time and memory, and how many columns are right."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.inventory.peers import DATAPROFILER, DUCKDB, STRUCTURED, Done, ours, python_of, run
from benchmarks.inventory.table import COLUMNS, write

# What a peer calls each category, as generously as can be.
STRUCTURED_OK: Mapping[str, set[str]] = {
    "identity.name": {"PERSON"}, "contact.email": {"EMAIL_ADDRESS"}, "contact.phone": {"PHONE_NUMBER"},
    "contact.postal_address": {"LOCATION"}, "location.": {"LOCATION"}, "contact.postal_code": {"LOCATION"},
    "demographic.date_of_birth": {"DATE_TIME"}, "financial.bank_account": {"IBAN_CODE"},
    "financial.card_pan": {"CREDIT_CARD"}, "government_id.": {"US_SSN"}, "device.ip": {"IP_ADDRESS"},
    "communication.": {"PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "IBAN_CODE"},
}  # fmt: skip
PROFILER_OK: Mapping[str, set[str]] = {
    "identity.name": {"PERSON"}, "contact.email": {"EMAIL_ADDRESS"}, "contact.phone": {"PHONE_NUMBER"},
    "contact.postal_address": {"ADDRESS"}, "location.": {"ADDRESS"}, "contact.postal_code": {"ADDRESS"},
    "demographic.date_of_birth": {"DATE", "DATETIME"}, "financial.bank_account": {"BAN"},
    "financial.card_pan": {"CREDIT_CARD"}, "government_id.": {"SSN"}, "device.ip": {"IPV4", "IPV6"},
    "communication.": {"PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "BAN", "ADDRESS"},
}  # fmt: skip
# Labels of DataProfiler that say nothing about a person.
PROFILER_NOTHING = {"", "UNKNOWN", "INTEGER", "FLOAT", "ORDINAL", "QUANTITY", "DATE", "DATETIME", "UUID", "HASH_OR_KEY"}

Verdict = Callable[[str, Sequence[str]], bool]


def judged(found: Mapping[str, Sequence[str]], ok: Verdict) -> tuple[Counter[str], list[str]]:
    """How many columns are right, wrong, missed, falsely called personal; and which are not right."""
    counts: Counter[str] = Counter()
    faults = []
    for name, truth in COLUMNS:
        keys = found.get(name, [])
        if truth.startswith("?"):
            continue
        if not truth:
            verdict = "false" if keys else "right"
        else:
            verdict = "missed" if not keys else "right" if ok(truth, keys) else "wrong"
        counts[verdict] += 1
        if verdict != "right":
            faults.append(f"{name} {verdict}")
    return counts, faults


def of_ours(done: Done) -> tuple[Counter[str], list[str]]:
    """The verdicts of an inventory in JSON."""
    columns = json.loads(done.text)["columns"]
    found = {c["column"]: [k["category"] for k in c["categories"] if k["confidence"] >= 0.5] for c in columns}
    return judged(found, lambda truth, keys: any(k.startswith(truth) for k in keys))


def shown(title: str, done: Done, cells: int, verdicts: tuple[Counter[str], list[str]]) -> None:
    """One line of the table."""
    counts, faults = verdicts
    said = " / ".join(str(counts[k]) for k in ("right", "wrong", "missed", "false"))
    line = f"{title:40} {done.cpu:9.2f} cpu-s {done.cpu / cells * 1e6:9.2f} us/cell {done.peak:6,} MB"
    print(f"{line}  {said}  {', '.join(faults)}", flush=True)


def tables(count: int, given: Path | None, peers: str, most: int) -> None:
    """Ours, sampled and full, beside presidio-structured, DataProfiler and DuckDB's plain read."""
    with tempfile.TemporaryDirectory() as folder:
        small, path = Path(folder, "small.csv"), Path(folder, "crm.csv")
        write(small, 2_000)
        counts, faults = of_ours(ours(small))
        if counts["wrong"] or counts["missed"] or counts["false"]:
            sys.exit(f"The pinned result is all columns right, but: {faults}")
        shutil.copy(given, path) if given else write(path, count)
        with path.open("rb") as lines:
            count = sum(1 for _ in lines) - 1
        cells = count * len(COLUMNS)
        size = path.stat().st_size / 1e6
        print(f"\nTable of {count:,} rows x {len(COLUMNS)} columns ({size:.0f} MB); columns right/wrong/missed/false")
        sampled, full = ours(path), ours(path, "--full")
        shown("auditor inventory (sampled)", sampled, cells, of_ours(sampled))
        shown("auditor inventory --full", full, cells, of_ours(full))
        plain = run([sys.executable, "-c", DUCKDB, str(path)])
        print(f"{'DuckDB, every value and nothing else':40} {plain.cpu:9.2f} cpu-s {'':17} {plain.peak:6,} MB")
        print(f"  --full takes {full.cpu / plain.cpu:.0f} times as much as DuckDB")
        _structured(path, full.cpu / cells, peers)
        _dataprofiler(path, cells, sampled, peers)
        _memory(path, count, most)


def _structured(path: Path, ours_per_cell: float, peers: str) -> None:
    python = python_of(peers, "structured")
    if not python:
        print("presidio-structured: NOT MEASURED, it is not in PEERS/structured (see docs/inventory.md)")
        return
    done = run([python, "-c", STRUCTURED, str(path), "200"])
    said = json.loads(done.text)
    found = judged({k: [v] for k, v in said["map"].items()}, lambda t, keys: bool(STRUCTURED_OK[t] & set(keys)))
    shown("presidio-structured, 200 rows", Done(said["cpu"], done.wall, done.peak, ""), said["cells"], found)
    print(f"  per cell --full takes {said['cpu'] / said['cells'] / ours_per_cell:,.0f} times less")


def _dataprofiler(path: Path, cells: int, sampled: Done, peers: str) -> None:
    python = python_of(peers, "dataprofiler")
    if not python:
        print("DataProfiler: NOT MEASURED, it is not in PEERS/dataprofiler (see docs/inventory.md)")
        return
    done = run([python, "-c", DATAPROFILER, str(path)])
    said = json.loads(done.text.splitlines()[-1])
    labels = {name: [k for k in keys if k not in PROFILER_NOTHING] for name, keys in said["map"].items()}
    for name, truth in COLUMNS:
        if truth == "demographic.date_of_birth":  # a date is the best that it can say
            labels[name] = said["map"][name]
    found = judged(labels, lambda t, keys: bool(PROFILER_OK[t] & set(keys)))
    shown("DataProfiler, the whole table", Done(said["cpu"], done.wall, done.peak, ""), cells, found)
    print(
        f"  sampled takes {said['cpu'] / sampled.cpu:.1f} times less CPU, {done.peak / sampled.peak:.1f} times less memory"
    )


def _memory(path: Path, count: int, most: int) -> None:
    """Time and memory as the table grows tenfold."""
    while count * 10 <= most:
        with tempfile.TemporaryDirectory() as folder:
            body = Path(folder, "body")
            with path.open("rb") as lines, body.open("wb") as out:
                lines.readline()
                shutil.copyfileobj(lines, out)
            with path.open("ab") as out:
                for _ in range(9):
                    with body.open("rb") as more:
                        shutil.copyfileobj(more, out)
        count *= 10
        for options in ((), ("--full",)):
            done = ours(path, *options)
            title = f"{count:,} rows {' '.join(options) or 'sampled'}"
            print(
                f"{title:40} {done.cpu:9.2f} cpu-s {done.cpu / count / len(COLUMNS) * 1e6:9.2f} us/cell {done.peak:6,} MB"
            )
