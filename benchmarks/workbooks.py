"""Reading a made-up workbook: CPU seconds and memory, ours beside openpyxl and python-calamine where they are installed.

    python -m benchmarks.workbooks [ROWS]

Each reader has a process of its own; memory is what the process grew by while it read.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from random import Random

COLUMNS = [
    "id",
    "first_name",
    "last_name",
    "email",
    "phone",
    "street",
    "city",
    "post_code",
    "country",
    "birthdate",
    "created_at",
    "modified_at",
    "opt_in",
    "score",
    "note",
]
READERS = {"auditor": "auditor", "openpyxl": "openpyxl", "calamine": "python_calamine"}
START = datetime(2020, 1, 1)  # noqa: DTZ001


def make(path: Path, rows: int) -> None:
    """A workbook of one sheet with 15 columns: texts, days, times, truths and numbers."""
    import xlsxwriter

    random = Random(1)
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Contacts")
        day, moment = (book.add_format({"num_format": code}) for code in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"))
        page.write_row(0, 0, COLUMNS)
        for n in range(1, rows + 1):
            page.write_number(n, 0, n)
            texts = (
                random.choice(("Ada", "Ben", "Cleo")), f"Example{random.randrange(50_000)}", f"p{n}@example.org",
                f"+4930{random.randrange(10**7):07}", f"Street {random.randrange(3000)}", random.choice(("Berlin", "Paris")),
                f"{random.randrange(10**5):05}", random.choice(("DE", "FR")),
            )  # fmt: skip
            for place, text in enumerate(texts, 1):
                page.write_string(n, place, text)
            page.write_datetime(n, 9, START - timedelta(days=random.randrange(20_000)), day)
            for place in (10, 11):
                page.write_datetime(n, place, START + timedelta(seconds=random.randrange(10**8)), moment)
            page.write_boolean(n, 12, random.random() < 0.5)
            page.write_number(n, 13, random.random() * 100)
            page.write_string(n, 14, f"called about the offer {random.randrange(10**6)}")


def read(how: str, path: str) -> int:
    """Rows that a reader gives."""
    if how == "calamine":
        import python_calamine

        return sum(1 for _ in python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows())
    if how == "openpyxl":
        import openpyxl

        return sum(1 for _ in openpyxl.load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True))
    from auditor.sources import open_source

    with open_source(path) as source:
        table = source.info.tables[0]
        return sum(batch.num_rows for batch in source.read(table, [column.name for column in table.columns]))


def peak() -> int:
    """The most memory that this process ever had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def main() -> None:
    """Compares, or is one of the compared."""
    if len(sys.argv) == 4:
        make(Path(sys.argv[3]), int(sys.argv[2]))
        return
    if len(sys.argv) == 3:
        how, path = sys.argv[1:]
        __import__("auditor.sources.workbook" if how == "auditor" else READERS[how])
        before, started = peak(), time.process_time()
        rows = read(how, path)
        print(f"{how:10} {rows:>10,} rows {time.process_time() - started:6.1f} s CPU {peak() - before:6} MiB")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contacts.xlsx"
        # In a process of its own, as those that are started inherit the peak of this one.
        rows = sys.argv[1] if len(sys.argv) > 1 else "200000"
        subprocess.run([sys.executable, "-m", "benchmarks.workbooks", "make", rows, str(path)], check=True)
        print(f"{path.stat().st_size >> 20} MiB")
        for how in [how for how, module in READERS.items() if find_spec(module)]:
            subprocess.run([sys.executable, "-m", "benchmarks.workbooks", how, str(path)], check=True)


if __name__ == "__main__":
    main()
