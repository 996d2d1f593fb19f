"""The same rows give the same answers from every source, and those of the plain-Python reference.

A small budget, drawn by fixed seeds; `benchmarks/sameness.py` has the large one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests import servers
from tests.sameness.carriers import Databases
from tests.sameness.proof import Tally, batch, held
from tests.servers import Server

DATABASES, RULES = 2, 40


@pytest.fixture(scope="module")
def filled() -> Iterator[list[Databases]]:
    with ExitStack() as stack:
        running: list[Server] = [stack.enter_context(start()) for start in (servers.postgresql, servers.mariadb)]
        yield stack.enter_context(held(running, DATABASES))


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
