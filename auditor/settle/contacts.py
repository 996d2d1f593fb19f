"""E-mail addresses and phone numbers: normalised, then kept as keyed hashes only."""

from __future__ import annotations

import html
import re
from functools import partial

import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

from auditor.settle.arrays import counts, fill_where, known, missing, per_distinct, trimmed, whole
from auditor.settle.places import settle_country
from auditor.settle.spec import Settled, Settler, SettleSpec
from auditor.tables import GIVEN, REGION

_ATOM = r"[a-z0-9!#$%*+/=?^_`{|}~'-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PLAIN = rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])"
"""An address that needs nothing but lower case."""
_LOCAL = re.compile(r"[^\s@.\"(),:;<>\[\]\\]+(?:\.[^\s@.\"(),:;<>\[\]\\]+)*")
_HOST = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])")
_NAMED = re.compile(r"[^<>]*<([^<>]+)>")


def settle_email(column: pa.Array, spec: SettleSpec, settler: Settler) -> Settled:
    """Keyed hash of the normalised address; what is no address is unreadable."""
    texts = trimmed(column)
    none = missing(texts, spec, settler)
    texts, given = known(texts, none), pc.invert(none)
    lower = pc.utf8_lower(texts)
    digest = settler.digest
    # 64 before the @ and 254 in all; an entity may hide in what looks plain (`&` is not among the plain characters).
    plain = pc.and_(whole(lower, _PLAIN), pc.fill_null(pc.less_equal(pc.binary_length(lower), 64), False))
    values = pa.nulls(len(texts), pa.string())
    if pc.any(plain).as_py():
        hashed = per_distinct(lower.filter(plain), pa.string(), lambda text: digest(text, "email"))
        values = fill_where(values, plain, hashed)
    rest = pc.and_(given, pc.invert(plain))
    if pc.any(rest).as_py():

        def read(text: str) -> str | None:
            address = _address(text)
            return digest(address, "email") if address else None

        values = fill_where(
            values, rest, per_distinct(texts.filter(rest), pa.string(), settler.remember("email", read))
        )
    return Settled((("", values), (GIVEN, given)), counts(given, values))


def _address(text: str) -> str:
    """The address in lower case with its host in ASCII; empty if it is none."""
    text = html.unescape(text).strip()
    if (named := _NAMED.fullmatch(text)) is not None:
        text = named[1].strip()
    if text[:7].lower() == "mailto:":
        text = text[7:]
    local, at, host = text.casefold().partition("@")
    if not at or len(text) > 254 or len(local) > 64 or not _LOCAL.fullmatch(local):
        return ""
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return f"{local}@{host}" if len(host) <= 253 and _HOST.fullmatch(host) else ""


def settle_phone(column: pa.Array, spec: SettleSpec, settler: Settler) -> Settled:
    """Keyed hash of the E.164 number, and the country of the prefix if the number was written with one.

    A national number is read as one of the spec's country (else the audit's), and without either is unreadable.
    """
    texts = trimmed(column)
    none = missing(texts, spec, settler)
    country = spec.country or settler.country
    return _phones(known(texts, none), pc.invert(none), [country], None, settler)


def settle_phone_by_country(
    column: pa.Array, country: pa.Array, spec: SettleSpec, settler: Settler, *, country_spec: SettleSpec | None = None
) -> Settled:
    """As `settle_phone`, but a national number is one of the country in the same row of a text column beside it."""
    texts = trimmed(column)
    none = missing(texts, spec, settler)
    settled = dict(settle_country(country, country_spec or SettleSpec("country"), settler).columns)[""]
    codes = pc.fill_null(settled, spec.country or settler.country).dictionary_encode()
    return _phones(known(texts, none), pc.invert(none), codes.dictionary.to_pylist(), codes.indices, settler)


def _phones(
    texts: pa.Array, given: pa.Array, countries: list[str], country: pa.Array | None, settler: Settler
) -> Settled:
    values = region = pa.nulls(len(texts), pa.string())
    for number, code in enumerate(countries):
        here = given if country is None else pc.and_(given, pc.equal(country, number))
        if not pc.any(here).as_py():
            continue
        encoded = texts.filter(here).dictionary_encode()
        read = settler.remember(("phone", code), partial(_phone, country=code, settler=settler))
        found = [read(text) for text in encoded.dictionary.to_pylist()]
        for_value = pa.array([pair[0] for pair in found], pa.string()).take(encoded.indices)
        for_region = pa.array([pair[1] for pair in found], pa.string()).take(encoded.indices)
        values, region = fill_where(values, here, for_value), fill_where(region, here, for_region)
    return Settled((("", values), (REGION, region), (GIVEN, given)), counts(given, values))


def _phone(text: str, country: str, settler: Settler) -> tuple[str | None, str | None]:
    """Hash and, for a number written internationally, country of its prefix."""
    text = html.unescape(text).strip().removeprefix("tel:")
    if text.startswith("00"):
        text = "+" + text[2:]
    text = text.replace("(0)", "") if text.startswith("+") else text
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return None, None
    if not phonenumbers.is_possible_number(number):
        return None, None
    number.extension = None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return settler.digest(e164, "phone"), _prefix(number, e164, settler) if text.startswith("+") else None


def _prefix(number: phonenumbers.PhoneNumber, e164: str, settler: Settler) -> str | None:
    if re.fullmatch(settler.words.phones_anywhere, e164):
        return None
    shared = phonenumbers.region_codes_for_country_code(number.country_code or 0)
    if len(shared) > 1:  # +1 is twenty-five countries: the area code decides, or nothing does
        region: str | None = phonenumbers.region_code_for_number(number)
    else:
        region = shared[0] if shared else None
    return region if region and region.isalpha() and region != "ZZ" else None
