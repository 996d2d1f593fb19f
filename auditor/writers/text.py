"""Names and texts of the audited system made fit to be shown: they are hostile until proven otherwise."""

from __future__ import annotations

import re
import unicodedata

NAME_LIMIT = 96
TEXT_LIMIT = 6_000
MARKS_LIMIT = 4

_PLAIN = re.compile(r"[\x20-\x7e]*\Z")


def visible(text: str, *, lines: bool = False, limit: int = TEXT_LIMIT) -> str:
    """The text with every control, format and bidirectional character spelled out, cut with a marker if too long.

    `lines` keeps line feeds and tabs, for SQL. A pile of combining marks is thinned, so that it stays in its line.
    """
    text, cut = text[:limit], max(0, len(text) - limit)
    if not _PLAIN.match(text):
        text = _spelled(text, lines)
    return f"{text}… ({cut:,} more characters)" if cut else text


def _spelled(text: str, lines: bool) -> str:
    out: list[str] = []
    marks = 0
    for char in text:
        kind = unicodedata.category(char)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if marks > MARKS_LIMIT or (char == "\r" and lines):
            continue
        if kind in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") and not (lines and char in "\n\t"):
            out.append("↵" if char == "\n" else f"⟨U+{ord(char):04X}⟩")
        else:
            out.append(" " if kind == "Zs" else char)
    return "".join(out)
