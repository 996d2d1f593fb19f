"""Recognizers of the organisation's own: one in each YAML file of a folder that the policy names.

Patterns are RE2, which takes linear time whatever the pattern and the value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import KnowledgeError
from auditor.inventory.checks import Check
from auditor.inventory.column import Column
from auditor.inventory.identifiers import load_identifiers
from auditor.inventory.taxonomy import category_named
from auditor.inventory.weigh import Tested
from auditor.knowledge import Node, read_yaml
from auditor.policy_inventory import Known

MAX_LENGTH = 1_000
_FILES = (".yaml", ".yml")
_CHANCE = 0.00001
"""The share of other values that fit by chance, if the file does not say: so few that one hit decides."""
_TELLS_NOTHING = ("", "a", "1", " ")


@dataclass(frozen=True, slots=True)
class OwnRecognizer:
    """A recognizer that the organisation wrote: a validator, and the RE2 expression that a value holds."""

    check: Check
    expression: str


def load_own(known: Known) -> tuple[OwnRecognizer, ...]:
    """The recognizers of the policy's `inventory.recognizers`. Raises KnowledgeError with file, line and column."""
    if known.recognizers is None:
        return ()
    if not Path(known.recognizers.path).exists():
        raise KnowledgeError("There is no such file or folder of recognizers.", where=known.recognizers.where)
    files = own_files(known)
    if not files:
        do = "Put one YAML file per recognizer there."
        raise KnowledgeError("The folder holds no recognizer.", where=known.recognizers.where, do=do)
    places = {check.id: "auditor itself" for check in load_identifiers()}
    return tuple(_read(read_yaml(file), places) for file in files)


def own_files(known: Known) -> tuple[Path, ...]:
    """The files of the policy's `inventory.recognizers`, in order."""
    path = Path(known.recognizers.path) if known.recognizers is not None else None
    if path is not None and path.is_dir():
        return tuple(sorted(each for each in path.iterdir() if each.suffix in _FILES))
    return () if path is None else (path,)


def test_own(column: Column, recognizers: Sequence[OwnRecognizer]) -> list[Tested]:
    """Each recognizer that some of a column's values fit."""
    found = []
    for one in recognizers if column.texts else ():
        fits = _fits(one.expression, column.texts)
        if any(fits):
            drawn = sum(n for ok, n in zip(fits, column.counts, strict=True) if ok)
            found.append(Tested(one.check, sum(fits), len(column.texts), drawn / column.drawn))
    return found


def _read(node: Node, places: dict[str, str]) -> OwnRecognizer:
    parts = node.fields(("id", "title", "category", "pattern", "fits", "fits_not"), ("chance", "inside_texts"))
    name = parts["id"].text()
    if not name.strip() or len(name) > 60:
        raise parts["id"].error("An id has 1 to 60 characters.")
    if name in places:
        what = f"There is a recognizer {name!r} already, in {places[name]}."
        raise parts["id"].error(what, "Give this one another id.")
    places[name] = parts["id"].where
    chance = parts["chance"].number() if "chance" in parts else _CHANCE
    if not 0 < chance < 1:
        raise parts["chance"].error("A share between 0 and 1 is expected here.", "It says how many other values fit.")
    expression = _expression(parts["pattern"], "inside_texts" in parts and parts["inside_texts"].boolean())
    for key, wanted in (("fits", True), ("fits_not", False)):
        for example in parts[key].items():
            if _fits(expression, [example.text()])[0] is not wanted:
                raise example.error(
                    f"The pattern {'does not fit' if wanted else 'fits'} this example.", "Mend one of them."
                )
    category, title = category_named(parts["category"]), parts["title"].text()
    return OwnRecognizer(Check(name, category, title, chance, lambda t: _fits(expression, [t])[0]), expression)


def _expression(node: Node, inside: bool) -> str:
    written = node.text()
    if len(written) > MAX_LENGTH:
        raise node.error(f"A pattern is at most {MAX_LENGTH:,} characters long.", "Make several recognizers of it.")
    bounds = (r"(?:^|[^\pL\pN])", r"(?:$|[^\pL\pN])") if inside else (r"\A", r"\z")
    expression = f"(?s){bounds[0]}(?:{written}){bounds[1]}"
    try:
        _fits(written, [""])
        telling = not any(_fits(expression, _TELLS_NOTHING))
    except ValueError:  # what Arrow raises is one
        raise node.error(
            "This is not a pattern of RE2.", "RE2 has no look-arounds and no back-references; repeats go up to 1,000."
        ) from None
    if not telling:
        raise node.error("The pattern fits a single character, or none.", "Say more of what the values look like.")
    return expression


def _fits(expression: str, texts: Sequence[str]) -> list[bool]:
    import pyarrow as pa  # not before somebody has a recognizer of their own
    import pyarrow.compute as pc

    fits: list[bool] = pc.match_substring_regex(pa.array(texts, pa.string()), expression).to_pylist()
    return fits
