"""`auditor rules`: what is judged, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.exits import CLEAN, USAGE
from auditor.cli.options import Day
from auditor.cli.show import plain, table
from auditor.errors import UsageError
from auditor.knowledge import home, nearest

if TYPE_CHECKING:
    from auditor.rules.compiled import CompiledRule

_FOLDERS = click.option(
    "--rules", "folders", multiple=True, type=click.Path(path_type=Path), help="More rules, from a folder."
)


@click.group("rules")
def command() -> None:
    """List, show, explain, write and test rules."""


@command.command("list")
@_FOLDERS
@click.option("--format", "form", type=click.Choice(["table", "markdown"]), default="table", show_default=True)
def list_(folders: tuple[Path, ...], form: str) -> None:
    """List every rule with its pack, area and severity; as Markdown, with its law and its sentence."""
    from auditor.rules.catalogue import markdown
    from auditor.rules.loading import load_packs, load_rules_or_raise

    loaded = load_rules_or_raise(folders)
    if form == "markdown":
        click.echo(plain(markdown(loaded, load_packs(folders))), nl=False)
        return
    rules = [compiled.rule for compiled in loaded]
    click.echo(
        table(
            ("rule", "pack", "area", "severity", "title"), [(r.id, r.pack, r.area, r.severity, r.title) for r in rules]
        )
    )
    click.echo(f"{len(rules)} rules.")


@command.command("show")
@click.argument("rule_id")
@_FOLDERS
def show(rule_id: str, folders: tuple[Path, ...]) -> None:
    """Show one rule: the sentence that is signed, its expression, its law, and what to do."""
    from auditor.rules.compiled import sentence
    from auditor.rules.loading import load_remediation, load_rules_or_raise

    compiled = _named(rule_id, load_rules_or_raise(folders))
    rule = compiled.rule
    patterns = load_remediation()
    lines = [
        f"{rule.id}  ({rule.pack}, {rule.area}, {rule.severity}, {rule.type})",
        rule.title,
        "",
        sentence(compiled),
        "",
        f"on:         {rule.relation}{' including deleted' if rule.including_deleted else ''}",
        f"when:       {rule.when or 'always'}",
        f"violation:  {rule.violation}",
        *(f"parameter:  {name} = {value}" for name, value in rule.params.items()),
        *(f"law:        {law.cite} ({law.verified}, checked {law.checked_on})" for law in rule.law),
        *(() if rule.law else ("law:        none; rests on the organisation's own policy",)),
        "",
        "Why it matters: " + rule.why.strip(),
        *(
            f"{name}: " + " ".join(f"({i}) {step}" for i, step in enumerate(patterns[name].steps, 1))
            for name in rule.remediation
        ),
        "Closes when: " + rule.closes_with,
    ]
    click.echo(plain("\n".join(lines)))


@command.command("explain")
@click.argument("rule_id")
@click.option("--source", "specs", multiple=True, required=True, help="A database, file or folder to explain it for.")
@click.option("-c", "--config", type=click.Path(path_type=Path), help="The policy, for parameters and time zones.")
@click.option(
    "--as-of", type=Day(), default=lambda: datetime.now(UTC).date(), show_default="today", help="Date of the audit."
)
@click.option("--profile", default="", help="CRM profile to read with, instead of the recognised one.")
@_FOLDERS
def explain(
    rule_id: str, specs: tuple[str, ...], config: Path | None, as_of: date, profile: str, folders: tuple[Path, ...]
) -> None:  # fmt: skip
    """Show what one rule reads in a source, what is missing there, what came of it, and its SQL."""
    from auditor.policy import load_policy
    from auditor.rules.explaining import explain as explained
    from auditor.rules.explaining import explanation_lines
    from auditor.rules.loading import load_rules_or_raise

    compiled = _named(rule_id, load_rules_or_raise(folders))
    (told,) = explained([compiled], specs, policy=load_policy(config), as_of=as_of, profile=profile)
    click.echo(plain("\n".join(explanation_lines(told))))


@command.command("new")
@click.argument("rule_id")
@click.option("--relation", required=True, help="What one record is: subject, message, user ...")
@click.option("--pack", default="house", show_default=True, help="Pack the rule belongs to.")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=Path("rules"), show_default=True, help="Where to write it."
)
def new(rule_id: str, relation: str, pack: str, folder: Path) -> None:
    """Write the skeleton of a rule, with examples that pass."""
    from auditor.rules.authoring import write_skeleton

    path = write_skeleton(rule_id, relation, folder, pack=pack)
    click.echo(f"Wrote {plain(str(path))}. Fill it in, then: auditor rules lint --rules {plain(str(folder))}")


@command.command("lint")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@_FOLDERS
def lint(files: tuple[Path, ...], folders: tuple[Path, ...]) -> int:
    """Check every rule, or the named files: names, titles, laws, remediation, examples, parameters."""
    from auditor.rules.authoring import lint as linted

    for file in files:
        if not file.is_file():
            raise UsageError("There is no such file.", where=str(file), do="Name a rule's file.")
    more = {file.parent for file in files if not any(_inside(file, folder) for folder in (*folders, _packs()))}
    errors = linted((*folders, *sorted(more)), files)
    for error in errors:
        click.echo(plain(str(error)))
    click.echo(f"{len(errors)} problem{'' if len(errors) == 1 else 's'} found.")
    return USAGE if errors else CLEAN


@command.command("schema")
def schema() -> None:
    """Print the JSON Schema of rule files, for editors."""
    from auditor.rules.editor_schema import rule_schema_text

    click.echo(rule_schema_text(), nl=False)


@command.command("test")
@click.argument("rule_ids", nargs=-1)
@_FOLDERS
def test(rule_ids: tuple[str, ...], folders: tuple[Path, ...]) -> int:
    """Run the examples of every rule, or of the named ones."""
    from auditor.rules.examples import run_examples
    from auditor.rules.loading import load_rules

    rules, errors = load_rules(folders)
    for error in errors:
        click.echo(f"auditor: {plain(str(error))}", err=True)
    known = {compiled.rule.id for compiled in rules}
    for name in rule_ids:
        if name not in known and not errors:
            raise UsageError(f"There is no rule {name!r}.", do=nearest(name, known) or "See: auditor rules list")
    ran = failed = 0
    for compiled in rules:
        if rule_ids and compiled.rule.id not in rule_ids:
            continue
        for outcome in run_examples(compiled):
            ran += 1
            if not outcome.passed:
                failed += 1
                click.echo(f"{plain(outcome.name)}: expected {outcome.expected}, got {outcome.got}", err=True)
    click.echo(f"{ran - failed} examples passed, {failed} failed.")
    return USAGE if failed or errors else CLEAN


def _named(rule_id: str, rules: Sequence[CompiledRule]) -> CompiledRule:
    found = {compiled.rule.id: compiled for compiled in rules}
    if rule_id not in found:
        raise UsageError(f"There is no rule {rule_id!r}.", do=nearest(rule_id, found) or "See: auditor rules list")
    return found[rule_id]


def _packs() -> Path:
    return home("rules") / "packs"


def _inside(file: Path, folder: Path) -> bool:
    return file.resolve().is_relative_to(folder.resolve())
