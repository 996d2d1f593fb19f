"""How fast an audit reads and judges: staging against the plainest read, rules against hand-written queries, the whole.

Every part runs in a process of its own, so that its CPU seconds and its memory are its own. Answers are compared
before anything is timed. `--subjects` gives the size: N people, 3N messages, N consent events.
"""

from __future__ import annotations

import argparse
import json
import resource
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

import sqlalchemy as sa
from rules.generate import FORMATS, generate
from rules.places import plainly, servers
from rules.shapes import SCALARS, SHAPES, YEARS

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
from auditor.rules.compiled import compile_rule, needs
from auditor.rules.loading import load_packs, load_rules_or_raise
from auditor.settle import Settler
from auditor.sources import open_source
from auditor.stage import Stage, open_stage

PROFILE = Path(__file__).parent / "rules" / "bench.yaml"
AS_OF, KEY = date(2026, 10, 31), b"a key for the benchmark"
LASTING = "with a lasting key"


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
def staged(place: str, stage: Stage) -> Iterator[tuple[Callable[[], int], list[tuple[str, list[str]]]]]:
    """What stages a source, and the columns of each table that it reads."""
    profile, relations = load_profile(PROFILE), load_relations()
    wanted = with_pictures(needs(load_rules_or_raise(())))
    with open_source(place) as source:
        found = find_tables(profile, source.info, lambda *_: ())
        there = presence(profile, found)
        blocks = [b for b in profile.blocks if b.relation in wanted]
        columns = used(plan(b, profile, there, relations[b.relation], wanted[b.relation]) for b in blocks)
        settler = Settler(KEY, load_jurisdictions())

        def work() -> int:
            names = stage_tables(source, found, columns, stage, settler, "").tables
            count = (stage.connection.execute(sa.select(sa.func.count()).select_from(t)) for t in names.values())
            return sum(int(rows.scalar_one()) for rows in count)

        yield work, [(name, [found[name].columns[c][0] for c in sorted(columns[name])]) for name in columns]


def staging(kind: str, place: str) -> dict[str, Any]:
    """Staging one source, the plain read of it, and what hashing alone would cost."""
    with open_stage() as stage, staged(place, stage) as (work, tables):
        load_rules_or_raise(())
        plain, _, expected = timed(lambda: plainly(kind, place, tables))
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


def judging(place: str) -> dict[str, Any]:
    """The fifty scalar rules in one scan, and each quantified rule, against hand-written queries."""
    model = load_rules_or_raise(())[0].rule
    relations = load_relations()

    def rule(number: int, relation: str, text: str, when: str = "") -> scan.Judged:
        written = replace(model, id=f"bench-{number}", relation=relation, when=when, violation=text, params={})
        return scan.Judged(compile_rule(written, relations, violation=parse(text, where=("bench", 1, 1))), {})

    scalars = [rule(n, "subject", text) for n, (text, _) in enumerate(SCALARS)]
    quantified = [[rule(n, shape.relation, shape.violation, shape.when)] for n, shape in enumerate(SHAPES)]
    context = Context(last_instant(AS_OF), relations, load_jurisdictions())
    found: list[tuple[str, float, float]] = []
    with open_stage() as stage, open_source(place) as source:
        policy = Policy(profiles={source.info.name: str(PROFILE)})
        wanted = needs(judged.compiled for judged in (*scalars, *(one for (one,) in quantified)))
        bind([source], Inventory(()), stage, policy=policy, as_of=AS_OF, key=KEY, needs=wanted)
        names = scan.unique_relations(stage.connection, ["subject", "consent"], context)
        times = scan.exact_times(stage.connection, sorted(relations.relations), context)
        context = replace(context, unique=names, exact=times)
        raw = stage._raw
        raw.execute("SET VARIABLE as_of = $at", {"at": context.as_of})
        cutoffs = {f"cutoff{n}": f"TIMESTAMP '{context.as_of.replace(year=AS_OF.year - n)}'" for n in YEARS}
        conditions = [by_hand.format(**cutoffs) for _, by_hand in SCALARS]
        # Of the ways to count tried, this is the fastest: count(*) FILTER costs five times as much.
        counted = ", ".join(f"count_if({c}), count({c})" for c in conditions)
        hand = f"SELECT count(*), {counted} FROM rel.subject WHERE NOT deleted"
        population, *pairs = raw.execute(hand).fetchall()[0]
        counts = scan.count(stage.connection, scalars, context)
        for n in range(len(SCALARS)):
            ours = counts[f"bench-{n}", source.info.name]
            true, known = pairs[2 * n : 2 * n + 2]
            if (ours.violations, ours.passes, ours.population) != (true, known - true, population):
                raise SystemExit(f"not the same: {SCALARS[n][0]}")
        found.append(_faster("50 scalar rules", partial(scan.count, stage.connection, scalars, context),
                             partial(_rows, raw, hand)))  # fmt: skip
        for shape, judged in zip(SHAPES, quantified, strict=True):
            ours = scan.count(stage.connection, judged, context)[judged[0].rule.id, source.info.name]
            hand_counts = _rows(raw, shape.by_hand)[0]
            if (ours.violations, ours.passes, ours.undetermined) != hand_counts:
                raise SystemExit(f"not the same: {shape.name}: {ours} and {hand_counts}")
            found.append(_faster(f"{shape.relation}: {shape.name}", partial(scan.count, stage.connection, judged, context),
                                 partial(_rows, raw, shape.by_hand)))  # fmt: skip
    return {"rules": found}


