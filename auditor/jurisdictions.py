"""Facts about laws and places from `rules/jurisdictions.yaml`: regimes, ages, lawful bases, states, spellings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from auditor.errors import KnowledgeError
from auditor.knowledge import Node, home, read_yaml
from auditor.model import Verified
from auditor.relations import load_relations

_COUNTRY = re.compile(r"[A-Z]{2}")
_REGION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when requests of some kinds must be answered under a law; periods as a rule writes them."""

    within: str
    at_most: str
    """The same with the longest extension; empty where the law names none."""
    kinds: frozenset[str]
    law: str
    verified: Verified


@dataclass(frozen=True, slots=True)
class Regime:
    """A privacy law and the places whose people it protects. Places from memory are in `from_memory`, too."""

    id: str
    title: str
    countries: frozenset[str] = frozenset()
    """ISO 3166-1 codes."""
    regions: frozenset[str] = frozenset()
    """ISO 3166-2 codes, for a law of a state or province."""
    establishment: bool = False
    """Whether the law also reaches people elsewhere if the controller is established in one of its countries."""
    law: str = ""
    in_force: date | None = None
    verified: Verified = Verified.M
    from_memory: frozenset[str] = frozenset()
    answers: tuple[Deadline, ...] = ()
    """Deadlines for requests of the people it protects; none where none is known."""

    def applies(self, country: str, region: str = "") -> bool:
        """Whether a person who lives there is protected by this law."""
        return country in self.countries or region in self.regions


@dataclass(frozen=True, slots=True)
class UnknownBasis:
    """Why a country's law does not know some lawful bases, and since when."""

    bases: frozenset[str]
    why: str
    since: date
    verified: Verified


@dataclass(frozen=True, slots=True)
class ByCountry:
    """A number or a period that differs by country, as text; `says` is what it is about, in words."""

    says: str
    default: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Listed:
    """A country's place on a list from one day to another; `partly` if it is for some recipients only."""

    country: str
    since: date
    until: date | None = None
    partly: bool = False
    act: str = ""
    verified: Verified = Verified.M


@dataclass(frozen=True, slots=True)
class Jurisdictions:
    """All of it. What starts after `checked_on` is kept apart: `unknown_bases` holds what was in force that day."""

    regimes: Mapping[str, Regime]
    child_age: Mapping[str, int]
    child_age_default: int
    unknown_bases: Mapping[str, frozenset[str]]
    regions: Mapping[str, tuple[str, ...]]
    """ISO 3166-2 code to English names."""
    country_aliases: Mapping[str, str]
    """Lower-case spelling to ISO 3166-1 code."""
    checked_on: date = date.min
    child_age_verified: Mapping[str, Verified] = field(default_factory=dict)
    unknown_bases_why: Mapping[str, UnknownBasis] = field(default_factory=dict)
    tables: Mapping[str, ByCountry] = field(default_factory=dict)
    """What rules ask by `by_country('table', country)`; `child_age` is one of them."""
    lists: Mapping[str, tuple[Listed, ...]] = field(default_factory=dict)
    """Lists of countries with their history, which rules ask by `listed('list', country, at)`."""

    def minor_age(self, country: str) -> int:
        """The age from which a person there consents alone; the default where none is known."""
        return self.child_age.get(country, self.child_age_default)

    def regimes_of(self, country: str, region: str = "") -> tuple[str, ...]:
        """The regimes of a person who lives there, in the file's order."""
        return tuple(name for name, regime in self.regimes.items() if regime.applies(country, region))


@cache
def load_jurisdictions(path: Path | None = None) -> Jurisdictions:
    """Reads and checks `rules/jurisdictions.yaml`. Raises KnowledgeError with file, line and column."""
    root = read_yaml(path or home("rules") / "jurisdictions.yaml", shown_as="" if path else "rules/jurisdictions.yaml")
    parts = root.fields(
        ("checked_on", "regimes", "child_age", "unknown_bases", "regions", "country_aliases"), ("tables", "lists")
    )
    checked_on = parts["checked_on"].day()
    regions = {_code(key, _REGION): node.texts() for key, node in parts["regions"].pairs()}
    ages, age_marks, default = _ages(parts["child_age"])
    unknown = {_code(key, _COUNTRY): _unknown(node) for key, node in parts["unknown_bases"].pairs()}
    return Jurisdictions(
        regimes={key.text(): _regime(key, node, regions) for key, node in parts["regimes"].pairs()},
        child_age=ages,
        child_age_default=default,
        unknown_bases={country: basis.bases for country, basis in unknown.items() if basis.since <= checked_on},
        regions=regions,
        country_aliases=_aliases(parts["country_aliases"]),
        checked_on=checked_on,
        child_age_verified=age_marks,
        unknown_bases_why=unknown,
        tables=_tables(parts.get("tables"), ages, default),
        lists={key.text(): _list(node) for key, node in parts["lists"].pairs()} if "lists" in parts else {},
    )


