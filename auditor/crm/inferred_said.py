"""What people said, by the names of the columns of their table: flags, states and times.

The names are data, `rules/crm/inferred.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from auditor.crm.inferred_names import AT, block, called, flag_type, given, names, path, text
from auditor.crm.profile import Block, ColumnSpec, ColumnType
from auditor.knowledge import Node
from auditor.language import Expr, syntax
from auditor.settle import SettleSpec

_KINDS = ("refuses", "allows", "states", "said")


def said_columns(columns: Mapping[str, str]) -> dict[str, ColumnSpec]:
    """The columns that hold what people said, each taken once; `columns` are the table's by their compared names."""
    found: dict[str, ColumnSpec] = {}
    taken: set[str] = set()
    for kind in _KINDS:
        for number, node in enumerate(names().mapping()[kind].items()):
            for place, real in enumerate(called(node.mapping()["names"], columns)):
                if real not in taken:
                    taken.add(real)
                    own = f"{kind}_{number}_{place}"
                    found[own] = ColumnSpec(own, _type(kind), (real,))
    return found


@cache
def _type(kind: str) -> ColumnType:
    if kind == "said":
        return ColumnType(SettleSpec("time"))
    if kind != "states":
        return flag_type()
    words = names().mapping()["words"].mapping()
    patterns = {"(?i)" + re.escape(word): status for status, node in words.items() for word in node.texts()}
    return ColumnType(SettleSpec("code", patterns=patterns))


def said_blocks(
    alias: str, columns: Mapping[str, ColumnSpec], person: tuple[Expr, ...], deleted: Expr | None
) -> Iterator[Block]:
    """Statements of consent, for the columns of a table of people."""
    for name in columns:
        kind, _, rest = name.partition("_")
        if kind not in _KINDS or not rest:
            continue
        node = names().mapping()[kind].items()[int(rest.partition("_")[0])].mapping()
        about = {
            "subject_id": person,
            "channel": (text(node["channel"].text()),),
            "purpose": (text(node["purpose"].text()),),
        }
        held = path(alias, name)
        for status, condition in _answers(kind, node, held):
            how: dict[str, tuple[Expr, ...]] = {"status": (text(status),), "how": (text("state"),)}
            if kind == "said":
                how |= {"how": (text("event"),), "event_at": (held,)}
            key = (text(name), text(status), *person)
            yield block("consent", alias, key, about | how, where=condition, deleted=deleted)


def _answers(kind: str, node: Mapping[str, Node], held: Expr) -> list[tuple[str, Expr]]:
    """What a column can say, and when it does."""
    match kind:
        case "refuses":
            return [("withdrawn", held)]
        case "allows":
            return [("granted", held), ("denied", syntax.Not(AT, held))]
        case "said":
            return [(node["status"].text(), given(held))]
        case _:
            statuses = names().mapping()["words"].mapping()
            return [(status, syntax.Compare(AT, "=", held, text(status))) for status in statuses]
