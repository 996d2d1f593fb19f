"""One batch of the proof: the same databases in every source, the same rules on all of them, and the reference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from auditor.crm.binding import bind
from auditor.errors import KnowledgeError
from auditor.language import Context, last_instant
from auditor.model import Counts, Inventory, Rule, RuleType, Severity
from auditor.policy import Policy
from auditor.relations import load_relations
from auditor.rules import scan
from auditor.rules.compiled import compile_rule
from auditor.rules.scan import Judged
from auditor.sources import open_source
from auditor.stage import open_stage
from tests.language.oracle import BeyondError, Here
from tests.language.world import AS_OF, Entry, Facts, Row, Table
from tests.sameness import crm
from tests.sameness.carriers import FILES, Databases, write_all
from tests.sameness.permissions import permissions
from tests.sameness.sentences import REGIMES, Sentence, sentence
from tests.servers import Server

PROFILE = Path(__file__).parent / "sameness.yaml"
PARAMS = {
    "limit": "1", "period": "1 month", "grace": "2 business days", "day": "2024-03-30", "place": "DE",
    "channel": "email",
}  # fmt: skip
MAX_TEXT = 1500
"""Longer expressions add time and nothing else."""
EACH = 5
"""Of every so many rules the violating records are named too, not only counted."""
TOGETHER = 10
"""Rules that share one scan, with its joins."""
FACTS = Facts(
    regimes=dict.fromkeys(REGIMES),
    unknown_bases={"FR": frozenset({"legitimate_interests"}), "CA": frozenset({"legitimate_interests", "contract"})},
    tables={
        **Facts().tables,
        "office": Table("1 month", {"US": "2 'US' business days", "DE": "3 'DE' business days", "GB": "13 days"}),
        "nobody": Table("", {"FR": "13 hours", "US": "1 'US' business day"}),
    },
    lists={
        **Facts().lists,
        "second": (
            Entry("FR", date(2023, 12, 31), date(2024, 3, 30)), Entry("CA", date(2024, 3, 31), None, True),
            Entry("US", date(2000, 1, 1), date(2024, 2, 29), True), Entry("US", date(2024, 4, 1)),
        )
    },
)  # fmt: skip
REFUSED = "Two records' days cannot be counted together"
"""What the language says of a calendar's days counted from a time that rests on two records."""
VERDICTS = ("violation", "pass", "scope", "unknown")


@dataclass
class Tally:
    """What was compared, and where it differed."""

    databases: int = 0
    expressions: int = 0
    verdicts: int = 0
    """Records judged: rules times records times sources."""
    by_verdict: dict[str, int] = field(default_factory=lambda: dict.fromkeys(VERDICTS, 0))
    beyond: int = 0
    """Pairs of database and rule without a reference, because Python's calendar ends."""
    differences: list[str] = field(default_factory=list)
    pairs: list[tuple[crm.Database, Judged]] = field(default_factory=list)
    """The database and the rule of each difference between verdicts."""


@contextmanager
def held(servers: Sequence[Server], count: int) -> Iterator[list[Databases]]:
    """Databases for a batch in every server."""
    with ExitStack() as stack:
        made = []
        for server in servers:
            one = Databases(server, count)
            stack.callback(one.close)
            made.append(one)
        yield made


def batch(seed: int, databases: int, rules: int, servers: Sequence[Databases], tally: Tally) -> None:
    """Draws databases and rules by a seed and compares every answer."""
    random = Random(seed)
    rows = [crm.database(random, n) for n in range(databases)]
    judge(rows, list(compiled(sentence(random) for _ in range(rules))), servers, tally)


def judge(
    rows: Sequence[crm.Database],
    judged: Sequence[Judged],
    servers: Sequence[Databases],
    tally: Tally,
    files: Iterable[str] = FILES,
) -> None:
    """Puts databases into every kind of source, judges them by rules, and compares every answer.

    Rules are judged together, as an audit does, and one of each few also alone, and by name.
    """
    with TemporaryDirectory(prefix="sameness-") as folder, ExitStack() as stack:
        places = write_all(rows, Path(folder), servers, files)
        specs = [f"{kind}{n}={spec}" for kind, urls in places.items() for n, spec in enumerate(urls)]
        sources = [stack.enter_context(open_source(spec)) for spec in specs]
        stage = stack.enter_context(open_stage(memory_mb=1024))
        needs = {name: frozenset(fields) for name, fields in crm.FIELDS.items()}
        binding = bind(
            sources, Inventory(()), stage, policy=Policy(), as_of=AS_OF, key=b"k" * 32, needs=needs,
            profile=str(PROFILE),
        )  # fmt: skip
        tally.differences += [f"not read: {failure.what}: {failure.why}" for failure in binding.failures]
        known = load_relations()
        context = Context(last_instant(AS_OF), known, FACTS)
        unique = scan.unique_relations(stage.connection, list(crm.FIELDS), context)
        exact = scan.exact_times(stage.connection, list(crm.FIELDS), context)
        context = Context(context.as_of, known, FACTS, unique=unique, exact=exact)
        answers: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
        named: set[str] = set()
        together_by: dict[tuple[str, str], Counts] = {}
        for root in dict.fromkeys(rule.rule.relation for rule in judged):
            own = [rule for rule in judged if rule.rule.relation == root]
            for start in range(0, len(own), TOGETHER):
                counted = scan.count(stage.connection, own[start : start + TOGETHER], context)
                for (name, source), counts in counted.items():
                    answers[name, source]["counts"] = counts
                together_by |= counted
            named |= {rule.rule.id for rule in own[::EACH]}
            for rule in own[::EACH]:
                alone = scan.count(stage.connection, [rule], context)
                together = {key: counts for key, counts in together_by.items() if key[0] == rule.rule.id}
                if alone != together:
                    tally.differences.append(f"alone and together: {rule.rule.violation}\n  {alone}\n  {together}")
                statement = scan.keys_statement(rule, context)
                for source, key in stage.connection.execute(statement):
                    answers[rule.rule.id, source].setdefault("keys", []).append(key)
    tally.databases += len(rows)
    tally.expressions += len(judged)
    for n, database in enumerate(rows):
        labels = [f"{kind}{n}" for kind in places]
        world = world_of(database, labels)
        for rule in judged:
            _compare(rule, database, world, labels, answers, rule.rule.id in named, tally)


