"""Small made-up databases of known CRMs, and what an audit of each must find; see `planted/*/expected.yaml`."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import yaml

PLANTED = Path(__file__).parent / "planted"
CRMS = sorted(path.name for path in PLANTED.iterdir())


def script(crm: str) -> str:
    """The statements that make the database, for any kind of server."""
    return (PLANTED / crm / "data.sql").read_text(encoding="utf-8")


def expected(crm: str) -> dict[str, Any]:
    """What an audit finds: the keys of the records that violate each rule, and the number of people."""
    wanted: dict[str, Any] = yaml.safe_load((PLANTED / crm / "expected.yaml").read_text(encoding="utf-8"))
    wanted["violations"] = {rule: sorted(records) for rule, records in wanted["violations"].items()}
    return wanted


def planted(crm: str, folder: Path, changes: str = "") -> Path:
    """The database as a SQLite file, with further statements run on it."""
    path = folder / f"{crm}.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(script(crm) + changes)
    return path
