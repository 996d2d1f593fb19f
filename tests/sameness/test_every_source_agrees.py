"""The same rows give the same answers from every source, and those of the plain-Python reference.

A small budget; `benchmarks/sameness.py` has the large one. Hypothesis throws the dice, so that what differs shrinks to
few rows and a short rule, and prints how to see it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.rules.scan import Judged
from tests import servers
from tests.language import oracle
from tests.sameness import crm
from tests.sameness.carriers import Databases
from tests.sameness.proof import Tally, batch, compiled, expect, held, judge, world_of
from tests.sameness.sentences import sentence
from tests.sameness.shrinking import smallest
from tests.servers import Server

DATABASES, RULES = 2, 40
dice = st.randoms(use_true_random=False)
small = settings(
    deadline=None, derandomize=True, print_blob=True, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def filled() -> Iterator[list[Databases]]:
    with ExitStack() as stack:
        running: list[Server] = [stack.enter_context(start()) for start in (servers.postgresql, servers.mariadb)]
        yield stack.enter_context(held(running, DATABASES))


def thrown(random: Random, running: Sequence[Databases]) -> Tally:
    """One database and some rules, as the dice fall."""
    tally = Tally()
    database = crm.database(random, 0)
    judge([database], list(compiled(sentence(random) for _ in range(RULES // 5))), running, tally)
    return tally


@settings(small, max_examples=4)
@given(random=dice)
def test_files_and_servers_agree_on_whatever_hypothesis_throws(filled: Any, random: Random) -> None:
    tally = thrown(random, filled)
    assert not tally.differences, "\n".join(tally.differences[:3])


@settings(small, max_examples=3)
@given(random=dice)
def test_files_agree_on_whatever_hypothesis_throws(random: Random) -> None:
    tally = thrown(random, [])
    assert not tally.differences, "\n".join(tally.differences[:3])


def test_a_difference_shrinks_to_the_rows_that_make_it(monkeypatch):
    """A reference whose `not` is broken stands for a source that differs."""
    random = Random(5)
    databases = [crm.database(random, 0) for _ in range(4)]
    rules = list(compiled(sentence(random) for _ in range(60)))

    def differs(database: crm.Database, rule: Judged) -> bool:
        world = world_of(database, ["csv0"])
        try:
            right = expect(rule, world, "csv0")
            with monkeypatch.context() as patched:
                patched.setattr(oracle, "no", lambda answer: answer)
                return expect(rule, world, "csv0") != right
        except oracle.BeyondError:  # plain Python has no such time
            return False

    found = [smallest(d, rule, differs) for d in databases for rule in rules if differs(d, rule)]
    assert len(found) > 10
    sizes = sorted(sum(map(len, database.values())) for database, _ in found)
    # The row itself, whom it is about, and what a condition asks for besides.
    assert sizes[0] == 1 and sizes[len(sizes) // 2] <= 2 and sizes[-1] <= 5


@pytest.mark.parametrize("seed", [1])
def test_files_and_servers_agree_with_each_other_and_with_plain_python(filled, seed):
    tally = Tally()
    batch(seed, DATABASES, RULES, filled, tally)
    assert not tally.differences, "\n".join(tally.differences[:3])
    assert min(tally.by_verdict.values()) > 10


@pytest.mark.parametrize("seed", [3])
def test_files_agree_where_there_is_no_server(seed):
    tally = Tally()
    batch(seed, 4, RULES, [], tally)
    assert not tally.differences, "\n".join(tally.differences[:3])
    assert tally.databases == 4 and min(tally.by_verdict.values()) > 10
