"""Made-up exports of known CRMs with planted faults: every fault is found by its rule, and nothing else is."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from auditor.crm.binding import bind
from auditor.jurisdictions import load_jurisdictions
from auditor.model import Inventory, State
from auditor.policy import Policy
from auditor.rules.compiled import needs
from auditor.rules.evaluate import evaluate, violating_keys
from auditor.rules.loading import load_rules_or_raise
from auditor.sources import open_source
from auditor.stage import memory_stage
from tests.crm.bound import KEY

EXPORTS = sorted((Path(__file__).parent / "exports").glob("*.yaml"))
_OF_FILES = "export-readable-by-all"
"""A rule about the files of this very test."""


@dataclass(frozen=True, slots=True)
class Found:
    """What an audit of a source found."""

    profile: str
    violating: Mapping[str, list[str]]
    undetermined: Mapping[str, int]
    not_assessed: frozenset[str]


def audited(path: Path, as_of: date, profile: str | None = None) -> Found:
    """The keys that violate each rule of every pack, and what could not be judged."""
    rules, facts, policy = load_rules_or_raise(), load_jurisdictions(), Policy()
    with ExitStack() as stack:
        source = stack.enter_context(open_source(str(path)))
        stage = stack.enter_context(memory_stage())
        binding = bind(
            [source], Inventory(()), stage, policy=policy, as_of=as_of, key=KEY, needs=needs(rules), profile=profile
        )
        assert not binding.failures
        results = evaluate(stage.connection, rules, binding, as_of=as_of, policy=policy, facts=facts)
        assert not [r.rule.id for r in results if r.state is State.ERROR]
        keys = {
            compiled.rule.id: sorted(
                key
                for place in result.places
                if place.state is not State.NOT_ASSESSED and place.counts.violations
                for key in violating_keys(
                    stage.connection, compiled, place.source, as_of=as_of, facts=facts, binding=binding
                )
            )
            for compiled, result in zip(rules, results, strict=True)
            if compiled.rule.id != _OF_FILES
        }
    return Found(
        binding.profiles[0].profile,
        {rule: found for rule, found in keys.items() if found},
        {r.rule.id: n for r in results if (n := sum(p.counts.undetermined for p in r.places))},
        frozenset(r.rule.id for r in results if r.state is State.NOT_ASSESSED),
    )


def table_of(text: str) -> list[list[str]]:
    """The header and rows of a table given as CSV."""
    return list(csv.reader(io.StringIO(text)))


def exported(tables: Mapping[str, str], folder: Path, columns: Sequence[str] = ()) -> Path:
    """A folder of files as an export writes them, every value in quotes; `columns` are those that are kept."""
    folder.mkdir()
    for name, text in tables.items():
        header, *rows = table_of(text)
        kept = [i for i, caption in enumerate(header) if not columns or caption in columns]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, quoting=csv.QUOTE_ALL).writerows([row[i] for i in kept] for row in (header, *rows))
    return folder


def snake_case(name: str) -> str:
    """A name as warehouse loaders write it."""
    parts = re.sub(r"(?<=[a-z0-9])([A-Z])|(?<=[A-Z])([A-Z][a-z])", r"_\1\2", name).casefold()
    return re.sub(r"_+", "_", parts)


def warehouse(tables: Mapping[str, str], path: Path, prefix: str = "") -> Path:
    """A database with the same tables under names in snake case; a blank is NULL there."""
    with closing(sqlite3.connect(path)) as connection:
        for name, text in tables.items():
            header, *rows = table_of(text)
            kept = [i for i, caption in enumerate(header) if caption]
            columns = ", ".join(f'"{snake_case(header[i])}" TEXT' for i in kept)
            connection.execute(f'CREATE TABLE "{prefix}{snake_case(name)}" ({columns})')
            values: Iterable[list[str | None]] = ([row[i] or None for i in kept] for row in rows)
            marks = ", ".join("?" * len(kept))
            connection.executemany(f'INSERT INTO "{prefix}{snake_case(name)}" VALUES ({marks})', values)
        connection.commit()
    return path


@pytest.fixture(params=EXPORTS, ids=lambda path: path.stem)
def export(request: pytest.FixtureRequest) -> dict[str, Any]:
    """An export's description, with its profile's name."""
    described: dict[str, Any] = yaml.safe_load(request.param.read_text(encoding="utf-8"))
    return {"profile": request.param.stem} | described


def check(found: Found, export: Mapping[str, Any]) -> None:
    """Every planted fault and nothing else."""
    assert found.profile == export["profile"]
    assert found.violating == {rule: sorted(keys) for rule, keys in export["expected"].items()}
    assert frozenset(export["not_assessed"]) <= found.not_assessed
    assert not found.not_assessed & export["expected"].keys()


def test_an_export_folder(export: dict[str, Any], tmp_path: Path) -> None:
    check(audited(exported(export["tables"], tmp_path / "export"), export["as_of"]), export)


@pytest.mark.parametrize("prefix", ["", "raw_sf__"])
def test_a_copy_in_a_warehouse(export: dict[str, Any], tmp_path: Path, prefix: str) -> None:
    check(audited(warehouse(export["tables"], tmp_path / "copy.sqlite", prefix), export["as_of"]), export)


PARTIAL = [
    pytest.param(path, part, id=f"{path.stem}-{'+'.join(part['tables'])}-{len(part.get('columns', ()))}")
    for path in EXPORTS
    for part in yaml.safe_load(path.read_text(encoding="utf-8"))["partial"]
]


@pytest.mark.parametrize(("path", "part"), PARTIAL)
def test_a_part_of_an_export(path: Path, part: dict[str, Any], tmp_path: Path) -> None:
    """Known if enough of it is there: then nothing false is found, and no rule is lost that names alone would allow."""
    export = yaml.safe_load(path.read_text(encoding="utf-8"))
    tables = {name: export["tables"][name] for name in part["tables"]}
    folder = exported(tables, tmp_path / "export", part.get("columns", ()))
    found = audited(folder, export["as_of"])
    assert found.profile == part["profile"]
    if found.profile != "inferred":
        for rule, keys in found.violating.items():
            assert set(keys) <= {*export["expected"].get(rule, ()), *part.get("also", {}).get(rule, ())}, rule
        assert found.not_assessed <= audited(folder, export["as_of"], "inferred").not_assessed
    assert set(found.violating) >= set(part["finds"])
