"""From a difference to the smallest one like it: fewer rows, fewer values, a shorter rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from auditor.language import syntax
from auditor.rules.scan import Judged
from tests.sameness.cells import Cell
from tests.sameness.crm import Database

NOTHING = Cell(None, None)
Differs = Callable[[Database, Judged], bool]


def smallest(database: Database, judged: Judged, differs: Differs) -> tuple[Database, Judged]:
    """What is left when nothing more can be taken away without the difference going too."""
    while True:
        for rule in _shorter(judged):
            if differs(database, rule):
                judged = rule
                break
        else:
            for fewer in _fewer(database):
                if differs(fewer, judged):
                    database = fewer
                    break
            else:
                return database, judged


def _shorter(judged: Judged) -> Iterator[Judged]:
    compiled = judged.compiled
    if compiled.when is not None:
        yield replace(judged, compiled=replace(compiled, when=None))
        yield from (replace(judged, compiled=replace(compiled, when=part)) for part in _parts(compiled.when))
    yield from (replace(judged, compiled=replace(compiled, violation=part)) for part in _parts(compiled.violation))


def _parts(node: Any) -> Iterator[Any]:
    """The same condition with less in it."""
    match node:
        case syntax.And() | syntax.Or():
            yield from node.parts
            for number, part in enumerate(node.parts):
                for other in _parts(part):
                    yield replace(node, parts=(*node.parts[:number], other, *node.parts[number + 1 :]))
        case syntax.Not():
            yield node.part
            yield from (replace(node, part=part) for part in _parts(node.part))
        case syntax.Quantifier() if node.where is not None:
            yield replace(node, where=None)
            yield from (replace(node, where=part) for part in _parts(node.where))
        case syntax.Compare():
            yield from (replace(node, left=part) for part in _parts(node.left))
            yield from (replace(node, right=part) for part in _parts(node.right))


def _fewer(database: Database) -> Iterator[Database]:
    for table, rows in database.items():
        if rows and table != "people":  # without rows an export in JSON would be no table
            yield {**database, table: ()}
    for table, rows in database.items():
        for number in range(len(rows) if table != "people" or len(rows) > 1 else 0):
            yield {**database, table: [*rows[:number], *rows[number + 1 :]]}
    for table, rows in database.items():
        for number, row in enumerate(rows):
            for column, cell in row.items():
                if cell.raw is not None and column != "id":
                    emptied = {**row, column: NOTHING}
                    yield {**database, table: [*rows[:number], emptied, *rows[number + 1 :]]}
