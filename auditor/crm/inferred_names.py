"""How names are compared where no profile fits, and the small pieces that inferred blocks are made of.

The names are data, `rules/crm/inferred.yaml`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from auditor.crm.profile import Block, ColumnSpec, ColumnType, FieldSpec
from auditor.knowledge import Node, home, read_yaml
from auditor.language import Expr, syntax
from auditor.model import TableInfo
from auditor.settle import SettleSpec

AT = syntax.Place("rules/crm/inferred.yaml", 1, 1)
_NOISE = re.compile(r"[\W_]+")
_BETWEEN = re.compile(r" - |: |\.")
"""What separates the name of a column from what it belongs to."""


@cache
def names() -> Node:
    """The names, as written."""
    return read_yaml(home("rules") / "crm" / "inferred.yaml", shown_as="rules/crm/inferred.yaml")


def plain(name: str) -> str:
    """A name as it is compared."""
    text = unicodedata.normalize("NFKD", name).casefold()
    text = "".join(c for c in text if not unicodedata.combining(c))
    match = re.match(names().mapping()["namespaces"].text(), text)
    return _NOISE.sub("", match[1] if match else text)


@cache
def as_compared(node: Node) -> tuple[str, ...]:
    """The names of a list as they are compared: what stands in the file may be written as people write it."""
    return tuple(plain(text) + "*" * text.endswith("*") for text in node.texts())


def words_of(name: str) -> Iterator[str]:
    """The words of a table's name, as they are compared."""
    text = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    return (plain(word) for word in re.split(r"[\W_\d]+", text) if word)


def spelled(table: TableInfo) -> dict[str, str]:
    """The columns of a table by their names as they are compared.

    `Person - Name` and `properties.name` are also called `name`, if nothing else in the table is.
    """
    found = {plain(column.name): column.name for column in reversed(table.columns)}
    containers = as_compared(names().mapping()["containers"])
    for column in table.columns:
        rest = column.name
        while (parts := _BETWEEN.split(rest, maxsplit=1))[1:] and plain(parts[0]) in containers:
            rest = parts[1]
            found.setdefault(plain(rest), column.name)
    return found


def called(node: Node, columns: Mapping[str, str]) -> list[str]:
    """The columns that a list names, in its order; `name*` means every column whose name begins like that."""
    found: dict[str, None] = {}
    for text in as_compared(node):
        if text in columns:
            found[columns[text]] = None
        elif text.endswith("*"):
            found |= {column: None for name, column in columns.items() if name.startswith(text[:-1])}
    return list(found)


def first_called(node: Node, columns: Mapping[str, str]) -> str:
    """The first of these columns, empty if there is none."""
    return next(iter(called(node, columns)), "")


def flag_type() -> ColumnType:
    """A flag in the words of exports."""
    words = names().mapping()["flags"].mapping()
    return ColumnType(SettleSpec("flag", true=words["true"].texts(), false=words["false"].texts()))


def column_of(name: str, kind: str, real: str) -> ColumnSpec:
    """A column under its name in the profile and in the source."""
    return ColumnSpec(name, flag_type() if kind == "flag" else ColumnType(SettleSpec(kind)), (real,))


def path(alias: str, column: str) -> Expr:
    """`alias.column`."""
    return syntax.Path(AT, (alias, column))


def text(value: str) -> Expr:
    """A constant text."""
    return syntax.Text(AT, value)


def given(expr: Expr) -> Expr:
    """`expr is not missing`."""
    return syntax.Not(AT, syntax.Missing(AT, expr))


def block(
    relation: str,
    alias: str,
    key: tuple[Expr, ...],
    sources: Mapping[str, Iterable[Expr]],
    *,
    where: Expr | None = None,
    deleted: Expr | None = None,
) -> Block:
    """A branch of a relation that joins nothing."""
    fields = {name: FieldSpec(name, tuple(parts)) for name, parts in sources.items()}
    return Block(relation, alias, alias, (), where, key, deleted, fields, place=str(AT))
