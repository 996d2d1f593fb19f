"""Keys, tokens and schemes of password hashes, described in `rules/recognizers/secrets.yaml`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from auditor.knowledge import Node, home, read_yaml

# Bare digests by their number of hexadecimal digits.
_DIGESTS = {32: "MD5", 40: "SHA-1", 56: "SHA-224", 64: "SHA-256", 96: "SHA-384", 128: "SHA-512"}
_HEX = re.compile(r"[0-9a-fA-F]+")
# Something that hides most of its characters but says how many there were, or shows the last ones.
_MASKED = re.compile(r".{0,8}?(?:\*{2,}|[xX]{3,}[-\s]|[•●#]{3,}|X{4,}).{0,40}")
_MASKED_CARD = re.compile(r"(?:\d{4,6})?[ -]?(?:\d{0,2}(?:[*•]{2,}|[xX]{4,})[ -]?){1,4}\d{4}")
# What is on the stripe of a card (ISO/IEC 7813): track 1 with the holder's name, track 2 without.
_TRACK = re.compile(r"%?B\d{12,19}\^[^^]{2,26}\^\d{7,}.*|;?\d{12,19}=\d{7,}\??.*")
# OpenSSL, Fernet, PGP, age, Ansible and Rails name themselves at the start of what they encrypt.
_ENCRYPTED = re.compile(
    r"U2FsdGVkX1|gAAAAA[A-Za-z0-9_-]{20,}|-----BEGIN PGP MESSAGE|age-encryption|\$ANSIBLE_VAULT|ENC\[|enc:|\{cipher\}"
)
_TOKEN = re.compile(r"(?:tok|token|pm|card|src|cus|ba|acct|vault)[_-][A-Za-z0-9]{8,}")


@dataclass(frozen=True, slots=True)
class Form:
    """A key or scheme and how it looks."""

    title: str
    pattern: re.Pattern[str]
    sign: str = ""
    weak: str = ""


@cache
def load_forms() -> tuple[tuple[Form, ...], tuple[Form, ...]]:
    """The keys, and the schemes of password hashes."""
    path = home("rules") / "recognizers" / "secrets.yaml"
    top = read_yaml(path, shown_as="rules/recognizers/secrets.yaml").fields(["keys", "schemes"])
    return tuple(map(_form, top["keys"].items())), tuple(map(_form, top["schemes"].items()))


def _form(node: Node) -> Form:
    fields = node.fields(["title", "pattern"], ["sign", "weak"])
    try:
        pattern = re.compile(fields["pattern"].text())
    except re.error:
        raise fields["pattern"].error("This is not a valid pattern.") from None
    return Form(fields["title"].text(), pattern, *(fields[k].text() if k in fields else "" for k in ("sign", "weak")))


def is_key(value: str) -> bool:
    """A key or token in the form that its maker publishes."""
    return len(value) >= 16 and any(f.sign in value and f.pattern.fullmatch(value) for f in load_forms()[0])


def is_password_hash(value: str) -> bool:
    """A hash that names its scheme."""
    return len(value) >= 13 and ("$" in value or value[0] == "{") and " " not in value and _scheme(value) is not None


def _scheme(value: str) -> Form | None:
    return next((f for f in load_forms()[1] if f.pattern.fullmatch(value)), None)


def schemes_of(values: Iterable[str]) -> tuple[str, ...]:
    """The schemes of password hashes among values, the most frequent first, and why some protect nothing."""
    counts: Counter[str] = Counter()
    for value in values:
        scheme = _scheme(value)
        if scheme is not None:
            counts[scheme.title + (f", which {scheme.weak}" if scheme.weak else "")] += 1
        elif _HEX.fullmatch(value) and len(value) in _DIGESTS:
            counts[f"{_DIGESTS[len(value)]} without a salt, by its length"] += 1
    return tuple(f"{n:,} of {counts.total():,} hashes are {title}" for title, n in counts.most_common(3))


def is_track(value: str) -> bool:
    """The content of a card's stripe, which nobody may keep."""
    return ("=" in value or "^" in value) and _TRACK.fullmatch(value) is not None


def is_masked_card(value: str) -> bool:
    """The last four digits of a card behind signs that hide the others."""
    return len(value) <= 40 and value[-4:].isdigit() and _MASKED_CARD.fullmatch(value) is not None


def is_masked(value: str) -> bool:
    """Most of it is hidden by asterisks or the like."""
    return _MASKED.fullmatch(value) is not None


def is_encrypted(value: str) -> bool:
    """The mark of a tool that encrypts, or a token of a payment service."""
    return _ENCRYPTED.match(value) is not None or _TOKEN.fullmatch(value) is not None
