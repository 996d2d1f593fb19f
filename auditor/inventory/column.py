"""One column as the inventory sees it: what its name claims and what its sampled values look like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from auditor.inventory.lexicon import Lexicon
from auditor.inventory.naming import Claim, TableMeaning, read_column, read_comment
from auditor.inventory.shapes import Shape, readable, shape_of
from auditor.model import ColumnInfo

# Longer texts are read up to here; a detector that has not struck by then will seldom strike later.
LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Column:
    """Evidence about one column, each kind by itself.

    `texts` are the distinct values, `counts` how often each was drawn, `sampled` how many were drawn in all.
    """

    source: str
    schema: str
    table: str
    info: ColumnInfo
    meaning: TableMeaning
    claims: tuple[Claim, ...]
    rows: int
    non_empty: int
    drawn: int
    sampled: int
    texts: tuple[str, ...] = field(repr=False)
    counts: tuple[int, ...] = field(repr=False)
    shapes: tuple[Shape, ...] = field(repr=False)
    mix: Mapping[Shape, float] = field(repr=False)

    @property
    def where(self) -> str:
        """`table.column`, for messages."""
        return f"{self.table}.{self.info.name}"

    def share(self, *shapes: Shape) -> float:
        """The share of distinct values of these shapes."""
        return sum(self.mix.get(s, 0.0) for s in shapes)

    def passing(self, test: Callable[[str], bool]) -> tuple[int, float]:
        """How many distinct values pass, and the share of drawn values that do."""
        hits = [n for text, n in zip(self.texts, self.counts, strict=True) if test(text)]
        return len(hits), sum(hits) / self.drawn if self.drawn else 0.0

    def of_shape(self, *shapes: Shape) -> list[str]:
        """The distinct values of these shapes."""
        return [text for text, shape in zip(self.texts, self.shapes, strict=True) if shape in shapes]


def look_at(
    source: str,
    schema: str,
    table: str,
    info: ColumnInfo,
    meaning: TableMeaning,
    rows: int,
    non_empty: int,
    values: Sequence[str],
    lexicon: Lexicon,
) -> Column:
    """Gather the evidence of one column."""
    seen = Counter(readable(value[:LONGEST]).strip() for value in values)
    seen.pop("", None)
    texts = tuple(seen)
    shapes = tuple(shape_of(text) for text in texts)
    mix = {shape: n / len(texts) for shape, n in Counter(shapes).items()}
    return Column(
        source=source,
        schema=schema,
        table=table,
        info=info,
        meaning=meaning,
        claims=read_column(info.name, meaning, lexicon) or read_comment(info.comment, meaning, lexicon),
        rows=rows,
        non_empty=non_empty,
        drawn=sum(seen.values()),
        sampled=len(values),
        texts=texts,
        counts=tuple(seen.values()),
        shapes=shapes,
        mix=mix,
    )
