"""A profile where none fits: tables of people by the names of tables and columns, and by what the inventory found.

The names are data, `rules/crm/inferred.yaml`. What comes out is an ordinary profile, so that nothing else differs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from auditor.crm.profile import Block, ColumnSpec, ColumnType, FieldSpec, Fingerprint, Profile, TableSpec
from auditor.knowledge import Node, home, read_yaml
from auditor.language import Expr, syntax
from auditor.model import Inventory, SourceInfo, TableInfo
from auditor.settle import SettleSpec

NAME, TITLE = "inferred", "inferred from names"
_AT = syntax.Place("rules/crm/inferred.yaml", 1, 1)
_NOISE = re.compile(r"[\W_]+")
_TYPES = {
    "key": "key", "first_name": "presence", "last_name": "presence", "full_name": "presence", "email": "email",
    "phone": "phone", "street": "presence", "country": "country", "region": "region", "born_on": "birth",
    "deceased": "flag", "deceased_at": "time", "created_at": "time", "modified_at": "time", "last_activity_at": "time",
    "lawful_basis": "set", "basis_reviewed_at": "time", "basis_source": "presence", "owner": "key", "deleted": "flag",
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


@cache
def names() -> Node:
    """The names, as written."""
    return read_yaml(home("rules") / "crm" / "inferred.yaml", shown_as="rules/crm/inferred.yaml")


def infer_profile(info: SourceInfo, inventory: Inventory) -> tuple[Profile | None, str]:
    """A profile for a source of no known CRM, and why; None if nothing in it looks like people."""
    found = inventory_names(info, inventory)
    seen = [_people(table, found.get((table.schema, table.name), {})) for table in info.tables]
    people = [entry for entry in seen if entry is not None]
    if not people:
        return None, "no table looks like people"
    tables: dict[str, TableSpec] = {}
    blocks: list[Block] = []
    for number, entry in enumerate(people):
        alias = f"people{number}"
        tables[alias] = _table(alias, entry)
        blocks.append(_subject(alias, entry))
        blocks += _consents(alias, entry, tables[alias])
    for number, table in enumerate(info.tables):
        _other(f"other{number}", table, people, tables, blocks)
    described = ", ".join(f"{p.table.name} as {p.kind}s" for p in people[:5])
    more = f" and {len(people) - 5} more tables" if len(people) > 5 else ""
    profile = Profile(NAME, TITLE, "", "M", Fingerprint(), tables, tuple(blocks))
    return profile, f"people were found by names of columns and by the inventory: {described}{more}"


def inventory_names(info: SourceInfo, inventory: Inventory) -> dict[tuple[str, str], dict[str, str]]:
    """Per table the field that the inventory's first category suggests for a column, where it is sure."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for column in inventory.columns:
        if column.source == info.name and column.personal and column.personal[0].confidence >= 0.8:
            meant = _BY_CATEGORY.get(column.personal[0].category)
            if meant:
                found.setdefault((column.schema, column.table), {})[column.column] = meant
    return found


def plain(name: str) -> str:
    """A name as it is compared."""
    text = unicodedata.normalize("NFKD", name).casefold()
    text = "".join(c for c in text if not unicodedata.combining(c))
    match = re.match(names().mapping()["namespaces"].text(), text)
    return _NOISE.sub("", match[1] if match else text)


@cache
def _spelled(node: Node) -> tuple[str, ...]:
    """The names of a list as they are compared: what stands in the file may be written as people write it."""
    return tuple(plain(text) for text in node.texts())


