"""`auditor rules`: what is judged, in words."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.cli.exits import CLEAN, USAGE
from auditor.cli.show import plain, table
from auditor.errors import UsageError
from auditor.knowledge import nearest

_FOLDERS = click.option(
    "--rules", "folders", multiple=True, type=click.Path(path_type=Path), help="More rules, from a folder."
)


@click.group("rules")
def command() -> None:
    """List, show and test the rules."""


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

    rules = {compiled.rule.id: compiled for compiled in load_rules_or_raise(folders)}
    if rule_id not in rules:
        raise UsageError(f"There is no rule {rule_id!r}.", do=nearest(rule_id, rules) or "See: auditor rules list")
    compiled = rules[rule_id]
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
