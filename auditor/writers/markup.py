"""Text as Markdown that cannot act: no link, no mention, no reference, no HTML, whoever renders it."""

from __future__ import annotations

import re

# Letters, digits and spaces with the punctuation of a plain sentence; a full stop only where it ends something.
_HARMLESS = re.compile(r"(?:[^\W_]|[ ,;'’()–-]|[.:](?=\s|\Z))*\Z")
_REFERENCE = re.compile(r"\bGH-\d|\b[0-9a-f]{7,40}\b", re.IGNORECASE)
_TICKS = re.compile("`+")


def text(plain: str) -> str:
    """As it is if it is a plain sentence, else as code: renderers leave code alone, links and mentions included."""
    if _HARMLESS.match(plain) and not _REFERENCE.search(plain):
        return plain.strip()
    return code(plain)


def code(plain: str) -> str:
    """As code, fit for a cell of a table too."""
    plain = " ".join(plain.split())
    if not plain:
        return ""
    fence = "`" * (max((len(run) for run in _TICKS.findall(plain)), default=0) + 1)
    pad = " " if "`" in plain else ""
    # In a table a bar ends the cell even within code, and a backslash before it may itself be escaped.
    return f"{fence}{pad}{plain.replace('|', '¦')}{pad}{fence}"
