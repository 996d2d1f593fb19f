"""The proof that matters: random rules over random rows give the same answers in the stage and in plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from auditor.language import parse
from auditor.model import Rule, RuleType, Severity
from auditor.rules import scan
from auditor.rules.compiled import CompiledRule, compile_rule
from auditor.rules.scan import Judged
from tests.language import world as w
from tests.language.oracle import Here, both
from tests.language.world import UNREADABLE, Facts, Row, World, day, instant

# --- rows ----------------------------------------------------------------------------------------------------

TIMES = [
    day("2023-12-31"),
    day("2024-02-29"),
    day("2024-03-01"),
    day("2024-03-30"),
    day("2024-03-31"),
    day("2024-04-01"),
    instant("2024-02-29T10:00:00"),
    instant("2024-03-01T00:00:00"),
    instant("2024-03-31T10:00:00"),
    instant("2023-03-31T23:59:59.999999"),
    (datetime(2023, 1, 1), datetime(2024, 3, 31, 23, 59, 59, 999999)),
]
BIRTHS = [date(2024, 4, 2), date(2012, 3, 1), date(2010, 3, 31), date(2008, 2, 29), date(2008, 4, 1), date(1990, 1, 1)]


def maybe(known: st.SearchStrategy[Any], *, readable: bool = False) -> st.SearchStrategy[Any]:
    others = [st.none()] if readable else [st.none(), st.just(UNREADABLE)]
    return st.one_of(known, known, *others)


letters = st.sampled_from("abc")
times = maybe(st.sampled_from(TIMES))
countries = st.sampled_from(["DE", "FR", "GB", "US"])
owners = maybe(st.sampled_from(["p1", "p2", "p3"]), readable=True)
sources = st.sampled_from(["crm", "crm", "web"])
emails = maybe(st.sampled_from(["h1", "h2"]))
phones = maybe(st.tuples(st.sampled_from(["n1", "n2"]), countries))
numbers = maybe(st.sampled_from([0.0, 1.0, 2.5, 3.0]))


def rows(prefix: str, fields: dict[str, st.SearchStrategy[Any]], size: int) -> st.SearchStrategy[list[Row]]:
    row = st.builds(lambda f, d, s: (f, d, s), st.fixed_dictionaries(fields), st.booleans(), sources)
    return st.lists(row, max_size=size).map(
        lambda made: [Row(f"{prefix}{n}", f, d, s) for n, (f, d, s) in enumerate(made, start=1)]
    )


databases = st.fixed_dictionaries(
    {
        "thing": rows(
            "t",
            {
                "owner_id": owners,
                "flag": maybe(st.booleans()),
                "at_time": times,
                "until_time": times,
                "letter": maybe(letters),
                "other": maybe(letters),
                "letters": maybe(st.lists(letters, max_size=2, unique=True)),
                "size": numbers,
                "noted": st.booleans(),
                "country": maybe(countries),
                "region": maybe(st.sampled_from(["US-CA", "FR-75"])),
                "email": emails,
                "phone": phones,
                "born_on": maybe(st.sampled_from(BIRTHS)),
                "title": maybe(st.sampled_from(["old", "gold", "a_backup", "x\nold"]), readable=True),
            },
            6,
        ),
        "person": rows(
            "p",
            {
                "active": maybe(st.booleans()),
                "letter": maybe(letters),
                "size": numbers,
                "at_time": times,
            },
            3,
        ),
        "part": rows(
            "x",
            {
                "owner_id": owners,
                "letter": maybe(letters),
                "flag": maybe(st.booleans()),
                "size": numbers,
                "at_time": times,
                "starts_at": times,
                "ends_at": times,
            },
            8,
        ),
        "listed": rows("l", {"owner_id": owners, "email": emails, "phone": phones, "flag": maybe(st.booleans()),
                             "letter": maybe(letters)}, 4),
        "identity": rows("i", {"subject_id": owners, "email": emails, "phone": phones}, 4),
    }
)  # fmt: skip

# --- expressions ---------------------------------------------------------------------------------------------

operators = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
equality = st.sampled_from(["=", "!="])
periods = st.builds(
    lambda n, u: f"{n} {u}",
    st.sampled_from([0, 1, 2, 13]),
    st.sampled_from(["hours", "days", "weeks", "months", "year", "business days", "'US' business days"]),
)
by_country = st.sampled_from(["by_country('period', country)", "by_country('few', country)"])


def said(pattern: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda made: pattern.format(*made))


class Names:
    """The fields of a relation by type, with a prefix such as `this.`."""

    def __init__(self, **fields: list[str]) -> None:
        self.fields = fields

    def of(self, kind: str) -> st.SearchStrategy[str]:
        return st.sampled_from(self.fields[kind])


THING = Names(
    time=["at_time", "until_time", "owner.at_time", "first(at_time, until_time)", "latest(at_time, until_time)"],
    code=["letter", "other", "owner.letter"],
    flag=["flag", "owner.active", "deleted", "owner.deleted", "noted"],
    number=["size", "owner.size", "age(born_on)"],
    country=["country", "phone_country(phone)", "region_country(region)", "first(country, phone_country(phone))"],
    any=[
        "flag",
        "at_time",
        "letter",
        "letters",
        "size",
        "noted",
        "country",
        "email",
        "phone",
        "born_on",
        "owner_id",
        "owner.letter",
        "owner.at_time",
        "owner.key",
        "region",
    ],
)
PART = Names(
    time=["at_time", "starts_at", "this.at_time", "this.owner.at_time", "owner.at_time"],
    code=["letter", "this.letter", "this.other", "owner.letter"],
    flag=["flag", "this.flag", "owner.active", "deleted"],
    number=["size", "this.size"],
    country=[],
    any=["letter", "at_time", "ends_at", "this.at_time", "owner.letter"],
)


def moments(names: Names) -> st.SearchStrategy[str]:
    plain = st.one_of(names.of("time"), st.just("as_of"), st.just("'2024-03-01'"), st.just("'2024-02-29T10:00'"))
    return st.one_of(plain, said("{} {} {}", names.of("time"), st.sampled_from("+-"), periods))


def scalars(names: Names, *, own: bool) -> st.SearchStrategy[str]:
    quoted = letters.map(lambda letter: f"'{letter}'")
    number = st.sampled_from(["0", "1", "2.5", ":limit"])
    length = st.one_of(periods, periods, by_country) if own else periods
    simple = [
        names.of("flag"),
        said("{} = {}", names.of("flag").filter(lambda f: f != "noted"), st.sampled_from(["true", "false"])),
        said("{} {} {}", names.of("code"), equality, quoted),
        said("{} {} {}", names.of("code"), equality, names.of("code")),
        said("{} {} {}", names.of("number"), operators, number),
        said("{} between {} and {}", names.of("number"), number, number),
        said("{} {} {}", names.of("time"), operators, moments(names)),
        said("{} between {} and {}", names.of("time"), moments(names), moments(names)),
        said("{} older than {}", names.of("time"), length),
        said("{} older than :period", names.of("time")),
        said("{} within {} {} {}", names.of("time"), length, st.sampled_from(["after", "before"]), moments(names)),
        said("{} {}in ({}, {})", names.of("code"), st.sampled_from(["", "not "]), quoted, quoted),
        said("{} is {}missing", names.of("any"), st.sampled_from(["", "not "])),
        said("{}({})", st.sampled_from(["given", "readable"]), names.of("any")),
        st.sampled_from(["true", "false"]),
    ]
    if own:
        simple += [
            said("letters has {}", quoted),
            said("letters has {}", names.of("code")),
            st.just("owner exists"),
            said("{} {} 'DE'", names.of("country"), equality),
            said("{0} {1} {2}", names.of("country"), equality, names.of("country")),
            said("{} in ('DE', 'FR')", names.of("country")),
            st.just("minor(born_on, country)"),
            st.just("email = email"),
            st.just("basis_unknown_in(letters, country)"),
            said("born_on older than {}", periods),
            st.just("born_on < '2010-03-31'"),
            said("size in (1, {})", st.sampled_from(["3", "2.5"])),
            st.just("phone = phone"),
            said("{} {} {} + by_country('period', country)", names.of("time"), operators, names.of("time")),
            said(
                "{} {} by_country({}, country)", names.of("number"), operators, st.sampled_from(["'limit'", "'some'"])
            ),
            said("adequate({}, {})", names.of("country"), moments(names)),
            said("listed('eu-adequacy', {}, as_of)", names.of("country")),
            st.just("title matches 'backup-name'"),
            st.just("letter matches 'backup-name'"),
        ]
    return st.one_of(simple)


def combined(leaf: st.SearchStrategy[str], leaves: int) -> st.SearchStrategy[str]:
    return st.recursive(
        leaf,
        lambda part: st.one_of(said("({} and {})", part, part), said("({} or {})", part, part), said("not {}", part)),
        max_leaves=leaves,
    )


def quantifiers(where: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    reach = said(
        "part {}{}{} where ({})",
        st.sampled_from(["", "including deleted "]),
        st.sampled_from(["", "(same owner_id)", "(same owner_id, letter)", "(same letter)", "(same owner.letter)"]),
        st.one_of(st.just(""), st.just(""), said(" at {}", moments(THING))),
        where,
    )
    mine = said("other thing {} where ({})", st.sampled_from(["", "(same person)", "(same letter)"]), where)
    people = said("listed {}(same {}) where ({})", st.sampled_from(["", "including deleted "]),
                  st.sampled_from(["person", "person, letter", "letter, person"]), flags)  # fmt: skip
    reach = st.one_of(reach, reach, people, mine.filter(lambda text: "_at" not in text))
    number = st.sampled_from(["0", "1", "2", ":limit"])
    counted = said("count of {}", reach)
    return st.one_of(
        said("any {}", reach), said("no {}", reach), said("{} {} {}", counted, operators, number),
        said("{} between {} and {}", counted, number, number), said("{} in (0, 2)", counted),
        said("{} {} size", counted, operators),
        said("count of part (same owner_id) {} {}", operators, counted),
    )  # fmt: skip


flags = combined(st.sampled_from(["flag", "letter = 'a'", "this.flag", "email = this.email", "true"]), 2)
alone = combined(scalars(Names(**{k: [f for f in v if "this" not in f] for k, v in PART.fields.items()}), own=False), 3)
within = combined(scalars(PART, own=False), 3)
nested = said("any part (same letter){} where ({})", st.sampled_from(["", " at at_time"]), alone)
leaves = st.one_of(
    scalars(THING, own=True), scalars(THING, own=True), quantifiers(alone), quantifiers(within), quantifiers(nested)
)
expressions = combined(leaves, 4)
rule_texts = st.lists(
    st.tuples(st.one_of(st.just(""), expressions), expressions, st.booleans()), min_size=1, max_size=4
)
PHASES = [Phase.explicit, Phase.generate]
"""Not shrunk: it takes minutes, and the rule and the rows are shown anyway."""
PARAMS = {"limit": "1", "period": "1 month"}


def compiled(number: int, when: str, violation: str, including_deleted: bool) -> CompiledRule:
    rule = Rule(
        id=f"rule-{number}",
        pack="test",
        area="consent",
        version="2026.11",
        type=RuleType.AUTOMATIC,
        title="t",
        relation="thing",
        violation=violation,
        severity=Severity.LOW,
        when=when,
        including_deleted=including_deleted,
        params=PARAMS,
    )
    return compile_rule(rule, w.relations(), facts=Facts())


@pytest.fixture(scope="module")
def stage() -> Iterator[World]:
    with w.world() as made:
        yield made


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), phases=PHASES)
@given(database=databases, texts=rule_texts)
def test_the_stage_and_plain_python_give_the_same_answers(stage: World, database: Any, texts: Any) -> None:
    stage.fill(database)
    rules = [Judged(compiled(n, *text), PARAMS) for n, text in enumerate(texts)]
    exact = scan.exact_times(stage.connection, w.relations().relations, w.context())
    together = scan.count(stage.connection, rules, w.context(exact=exact), keep=True)
    for judged in rules:
        alone_counts = scan.count(stage.connection, [judged], w.context())
        for source in ("crm", "web"):
            expected = _expected(database, judged, source)
            got = together.get((judged.rule.id, source))
            if got is None:
                assert not any(expected.values())
                continue
            assert got == alone_counts[judged.rule.id, source]
            found = {
                "violation": got.violations,
                "pass": got.passes,
                "scope": got.scope_undetermined,
                "unknown": got.undetermined - got.scope_undetermined,
            }
            assert found == {name: len(keys) for name, keys in expected.items()}, judged.rule
            assert got.population == sum(found.values())
            keys = list(scan.keys(stage.connection, judged, source, w.context()))
            assert keys == sorted(expected["violation"]), judged.rule
            unique = w.context(unique=frozenset({"person"}), exact=exact)
            assert keys == list(scan.keys(stage.connection, judged, source, unique))
            if keys:  # the verdicts that counting kept name the same records
                assert keys == list(scan.keys(stage.connection, scan.kept(judged), source, w.context()))
        scan.forget(stage.connection, scan.kept(judged))


def _expected(database: Any, judged: Judged, source: str) -> dict[str, list[str]]:
    verdicts: dict[str, list[str]] = {"violation": [], "pass": [], "scope": [], "unknown": []}
    for row in database["thing"]:
        if row.source != source or (row.deleted and not judged.rule.including_deleted):
            continue
        here = Here(database, w.relations(), "thing", row, None, PARAMS)
        scope = True if judged.compiled.when is None else here.answer(judged.compiled.when)
        if scope is False:
            continue
        violated = here.answer(judged.compiled.violation)
        verdict = "scope" if scope is None else {True: "violation", False: "pass", None: "unknown"}[violated]
        verdicts[verdict].append(row.key)
    return verdicts


def test_the_plain_evaluator_knows_the_third_answer() -> None:
    row = Row("t1", {})
    here = Here({"thing": [row]}, w.relations(), "thing", row)
    assert here.answer(parse("letter = 'a'", where=("f", 1, 1))) is None
    assert here.answer(parse("letter = 'a' and false", where=("f", 1, 1))) is False
    assert both([True, None]) is None
