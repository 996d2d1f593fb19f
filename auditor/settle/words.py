"""The words and shapes of `rules/settling.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from auditor.knowledge import Node, home, read_yaml


@dataclass(frozen=True, slots=True)
class Words:
    """What texts mean in every source; all in lower case. Shapes are regular expressions for a whole text."""

    missing: frozenset[str]
    zero_times: tuple[str, ...]
    true: frozenset[str]
    false: frozenset[str]
    key_shapes: str
    named_key_shapes: Mapping[str, str]
    not_countries: frozenset[str]
    shared_region_names: frozenset[str]
    phones_anywhere: str
    secrets: tuple[tuple[str, str], ...]
    """Scheme and shape; the first that fits wins."""


@cache
def load_words() -> Words:
    """Reads and checks `rules/settling.yaml`."""
    root = read_yaml(home("rules") / "settling.yaml", shown_as="rules/settling.yaml").fields(
        (
            *("missing", "zero_times", "true", "false", "key_shapes", "named_key_shapes", "not_countries"),
            *("shared_region_names", "phones_anywhere", "secrets"),
        )
    )

    def lower(name: str) -> frozenset[str]:
        return frozenset(text.lower() for text in root[name].texts())

    secrets = tuple(
        (parts["scheme"].text(), _shape(parts["like"]))
        for parts in (node.fields(("scheme", "like")) for node in root["secrets"].items())
    )
    return Words(
        missing=lower("missing"),
        zero_times=tuple(text.lower() for text in root["zero_times"].texts()),
        true=lower("true"),
        false=lower("false"),
        key_shapes="|".join(_shape(node) for node in root["key_shapes"].mapping().values()),
        named_key_shapes={name: _shape(node) for name, node in root["named_key_shapes"].mapping().items()},
        not_countries=frozenset(root["not_countries"].texts()),
        shared_region_names=lower("shared_region_names"),
        phones_anywhere="|".join(_shape(node) for node in root["phones_anywhere"].items()),
        secrets=secrets,
    )


def _shape(node: Node) -> str:
    try:
        re.compile(node.text())
    except re.error:
        raise node.error("This is not a regular expression.") from None
    return node.text()
