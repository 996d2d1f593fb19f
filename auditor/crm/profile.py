"""What a CRM profile says, as read from `rules/crm/<name>.yaml`: where a CRM keeps each canonical field.

A profile names its own tables and columns in lower case (`alias.column` in expressions); `named` lists what the source
may call them. Nothing here touches a source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from auditor.language.syntax import Expr
from auditor.relations import Field
from auditor.settle.spec import SettleSpec

MARKS = ("S", "D", "C", "M")
"""How a schema fact was checked: seen in the vendor's source, documented, used by third parties, from memory."""
INNER, LEFT, COLLECT = "inner", "left", "collect"


@dataclass(frozen=True, slots=True)
class ColumnType:
    """How a column settles, and what it stands for in a version of the CRM that lacks it (empty: nothing)."""

    spec: SettleSpec
    if_absent: str = ""

    @property
    def field(self) -> Field:
        """What the settled column is to expressions, once it has a name."""
        codes = (*self.spec.values.values(), *self.spec.prefixes.values(), *self.spec.patterns.values())
        values = tuple(dict.fromkeys(code for code in (*codes, self.spec.otherwise) if code))
        return Field("", "code" if self.spec.type == "secret" else self.spec.type, "", values)


@dataclass(frozen=True, slots=True)
class NamedIn:
    """A name that is itself data: the value of `column` in the row of `table` where the other columns say so."""

    table: str
    column: str
    where: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column the profile knows; the first of `named` that the table has is meant."""

    name: str
    type: ColumnType
    named: tuple[str, ...]
    verified: str = ""
    attribute: str = ""
    """In a table of attribute-value rows: the attribute whose value this is."""
    named_in: NamedIn | None = None
    country_in: str = ""
    """Of a phone: the column of the same table whose country national numbers belong to."""
    member: tuple[str, ...] = ()
    """Of a cell that holds a JSON object: the names that lead to the member that is meant."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """A table with one row per attribute becomes one with a row per `by`: `name` and `value` are its columns."""

    by: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class EachColumn:
    """Columns that follow a pattern become rows: what the pattern's star stood for, and the column's value."""

    like: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class EachMember:
    """The members of the JSON object in the column `of` become rows: the names that lead to each, and its value."""

    of: str
    names: tuple[str, ...]
    value: str


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table the profile knows; `named` may hold `{prefix}` and `*`, and what a star finds is read as one table."""

    name: str
    named: tuple[str, ...]
    columns: Mapping[str, ColumnSpec]
    attributes: Attributes | None = None
    each_column: EachColumn | None = None
    each_member: EachMember | None = None
    named_in: NamedIn | None = None


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """`table.column`s (or tables) by which the CRM is recognised."""

    all: tuple[str, ...] = ()
    any: tuple[tuple[str, ...], ...] = ()
    """Alternatives; each is there if all of its entries are."""
    none: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JoinSpec:
    """A table joined to a block. `one` keeps a single row per match, so that a join never multiplies people."""

    kind: str
    table: str
    alias: str
    on: Expr | None
    """None if the one row that is picked goes with every row, as that of a setting does."""
    where: Expr | None = None
    one: str = ""
    """`first`, `latest` or `preferred`; empty if every match counts (only for inner joins)."""
    by: Expr | None = None
    collect: Mapping[str, Expr] = field(default_factory=dict)
    """Names of sets that gather a code from every matching row."""
    via: tuple[JoinSpec, ...] = ()
    """Tables joined to this one before a row is picked."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """What fills a canonical field: one expression, or the parts of a key."""

    name: str
    parts: tuple[Expr, ...]
    verified: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One branch of a relation: the rows of a table, what is joined to them, and what their fields are."""

    relation: str
    table: str
    alias: str
    joins: tuple[JoinSpec, ...]
    where: Expr | None
    key: tuple[Expr, ...]
    deleted: Expr | None
    fields: Mapping[str, FieldSpec]
    without: tuple[str, ...] = ()
    """Tables of the profile: a source that has one of them keeps these facts there, and the block does not apply."""
    place: str = ""
    """`file:line:column`, for errors."""

    @property
    def aliases(self) -> Mapping[str, str]:
        """Alias to table of the profile."""
        joined = [inner for join in self.joins for inner in (join, *join.via)]
        return {self.alias: self.table} | {join.alias: join.table for join in joined}


@dataclass(frozen=True, slots=True)
class Profile:
    """Where one CRM keeps each canonical field."""

    name: str
    title: str
    versions: str
    verified: str
    fingerprint: Fingerprint
    tables: Mapping[str, TableSpec]
    blocks: tuple[Block, ...]
    free_text: tuple[str, ...] = ()
    """`table.column`s that hold prose."""
    zone: str = ""
    """Time zone of naive times in this CRM's database."""
    loose_names: bool = False
    """Whether only letters and digits of a name count, so that `LastName` and `last_name` are one."""
    file: str = ""

    @property
    def fills(self) -> tuple[str, ...]:
        """The canonical relations it can fill."""
        return tuple(dict.fromkeys(block.relation for block in self.blocks))

    def compared(self, name: str) -> str:
        """A name of a table or column as this profile compares it."""
        folded = name.casefold()
        return "".join(c for c in folded if c.isalnum()) if self.loose_names else folded

    def blocks_of(self, relation: str) -> Iterator[Block]:
        """The branches of a relation."""
        return (block for block in self.blocks if block.relation == relation)
