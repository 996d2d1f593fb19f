"""How sensitive a category is, from `rules/taxonomy.yaml`; a category the file does not know is ordinary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from auditor.errors import KnowledgeError
from auditor.knowledge import home, read_yaml


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Level 0 (not personal) to 4 (special, criminal, or forbidden at rest), and the word shown for it."""

    level: int
    word: str

    @property
    def high(self) -> bool:
        """Whether the cell is ringed."""
        return self.level >= 3


_WORDS = ("not personal", "ordinary", "elevated", "sensitive", "special")


def sensitivity(category: str) -> Sensitivity:
    """The category's own level; an unknown one is ordinary."""
    level, _ = _taxonomy().get(category, (1, ""))
    return Sensitivity(level, _WORDS[level])


def title(category: str) -> str:
    """What people call the category or a family of them."""
    _, known = _taxonomy().get(category, (1, ""))
    return known or category.rpartition(".")[2].replace("_", " ")


@cache
def _taxonomy() -> Mapping[str, tuple[int, str]]:
    path = home("rules") / "taxonomy.yaml"
    if not path.is_file():
        return {}
    known: dict[str, tuple[int, str]] = {}
    for name, node in read_yaml(path, shown_as="rules/taxonomy.yaml").mapping()["categories"].pairs():
        parts = node.mapping()
        level = parts["level"].text()
        if level not in ("S0", "S1", "S2", "S3", "S4"):
            raise KnowledgeError("A level is S0 to S4.", where=node.where)
        known[name.text()] = (int(level[1]), parts["title"].text() if "title" in parts else "")
    return known
