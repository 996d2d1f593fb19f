"""The shape of single values: what a value is made of, before anybody asks what it means."""

from __future__ import annotations

import base64
import binascii
import html
import re
from enum import StrEnum


class Shape(StrEnum):
    """What a value looks like."""

    BOOL = "bool"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    UUID = "uuid"
    HASH = "hash"
    URL = "url"
    BLOB = "blob"  # JSON, XML, serialised or encoded
    CODE = "code"  # SNAKE_CASE, dotted.path, a1b2c3
    WORDS = "words"
    PROSE = "prose"
    OTHER = "other"


_BOOL = re.compile(r"(?i)true|false|yes|no|[01tfyn]|on|off")
_INTEGER = re.compile(r"[+-]?\d{1,18}")
_DECIMAL = re.compile(r"[+-]?\d{1,3}(?:[ ,.']\d{3})*[.,]\d+|[+-]?\d+[.,]\d+(?:[eE][+-]?\d+)?")
_DATE = re.compile(
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}[ -][A-Za-z]{3,9}\.?[ -]\d{2,4})"
    r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp][Mm])?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?)?"
)
_QUAD = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_UUID = re.compile(r"\{?[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\}?")
_HEX = re.compile(
    r"(?=.*\d)(?=.*[a-fA-F])(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128})"
)
_URL = re.compile(r"(?i)(?:https?|ftp)://\S+|www\.[^\s@]+|[^\s@]+\.(?:com|org|net|html?|php|aspx?)(?:/\S*)?")
_BLOB = re.compile(r"\s*(?:[\[{][\"'\[{\]}\d]|a:\d+:\{|O:\d+:|s:\d+:|<\?|<!|<[a-zA-Z][^>]*>|\x80|%PDF)", re.DOTALL)
_BASE64 = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")
_CODE = re.compile(r"(?=.*[\d_./:\\#{}$=-])[^\s@,;]+")
# A browser's name for itself, with its version.
_AGENT = re.compile(r"[A-Za-z]{3,}/\d[\w.]* \(")
# Chinese and Japanese write sentences without blanks, but with their own stops.
_SENTENCE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{6,}.*[。、，！？]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_TAG = re.compile(r"(?s)<(?:style|script)\b.*?</(?:style|script)\s*>|</?[a-zA-Z!][^>@]{0,500}>")


def shape_of(value: str) -> Shape:
    """The shape of one value without surrounding blanks."""
    if len(value) <= 5 and _BOOL.fullmatch(value):
        return Shape.BOOL
    for pattern, shape in (
        (_INTEGER, Shape.INTEGER),
        (_DATE, Shape.DATE),
        (_DECIMAL, Shape.DECIMAL),
        (_UUID, Shape.UUID),
        (_HEX, Shape.HASH),
    ):
        if pattern.fullmatch(value):
            return Shape.CODE if shape is Shape.DECIMAL and _QUAD.fullmatch(value) else shape
    if _BLOB.match(value) or (len(value) >= 24 and _looks_encoded(value)):
        return Shape.BLOB
    if _URL.fullmatch(value):
        return Shape.URL
    if _AGENT.match(value):
        return Shape.CODE
    words = _WORD.findall(value)
    blanks = value.count(" ") + value.count("\n")
    if (blanks >= 3 and (len(words) >= 6 or (len(words) >= 4 and len(value) > 40))) or _SENTENCE.search(value):
        return Shape.PROSE
    if not words:
        return Shape.CODE if _CODE.fullmatch(value) else Shape.OTHER
    if " " not in value and _CODE.fullmatch(value) and not _name_like(value):
        return Shape.CODE
    return Shape.WORDS


def readable(value: str) -> str:
    """The text a person would read: entities decoded, tags gone, encoded text decoded."""
    text = value
    if len(text) >= 24 and _looks_encoded(text):
        try:
            text = base64.b64decode(text, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            return value
    if "<" in text:
        text = _TAG.sub(" ", text)
    return html.unescape(text) if "&" in text else text


def _looks_encoded(value: str) -> bool:
    return len(value) % 4 == 0 and bool(_BASE64.fullmatch(value)) and any(c.isdigit() for c in value)


def _name_like(value: str) -> bool:
    """`Anne-Marie`, `O.Neil` and `Dr.` are words; `date-entered` and `in_progress` are codes."""
    return not any(c.isdigit() or c in "_:/\\#{}$=" for c in value) and value[:1].isupper()
