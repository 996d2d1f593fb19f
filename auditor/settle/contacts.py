"""E-mail addresses and phone numbers: normalised, then kept as keyed hashes only."""

from __future__ import annotations

import html
import re

import pyarrow as pa
import pyarrow.compute as pc

from auditor.settle.arrays import counts, fill_where, known, missing, per_distinct, trimmed, whole
from auditor.settle.phones import read_phone
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
    anywhere = re.compile(settler.words.phones_anywhere)
    for number, code in enumerate(countries):
        here = given if country is None else pc.and_(given, pc.equal(country, number))
        if not pc.any(here).as_py():
            continue
        encoded = texts.filter(here).dictionary_encode()
        found = [read_phone(text, code, anywhere) for text in encoded.dictionary.to_pylist()]
        hashed = [settler.digest(pair[0], "phone") if pair is not None else None for pair in found]
        for_value = pa.array(hashed, pa.string()).take(encoded.indices)
        for_region = pa.array([pair and pair[1] for pair in found], pa.string()).take(encoded.indices)
        values, region = fill_where(values, here, for_value), fill_where(region, here, for_region)
    return Settled((("", values), (REGION, region), (GIVEN, given)), counts(given, values))
