"""A small world of relations and rows, laid into a real stage, for tests of the language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from auditor.language import Context, last_instant
from auditor.relations import Field, Relations, load_relations
from auditor.stage import memory_stage
from auditor.tables import END, GIVEN, LAYOUT, REGION, relation_table

YAML = """
lists:
  letter: [a, b, c]
relations:
  thing:
    row: one thing
    subject: owner_id
    fields:
      owner_id: {type: ref, to: person, meaning: whose it is}
      flag: {type: flag, meaning: the thing is flagged}
      at_time: {type: time, meaning: when it happened}
      until_time: {type: time, meaning: when it ended}
      letter: {type: code, values: letter, meaning: the letter}
      other: {type: code, values: letter, meaning: the other letter}
      letters: {type: set, values: letter, meaning: the letters}
      size: {type: number, meaning: how big it is}
      noted: {type: presence, meaning: a note is held}
      country: {type: country, meaning: the country}
      region: {type: region, meaning: the state}
      email: {type: email, meaning: the address}
      phone: {type: phone, meaning: the number}
      born_on: {type: birth, meaning: date of birth}
      title: {type: name, meaning: its title}
  person:
    row: a person
    fields:
      active: {type: flag, meaning: the person is active}
      letter: {type: code, values: letter, meaning: the letter}
      size: {type: number, meaning: how big}
      at_time: {type: time, meaning: when the person came}
  part:
    row: a part
    dated_by: at_time
    fields:
      owner_id: {type: ref, to: person, meaning: whose it is}
      letter: {type: code, values: letter, meaning: the letter}
      flag: {type: flag, meaning: the part is flagged}
      size: {type: number, meaning: how big it is}
      at_time: {type: time, meaning: when it happened}
      starts_at: {type: time, meaning: from when}
      ends_at: {type: time, meaning: until when}
  listed:
    row: an entry of a list
    subject: owner_id
    fields:
      owner_id: {type: ref, to: person, meaning: the person}
      email: {type: email, meaning: the address}
      phone: {type: phone, meaning: the number}
      flag: {type: flag, meaning: the entry is flagged}
      letter: {type: code, values: letter, meaning: the letter}
  identity:
    row: an identifier
    subject: subject_id
    fields:
      subject_id: {type: ref, to: person, meaning: the person}
      email: {type: email, meaning: the address}
      phone: {type: phone, meaning: the number}
"""
AS_OF = date(2024, 3, 31)
UNREADABLE = object()
"""A value that is given and cannot be read."""


@dataclass(frozen=True)
class Table:
    default: str
    values: Mapping[str, str]
    says: str = "the limit"


@dataclass(frozen=True)
class Entry:
    country: str
    since: date
    until: date | None = None
    partly: bool = False


@dataclass(frozen=True)
class Facts:
    regimes: Mapping[str, Any] = field(default_factory=lambda: {"eu-gdpr": object(), "us-ccpa": object()})
    child_age: Mapping[str, int] = field(default_factory=lambda: {"DE": 16, "FR": 15, "GB": 13})
    child_age_default: int = 16
    unknown_bases: Mapping[str, frozenset[str]] = field(default_factory=lambda: {"FR": frozenset({"a"})})
    tables: Mapping[str, Table] = field(
        default_factory=lambda: {
            "limit": Table("1", {"DE": "3", "GB": "0"}),
            "some": Table("", {"DE": "2"}),
            "period": Table("1 month", {"DE": "2 business days", "FR": "31 days", "GB": "0 days"}),
            "few": Table("", {"FR": "1 day"}),
        }
    )
    lists: Mapping[str, tuple[Entry, ...]] = field(
        default_factory=lambda: {
            "eu-adequacy": (
                Entry("DE", date(2000, 1, 1)),
                Entry("GB", date(2024, 3, 1), date(2024, 3, 30)),
                Entry("GB", date(2024, 4, 1)),
                Entry("US", date(2024, 3, 30), None, True),
            )
        }
    )


class Open(tuple[datetime, datetime]):
    """Bounds of a start or an end that may be infinite: it is not given then, and still before or after everything."""

    nothing: datetime

    @property
    def given(self) -> bool:
        return self[0] != self.nothing


class Start(Open):
    """From when."""

    nothing = datetime.min


class End(Open):
    """Until when. That it is over since nobody knows when is said, unlike that it goes on."""

    nothing = datetime.max


@dataclass(frozen=True)
class Row:
    """A row: a field that is not named is missing, UNREADABLE is given, a time is a pair of instants."""

    key: str | None
    fields: Mapping[str, Any] = field(default_factory=dict)
    deleted: bool = False
    source: str = "crm"


@cache
def relations() -> Relations:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "relations.yaml"
        path.write_text(YAML, encoding="utf-8")
        return load_relations(path)


def context(**changes: Any) -> Context:
    return Context(**{"as_of": last_instant(AS_OF), "relations": relations(), "facts": Facts(), **changes})


def day(text: str) -> tuple[datetime, datetime]:
    return datetime.combine(date.fromisoformat(text), time.min), last_instant(date.fromisoformat(text))


def instant(text: str) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(text), datetime.fromisoformat(text)


class World:
    """A stage with the relations' tables."""

    def __init__(self, connection: sa.Connection, known: Relations) -> None:
        self.connection = connection
        self.known = known
        self.tables = {name: relation_table(relation) for name, relation in known.relations.items()}
        for table in self.tables.values():
            connection.execute(CreateTable(table))

    def fill(self, rows: Mapping[str, Sequence[Row]]) -> None:
        for name, table in self.tables.items():
            self.connection.execute(sa.delete(table))
            entries = [self._columns(name, number, row) for number, row in enumerate(rows.get(name, ()))]
            if entries:
                self.connection.execute(sa.insert(table), entries)

    def _columns(self, relation: str, number: int, row: Row) -> dict[str, Any]:
        columns = {"source": row.source, "row_id": number, "key": row.key, "deleted": row.deleted}
        for spec in self.known[relation].fields.values():
            columns.update(_field(spec, row.fields.get(spec.name)))
        return columns


def _field(spec: Field, value: Any) -> dict[str, Any]:
    suffixes = [suffix for suffix, _ in LAYOUT[spec.type]]
    columns: dict[str, Any] = {spec.name + suffix: None for suffix in suffixes}
    if GIVEN in suffixes:
        columns[spec.name + GIVEN] = value is not None
    if spec.type == "presence":
        columns[spec.name] = bool(value)
    elif value is not None and value is not UNREADABLE:
        columns[spec.name] = value
        if END in suffixes:
            columns[spec.name], columns[spec.name + END] = value
        if REGION in suffixes:
            columns[spec.name], columns[spec.name + REGION] = value
    return columns


@contextmanager
def world(known: Relations | None = None) -> Iterator[World]:
    with memory_stage() as stage:
        yield World(stage.connection, known or relations())
