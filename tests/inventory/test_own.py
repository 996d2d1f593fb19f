"""What the policy says about words and columns goes before what is found."""

from pathlib import Path

import pytest

from auditor.errors import InventoryError, KnowledgeError
from auditor.inventory.own import check_verdicts
from auditor.inventory.reading import How
from auditor.inventory.take import examine, take
from auditor.model import Inventory
from auditor.policy import load_policy
from auditor.policy_inventory import ColumnVerdict, Known
from auditor.sources import open_source
from tests.inventory.drawing import draw

POLICY = """
inventory:
  allow: [info@web.example.org, Musterfirma]
  deny: [Projekt Adler]
  columns:
    t.code: {category: none, reason: our own article numbers}
    t.f7: {category: identity.name, reason: nicknames}
    t.gone: {category: none, reason: was dropped}
"""
CSV = "code,f7,mail,remark\n" + "".join(
    f"DE89370400440532013000,xx{n},info@web.example.org,{'Projekt Adler' if n == 3 else 'open'}\n" for n in range(20)
)


def taken(folder: Path, *, values: int | None = 1_000) -> Inventory:
    (folder / "auditor.yaml").write_text(POLICY, encoding="utf-8")
    (folder / "t.csv").write_text(CSV, encoding="utf-8")
    with open_source(str(folder / "t.csv")) as source:
        return take([source], values=values, known=load_policy(folder / "auditor.yaml").known)


@pytest.mark.parametrize("values", [1_000, None])
def test_the_policy_overrules_what_is_found(tmp_path: Path, values: int | None):
    inventory = taken(tmp_path, values=values)
    found = {c.column: [k.category for k in c.personal] for c in inventory.columns}
    assert found == {"code": [], "f7": ["identity.name"], "mail": [], "remark": ["identity.name"]}
    assert inventory.columns[1].personal[0].evidence == ("the policy says so: nicknames",)


def test_a_verdict_on_a_column_that_is_not_there_is_said(tmp_path: Path):
    assert [(f.what, f.gap) for f in taken(tmp_path).failures] == [("t.gone", False)]


def test_an_unknown_category_is_an_error_with_its_place():
    known = Known(columns=(ColumnVerdict("t.a", "identity.nmae", "x", "auditor.yaml:3:5"),))
    with pytest.raises(InventoryError, match=r"no category 'identity\.nmae'") as raised:
        check_verdicts(known)
    assert raised.value.where == "auditor.yaml:3:5"


def test_a_verdict_without_its_reason_is_refused(tmp_path: Path):
    path = tmp_path / "auditor.yaml"
    path.write_text("inventory:\n  columns:\n    t.a: {category: none}\n", encoding="utf-8")
    with pytest.raises(KnowledgeError):
        load_policy(path)


@pytest.mark.parametrize(("countries", "sought"), [
    (["Germany", "DE"], False), (["Germany", "United Kingdom"], True), (["Germany", "Atlantis"], True), ([], True),
])  # fmt: skip
def test_numbers_of_countries_out_of_scope_are_not_sought(countries: list[str], sought: bool):
    numbers = [
        f"{start}{n:06}{end}"
        for n, (start, end) in enumerate(zip(["AB", "CE", "GH", "JK"] * 15, "ABCD" * 15, strict=True), 123456)
    ]
    drawn = draw("t", {"country": countries, "field_9": numbers})
    found = examine(drawn, how=How(established=frozenset({"DE"}))).columns[1]
    assert any("UK NINO" in e for c in found.categories for e in c.evidence) is sought
