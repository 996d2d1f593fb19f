"""The shapes in which CRMs keep privacy facts, each with its rows and a tiny profile."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from auditor.crm.profiles import check_profile, load_profile
from auditor.crm.resolving import recognises
from auditor.sources import open_source
from tests.crm.bound import Bound, bound

SHAPES = sorted(path for path in (Path(__file__).parent / "shapes").iterdir() if path.is_dir())


def _data(folder: Path, tmp_path: Path) -> Path:
    """The shape's folder of CSV files, or a database made from its SQL."""
    script = folder / "data.sql"
    if not script.exists():
        return folder / "data"
    database = tmp_path / "data.sqlite"
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.executescript(script.read_text(encoding="utf-8"))
    return database


@pytest.mark.parametrize("folder", SHAPES, ids=lambda path: path.name)
def test_a_shapes_profile_has_no_error_and_recognises_its_data(folder: Path, tmp_path: Path) -> None:
    path = folder / f"{folder.name}.yaml"
    assert check_profile(path) == ()
    with open_source(str(_data(folder, tmp_path))) as source:
        assert recognises(load_profile(path), source.info) is not None


@pytest.mark.parametrize("folder", SHAPES, ids=lambda path: path.name)
def test_a_shape_gives_the_expected_rows(folder: Path, tmp_path: Path) -> None:
    expected: dict[str, Any] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    with bound(_data(folder, tmp_path), profile=str(folder / f"{folder.name}.yaml")) as result:
        assert not result.binding.failures
        _check_special(expected, result)
        for relation, rows in expected.items():
            found = result.rows(relation)
            if rows and "key" not in rows[0]:
                found.sort(key=lambda row: [str(row[name]) for name in rows[0]])
            names = [list(row) for row in rows]
            shown = [{n: _plain(row[n]) for n in own} for row, own in zip(found, names, strict=True)]
            assert shown == rows, relation


def _check_special(expected: dict[str, Any], result: Bound) -> None:
    for field, lacking in expected.pop("not mapped", {}).items():
        relation, _, name = field.partition(".")
        entry = result.relation(relation).fields[name]
        assert entry.fill == "not mapped"
        assert lacking in entry.reason
    if "people suppressed" in expected:
        permission = result.rel("permission")
        people = sa.select(permission.c.subject_id).where(permission.c.status == "withdrawn").distinct()
        assert list(result.connection.execute(people).scalars()) == expected.pop("people suppressed")


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int) else str(value)
