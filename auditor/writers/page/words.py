"""How figures, dates and names are written in the report; the filters of its templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from auditor.model import Conclusion, Severity, State, Verified
from auditor.relations import load_relations
from auditor.writers.text import NAME_LIMIT, visible

WHEN: Mapping[Severity, str] = {
    Severity.CRITICAL: "today",
    Severity.HIGH: "this month",
    Severity.MEDIUM: "this quarter",
    Severity.LOW: "with the next change",
    Severity.INFO: "for information",
}
STATE_WORD: Mapping[State, str] = {
    State.ERROR: "error",
    State.FAIL: "exceptions noted",
    State.NEEDS_REVIEW: "needs review",
    State.NOT_ASSESSED: "not assessed",
    State.PASS: "no exceptions noted",
    State.NOT_APPLICABLE: "not applicable",
}
COUNTED: Mapping[State, str] = {
    State.ERROR: "broke",
    State.FAIL: "with exceptions",
    State.NEEDS_REVIEW: "to review",
    State.NOT_ASSESSED: "not assessed",
    State.PASS: "without exceptions",
    State.NOT_APPLICABLE: "not applicable",
}
"""After a number of rules."""
STATE_CLASS: Mapping[State, str] = {
    State.ERROR: "error",
    State.FAIL: "fail",
    State.NEEDS_REVIEW: "review",
    State.NOT_ASSESSED: "unknown",
    State.PASS: "pass",
    State.NOT_APPLICABLE: "na",
}
CONCLUSION_CLASS: Mapping[Conclusion, str] = {
    Conclusion.EXCEPTIONS: "fail",
    Conclusion.SCOPE_LIMITATION: "unknown",
    Conclusion.NO_EXCEPTIONS: "pass",
}
MARK: Mapping[Verified, str] = {
    Verified.V1: "official text read",
    Verified.V2: "secondary source read",
    Verified.V3: "article confirmed; threshold not checked",
    Verified.M: "from memory; citation unverified, counsel to confirm",
}


def number(value: int | None) -> str:
    """1,234; a dash where nothing was counted."""
    return "–" if value is None else f"{value:,}"


def short(value: int) -> str:
    """Exact below 10,000, then 48k, 1.2M."""
    if value < 10_000:
        return f"{value:,}"
    return f"{value / 1000:,.0f}k" if value < 999_500 else f"{value / 1_000_000:,.1f}M"


def share(part: int, whole: int) -> str:
    """A percentage that never rounds something to nothing or to all."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    if part and percent < 0.01:
        return "< 0.01 %"
    if part < whole and percent > 99.9:
        return "> 99.9 %"
    digits = 0 if not part or percent >= 10 else 2 if percent < 1 else 1
    return f"{percent:.{digits}f} %"


def plural(count: int, one: str, many: str = "") -> str:
    """`1 rule`, `2 rules`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def day(value: date) -> str:
    """21 November 2026, whatever the machine's language."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def month(value: date) -> str:
    """November 2026."""
    return f"{_MONTHS[value.month - 1]} {value.year}"


def instant(value: datetime) -> str:
    """21 November 2026, 08:02:11 UTC."""
    zone = value.tzname() or ""
    return f"{day(value)}, {value:%H:%M:%S} {zone}".rstrip()


def until(value: datetime, since: datetime) -> str:
    """The end of a span that began at `since`: the time alone if it is the same day."""
    return f"{value:%H:%M:%S}" if value.date() == since.date() else instant(value)


def rows_of(relation: str) -> str:
    """`places on lists`: what the rows of a relation are called."""
    known = load_relations()
    return known[relation].rows or f"{relation.replace('_', ' ')} records" if relation in known else "records"


def name(text: str, limit: int = NAME_LIMIT) -> Markup:
    """A name from the audited system: isolated, made visible, cut."""
    return Markup("<bdi>{}</bdi>").format(visible(str(text), limit=limit))


def cut(text: str, limit: int = NAME_LIMIT) -> str:
    """The same for an attribute, or where the isolation is written around it."""
    return visible(str(text), limit=limit)


def code(text: str) -> Markup:
    """Program text, with its lines."""
    return Markup("{}").format(visible(text, lines=True, limit=20_000))


def ticked(text: str) -> Markup:
    """What stands between back-ticks as code."""
    parts = visible(text).split("`")
    if len(parts) % 2 == 0:
        return Markup("{}").format(visible(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if n % 2 else Markup("{}").format(part) for n, part in enumerate(parts)
    )


def field(path: str) -> str:
    """`subject: lawful basis`: a field of a rule as a reader would say it."""
    return path.removesuffix("_id").replace("_", " ").replace(".", ": ")


def sentence(text: str) -> str:
    """A text with a capital first letter and a full stop."""
    text = text.strip()
    first = text.partition(" ")[0].rstrip(".")
    if "." not in first and "_" not in first:  # a column keeps its own spelling
        text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", ":")) or not text else f"{text}."


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

FILTERS: Mapping[str, Callable[..., Any]] = {
    "num": number,
    "short": short,
    "day": day,
    "field": field,
    "instant": instant,
    "month": month,
    "ticked": ticked,
    "until": until,
    "nm": name,
    "cut": cut,
    "code": code,
    "sentence": sentence,
    "state_word": STATE_WORD.__getitem__,
    "state_class": STATE_CLASS.__getitem__,
    "conclusion_class": CONCLUSION_CLASS.__getitem__,
    "mark": MARK.__getitem__,
    "when": WHEN.__getitem__,
    "plural": plural,
    "share": share,
}
