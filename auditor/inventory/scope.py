"""Whose identity numbers are worth seeking: those of the countries where the organisation and its people are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from auditor.inventory.column import Column
from auditor.jurisdictions import load_jurisdictions
from auditor.model import CategoryFound

# A column with more distinct values does not list countries.
_MOST = 300


def countries_in_scope(
    columns: Iterable[Column], found: Iterable[tuple[CategoryFound, ...]], established: frozenset[str]
) -> frozenset[str] | None:
    """ISO codes of the countries where the organisation is and which the sources name; None, for all, if they name
    none or one that is not known: people may then be anywhere.
    """
    seen: set[str] = set()
    for column, categories in zip(columns, found, strict=True):
        if not any(f.category == "location.coarse" for f in categories) or len(column.texts) > _MOST:
            continue
        codes = [_by_name().get(text.strip().casefold()) for text in column.texts]
        known = {code for code in codes if code}
        if len(known) < 0.5 * len(codes):
            continue
        if None in codes:
            return None
        seen |= known
    return frozenset(seen) | established if seen else None


@cache
def _by_name() -> Mapping[str, str]:
    """Country by ISO code, English name or a spelling of `rules/jurisdictions.yaml`, all in small letters."""
    from babel import localedata

    names = localedata.load("en")["territories"]
    codes = {code: name for code, name in names.items() if len(code) == 2 and code.isalpha()}
    found = {str(name).casefold(): code for code, name in codes.items()} | {code.casefold(): code for code in codes}
    return found | {alias.casefold(): code for alias, code in load_jurisdictions().country_aliases.items()}
