"""All evidence about one column, each kind by itself, in words; never a value of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from auditor.errors import InventoryError
from auditor.inventory.checks import CHECKS
from auditor.inventory.column import Column
from auditor.inventory.content import shares
from auditor.inventory.fitting import fitting
from auditor.inventory.identifiers import load_identifiers
from auditor.inventory.lexicon import Lexicon, load_lexicon, split_name
from auditor.inventory.mask import examples
from auditor.inventory.people import mentions
from auditor.inventory.promise import interval, promise
from auditor.inventory.shapes import Shape
from auditor.inventory.take import Studied
from auditor.inventory.taxonomy import load_taxonomy
from auditor.inventory.weigh import PERSONAL, Tested, above_chance, test
from auditor.knowledge import nearest
from auditor.model import CategoryFound

Section = tuple[str, tuple[str, ...]]


def explain(studied: Studied, where: str, *, full: bool = False) -> tuple[Section, ...]:
    """The evidence about `table.column` under its headings. Raises InventoryError if there is no such column."""
    index = _index(studied.columns, where)
    column, lexicon = studied.columns[index], load_lexicon()
    return (
        ("Column", _column(column, studied, full=full)),
        ("Table", _table(column)),
        ("Name", _name(column, lexicon)),
        ("Shapes", _shapes(column)),
        ("Words of values", shares(column, lexicon) or ("none is known",)),
        ("Validators", _validators((*test(column, (*CHECKS, *load_identifiers())), *studied.tests[index]))),
        ("Names known from elsewhere", _known(column, studied.names)),
        ("Verdict", _verdict(studied, index)),
    )


def _index(columns: Sequence[Column], where: str) -> int:
    wanted = where.casefold()
    for index, column in enumerate(columns):
        if wanted in (column.where.casefold(), f"{column.source}.{column.where}".casefold()):
            return index
    raise InventoryError(
        f"There is no column {where[:120]!r} to explain.",
        do=nearest(where, {c.where for c in columns}) or "Name it as table.column.",
    )


def _column(column: Column, studied: Studied, *, full: bool) -> tuple[str, ...]:
    info = column.info
    looked = column.non_empty if full else column.sampled
    unique = len(column.texts) / column.drawn if column.drawn else 0.0
    lines = [
        f"{column.where} of {column.source}, type {info.type or 'not declared'}",
        f"{column.non_empty:,} of {column.rows:,} rows hold a value",
        promise(looked, column.non_empty),
    ]
    if column.texts:
        lines.append(f"{len(column.texts):,} distinct values among {column.drawn:,} drawn ({unique:.0%})")
    texts = column.of_shape(Shape.PROSE)
    read = sum(1 for text in texts if text in studied.texts)
    if texts:
        lines.append(f"the language model read {read:,} of its {len(texts):,} distinct texts")
    if info.primary_key:
        lines.append("primary key: a number or identifier in it only points at a row")
    if info.references:
        lines.append(f"foreign key to {info.references}")
    return tuple(lines)


def _table(column: Column) -> tuple[str, ...]:
    kind = column.meaning.kind
    words = " ".join(column.meaning.words)
    return (f"read as {words!r}: " + (f"about a {kind}" if kind else "it says nothing about whom or what"),)


def _name(column: Column, lexicon: Lexicon) -> tuple[str, ...]:
    lines = ["words: " + " ".join(split_name(column.info.name, lexicon))]
    if column.info.comment:
        lines.append("it has a comment, which counts where the name is silent")
    for claim in column.claims:
        fit = fitting(column, claim.concept.fits, lexicon)
        said = f"{claim.phrase!r} stands for {claim.category}" + (f", {claim.why}" if claim.why else "")
        if claim.denied:
            lines.append(f"{said}: denied")
        else:
            lines.append(f"{said}: strength {claim.strength:.2f}; {fit.distinct:.0%} of the distinct values fit")
    return tuple(lines) if column.claims else (*lines, "no word of it stands for a category")


def _shapes(column: Column) -> tuple[str, ...]:
    ranked = sorted(column.mix.items(), key=lambda item: -item[1])
    return tuple(f"{share:.0%} {shape}" for shape, share in ranked) or ("no value",)


def _validators(tests: Iterable[Tested]) -> tuple[str, ...]:
    lines = []
    for one in tests:
        chance = one.check.chance
        if one.check.strong:
            why = "one hit decides"
        elif above_chance(one.hits, one.tried, chance):
            why = f"{chance:.2%} would pass by chance: far more do"
        else:
            why = f"{chance:.2%} would pass by chance: it may be no more than that"
        lines.append(f"{one.check.id}: {one.hits:,} of {one.tried:,} {one.unit} pass; {why}")
    return tuple(lines) or ("no value passes any",)


def _known(column: Column, names: frozenset[str]) -> tuple[str, ...]:
    hits = sum(1 for text in column.texts if mentions(text, names))
    return (f"{hits:,} of {len(column.texts):,} distinct values hold one of the names that the name columns list",)


def _between(column: Column, found: CategoryFound) -> str:
    """The interval, if not every value was looked at."""
    low, high = interval(found.prevalence, found.looked_at or column.sampled, column.non_empty)
    return f" ({low:.1%} to {high:.1%} of all, at 95 % confidence)" if low < high else ""


def _verdict(studied: Studied, index: int) -> tuple[str, ...]:
    found, taxonomy = studied.found[index], load_taxonomy()
    lines = []
    for one in found:
        category = taxonomy[one.category]
        sure = "personal" if one.confidence >= PERSONAL else "needs review"
        lines.append(
            f"{one.category} ({category.title}, {category.level}): {sure}, confidence {one.confidence:.2f}, in "
            f"{one.prevalence:.0%} of the values{_between(studied.columns[index], one)}, because "
            + "; ".join(one.evidence)
        )
    shown = examples(studied.columns[index], found)
    if shown:
        lines.append("values look like " + ", ".join(shown))
    return tuple(lines) or ("nothing personal was recognised",)