def _people(table: TableInfo, suggested: Mapping[str, str]) -> _People | None:
    parts = names().mapping()
    title = plain(table.name)
    kinds = {word: kind for kind, node in parts["people"].mapping().items() for word in _spelled(node)}
    kind = kinds.get(title) or next((kinds[w] for w in _words(table.name) if w in kinds), "")
    others = _spelled(parts["not_people"])
    if title in others or (not kind and set(_words(table.name)) & set(others)):
        return None
    entry = _People(table, kind or "contact")
    spelled = {plain(column.name): column.name for column in table.columns}
    for name, node in parts["columns"].mapping().items():
        entry.columns[name] = [spelled[text] for text in _spelled(node) if text in spelled]
    named = {column for columns in entry.columns.values() for column in columns}
    for column, meant in suggested.items():
        if column not in named:
            entry.columns[meant].append(column)
    own_key = set(entry.columns["key"][:1])
    references = {spelled[t] for t in _spelled(parts["person_references"]) if t in spelled} - own_key
    has = {name for name, columns in entry.columns.items() if columns}
    is_named = bool(has & {"first_name", "last_name", "full_name"})
    reached = bool(has & {"email", "phone", "street", "born_on"})
    if references and not kind:
        return None
    return entry if is_named and (kind or (reached and has & {"first_name", "last_name", "email", "phone"})) else None


def _words(name: str) -> Iterator[str]:
    text = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    return (plain(word) for word in re.split(r"[\W_\d]+", text) if word)


def _flag_type() -> ColumnType:
    words = names().mapping()["flags"].mapping()
    return ColumnType(SettleSpec("flag", true=words["true"].texts(), false=words["false"].texts()))


def _table(alias: str, entry: _People) -> TableSpec:
    parts = names().mapping()
    basis = {raw: code.text() for raw, code in parts["basis"].mapping().items()}
    columns: dict[str, ColumnSpec] = {}
    for name, found in entry.columns.items():
        for number, real in enumerate(found if name in ("email", "phone") else found[:1]):
            own = f"{name}_{number}" if number else name
            kind = _flag_type() if _TYPES[name] == "flag" else ColumnType(SettleSpec(_TYPES[name]))
            if name == "lawful_basis":
                kind = ColumnType(SettleSpec("set", split=";", values=basis))
            beside = "country" if name == "phone" and entry.columns["country"] else ""
            columns[own] = ColumnSpec(own, kind, (real,), country_in=beside)
    spelled = {plain(column.name): column.name for column in entry.table.columns}
    for group in ("refuses", "allows"):
        for number, node in enumerate(parts[group].items()):
            for text in _spelled(node.mapping()["names"]):
                if text in spelled:
                    own = f"{group}_{number}_{len(columns)}"
                    columns[own] = ColumnSpec(own, _flag_type(), (spelled[text],))
    return TableSpec(alias, (entry.table.name,), columns)


def _path(alias: str, column: str) -> Expr:
    return syntax.Path(_AT, (alias, column))


def _text(value: str) -> Expr:
    return syntax.Text(_AT, value)


def _first(alias: str, columns: Sequence[str]) -> Expr:
    if len(columns) == 1:
        return _path(alias, columns[0])
    return syntax.Call(_AT, "first", tuple(_path(alias, column) for column in columns))


def _key(alias: str, entry: _People) -> tuple[Expr, ...]:
    return (_text(entry.table.name), _path(alias, "key" if entry.columns["key"] else "row_number"))


def _subject(alias: str, entry: _People) -> Block:
    sources = {name: (_path(alias, name),) for name in _SAME if entry.columns.get(name)}
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
        sources["owner_id"] = (_path(alias, "owner"),)
    sources["kind"] = (_text(entry.kind),)
    deleted = _path(alias, "deleted") if entry.columns["deleted"] else None
    return _block("subject", alias, _key(alias, entry), sources, deleted=deleted)


