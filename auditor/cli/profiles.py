"""`auditor profiles`: which CRMs are known."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.cli.exits import CLEAN, USAGE
from auditor.cli.show import plain, table


@click.group("profiles")
def command() -> None:
    """List and check the CRM profiles."""


@command.command("list")
def list_() -> None:
    """List every CRM that is recognised, with the relations its profile fills."""
    from auditor.crm.profiles import load_profiles

    rows = [(p.name, p.title, p.versions, ", ".join(p.fills)) for p in load_profiles()]
    click.echo(table(("profile", "CRM", "versions", "fills"), rows))


@command.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> int:
    """Check profile FILES, or all that are installed; every error with its file, line and column."""
    from auditor.crm.profiles import check_profile, profile_files

    paths = files or tuple(profile_files())
    errors = [error for path in paths for error in check_profile(path)]
    for error in errors:
        click.echo(f"auditor: {plain(str(error))}", err=True)
    click.echo(f"{len(paths)} profiles checked, {len(errors)} errors.")
    return USAGE if errors else CLEAN
