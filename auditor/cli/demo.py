"""`auditor demo`: the whole audit on made-up data."""

from __future__ import annotations

import importlib
import shutil
import tempfile
from datetime import date
from pathlib import Path
from types import ModuleType

import click

from auditor.cli.show import steps

AS_OF = date(2026, 11, 1)
"""The date of the demo's data."""


@click.command("demo")
@click.option("--out", type=click.Path(path_type=Path), default=Path("auditor-report"), show_default=True)
@click.option(
    "--keep",
    type=click.Path(path_type=Path),
    help="Keep the demo CRM, its exports, policy and registers in this folder.",
)
@click.option("--people", type=click.IntRange(600, 100_000), default=2000, show_default=True)
@click.option("--seed", type=int, default=20261101, show_default=True)
def command(out: Path, keep: Path | None, people: int, seed: int) -> int:
    """Make a demo CRM with planted faults, audit it, and write the report.

    2,000 made-up people in 15 countries with consent histories, messages, lists, notes, users and roles, and beside
    them a policy and registers: requests, processors, transfers, incidents, erasures. Nobody in it exists. Exits 0
    whatever is found.
    """
    from auditor.cli.audit import judge
    from auditor.cli.exits import CLEAN
    from auditor.policy import load_policy

    build = _generator().build
    progress = steps(always=True)
    folder = keep or Path(tempfile.mkdtemp(prefix="auditor-demo-"))
    try:
        progress(f"Making a demo CRM of {people:,} people")
        files = build(folder, seed=seed, people=people)
        judge(
            [f"demo={files.sqlite}"], load_policy(files.policy), (), progress,
            as_of=AS_OF, packs="", profile="", seed=0, full=False, baseline=None, out=out, formats=("json", "html"),
            fail_on="never", min_coverage=0.0,
        )  # fmt: skip
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    return CLEAN


def _generator() -> ModuleType:
    """The demo's generator lies beside the package in a checkout, and inside it once installed."""
    try:
        return importlib.import_module("auditor._data.fixtures.demo.generate")
    except ModuleNotFoundError:
        return importlib.import_module("fixtures.demo.generate")
