"""The law of delimited files: what Python's csv writes comes back cell by cell, whatever dialect and encoding."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.sources.reading import read_file

CELLS = st.text(
    st.one_of(
        st.sampled_from(list("ab12,;\t|\"'\\\n\r =@-+é 张\u2028\x0b\x85\x1c")),
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
    ),
    max_size=12,
)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(1, 5))
    row = st.lists(CELLS, min_size=width, max_size=width)
    # A number in each row: a record of blanks only is no record, and a header needs something to stand above.
    return [[str(n), *cells] for n, cells in enumerate(draw(st.lists(row, min_size=1, max_size=12)))]


@given(
    rows=tables(),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_csv_writes_is_read_back(rows: list[list[str]], delimiter: str, quoting: int, encoding: str) -> None:
    names = ["id", *(f"field_{n}" for n in range(1, len(rows[0])))]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    # Enough plain rows that the dialect is a matter of evidence, not of luck with two odd rows.
    plain = [[str(n), *("x" for _ in names[1:])] for n in range(30)]
    writer.writerows([names, *plain, *rows])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes(buffer.getvalue().encode(encoding))
        found, back, unread = read_file(path)
    assert found == names
    assert unread == 0
    assert back == [tuple(row) for row in [*plain, *rows]]


@example([";\\", ";", ";", ";1"])  # more lines of another delimiter: the first ones are no title above them
@given(st.lists(st.text("a1,;\"'\n\r\\ \x00", max_size=30), min_size=1, max_size=10))
@settings(max_examples=150, deadline=None)
def test_no_text_however_broken_stops_the_reading_or_loses_a_line(lines: list[str]) -> None:
    text = "id,email\n1,a@example.org\n2,b@example.org\n" + "\n".join(lines)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_text(text, newline="")
        _, rows, unread = read_file(path)
    least = [line for line in text.split("\n")[1:] if line.strip(" \r\n")]
    quoted = '"' in text or "'" in text
    assert len(rows) + unread >= 2
    assert quoted or len(rows) + unread >= len(least)
