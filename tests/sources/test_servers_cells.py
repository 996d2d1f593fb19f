"""Random cells through a real PostgreSQL: each comes out as it went in, or as the server itself writes it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.sources import open_source
from tests.servers import Server
from tests.sources.reading import rows_of

ESCAPES = st.sampled_from(' \t\n\r\\"{},N')
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]) | ESCAPES, max_size=20)
MOST = 10**12
CELLS: Iterable[st.SearchStrategy[Any]] = (
    TEXTS,
    st.binary(max_size=12),
    st.booleans(),
    TEXTS.map(lambda text: text[:8]),
    st.lists(st.none() | TEXTS, max_size=3),
    st.datetimes(datetime(1, 1, 1)),
    st.decimals(-MOST, MOST, allow_nan=False, allow_infinity=False, places=5),
)
ROWS = st.lists(st.tuples(*(st.none() | cell for cell in CELLS)), max_size=20)
TABLE = "CREATE TABLE cells (i int, t text, y bytea, b boolean, c char(8), a text[], w timestamp, n numeric)"
INSERT = sa.text("INSERT INTO cells VALUES (:i, :t, :y, :b, :c, cast(:a AS text[]), :w, :n)")


def as_text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return "\\x" + value.hex()


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(rows=ROWS)
def test_every_cell_of_postgresql_comes_out_as_it_went_in(postgresql: Server, rows: list[tuple[Any, ...]]) -> None:
    postgresql.clear()
    postgresql.run(TABLE)
    with postgresql.engine().connect() as connection:
        for number, row in enumerate(rows):
            connection.execute(INSERT, dict(zip("itybcawn", (number, *row), strict=True)))
        shown = {
            int(row[0]): tuple(row) for row in connection.execute(sa.text("SELECT i, w::text, n::text FROM cells"))
        }
    with open_source(postgresql.url) as source:
        found = {int(row[0] or 0): row[1:] for row in rows_of(source, batch_rows=7)}
    assert len(found) == len(rows)
    for number, (text, some, flag, padded, array, _, _) in enumerate(rows):
        cells = found[number]
        assert cells[0] == text
        assert cells[1] == (None if some is None else as_text(some))
        assert cells[2] == (None if flag is None else str(flag).lower())
        assert cells[3] == (None if padded is None else padded.rstrip(" "))
        assert (None if cells[4] is None else json.loads(cells[4])) == array
        assert cells[5:] == shown[number][1:]
