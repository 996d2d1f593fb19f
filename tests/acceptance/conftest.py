"""Trial data: labelled CRMs beside the checkout. Where they are not, these tests are skipped and say so."""

from __future__ import annotations

import gzip
import hashlib
import sqlite3
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from auditor.audit import Options, run
from auditor.model import AuditResult, PlaceResult
from auditor.policy import Policy
from auditor.rules.loading import load_packs, load_rules_or_raise

TRIALS = Path(__file__).resolve().parents[3] / "shared" / "data"

needs_trials = pytest.mark.skipif(not TRIALS.is_dir(), reason="the trial data is not beside the checkout")

Audit = Callable[[Path | str, date], AuditResult]


@pytest.fixture(scope="session")
def audit() -> Audit:
    def audited(source: Path | str, as_of: date) -> AuditResult:
        options = Options(as_of=as_of, packs=("house", "access", "eu-gdpr"), key=b"k" * 32)
        return run([str(source)], load_rules_or_raise(), load_packs(), Policy(), options, lambda step: None)

    return audited


@pytest.fixture(scope="session")
def suitecrm(tmp_path_factory) -> Path:
    return unpacked("suitecrm/suitecrm_synthetic.sqlite.gz", tmp_path_factory.mktemp("suitecrm") / "suitecrm.sqlite")


@pytest.fixture(scope="session")
def civicrm(tmp_path_factory) -> Path:
    return unpacked("civicrm/civicrm.sqlite.gz", tmp_path_factory.mktemp("civicrm") / "civicrm.sqlite")


@pytest.fixture(scope="session")
def npsp(tmp_path_factory) -> Path:
    path: Path = tmp_path_factory.mktemp("npsp") / "npsp.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript((TRIALS / "salesforce-npsp" / "npsp_trailhead.sql").read_text(encoding="utf-8"))
    connection.close()
    return path


def unpacked(name: str, path: Path) -> Path:
    path.write_bytes(gzip.decompress((TRIALS / name).read_bytes()))
    return path


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def places(result: AuditResult) -> Mapping[str, PlaceResult]:
    """The one place of every rule; these audits have one source."""
    return {r.rule.id: r.places[0] for r in result.rules if r.places}


def violations(result: AuditResult) -> Mapping[str, int]:
    return {name: place.counts.violations for name, place in places(result).items()}
