"""Words that values are made of: names of people and places, words of streets, organisations and jobs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from auditor.inventory.lexicon import fold
from auditor.inventory.taxonomy import category_named
from auditor.knowledge import home, read_yaml

_STREET_LISTS = ("glued", "trailing", "trailing_short", "leading", "leading_short", "marks")


@dataclass(frozen=True, slots=True)
class Words:
    """Folded words and phrases by what they name."""

    given: frozenset[str]
    surnames: frozenset[str]
    places: frozenset[str]
    jobs: frozenset[str]
    calendar: frozenset[str]
    """Months, days of the week and colours, which are also called like people."""
    countries: frozenset[str]
    organisations: frozenset[str]
    street: dict[str, frozenset[str]]
    attributes: tuple[tuple[str, frozenset[str]], ...]
    """Categories with all the values that their columns take."""
    boxes: re.Pattern[str]
    postcodes: tuple[tuple[str, re.Pattern[str]], ...]
    plain_postcode: re.Pattern[str]


@cache
def load_words() -> Words:
    """The lists of `rules/recognizers/words` and `rules/recognizers/values.yaml`."""
    folder = home("rules") / "recognizers"
    fields = [f"street_{name}" for name in _STREET_LISTS]
    top = read_yaml(folder / "values.yaml", shown_as="rules/recognizers/values.yaml").fields(
        [*fields, "attributes", "boxes", "colours", "organisations", "postcodes", "postcodes_beside_an_address"]
    )
    listed = {
        name: frozenset((folder / "words" / f"{name}.txt").read_text(encoding="utf-8").splitlines())
        for name in ("given", "surnames", "places", "jobs", "calendar", "countries")
    }
    codes = []
    for node in top["postcodes"].items():
        one = node.fields(["title", "pattern"])
        codes.append((one["title"].text(), re.compile(one["pattern"].text())))
    listed["calendar"] |= _folded(top["colours"].texts())
    return Words(
        **listed,
        organisations=_folded(top["organisations"].texts()),
        street={name: _folded(top[f"street_{name}"].texts()) for name in _STREET_LISTS},
        attributes=tuple((category_named(key), _folded(v.texts())) for key, v in top["attributes"].pairs()),
        boxes=re.compile(rf"(?:{'|'.join(map(re.escape, _folded(top['boxes'].texts())))})\.? \d"),
        postcodes=tuple(codes),
        plain_postcode=re.compile(top["postcodes_beside_an_address"].text()),
    )


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(w) for w in words)


@cache
def country_codes() -> frozenset[str]:
    """The codes of two letters (ISO 3166-1) that CLDR knows."""
    from babel import Locale

    return frozenset(str(c) for c in Locale("en").territories if len(str(c)) == 2 and str(c).isalpha())
