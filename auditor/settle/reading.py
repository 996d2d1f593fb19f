"""How a column settles, as profiles and registers write it in YAML: the options of a `SettleSpec` by their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from auditor.knowledge import Node

_LISTS = ("true", "false", "missing", "formats")
_MAPS = ("prefixes", "patterns")
_WORDS = ("otherwise", "split", "strip", "zone", "key_shape", "country", "decimal", "thousands")
_SWITCHES = ("day_first", "day_only")
OPTIONS = (*_LISTS, *_MAPS, *_WORDS, *_SWITCHES, "values")
"""Every option; docs/profiles.md says what each means."""


def options_of(parts: Mapping[str, Node]) -> dict[str, Any]:
    """The options among the parts of a mapping, as arguments of `SettleSpec`. Raises KnowledgeError with the place."""
    options: dict[str, Any] = {key: parts[key].texts() for key in _LISTS if key in parts}
    options |= {key: parts[key].text() for key in _WORDS if key in parts}
    options |= {key: parts[key].boolean() for key in _SWITCHES if key in parts}
    if "values" in parts:
        options["values"] = _codes(parts["values"])
    if "prefixes" in parts:
        options["prefixes"] = {raw: code.text() for raw, code in parts["prefixes"].mapping().items()}
    if "patterns" in parts:
        options["patterns"] = {key.text(): _code_of_pattern(key, code) for key, code in parts["patterns"].pairs()}
    return options


def _code_of_pattern(pattern: Node, code: Node) -> str:
    try:
        pc.match_substring_regex(pa.array([""]), pattern.text())  # the engine that will read the values: RE2
    except pa.ArrowInvalid:
        raise pattern.error(
            "This is not a regular expression.", "RE2 knows no look-ahead and no backreferences."
        ) from None
    return code.text()


def _codes(node: Node) -> dict[str, str]:
    if node.is_mapping:
        return {raw: code.text() for raw, code in node.mapping().items()}
    return {code: code for code in node.texts()}
