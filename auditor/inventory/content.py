"""What a column holds by its values alone: names of people, places, streets, postal codes, phones."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from auditor.inventory.checks import BIRTH_NUMBER, looks_like_phone, national_region
from auditor.inventory.column import Column
from auditor.inventory.dictionaries import Words, country_codes, load_words
from auditor.inventory.lexicon import Lexicon, fold, split_name
from auditor.inventory.naming import OPEN
from auditor.inventory.shapes import Shape
from auditor.model import CategoryFound

# So many distinct values are read; a share of them is known to within a tenth.
MOST = 200
MOSTLY, HALF, SOME = 0.7, 0.5, 0.25
# A column of fewer distinct values says nothing about its kind.
FEWEST, MANY = 3, 20

_SILENT = ("placeholders", "qualifiers", "decorations", "persons")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_TITLE = re.compile(
    r"(?i)(?:(?:mrs?|ms|miss|dr|prof|sir|herr|frau|mme|mlle|sr|sra|sig|dott|ing|dipl|mag|phd|dhr|mevr|pan|pani|rev|hon)\b\.?\s*|univ\.-?)+"
)
_AFTER = re.compile(r"(?i),?\s*\b(?:jr|sr|ii|iii|iv|phd|md|dds|dvm|esq|mba|m\.?a|b\.?sc|m\.?sc|b\.?a|b\.?eng)\.?$")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_HOUSE = re.compile(
    r"\d{1,6}[A-Za-z]?,? (?:[^\W\d_][\w.'’-]* ?)+.*|(?:[^\W\d_][\w.'’-]*,? )+(?:nr\.? ?)?\d{1,4} ?[A-Za-z]?"
)
# Male and female in English, German, Spanish, Polish and Dutch.
_LETTERS = ({"m", "f"}, {"m", "w"}, {"h", "m"}, {"k", "m"}, {"m", "v"})
_NUMBERED = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a value may be; `person` is 1 with a known given name, 2 with a known surname too."""

    person: int = 0
    given: bool = False
    surname: bool = False
    place: bool = False
    country: bool = False
    street: bool = False
    numbered: bool = False
    """Words with a house number before or behind them."""
    organisation: bool = False
    job: bool = False


def readings(column: Column, lexicon: Lexicon) -> list[CategoryFound]:
    """What most values of a column are, if they are anything that is known by its words or its form."""
    pairs = [(t, s) for t, s in zip(column.texts, column.shapes, strict=True) if len(t) <= 120][:MOST]
    if len(pairs) < FEWEST or len(pairs) < HALF * min(len(column.texts), MOST):
        return _attributes(column) or _genders(column, lexicon)
    texts = [t for t, _ in pairs]
    found = [*_postcodes(texts), *_phones(pairs), *(_attributes(column) or _genders(column, lexicon))]
    wordy = [t for t, s in pairs if s in (Shape.WORDS, Shape.OTHER, Shape.PROSE, Shape.CODE) and _WORD.search(t)]
    if not found and len(wordy) >= HALF * len(texts):
        found = _of_words(wordy, len(texts), lexicon)
    return found if speaks_for_itself(column, lexicon) else [f for f in found if f.confidence >= 0.7]


def shares(column: Column, lexicon: Lexicon) -> tuple[str, ...]:
    """What part of a column's words is known to be what, for those who want to see why."""
    words, texts = load_words(), [t for t in column.texts if len(t) <= 120][:MOST]
    read = [read_value(t, words, lexicon) for t in texts]
    told: tuple[tuple[str, Callable[[Reading], bool]], ...] = (
        ("a known given name with other words", lambda r: r.person > 0), ("known given names", lambda r: r.given),
        ("known surnames", lambda r: r.surname), ("known towns or regions", lambda r: r.place),
        ("countries", lambda r: r.country), ("written like street addresses", lambda r: r.street),
        ("named like organisations", lambda r: r.organisation), ("words of job titles", lambda r: r.job),
    )  # fmt: skip
    counted = [(sum(map(test, read)), what) for what, test in told]
    return tuple(f"{n:,} of {len(texts):,} distinct values are {what}" for n, what in counted if n)


def speaks_for_itself(column: Column, lexicon: Lexicon) -> bool:
    """Whether the name of a column leaves it to the values to say what they are."""
    if column.meaning.kind == "thing" or any(c.denied or c.strength > OPEN for c in column.claims):
        return False
    open_words = {w for c in column.claims for w in c.phrase.split()}
    words = [w for w in split_name(column.info.name, lexicon) if len(w) > 2 and w in lexicon.vocabulary - open_words]
    return all(w == "name" or any(lexicon.has(k, w) for k in _SILENT) for w in words)


