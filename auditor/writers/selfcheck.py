"""Looks through what was just written with the detector's own validators: a report must not leak what it audits."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from pathlib import Path
from urllib.parse import unquote

from auditor.inventory.checks import is_card, is_email, is_iban, is_international_phone
from auditor.model import AuditResult

BLOCK, OVERLAP = 1 << 20, 512
ALWAYS = 4 * BLOCK
"""So much of every artefact is looked at without being asked for; it costs less than a second."""
TEXTS = (".html", ".json", ".sarif", ".xml", ".txt", ".md", ".csv")

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+'-]{1,64}@(?:[\w-]+\.)+[^\W\d_]{2,24}(?![\w@])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?)\b")
_CARD = re.compile(r"(?<![\w-])(?<!\d[.,])(?:\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{5})(?![\w-]|[.,]\d)")
_NUMBER = re.compile(r"(?<![\w-])(?<!\d[.,])\d{13,19}(?![\w-]|[.,]\d)")
_SAYS_CARD = re.compile(r"(?i:card|credit|debit|pan|visa|mastercard|amex|maestro)\b[^\n\d]{0,40}\Z")
_PHONE = re.compile(r"(?<![\w/+=])\+\d[\d ().-]{6,22}\d(?!\w)")


@dataclass(frozen=True, slots=True)
class Leak:
    """A kind of personal value in an artefact; never the value."""

    artefact: str
    kind: str

    def __str__(self) -> str:
        return f"{self.artefact} holds {self.kind}."


def self_check(
    result: AuditResult, paths: Sequence[Path], *, own: Iterable[str] = (), whole: bool = False
) -> tuple[Leak, ...]:
    """What personal values stand in these text artefacts, apart from the texts of rules and policy (`own`)."""
    found = [(path.name, *each) for path in paths if path.suffix in TEXTS for each in _in_file(path, whole)]
    if not found:
        return ()
    ours = {value for text in (*_own(result), *own) for _, value in _values(text)}
    shown = {row.key for finding in result.findings for row in finding.place.evidence}
    return tuple(dict.fromkeys(Leak(name, kind) for name, kind, value in found if value not in ours | shown))


def _in_file(path: Path, whole: bool) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    left, tail = ALWAYS, ""
    with path.open(encoding="utf-8", errors="replace", newline="") as stream:
        while (whole or left > 0) and (block := stream.read(BLOCK)):
            left -= len(block)
            found.update(_values(tail + block))
            tail = block[-OVERLAP:]
    return found


def _values(text: str) -> Iterator[tuple[str, str]]:
    """Kind and value."""
    if "&#" in text or "&amp;" in text:
        text = html.unescape(text)
    if "%40" in text:
        text = unquote(text)
    # An address is looked for around its sign only: the texts are long, the signs few.
    for sign in re.finditer("@", text):
        around = text[max(0, sign.start() - 65) : sign.start() + 255]
        yield from (("an e-mail address", m[0]) for m in _EMAIL.finditer(around) if is_email(m[0]))
    yield from (("an IBAN", m[0]) for m in _IBAN.finditer(text) if is_iban(m[0]))
    yield from (("a card number", m[0]) for m in _CARD.finditer(text) if is_card(m[0]))
    yield from (("a card number", number) for number in _bare_cards(text))
    yield from (("a phone number", m[0]) for m in _PHONE.finditer(text) if is_international_phone(m[0]))


def _bare_cards(text: str) -> Iterator[str]:
    """Ungrouped numbers that are cards: the text calls them so, or most of several are. Some long ids look like one."""
    found = {m[0]: m for m in _NUMBER.finditer(text)}
    cards = [number for number in found if is_card(number)]
    alike = len(cards) > 1 and 2 * len(cards) > len(found)
    for number in cards:
        start = found[number].start()
        if alike or _SAYS_CARD.search(text[max(0, start - 60) : start]):
            yield number


def _own(result: AuditResult) -> Iterator[str]:
    """The texts of rules and of the law, and what the command line and the policy named."""
    for part in (*(each.rule for each in result.rules), *(f.remediation for f in result.findings)):
        yield from _strings(part)
    yield from (*(each.sentence for each in result.rules), result.organisation, result.classification)
    yield from (source.location for source in result.sources)
    yield from (finding.owner for finding in result.findings)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str) and not isinstance(value, Enum):
        yield value
    elif isinstance(value, tuple):
        for entry in value:
            yield from _strings(entry)
    elif is_dataclass(value):
        for each in fields(value):
            yield from _strings(getattr(value, each.name))
