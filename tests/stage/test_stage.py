"""The stage: private, locked, quoted, gone."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import textwrap
import traceback
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa

from auditor.errors import StageError
from auditor.stage import memory_stage, open_stage
from auditor.stage_files import PREFIX, private_folder, sweep

HOSTILE = ('order"; drop table x --', "select", "", "日本語", "<b>", "per cent %(x)s %", "colon :x", "a.b", "A.b")


def batch(*names: str) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array(["1", None]) for _ in names], names=list(names))


@pytest.mark.parametrize("name", [n for n in HOSTILE if n])
def test_tables_and_columns_may_have_any_name(name):
    with memory_stage() as stage:
        rows = batch(name, "until")
        assert stage.load(name, rows.schema, [rows, rows]) == 4
        table = stage.table(name)
        assert stage.connection.execute(sa.select(sa.func.count(table.c[name]))).scalar() == 2


def test_every_settled_type_can_be_staged(tmp_path):
    columns = {
        "text": pa.array(["a"]),
        "flag": pa.array([True]),
        "time": pa.array([0], pa.timestamp("us")),
        "day": pa.array([0], pa.date32()),
        "number": pa.array([1.5]),
        "row": pa.array([1], pa.int64()),
        "set": pa.array([["x", "y"]]),
    }
    rows = pa.RecordBatch.from_pydict(columns)
    with open_stage(folder=tmp_path) as stage:
        stage.load("all", rows.schema, iter([rows]))
        found = stage.connection.execute(sa.select(stage.table("all"))).one()
        assert found.set == ["x", "y"]
        assert found.number == 1.5


def test_the_directory_is_private_and_gone_afterwards(tmp_path):
    with open_stage(folder=tmp_path) as stage:
        assert stage.folder is not None
        assert stat.S_IMODE(stage.folder.stat().st_mode) == 0o700
        assert stage.folder.name.startswith(f"{PREFIX}{os.getpid()}-")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("stop", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_it_is_gone_after_a_failure_too(tmp_path, stop):
    with pytest.raises(stop), open_stage(folder=tmp_path):
        raise stop
    assert not list(tmp_path.iterdir())


def test_what_a_killed_run_left_is_removed_by_the_next_and_a_living_one_is_not(tmp_path):
    script = textwrap.dedent("""
        import sys, time
        from pathlib import Path
        from auditor.stage import open_stage
        with open_stage(folder=Path(sys.argv[1])) as stage:
            print(stage.folder, flush=True)
            time.sleep(60)
    """)
    with (
        open_stage(folder=tmp_path) as mine,
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True) as other,
    ):
        assert other.stdout is not None
        left = Path(other.stdout.readline().strip())
        assert sweep(tmp_path) == 0
        other.kill()
        other.wait()
        assert left.exists()
        with open_stage(folder=tmp_path):
            assert not left.exists()
            assert mine.folder is not None
            assert mine.folder.exists()


def test_only_our_own_directories_are_swept(tmp_path):
    (tmp_path / "somebody-else").mkdir(mode=0o700)
    (tmp_path / f"{PREFIX}1-open").mkdir(mode=0o755)
    (tmp_path / f"{PREFIX}1-link").symlink_to(tmp_path / "somebody-else")
    (tmp_path / f"{PREFIX}1-fresh").mkdir(mode=0o700)
    assert sweep(tmp_path) == 0
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY (SELECT 1) TO '/tmp/out.csv'",
        "INSTALL httpfs",
        "LOAD spatial",
        "ATTACH 'x.duckdb'",
        "SET enable_external_access=true",
        "SET memory_limit='9GB'",
        "SELECT * FROM outside",
    ],
)
def test_the_engine_is_locked(statement):
    outside = pa.table({"a": [1]})
    with memory_stage() as stage, pytest.raises(sa.exc.SQLAlchemyError):
        stage.connection.execute(sa.text(statement))
    assert outside.num_rows == 1


def test_an_error_never_quotes_a_value():
    good = pa.schema([("n", pa.float64())])
    bad = pa.RecordBatch.from_arrays([pa.array(["Ada Lovelace"])], names=["n"])
    with memory_stage() as stage:
        with pytest.raises(StageError) as caught:
            stage.load("people", good, [bad])
        assert "Lovelace" not in repr(caught.value) + "".join(traceback.format_exception(caught.value)[1:])


def test_a_place_that_cannot_be_written_is_a_clear_error(tmp_path):
    with pytest.raises(StageError, match="private directory"), private_folder(tmp_path / "none"):
        pass


def test_an_unknown_table_is_a_clear_error():
    with memory_stage() as stage, pytest.raises(StageError, match="not staged"):
        stage.table("people")


SIGNALLED = """
import os, signal, sys, threading, time
from pathlib import Path
from auditor.stage import open_stage

def tell():
    time.sleep(0.5)
    sent.append(time.monotonic())
    os.kill(os.getpid(), int(sys.argv[1]))

sent = []
for number in (signal.SIGINT, signal.SIGTERM):  # a shell lets its background jobs ignore the first
    signal.signal(number, signal.default_int_handler)
with open_stage(folder=Path(sys.argv[3])) as stage:
    threading.Thread(target=tell).start()
    try:
        stage.connection.exec_driver_sql(sys.argv[2]).fetchall()
        time.sleep(10)
    except KeyboardInterrupt:
        took = time.monotonic() - sent[0]
        assert took < 20, took  # a second where the machine is free
    time.sleep(1)  # the thread that ends statements may come late, and would end the next one
    assert stage.connection.exec_driver_sql("select 42").scalar() == 42
    print("ended")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    "statement",
    [
        "select count(distinct a.i * 7919 + b.j) from range(1000000) a(i), range(1000000) b(j)",
        "select sum(hash(i)) from range(300000000000) a(i)",
        "select i from range(3000000000) a(i)",
    ],
    ids=["table", "sum", "rows"],
)
def test_a_signal_ends_a_long_statement_at_once_and_is_an_interrupt(tmp_path, number, statement):
    """On its own, the engine looks only between its tasks, and says "Query interrupted", like a fault of ours."""
    words = [sys.executable, "-c", SIGNALLED, str(int(number)), statement, str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("ended\n", "", 0)
    assert not list(tmp_path.iterdir())
