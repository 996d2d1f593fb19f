"""How far the proof of sameness reaches: random databases in six kinds of source, random rules, one reference.

    python -m benchmarks.sameness --minutes 30

Every database is written into a SQLite file, PostgreSQL, MariaDB, CSV, JSON and Parquet, read through the same profile
(`tests/sameness/sameness.yaml`), and judged by the same random rules; the violations, passes and undetermined of every
source are compared with each other and with a plain-Python evaluator. Servers that are not installed are left out, and
the output says so. Exits 1 at the first batch that differs, prints what differs and
the smallest rows and rule that do.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from auditor.rules.scan import Judged
from tests import servers
from tests.sameness.carriers import FILES
from tests.sameness.crm import Database
from tests.sameness.proof import Tally, batch, held, judge
from tests.sameness.shrinking import smallest
from tests.servers import Server


def main() -> int:
    """Runs batches until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5.0, help="begin no batch after so many minutes")
    parser.add_argument("--databases", type=int, default=8, help="databases of a batch")
    parser.add_argument("--rules", type=int, default=150, help="rules of a batch, each judged on all of its databases")
    parser.add_argument("--seed", type=int, default=1, help="seed of the first batch; each further one has the next")
    chosen = parser.parse_args()
    tally, seed = Tally(), chosen.seed
    with ExitStack() as stack:
        running = list(_running(stack))
        filled = stack.enter_context(held(running, chosen.databases))
        began = said = time.monotonic()
        while not tally.differences and time.monotonic() - began < 60 * chosen.minutes:
            batch(seed, chosen.databases, chosen.rules, filled, tally)
            seed += 1
            if time.monotonic() - said > 60:
                print(_summary(tally, running), flush=True)
                said = time.monotonic()
    print(_summary(tally, running))
    print(f"seeds {chosen.seed} to {seed - 1}, {time.process_time():.0f} s of CPU time here, without the servers'")
    for difference in tally.differences[:20]:
        print(difference)
    if tally.pairs:
        print("the smallest like the first of them, by files:", *_smallest(*tally.pairs[0]), sep="\n  ")
    return 1 if tally.differences else 0


def _running(stack: ExitStack) -> list[Server]:
    found = []
    for name, start in (("PostgreSQL", servers.postgresql), ("MariaDB", servers.mariadb)):
        try:
            found.append(stack.enter_context(start()))
        except pytest.skip.Exception as absent:
            print(f"without {name}: {absent}")
    return found


def _smallest(database: Database, rule: Judged) -> Iterator[str]:
    def differs(fewer: Database, shorter: Judged) -> bool:
        again = Tally()
        judge([fewer], [shorter], [], again)
        return bool(again.differences)

    if not differs(database, rule):
        yield "none: only a server differs"
        return
    database, rule = smallest(database, rule, differs)
    yield f"{rule.rule.relation} when {rule.compiled.when} violation {rule.compiled.violation}"
    for table, rows in database.items():
        yield from (f"{table} { ({k: c.raw for k, c in row.items() if c.raw is not None}) }" for row in rows)


def _summary(tally: Tally, running: list[Server]) -> str:
    kinds = len(FILES) + len(running)
    verdicts = ", ".join(f"{count:,} {name}" for name, count in tally.by_verdict.items())
    return (
        f"{tally.databases:,} databases in {kinds} kinds of source each, {tally.expressions:,} rules: "
        f"{tally.verdicts:,} verdicts compared, {len(tally.differences)} differences; per source {verdicts}; "
        f"{tally.beyond:,} pairs without a reference answer (a time after the year 9999), compared between sources"
    )


if __name__ == "__main__":
    raise SystemExit(main())
