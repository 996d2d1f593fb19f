"""A made-up CRM of any size, the same for the same seed, in several formats: N people, 3N messages, N consent events."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

TABLES = ("people", "messages", "consents")
FORMATS = ("sqlite", "csv", "parquet")
_BATCH = 50_000
_LISTS = """
CREATE MACRO roll(i, salt) AS (hash(i, salt, getvariable('seed')) % 1000000) / 1000000.0;
CREATE MACRO pick(i, salt, list) AS list[1 + (hash(i, salt, getvariable('seed')) % len(list))::INT];
CREATE MACRO day(i, salt, first, days) AS
    first::TIMESTAMP + to_seconds((hash(i, salt, getvariable('seed')) % (days::BIGINT * 86400))::BIGINT);
CREATE MACRO stamp(t) AS strftime(t, '%Y-%m-%d %H:%M:%S');
"""
_ROWS = {
    "people": (
        1,
        """
SELECT i AS id,
    pick(i, 1, ['contact', 'customer', 'lead']) AS kind,
    CASE WHEN roll(i, 2) < 0.98 THEN pick(i, 3, ['Zorvik', 'Quillane', 'Brontas', 'Melvane', 'Okurat', 'Tessilo'])
        || chr(97 + (i % 26)::INT) || chr(97 + (i // 26 % 26)::INT) END AS last_name,
    CASE WHEN roll(i, 4) < 0.9
        THEN pick(i, 5, ['anja', 'bela', 'chris', 'dora', 'Emil', 'fay']) || '.' || i || '@'
        || pick(i, 6, ['example.com', 'example.org', 'mail.example.net']) END AS email,
    CASE WHEN roll(i, 7) < 0.5 THEN
        pick(i, 8, ['+4930', '+33142', '+4479', '030 ', '+12125', '+5511']) || lpad((i % 10000000)::VARCHAR, 7, '0')
        END AS phone,
    CASE WHEN roll(i, 9) < 0.95 THEN
        pick(i, 10, ['DE', 'FR', 'Germany', 'IT', 'ES', 'US', 'GB', 'BR', 'Canada', 'Nowhereland']) END AS country,
    CASE WHEN pick(i, 10, ['DE', 'FR', 'Germany', 'IT', 'ES', 'US', 'GB', 'BR', 'Canada', 'Nowhereland']) = 'US'
        AND roll(i, 11) < 0.8 THEN pick(i, 12, ['CA', 'Texas', 'NY']) END AS state,
    CASE WHEN roll(i, 13) < 0.7 THEN strftime(day(i, 14, '1940-01-01', 28000), '%Y-%m-%d') END AS birth_date,
    CASE WHEN roll(i, 15) < 0.01 THEN '1' ELSE '0' END AS deceased,
    CASE WHEN roll(i, 16) < 0.8 THEN pick(i, 17, ['consent', 'contract', 'consent;contract', 'withdrawn']) END
        AS legal_basis,
    CASE WHEN roll(i, 18) < 0.7 THEN strftime(day(i, 19, '2018-06-01', 3000), '%Y-%m-%d') END AS reviewed_on,
    CASE WHEN roll(i, 20) < 0.6 THEN pick(i, 21, ['email', 'phone', 'email;phone', 'post']) END AS preferred,
    stamp(day(i, 22, '2015-01-01', 4000)) AS created_at,
    CASE WHEN roll(i, 23) < 0.95 THEN stamp(day(i, 24, '2017-01-01', 3500)) END AS last_activity_at,
    CASE WHEN roll(i, 25) < 0.03 THEN 1 ELSE 0 END AS deleted
FROM range(1, getvariable('rows')::BIGINT + 1) numbers(i)
""",
    ),
    "messages": (
        3,
        """
SELECT i AS id,
    1 + (hash(i, 30, getvariable('seed')) % (getvariable('rows') // 3))::BIGINT AS person_id,
    pick(i, 31, ['email', 'email', 'email', 'phone', 'sms']) AS channel,
    pick(i, 32, ['newsletter', 'promotion', 'invoice']) AS kind,
    pick(i, 33, ['out', 'out', 'out', 'in']) AS direction,
    CASE WHEN roll(i, 34) < 0.99 THEN stamp(day(i, 35, '2016-01-01', 3900)) END AS sent_at,
    CASE WHEN roll(i, 36) < 0.9 THEN 'Our news of week ' || (i % 52) || ', with all that you asked us for.' END AS body
FROM range(1, getvariable('rows')::BIGINT + 1) numbers(i)
""",
    ),
    "consents": (
        1,
        """
SELECT i AS id,
    1 + (hash(i, 40, getvariable('seed')) % getvariable('rows'))::BIGINT AS person_id,
    pick(i, 41, ['email', 'email', 'phone', 'sms', 'any']) AS channel,
    pick(i, 42, ['newsletter', 'promotion', 'invoice']) AS purpose,
    pick(i, 43, ['opt_in', 'opt_in', 'opt_out', 'refused']) AS status,
    CASE WHEN roll(i, 44) < 0.98 THEN stamp(day(i, 45, '2016-01-01', 3900)) END AS happened_at,
    CASE WHEN roll(i, 46) < 0.6 THEN 'form-' || i END AS proof
FROM range(1, getvariable('rows')::BIGINT + 1) numbers(i)
""",
    ),
}


def generate(folder: Path, subjects: int, *, seed: int = 0, formats: tuple[str, ...] = FORMATS) -> dict[str, Path]:
    """Writes the CRM below `folder` and says where each format lies; what is there already is kept."""
    places = {"sqlite": folder / "crm.sqlite", "csv": folder / "csv", "parquet": folder / "parquet"}
    _parquet(places["parquet"], subjects, seed)
    if "csv" in formats:
        _csv(places["parquet"], places["csv"])
    if "sqlite" in formats and not places["sqlite"].exists():
        _sqlite(places["parquet"], places["sqlite"])
    return {name: places[name] for name in formats}


def batches(folder: Path, table: str) -> pq.ParquetFile:
    """The rows of a table as they were generated."""
    return pq.ParquetFile(folder / f"{table}.parquet")


def _parquet(folder: Path, subjects: int, seed: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(":memory:", config={"memory_limit": "400MB", "threads": "2"}) as engine:
        engine.execute(_LISTS)
        engine.execute("SET VARIABLE seed = $seed", {"seed": seed})
        for table, (times, query) in _ROWS.items():
            path = folder / f"{table}.parquet"
            if path.exists():
                continue
            engine.execute("SET VARIABLE rows = $rows", {"rows": subjects * times})
            engine.sql(query).write_parquet(str(path.with_suffix(".new")), row_group_size=100_000)
            path.with_suffix(".new").rename(path)


def _csv(parquet: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(":memory:") as engine:
        for table in TABLES:
            path = folder / f"{table}.csv"
            if not path.exists():
                engine.read_parquet(str(parquet / f"{table}.parquet")).write_csv(str(path.with_suffix(".new")))
                path.with_suffix(".new").rename(path)


def _sqlite(parquet: Path, path: Path) -> None:
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with sqlite3.connect(new) as base:
        base.execute("PRAGMA journal_mode = OFF")
        base.execute("PRAGMA synchronous = OFF")
        for table in TABLES:
            file = batches(parquet, table)
            kinds = [f'"{f.name}" {"INTEGER" if pa.types.is_integer(f.type) else "TEXT"}' for f in file.schema_arrow]
            base.execute(f'CREATE TABLE "{table}" ({", ".join(kinds)})')
            marks = ", ".join("?" * len(kinds))
            for batch in file.iter_batches(_BATCH):
                rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
                base.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)
    base.close()
    new.rename(path)
