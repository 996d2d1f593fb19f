"""The bytes of a file, wherever it lies: on disk, or in a zip archive, which is read without unpacking it to disk."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from auditor.errors import SourceError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BROKEN = (EOFError, zlib.error, gzip.BadGzipFile)
"""What a cut or damaged packed file raises; EOFError means that it is cut."""
RATIO, FLOOR = 250, 256 << 20
"""What is packed may grow to so many times its size, and to so many bytes in any case."""
HELD = 512 << 20
"""Bytes of a packed file that may be held in memory where a format has to be read from several places at once."""
_CHUNK = 1 << 18
_LOCAL, _STORED, _DEFLATED = 30, 0, 8
METHODS = (_STORED, _DEFLATED)


@dataclass(frozen=True, slots=True)
class Member:
    """Where the bytes of a file lie in a zip archive."""

    name: str
    offset: int
    packed: int
    """Bytes in the archive."""
    size: int
    """Bytes when unpacked, as the archive says."""
    checksum: int
    method: int

    @classmethod
    def of(cls, info: zipfile.ZipInfo, name: str = "") -> Member:
        """A member as the archive's directory has it, perhaps by a better name."""
        known = name or info.filename
        return cls(known, info.header_offset, info.compress_size, info.file_size, info.CRC, info.compress_type)


@dataclass(frozen=True, slots=True)
class Content:
    """A file on disk, or a member of the archive that is that file."""

    path: Path
    member: Member | None = None

    @property
    def name(self) -> str:
        """The file's own name without its folders."""
        return self.member.name.rpartition("/")[2] if self.member else self.path.name

    @property
    def size(self) -> int:
        """Bytes that it takes, packed if it lies in an archive."""
        return self.member.packed if self.member else self.path.stat().st_size

    def open(self) -> IO[bytes]:
        """Its bytes from first to last. What cannot be unpacked raises one of BROKEN, or SourceError."""
        # A pipe that took the file's place since it was looked at would block for ever.
        file = open(os.open(self.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb")  # noqa: PTH123, SIM115
        try:
            return file if self.member is None else unpacked(file, self.member, whose=True)
        except BaseException:
            file.close()
            raise

    def anywhere(self) -> IO[bytes]:
        """Its bytes in any order; of a member they are held in memory. Raises as `open`."""
        if self.member is None:
            return self.open()
        with self.open() as file:
            content = file.read(HELD + 1) if self.member.size <= HELD else b""
        if not content or len(content) > HELD:
            raise SourceError(
                f"In an archive a file of this kind may have {HELD >> 20} MiB at most.", where=self.name,
                do="Unpack the archive and audit the folder.",
            )  # fmt: skip
        return io.BytesIO(content)

    def as_json(self) -> dict[str, Any]:
        """For another process."""
        return {"path": str(self.path), "member": asdict(self.member) if self.member else None}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Content:
        """What `as_json` gave."""
        return cls(Path(said["path"]), Member(**said["member"]) if said["member"] else None)


def open_bytes(content: Content, packed: bool) -> IO[bytes]:
    """A file for reading, unpacked by Python's gzip, which notices a cut file, if it is gzipped."""
    file = content.open()
    if not packed:
        return file
    return _bounded(gzip.GzipFile(fileobj=file).read1, content.size, content.name, file.close)


def unpacked(file: IO[bytes], member: Member, *, whose: bool = False) -> IO[bytes]:
    """The bytes of a member of an archive; `whose` is true if the archive is to be closed with it."""
    part = _Unpacked(file, member)
    return _bounded(part.read, member.packed, member.name, file.close if whose else lambda: None)


def _bounded(read: Callable[[int], bytes], packed: int, name: str, close: Callable[[], object]) -> IO[bytes]:
    return cast("IO[bytes]", io.BufferedReader(_Bounded(read, packed, name, close), _CHUNK))


class _Bounded(io.RawIOBase):
    """Bytes that are unpacked, up to a bound: a small file that grows without end is no export."""

    def __init__(self, read: Callable[[int], bytes], packed: int, name: str, close: Callable[[], object]) -> None:
        self._read, self._close, self._name = read, close, name
        self._left = max(FLOOR, RATIO * packed)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        content = self._read(len(view))
        self._left -= len(content)
        if self._left < 0:
            raise SourceError(
                f"It unpacks to more than {RATIO} times its size, as no export does.", where=self._name,
                do="Unpack it and audit what is in it.",
            )  # fmt: skip
        view[: len(content)] = content
        return len(content)

    def close(self) -> None:
        if not self.closed:
            self._close()
        super().close()


class _Unpacked:
    """A member's bytes. Others may read the same archive in between."""

    def __init__(self, file: IO[bytes], member: Member) -> None:
        head = b""
        if 0 <= member.offset < 1 << 62:
            file.seek(member.offset)
            head = file.read(_LOCAL)
        if len(head) < _LOCAL or not head.startswith(b"PK\x03\x04"):
            raise zlib.error("no member begins here")
        self._file, self._member = file, member
        self._at = (
            member.offset + _LOCAL + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
        )
        self._left = member.packed
        self._inflate = zlib.decompressobj(-15) if member.method == _DEFLATED else None
        self._waiting = b""
        self._checksum, self._size = 0, 0

    def read(self, size: int) -> bytes:
        """At most `size` bytes, none at the end."""
        content = b""
        while not content:
            if self._inflate is None:
                content = self._packed(size)
                if not content:
                    return self._end()
                break
            if self._inflate.eof:
                return self._end()
            data = self._waiting or self._packed(_CHUNK)
            if not data and not (content := self._inflate.flush()):
                raise EOFError("the member is cut")
            if data:
                content = self._inflate.decompress(data, size)
                self._waiting = self._inflate.unconsumed_tail
        self._checksum = zlib.crc32(content, self._checksum)
        self._size += len(content)
        return content

    def _packed(self, size: int) -> bytes:
        self._file.seek(self._at)
        data = self._file.read(min(size, self._left))
        if not data and self._left:
            raise EOFError("the archive is cut")
        self._at += len(data)
        self._left -= len(data)
        return data

    def _end(self) -> bytes:
        if self._checksum != self._member.checksum or self._size != self._member.size:
            raise zlib.error("the checksum differs")
        return b""
