"""The policy's section `inventory`: what the organisation knows better than a detector of personal data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from auditor.knowledge import Node


@dataclass(frozen=True, slots=True)
class ColumnVerdict:
    """What a column (`table.column`) holds: a category, or `none`; why, and where the policy says so."""

    column: str
    category: str
    reason: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """The file or folder of the organisation's own recognizers, and where the policy names it."""

    path: str
    where: str


@dataclass(frozen=True, slots=True)
class Known:
    """What the organisation knows better than the inventory: words never and always personal, columns, recognizers."""

    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    columns: tuple[ColumnVerdict, ...] = ()
    recognizers: OwnPlace | None = None


NOTHING_KNOWN = Known()


def read_known(node: Node, folder: Path) -> Known:
    """Reads the section `inventory` of a policy in this folder. Raises KnowledgeError."""
    parts = node.fields(optional=("allow", "deny", "columns", "recognizers"))
    own = parts.get("recognizers")
    place = OwnPlace(str(folder / Path(own.text()).expanduser()), own.where) if own is not None else None
    words = {key: parts[key].texts() if key in parts else () for key in ("allow", "deny")}
    return Known(tuple(words["allow"]), tuple(words["deny"]), tuple(_verdicts(parts.get("columns"))), place)


def _verdicts(node: Node | None) -> list[ColumnVerdict]:
    found = []
    for column, verdict in ({} if node is None else node.mapping()).items():
        parts = verdict.fields(("category", "reason"))
        found.append(ColumnVerdict(column, parts["category"].text(), parts["reason"].text(), parts["category"].where))
    return found
