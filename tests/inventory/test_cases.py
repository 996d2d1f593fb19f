"""Every named column of cases.yaml is judged as it says."""

from pathlib import Path

import pytest

from auditor.inventory.taxonomy import load_taxonomy
from auditor.knowledge import Node, read_yaml
from tests.inventory.drawing import look

CASES = [c.mapping() for c in read_yaml(Path(__file__).with_name("cases.yaml")).fields(["cases"])["cases"].items()]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["case"].text())
def test_a_column_is_what_its_case_says(case: dict[str, Node]):
    found = look(case["table"].text(), case["column"].text(), case["values"].texts())
    keys = [c.category for c in found.personal]
    expected = case["expect"].text()
    if expected == "none":
        assert keys == []
    else:
        assert expected in load_taxonomy()
        assert expected in keys[:2]


def test_every_case_has_its_own_name():
    names = [c["case"].text() for c in CASES]
    assert len(set(names)) == len(names)
