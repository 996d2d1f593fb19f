"""A source that hands on another one's batches; those who want to look at them on their way say how to read."""

from __future__ import annotations

from typing import Self

from auditor.model import SourceInfo, TableInfo
from auditor.sources import Source


class Passing:
    """All of a source but `read`."""

    def __init__(self, source: Source) -> None:
        self._source = source

    @property
    def info(self) -> SourceInfo:
        """See Source."""
        return self._source.info

    def unread(self, table: TableInfo) -> int:
        """See Source."""
        return self._source.unread(table)

    def close(self) -> None:
        """See Source."""
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
