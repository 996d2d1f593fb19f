"""Numbers with check digits, described in `rules/recognizers/identifiers.yaml`, as validators."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache, partial

from auditor.inventory.checks import Check, luhn
from auditor.inventory.taxonomy import category_named
from auditor.knowledge import Node, home, read_yaml

# No number has fewer: a Hong Kong identity card's six.
_FEWEST_DIGITS = 6


@dataclass(frozen=True, slots=True)
class CheckDigit:
    """One check character and how it follows from the characters before it; `method` names a procedure of its own."""

    at: int = 0
    modulus: int = 0
    weights: tuple[int, ...] = ()
    number: int = 0
    times: int = 1
    table: str = ""
    width: int = 1
    plus: int = 0
    letters: str = ""
    method: str = ""

    def holds(self, value: str) -> bool:
        """Whether the check character is the right one."""
        if self.method:
            return METHODS[self.method](value[self.at :])
        plain = [self._number(c) for c in value]
        if self.number:
            total = int(
                "".join(str(n) for n, c in zip(plain, value, strict=True) if c in self.letters or c.isdigit())[
                    : self.number
                ]
            )
        else:
            total = self.plus + sum(w * n for w, n in zip(self.weights, plain, strict=False))
        remainder = total * self.times % self.modulus
        expected = self.table[remainder] if self.table else f"{self.modulus - remainder:0{self.width}}"
        start = self.at % len(value)
        return value[start : start + self.width] == expected

    def _number(self, character: str) -> int:
        return self.letters.index(character) if character in self.letters else int(character, 36)


def _mod_11_10(value: str) -> bool:
    """ISO 7064, mod 11,10."""
    product = 10
    for digit in value[:-1]:
        product = (product + int(digit)) % 10 or 10
        product = product * 2 % 11
    return (11 - product) % 10 == int(value[-1])


def _verhoeff(value: str) -> bool:
    """Verhoeff's check over the dihedral group of ten elements."""
    check = 0
    for position, digit in enumerate(reversed(value)):
        check = _turned(check, _permuted(position, int(digit)))
    return check == 0


def _turned(a: int, b: int) -> int:
    turned = (a + b) % 5 if a < 5 else (a - b) % 5
    return turned + (0 if (a < 5) == (b < 5) else 5)


def _permuted(position: int, digit: int) -> int:
    for _ in range(position % 8):
        digit = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[digit]
    return digit


METHODS: Mapping[str, Callable[[str], bool]] = {"luhn": luhn, "verhoeff": _verhoeff, "mod_11_10": _mod_11_10}


@cache
def load_identifiers() -> tuple[Check, ...]:
    """Every identifier as a validator of whole values."""
    return tuple(_identifier(node) for node in _file()["identifiers"].items())


@cache
def iban_lengths() -> Mapping[str, int]:
    """How long an IBAN of each country is."""
    return {country.text(): int(length.number()) for country, length in _file()["iban_lengths"].pairs()}


def _file() -> dict[str, Node]:
    top = read_yaml(home("rules") / "recognizers" / "identifiers.yaml", shown_as="rules/recognizers/identifiers.yaml")
    return top.fields(["identifiers", "iban_lengths"])


def _identifier(node: Node) -> Check:
    fields = node.fields(["id", "title", "category", "pattern", "chance", "checks"], ["written"])
    pattern = _pattern(fields["pattern"])
    written = _pattern(fields["written"]) if "written" in fields else None
    digits = tuple(_check_digit(c) for c in fields["checks"].items())
    category = category_named(fields["category"])
    chance = fields["chance"].number()
    return Check(
        fields["id"].text(), category, fields["title"].text(), chance, partial(_passes, pattern, written, digits)
    )


def _pattern(node: Node) -> re.Pattern[str]:
    try:
        return re.compile(node.text())
    except re.error:
        raise node.error("This is not a valid pattern.") from None


def _check_digit(node: Node) -> CheckDigit:
    fields = node.fields(
        [], ["at", "modulus", "weights", "number", "times", "table", "complement", "width", "plus", "letters", "method"]
    )
    known = ("at", "modulus", "number", "times", "width", "plus")
    numbers = {k: int(v.number()) for k, v in fields.items() if k in known}
    weights = tuple(int(w.number()) for w in fields["weights"].items()) if "weights" in fields else ()
    table = fields["table"].text() if "table" in fields else ""
    letters = fields["letters"].text() if "letters" in fields else ""
    method = fields["method"].one_of(tuple(METHODS)) if "method" in fields else ""
    return CheckDigit(weights=weights, table=table, letters=letters, method=method, **numbers)


def _passes(
    pattern: re.Pattern[str], written: re.Pattern[str] | None, digits: tuple[CheckDigit, ...], value: str
) -> bool:
    plain = _plain(value)
    if not plain or pattern.fullmatch(plain) is None:
        return False
    return (written is None or written.fullmatch(value) is not None) and all(d.holds(plain) for d in digits)


@lru_cache(maxsize=4096)
def _plain(value: str) -> str:
    """The number without what groups it; empty if there are too few digits, or too many signs, for any number."""
    if len(value) > 40 or sum(map(str.isdigit, value)) < _FEWEST_DIGITS:
        return ""
    return re.sub(r"[\s./()-]", "", value).upper()
