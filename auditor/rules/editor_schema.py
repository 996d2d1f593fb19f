"""The JSON Schema of a rule file, for editors: generated from relations, packs, kinds and remediation patterns.

Editors that know YAML schemas complete and check as one types; what a schema cannot say (the expressions), `auditor
rules lint` says. Written by `auditor rules schema`.
"""

from __future__ import annotations

import json
from typing import Any

from auditor.model import RuleType, Severity, Verified
from auditor.relations import Field, Relation, load_relations
from auditor.rules.kinds import load_kinds
from auditor.rules.loading import load_packs, load_remediation
from auditor.rules.reading import AREAS, OPTIONAL, OUTCOMES, REQUIRED, UNREADABLE

Json = dict[str, Any]

_TEXT: Json = {"type": "string", "minLength": 1}
_DAY: Json = {"type": "string", "format": "date"}
_TELLS = {
    "id": "Names the violation, lower case with hyphens; the file is called like it.",
    "title": "The violation as a fact, one line, no full stop; never the cure.",
    "when": "Which records the rule is about; leave it out for all.",
    "violation": "What must not be: a condition of the rule language.",
    "relation": "What one record is; `including deleted` also takes deleted ones.",
    "params": "Defaults, used as :name; the organisation's policy may set others.",
    "closes_with": "One sentence on what shows that it is mended.",
    "optional": "Fields that the rule can do without.",
    "version": "Year and month of the last change, such as 2026.11.",
}


def rule_schema() -> Json:
    """The schema as plain JSON values, always in the same order."""
    relations = load_relations().relations
    kinds = load_kinds()
    rows = {name: {"$ref": f"#/$defs/{name}"} for name in relations}
    example: Json = {"type": "object", "additionalProperties": False, "properties": {
        name: {"oneOf": [row, {"type": "array", "items": row}]} for name, row in rows.items()}}  # fmt: skip
    examples: Json = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/example"}}
    parts: Json = {
        "id": {"type": "string", "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"},
        "pack": {"anyOf": [{"enum": list(load_packs())}, {"type": "string"}]},
        "area": {"enum": list(AREAS)},
        "version": {"pattern": r"^\d{4}\.\d{2}$", "type": ["string", "number"]},
        "type": {"enum": [kind.value for kind in RuleType]},
        "title": {"type": "string", "maxLength": 100, "pattern": "[^.]$"},
        "relation": {"enum": [name + end for name in relations for end in ("", " including deleted")]},
        "severity": {"enum": [level.value for level in Severity]},
        "population": _TEXT, "why": _TEXT, "closes_with": _TEXT, "when": _TEXT, "violation": _TEXT,
        "remediation": {"type": "array", "minItems": 1, "items": {"enum": list(load_remediation())}},
        "kind": {"enum": list(kinds), "description": "; ".join(f"{k.id}: {k.title}" for k in kinds.values())},
        "slots": {"type": "object", "additionalProperties": _TEXT},
        "params": {"type": "object", "additionalProperties": {"type": ["string", "number"]}},
        "law": {"type": "array", "minItems": 1, "items": {
            "type": "object", "additionalProperties": False, "required": ["cite", "verified"],
            "properties": {"cite": _TEXT, "verified": {"enum": [mark.value for mark in Verified]},
                           "checked_on": _DAY}}},
        "effective": {"type": "object", "additionalProperties": False, "properties": {"from": _DAY, "to": _DAY}},
        "optional": {"type": "array", "items": {"type": "string"}},
        "examples": {"type": "object", "additionalProperties": False, "required": list(OUTCOMES), "properties": {
            "as_of": _DAY, "violation": examples, "fine": examples,
            "undetermined": {"oneOf": [{"const": "never"}, examples]}}},
    }  # fmt: skip
    properties = {name: {**parts.get(name, {}), **_tells(name)} for name in (*REQUIRED, *OPTIONAL)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A rule of auditor",
        "type": "object",
        "additionalProperties": False,
        "required": list(REQUIRED),
        "oneOf": [{"required": ["violation"]}, {"required": ["kind", "slots"]}],
        "properties": properties,
        "$defs": {"example": example, **{name: _row(relation) for name, relation in relations.items()}},
    }


def rule_schema_text() -> str:
    """The schema as it is written to `auditor/schemas/rule.schema.json`."""
    return json.dumps(rule_schema(), ensure_ascii=False, indent=1) + "\n"


def _tells(name: str) -> Json:
    return {"description": _TELLS[name]} if name in _TELLS else {}


def _row(relation: Relation) -> Json:
    fields: Json = {"key": {}, "deleted": {"type": "boolean"}, "source": {"type": "string"}}
    fields |= {field.name: _field(field) for field in relation.fields.values()}
    return {"type": "object", "description": relation.row, "additionalProperties": False, "properties": fields}


def _field(field: Field) -> Json:
    """What an example may write for a field; `unreadable` always fits."""
    said: Json = {"description": field.meaning}
    codes = {"enum": [*field.values, UNREADABLE]} if field.values else {"type": "string"}
    match field.type:
        case "flag" | "presence":
            return {**said, "anyOf": [{"type": "boolean"}, {"type": "string"}]}
        case "code":
            return {**said, **codes}
        case "set":
            return {**said, "anyOf": [codes, {"type": "array", "items": codes}]}
        case "number":
            return {**said, "anyOf": [{"type": "number"}, {"const": UNREADABLE}]}
        case _:
            return said
