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
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from tests import servers
from tests.language import oracle
from tests.sameness import crm
from tests.sameness.carriers import FILES, Databases
from tests.sameness.proof import Tally, batch, compiled, held, judge
from tests.sameness.sentences import sentence
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


def judged(random: Random, rules: int, running: Sequence[Databases], files: Sequence[str] = tuple(FILES)) -> Tally:
    """One database and some rules, as the dice fall."""
    tally = Tally()
    database = crm.database(random, 0)
    judge([database], list(compiled(sentence(random) for _ in range(rules))), running, tally, files)
    return tally


@settings(small, max_examples=4)
@given(random=dice)
def test_files_and_servers_agree_on_whatever_hypothesis_throws(filled: Any, random: Random) -> None:
    tally = judged(random, 8, filled)
    assert not tally.differences, "\n".join(tally.differences[:3])


@settings(small, max_examples=6)
@given(random=dice)
def test_files_agree_on_whatever_hypothesis_throws(random: Random) -> None:
    tally = judged(random, 8, [])
    assert not tally.differences, "\n".join(tally.differences[:3])


def test_a_difference_shrinks_to_few_rows_and_a_short_rule(monkeypatch):
    """The reference is told that a missing value is there."""
    monkeypatch.setattr(oracle, "no", lambda answer: answer)

    def differs(random: Random) -> bool:
        return bool(judged(random, 1, [], ["csv"]).differences)

    random = find(dice, differs, settings=settings(small, max_examples=200))
    database = crm.database(random, 0)
    rule = sentence(random)
    assert sum(len(rows) for rows in database.values()) == 1
    assert len(rule.when) + len(rule.violation) < 40


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