def _of_words(texts: Sequence[str], total: int, lexicon: Lexicon) -> list[CategoryFound]:
    words = load_words()
    read = [read_value(t, words, lexicon) for t in texts]

    def share(test: Callable[[Reading], bool]) -> float:
        return sum(map(test, read)) / total

    person, both = share(lambda r: r.person > 0), share(lambda r: r.person > 1)
    given, name = share(lambda r: r.given), share(lambda r: r.given or r.surname)
    place, country, street = share(lambda r: r.place), share(lambda r: r.country), share(lambda r: r.street)
    organisation = share(lambda r: r.organisation)
    numbered = share(lambda r: r.street or r.numbered)
    if street >= HALF or (street >= SOME and numbered >= MOSTLY):
        return [
            _said("contact.postal_address", 0.6 if street < MOSTLY else 0.7, street, "written like street addresses")
        ]
    if country >= MOSTLY:
        return [_said("location.coarse", 0.7, country, "names or codes of countries")]
    if organisation >= SOME:
        return (
            [_said("business_id.organisation_name", 0.5, organisation, "named with words of organisations")]
            if organisation >= HALF
            else []
        )
    if (person >= 0.6 and both >= 0.4) or (person >= 0.8 and both >= SOME):
        return [_said("identity.name", 0.75 if both >= HALF else 0.6, person, "a known given name with a surname")]
    only_place = share(lambda r: r.place and not (r.given or r.surname))
    only_name = share(lambda r: (r.given or r.surname) and not r.place)
    many = total >= MANY
    if only_place > only_name and (place >= 0.6 or (many and place >= 0.3 and only_place >= 2 * only_name)):
        return [_said("location.coarse", 0.6, place, "names of towns or regions")]
    if only_name > only_place and (name >= 0.6 if many else given >= 0.8 or name > 0.99):
        which = "known given names" if given >= MOSTLY else "known given names or surnames"
        return [_said("identity.name", 0.6, name, which)]
    job = share(lambda r: r.job)
    return [_said("professional.employer_job", 0.5, job, "made of words of job titles")] if job >= MOSTLY else []


def _said(category: str, confidence: float, share: float, what: str) -> CategoryFound:
    return CategoryFound(category, confidence, share, (f"{share:.0%} of the distinct values are {what}",))


def read_value(text: str, words: Words, lexicon: Lexicon) -> Reading:
    """One value by its words."""
    folded = fold(text).strip()
    parts = _WORD.findall(folded)
    if not parts:
        return Reading()
    place = folded in words.places or folded.split(",")[0].split(" (")[0].strip() in words.places
    country = folded in words.countries or (text in country_codes())
    street = is_street(text, folded, parts, words)
    numbered = _HOUSE.fullmatch(text) is not None
    digits = _NUMBERED.search(text) is not None
    organisation = len(parts) <= 7 and (any(p in words.organisations for p in parts) or "&" in text)
    if digits or organisation or "@" in text:
        return Reading(place=place, country=country, street=street, numbered=numbered, organisation=organisation)
    job = all(p in words.jobs or len(p) < 3 for p in parts)
    if _CJK.fullmatch(text.replace(" ", "")):
        sure = _cjk_person(folded, words)
        return Reading(
            person=2 * sure,
            given=folded in words.given,
            surname=folded in words.surnames,
            place=place,
            country=country,
            street=street,
        )
    plain = fold(_AFTER.sub("", _TITLE.sub("", text, count=1)) or text)
    last, comma, first = plain.partition(",")
    tokens = _WORD.findall(f"{first} {last}" if comma and first.strip() else plain)
    tokens = [t for t in tokens if t not in lexicon.words["particles"]] or tokens
    common = [t for t in tokens if t in lexicon.vocabulary or t in lexicon.words["genders"]]
    if len(tokens) == 1 or (len(tokens) == 2 and "-" in plain and " " not in plain.strip()):
        known = not common and len(tokens[0]) > 1 and tokens[0] not in lexicon.words["not_names"] | words.calendar
        return Reading(
            given=known and all(t in words.given for t in tokens),
            surname=known and all(t in words.surnames for t in tokens),
            place=place, country=country, street=street, job=job,
        )  # fmt: skip
    capital = text[:1].isupper() or not text[:1].isascii()
    person = 0
    if 2 <= len(tokens) <= 5 and capital and not common and not (place and not comma):
        person = _person(tokens, words)
    surname = len(tokens) <= 3 and not common and all(t in words.surnames for t in tokens)
    given = len(tokens) <= 3 and not common and all(t in words.given for t in tokens)
    return Reading(person=person, given=given, surname=surname, place=place, country=country, street=street, job=job)


