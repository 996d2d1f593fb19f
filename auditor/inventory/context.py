"""What the other columns of a table say about one: whose address it is, and whether old dates are birth dates."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from auditor.inventory.column import Column
from auditor.inventory.content import read_value, speaks_for_itself
from auditor.inventory.dictionaries import load_words
from auditor.inventory.lexicon import Lexicon, split_name
from auditor.inventory.naming import MODIFIED, TableMeaning, read_column, read_comment
from auditor.inventory.shapes import Shape
from auditor.inventory.weigh import PERSONAL
from auditor.model import CategoryFound

_OF_PEOPLE = ("identity.name", "identity.username", "contact.email_personal", "demographic.", "government_id.")
_AMOUNT = re.compile(r"(?i)real|float|double|money|currency")
"""Declared types of amounts; none of them holds a code."""
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
# Nobody younger is in a CRM by himself, and dates of business do not spread so far.
_YOUNGEST, _SPREAD, _FEWEST, _MANY = 14, 35, 5, 20


def in_context(columns: Sequence[Column], lexicon: Lexicon) -> list[Column]:
    """The columns, each table without a telling name read by what its columns name: `Restaurant Name`, `School`."""
    tables: dict[tuple[str, str, str], list[Column]] = defaultdict(list)
    for column in columns:
        tables[column.source, column.schema, column.table].append(column)
    meanings = {key: _meaning(members, lexicon) for key, members in tables.items()}
    return [_reread(c, meanings[c.source, c.schema, c.table], lexicon) for c in columns]


def _meaning(members: Sequence[Column], lexicon: Lexicon) -> TableMeaning:
    given = members[0].meaning
    if any(_of_people(c) for c in members):
        return replace(given, people=True)
    if given.kind or any(_named_after(c, "persons", lexicon) for c in members):
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


def by_neighbours(
    columns: Sequence[Column], first: Sequence[tuple[CategoryFound, ...]], lexicon: Lexicon
) -> list[tuple[CategoryFound, ...]]:
    """The verdicts, and what columns without one are beside those that have one: birth dates, postal codes, towns."""
    tables: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for index, column in enumerate(columns):
        tables[column.source, column.schema, column.table].append(index)
    found = list(first)
    for members in tables.values():
        sure = {f.category for i in members for f in first[i] if f.confidence >= PERSONAL}
        people = any(_of_people(columns[i]) for i in members) or any(c.startswith(_OF_PEOPLE) for c in sure)
        address = any(c.startswith(("contact.postal", "location.coarse")) for c in sure)
        for i in members if people or address else ():
            if not first[i] and columns[i].texts and speaks_for_itself(columns[i], lexicon):
                found[i] = tuple(
                    (birth_dates(columns[i], lexicon) if people else [])
                    or (part_of_address(columns[i], lexicon) if address else [])
                )
    return found


def birth_dates(column: Column, lexicon: Lexicon) -> list[CategoryFound]:
    """Birth dates in a column whose name says nothing: old, widely spread, without a time, beside columns of people."""
    dates = column.of_shape(Shape.DATE)
    if not speaks_for_itself(column, lexicon) or len(dates) < _FEWEST or len(dates) < 0.95 * len(column.texts):
        return []
    years = sorted(int(found[0]) for text in dates if ":" not in text and (found := _YEAR.search(text)))
    if len(years) < len(dates):
        return []
    low, high = years[len(years) // 20], years[-1 - len(years) // 20]
    # A handful of dates spreads less than many do.
    needed = _SPREAD if len(dates) >= _MANY else _SPREAD * 0.6
    if high - low < needed or years[-1] > datetime.now(tz=UTC).year - _YOUNGEST:
        return []
    words = f"dates without a time over {high - low} years and none of the last {_YOUNGEST}, beside columns of people"
    return [CategoryFound("demographic.date_of_birth", 0.55, len(dates) / len(column.texts), (words,))]


def part_of_address(column: Column, lexicon: Lexicon) -> list[CategoryFound]:
    """Numbers of one length, in no order, or words of which some are towns, beside the rest of an address."""
    texts, words = column.texts, load_words()
    if len(texts) < 3 or column.info.primary_key or _AMOUNT.match(column.info.type):
        return []
    codes = [t for t in texts if words.plain_postcode.fullmatch(t)]
    if len(codes) >= 0.9 * len(texts):
        years = all(len(t) == 4 and 1900 <= int(t.replace(" ", "")) <= 2100 for t in codes)
        ordered = list(codes) in (sorted(codes), sorted(codes, reverse=True))
        if len({len(t) for t in codes}) == 1 and not years and not ordered:
            said = "numbers of one length in no order, beside the rest of an address"
            return [CategoryFound("contact.postal_code", 0.55, len(codes) / len(texts), (said,))]
        return []
    names = [t for t in column.of_shape(Shape.WORDS) if not any(map(str.isdigit, t))][:200]
    if len(names) < 0.9 * min(len(texts), 200):
        return []
    read = [read_value(t, words, lexicon) for t in names]
    towns = sum(r.place for r in read) / len(names)
    clearly = sum(r.place and not r.given and not r.surname for r in read)
    if towns < 0.2 or clearly <= sum((r.given or r.surname or r.person > 1) and not r.place for r in read):
        return []
    said = f"{towns:.0%} of the distinct values are known towns or regions, beside the rest of an address"
    return [CategoryFound("location.coarse", 0.55, towns, (said,))]
