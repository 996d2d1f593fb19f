"""What a text must hold at least for a pattern to match, read off the pattern itself.

Presidio asks every recognizer about every text. Most patterns need digits, a sign or a length that most texts lack, and
that can be told from the pattern's syntax tree: a text without them cannot match, so the pattern need not be tried.
"""

from __future__ import annotations

import importlib
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

# `re` publishes its parser only under these names; they are the same from Python 3.11 to 3.14.
names: Any = importlib.import_module("re._constants")
parser: Any = importlib.import_module("re._parser")

SIGNS = frozenset("@.:/-+#$&=?%_(),;")
MOST = 64

# Syntax that `regex`, which Presidio uses, reads differently from `re`: nothing is concluded from such a pattern.
_FOREIGN = re.compile(r"\\[pPXKLGmMRh]|\{[a-z<]|\[\[|\[:[a-z]+:|&&|\|\||~~|--|\(\?\||\(\?&|\(\?R|\(\*|\(\?<?[a-zA-Z]*V")
_DIGITS = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Needs:
    """A lower bound: so many characters, so many of them digits, and one each of these signs."""

    length: int = 0
    digits: int = 0
    signs: frozenset[str] = frozenset()

    def met(self, facts: Needs) -> bool:
        """Whether a text with these facts could match."""
        return facts.length >= self.length and facts.digits >= self.digits and self.signs <= facts.signs


def facts_of(text: str) -> Needs:
    """What a text has, in the terms of what patterns need."""
    # Not isdecimal: a digit is what the pattern's own class says; a newer digit counts as one in neither too seldom.
    digits = len(_DIGITS.findall(text)) if text.isascii() else sum(map(_maybe_digit, text))
    return Needs(min(len(text), MOST), min(digits, MOST), SIGNS.intersection(text))


def _maybe_digit(character: str) -> bool:
    # Python's tables of digits and those of `regex` are not of the same year: what neither knows may be one.
    return character.isdecimal() or (not character.isascii() and not character.isalpha())


@lru_cache(maxsize=1024)
def needs_of(pattern: str, flags: int = 0) -> Needs:
    """What every match of a pattern needs; nothing, if its syntax is not certain."""
    if _FOREIGN.search(pattern):
        return Needs()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = parser.parse(pattern, int(flags) & (re.IGNORECASE | re.MULTILINE | re.DOTALL | re.VERBOSE))
    except (re.error, Warning, RecursionError):
        return Needs()
    # Case folding may join characters (`ß` matches `ss` nowhere in Presidio's simple folding), so lengths stay certain.
    return _capped(_sequence(tree))


def _capped(needs: Needs) -> Needs:
    return Needs(min(needs.length, MOST), min(needs.digits, MOST), needs.signs)


def _sequence(items: Iterable[Any]) -> Needs:
    length, digits, ahead, signs = 0, 0, 0, frozenset[str]()
    for kind, argument in items:
        if kind is names.ASSERT:
            # What is looked at is also consumed elsewhere: the larger of both counts, not the sum.
            seen = _sequence(argument[1])
            ahead, signs = max(ahead, seen.digits), signs | seen.signs
            continue
        one = _item(kind, argument)
        length, digits, signs = min(length + one.length, MOST), min(digits + one.digits, MOST), signs | one.signs
    return Needs(length, max(digits, ahead), signs)


def _item(kind: Any, argument: Any) -> Needs:
    if kind is names.LITERAL:
        character = chr(argument)
        return Needs(1, int(character in "0123456789"), frozenset(character) & SIGNS)
    if kind is names.IN:
        return Needs(1, int(_only_digits(argument)))
    if kind in (names.ANY, names.NOT_LITERAL):
        return Needs(1)
    if kind is names.SUBPATTERN:
        return _sequence(argument[-1])
    if kind is names.BRANCH:
        ways = [_sequence(way) for way in argument[1]]
        signs = frozenset.intersection(*(w.signs for w in ways))
        return Needs(min(w.length for w in ways), min(w.digits for w in ways), signs)
    if kind in (names.MAX_REPEAT, names.MIN_REPEAT, names.POSSESSIVE_REPEAT):
        least, _, body = argument
        if not least:
            return Needs()
        one, times = _sequence(body), min(int(least), MOST)
        return Needs(min(one.length * times, MOST), min(one.digits * times, MOST), one.signs)
    if kind is names.ATOMIC_GROUP:
        return _sequence(argument)
    # Anchors, look-arounds, back references and conditions: they may match nothing at all.
    return Needs()


def _only_digits(members: Iterable[tuple[Any, Any]]) -> bool:
    for kind, argument in members:
        if kind is names.LITERAL:
            known = chr(argument) in "0123456789"
        elif kind is names.RANGE:
            known = ord("0") <= argument[0] and argument[1] <= ord("9")
        else:
            known = kind is names.CATEGORY and argument is names.CATEGORY_DIGIT
        if not known:
            return False
    return True
