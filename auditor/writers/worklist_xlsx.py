"""worklist.xlsx: every violating record as a row of a workbook, and the findings with their steps on a sheet before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC
from itertools import chain, islice
from pathlib import Path
from typing import Any

from auditor.errors import ReportError
from auditor.model import AuditResult
from auditor.writers.facts import classification, marking, name
from auditor.writers.files import RecordFormat, Records, replacing
from auditor.writers.worklist import FINDING_HEAD, HEAD, overview, owners, rows

ROWS = 1_000_000
"""Records per sheet; a sheet ends at 1,048,576 rows."""
_CELL = 32_767
_NAME = 18
_SIGNS = re.compile(r"[\[\]:*?/\\]")
_WIDTHS = {
    "owner": 20, "source": 14, "severity": 10, "due": 11, "rule": 28, "title": 44, "relation": 12, "record": 24,
    "person": 24,
    "records": 10, "people": 10, "what to do": 40, "steps": 60, "beware": 40, "closes when": 50, "law": 20, "status": 9,
    "finding": 26,
}  # fmt: skip


def write_worklist_xlsx(result: AuditResult, records: Records, path: Path) -> None:
    """Writes the work list row by row. Raises ReportError if the file or the library for it cannot be used."""
    xlsxwriter = _library()
    with replacing(path) as part:
        # Cells are texts and nothing else: no formula, no link, no number is ever made of one.
        options = {
            "constant_memory": True, "tmpdir": str(part.parent), "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False, "in_memory": False,
        }  # fmt: skip
        try:
            with xlsxwriter.Workbook(str(part), options) as book:
                created = result.generated_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
                book.set_properties(
                    {"created": created, "category": classification(result), "comments": marking(result)}
                )
                styles = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
                _sheet(book, "Findings", FINDING_HEAD, overview(result), styles[0], styles[1], marking(result))
                _records(book, result, records, styles[0])
        except xlsxwriter.exceptions.XlsxWriterException as error:
            reason = type(error).__name__
            raise ReportError(
                f"The workbook cannot be written ({reason}).", where=str(path), do="Make room, or ask for csv."
            ) from None


def _library() -> Any:
    try:
        import xlsxwriter
        import xlsxwriter.exceptions
    except ImportError:
        raise ReportError(
            "The format 'xlsx' needs the package XlsxWriter.", do="Install it: pip install 'crm-privacy-auditor[xlsx]'"
        ) from None
    return xlsxwriter


def _records(book: Any, result: AuditResult, records: Records, bold: Any) -> None:
    """Everyone's records on sheets of their own, named after them, as many as they need."""
    taken = {"findings"}
    for owner in owners(result) or ("",):
        left = iter(rows(result, records, owner))
        first = next(left, None)
        while first is not None or len(taken) == 1:
            begun = () if first is None else (first,)
            _sheet(book, _named(owner, taken), HEAD, islice(chain(begun, left), ROWS), bold, None)
            first = next(left, None)


def _named(owner: str, taken: set[str]) -> str:
    """A name that a workbook allows and no other sheet has: 31 characters, none of its own signs."""
    plain = _SIGNS.sub(" ", name(owner)).strip(" '")[:_NAME].strip(" '")
    title = f"Records {plain}".strip()
    number = 1
    while title.casefold() in taken:
        number += 1
        title = f"Records {plain}".strip() + f" {number}"
    taken.add(title.casefold())
    return title


def _sheet(
    book: Any, title: str, head: Sequence[str], every: Iterable[tuple[str, ...]], bold: Any, style: Any, last: str = ""
) -> None:
    sheet = book.add_worksheet(title)
    sheet.freeze_panes(1, 0)
    for column, heading in enumerate(head):
        sheet.set_column(column, column, _WIDTHS[heading])
        sheet.write_string(0, column, heading, bold)
    row = 0
    for row, cells in enumerate(every, 1):
        for column, text in enumerate(cells):
            if text:
                sheet.write_string(row, column, text[:_CELL], style)
    if last:
        sheet.write_string(row + 2, 0, last[:_CELL])
    sheet.autofilter(0, 0, row, len(head) - 1)


FORMAT = RecordFormat("xlsx", "worklist.xlsx", "the work list as a workbook (extra: xlsx)", write_worklist_xlsx)
