"""The verdict on a column: strong evidence decides, weak evidence must agree with the name or be far above chance."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from auditor.inventory.checks import CHECKS, Check, emails_inside, iban_inside
from auditor.inventory.column import Column
from auditor.inventory.content import readings
from auditor.inventory.fitting import Fit, fitting
from auditor.inventory.lexicon import Lexicon, fold
from auditor.inventory.naming import OPEN, Claim
from auditor.inventory.secret_forms import is_encrypted, is_masked, schemes_of
from auditor.inventory.shapes import Shape
from auditor.model import CategoryFound

# A run of hits counts as more than chance if chance alone would bring it about less often than this.
SIGNIFICANT = 1e-4
# The share of distinct values that must look like what the name says, fully or at least a little.
FITS, FITS_A_LITTLE = 0.5, 0.2
DECLARED, REVIEW, PERSONAL = 0.4, 0.4, 0.5

_TYPE = re.compile(r"(?i)\s*(?:bool|bit|tinyint|smallint|date|time|datetime|float|double|decimal|numeric)")
_NEVER_CHECKED = (Shape.BOOL, Shape.DATE, Shape.UUID, Shape.HASH, Shape.DECIMAL, Shape.URL)


@dataclass(frozen=True, slots=True)
class Tested:
    """What one validator said: hits among `tried` values, and their share of all values."""

    check: Check
    hits: int
    tried: int
    share: float
    unit: str = "distinct values"


def weigh(column: Column, lexicon: Lexicon, others: Iterable[Tested] = ()) -> tuple[CategoryFound, ...]:
    """The categories of one column, the surest first; `others` are results of validators that ran elsewhere."""
    if not column.texts:
        return _declared(column)
    fitted = [(claim, fitting(column, _fits(claim), lexicon)) for claim in column.claims]
    likely = [(c, f) for c, f in fitted if c.strength > OPEN and f.distinct >= FITS_A_LITTLE]
    # A title that is a form of address is not also a job.
    addressed = {c.phrase for c, share in fitted if c.concept.fits == "salutation" and share.distinct >= PERSONAL}
    found: list[CategoryFound] = []
    for claim, share in fitted:
        if claim.phrase in addressed and claim.concept.fits != "salutation":
            continue
        found += _by_name(column, claim, share)
    tests = (*test(column, CHECKS), *others)
    for tested in tests:
        found += _by_check(column, tested, likely, lexicon)
    if not any(c.strength >= PERSONAL for c, _ in likely):
        found += _agreeing(tests)
    if not any(f.confidence >= PERSONAL for f in found):
        found += readings(column, lexicon)
    return merge(found)


def _agreeing(tests: Iterable[Tested]) -> list[CategoryFound]:
    """Numbers written as phones are, of which many are in use with their country's prefix: together they decide."""
    share = {t.check.id: t.share for t in tests if above_chance(t.hits, t.tried, t.check.chance)}
    if share.get("international-phone", 0.0) < 0.2 or share.get("written-phone", 0.0) < PERSONAL:
        return []
    words = "many are in use with their country's prefix, and most are grouped as phone numbers are"
    return [CategoryFound("contact.phone", 0.65, share["written-phone"], (words,))]


def merge(found: Iterable[CategoryFound]) -> tuple[CategoryFound, ...]:
    """One entry per category with all its evidence; confidences are not averaged, the surest stands."""
    best: dict[str, CategoryFound] = {}
    for one in found:
        held = best.get(one.category)
        if held is None:
            best[one.category] = one
            continue
        evidence = tuple(dict.fromkeys((*held.evidence, *one.evidence)))
        more = max(held, one, key=lambda c: c.prevalence)
        confidence = max(held.confidence, one.confidence)
        best[one.category] = replace(more, confidence=confidence, evidence=evidence)
    return tuple(sorted(best.values(), key=lambda c: (-c.confidence, -c.prevalence)))


def above_chance(hits: int, tried: int, chance: float) -> bool:
    """Whether so many hits would come about by chance less than once in 10,000 times (a Chernoff bound)."""
    share = hits / tried if tried else 0.0
    if share <= chance:
        return False
    if share >= 1.0:
        return chance**tried < SIGNIFICANT
    divergence = share * math.log(share / chance) + (1 - share) * math.log((1 - share) / (1 - chance))
    return math.exp(-tried * divergence) < SIGNIFICANT


def test(column: Column, checks: Iterable[Check]) -> list[Tested]:
    """Run validators over the values they can say something about."""
    counted = dict(zip(column.texts, column.counts, strict=True))
    values = [
        t
        for t, s in zip(column.texts, column.shapes, strict=True)
        if s not in _NEVER_CHECKED and (s is not Shape.INTEGER or len(t) >= 8) and len(t) <= 400
    ]
    results = []
    for check in checks if values else ():
        passed = [v for v in values if check.passes(v)]
        if passed:
            results.append(Tested(check, len(passed), len(values), sum(counted[v] for v in passed) / column.drawn))
    inside = [(t, emails_inside(t)) for t in column.texts if "@" in t]
    inside = [(t, addresses) for t, addresses in inside if addresses]
    if inside:
        share = sum(counted[t] for t, _ in inside) / column.drawn
        results.append(Tested(INSIDE, len(inside), len(column.texts), share))
    accounts = [t for t, s in zip(column.texts, column.shapes, strict=True) if s is Shape.PROSE and iban_inside(t)]
    if accounts:
        share = sum(counted[t] for t in accounts) / column.drawn
        results.append(Tested(IBAN_INSIDE, len(accounts), len(column.texts), share))
    return results


