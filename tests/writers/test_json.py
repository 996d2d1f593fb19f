from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from auditor.inventory.document import inventory_document
from auditor.model import AuditResult
from auditor.writers import inventory_json, write_json
from auditor.writers.audit_json import document, dump


def schema(name: str) -> dict[str, Any]:
    text = resources.files("auditor").joinpath("schemas", f"{name}.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@pytest.mark.parametrize("name", ["audit", "inventory"])
def test_the_schema_is_a_valid_schema_in_which_everything_is_described(name: str) -> None:
    loaded = schema(name)
    Draft202012Validator.check_schema(loaded)
    assert loaded["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    undescribed = [path for path, part in _properties(loaded) if "$ref" not in part and not part.get("description")]
    assert undescribed == []


FROZEN = {
    ("audit", "2"): "9f3fd39ba0afbd41400e3b4c5a96480cd0f19c35e62579e03f003159f7eeee0e",
    ("inventory", "1"): "0b095c5e45d64ea3dbcf05b7046f9ae7befe74e0ac53ef3c8d798d6db4542dca",
}
"""Digest of the schema of each version. Once released, a version never changes: a new shape is a new version."""


@pytest.mark.parametrize("name", ["audit", "inventory"])
def test_the_schema_of_a_version_is_frozen(name: str) -> None:
    loaded = schema(name)
    raw = resources.files("auditor").joinpath("schemas", f"{name}.schema.json").read_bytes()
    version = loaded["properties"]["schema_version"]["const"]
    assert hashlib.sha256(raw).hexdigest() == FROZEN[name, version]


def _properties(part: Any, path: str = "") -> Any:
    if isinstance(part, dict):
        for name, value in part.get("properties", {}).items():
            yield f"{path}/{name}", value
        for name, value in part.items():
            yield from _properties(value, f"{path}/{name}")


def test_the_result_is_written_as_its_schema_says(result: AuditResult, tmp_path: Path) -> None:
    write_json(result, tmp_path / "audit.json")
    written = json.loads((tmp_path / "audit.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema("audit")).validate(written)
    assert [f["severity"] for f in written["findings"][:3]] == ["critical", "critical", "critical"]


def test_a_hostile_result_is_written_as_its_schema_says(hostile: AuditResult) -> None:
    Draft202012Validator(schema("audit")).validate(_without_enums(json.loads(dump(document(hostile)))))


def _without_enums(written: Any) -> Any:
    for pack in written["packs"]:  # the names of states are keys there, and were poisoned
        pack["states"] = {}
    return written


def test_an_inventory_is_written_as_its_schema_says(result: AuditResult, tmp_path: Path) -> None:
    inventory_json(result, tmp_path / "inventory.json")
    validator = Draft202012Validator(schema("inventory"))
    validator.validate(json.loads((tmp_path / "inventory.json").read_text(encoding="utf-8")))
    validator.validate(inventory_document(result.inventory, "crm"))


def test_the_figures_of_every_finding_and_place_add_up(result: AuditResult) -> None:
    written = document(result)
    places = [place for rule in written["rules"] for place in rule["places"]]
    for counts in [f["counts"] for f in written["findings"]] + places:
        assert counts["population"] == counts["violations"] + counts["passes"] + counts["undetermined"]


def test_the_same_result_gives_the_same_bytes_whatever_its_order(result: AuditResult) -> None:
    shuffled = replace(
        result,
        rules=result.rules[::-1],
        findings=result.findings[::-1],
        sources=result.sources[::-1],
        packs=result.packs[::-1],
        inventory=replace(result.inventory, columns=result.inventory.columns[::-1]),
    )
    assert dump(document(shuffled)) == dump(document(result))


def test_no_character_of_a_hostile_name_acts_on_a_terminal_and_none_is_lost(hostile: AuditResult) -> None:
    text = dump(document(hostile))
    assert not {c for c in text if c != "\n" and (ord(c) < 32 or 0x7F <= ord(c) < 0xA0)}
    assert not set("\u202e\u2066\u200f\u2028\ud800\U000e0041") & set(text)
    assert "abc\u202edcba\u2066\u200f" in _texts(json.loads(text))


def _texts(part: Any) -> set[str]:
    if isinstance(part, str):
        return {part}
    parts = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return {text for each in parts for text in _texts(each)}
