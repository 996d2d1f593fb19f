"""Rows as servers send them, taken apart at once: the same cells as one by one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import SourceError
from auditor.sources.wire import mysql_columns, postgresql_columns

CELLS = (
    st.none() | st.binary(max_size=12) | st.sampled_from([b"\xfb", b"\xfc" * 4, bytes(250), bytes(251), bytes(70_000)])
)
TABLES = st.integers(1, 5).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1))


def data_row(cells):
    sized = (b"\xff" * 4 if cell is None else len(cell).to_bytes(4) + cell for cell in cells)
    return len(cells).to_bytes(2) + b"".join(sized)


def length_encoded(cell):
    if cell is None:
        return b"\xfb"
    for mark, size in ((b"", 1), (b"\xfc", 2), (b"\xfd", 3), (b"\xfe", 8)):
        if len(cell) < (251 if size == 1 else 256**size):
            return mark + len(cell).to_bytes(size, "little") + cell
    raise AssertionError


def text_row(cells):
    return b"".join(map(length_encoded, cells))


READERS = [(postgresql_columns, data_row), (mysql_columns, text_row)]
NAMES = ["postgresql", "mysql"]


@pytest.mark.parametrize(("read", "write"), READERS, ids=NAMES)
@given(table=TABLES)
def test_every_cell_comes_out_as_it_was_sent(read, write, table):
    columns = read([write(row) for row in table], len(table[0]))
    assert [column.to_pylist() for column in columns] == [list(cells) for cells in zip(*table, strict=True)]


@pytest.mark.parametrize("size", [0, 250, 251, 252, 255, 256, 65_535, 65_536, 2**24 - 1, 2**24])
@pytest.mark.parametrize(("read", "write"), READERS, ids=NAMES)
def test_a_cell_may_be_of_any_length(read, write, size):
    row = [b"before", b"x" * size, None, b"after"]
    assert [column[0].as_py() for column in read([write(row)], 4)] == row


@pytest.mark.parametrize(("read", "write"), READERS, ids=NAMES)
@given(table=TABLES, data=st.data())
def test_a_row_that_is_cut_is_refused(read, write, table, data):
    rows = [write(row) for row in table]
    place = data.draw(st.integers(0, len(rows) - 1))
    rows[place] = rows[place][: data.draw(st.integers(0, len(rows[place]) - 1))]
    with pytest.raises(SourceError, match="in the middle of a cell"):
        read(rows, len(table[0]))


@pytest.mark.parametrize(("read", "write"), READERS, ids=NAMES)
def test_a_row_of_more_or_fewer_cells_is_refused(read, write):
    for width in (1, 3):
        with pytest.raises(SourceError, match="in the middle of a cell"):
            read([write([b"a", b"b"])], width)
