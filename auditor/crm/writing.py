"""A profile as the YAML that `auditor.crm.reading` reads, so that one inferred from names can be reviewed and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import yaml

from auditor.crm.profile import Block, ColumnSpec, ColumnType, Profile, TableSpec
from auditor.language import Expr, syntax
from auditor.settle.spec import SettleSpec


def written(profile: Profile, name: str, title: str) -> str:
    """The YAML of a profile that joins nothing, under another name and title."""
    types = _types(profile)
    document: dict[str, Any] = {"profile": name, "title": title, "verified": "M"}
    if types:
        document["types"] = {called: _settles(kind.spec) for kind, called in types}
    document["tables"] = [_table(spec, types) for spec in profile.tables.values()]
    document["relations"] = [_block(block) for block in profile.blocks]
    text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None)
    return text


_Types = list[tuple[ColumnType, str]]


def _types(profile: Profile) -> _Types:
    """The types that are more than a canonical type, by a name each."""
    found: _Types = []
    for spec in profile.tables.values():
        for column in spec.columns.values():
            plain = ColumnType(SettleSpec(column.type.spec.type))
            if column.type != plain and all(kind != column.type for kind, _ in found):
                found.append((column.type, f"{column.type.spec.type}_{len(found) + 1}"))
    return found


def _settles(spec: SettleSpec) -> dict[str, Any]:
    usual = SettleSpec(spec.type)
    said: dict[str, Any] = {"is": spec.type}
    for option in fields(spec):
        value = getattr(spec, option.name)
        if option.name != "type" and value != getattr(usual, option.name):
            said[option.name] = dict(value) if isinstance(value, Mapping) else _plain(value)
    return said


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _table(spec: TableSpec, types: _Types) -> dict[str, Any]:
    return {
        "table": spec.name,
        "named": list(spec.named),
        "columns": {column.name: _column(column, types) for column in spec.columns.values()},
    }


def _column(column: ColumnSpec, types: _Types) -> dict[str, Any]:
    kind = next((called for known, called in types if known == column.type), column.type.spec.type)
    said: dict[str, Any] = {"type": kind, "named": list(column.named)}
    if column.country_in:
        said["country_in"] = column.country_in
    return said


def _block(block: Block) -> dict[str, Any]:
    said: dict[str, Any] = {"relation": block.relation, "from": f"{block.table} {block.alias}"}
    if block.where is not None:
        said["where"] = _text(block.where)
    said["key"] = [_text(part) for part in block.key]
    if block.deleted is not None:
        said["deleted"] = _text(block.deleted)
    said["fields"] = {
        name: _text(spec.parts[0]) if len(spec.parts) == 1 else [_text(part) for part in spec.parts]
        for name, spec in block.fields.items()
    }
    return said


def _text(expr: Expr) -> str:
    """An expression as it is written; of those that inferring makes."""
    match expr:
        case syntax.Path():
            return str(expr)
        case syntax.Text(value=value):
            return "'" + value.replace("'", "''") + "'"
        case syntax.Call(name=name, arguments=arguments):
            return f"{name}({', '.join(map(_text, arguments))})"
        case syntax.Not(part=syntax.Missing(value=value)):
            return f"{_text(value)} is not missing"
        case syntax.Missing(value=value):
            return f"{_text(value)} is missing"
        case syntax.Not(part=part):
            return f"not {_text(part)}"
        case syntax.Compare(operator=operator, left=left, right=right):
            return f"{_text(left)} {operator} {_text(right)}"
        case syntax.And(parts=parts):
            return " and ".join(map(_text, parts))
        case _:
            raise TypeError(type(expr).__name__)
