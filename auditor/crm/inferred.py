"""A profile where none fits: tables of people by the names of tables and columns, and by what the inventory found.

The names are data, `rules/crm/inferred.yaml`. What comes out is an ordinary profile, so that nothing else differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from auditor.crm.inferred_beside import beside
from auditor.crm.inferred_names import (
    AT,
    as_compared,
    block,
    called,
    column_of,
    names,
    path,
    plain,
    spelled,
    text,
    words_of,
)  # fmt: skip
from auditor.crm.inferred_said import said_blocks, said_columns
from auditor.crm.profile import Block, ColumnSpec, ColumnType, Fingerprint, Profile, TableSpec
from auditor.language import Expr, syntax
from auditor.model import Inventory, SourceInfo, TableInfo
from auditor.settle import SettleSpec

NAME, TITLE = "inferred", "inferred from names"
SURE, LIKELY = 0.8, 0.5
"""How sure the inventory must be of a column; beside an address or number that is sure, a name need only be likely."""
_TYPES = {
    "key": "key", "first_name": "presence", "last_name": "presence", "full_name": "presence", "email": "email",
    "phone": "phone", "street": "presence", "country": "country", "region": "region", "born_on": "birth",
    "deceased": "flag", "deceased_at": "time", "created_at": "time", "modified_at": "time", "last_activity_at": "time",
    "lawful_basis": "set", "basis_reviewed_at": "time", "basis_source": "presence", "owner": "key",
    "organisation": "flag", "deleted": "flag",
}  # fmt: skip
_SAME = (
    "born_on", "country", "region", "deceased", "deceased_at", "created_at", "modified_at", "lawful_basis",
    "basis_reviewed_at", "basis_source",
)  # fmt: skip
_BY_CATEGORY = {
    "identity.name": "full_name", "contact.email_personal": "email", "contact.email_work": "email",
    "contact.phone": "phone", "contact.postal_address": "street", "demographic.date_of_birth": "born_on",
}  # fmt: skip


@dataclass(slots=True)
class _People:
    """A table of people while its columns are sorted out: field to columns of the source, in the order of the names."""

    table: TableInfo
    kind: str
    columns: dict[str, list[str]] = field(default_factory=dict)
    day_first: bool | None = None

    @property
    def keyed(self) -> bool:
        """Whether it has a key."""
        return bool(self.columns["key"])


def infer_profile(info: SourceInfo, inventory: Inventory) -> tuple[Profile | None, str]:
    """A profile for a source of no known CRM, and why; None if nothing in it looks like people."""
    found = inventory_names(info, inventory)
    seen = [
        _people(table, found.get((table.schema, table.name), {}), _day_first(info.name, table, inventory))
        for table in info.tables
    ]
    people = [entry for entry in seen if entry is not None]
    if not people:
        return None, "no table looks like people"
    tables: dict[str, TableSpec] = {}
    blocks: list[Block] = []
    for number, entry in enumerate(people):
        alias = f"people{number}"
        tables[alias] = _table(alias, entry)
        blocks += _blocks(alias, entry, tables[alias])
    for number, table in enumerate(info.tables):
        beside(f"other{number}", table, people, tables, blocks)
    described = ", ".join(f"{p.table.name} as {p.kind}s" for p in people[:5])
    more = f" and {len(people) - 5} more tables" if len(people) > 5 else ""
    profile = Profile(NAME, TITLE, "", "M", Fingerprint(), tables, tuple(blocks))
    return profile, f"people were found by names of columns and by the inventory: {described}{more}"


def inventory_names(info: SourceInfo, inventory: Inventory) -> dict[tuple[str, str], dict[str, str]]:
    """Per table the field that the inventory's first category suggests for a column, where it is sure."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    likely: dict[tuple[str, str], dict[str, str]] = {}
    for column in inventory.columns:
        first = column.personal[0] if column.source == info.name and column.personal else None
        meant = _BY_CATEGORY.get(first.category) if first else None
        if first and meant and first.confidence >= SURE:
            found.setdefault((column.schema, column.table), {})[column.column] = meant
        elif first and meant == "full_name" and first.confidence >= LIKELY:
            likely.setdefault((column.schema, column.table), {})[column.column] = meant
    for place, columns in likely.items():
        if {"email", "phone"} & set(found.get(place, {}).values()):
            found[place] |= columns
    return found


def _day_first(source: str, table: TableInfo, inventory: Inventory) -> bool | None:
    """Whether the dates of a table name the day before the month: all columns of one export are written alike."""
    place = (source, table.schema, table.name)
    told = {c.day_first for c in inventory.columns if (c.source, c.schema, c.table) == place} - {None}
    return told.pop() if len(told) == 1 else None


