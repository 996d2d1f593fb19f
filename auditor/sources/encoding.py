"""Which encoding a text file is in."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LATIN = ("cp1252", "cp1250", "mac_roman", "cp437")
_OTHER = ["cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp932", "euc_jp", "gb18030", "big5", "cp949"]
_LEGACY_SAMPLE = 32_768
_HIGH = re.compile(rb"[\x80-\xff]")
_LETTER = re.compile(rb"[A-Za-z]")
_WORD = re.compile(rb"[A-Za-z\x80-\xff]+")


def detect_encoding(head: bytes, whole: bool) -> tuple[str, bool]:
    """The codec for a file that begins with `head`, and whether it is only a guess."""
    for mark, codec in _BOMS:
        if head.startswith(mark):
            return codec, False
    even, odd = head[:65_536:2].count(0), head[1:65_536:2].count(0)
    if max(even, odd) > 0.3 * min(len(head), 65_536) / 2 and min(even, odd) < max(even, odd) / 4:
        return ("utf-16-le" if odd > even else "utf-16-be"), True
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, whole)
    except UnicodeDecodeError as error:
        return _guessed(head, error.start)
    return "utf-8", False


def _guessed(head: bytes, first: int) -> tuple[str, bool]:
    """A legacy code page, judged by the lines that have more than ASCII in them."""
    from charset_normalizer import from_bytes

    # A few broken bytes among much valid UTF-8 are a broken file, not another encoding.
    text = head.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if sum(character > "\x7f" for character in text) > 20 * broken:
        return "utf-8", True
    lines: list[bytes] = []
    size = 0
    for line in head[head.rfind(b"\n", 0, first) + 1 :].splitlines():
        if _HIGH.search(line):
            lines.append(line)
            size += len(line)
            if size > _LEGACY_SAMPLE:
                break
    sample = b"\n".join(lines)
    # Only within words that have such bytes: much ASCII beside them, such as addresses, says nothing about them.
    words = b" ".join(word for word in _WORD.findall(sample) if _HIGH.search(word))
    if len(_HIGH.findall(words)) < len(_LETTER.findall(words)):
        usual = _letters(sample.decode(_LATIN[0], "replace"))
        best_latin = max(_LATIN, key=lambda codec: _letters(sample.decode(codec, "replace")))
        clear = _letters(sample.decode(best_latin, "replace")) > 1.25 * usual
        return (best_latin if clear else _LATIN[0]), True
    best = from_bytes(sample, cp_isolation=_OTHER, threshold=0.4).best()
    return (best.encoding if best else "cp1252"), True


def _letters(text: str) -> int:
    """Characters beyond ASCII that are letters: the right code page has few signs within words."""
    return sum(character.isalpha() for character in text if character > "\x7f")
