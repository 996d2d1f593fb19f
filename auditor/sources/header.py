"""Whether the first row of a file names its columns. In doubt it does not: a value must never become a name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from auditor.knowledge import home, read_yaml

_VALUE = re.compile(
    r"""\S+@\S+\.\S+                                                     # an e-mail address
      | (?:\w+://|www\.)\S+                                              # an address on the web
      | \d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?                       # a date
      | \d{1,2}[ -](?:[^\W\d]{3,9}\.?)[ -]\d{2,4}                        # a date with a month's name
      | (?:\d{1,2}:)?\d{1,2}:\d{2}(?:\.\d+)?                             # a time
      | [0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}             # a UUID
      | \+\d[\d ()./-]{6,}                                               # a phone number
      | [$€£¥]?\s?[+-]?\d[\d\s.,'()/-]*(?:[eE][+-]?\d+)?\s?[%€]?         # a number
      | [0-9a-fA-F]{16,}                                                 # a hash
    """,
    re.VERBOSE,
)
_TOKEN = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_+[A-Za-z0-9]+)+|[a-z]+(?:[A-Z][a-z0-9]*)+|(?:[A-Z][a-z0-9]+){2,}")
_LONGEST_NAME = 200
DELIMITERS = (",", ";", "\t", "|", "\x1f", "\x01", "^", "~")
"""What may stand between the cells of a line."""
_ROWS = 3
"""So many lines with equally many of one delimiter are rows."""
TITLE_LINES = 10
"""Lines that a report's title has at most; more lines of one text are rows."""


@dataclass(frozen=True, slots=True)
class Heading:
    """Where a table's header lies among its first rows, and what stands above it."""

    names: tuple[str, ...] = ()
    """The header's cells, empty if there is none."""
    place: int | None = None
    above: tuple[int, ...] = ()
    """Places of the rows of a report's title."""

    @property
    def no_rows(self) -> frozenset[int]:
        """Places of what is no record."""
        return frozenset([*self.above, *([] if self.place is None else [self.place])])


def heading(rows: Sequence[Sequence[str] | None], width: int, *, first: int = 0, loose: int = 1) -> Heading:
    """The header is the first full row, if it looks like one; a report's title may stand above.

    `rows` are None where they cannot be told apart, those before `first` are no part of the table. A row of a title
    holds at most `loose` texts.
    """
    full = [(place, row) for place, row in enumerate(rows) if place >= first and row is not None and len(row) == width]
    looked = enumerate(full[: TITLE_LINES + 1])
    titles = next((n for n, (_, row) in looked if width < 3 or not _is_title(row, loose)), 0)
    if not full or not is_header(full[titles][1], [row for _, row in full[titles + 1 :]]):
        return Heading()
    place, row = full[titles]
    end = place if place <= TITLE_LINES else 0
    above = tuple(n for n in range(first, end) if _is_title(rows[n], loose))
    if _is_table("".join(rows[n] or ()) for n in above):
        return Heading()
    return Heading(tuple(row), place, above)


def _is_title(row: Sequence[str] | None, loose: int) -> bool:
    """Whether a row holds hardly any text, as the title above a report does."""
    return row is not None and sum(bool(cell.strip()) for cell in row) <= loose


def _is_table(lines: Iterable[str]) -> bool:
    """Whether lines of one text each are rows after all, which another delimiter would take apart."""
    lines = tuple(lines)
    for delimiter in DELIMITERS:
        counts = Counter(line.count(delimiter) for line in lines)
        if any(count and times >= _ROWS for count, times in counts.items()):
            return True
    return False


def is_header(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether `first` names the columns of `rows`."""
    names = [name.strip() for name in first]
    given = [name for name in names if name]
    if not given or len({name.casefold() for name in given}) < 0.5 * len(given) or len(given) < 0.5 * len(names):
        return False
    if any(len(name) > _LONGEST_NAME or "\n" in name for name in given):
        return False
    words = sum(map(_is_name, given))
    if any(_VALUE.fullmatch(name) for name in given):
        # Years and other numbers do name columns, but only among many names that are none.
        return words >= 0.5 * len(given) and all(name.isdigit() or not _VALUE.fullmatch(name) for name in given)
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    if any(list(first) == list(row) for row in rows):
        return True  # pieces with a header each were put together
    against = sum(_repeated(name, column) for name, column in zip(names, columns, strict=True))
    supporting = sum(_differs(name, column) for name, column in zip(names, columns, strict=True))
    if against:
        return words + supporting > 2 * against and words >= 0.5 * len(given)
    return supporting > 0 or words >= len(given) / 3


def _is_name(name: str) -> bool:
    """Whether a name is made of words that columns are named with, or written like an identifier."""
    words, _ = _knowledge()
    tokens = {token.lower() for token in _TOKEN.findall(_CAMEL.sub(" ", name))}
    return name.lower() in words or bool(_IDENTIFIER.fullmatch(name)) or any(_is_word(token, words) for token in tokens)


def _is_word(token: str, words: frozenset[str]) -> bool:
    """A known word, or two of them written together (companyname)."""
    return token in words or any(token[:cut] in words and token[cut:] in words for cut in range(2, len(token) - 1))


def _repeated(name: str, column: Sequence[str]) -> bool:
    """Whether a name stands below itself, as a value would."""
    return bool(name) and name in column


def _differs(name: str, column: Sequence[str]) -> bool:
    """Whether a column holds dates, numbers, addresses, and its name is none."""
    _, placeholders = _knowledge()
    filled = [value.strip() for value in column if value.strip() and value.strip().lower() not in placeholders]
    if not name or name.lower() in placeholders or not filled:
        return False
    return sum(bool(_VALUE.fullmatch(value)) for value in filled) >= 0.6 * len(filled)


@cache
def _knowledge() -> tuple[frozenset[str], frozenset[str]]:
    fields = read_yaml(home("rules") / "headers.yaml").fields(["words", "placeholders"])
    return frozenset(fields["words"].texts()), frozenset(fields["placeholders"].texts())
