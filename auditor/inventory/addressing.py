"""Names by how people are addressed: behind a title or a greeting, and under the closing of a letter.

That needs no language model, and finds single surnames and rare names that a model overlooks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from auditor.inventory.lexicon import fold
from auditor.knowledge import home, read_yaml

_NAME = r"[^\W\d_][^\W\d_]*(?:['’.-][^\W\d_]+)*\.?"
_WORDS = rf"({_NAME}(?:[ \t]+{_NAME}){{0,3}})"


@dataclass(frozen=True, slots=True)
class Addressing:
    """The patterns of `rules/recognizers/languages.yaml`; each captures what may be a name."""

    titled: re.Pattern[str]
    greeted: re.Pattern[str]
    signed: re.Pattern[str]
    related: re.Pattern[str]
    nobody: frozenset[str]


@cache
def load_addressing() -> Addressing:
    """How people are addressed."""
    shown = "rules/recognizers/languages.yaml"
    top = read_yaml(home("rules") / "recognizers" / "languages.yaml", shown_as=shown)
    keys = ("titles", "greetings", "closings", "nobody", "related")
    words = {
        k: n.texts() for k, n in top.fields(("languages", "sure", "addressing"))["addressing"].fields(keys).items()
    }
    titles, greetings, closings, related = (_any_of(words[k]) for k in ("titles", "greetings", "closings", "related"))
    return Addressing(
        titled=re.compile(rf"(?<!\w){titles}\.?[ \t]+{_WORDS}"),
        greeted=re.compile(rf"^[ \t]*{greetings}[ \t]+{_WORDS}[ \t]*[,!:]", re.MULTILINE),
        signed=re.compile(rf"(?i:{closings})[ \t]*[,.!]?[ \t]*\n\s*{_WORDS}[ \t]*$", re.MULTILINE),
        related=re.compile(rf"(?<!\w){related}(?!\w)", re.IGNORECASE),
        nobody=frozenset(fold(w) for w in (*words["nobody"], *words["titles"])),
    )


def _any_of(words: Sequence[str]) -> str:
    # A longer phrase goes before the one it starts with.
    return f"(?:{'|'.join(re.escape(w) for w in sorted(words, key=len, reverse=True))})"


def addressed(text: str) -> Iterator[tuple[str, ...]]:
    """The names of people whom a text addresses, or who signed it, each as its words."""
    known = load_addressing()
    for pattern in (known.titled, known.greeted, known.signed):
        for match in pattern.finditer(text):
            words = match[1].split()
            # A title within the words belongs to no name: `Sehr geehrte Frau Weber`.
            while words and fold(words[0].rstrip(".")) in known.nobody:
                words = words[1:]
            length = next((i for i, w in enumerate(words) if not w[0].isupper()), len(words))
            name = tuple(words[:length])
            if name and len(name[0]) > 1 and (pattern is known.titled or length == len(words)):
                yield name


def speaks_of_others(text: str) -> bool:
    """Whether a text speaks of relatives, neighbours or colleagues of somebody."""
    return load_addressing().related.search(text) is not None
