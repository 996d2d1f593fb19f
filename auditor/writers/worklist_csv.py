"""worklist.csv: every violating record as a row, for a ticket system or a spreadsheet."""

from __future__ import annotations

import csv
from pathlib import Path

from auditor.model import AuditResult
from auditor.writers.files import RecordFormat, Records, replacing
from auditor.writers.worklist import HEAD, rows

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def write_worklist_csv(result: AuditResult, records: Records, path: Path) -> None:
    """Writes the work list as it streams. Raises ReportError if the file cannot be written."""
    with replacing(path) as part, part.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(HEAD)
        writer.writerows(map(_neutral, rows(result, records)))


def _neutral(row: tuple[str, ...]) -> list[str]:
    """A spreadsheet takes a cell that begins like this for a formula; a quote before it makes it a text."""
    return [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row]


FORMAT = RecordFormat("csv", "worklist.csv", "a work list: every violating record as a row", write_worklist_csv)
