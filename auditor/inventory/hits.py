"""What is found in a text, and the recognizer that finds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PERSON = "PERSON"


@dataclass(frozen=True, slots=True)
class Recognizer:
    """One of Presidio's recognizers, and what a hit of it means."""

    entity: str
    category: str
    chance: float
    text: bool
    cells: bool
    made: Any


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found in a text: what, from where to where, and whether a checksum vouches for it."""

    entity: str
    start: int
    end: int
    validated: bool
