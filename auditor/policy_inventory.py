"""The policy's section `inventory`: what the organisation knows better than a detector of personal data."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.knowledge import Node


@dataclass(frozen=True, slots=True)
class ColumnVerdict:
    """What a column (`table.column`) holds: a category, or `none`; why, and where the policy says so."""

    column: str
    category: str
    reason: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What the organisation knows better than the inventory: words never and always personal, and whole columns."""

    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    columns: tuple[ColumnVerdict, ...] = ()


NOTHING_KNOWN = Known()


def read_known(node: Node) -> Known:
    """Reads the section `inventory`. Raises KnowledgeError."""
    parts = node.fields(optional=("allow", "deny", "columns"))
    words = {key: parts[key].texts() if key in parts else () for key in ("allow", "deny")}
    return Known(tuple(words["allow"]), tuple(words["deny"]), tuple(_verdicts(parts.get("columns"))))


def _verdicts(node: Node | None) -> list[ColumnVerdict]:
    found = []
    for column, verdict in ({} if node is None else node.mapping()).items():
        parts = verdict.fields(("category", "reason"))
        found.append(ColumnVerdict(column, parts["category"].text(), parts["reason"].text(), parts["category"].where))
    return found