INSIDE = Check(
    "email-inside", "contact.email_personal", "an e-mail address inside a text", 1e-7, lambda t: bool(emails_inside(t))
)


IBAN_INSIDE = Check("iban-inside", "financial.bank_account", "an IBAN inside a text", 1e-5, iban_inside)


def _fits(claim: Claim) -> str:
    """A bare `name` of a person must look like one; a `first_name` need not."""
    return "person" if claim.concept.fits == "name" and claim.concept.context == "person" else claim.concept.fits


def _declared(column: Column) -> tuple[CategoryFound, ...]:
    certain = [
        c for c in column.claims if c.strength >= PERSONAL and not _type_denies(column.info.type, c.concept.fits)
    ]
    return merge(CategoryFound(c.category, DECLARED, 0.0, ("declared by its name, never filled",)) for c in certain)


def _type_denies(declared: str, fits: str) -> bool:
    """An empty column of truth values, numbers or times is none that holds text."""
    kind = _TYPE.match(declared)
    return kind is not None and fits not in ("code", "date", "number", "age", "coordinate", "short", "salutation")


def _by_name(column: Column, claim: Claim, fit: Fit) -> list[CategoryFound]:
    # Free text is judged by what it says, elsewhere.
    if claim.denied or claim.concept.fits == "prose":
        return []
    said = f"the name says {claim.phrase}" + (f", {claim.why}" if claim.why else "")
    if fit.distinct < FITS_A_LITTLE and claim.strength >= PERSONAL and (hidden := _hidden(column)):
        return [CategoryFound(claim.category, REVIEW, 0.0, (said, hidden))]
    if claim.concept.fits == "email" and fit.distinct < FITS_A_LITTLE:
        marked, part = column.passing(lambda t: "@" in t)
        fits = marked and part >= PERSONAL
        return (
            [CategoryFound(claim.category, 0.6, part, (said, "its values are written like addresses"))] if fits else []
        )
    if fit.distinct < FITS_A_LITTLE:
        return []
    confidence = claim.strength if fit.distinct >= FITS else claim.strength * 0.6
    # A word that needs its surroundings says nothing where they are unknown, unless the values speak.
    evidence: tuple[str, ...] = (said, f"{fit.distinct:.0%} of the distinct values look like it")
    if claim.concept.fits == "secret":
        evidence += schemes_of(column.texts)
    found = [CategoryFound(claim.category, confidence, fit.drawn, evidence)]
    if claim.concept.also:
        found.append(CategoryFound(claim.concept.also, max(0.0, confidence - 0.05), fit.drawn, evidence))
    return found


def _hidden(column: Column) -> str:
    """How the values of a column are kept from being read, if they are."""
    if column.share(Shape.HASH, Shape.UUID) >= PERSONAL:
        return "its values are hashes: a pseudonym"
    if column.passing(is_masked)[1] >= PERSONAL:
        return "its values are masked"
    if column.passing(is_encrypted)[1] >= PERSONAL:
        return "its values are encrypted or tokens that stand for others"
    return ""


def _by_check(column: Column, tested: Tested, likely: list[tuple[Claim, Fit]], lexicon: Lexicon) -> list[CategoryFound]:
    check, share = tested.check, tested.share
    group = check.category.split(".")[0]
    named = any(
        c.category.split(".")[0] == group and c.category.split("_")[0] == check.category.split("_")[0]
        for c, _ in likely
    )
    evidence: tuple[str, ...] = (f"{tested.hits:,} of {tested.tried:,} {tested.unit} are {check.title}",)
    if check.id == "password-hash":
        evidence += schemes_of(column.texts)
    if check.strong:
        # One hit decides, and more of other values never take it back.
        confidence = 0.95 if tested.hits > 2 else 0.9
        if check.category == "contact.email_personal" and not named and _only_mailboxes(column, lexicon):
            return [CategoryFound(check.category, REVIEW, share, (*evidence, "all of them mailboxes of no one person"))]
        return [CategoryFound(check.category, confidence, share, evidence)]
    if named:
        return [
            CategoryFound(
                check.category, 0.92 if above_chance(tested.hits, tested.tried, check.chance) else 0.6, share, evidence
            )
        ]
    if not above_chance(tested.hits, tested.tried, check.chance):
        return []
    elsewhere = any(c.strength >= PERSONAL for c, _ in likely)
    if check.id == "written-phone":
        confidence = 0.6 if share >= 0.8 and not elsewhere else 0.3
    else:
        confidence = 0.85 if share >= PERSONAL and not elsewhere else REVIEW
    return [CategoryFound(check.category, confidence, share, (*evidence, "far above chance"))]


def _only_mailboxes(column: Column, lexicon: Lexicon) -> bool:
    addresses = [a for t in column.texts for a in ([t] if " " not in t else emails_inside(t)) if "@" in a]
    parts = [fold(a.split("@")[0].split("<")[-1].removeprefix("mailto:")) for a in addresses]
    return bool(parts) and all(p in lexicon.words["mailboxes"] for p in parts)


def personal(found: Iterable[CategoryFound]) -> Mapping[str, CategoryFound]:
    """The categories that are sure enough to count."""
    return {c.category: c for c in found if c.confidence >= PERSONAL}
