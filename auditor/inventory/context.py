"""What the other columns of a table say about one: whose address it is, and whether old dates are birth dates."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from auditor.inventory.column import Column
from auditor.inventory.lexicon import Lexicon, split_name
from auditor.inventory.naming import MODIFIED, TableMeaning, read_column, read_comment
from auditor.inventory.shapes import Shape
from auditor.model import CategoryFound

_OF_PEOPLE = ("identity.name", "identity.username", "contact.email_personal", "demographic.", "government_id.")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
# Nobody younger is in a CRM by himself, and dates of business do not spread so far.
_YOUNGEST, _SPREAD, _FEWEST = 14, 35, 20


def in_context(columns: Sequence[Column], lexicon: Lexicon) -> list[Column]:
    """The columns, each table without a telling name read by what its columns name: `Restaurant Name`, `School`."""
    tables: dict[tuple[str, str, str], list[Column]] = defaultdict(list)
    for column in columns:
        tables[column.source, column.schema, column.table].append(column)
    meanings = {key: _meaning(members, lexicon) for key, members in tables.items()}
    return [_reread(c, meanings[c.source, c.schema, c.table], lexicon) for c in columns]


def _meaning(members: Sequence[Column], lexicon: Lexicon) -> TableMeaning:
    given = members[0].meaning
    if given.kind or any(_of_people(c) or _named_after(c, "persons", lexicon) for c in members):
        return given
    named = any(_named_after(c, "organisations", lexicon) and "name" in _words(c, lexicon) for c in members)
    return replace(given, kind="organisation") if named else given


def _of_people(column: Column) -> bool:
    return any(c.strength >= MODIFIED and c.category.startswith(_OF_PEOPLE) for c in column.claims)


def _named_after(column: Column, kind: str, lexicon: Lexicon) -> bool:
    return any(lexicon.has(kind, w) for w in _words(column, lexicon))


def _words(column: Column, lexicon: Lexicon) -> tuple[str, ...]:
    return split_name(column.info.name, lexicon)


def _reread(column: Column, meaning: TableMeaning, lexicon: Lexicon) -> Column:
    if meaning == column.meaning:
        return column
    info = column.info
    claims = read_column(info.name, meaning, lexicon) or read_comment(info.comment, meaning, lexicon)
    return replace(column, meaning=meaning, claims=claims)


def birth_dates(column: Column, table: Iterable[Column], lexicon: Lexicon) -> list[CategoryFound]:
    """Birth dates in a column whose name says nothing: old, widely spread, without a time, beside columns of people."""
    telling = [w for w in _words(column, lexicon) if len(w) > 2 and w in lexicon.vocabulary]
    dates = column.of_shape(Shape.DATE)
    if column.claims or telling or len(dates) < _FEWEST or len(dates) < 0.95 * len(column.texts):
        return []
    years = sorted(int(found[0]) for text in dates if ":" not in text and (found := _YEAR.search(text)))
    if len(years) < len(dates):
        return []
    low, high = years[len(years) // 20], years[-1 - len(years) // 20]
    if high - low < _SPREAD or years[-1] > datetime.now(tz=UTC).year - _YOUNGEST or not any(map(_of_people, table)):
        return []
    words = f"dates without a time over {high - low} years and none of the last {_YOUNGEST}, beside columns of people"
    return [CategoryFound("demographic.date_of_birth", 0.55, len(dates) / len(column.texts), (words,))]
