"""Giving memory back: what one step of an audit needed is seldom what the next one needs, and allocators keep it."""

from __future__ import annotations

import ctypes

import pyarrow as pa


def give_back() -> None:
    """Returns memory that nothing uses to the system, as far as Arrow's allocator and glibc's can."""
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
