"""Named patterns of `rules/patterns.yaml`: what `matches 'name'` asks. A rule never holds an expression of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from auditor.knowledge import Node, home, nearest, read_yaml
from auditor.language import comparing
from auditor.language.syntax import Place
from auditor.language.values import Condition, Value

MAX_LENGTH = 300
MAX_REPEATS = 100
_CLASS = r"\[\^?[A-Za-z0-9_ .,@/:+#-]+\]"
_PIECE = re.compile(
    rf"(?:{_CLASS}|[A-Za-z0-9_ @/:,#-]|\\[.+*?()\[\]|{{}}^$-]|\.|\(\?:|\)|\|)"
    r"(?:[?*+]|\{(\d{1,3})(?:,(\d{1,3}))?\})?"
)
"""One letter, class, dot, bracket or bar, perhaps repeated. No anchors, look-arounds, back-references or flags."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that a whole value fits or not, and how that reads."""

    name: str
    expression: str
    reads: str
    denies: str

    def fits(self, text: str) -> bool:
        """Whether a text fits, as the stage would say."""
        return re.fullmatch(self.expression, text, re.ASCII | re.DOTALL) is not None


@cache
def load_patterns(path: Path | None = None) -> Mapping[str, Pattern]:
    """Reads and checks `rules/patterns.yaml`: the shared subset, and what each pattern must and must not fit."""
    root = read_yaml(path or home("rules") / "patterns.yaml", shown_as="" if path else "rules/patterns.yaml")
    return {key.text(): _pattern(key.text(), node) for key, node in root.pairs()}


def pattern(name: str, at: Place) -> Pattern:
    """The pattern of a name. Raises ExpressionError with the nearest one."""
    known = load_patterns()
    if name not in known:
        hint = nearest(name, known) or f"Patterns: {', '.join(sorted(known))}."
        raise at.error(f"There is no pattern {name[:40]!r} in rules/patterns.yaml.", hint)
    return known[name]


def matches(value: Value, name: str, at: Place) -> Condition:
    """Whether a name or code fits a pattern; unknown if it is missing or unreadable."""
    found = pattern(name, at)
    if value.type not in ("name", "code"):
        do = "Only names and codes can be matched; personal values are not kept."
        raise comparing.wrong_type(value, "a name or a code", at, do)
    # (?s): a dot is any character here as in `fits`.
    expression = sa.literal(f"(?s){found.expression}", sa.String())
    return sa.func.regexp_full_match(value.column, expression, type_=sa.Boolean())


def _pattern(name: str, node: Node) -> Pattern:
    parts = node.fields(("pattern", "reads", "denies", "fits", "fits_not"))
    text = parts["pattern"].text()
    where = parts["pattern"]
    if len(text) > MAX_LENGTH:
        raise where.error(f"A pattern is at most {MAX_LENGTH} characters long.", "Make two of it.")
    position = 0
    while position < len(text):
        found = _PIECE.match(text, position)
        if found is None or any(int(number) > MAX_REPEATS for number in found.groups() if number):
            what = f"The pattern uses something at character {position + 1} that not every engine reads alike."
            raise where.error(what, "Use letters, classes, (?: ) groups, |, ? * + and {m,n}.")
        position = found.end()
    try:
        re.compile(text)
    except re.error:
        raise where.error("The pattern's brackets or repeats do not fit together.", "Mend them.") from None
    made = Pattern(name, text, parts["reads"].text(), parts["denies"].text())
    for key, wanted in (("fits", True), ("fits_not", False)):
        for example in parts[key].items():
            if made.fits(example.text()) is not wanted:
                raise example.error(
                    f"The pattern {'does not fit' if wanted else 'fits'} this example.", "Mend one of them."
                )
    return made
