"""Tables that hold one attribute a row (`meta_key`, `meta_value`), and audit tables (`field`, `before`, `after`).

What such a value is, its row's attribute says: each attribute is judged like a column of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from auditor.inventory.column import Column, look_at
from auditor.inventory.lexicon import Lexicon
from auditor.inventory.naming import OPEN, TableMeaning
from auditor.inventory.weigh import PERSONAL, merge, weigh
from auditor.model import CategoryFound, ColumnInfo

ByAttribute = Mapping[str, tuple[str, ...]]


def weigh_attributes(column: Column, by_attribute: ByAttribute, lexicon: Lexicon) -> tuple[CategoryFound, ...]:
    """What the rows of each attribute hold; the evidence names the word that told, never what stands in the table."""
    found: list[CategoryFound] = []
    total = sum(map(len, by_attribute.values()))
    meaning = column.meaning if column.meaning.kind in ("person", "message") else TableMeaning("", column.meaning.words)
    for name, values in by_attribute.items():
        n, where = len(values), (column.source, column.schema, column.table)
        one = look_at(*where, ColumnInfo(name), meaning, n, n, values, lexicon)
        told = [c for c in one.claims if c.strength > OPEN]
        for verdict in weigh(one, lexicon) if told else ():
            # Settings hold addresses of nobody, but secrets all the same.
            ours = column.meaning.kind != "thing" or column.meaning.people or verdict.category.startswith("credential.")
            if verdict.confidence >= PERSONAL and ours:
                said = f"in the rows whose attribute says {told[0].phrase}: " + "; ".join(verdict.evidence)
                share = verdict.prevalence * len(values) / total
                found.append(replace(verdict, prevalence=share, evidence=(said,)))
    return merge(found)