def _rows(raw: Any, query: str) -> Any:
    return raw.execute(query).fetchall()


def _faster(name: str, ours: Callable[[], Any], hand: Callable[[], Any]) -> tuple[str, float, float]:
    """The better of three runs each, by turns, so that what else the machine does falls on both."""
    times = [(timed(ours)[0], timed(hand)[0]) for _ in range(3)]
    return name, min(own for own, _ in times), min(other for _, other in times)


# --- the whole -----------------------------------------------------------------------------------------------


def whole(place: str, *, lasting: bool = False) -> dict[str, Any]:
    """One audit with all rules there are, by its steps; as with a lasting key, under which records can be compared."""
    rules = load_rules_or_raise(())
    steps: list[tuple[str, float]] = []
    policy = Policy(profiles={Path(place).stem: str(PROFILE)})

    def progress(sentence: str) -> None:
        steps.append((sentence.partition(":")[0], cpu()))

    own, wall, result = timed(
        lambda: run(
            [place], rules, load_packs(()), policy, Options(as_of=AS_OF, key=KEY, lasting_key=lasting), progress
        )
    )
    starts = {phase: next((at for said, at in steps if said.startswith(phase)), 0.0) for phase in _PHASES}
    ends = [*list(starts.values())[1:], cpu()]
    phases = {name: end - start for (name, start), end in zip(starts.items(), ends, strict=True)}
    return {"cpu": own, "wall": wall, "people": result.binding.people, "rules": len(rules), "phases": phases}


_PHASES = ("Sampling", "Reading", "Deriving", "Judging")


def _part(name: str, place: str, kind: str = "") -> dict[str, Any]:
    words = [sys.executable, __file__, "--part", name, "--place", place, "--kind", kind]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name} of {kind or place} failed: {done.stderr.strip()[-500:]}")
    return dict(json.loads(done.stdout))


def _staging(places: dict[str, str]) -> None:
    for kind, place in places.items():
        r = _part("staging", place, kind)
        ratio, without = r["cpu"] / r["plain"], (r["cpu"] - r["hashing"]) / r["plain"]
        print(f"staging {kind:10} {r['rows']:>10,} rows {r['rows'] / r['wall']:>9,.0f} rows/s; {r['cpu']:.1f} s CPU, plain "
              f"read {r['plain']:.1f} s: {ratio:.1f}x ({without:.1f}x without {r['hashing']:.1f} s of hashing); "
              f"stage {r['stage'] / 1e6:.0f} MB, memory {r['rss']:.0f} MB", flush=True)  # fmt: skip


def _judging(place: str) -> None:
    for name, own, hand in _part("judging", place)["rules"]:
        print(f"judging {name}: {own:.2f} s CPU, by hand {hand:.2f} s: {own / hand:.2f}x", flush=True)


def _whole(place: str, before: dict[str, Any] | None = None, kind: str = "") -> dict[str, Any]:
    r = _part("whole", place, kind)
    steps = ", ".join(f"{name.lower()} {seconds:.1f}" for name, seconds in r["phases"].items())
    print(f"whole audit{kind and ', ' + kind}, {r['rules']} rules, {r['people']:,} people: {r['wall']:.1f} s, {r['cpu']:.1f} s CPU ({steps}), "
          f"memory {r['rss']:.0f} MB", flush=True)  # fmt: skip
    if before is not None:
        print(f"  against a tenth of the rows: {r['wall'] / before['wall']:.1f}x the time, "
              f"{r['cpu'] / before['cpu']:.1f}x the CPU, {r['rss'] / before['rss']:.2f}x the memory")  # fmt: skip
    return r


def main() -> None:
    """Prints one line per measurement."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--subjects", type=int, default=50_000)
    asked.add_argument("--tenfold", action="store_true", help="the whole audit again with ten times the rows")
    asked.add_argument("--folder", type=Path, help="where the made-up CRM lies or is put; kept")
    asked.add_argument("--only", choices=("staging", "judging", "whole"), help="one part of it")
    asked.add_argument("--part", choices=("staging", "judging", "whole"), help=argparse.SUPPRESS)
    asked.add_argument("--place", default="", help=argparse.SUPPRESS)
    asked.add_argument("--kind", default="", help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.part:
        full = partial(whole, lasting=options.kind == LASTING)
        parts = {"staging": partial(staging, options.kind), "judging": judging, "whole": full}
        result = parts[options.part](options.place)
        print(json.dumps({**result, "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        files = generate(folder / "one", options.subjects, formats=FORMATS)
        places = {kind: str(path) for kind, path in files.items()}
        if options.only in (None, "staging"):
            with servers(files["parquet"], files["csv"]) as urls:
                _staging({**places, **urls})
        if options.only in (None, "judging"):
            _judging(places["sqlite"])
        if options.only in (None, "whole"):
            tenth = generate(folder / "tenth", max(1, options.subjects // 10), formats=("sqlite",))["sqlite"]
            one = _whole(places["sqlite"], _whole(str(tenth)))
            _whole(places["sqlite"], kind=LASTING)
            if options.tenfold:
                ten = generate(folder / "ten", options.subjects * 10, formats=("sqlite",))["sqlite"]
                _whole(str(ten), one)


if __name__ == "__main__":
    main()
