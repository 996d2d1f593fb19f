"""The texts that the cells of a workbook share, as far as they are asked for, in little memory."""

from __future__ import annotations

import json
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from typing import IO

from auditor.sources.content import Member, unpacked
from auditor.sources.workbook_cells import MAX_CELL, plain_text
from auditor.sources.workbook_parts import damaged, local, parse, parser_of

_TOGETHER, _READY = 512, 16 << 20
"""Texts of a block, and characters of the blocks that are kept ready: mostly the newest are used, and a few recur."""
_MOST_PACKED, _MOST_NEW = 1 << 30, 64 << 20
"""Bytes that the packed blocks may take, and characters that one may have."""


class Strings:
    """The shared texts by number. Excel numbers them as they first occur, so that reading keeps pace with the cells."""

    def __init__(self, file: IO[bytes], part: Member | None, location: str) -> None:
        self._location = location
        self._source = _texts(file, part, location) if part else iter(())
        self._packed: list[bytes] = []
        self._size = 0
        self._newest: list[str] = []
        self._new = 0
        self._ready: OrderedDict[int, tuple[list[str], int]] = OrderedDict()
        self._weight = 0

    def __getitem__(self, number: int) -> str:
        block, place = divmod(number, _TOGETHER)
        while block >= len(self._packed):
            if block == len(self._packed) and place < len(self._newest):
                return self._newest[place]
            text = next(self._source, None)
            if text is None:
                raise damaged(self._location, "a cell refers to a text that is not there")
            self._newest.append(text)
            self._new += len(text)
            if self._new > _MOST_NEW:
                raise damaged(self._location, "its texts take too much memory")
            if len(self._newest) == _TOGETHER:
                self._put_away()
        ready = self._ready.get(block)
        if ready is None:
            texts: list[str] = json.loads(zlib.decompress(self._packed[block]))
            self._keep(block, texts, sum(map(len, texts)))
            return texts[place]
        return ready[0][place]

    def _put_away(self) -> None:
        packed = zlib.compress(json.dumps(self._newest).encode(), 1)
        self._size += len(packed)
        if self._size > _MOST_PACKED:
            raise damaged(self._location, "its texts take too much memory")
        self._keep(len(self._packed), self._newest, self._new)
        self._packed.append(packed)
        self._newest, self._new = [], 0

    def _keep(self, block: int, texts: list[str], weight: int) -> None:
        self._ready[block] = texts, weight
        self._weight += weight
        while self._weight > _READY and len(self._ready) > 1:
            self._weight -= self._ready.popitem(last=False)[1][1]


def _texts(file: IO[bytes], part: Member, location: str) -> Iterator[str]:
    """Each text without its formatting; what tells how it is spoken is no part of it."""
    done: list[str] = []
    pieces: list[str] = []
    inside = spoken = False
    size = 0
    parser = parser_of(location)

    def start(tag: str, _: object) -> None:
        nonlocal inside, spoken, size
        tag = local(tag)
        if tag == "si":
            pieces.clear()
            size = 0
        elif tag == "rPh":
            spoken = True
        inside = tag == "t" and not spoken

    def end(tag: str) -> None:
        nonlocal inside, spoken
        tag = local(tag)
        if tag == "si":
            done.append(plain_text("".join(pieces)))
        elif tag == "rPh":
            spoken = False
        inside = False

    def data(text: str) -> None:
        nonlocal size
        if inside:
            pieces.append(text)
            size += len(text)
            if size > MAX_CELL:
                raise damaged(location, "a text is longer than a cell can hold")

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
    with unpacked(file, part) as stream:
        for _ in parse(parser, stream, location):
            yield from done
            done.clear()
