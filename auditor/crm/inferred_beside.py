"""Tables beside those of people, where no profile fits: accounts, members of lists, suppression lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from auditor.crm.inferred_names import (
    AT,
    as_compared,
    block,
    column_of,
    first_called,
    given,
    names,
    path,
    plain,
    spelled,
    text,
)
from auditor.crm.profile import Block, ColumnSpec, TableSpec
from auditor.language import Expr, syntax
from auditor.model import TableInfo

_USER = {
    "active": "flag", "inactive": "flag", "admin": "flag", "mfa": "flag", "created_at": "time", "last_seen_at": "time",
    "password_changed_at": "time", "password_scheme": "secret",
}  # fmt: skip


class People(Protocol):
    """A table of people, as far as others point at it."""

    @property
    def table(self) -> TableInfo:
        """The table."""

    @property
    def kind(self) -> str:
        """The kind of person its rows are."""

    @property
    def keyed(self) -> bool:
        """Whether it has a key."""


def beside(
    alias: str, table: TableInfo, people: Sequence[People], tables: dict[str, TableSpec], blocks: list[Block]
) -> None:
    """Adds what a table that holds no people of the CRM says about them."""
    parts = names().mapping()
    title, columns = plain(table.name), spelled(table)
    holds_people = any(entry.table is table for entry in people)
    if not holds_people and title in as_compared(parts["users"].mapping()["tables"]):
        _users(alias, table, columns, tables, blocks)
    elif title in as_compared(parts["members"].mapping()["tables"]):
        _members(alias, table, columns, people, tables, blocks)
    elif not holds_people and title in as_compared(parts["suppression"].mapping()["tables"]):
        _suppressed(alias, table, columns, tables, blocks)


def _users(
    alias: str, table: TableInfo, columns: Mapping[str, str], tables: dict[str, TableSpec], blocks: list[Block]
) -> None:
    parts = names().mapping()["users"].mapping()
    key = first_called(parts["key"], columns)
    found = {name: real for name in _USER if (real := first_called(parts[name], columns))}
    if not key or not found:
        return
    specs = {"key": column_of("key", "key", key)}
    specs |= {name: column_of(name, _USER[name], real) for name, real in found.items()}
    fields = {name: (path(alias, name),) for name in found if name != "inactive"}
    if "inactive" in found and "active" not in found:
        fields["active"] = (syntax.Not(AT, path(alias, "inactive")),)
    tables[alias] = TableSpec(alias, (table.name,), specs)
    blocks.append(block("user", alias, (path(alias, "key"),), fields))


def _members(
    alias: str, table: TableInfo, columns: Mapping[str, str], people: Sequence[People],
    tables: dict[str, TableSpec], blocks: list[Block],
) -> None:  # fmt: skip
    parts = names().mapping()["members"].mapping()
    for entry in people:
        person = columns.get(f"{plain(entry.table.name)}id")
        if not person or not entry.keyed:
            continue
        own = f"{alias}{entry.kind}{len(tables)}"
        specs = {"person": column_of("person", "key", person)}
        fields: dict[str, tuple[Expr, ...]] = {"subject_id": (text(entry.table.name), path(own, "person"))}
        fields |= {"channel": (text("email"),), "purpose": (text("marketing"),)}
        for name, kind, node in (("list_id", "key", parts["list"]), ("joined_at", "time", parts["joined_at"])):
            if real := first_called(node, columns):
                specs[name] = column_of(name, kind, real)
                fields[name] = (path(own, name),)
        tables[own] = TableSpec(own, (table.name,), specs)
        key = (text(table.name), text(entry.table.name), path(own, "row_number"))
        blocks.append(block("audience", own, key, fields, where=given(path(own, "person"))))


def _suppressed(
    alias: str, table: TableInfo, columns: Mapping[str, str], tables: dict[str, TableSpec], blocks: list[Block]
) -> None:
    parts = names().mapping()
    suppression, people = parts["suppression"].mapping(), parts["columns"].mapping()
    specs: dict[str, ColumnSpec] = {}
    fields: dict[str, tuple[Expr, ...]] = {}
    for name, node in (("email", people["email"]), ("phone", people["phone"]), ("since", suppression["since"])):
        if real := first_called(node, columns):
            specs[name] = column_of(name, "time" if name == "since" else name, real)
            fields[name] = (path(alias, name),)
    if not {"email", "phone"} & set(specs):
        return
    lifted: Expr | None = None
    if active := first_called(suppression["active"], columns):
        specs["active"] = column_of("active", "flag", active)
        lifted = syntax.Not(AT, path(alias, "active"))
    tables[alias] = TableSpec(alias, (table.name,), specs)
    channel = "any" if {"email", "phone"} <= set(specs) else "email" if "email" in specs else "phone"
    fields |= {"channel": (text(channel),), "purpose": (text("any"),)}
    blocks.append(block("suppression", alias, (text(table.name), path(alias, "row_number")), fields, deleted=lifted))
