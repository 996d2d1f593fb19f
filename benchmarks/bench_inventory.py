"""The inventory against its peers: time, memory and what is found. Every figure of docs/inventory.md comes from here.

    python benchmarks/bench_inventory.py [--rows 100000] [--table CSV] [--big ROWS] [--texts FOLDER] [--peers FOLDER]

The folder of peers holds a virtual environment for each: `structured` with presidio-structured, `dataprofiler` with
DataProfiler; what is not there is said. The folder of texts holds labelled sets as JSON lines {id, text, spans: [[start,
end, entity]]}. CSV is another table with the same columns. Results are compared with what is known before any run is
timed.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.inventory.against_peers import tables
from benchmarks.inventory.prose import prose


def main() -> None:
    """Run what was asked for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--table", type=Path, help="a CSV with the columns of ours")
    options.add_argument("--big", type=int, default=0, metavar="ROWS", help="also tenfold, up to so many rows")
    options.add_argument("--texts", type=Path, default=ROOT.parent / "shared" / "bench" / "text")
    options.add_argument("--peers", default=os.environ.get("PEERS", ""))
    options.add_argument("--only", choices=("tables", "prose"))
    given = options.parse_args()
    if given.only != "prose":
        tables(given.rows, given.table, given.peers, given.big)
    if given.only != "tables":
        prose(given.texts)


if __name__ == "__main__":
    main()
