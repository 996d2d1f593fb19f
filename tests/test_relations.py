"""The canonical relations are complete and consistent."""

from __future__ import annotations

import pytest

from auditor.relations import KEYWORDS, load_relations
from auditor.tables import LAYOUT, relation_table

RELATIONS = load_relations()


@pytest.mark.parametrize("name", RELATIONS.relations)
def test_every_relation_says_what_a_row_is_and_has_a_table(name):
    relation = RELATIONS[name]
    assert relation.row
    assert relation.how_to_unlock
    assert name not in KEYWORDS
    columns = {c.name for c in relation_table(relation).columns}
    for field in relation.fields.values():
        assert {field.name + suffix for suffix, _ in LAYOUT[field.type]} <= columns
        assert field.meaning


def test_the_derived_permission_has_no_open_channel_or_purpose():
    assert "any" not in RELATIONS["permission"].fields["channel"].values
    assert "any" in RELATIONS["consent"].fields["channel"].values
