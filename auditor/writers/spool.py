"""Sets every violating record aside while the stage still stands, so that work lists can be written once it is gone.

One private file, written front to back as the rules are judged and read back finding by finding, so memory holds one
buffer however many records there are. It lies in a directory that is removed afterwards, also after a kill, and holds
keys only, hashed where they are personal.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from auditor.errors import ReportError
from auditor.model import Finding, PlaceResult, Rule
from auditor.stage_files import private_folder

_Place = tuple[str, str, str]
_FLUSH = 2_000


class Spool:
    """The records behind the findings of one audit."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._spans: dict[_Place, tuple[int, int]] = {}

    def add(self, rule: Rule, place: PlaceResult, records: Iterable[tuple[str, str]]) -> None:
        """Takes in the key and the person of every record that violates a rule in a place.

        Nothing is kept of a place whose records break off. Raises ReportError if there is no room.
        """
        start = self._stream.seek(0, io.SEEK_END)
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer, lineterminator="\n")
        for count, record in enumerate(records, 1):
            writer.writerow(record)
            if not count % _FLUSH:
                self._empty(buffer)
        self._empty(buffer)
        self._spans[rule.id, place.source, place.relation] = (start, self._stream.tell())

    def of(self, finding: Finding) -> Iterator[tuple[str, str]]:
        """Key and person of every record behind a finding, as they were taken in."""
        start, end = self._spans.get((finding.rule.id, finding.place.source, finding.place.relation), (0, 0))
        with self._saying():
            self._stream.flush()
            self._stream.seek(start)
        for row in csv.reader(self._lines(end - start)):
            yield row[0], row[1]

    def _lines(self, left: int) -> Iterator[str]:
        while left > 0:
            with self._saying():
                line = self._stream.readline(left)
            if not line:
                return
            left -= len(line)
            yield line.decode("utf-8", "surrogatepass")

    def _empty(self, buffer: io.StringIO) -> None:
        with self._saying():
            self._stream.write(buffer.getvalue().encode("utf-8", "surrogatepass"))
        buffer.seek(0)
        buffer.truncate()

    @staticmethod
    @contextlib.contextmanager
    def _saying() -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ReportError(
                f"The records of the work list cannot be set aside: {error.strerror or 'unknown reason'}.",
                do="Make room, or point TMPDIR to a disk that has some.",
            ) from None


@contextlib.contextmanager
def open_spool(parent: Path | None = None) -> Iterator[Spool]:
    """A spool in a private directory of its own, gone afterwards whatever happens."""
    with private_folder(parent) as folder:
        handle = os.open(folder / "records", os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        with os.fdopen(handle, "w+b") as stream:
            yield Spool(stream)
