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
    """The category's own level, else that of its family."""
    known = _levels()
    level = known.get(category, known.get(category.partition(".")[0], 1))
    return Sensitivity(level, _WORDS[level])


@cache
def _levels() -> Mapping[str, int]:
    path = home("rules") / "taxonomy.yaml"
    if not path.is_file():
        return {}
    levels: dict[str, int] = {}
    for name, node in read_yaml(path, shown_as="rules/taxonomy.yaml").mapping()["categories"].pairs():
        parts = node.mapping()
        text = parts["level"].text() if "level" in parts else "S1"
        if text[1:] not in "01234":
            raise KnowledgeError("A level is S0 to S4.", where=node.where)
        levels[name.text()] = int(text[1:])
    return levels
