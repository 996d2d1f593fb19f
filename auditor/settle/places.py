"""Countries and states: by code, by name in every language Unicode knows, or as `rules/jurisdictions.yaml` has it."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from auditor.settle.arrays import counts, per_distinct, trimmed
from auditor.settle.spec import Settled, Settler, SettleSpec
from auditor.tables import GIVEN

BAR = "|"
"""Around a state that holds only together with its country: `|US-CA|`, `|AU-WA|US-WA|`."""
_NOISE = re.compile(r"[\W_]+")
_ACCENTS = re.compile("[\u0300-\u036f]+")


def settle_country(column: pa.Array, spec: SettleSpec, settler: Settler) -> Settled:
    """ISO 3166-1 code of a country named by code or name; a text that names none is unreadable."""
    listed = {_plain(raw): code for raw, code in spec.values.items()}
    read = settler.remember(("country", tuple(spec.values.items())), lambda text: _country(text, listed, settler))
    return _settled(column, spec, settler, read)


def settle_region(column: pa.Array, spec: SettleSpec, settler: Settler) -> Settled:
    """What a state or province may be, for `resolve_region`: an ISO 3166-2 code, or several between bars.

    A full code (`US-CA`) and a name that no other known country shares stand alone; a short code (`CA`) and a shared
    name stand between bars, because they hold only together with the country.
    """
    listed = {_plain(raw): code for raw, code in spec.values.items()}
    places = settler.once("regions", lambda: _regions(settler))

    def read(text: str) -> str | None:
        plain = _plain(text)
        return listed.get(plain) or places.get(plain)

    return _settled(column, spec, settler, read)


def resolve_region(region: sa.ColumnElement[str], country: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """The ISO 3166-2 code of a settled region, given its settled country.

    A candidate of that country wins. Without one a region that stands alone is kept, so that a rule can see that it
    contradicts the country; any other is unknown.
    """
    barred = sa.func.starts_with(region, BAR)
    start = sa.func.instr(region, sa.literal(BAR).concat(country).concat("-"))
    here = sa.func.split_part(sa.func.substr(region, start + 1), BAR, 1)
    return sa.case((sa.not_(barred), region), (start > 0, here), else_=sa.null())


def _settled(column: pa.Array, spec: SettleSpec, settler: Settler, read: Callable[[str], str | None]) -> Settled:
    """What the spec lists goes before the placeholders, so that one may be listed."""
    none = settler.words.missing | {text.strip().lower() for text in spec.missing} | {""}
    listed = {raw.strip(): code for raw, code in spec.values.items()}

    def is_given(text: str) -> bool:
        return bool(listed[text]) if text in listed else text.lower() not in none

    texts = trimmed(column)
    given = pc.fill_null(per_distinct(texts, pa.bool_(), is_given), False)
    values = per_distinct(pc.if_else(given, texts, pa.scalar(None, pa.string())), pa.string(), read)
    return Settled((("", values), (GIVEN, given)), counts(given, values))


def _country(text: str, listed: Mapping[str, str], settler: Settler) -> str | None:
    plain = _plain(text)
    if plain in listed:
        return listed[plain] or None
    near = settler.once("countries", lambda: _names(settler, ["en"]))
    if plain in near:
        return near[plain]
    from babel import localedata

    return settler.once("all countries", lambda: _names(settler, sorted(localedata.locale_identifiers()))).get(plain)


def _names(settler: Settler, locales: list[str]) -> Mapping[str, str]:
    """Country by name in these languages and by code. A name that two countries share is left out.

    English and our own spellings are settled first, so that no other language's word can cloud them.
    """
    from babel import localedata
    from babel.core import get_global

    english = localedata.load("en")["territories"]
    countries = {code for code in english if len(code) == 2 and code not in settler.words.not_countries}
    sure = {_plain(name): code for code, name in english.items() if code in countries}
    for alias, codes in get_global("territory_aliases").items():  # DEU, 276
        if len(codes) == 1 and codes[0] in countries:
            sure[_plain(alias)] = codes[0]
    sure |= {_plain(code): code for code in countries}
    sure |= {_plain(alias): code for alias, code in settler.facts.country_aliases.items()}
    found: dict[str, str | None] = {}
    seen: set[tuple[str, str]] = set()
    # Babel keeps every locale it ever read: together more memory than anything else here.
    kept: dict[str, object] = vars(localedata).get("_cache", {})
    for locale in locales:
        seen.update(localedata.load(locale, merge_inherited=False).get("territories", {}).items())
        if locale != "en":
            kept.pop(locale, None)
    for code, name in seen:
        if code in countries and (plain := _plain(name)):
            found[plain] = code if found.get(plain, code) == code else None
    return {name: code for name, code in found.items() if code is not None} | sure


def _regions(settler: Settler) -> Mapping[str, str]:
    names: dict[str, set[str]] = {}
    short: dict[str, set[str]] = {}
    found: dict[str, str] = {}
    for code, spellings in settler.facts.regions.items():
        found[_plain(code)] = code
        short.setdefault(_plain(code.partition("-")[2]), set()).add(code)
        for name in spellings:
            names.setdefault(_plain(name), set()).add(code)
    for name, codes in names.items():
        alone = len(codes) == 1 and name not in settler.words.shared_region_names and len(name) > 3
        found.setdefault(name, next(iter(codes)) if alone else _barred(codes))
    for name, codes in short.items():
        found.setdefault(name, _barred(codes | names.get(name, set())))
    return found


def _barred(codes: set[str]) -> str:
    return BAR + BAR.join(sorted(codes)) + BAR


def _plain(text: str) -> str:
    """A name as it is looked up: no case, accents, entities, punctuation or article."""
    text = html.unescape(text)
    # Only Latin accents are noise; the marks of other scripts are part of the word.
    text = text if text.isascii() else _ACCENTS.sub("", unicodedata.normalize("NFKD", text).casefold())
    text = _NOISE.sub(" ", text.casefold().replace("&", " and ")).strip()
    return text.removeprefix("the ")
