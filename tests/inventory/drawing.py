"""Columns for the tests, drawn from lists instead of a source."""

from collections.abc import Mapping, Sequence

from auditor.inventory.take import Drawn, examine
from auditor.model import CategoryFound, ColumnInfo, ColumnInventory, TableInfo


def draw(table: str, columns: Mapping[str, Sequence[str]], **info: object) -> list[Drawn]:
    infos = {name: ColumnInfo(name, **info) for name in columns}  # type: ignore[arg-type]
    whole = TableInfo(table, tuple(infos.values()))
    return [Drawn("crm", whole, infos[n], len(v), len(v), tuple(v)) for n, v in columns.items()]


def look(table: str, column: str, values: Sequence[str], **info: object) -> ColumnInventory:
    return examine(draw(table, {column: values}, **info)).columns[0]


def personal(table: str, column: str, values: Sequence[str]) -> dict[str, CategoryFound]:
    return {c.category: c for c in look(table, column, values).personal}


def examine_quickly(table: str, column: str, values: Sequence[str]) -> dict[str, float]:
    """The verdict without the language model: names, shapes, validators."""
    from auditor.inventory.identifiers import load_identifiers
    from auditor.inventory.lexicon import load_lexicon
    from auditor.inventory.take import look_at_drawn
    from auditor.inventory.weigh import test, weigh

    lexicon = load_lexicon()
    column_of = look_at_drawn(draw(table, {column: values})[0], lexicon)
    found = weigh(column_of, lexicon, test(column_of, load_identifiers()))
    return {c.category: c.confidence for c in found}
