"""How things are said on a terminal: control characters made harmless, progress only where someone watches."""

from __future__ import annotations

import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Sequence

import click

from auditor.cli.interrupts import check

_INVISIBLE = {"Cc", "Cf", "Cs", "Co"}


def plain(text: str) -> str:
    """Text with escape codes, bidirectional controls and other invisible characters shown as `\\x..` or `\\u....`."""
    return "".join(_code(c) if unicodedata.category(c) in _INVISIBLE and c not in "\n\t" else c for c in text)


def _code(character: str) -> str:
    return f"\\x{ord(character):02x}" if ord(character) < 256 else f"\\u{ord(character):04x}"


def steps(always: bool = False) -> Callable[[str], None]:
    """A progress function: on a terminal one line that changes; elsewhere nothing, or a line per step if `always`."""
    began = time.monotonic()

    def line(sentence: str) -> str:
        return f"  {time.monotonic() - began:5.1f} s  {plain(sentence.rstrip('.'))}"

    terminal = sys.stderr.isatty()

    def step(sentence: str) -> None:
        check()
        if terminal:
            click.echo(f"\r\x1b[2K{line(sentence)[:110]}", nl=False, err=True)
        elif always:
            click.echo(line(sentence), err=True)

    return step


def clear() -> None:
    """Removes the progress line."""
    if sys.stderr.isatty():
        click.echo("\r\x1b[2K", nl=False, err=True)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns aligned by spaces; the last one runs free."""
    lines = [[plain(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]]).rstrip()
        for line in lines
    )
