"""Validators of single values, each with its chance pass rate; check digits are data, see `identifiers`."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from auditor.inventory.secret_forms import is_key, is_masked_card, is_password_hash, is_track

# Below this rate one hit decides.
STRONG = 1e-4


@dataclass(frozen=True, slots=True)
class Check:
    """A validator of whole values; `chance` is the share of random values of that shape that pass."""

    id: str
    category: str
    title: str
    chance: float
    passes: Callable[[str], bool]

    @property
    def strong(self) -> bool:
        """Whether one hit decides."""
        return self.chance < STRONG


_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~.\u0080-\uffff-]{1,64}@(?:[a-z0-9\u0080-\uffff](?:[a-z0-9\u0080-\uffff-]{0,61}[a-z0-9\u0080-\uffff])?\.)+"
    r"(?:[a-z\u0080-\uffff]{2,24}|xn--[a-z0-9-]{2,59})",
    re.IGNORECASE,
)
_NAMED_EMAIL = re.compile(r"(?:mailto:)?(?:[^<>@]*<)?([^<>\s]+)>?", re.IGNORECASE)
_EMAIL_INSIDE = re.compile(r"(?<![\w.+-])[A-Za-z0-9_.+'-]{1,64}@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24}(?![\w@])")
# `<1234.5678@host>` is the identifier of a message (RFC 5322), not somebody's address.
_MESSAGE_IDS = re.compile(r"(?:\s*<[^<>\s]+>[\s,;]*)+")
_MAC = re.compile(r"(?:[0-9A-Fa-f]{2}([:-]))(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}")
_IBAN_START = re.compile(r"[A-Za-z]{2}[\s-]?\d")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_IBAN_INSIDE = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
# Magento, Joomla and others write the digest, the salt and perhaps a version of the scheme.
_SALTED = re.compile(r"[0-9a-f]{32}(?:[0-9a-f]{8}|[0-9a-f]{32})?:[^\s:]{2,64}(?::\d+(?:[:_]\w+)*)?", re.IGNORECASE)
# In one run, or in the groups that are embossed: 4-4-4-4, 4-6-5 and 4-6-4.
_CARD = re.compile(r"\d{12,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{4,5}")
# Issuer ranges with their lengths (ISO/IEC 7812): Visa, Mastercard, Amex, Discover, Diners, JCB, UnionPay, Maestro.
_ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|6(?:011|4[4-9]\d|5\d\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}|(?:50(?:18|20|38)|5[68]93|6304|67(?:59|6[1-3]))\d{8,15}"
)
_PHONE = re.compile(
    r"(?:(?:tel:|\+|00|\()\s?)?[\d(][\d\s().+/·–-]{4,24}\d(?:\s?(?:x|ext\.?|#)\s?\d{1,6})?", re.IGNORECASE
)


# An ISBN or another article number of books is dialled by nobody.
_ISBN = re.compile(r"97[89][ -]?(?:\d[ -]?){9}\d")
# Numbers given at birth that begin with its day: Swedish, Danish, Finnish, Czech, Latvian and others.
BIRTH_NUMBER = re.compile(
    r"(?:\d\d(?:0[1-9]|1[0-2]|5[1-9]|6[0-2])(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d)[-+/A]\d{3}[0-9A-Y]?"
)
_SSN = re.compile(r"(?!000|666)[0-8]\d\d-(?!00)\d\d-(?!0000)\d{4}|9\d\d-[5-9]\d-\d{4}")
_QUAD = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")


def is_email(value: str) -> bool:
    """One address, alone, in angle brackets or as a mailto link; one behind a mask is none."""
    if "@" not in value or "**" in value or len(value) > 320 or _MESSAGE_IDS.fullmatch(value):
        return False
    found = _NAMED_EMAIL.fullmatch(value)
    return found is not None and _EMAIL.fullmatch(found[1]) is not None and ".." not in found[1].split("@")[1]


def emails_inside(text: str) -> list[str]:
    """The addresses in a longer text."""
    return _EMAIL_INSIDE.findall(text) if "@" in text and not _MESSAGE_IDS.fullmatch(text) else []


def is_ip(value: str) -> bool:
    """An IPv4 or IPv6 address, perhaps with a prefix length; the unspecified and loopback addresses are nobody's."""
    if not ("." in value or ":" in value) or len(value) > 49:
        return False
    try:
        address = ipaddress.ip_address(value.split("/")[0].strip("[]"))
    except ValueError:
        return False
    return not (address.is_unspecified or address.is_loopback)


def is_ipv6(value: str) -> bool:
    """An IPv6 address of at least four groups: nothing else looks like it."""
    return value.count(":") >= 3 and is_ip(value) and not is_mac(value)


def is_mac(value: str) -> bool:
    """Six bytes in hex with one separator."""
    return _MAC.fullmatch(value) is not None