def _consents(alias: str, entry: _People, table: TableSpec) -> Iterator[Block]:
    parts = names().mapping()
    deleted = _path(alias, "deleted") if entry.columns["deleted"] else None
    for name in table.columns:
        group, _, rest = name.partition("_")
        if group not in ("refuses", "allows") or not rest:
            continue
        node = parts[group].items()[int(rest.split("_")[0])].mapping()
        answers = [("withdrawn", _path(alias, name))]
        if group == "allows":
            answers = [("granted", _path(alias, name)), ("denied", syntax.Not(_AT, _path(alias, name)))]
        for status, condition in answers:
            fields = {
                "subject_id": _key(alias, entry),
                "channel": (_text(node["channel"].text()),),
                "purpose": (_text(node["purpose"].text()),),
                "status": (_text(status),),
                "how": (_text("state"),),
            }
            key = (_text(name), _text(status), *_key(alias, entry))
            yield _block("consent", alias, key, fields, where=condition, deleted=deleted)


def _other(
    alias: str, table: TableInfo, people: Sequence[_People], tables: dict[str, TableSpec], blocks: list[Block]
) -> None:
    """Members of lists, and suppression lists."""
    parts = names().mapping()
    spelled = {plain(column.name): column.name for column in table.columns}

    def find(node: Node) -> str:
        return next((spelled[text] for text in _spelled(node) if text in spelled), "")

    title = plain(table.name)
    members, suppressed = parts["members"].mapping(), parts["suppression"].mapping()
    if title in _spelled(members["tables"]):
        on = find(members["list"])
        for entry in people:
            person = spelled.get(f"{plain(entry.table.name)}id")
            if not person or not entry.columns["key"]:
                continue
            own = f"{alias}{entry.kind}{len(tables)}"
            columns: dict[str, ColumnSpec] = {"person": _spec("person", "key", person)}
            fields: dict[str, tuple[Expr, ...]] = {"subject_id": (_text(entry.table.name), _path(own, "person"))}
            fields |= {"channel": (_text("email"),), "purpose": (_text("marketing"),)}
            for name, real in (("list_id", on), ("joined_at", find(members["joined_at"]))):
                if real:
                    columns[name] = _spec(name, "key" if name == "list_id" else "time", real)
                    fields[name] = (_path(own, name),)
            tables[own] = TableSpec(own, (table.name,), columns)
            given = syntax.Not(_AT, syntax.Missing(_AT, _path(own, "person")))
            key = (_text(table.name), _text(entry.table.name), _path(own, "row_number"))
            blocks.append(_block("audience", own, key, fields, where=given))
    elif title in _spelled(suppressed["tables"]) and not any(p.table is table for p in people):
        columns, fields = {}, {}
        for name, real in (
            ("email", find(parts["columns"].mapping()["email"])),
            ("phone", find(parts["columns"].mapping()["phone"])),
            ("since", find(suppressed["since"])),
        ):
            if real:
                columns[name] = _spec(name, "time" if name == "since" else name, real)
                fields[name] = (_path(alias, name),)
        lifted: Expr | None = None
        if active := find(suppressed["active"]):
            columns["active"] = ColumnSpec("active", _flag_type(), (active,))
            lifted = syntax.Not(_AT, _path(alias, "active"))
        if {"email", "phone"} & set(columns):
            tables[alias] = TableSpec(alias, (table.name,), columns)
            channel = "any" if {"email", "phone"} <= set(columns) else "email" if "email" in columns else "phone"
            fields |= {"channel": (_text(channel),), "purpose": (_text("any"),)}
            place = (_text(table.name), _path(alias, "row_number"))
            blocks.append(_block("suppression", alias, place, fields, deleted=lifted))


def _spec(name: str, kind: str, real: str) -> ColumnSpec:
    return ColumnSpec(name, ColumnType(SettleSpec(kind)), (real,))


def _block(
    relation: str,
    alias: str,
    key: tuple[Expr, ...],
    sources: Mapping[str, tuple[Expr, ...]],
    *,
    where: Expr | None = None,
    deleted: Expr | None = None,
) -> Block:
    fields = {name: FieldSpec(name, parts) for name, parts in sources.items()}
    return Block(relation, alias, alias, (), where, key, deleted, fields, str(_AT))
