"""Numbers with check digits, described in `rules/recognizers/identifiers.yaml`, as validators."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial

from auditor.inventory.checks import Check
from auditor.inventory.taxonomy import category_named
from auditor.knowledge import Node, home, read_yaml


@dataclass(frozen=True, slots=True)
class CheckDigit:
    """One check character and how it follows from the digits before it."""

    at: int
    modulus: int
    weights: tuple[int, ...] = ()
    number: int = 0
    times: int = 1
    table: str = ""
    width: int = 1

    def holds(self, value: str) -> bool:
        """Whether the check character is the right one."""
        if self.number:
            total = int(value[: self.number])
        else:
            total = sum(w * int(c) for w, c in zip(self.weights, value, strict=False))
        remainder = total * self.times % self.modulus
        expected = self.table[remainder] if self.table else f"{self.modulus - remainder:0{self.width}}"
        return value[self.at : self.at + self.width] == expected


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
    fields = node.fields(["id", "title", "category", "pattern", "chance", "checks"])
    try:
        pattern = re.compile(fields["pattern"].text())
    except re.error:
        raise fields["pattern"].error("This is not a valid pattern.") from None
    digits = tuple(_check_digit(c) for c in fields["checks"].items())
    category = category_named(fields["category"])
    chance = fields["chance"].number()
    return Check(fields["id"].text(), category, fields["title"].text(), chance, partial(_passes, pattern, digits))


def _check_digit(node: Node) -> CheckDigit:
    fields = node.fields(["at", "modulus"], ["weights", "number", "times", "table", "complement", "width"])
    numbers = {k: int(v.number()) for k, v in fields.items() if k not in ("weights", "table", "complement")}
    weights = tuple(int(w.number()) for w in fields["weights"].items()) if "weights" in fields else ()
    return CheckDigit(weights=weights, table=fields["table"].text() if "table" in fields else "", **numbers)


def _passes(pattern: re.Pattern[str], digits: tuple[CheckDigit, ...], value: str) -> bool:
    plain = re.sub(r"[\s./-]", "", value).upper()
    return pattern.fullmatch(plain) is not None and all(d.holds(plain) for d in digits)
