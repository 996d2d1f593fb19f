"""Every section of the policy and every register with its fields, as `rules/relations.yaml` has them."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.policy_registers import ADDRESSES, DELETED, KEY, NAME, field_of, fields_of
from auditor.relations import Field, Relation, load_relations

_WRITTEN = {
    "key": "a key", "ref": "a key of the CRM", "flag": "yes or no", "time": "a date, perhaps with a time",
    "birth": "a date", "code": "a word", "set": "words", "country": "a country", "region": "a state or province",
    "number": "a number", "presence": "anything", "email": "an e-mail address", "phone": "a phone number",
    "name": "a word",
}  # fmt: skip
_EXTRA = {
    KEY: "what the row is called; its number in the file if there is none",
    DELETED: "the row does not count any more",
    "email": "names the person, in place of the CRM's key",
    "phone": "names the person, in place of the CRM's key",
}


def reference() -> str:
    """A heading and a table per relation: sections first, then what only a register fills."""
    relations = [r for r in load_relations().relations.values() if r.register]
    lines: list[str] = []
    for relation in sorted(relations, key=lambda r: (not r.section, r.name)):
        lines += [*_one(relation), ""]
    return "\n".join(lines)


def _one(relation: Relation) -> Iterator[str]:
    yield f"### {relation.section or relation.name}"
    yield ""
    ways = f"Section `{relation.section}:`, or register `{relation.name}`" if relation.section else "Register"
    note = ""
    if relation.completes:
        note = " It adds no rows: it fills fields of those that the CRM has, and goes before it."
    elif relation.everybody:
        note = " A row that names an address holds for everybody who has it."
    yield f"{ways}: {relation.row}.{note}"
    yield ""
    yield "| field | written as | meaning |"
    yield "|---|---|---|"
    if relation.section:
        yield f"| `{NAME}` | a word | in the section: what the entry is called |"
    for name in fields_of(relation):
        known = field_of(relation, name)
        meaning = known.meaning if name in relation.fields and not _names(relation, name) else _EXTRA[name]
        yield f"| `{name}` | {_written(known)} | {meaning} |"


def _names(relation: Relation, name: str) -> bool:
    """Whether an address only says whom a row is about."""
    return relation.completes and name in ADDRESSES


def _written(known: Field) -> str:
    if not known.values:
        return _WRITTEN[known.type]
    listed = ", ".join(f"`{code}`" for code in known.values)
    return f"one of {listed}" if known.type == "code" else f"several of {listed}, with `;` between them"
