"""Shapes that recur in rules, from `rules/kinds.yaml`: a rule names one and fills its slots."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from auditor.errors import KnowledgeError
from auditor.knowledge import Node, home, nearest, read_yaml

FILLERS = ("condition", "field", "keys", "list", "period", "relation", "time")
"""What may fill a slot."""

_SLOT = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Kind:
    """A shape: its slots with what fills them, the expression it stands for, the sentence it reads as."""

    id: str
    title: str
    slots: Mapping[str, str]
    violation: str
    reads: str


@dataclass(frozen=True, slots=True)
class Expression:
    """The text of an expression and where its parts were written, so that an error points into the file."""

    text: str
    file: str
    line: int
    column: int
    indent: int = 0
    """How far a block is indented in its file; its text is not."""
    parts: tuple[tuple[int, int, int, int], ...] = ()
    """Start and end in the text, line and column in the file, of what was filled into a kind's slots."""

    @property
    def where(self) -> tuple[str, int, int]:
        """File, line and column at which the text starts."""
        return self.file, self.line, self.column

    def blame(self, error: KnowledgeError) -> KnowledgeError:
        """The same error, placed at the slot whose text is at fault."""
        line, column = _position(error.where)
        if not self.parts or line != self.line:
            return error
        offset = column - self.column
        for start, end, part_line, part_column in self.parts:
            if start <= offset < end:
                where = f"{self.file}:{part_line}:{part_column + offset - start}"
                return type(error)(error.what, where=where, do=error.do)
        return error


def written(node: Node) -> Expression:
    """An expression as written in a file."""
    return Expression(node.text(), node.file, *node.content, indent=node.indent)


@cache
def load_kinds(path: Path | None = None) -> Mapping[str, Kind]:
    """Reads and checks `rules/kinds.yaml`."""
    root = read_yaml(path or home("rules") / "kinds.yaml", shown_as="" if path else "rules/kinds.yaml")
    return {key.text(): _kind(key, node) for key, node in root.pairs()}


def fill(name: Node, slots: Node) -> Expression:
    """The expression of a kind with its slots filled. Raises KnowledgeError for an unknown kind or slot."""
    kinds = load_kinds()
    if name.text() not in kinds:
        hint = nearest(name.text(), kinds) or f"Known: {', '.join(sorted(kinds))}."
        raise name.error(f"There is no kind {name.text()[:60]!r}.", hint)
    kind = kinds[name.text()]
    filled = slots.fields(kind.slots)
    text, parts = "", []
    for index, piece in enumerate(_SLOT.split(kind.violation)):
        if index % 2 == 0:
            text += piece
            continue
        node = filled[piece]
        written_as = _one_line(node)
        parts.append((len(text), len(text) + len(written_as), *node.content))
        text += written_as
    line, column = name.content
    return Expression(text, name.file, line, column, parts=tuple(parts))


def _one_line(node: Node) -> str:
    if "\n" in node.text().strip() or not node.text().strip():
        raise node.error("A slot is filled on one line.", "Write it on one line, or use `violation:`.")
    return node.text().strip()


def _kind(key: Node, node: Node) -> Kind:
    parts = node.fields(("title", "slots", "violation", "reads"))
    slots = {name.text(): filler.one_of(FILLERS) for name, filler in parts["slots"].pairs()}
    for sentence in ("violation", "reads"):
        used = set(_SLOT.findall(parts[sentence].text()))
        if unknown := sorted(used - set(slots)):
            raise parts[sentence].error(f"There is no slot {unknown[0]!r}.", nearest(unknown[0], slots))
        if unused := sorted(set(slots) - used):
            raise parts[sentence].error(f"The slot {unused[0]!r} is not used.", f"Write {{{unused[0]}}} in it.")
    return Kind(key.text(), parts["title"].text(), slots, parts["violation"].text(), parts["reads"].text())


def _position(where: str) -> tuple[int, int]:
    numbers = where.rsplit(":", 2)[1:]
    return (int(numbers[0]), int(numbers[1])) if len(numbers) == 2 and all(n.isdigit() for n in numbers) else (0, 0)