def _person(tokens: Sequence[str], words: Words) -> int:
    """How sure these are a given name and a surname, in either order; an initial counts as a given name."""
    first, last = tokens[0], tokens[-1]
    if first in words.given or len(first) == 1:
        return 2 if last in words.surnames and len(first) > 1 else 1
    if last in words.given and first in words.surnames:
        return 2
    return 0


def _cjk_person(text: str, words: Words) -> bool:
    """A known surname with one to three more signs, or two words of which one is known."""
    parts = text.split()
    if len(parts) == 2:
        return parts[0] in words.surnames or parts[1] in words.given
    return (
        2 <= len(text) <= 4
        and any(text[:n] in words.surnames for n in (2, 1) if len(text) > n)
        and text not in words.places
    )


def is_street(text: str, folded: str, parts: Sequence[str], words: Words) -> bool:
    """A word of streets beside a house number, or a plain one that something follows or precedes."""
    numbered = _NUMBERED.search(text) is not None
    if words.boxes.search(folded):
        return True
    if _CJK.search(text):
        return numbered and any(mark in text for mark in words.street["marks"])
    known = words.street
    if " " in text.strip() and (len(parts) > 1 or parts[0] in known["leading"]):
        if (
            any(p in known["trailing"] for p in parts[1:])
            or parts[0] in known["leading"]
            or (len(parts) > 2 and parts[1] in known["leading"] and numbered)
        ):
            return numbered or len(parts) > 1
        if numbered and (
            any(p in known["trailing_short"] for p in parts[1:])
            or parts[0] in known["leading_short"] | known["trailing"]
        ):
            return True
    return numbered and any(len(p) > len(g) + 2 and p.endswith(g) for p in parts for g in known["glued"])


def _postcodes(texts: Sequence[str]) -> list[CategoryFound]:
    for title, pattern in load_words().postcodes:
        share = sum(pattern.fullmatch(t) is not None for t in texts) / len(texts)
        if share >= MOSTLY:
            return [_said("contact.postal_code", 0.6, share, f"in the form of postal codes ({title})")]
    return []


def _phones(pairs: Sequence[tuple[str, Shape]]) -> list[CategoryFound]:
    """Numbers of one country's plan, written as numbers to dial are: with a zero, a bracket or signs between groups."""
    texts = [t for t, s in pairs if s not in (Shape.DATE, Shape.DECIMAL) and looks_like_phone(t)]
    dialled = [t for t in texts if t.startswith(("0", "(", "+")) or re.search(r"\d[ ()/.–-]+\d", t)]
    dialled = [t for t in dialled if t[0] in "0(+" or (sum(map(str.isdigit, t)) >= 9 and not BIRTH_NUMBER.fullmatch(t))]
    if len(dialled) < FEWEST or len(dialled) < MOSTLY * len(pairs):
        return []
    abroad = [t for t in dialled if t.startswith("+") and sum(map(str.isdigit, t)) >= 9]
    if len(abroad) >= MOSTLY * len(pairs):
        return [_said("contact.phone", 0.6, len(abroad) / len(pairs), "numbers with the prefix of a country")]
    region, share = national_region(dialled)
    if share < MOSTLY:
        return []
    return [_said("contact.phone", 0.6, share * len(dialled) / len(pairs), f"numbers in use in the plan of {region}")]


def _attributes(column: Column) -> list[CategoryFound]:
    """Few values, all of them of one attribute of people: marital status, religion, blood group."""
    if not 2 <= len(column.texts) <= 20 or column.drawn < 4:
        return []
    values = {fold(t).strip(" .") for t in column.texts}
    words = load_words()
    for category, known in words.attributes:
        if len(values & known - words.calendar) >= 2 and len(values & known) >= MOSTLY * len(values):
            return [_said(category, 0.7, len(values & known) / len(values), "values of such an attribute")]
    return []


def _genders(column: Column, lexicon: Lexicon) -> list[CategoryFound]:
    """Few values, all of them forms of address or genders, of which two at least are told apart."""
    if not 2 <= len(column.texts) <= 8 or column.drawn < 4:
        return []
    values = {fold(t).replace(".", "").strip() for t in column.texts}
    known = lexicon.words["salutations"] | lexicon.words["genders"]
    telling = [v for v in values if len(v) > 1 or not v.isascii()]
    letters = values - {"d", "x", "u"} in _LETTERS
    if not (letters or (telling and len(values & known) >= 2 and values <= known and values - {"other", "unknown"})):
        return []
    return [_said("demographic.gender", 0.6, 1.0, "forms of address or genders")]
