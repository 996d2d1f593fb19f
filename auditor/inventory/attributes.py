"""Attributes inside a column: of tables that hold one a row (`meta_key`, `meta_value`), and of JSON.

What such a value is, its attribute says: each attribute is judged like a column of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from auditor.inventory.column import Column, look_at
from auditor.inventory.lexicon import Lexicon
from auditor.inventory.naming import OPEN, TableMeaning, read_column
from auditor.inventory.shapes import Shape
from auditor.inventory.weigh import PERSONAL, merge, weigh
from auditor.model import CategoryFound, ColumnInfo

ByAttribute = Mapping[str, tuple[str, ...]]

# Texts of JSON that are read, keys that are told apart, and how deep.
READ, KEYS, DEEPEST, FEW = 200, 100, 6, 0.2


def inside_json(column: Column, lexicon: Lexicon) -> ByAttribute:
    """The values of JSON by their key; one that says nothing goes with the key above it, or the column's name."""
    kept: dict[tuple[str, str], list[str]] = {}
    for text in column.of_shape(Shape.BLOB)[:READ] if column.share(Shape.BLOB) >= FEW else ():
        if text.lstrip()[:1] in ("{", "["):
            try:
                found = json.loads(text)
            except (ValueError, RecursionError):
                continue
            for keys, value in _leaves(found, ("", "")):
                if len(kept) < KEYS or keys in kept:
                    kept.setdefault(keys, []).append(value)
    named: dict[str, list[str]] = {}
    for (above, key), values in kept.items():
        readings = (key, f"{above} {key}".strip(), f"{column.info.name} {key}")
        name = next((n for n in readings if _tells(n, column, lexicon)), readings[-1])
        named.setdefault(name, []).extend(values)
    return {name: tuple(values) for name, values in named.items()}


def _tells(name: str, column: Column, lexicon: Lexicon) -> bool:
    return any(c.denied or c.strength > OPEN for c in read_column(name, column.meaning, lexicon))


def _leaves(node: object, keys: tuple[str, str], depth: int = 0) -> Iterator[tuple[tuple[str, str], str]]:
    if isinstance(node, dict) and depth < DEEPEST:
        for name, value in node.items():
            yield from _leaves(value, (keys[1], name[:80]), depth + 1)
    elif isinstance(node, list) and depth < DEEPEST:
        for value in node[:100]:
            yield from _leaves(value, keys, depth + 1)
    elif isinstance(node, (str, int, float)) and not isinstance(node, bool) and str(node).strip():
        yield keys, str(node)


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
                said = f"where the attribute says {told[0].phrase}: " + "; ".join(verdict.evidence)
                share = verdict.prevalence * len(values) / total
                found.append(replace(verdict, prevalence=share, evidence=(said,)))
    return merge(found)
