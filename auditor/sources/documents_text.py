"""The process that reads documents: where they lie as JSON on its input, one line of JSON per document on its output.

It limits its own memory and time, and each document's pages and characters; a document that breaks them ends it, and
whoever started it goes on with the next.
"""

from __future__ import annotations

import json
import os
import re
import sys
import zipfile
from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

from auditor.sources.content import Content

MOST_BYTES, MOST_PAGES, MOST_CHARACTERS = 64 << 20, 500, 2_000_000
_MEMORY, _CPU_SECONDS = 2 << 30, 20
_BODY = re.compile(r"word/(?:document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml")
_TEXT, _BREAKS = "t", ("p", "br", "tab", "cr", "tc")


class RefusedError(Exception):
    """A document that is not read, in words."""


def pages_of(content: Content) -> Iterator[str]:
    """The text of a document, page by page where it has pages. Raises RefusedError, or what its library raises."""
    if max(content.size, content.member.size if content.member else 0) > MOST_BYTES:
        raise RefusedError("it is too large")
    with content.anywhere() as file:
        head = file.read(5)
        file.seek(0)
        yield from _pdf(file) if head == b"%PDF-" else iter([_docx(file)])


def _pdf(file: IO[bytes]) -> Iterator[str]:
    from pypdf import PdfReader

    reader = PdfReader(file)
    if reader.is_encrypted and not reader.decrypt(""):
        raise RefusedError("it is encrypted")
    for number, page in enumerate(reader.pages):
        if number == MOST_PAGES:
            raise RefusedError("it has too many pages")
        yield page.extract_text()


def _docx(file: IO[bytes]) -> str:
    """The running text of a Word document; its XML may declare nothing, so that no entity can swell it."""
    parts: list[str] = []
    with zipfile.ZipFile(file) as archive:
        for name in sorted(n for n in archive.namelist() if _BODY.fullmatch(n)):
            with archive.open(name) as part:
                content = part.read(MOST_BYTES + 1)
            if len(content) > MOST_BYTES:
                raise RefusedError("it unpacks to too much")
            parts += _texts(content)
    return "".join(parts)


def _texts(content: bytes) -> list[str]:
    parts: list[str] = []
    inside = [False]

    def refuse(*_: object) -> None:
        raise RefusedError("its XML declares entities")

    def start(tag: str, _: object) -> None:
        inside[0] = tag.rpartition(":")[2] == _TEXT

    def end(tag: str) -> None:
        inside[0] = False
        if tag.rpartition(":")[2] in _BREAKS:
            parts.append("\n")

    def data(text: str) -> None:
        if inside[0]:
            parts.append(text)

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
    parser.Parse(content, True)
    return parts


def answer_for(document: Content) -> dict[str, object]:
    """The pages of a document, and why there are no more."""
    pages: list[str] = []
    try:
        for page in pages_of(document):
            # What is no text, as a half of a surrogate pair, could not be passed on.
            pages.append(page.encode("utf-8", "replace").decode())
            if sum(map(len, pages)) > MOST_CHARACTERS:
                raise RefusedError("it holds too much text")
    except RefusedError as error:
        return {"pages": pages, "error": str(error)}
    except Exception as error:  # whatever a library makes of a hostile file: the document is a gap
        return {"pages": pages, "error": type(error).__name__}
    return {"pages": pages, "error": ""}


def _limit() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def main() -> None:
    """Answer for each path."""
    import logging

    logging.disable()
    _limit()
    # What libraries print must not mix with the answers.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace")
    os.dup2(2, 1)
    for said in json.load(sys.stdin):
        _limit_time()
        print(json.dumps(answer_for(Content.from_json(said))), file=out, flush=True)


def _limit_time() -> None:
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime) + _CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