def _people(table: TableInfo, suggested: Mapping[str, str], day_first: bool | None) -> _People | None:
    parts = names().mapping()
    title, words = plain(table.name), tuple(words_of(table.name))
    kinds = {word: kind for kind, node in parts["people"].mapping().items() for word in as_compared(node)}
    kind = kinds.get(title) or next((kinds[w] for w in words if w in kinds), "")
    others = as_compared(parts["not_people"])
    if title in others or (not kind and set(words) & set(others)):
        return None
    entry = _People(table, kind or "contact", day_first=day_first)
    columns = spelled(table)
    for name, node in parts["columns"].mapping().items():
        entry.columns[name] = called(node, columns)
    named = {column for found in entry.columns.values() for column in found}
    for column, meant in suggested.items():
        if column not in named:
            entry.columns[meant].append(column)
    references = set(called(parts["person_references"], columns)) - set(entry.columns["key"][:1])
    has = {name for name, found in entry.columns.items() if found}
    is_named = bool(has & {"first_name", "last_name", "full_name"})
    reached = bool(has & {"email", "phone", "street", "born_on"})
    if references and not kind:
        return None
    return entry if is_named and (kind or (reached and has & {"first_name", "last_name", "email", "phone"})) else None


def _table(alias: str, entry: _People) -> TableSpec:
    basis, countries = (
        {raw: code.text() for raw, code in names().mapping()[kind].mapping().items()} for kind in ("basis", "countries")
    )
    columns: dict[str, ColumnSpec] = {}
    for name, found in entry.columns.items():
        for number, real in enumerate(found if name in ("email", "phone") else found[:1]):
            own = f"{name}_{number}" if number else name
            spec = column_of(own, _TYPES[name], real)
            if name == "lawful_basis":
                spec = replace(spec, type=ColumnType(SettleSpec("set", split=";", values=basis)))
            elif name == "country":
                spec = replace(spec, type=ColumnType(SettleSpec("country", values=countries)))
            elif name == "organisation":  # a blank is no organisation
                said = spec.type.spec
                spec = replace(spec, type=ColumnType(replace(said, false=(*said.false, ""))))
            columns[own] = replace(spec, country_in="country" if name == "phone" and entry.columns["country"] else "")
    columns |= said_columns(spelled(entry.table))
    if entry.day_first is not None:
        columns = {name: _dated(spec, entry.day_first) for name, spec in columns.items()}
    return TableSpec(alias, (entry.table.name,), columns)


def _dated(column: ColumnSpec, day_first: bool) -> ColumnSpec:
    spec = column.type.spec
    if spec.type not in ("time", "birth"):
        return column
    return replace(column, type=ColumnType(replace(spec, day_first=day_first)))


def _first(alias: str, columns: Sequence[str]) -> Expr:
    if len(columns) == 1:
        return path(alias, columns[0])
    return syntax.Call(AT, "first", tuple(path(alias, column) for column in columns))


def _blocks(alias: str, entry: _People, table: TableSpec) -> list[Block]:
    """The people of a table, and what they said."""
    key = (text(entry.table.name), path(alias, "key" if entry.keyed else "row_number"))
    deleted = path(alias, "deleted") if entry.columns["deleted"] else None
    people = syntax.Not(AT, path(alias, "organisation")) if entry.columns["organisation"] else None
    made = [
        block("subject", alias, key, _fields(alias, entry), deleted=deleted),
        *said_blocks(alias, table.columns, key, deleted),
    ]
    if people is None:
        return made
    return [
        replace(each, where=people if each.where is None else syntax.And(AT, (people, each.where))) for each in made
    ]


def _fields(alias: str, entry: _People) -> dict[str, tuple[Expr, ...]]:
    sources: dict[str, tuple[Expr, ...]] = {name: (path(alias, name),) for name in _SAME if entry.columns.get(name)}
    for target, wanted in (("named", ("last_name", "first_name", "full_name")), ("postal", ("street",))):
        held = [name for name in wanted if entry.columns.get(name)]
        if held:
            sources[target] = (_first(alias, held),)
    for name in ("email", "phone"):
        own = [f"{name}_{n}" if n else name for n in range(len(entry.columns[name]))]
        if own:
            sources[name] = (_first(alias, own),)
    activity = [name for name in ("last_activity_at", "modified_at") if entry.columns[name]]
    if activity:
        sources["last_activity_at"] = (_first(alias, activity),)
    if entry.columns["owner"]:
        sources["owner_id"] = (path(alias, "owner"),)
    sources["kind"] = (text(entry.kind),)
    return sources
