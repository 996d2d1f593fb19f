"""Looks through what was written for texts that must not be in it, in every way they may have been written."""

from __future__ import annotations

import base64
import html
import json
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO
from urllib.parse import quote, quote_plus

_CHUNK = 1 << 20


def leaks(paths: Iterable[Path], canaries: Iterable[str]) -> tuple[str, ...]:
    """A sentence per file and canary found in it; the canary itself is not repeated. Files in a zip are looked into."""
    known = tuple((number, written(canary)) for number, canary in enumerate(canaries, 1))
    return tuple(
        f"{name}: text {number} of the forbidden ones is in it, {how}."
        for path in paths
        for name, blocks in _contents(path)
        for number, how in _found(blocks, known)
    )


def written(text: str) -> dict[bytes, str]:
    """Every way the text may stand in a file, and how that way is called."""
    ways = {
        text: "as it is",
        json.dumps(text)[1:-1]: "as JSON",
        json.dumps(text, ensure_ascii=False)[1:-1]: "as JSON",
        html.escape(text): "as HTML",
        html.escape(text).replace("&#x27;", "&#39;"): "as HTML",
        "".join(f"&#{ord(char)};" for char in text): "as HTML",
        "".join(f"&#x{ord(char):x};" for char in text): "as HTML",
        quote(text): "as a URL",
        quote(text, safe=""): "as a URL",
        quote_plus(text): "as a URL",
        "".join(f"%{byte:02X}" for byte in text.encode()): "as a URL",
        text.casefold(): "in small letters",
        text.upper(): "in capitals",
        text[::-1]: "backwards",
        text.encode().hex(): "as hexadecimal digits",
    }
    found = {way.encode(): how for way, how in reversed(ways.items())}
    for encoding in ("utf-16-le", "utf-16-be"):
        found[text.encode(encoding)] = "as UTF-16"
    found.update(dict.fromkeys(_base64(text.encode()), "as base64"))
    return found


def _base64(raw: bytes) -> Iterator[bytes]:
    """What of the base64 does not depend on what stands around it, for each of the three places it may begin at."""
    for before in range(3):
        usable = len(raw) - (before + len(raw)) % 3
        encoded = base64.b64encode(b"\0" * before + raw[:usable])
        inner = encoded[4 if before else 0 :]
        if len(inner) >= 8:
            yield inner
            yield inner.translate(bytes.maketrans(b"+/", b"-_"))


def _contents(path: Path) -> Iterator[tuple[str, Iterator[bytes]]]:
    """A file, and what lies in it if it is a zip, such as a workbook."""
    with path.open("rb") as plain:
        yield path.name, _blocks(plain)
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                with archive.open(name) as stream:
                    yield f"{path.name}/{name}", _blocks(stream)


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    while block := stream.read(_CHUNK):
        yield block


def _found(blocks: Iterator[bytes], known: tuple[tuple[int, dict[bytes, str]], ...]) -> Iterator[tuple[int, str]]:
    overlap = max((len(way) for _, ways in known for way in ways), default=1)
    said: set[int] = set()
    tail = b""
    for block in blocks:
        window = tail + block
        for number, ways in known:
            if number not in said and (how := next((h for way, h in ways.items() if way in window), "")):
                said.add(number)
                yield number, how
        tail = window[-overlap:]
