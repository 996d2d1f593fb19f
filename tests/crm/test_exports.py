"""Made-up exports of known CRMs as files: the same is found as in their copies, and nothing false in a part of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from auditor.model import State
from tests.crm.planting import EXPORTING, Found, audited, expected, exported, planted

PARTS = [
    pytest.param(crm, part, id=f"{crm}-{'+'.join(part['tables'])}-{len(part.get('columns', ()))}")
    for crm in EXPORTING
    for part in expected(crm)["parts"]
]


def not_assessed(found: Found) -> frozenset[str]:
    """The rules that could not be assessed."""
    return frozenset(rule.rule.id for rule in found.result.rules if rule.state is State.NOT_ASSESSED)


@pytest.mark.parametrize(("crm", "suffix"), [("salesforce", ""), ("salesforce_person_accounts", "_2026-10-31")])
def test_an_export_folder(crm: str, suffix: str, tmp_path: Path) -> None:
    wanted = expected(crm)
    found = audited(exported(crm, tmp_path / "export", suffix=suffix), wanted["as_of"])
    assert found.violations == wanted["violations"]
    assert [used.profile for used in found.result.binding.profiles] == [wanted["profile"]]
    assert found.result.complete
    assert frozenset(wanted["not_assessed"]) <= not_assessed(found)


def test_a_copy_under_a_prefix(tmp_path: Path) -> None:
    wanted = expected("salesforce")
    copy = planted("salesforce", tmp_path, prefix="raw_sf__")
    assert audited(copy, wanted["as_of"]).violations == wanted["violations"]


@pytest.mark.parametrize(("crm", "part"), PARTS)
def test_a_part_of_an_export(crm: str, part: dict[str, Any], tmp_path: Path) -> None:
    """Known if enough of it is there: then nothing false is found, and no rule is lost that names would allow."""
    wanted = expected(crm)
    folder = exported(crm, tmp_path / "export", part["tables"], part.get("columns", ()))
    found = audited(folder, wanted["as_of"])
    assert [used.profile for used in found.result.binding.profiles] == [part.get("profile", wanted["profile"])]
    assert set(found.violations) >= set(part["finds"])
    if "profile" not in part:
        for rule, keys in found.violations.items():
            assert set(keys) <= {*wanted["violations"].get(rule, ()), *part.get("also", {}).get(rule, ())}, rule
    if "beside_names" in part:
        by_names = audited(folder, wanted["as_of"], "inferred")
        judged = frozenset(rule.rule.id for rule in by_names.result.rules)
        assert not_assessed(found) & judged <= not_assessed(by_names)
