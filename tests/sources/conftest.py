"""One PostgreSQL and one MariaDB for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import servers
from tests.servers import Server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    with servers.postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Server]:
    with servers.mariadb() as server:
        yield server


@pytest.fixture(params=["postgresql", "mariadb"])
def server(request) -> Server:
    """Each of the two, with an empty database."""
    chosen: Server = request.getfixturevalue(request.param)
    chosen.clear()
    return chosen
