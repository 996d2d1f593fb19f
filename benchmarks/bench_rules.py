"""How fast an audit reads and judges: staging against the plainest read, rules against hand-written queries, the whole.

Every part runs in a process of its own, so that its CPU seconds and its memory are its own. Answers are compared
before anything is timed. `--subjects` gives the size: N people, 3N messages, N consent events.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent)]

import pyarrow.parquet as pq
import sqlalchemy as sa
from rules.generate import FORMATS, generate

from auditor.audit import Options, run
from auditor.crm.binding import bind
from auditor.crm.planning import plan, presence, used
from auditor.crm.profiles import load_profile
from auditor.crm.resolving import find_tables
from auditor.crm.staging import stage_tables
from auditor.findings.pictures import with_pictures
from auditor.jurisdictions import load_jurisdictions
from auditor.language import Context, last_instant, parse
from auditor.model import Inventory
from auditor.policy import Policy
from auditor.relations import load_relations
from auditor.rules import scan
from auditor.rules.compiled import CompiledRule, compile_rule, needs
from auditor.rules.loading import load_packs, load_rules_or_raise
from auditor.settle import Settler
from auditor.sources import open_source
from auditor.stage import Stage, open_stage

PROFILE = Path(__file__).parent / "rules" / "bench.yaml"
AS_OF, KEY = date(2026, 10, 31), b"a key for the benchmark"
_CSV_CELL = 16 << 20

_YEARS = tuple(range(1, 11))
_COUNTRIES = ("DE", "FR", "IT", "ES", "US", "GB", "BR", "CA")
SCALARS = (
    *((f"created_at older than {n} years", f"created_at < {{cutoff{n}}}") for n in _YEARS),
    *((f"last_activity_at older than {n} years", f"last_activity_at < {{cutoff{n}}}") for n in _YEARS),
    *((f"country = '{c}'", f"country = '{c}'") for c in _COUNTRIES),
    *((f"email is missing and country = '{c}'", f"NOT email__given AND country = '{c}'") for c in _COUNTRIES),
    *((f"kind = 'lead' and created_at older than {n} years", f"kind = 'lead' AND created_at < {{cutoff{n}}}")
      for n in _YEARS),
    ("phone is missing", "NOT phone__given"),
    ("deceased and named", "deceased AND named"),
    ("lawful_basis has 'consent'", "list_contains(lawful_basis, 'consent')"),
    ("preferred_channels has 'email'", "list_contains(preferred_channels, 'email')"),
)  # fmt: skip
"""Fifty conditions as a rule says them, and as somebody who knows the stage would write them."""
QUANTIFIED = (
    (
        "message",
        "any permission (same subject_id, channel, purpose) at sent_at where (status in ('withdrawn'))",
        """
SELECT count(*) FILTER (WHERE found = 2), count(*) FILTER (WHERE found = 0), count(*) FILTER (WHERE found = 1)
FROM (SELECT CASE WHEN m.subject_id IS NULL OR m.channel IS NULL OR m.purpose IS NULL THEN 1
             ELSE coalesce(p.found, 0) END AS found
      FROM rel.message m LEFT JOIN (
          SELECT m.row_id, max(CASE
              WHEN p.status <> 'withdrawn' OR m.sent_at__end < p.starts_at OR m.sent_at >= p.ends_at__end THEN 0
              WHEN p.status = 'withdrawn' AND m.sent_at >= p.starts_at__end
                  AND (NOT p.ends_at__given OR m.sent_at__end < p.ends_at) THEN 2 ELSE 1 END) AS found
          FROM rel.message m JOIN rel.permission p
              USING (source, subject_id, channel, purpose) GROUP BY m.row_id) p USING (row_id)
      WHERE NOT m.deleted AND coalesce(m.sent_at <= getvariable('as_of'), true)) answers
""",
    ),
    (
        "subject",
        "no consent (same subject_id) where (status = 'granted')",
        """
SELECT count(*) FILTER (WHERE found = 0), count(*) FILTER (WHERE found = 2), count(*) FILTER (WHERE found = 1)
FROM (SELECT coalesce(c.found, 0) AS found
      FROM rel.subject s LEFT JOIN (
          SELECT source, subject_id, max(coalesce(2 * (status = 'granted')::INT, 1)) AS found
          FROM rel.consent WHERE NOT deleted GROUP BY ALL) c ON c.source = s.source AND c.subject_id = s.key
      WHERE NOT s.deleted) answers