def is_iban(value: str) -> bool:
    """Mod 97 over the rearranged digits (ISO 13616), with the length that its country uses."""
    if not _IBAN_START.match(value) or len(value) > 50:
        return False
    plain = re.sub(r"[\s-]", "", value).upper()
    if not _IBAN.fullmatch(plain):
        return False
    from auditor.inventory.identifiers import iban_lengths  # it builds on this module

    if iban_lengths().get(plain[:2]) != len(plain):
        return False
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def iban_inside(text: str) -> bool:
    """Whether a longer text holds an IBAN; capitals that follow it are no part of it."""
    from auditor.inventory.identifiers import iban_lengths  # it builds on this module

    found = (re.sub(r"\s", "", f) for f in _IBAN_INSIDE.findall(text))
    return any(is_iban(f[: iban_lengths().get(f[:2], 0)]) for f in found)


def luhn(digits: str) -> bool:
    """The check digit of cards (ISO/IEC 7812)."""
    doubled = (int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def is_card(value: str) -> bool:
    """Luhn, with the prefix and length of an issuer; one digit repeated is no card."""
    if not _CARD.fullmatch(value):
        return False
    digits = re.sub(r"\D", "", value)
    return len(set(digits)) > 1 and _ISSUERS.fullmatch(digits) is not None and luhn(digits)


def looks_like_phone(value: str) -> bool:
    """Between 6 and 15 digits written as people write phone numbers."""
    digits = sum(c.isdigit() for c in value)
    return (
        6 <= digits <= 17
        and not _QUAD.fullmatch(value)
        and not _ISBN.fullmatch(value)
        and _PHONE.fullmatch(value) is not None
        and not re.fullmatch(r"\d+[.,]\d{1,4}", value)
    )


def is_international_phone(value: str) -> bool:
    """A number with its country's prefix that is in use (libphonenumber)."""
    plain = value.strip()
    if not plain.startswith(("+", "00")) or not looks_like_phone(plain):
        return False
    import phonenumbers

    try:
        number = phonenumbers.parse("+" + plain.lstrip("+0") if plain.startswith("00") else plain, None)
    except phonenumbers.NumberParseException:
        return False
    return bool(phonenumbers.is_valid_number(number))


# The plans with the most numbers; a number is sought in the plan that fits a column best.
REGIONS = (
    "US", "GB", "DE", "FR", "ES", "IT", "NL", "PL", "SE", "BR", "PT", "AT", "CH", "BE", "DK", "NO", "FI", "IE", "CZ",
    "HU", "RO", "TR", "RU", "JP", "CN", "IN", "MX", "AU", "ZA", "GR",
)  # fmt: skip
_PROBED = 12


def national_region(values: Sequence[str]) -> tuple[str, float]:
    """The country in whose numbering plan most of the values are in use (libphonenumber), and their share."""
    import phonenumbers

    probed = values[:_PROBED]
    best = ("", 0.0)
    for region in REGIONS:
        valid = 0
        for value in probed:
            try:
                valid += phonenumbers.is_valid_number(phonenumbers.parse(value, region))
            except phonenumbers.NumberParseException:
                continue
        if valid > best[1] * len(probed):
            best = (region, valid / len(probed))
        if valid == len(probed):
            break
    return best


def is_written_phone(value: str) -> bool:
    """A number grouped as phone numbers are: brackets or two separators; a date, an amount, an SSN is not."""
    separators = len(re.findall(r"[\s().–-]+", value.strip()))
    return (
        looks_like_phone(value)
        and ("(" in value or separators >= 2)
        and not re.match(r"00[ -]\d|(?:\d{1,3} )?(?:\d{3} )+000$", value)
        and not re.match(r"(?:19|20)\d\d-\d\d-\d\d|\d{3}-\d\d-\d{4}$", value)
    )


CHECKS = (
    Check("email", "contact.email_personal", "an e-mail address", 1e-9, is_email),
    Check("iban", "financial.bank_account", "an IBAN with valid check digits", 1e-5, is_iban),
    Check(
        "password-hash", "credential.password_secret", "a password hash that names its scheme", 1e-9, is_password_hash
    ),
    Check("key", "credential.password_secret", "a key or token in its maker's form", 1e-9, is_key),
    Check("track", "financial.card_sad", "the content of a card's stripe", 1e-7, is_track),
    Check("card-masked", "financial.card_masked", "the end of a card's number behind a mask", 0.001, is_masked_card),
    Check(
        "salted-digest",
        "credential.password_secret",
        "a digest with its salt",
        0.001,
        lambda v: _SALTED.fullmatch(v) is not None,
    ),
    Check("mac", "device.hardware_id", "a MAC address", 1e-6, is_mac),
    Check("ipv6", "device.ip", "an IPv6 address", 1e-6, is_ipv6),
    Check("ip", "device.ip", "an IP address", 0.02, is_ip),
    Check(
        "international-phone",
        "contact.phone",
        "a phone number in use, with its country's prefix",
        0.02,
        is_international_phone,
    ),
    Check(
        "birth-number",
        "government_id.national",
        "a number that begins with a day of birth",
        0.08,
        lambda v: BIRTH_NUMBER.fullmatch(v) is not None,
    ),
    Check(
        "ssn",
        "government_id.national",
        "in the form of a US social security number",
        0.05,
        lambda v: _SSN.fullmatch(v) is not None,
    ),
    Check("written-phone", "contact.phone", "grouped as phone numbers are", 0.1, is_written_phone),
    Check("card", "financial.card_pan", "a card number of a known issuer with a valid check digit", 0.02, is_card),
)
