"""Where the people live and which law was applied."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from auditor.jurisdictions import Regime, load_jurisdictions
from auditor.model import AuditResult, Rule

_SHOWN = 24
_UNDER = re.compile(r"\bunder\('([\w-]+)'\)")


@dataclass(frozen=True, slots=True)
class Country:
    """People in one country; `code` is empty where it is not known. `x` and `y` place its tile."""

    code: str
    title: str
    people: int
    heat: int
    covered: bool
    """Whether a rule of a law that protects people there was applied."""
    x: int = 0
    y: int = 0


@dataclass(frozen=True, slots=True)
class RegimeRow:
    """People under one law, and its findings; `findings` is None where no rule of it was applied."""

    title: str
    people: int
    findings: int | None
    known: bool = True


@dataclass(frozen=True, slots=True)
class People:
    """`countries` are the largest, `other` the rest of them folded; `columns` tiles stand in a row."""

    total: int
    countries: tuple[Country, ...]
    other: tuple[Country, ...]
    unknown: int
    regimes: tuple[RegimeRow, ...]
    columns: int
    height: int
    unknown_at: tuple[int, int]

    @property
    def named(self) -> int:
        """Countries that are known."""
        return len(self.countries) + len(self.other)

    @property
    def uncovered(self) -> bool:
        """Whether people live where no pack was applied."""
        return any(not country.covered for country in (*self.countries, *self.other))


def people(result: AuditResult, columns: int = 8) -> People:
    """Countries by number of people, and the regimes they are under."""
    facts, applied = load_jurisdictions(), {name for each in result.rules for name in _laws(each.rule)}
    covered = {c for name, regime in facts.regimes.items() if name in applied for c in _countries(regime)}
    counts = {code: n for code, n in result.binding.countries if n}
    unknown = counts.pop("", 0)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    titles = _titles()
    most = ranked[0][1] if ranked else 0
    tiles = tuple(
        Country(
            code, titles.get(code, code), n, _heat(n, most), code in covered,
            (place % columns) * 100, (place // columns) * 78,
        )
        for place, (code, n) in enumerate(ranked)
    )  # fmt: skip
    findings = Counter(name for finding in result.findings for name in _laws(finding.rule))
    regimes = tuple(
        RegimeRow(
            facts.regimes[name].title if name in facts.regimes else name or "No regime known",
            n,
            findings[name] if name in applied else None,
            known=bool(name),
        )
        for name, n in sorted(result.binding.regimes, key=lambda i: (not i[0], i[0] not in applied, -i[1], i[0]))
        if n
    )
    shown = min(len(tiles), _SHOWN) + (1 if unknown else 0)
    height = -(-shown // columns) * 78
    last = ((shown - 1) % columns * 100, (shown - 1) // columns * 78)
    return People(result.binding.people, tiles[:_SHOWN], tiles[_SHOWN:], unknown, regimes, columns, height, last)


def _laws(rule: Rule) -> frozenset[str]:
    """The laws that a rule asks for, by its condition: a pack may hold rules of several."""
    return frozenset(_UNDER.findall(f"{rule.when} {rule.violation}"))


def _countries(regime: Regime) -> frozenset[str]:
    return regime.countries | {region.partition("-")[0] for region in regime.regions}


def _heat(count: int, most: int) -> int:
    return 1 + sum(count * step >= most for step in (40, 12, 4, 1.7))


def _titles() -> dict[str, str]:
    # Babel is heavy and only needed here; it carries its data and asks nobody.
    from babel import Locale

    return {str(code): str(title) for code, title in Locale("en").territories.items()}