def _tables(node: Node | None, ages: Mapping[str, int], default: int) -> dict[str, ByCountry]:
    own = {country: str(age) for country, age in ages.items()}
    tables = {"child_age": ByCountry("the age from which a child may consent alone", str(default), own)}
    for key, table in node.pairs() if node else ():
        parts = table.fields(("says", "entries"), ("default",))
        values: dict[str, str] = {}
        for entry in parts["entries"].items():
            row = entry.fields(("value", "countries", "verified"), ("note",))
            row["verified"].one_of(Verified)
            for country in _codes(row["countries"], _COUNTRY):
                if country in values:
                    raise row["countries"].error(f"The country {country} is given twice.", "Keep one of them.")
                values[country] = row["value"].text()
        usual = parts["default"].text() if "default" in parts else ""
        tables[key.text()] = ByCountry(parts["says"].text(), usual, values)
    return tables


def _list(node: Node) -> tuple[Listed, ...]:
    found: list[Listed] = []
    for entry in node.items():
        row = entry.fields(("countries", "from", "verified"), ("to", "partly", "act", "note"))
        since, until = row["from"].day(), row["to"].day() if "to" in row else None
        if until is not None and until < since:
            raise row["to"].error("This would end before it begins.", "Swap the two dates.")
        partly = "partly" in row and row["partly"].boolean()
        act = row["act"].text() if "act" in row else ""
        mark = Verified(row["verified"].one_of(Verified))
        found += [Listed(code, since, until, partly, act, mark) for code in _codes(row["countries"], _COUNTRY)]
    return tuple(found)


def _code(node: Node, shape: re.Pattern[str]) -> str:
    if not shape.fullmatch(node.text()):
        raise node.error(f"{node.text()[:20]!r} is not an ISO 3166 code.", "Write a code such as DE or US-CA.")
    return node.text()


def _codes(node: Node | None, shape: re.Pattern[str]) -> list[str]:
    return [] if node is None else [_code(entry, shape) for entry in node.items()]


def _regime(key: Node, node: Node, known_regions: Mapping[str, tuple[str, ...]]) -> Regime:
    parts = node.fields(("title", "law", "in_force", "verified", "places"), ("establishment", "answers"))
    countries: set[str] = set()
    regions: set[str] = set()
    from_memory: set[str] = set()
    for entry in parts["places"].items():
        place = entry.fields(("what", "verified"), ("countries", "regions"))
        here = _codes(place.get("countries"), _COUNTRY)
        there = _codes(place.get("regions"), _REGION)
        if not here and not there:
            raise entry.error("A place names countries or regions.", "Add `countries:` or `regions:`.")
        for region in there:
            if region not in known_regions:
                raise place["regions"].error(f"The region {region} is not in the list of regions.", "Add it below.")
        countries.update(here)
        regions.update(there)
        if place["verified"].one_of(Verified) == Verified.M:
            from_memory.update(here, there)
    return Regime(
        id=key.text(),
        title=parts["title"].text(),
        countries=frozenset(countries),
        regions=frozenset(regions),
        establishment="establishment" in parts and parts["establishment"].boolean(),
        law=parts["law"].text(),
        in_force=parts["in_force"].day(),
        verified=Verified(parts["verified"].one_of(Verified)),
        from_memory=frozenset(from_memory),
        answers=tuple(_deadline(entry) for entry in parts["answers"].items()) if "answers" in parts else (),
    )


def _deadline(node: Node) -> Deadline:
    parts = node.fields(("within", "kinds", "law", "verified"), ("at_most",))
    known = load_relations()["request"].fields["kind"].values
    return Deadline(
        within=parts["within"].text(),
        at_most=parts["at_most"].text() if "at_most" in parts else "",
        kinds=frozenset(kind.one_of(known) for kind in parts["kinds"].items()),
        law=parts["law"].text(),
        verified=Verified(parts["verified"].one_of(Verified)),
    )


def _ages(node: Node) -> tuple[dict[str, int], dict[str, Verified], int]:
    parts = node.fields(("default", "ages"))
    ages: dict[str, int] = {}
    marks: dict[str, Verified] = {}
    for entry in parts["ages"].items():
        row = entry.fields(("age", "countries", "verified"), ("note",))
        for country in _codes(row["countries"], _COUNTRY):
            if country in ages:
                raise row["countries"].error(f"The country {country} is given twice.", "Keep one of them.")
            ages[country] = _age(row["age"])
            marks[country] = Verified(row["verified"].one_of(Verified))
    return ages, marks, _age(parts["default"])


def _age(node: Node) -> int:
    age = node.number()
    if age != int(age) or not 0 < age < 30:
        raise node.error("An age is a whole number of years.")
    return int(age)


def _unknown(node: Node) -> UnknownBasis:
    parts = node.fields(("bases", "why", "from", "verified"))
    bases = [entry.one_of(load_relations().lists["basis"]) for entry in parts["bases"].items()]
    mark = Verified(parts["verified"].one_of(Verified))
    return UnknownBasis(frozenset(bases), parts["why"].text(), parts["from"].day(), mark)


def _aliases(node: Node) -> dict[str, str]:
    aliases: dict[str, str] = {}
    for key, spellings in node.pairs():
        country = _code(key, _COUNTRY)
        for spelling in spellings.items():
            text = spelling.text().casefold()
            if text in aliases:
                raise spelling.error(f"The spelling {spelling.text()!r} is given twice.", "Keep one of them.")
            aliases[text] = country
    if not aliases:
        raise KnowledgeError("No spelling of a country is given.", where=node.where)
    return aliases
