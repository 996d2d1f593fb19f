"""Where the made-up CRM lies: files, and throw-away servers started from installed binaries."""

from __future__ import annotations

import csv
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pg8000.dbapi
import pyarrow.parquet as pq
import pymysql
import pymysql.cursors
import pytest
from pymysql.converters import conversions
from rules.generate import TABLES, batches

from tests.servers import PASSWORD, READER, Server, mariadb, postgresql

SERVERS = {"postgresql": postgresql, "mariadb": mariadb}
_CSV_CELL = 16 << 20
_AT_ONCE = 2_000
_AS_WRITTEN = {kind: encode for kind, encode in conversions.items() if not isinstance(kind, int)}
"""MariaDB's values as it writes them."""


@contextmanager
def servers(parquet: Path, csv_folder: Path) -> Iterator[dict[str, str]]:
    """URLs of the servers that could be started, filled with the CRM; says which could not."""
    with ExitStack() as stack:
        urls = {}
        for kind, start in SERVERS.items():
            try:
                server = stack.enter_context(start())
            except pytest.skip.Exception as reason:
                print(f"NOT MEASURED: {reason}", flush=True)
                continue
            for table in TABLES:
                _fill(server, table, batches(parquet, table).schema_arrow.names, csv_folder / f"{table}.csv")
            urls[kind] = server.url
        yield urls


def _fill(server: Server, table: str, columns: Sequence[str], file: Path) -> None:
    quote = '"' if server.kind == "postgresql" else "`"
    kinds = [f"{quote}{name}{quote} {_kind(name, server.kind)}" for name in columns]
    server.run(f"CREATE TABLE {quote}{table}{quote} ({', '.join(kinds)})")
    if server.kind == "postgresql":
        with pg8000.dbapi.connect("owner", password="owner", host="127.0.0.1", port=server.port, database="crm") as to:
            with file.open("rb") as stream:
                to.cursor().execute(f'COPY "{table}" FROM STDIN WITH (FORMAT csv, HEADER)', stream=stream)
            to.commit()
        return
    to = pymysql.connect(
        user="owner", password="owner", host="127.0.0.1", port=server.port, database="crm", local_infile=True
    )
    variables = ", ".join(f"@v{n}" for n, _ in enumerate(columns))
    settings = ", ".join(f"`{name}` = nullif(@v{n}, '')" for n, name in enumerate(columns))
    with to, to.cursor() as cursor:
        cursor.execute(
            f"LOAD DATA LOCAL INFILE '{file}' INTO TABLE `{table}` CHARACTER SET utf8mb4 FIELDS TERMINATED BY ',' "
            f"OPTIONALLY ENCLOSED BY '\"' LINES TERMINATED BY '\\n' IGNORE 1 LINES ({variables}) SET {settings}"
        )
        to.commit()


def _kind(name: str, server: str) -> str:
    if name == "id" or name.endswith("_id"):
        return "bigint"
    if name.endswith("_at"):
        return "timestamp" if server == "postgresql" else "datetime"
    if name.endswith(("_on", "_date")):
        return "date"
    return "text" if server == "postgresql" else "varchar(200)"


Wanted = Sequence[tuple[str, Sequence[str]]]
"""Tables and their columns."""


def plainly(kind: str, place: str, wanted: Wanted) -> int:
    """The plainest read of columns by the same driver: every row is touched, nothing is made of it."""
    return sum(_PLAIN[kind](place, table, columns) for table, columns in wanted)


def _sqlite(place: str, table: str, columns: Sequence[str]) -> int:
    with sqlite3.connect(place) as base:
        return _drained(base.execute(_select(table, columns, '"')).fetchmany)


def _csv(place: str, table: str, columns: Sequence[str]) -> int:  # noqa: ARG001
    csv.field_size_limit(_CSV_CELL)
    with (Path(place) / f"{table}.csv").open(newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def _parquet(place: str, table: str, columns: Sequence[str]) -> int:
    parts = pq.ParquetFile(Path(place) / f"{table}.parquet").iter_batches(50_000, columns=list(columns))
    return sum(part.num_rows for part in parts)


def _postgresql(place: str, table: str, columns: Sequence[str]) -> int:
    port = _port(place)
    with pg8000.dbapi.connect(READER, password=PASSWORD, host="127.0.0.1", port=port, database="crm") as base:
        base.pg_types = defaultdict(lambda: str)  # as the server writes them
        cursor = base.cursor()
        cursor.execute(f"DECLARE every NO SCROLL CURSOR FOR {_select(table, columns, chr(34))}")

        def fetch(rows: int) -> Sequence[object]:
            cursor.execute(f"FETCH FORWARD {rows} FROM every")
            found: Sequence[object] = cursor.fetchall()
            return found

        return _drained(fetch)


def _mariadb(place: str, table: str, columns: Sequence[str]) -> int:
    with pymysql.connect(
        user=READER, password=PASSWORD, host="127.0.0.1", port=_port(place), database="crm",
        cursorclass=pymysql.cursors.SSCursor, conv=_AS_WRITTEN,
    ) as base, base.cursor() as cursor:  # fmt: skip
        cursor.execute(_select(table, columns, "`"))
        return _drained(cursor.fetchmany)


_PLAIN: dict[str, Callable[[str, str, Sequence[str]], int]] = {
    "sqlite": _sqlite, "csv": _csv, "parquet": _parquet, "postgresql": _postgresql, "mariadb": _mariadb,
}  # fmt: skip


def _select(table: str, columns: Sequence[str], quote: str) -> str:
    return f"SELECT {', '.join(f'{quote}{name}{quote}' for name in columns)} FROM {quote}{table}{quote}"


def _drained(fetch: Callable[[int], Any]) -> int:
    rows = 0
    while part := fetch(_AT_ONCE):
        rows += len(part)
    return rows


def _port(url: str) -> int:
    return int(url.rpartition(":")[2].partition("/")[0])