def compiled(written: Iterable[Sentence]) -> Iterator[Judged]:
    """The rules that sentences stand for. An expression that the language refuses is a fault of ours, but for one."""
    for number, said in enumerate(written):
        if len(said.when) + len(said.violation) > MAX_TEXT:
            continue
        rule = Rule(
            id=f"rule-{number}", pack="test", area="consent", version="2026.11", type=RuleType.AUTOMATIC, title="t",
            relation=said.root, violation=said.violation, severity=Severity.LOW, when=said.when,
            including_deleted=said.including_deleted, params=PARAMS,
        )  # fmt: skip
        try:
            yield Judged(compile_rule(rule, load_relations(), facts=FACTS), PARAMS)
        except KnowledgeError as error:
            if REFUSED in error.what:
                continue
            raise AssertionError(f"{error}\n{said}") from None


def world_of(database: crm.Database, sources: Sequence[str]) -> dict[str, list[Row]]:
    """The rows of one database, once for each source that holds it: `same person` reaches across sources."""
    found: dict[str, list[Row]] = defaultdict(list)
    for source in sources:
        for name, rows in crm.meaning(database, source).items():
            found[name] += rows
    found["permission"] = permissions(found, datetime.combine(AS_OF, datetime.max.time()))
    return found


def _compare(
    rule: Judged,
    database: crm.Database,
    world: Mapping[str, Sequence[Row]],
    labels: Sequence[str],
    answers: Mapping[tuple[str, str], Mapping[str, Any]],
    named: bool,
    tally: Tally,
) -> None:
    try:
        expected = expect(rule, world, labels[0])
    except BeyondError:
        expected = None
        tally.beyond += 1
    found = {label: _found(answers.get((rule.rule.id, label), {})) for label in labels}
    right = expected if expected is not None else found[labels[0]]
    if not named:
        right = {**right, "keys": []}
    for label, got in found.items():
        if got != right:
            text = f"{rule.rule.relation} when [{rule.rule.when}] violation [{rule.rule.violation}]"
            tally.differences.append(f"{label}: {text}\n  got {got}\n  not {right}")
            tally.pairs.append((database, rule))
        tally.verdicts += sum(got[name] for name in VERDICTS)
    for name in VERDICTS:
        tally.by_verdict[name] += right[name]


def _found(answer: Mapping[str, Any]) -> dict[str, Any]:
    counts = answer.get("counts")
    if counts is None:
        return {**dict.fromkeys(VERDICTS, 0), "keys": []}
    return {
        "violation": counts.violations, "pass": counts.passes, "scope": counts.scope_undetermined,
        "unknown": counts.undetermined - counts.scope_undetermined, "keys": sorted(answer.get("keys", [])),
    }  # fmt: skip


def expect(rule: Judged, world: Mapping[str, Sequence[Row]], source: str) -> dict[str, Any]:
    """What the reference says of the rows of one source."""
    found: dict[str, Any] = {**dict.fromkeys(VERDICTS, 0), "keys": []}
    for row in world.get(rule.rule.relation, ()):
        here = Here(world, load_relations(), rule.rule.relation, row, None, PARAMS, FACTS)
        if row.source != source or (row.deleted and not rule.rule.including_deleted) or here.after():
            continue
        scope = True if rule.compiled.when is None else here.answer(rule.compiled.when)
        violated = here.answer(rule.compiled.violation)
        if scope is False:
            continue
        verdict = "scope" if scope is None else {True: "violation", False: "pass", None: "unknown"}[violated]
        found[verdict] += 1
        if verdict == "violation":
            found["keys"].append(row.key)
    found["keys"].sort()
    return found
