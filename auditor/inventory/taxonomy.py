"""The categories of personal data, read from `rules/taxonomy.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from auditor.knowledge import Node, home, nearest, read_yaml

LEVELS = ("S0", "S1", "S2", "S3", "S4")
FLAGS = ("gdpr_special", "gdpr_criminal", "cpra_sensitive", "forbidden_at_rest")


@dataclass(frozen=True, slots=True)
class Category:
    """One category; `level` runs from S0 (not personal) to S4 (special, criminal, forbidden at rest)."""

    key: str
    title: str
    level: str
    flags: frozenset[str] = frozenset()

    @property
    def guarded(self) -> bool:
        """Whether even a first character of a value is too much to show."""
        return self.level == "S4" or self.key.startswith(("special.", "credential.", "criminal."))


@cache
def load_taxonomy() -> Mapping[str, Category]:
    """Every category by its key."""
    top = read_yaml(home("rules") / "taxonomy.yaml", shown_as="rules/taxonomy.yaml").fields(
        ["checked_on", "categories"]
    )
    found = {}
    for key, node in top["categories"].pairs():
        fields = node.fields(["level", "title"], ["flags"])
        flags = frozenset(f.one_of(FLAGS) for f in fields["flags"].items()) if "flags" in fields else frozenset()
        found[key.text()] = Category(key.text(), fields["title"].text(), fields["level"].one_of(LEVELS), flags)
    return found


def category_named(node: Node) -> str:
    """The key in a YAML value, checked against the taxonomy."""
    known = load_taxonomy()
    if node.text() not in known:
        raise node.error(f"There is no category {node.text()[:60]!r}.", nearest(node.text(), known))
    return node.text()
