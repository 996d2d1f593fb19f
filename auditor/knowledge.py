"""Knowledge as data: finds `rules/` and `reports/`, and reads YAML so that every error has a file, line and column.

YAML is composed into nodes and typed by whoever asks, never by YAML 1.1's own guesses (`no`, `0123`, `12:30`).
Aliases are refused and size and depth are capped before anything is built, so a hostile file costs nothing.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from auditor.errors import KnowledgeError

MAX_BYTES = 500_000
MAX_DEPTH = 40
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What may not stand in a YAML text (YAML 1.1, section 5.1)."""


@cache
def home(name: str) -> Path:
    """The folder `rules`, `reports` or `fixtures`: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    for candidate in (package / "_data" / name, package.parent / name):
        if candidate.is_dir():
            return candidate
    raise KnowledgeError(f"The folder {name!r} of the installation is missing.", do="Install auditor again.")


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint naming the closest known name, empty if none is close."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"Did you mean {close[0]!r}?" if close else ""


@dataclass(frozen=True, slots=True)
class Node:
    """A YAML value with its place; the accessors type it or say what was expected."""

    node: yaml.Node
    file: str

    @property
    def line(self) -> int:
        """Line in the file, from 1."""
        return int(self.node.start_mark.line) + 1

    @property
    def where(self) -> str:
        """`file:line:column`, for error messages."""
        return f"{self.file}:{self.line}:{int(self.node.start_mark.column) + 1}"

    @property
    def content(self) -> tuple[int, int]:
        """Line and column (from 1) where the text of a scalar starts; a block scalar starts on the next line."""
        mark = self.node.start_mark
        if isinstance(self.node, yaml.ScalarNode) and self.node.style in ("|", ">"):
            return int(mark.line) + 2, 1 + self.indent
        quoted = isinstance(self.node, yaml.ScalarNode) and self.node.style in ("'", '"')
        return int(mark.line) + 1, int(mark.column) + (2 if quoted else 1)

    @property
    def indent(self) -> int:
        """How far the text of a block scalar is indented in its file; 0 for every other value."""
        return int(getattr(self.node, "block_indent", 0))

    def error(self, what: str, do: str = "") -> KnowledgeError:
        """An error about this value."""
        return KnowledgeError(what, where=self.where, do=do)

    @property
    def is_mapping(self) -> bool:
        """Whether this is `key: value` pairs."""
        return isinstance(self.node, yaml.MappingNode)

    @property
    def is_list(self) -> bool:
        """Whether this is a list."""
        return isinstance(self.node, yaml.SequenceNode)

    @property
    def is_blank(self) -> bool:
        """Whether this is an unquoted nothing: empty, `~` or `null`."""
        return (
            isinstance(self.node, yaml.ScalarNode) and self.node.style is None and self.node.value in ("", "~", "null")
        )

    def text(self) -> str:
        """The text as written; `no` stays `no`."""
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.error("A text is expected here, not a list or a mapping.")
        return str(self.node.value)

    def number(self) -> float:
        """A number."""
        try:
            return float(self.text())
        except ValueError:
            raise self.error("A number is expected here.") from None

    def boolean(self) -> bool:
        """`true` or `false`; no other spelling."""
        if self.text() not in ("true", "false"):
            raise self.error("Write true or false here.")
        return self.text() == "true"

    def day(self) -> date:
        """A date as YYYY-MM-DD."""
        try:
            return date.fromisoformat(self.text())
        except ValueError:
            raise self.error("A date is expected here, written YYYY-MM-DD.") from None

    def one_of(self, known: Iterable[str]) -> str:
        """A text that must be one of `known`."""
        names = [str(name) for name in known]  # of an enumeration, as it is written
        if self.text() not in names:
            raise self.error(f"{self.text()[:60]!r} is not one of {', '.join(names)}.", nearest(self.text(), names))
        return self.text()

    def items(self) -> list[Node]:
        """The entries of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error("A list is expected here.")
        return [Node(entry, self.file) for entry in self.node.value]

    def texts(self) -> tuple[str, ...]:
        """A list of texts; a single text counts as a list of one."""
        return (self.text(),) if isinstance(self.node, yaml.ScalarNode) else tuple(e.text() for e in self.items())

    def pairs(self) -> Iterator[tuple[Node, Node]]:
        """Keys and values of a mapping; a key given twice is refused."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error("`key: value` pairs are expected here.")
        seen: set[str] = set()
        for key, value in self.node.value:
            name = Node(key, self.file)
            if name.text() in seen:
                raise name.error(f"The key {name.text()[:60]!r} is given twice.", "Keep one of them.")
            seen.add(name.text())
            yield name, Node(value, self.file)

    def mapping(self) -> dict[str, Node]:
        """A mapping with keys of any name."""
        return {key.text(): value for key, value in self.pairs()}

    def fields(self, required: Iterable[str] = (), optional: Iterable[str] = ()) -> dict[str, Node]:
        """A mapping with known keys only; a missing or unknown one is an error with the nearest name."""
        needed, allowed = list(required), [*required, *optional]
        found: dict[str, Node] = {}
        for key, value in self.pairs():
            if key.text() not in allowed:
                hint = nearest(key.text(), allowed) or f"Known keys: {', '.join(sorted(allowed))}."
                raise key.error(f"The key {key.text()[:60]!r} is not known here.", hint)
            found[key.text()] = value
        for name in needed:
            if name not in found:
                raise self.error(f"The key {name!r} is missing.", f"Add `{name}:`.")
        return found


def read_yaml(path: Path, *, shown_as: str = "") -> Node:
    """The one document in a YAML file. Raises KnowledgeError with file, line and column."""
    name = shown_as or str(path)
    try:
        if not path.is_dir() and path.exists() and not path.is_file():  # a pipe or device would never end
            raise KnowledgeError("This is not a regular file.", where=name, do="Name a file.")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise KnowledgeError(f"The file cannot be read: {error.strerror}.", where=name) from None
    if len(content) > MAX_BYTES:
        raise KnowledgeError(f"The file is larger than {MAX_BYTES:,} bytes.", where=name, do="Split it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = _place(name, content[: error.start].decode("utf-8-sig"))
        raise KnowledgeError("The file is not UTF-8 text.", where=at, do="Save it as UTF-8.") from None
    return parse_yaml(text, name)


def parse_yaml(text: str, name: str) -> Node:
    """The one document in a YAML text; `name` stands for it in errors."""
    if (odd := _FORBIDDEN.search(text)) is not None:
        what = f"The character U+{ord(odd[0]):04X} is not allowed in YAML."
        raise KnowledgeError(what, where=_place(name, text[: odd.start()]), do="Take it out.")
    try:
        depth = 0
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.AliasEvent):
                raise KnowledgeError(
                    "Aliases (*name) are not allowed.", where=_at(name, event.start_mark), do="Write the value out."
                )
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise KnowledgeError(f"Nested more than {MAX_DEPTH} levels deep.", where=_at(name, event.start_mark))
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        tabbed = mark is not None and any("\t" in line for line in text.split("\n")[mark.line : mark.line + 1])
        raise KnowledgeError(
            f"This is not valid YAML: {error.problem or error.context}.",
            where=_at(name, mark),
            do="Indent by blanks; YAML takes no tabs." if tabbed else "Mend the line.",
        ) from None
    if node is None:
        raise KnowledgeError("The file is empty.", where=name)
    _indent_blocks(node, text.split("\n"))
    return Node(node, name)


def _indent_blocks(root: Any, lines: list[str]) -> None:
    """Marks every block scalar with its indentation, which YAML takes away and places in it need."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.MappingNode):
            waiting.extend(part for pair in node.value for part in pair)
        elif isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)
        elif node.style in ("|", ">"):
            text = next((line for line in lines[node.start_mark.line + 1 :] if line.strip()), "")
            node.block_indent = len(text) - len(text.lstrip(" "))


def _place(name: str, before: str) -> str:
    """The place that comes after a text."""
    lines = before.split("\n")
    return f"{name}:{len(lines)}:{len(lines[-1]) + 1}"


def _at(name: str, mark: Any) -> str:
    return f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name


def documents(folder: Path, pattern: str = "*.yaml") -> Iterator[tuple[Path, Node]]:
    """Every YAML file below a folder, in name order; names are shown relative to the folder's parent."""
    for path in sorted(folder.rglob(pattern)):
        yield path, read_yaml(path, shown_as=str(path.relative_to(folder.parent)))


_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
