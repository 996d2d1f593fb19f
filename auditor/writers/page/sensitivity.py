"""How sensitive a category is, and what people call it."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.inventory.taxonomy import LEVELS, load_taxonomy

_WORDS = ("not personal", "ordinary", "elevated", "sensitive", "special")
_ORDINARY = 1


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Level 0 (not personal) to 4 (special, criminal, or forbidden at rest), and the word shown for it."""

    level: int
    word: str

    @property
    def high(self) -> bool:
        """Whether the cell is ringed."""
        return self.level >= LEVELS.index("S3")


def sensitivity(category: str) -> Sensitivity:
    """The category's own level; one that the taxonomy does not know is ordinary."""
    known = load_taxonomy().get(category)
    level = LEVELS.index(known.level) if known else _ORDINARY
    return Sensitivity(level, _WORDS[level])


def title(category: str) -> str:
    """What people call the category, or a family of them."""
    known = load_taxonomy().get(category)
    return known.title if known else category.rpartition(".")[2].replace("_", " ")
