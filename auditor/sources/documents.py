"""Documents as text: PDF and DOCX files that lie among exports are the rows of one table, a page or a document each.

They are read in a process of their own, within limits of time and memory (`documents_text`), for such files are
hostile more often than others. What cannot be read is a gap with its reason, never an error of the audit.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator, Iterator, Sequence

import pyarrow as pa

from auditor.errors import SourceError
from auditor.model import ColumnInfo, TableInfo
from auditor.sources.batching import batches, positions_of, text_column
from auditor.sources.kinds import Opened, TableFile

NAME = "documents"
COLUMNS = ("file", "page", "text")

# Files that one process reads, and seconds it may take for each.
_TOGETHER, _SECONDS = 25, 30
# Documents that are named where some could not be read.
_TOLD = 5


class DocumentsTable:
    """Documents of one source. A read that could not read all of them ends in a SourceError that says which."""

    unread = 0

    def __init__(self, files: Sequence[TableFile], name: str) -> None:
        self._files = tuple(files)
        notes = (f"text of {len(self._files):,} PDF and DOCX files",)
        columns = tuple(ColumnInfo(name) for name in COLUMNS)
        location = self._files[0].location if len(self._files) == 1 else ""
        self.info = TableInfo(name, columns, kind="documents", location=location, notes=notes)

    def read(self, columns: Sequence[str], batch_rows: int) -> Iterator[pa.RecordBatch]:
        """See FileTable.read."""
        positions = positions_of(columns, COLUMNS, self.info.name)
        return batches(self._rows(), columns, positions, min(batch_rows, 500), text_column)

    def _rows(self) -> Iterator[tuple[str, str, str]]:
        waiting, faults = list(self._files), list[str]()
        while waiting:
            part, waiting = waiting[:_TOGETHER], waiting[_TOGETHER:]
            done = yield from _read(part, faults)
            if done < len(part):
                # The process ended at this file: it is given up, and the others are read by another process.
                faults.append(f"{part[done].location} (it took too much time or memory)")
                waiting = part[done + 1 :] + waiting
        if faults:
            more = f" and {len(faults) - _TOLD:,} more" if len(faults) > _TOLD else ""
            raise SourceError(
                f"{len(faults):,} of {len(self._files):,} documents could not be read, or not to their end: "
                f"{', '.join(faults[:_TOLD])}{more}.",
                where=self.info.name,
            )


def _read(files: Sequence[TableFile], faults: list[str]) -> Generator[tuple[str, str, str], None, int]:
    """The pages of these files; returns how many of the files were dealt with, and adds to the faults."""
    paths = json.dumps([file.content.as_json() for file in files]).encode()
    # Without -P a module that lies where the audit was started would be run.
    command = [sys.executable, "-P", "-m", "auditor.sources.documents_text"]
    try:
        # Paths go through the pipe: a file's name may be a person's, and a process's arguments are seen by all.
        limit = _SECONDS * len(files)
        ended = subprocess.run(command, input=paths, capture_output=True, timeout=limit, check=False)  # noqa: S603
        lines = ended.stdout.splitlines()
    except subprocess.TimeoutExpired as late:
        lines = (late.stdout or b"").splitlines()
    except OSError as error:
        raise SourceError("Documents cannot be read: no process can be started.", do=str(error.strerror)) from None
    done = 0
    for line in lines:
        try:
            answer = json.loads(line)
        except ValueError:
            break  # the process ended while it wrote
        if answer["error"]:
            faults.append(f"{files[done].location} ({answer['error']})")
        for number, text in enumerate(answer["pages"], 1):
            yield files[done].location, str(number), text
        done += 1
    return done


def open_tables(file: TableFile) -> Opened:
    """The table of one document."""
    return Opened((DocumentsTable([file], file.name),))