""",
    ),
)
"""Rules over another relation, and the best three-valued query known for each."""


def cpu() -> float:
    """CPU seconds of this process so far."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """CPU seconds, wall seconds, and what came of it."""
    began, wall = cpu(), time.perf_counter()
    result = work()
    return cpu() - began, time.perf_counter() - wall, result


# --- staging -------------------------------------------------------------------------------------------------


@contextmanager
def staged(place: Path, stage: Stage) -> Iterator[tuple[Callable[[], int], list[tuple[Path, list[str]]]]]:
    """What stages a source, and the columns of each table that it reads."""
    profile, relations = load_profile(PROFILE), load_relations()
    wanted = with_pictures(needs(load_rules_or_raise(())))
    with open_source(str(place)) as source:
        found = find_tables(profile, source.info, lambda *_: ())
        there = presence(profile, found)
        blocks = [b for b in profile.blocks if b.relation in wanted]
        columns = used(plan(b, profile, there, relations[b.relation], wanted[b.relation]) for b in blocks)
        settler = Settler(KEY, load_jurisdictions())

        def work() -> int:
            names = stage_tables(source, found, columns, stage, settler, "").tables
            count = (stage.connection.execute(sa.select(sa.func.count()).select_from(t)) for t in names.values())
            return sum(int(rows.scalar_one()) for rows in count)

        yield work, [(place, [name, *(found[name].columns[c][0] for c in sorted(columns[name]))]) for name in columns]


def plainly(kind: str, tables: list[tuple[Path, list[str]]]) -> int:
    """The plainest read of the same columns by the same driver: every row is touched, nothing is made of it."""
    rows = 0
    for place, (table, *columns) in tables:
        if kind == "sqlite":
            with sqlite3.connect(place) as base:
                listed = ", ".join(f'"{name}"' for name in columns)
                cursor = base.execute(f'SELECT {listed} FROM "{table}"')
                while part := cursor.fetchmany(2_000):
                    rows += len(part)
        elif kind == "csv":
            csv.field_size_limit(_CSV_CELL)
            with (place / f"{table}.csv").open(newline="") as file:
                rows += sum(1 for _ in csv.reader(file)) - 1
        else:
            parts = pq.ParquetFile(place / f"{table}.parquet").iter_batches(50_000, columns=columns)
            rows += sum(part.num_rows for part in parts)
    return rows


def staging(kind: str, place: Path) -> dict[str, Any]:
    """Staging one source, the plain read of it, and what hashing alone would cost."""
    with open_stage() as stage, staged(place, stage) as (work, tables):
        load_rules_or_raise(())
        plain, _, expected = timed(lambda: plainly(kind, tables))
        own, wall, rows = timed(work)
        settler = Settler(KEY, load_jurisdictions())
        people = rows // 5
        hashing, _, _ = timed(lambda: [settler.digest(f"{n}@example.com", "email") for n in range(people * 3 // 2)])
        files = [] if stage.folder is None else [file for file in stage.folder.rglob("*") if file.is_file()]
        stage_bytes = sum(file.stat().st_size for file in files)
    if rows != expected:
        raise SystemExit(f"{kind}: {rows:,} rows were staged of {expected:,}")
    return {"rows": rows, "cpu": own, "wall": wall, "plain": plain, "hashing": hashing, "stage": stage_bytes}


# --- rules ---------------------------------------------------------------------------------------------------


def judging(place: Path) -> dict[str, Any]:
    """The fifty scalar rules in one scan, and each quantified rule, against hand-written queries."""
    model = load_rules_or_raise(())[0].rule
    policy = Policy(profiles={place.stem: str(PROFILE)})

    def rule(number: int, relation: str, text: str) -> scan.Judged:
        written = replace(model, id=f"bench-{number}", relation=relation, when="", violation=text, params={})
        return scan.Judged(compile_rule(written, relations, violation=parse(text, where=("bench", 1, 1))), {})

    relations = load_relations()
    scalars = [rule(n, "subject", text) for n, (text, _) in enumerate(SCALARS)]
    wanted: list[CompiledRule] = [judged.compiled for judged in scalars]
    wanted += [rule(n, relation, text).compiled for n, (relation, text, _) in enumerate(QUANTIFIED)]
    context = Context(last_instant(AS_OF), relations, load_jurisdictions())
    found: list[tuple[str, float, float]] = []
    with open_stage() as stage, open_source(str(place)) as source:
        bind([source], Inventory(()), stage, policy=policy, as_of=AS_OF, key=KEY, needs=needs(wanted))
        names = scan.unique_relations(stage.connection, ["subject", "consent"], relations)
        context = replace(context, unique=names)
        raw = stage._raw
        raw.execute("SET VARIABLE as_of = $at", {"at": context.as_of})
        cutoffs = {f"cutoff{n}": f"TIMESTAMP '{context.as_of.replace(year=AS_OF.year - n)}'" for n in _YEARS}
        conditions = [by_hand.format(**cutoffs) for _, by_hand in SCALARS]
        counted = ", ".join(f"count(*) FILTER (WHERE {c}), count(*) FILTER (WHERE NOT ({c}))" for c in conditions)
        hand = f"SELECT count(*), {counted} FROM rel.subject WHERE NOT deleted"
        population, *pairs = raw.execute(hand).fetchall()[0]
        counts = scan.count(stage.connection, scalars, context)
        for n in range(len(SCALARS)):
            ours = counts[f"bench-{n}", source.info.name]
            if (ours.violations, ours.passes) != (pairs[2 * n], pairs[2 * n + 1]) or ours.population != population:
                raise SystemExit(f"not the same: {SCALARS[n][0]}")
        found.append(_faster("50 scalar rules", lambda: scan.count(stage.connection, scalars, context),
                             lambda: raw.execute(hand).fetchall()))  # fmt: skip
        for n, (relation, text, query) in enumerate(QUANTIFIED):
            judged = [rule(n, relation, text)]
            ours = scan.count(stage.connection, judged, context)[f"bench-{n}", source.info.name]
            hand_counts = tuple(raw.execute(query).fetchall()[0])
            if (ours.violations, ours.passes, ours.undetermined) != hand_counts:
                raise SystemExit(f"not the same: {text}: {ours} and {hand_counts}")
            found.append(_faster(text[:60], partial(scan.count, stage.connection, judged, context),
                                 partial(_rows, raw, query)))  # fmt: skip
    return {"rules": found}


def _rows(raw: Any, query: str) -> Any:
    return raw.execute(query).fetchall()


def _faster(name: str, ours: Callable[[], Any], hand: Callable[[], Any]) -> tuple[str, float, float]:
    """The better of three runs each, by turns, so that what else the machine does falls on both."""
    times = [(timed(ours)[0], timed(hand)[0]) for _ in range(3)]
    return name, min(own for own, _ in times), min(other for _, other in times)


# --- the whole -----------------------------------------------------------------------------------------------


def whole(place: Path) -> dict[str, Any]:
    """One audit with all rules there are, by its steps."""
    rules = load_rules_or_raise(())
    steps: list[tuple[str, float]] = []
    policy = Policy(profiles={place.stem: str(PROFILE)})

    def progress(sentence: str) -> None:
        steps.append((sentence.partition(":")[0], cpu()))

    own, wall, result = timed(
        lambda: run([str(place)], rules, load_packs(()), policy, Options(as_of=AS_OF, key=KEY), progress)
    )
    starts = {phase: next((at for said, at in steps if said.startswith(phase)), 0.0) for phase in _PHASES}
    ends = [*list(starts.values())[1:], cpu()]
    phases = {name: end - start for (name, start), end in zip(starts.items(), ends, strict=True)}
    return {"cpu": own, "wall": wall, "people": result.binding.people, "rules": len(rules), "phases": phases}


_PHASES = ("Sampling", "Reading", "Deriving", "Judging")


def _part(name: str, place: Path, kind: str) -> dict[str, Any]:
    words = [sys.executable, __file__, "--part", name, "--place", str(place), "--kind", kind]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name} of {kind} failed: {done.stderr.strip()[-500:]}")
    return dict(json.loads(done.stdout))


def _report(places: dict[str, Path]) -> dict[str, Any]:
    for kind, place in places.items():
        r = _part("staging", place, kind)
        ratio, without = r["cpu"] / r["plain"], (r["cpu"] - r["hashing"]) / r["plain"]
        print(f"staging {kind:8} {r['rows']:>10,} rows {r['rows'] / r['wall']:>9,.0f} rows/s; {r['cpu']:.1f} s CPU, plain "
              f"read {r['plain']:.1f} s: {ratio:.1f}x ({without:.1f}x without {r['hashing']:.1f} s of hashing); "
              f"stage {r['stage'] / 1e6:.0f} MB, memory {r['rss']:.0f} MB", flush=True)  # fmt: skip
    first = places[next(iter(places))]
    for name, own, hand in _part("judging", first, "")["rules"]:
        print(f"judging {name}: {own:.2f} s CPU, by hand {hand:.2f} s: {own / hand:.2f}x", flush=True)
    r = _part("whole", first, "")
    steps = ", ".join(f"{name.lower()} {seconds:.1f}" for name, seconds in r["phases"].items())
    print(f"whole audit, {r['rules']} rules, {r['people']:,} people: {r['wall']:.1f} s, {r['cpu']:.1f} s CPU ({steps}), "
          f"memory {r['rss']:.0f} MB", flush=True)  # fmt: skip
    return r


def main() -> None:
    """Prints one line per measurement."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--subjects", type=int, default=50_000)
    asked.add_argument("--tenfold", action="store_true", help="the whole audit again with ten times the rows")
    asked.add_argument("--folder", type=Path, help="where the made-up CRM lies or is put; kept")
    asked.add_argument("--part", choices=("staging", "judging", "whole"), help=argparse.SUPPRESS)
    asked.add_argument("--place", type=Path, help=argparse.SUPPRESS)
    asked.add_argument("--kind", default="", help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.part:
        parts = {"judging": judging, "whole": whole}
        result = (
            staging(options.kind, options.place) if options.part == "staging" else parts[options.part](options.place)
        )
        print(json.dumps({**result, "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        one = _report(generate(folder / "one", options.subjects, formats=FORMATS))
        if options.tenfold:
            ten = _part("whole", generate(folder / "ten", options.subjects * 10, formats=("sqlite",))["sqlite"], "")
            print(f"ten times the rows: {ten['wall']:.1f} s, {ten['cpu']:.1f} s CPU ({ten['cpu'] / one['cpu']:.1f}x), "
                  f"memory {ten['rss']:.0f} MB ({ten['rss'] / one['rss']:.2f}x)")  # fmt: skip


if __name__ == "__main__":
    main()
