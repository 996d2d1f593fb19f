"""`auditor audit`: the main job."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from auditor.cli.options import audit_options, source_key
from auditor.cli.places import resolved
from auditor.cli.show import clear, steps
from auditor.errors import UsageError


@click.command("audit")
@click.argument("sources", nargs=-1)
@click.option("-c", "--config", type=click.Path(path_type=Path), help="The policy; ./auditor.yaml if it is there.")
@click.option("--rules", "folders", multiple=True, type=click.Path(path_type=Path), help="More rules, from a folder.")
@audit_options
def command(sources: tuple[str, ...], config: Path | None, folders: tuple[Path, ...], **options: Any) -> int:
    """Audit SOURCES and write the report.

    A source is the URL of a PostgreSQL, MariaDB or MySQL database, a SQLite file, a CSV, TSV, JSON, NDJSON or Parquet
    file (plain or gzipped), or a folder of them; what a file is, is known by its content. NAME=PATH gives a source its
    name in the report.

    \b
    Examples:
      auditor audit crm.sqlite
      auditor audit crm=dump.sqlite exports/ --as-of 2026-10-31 --out report
      auditor audit export.csv --fail-on critical --format json
      auditor audit 'postgresql://reader:${CRM_PASSWORD}@db.example.org/crm'
    """
    from auditor.policy import load_policy

    policy = load_policy(config or (Path("auditor.yaml") if Path("auditor.yaml").is_file() else None))
    named = [f"{name}={location}" for name, location in policy.sources.items()]
    specs = [resolved(spec) for spec in list(sources) or named]
    if not specs:
        raise UsageError("No source was given.", do="Name a database, a file or a folder: auditor audit crm.sqlite")
    return judge(specs, policy, folders, steps(), **options)


def judge(specs: list[str], policy: Any, folders: tuple[Path, ...], progress: Any, **chosen: Any) -> int:
    """Runs one audit with the options of the command line and returns the exit code."""
    from auditor.audit import Options, run
    from auditor.cli.exits import INCOMPLETE
    from auditor.cli.judge import exit_code, summarise
    from auditor.rules.loading import load_packs, load_rules_or_raise
    from auditor.writers import check_formats, needs_records, write
    from auditor.writers.selfcheck import self_check
    from auditor.writers.spool import open_spool

    check_formats(chosen["formats"])
    progress("Reading the rules")
    rules = load_rules_or_raise(folders)
    _check_params(policy, {rule.rule.id: rule.params for rule in rules})
    key, lasting = source_key()
    options = Options(
        as_of=chosen["as_of"],
        packs=_packs(chosen["packs"], {rule.rule.pack for rule in rules}),
        profile=chosen["profile"],
        seed=chosen["seed"],
        values=None if chosen["full"] else 1000,
        baseline=chosen["baseline"],
        exceptions=_exceptions(chosen.get("exceptions")),
        workers=chosen.get("workers", 0),
        reveal=chosen.get("reveal", False),
        key=key,
        lasting_key=lasting,
        keep_on_interrupt=_keep,
    )
    try:
        with open_spool() if needs_records(chosen["formats"]) else nullcontext() as spool:
            records = spool.add if spool is not None else None
            result = run(specs, rules, load_packs(folders), policy, options, progress, records)
            progress("Writing the report")
            paths = write(result, chosen["out"], chosen["formats"], spool)
            leaks = self_check(
                result, paths, own=[*_own_words(policy), *_decided(result)], whole=chosen.get("self_check", False)
            )
    finally:
        clear()
    summarise(result, paths)
    if result.revealed:
        click.echo("auditor: --reveal: the files hold unmasked personal data; keep them as you keep the CRM.", err=True)
    for leak in leaks:
        click.echo(f"auditor: self-check: {leak} Look there before you pass it on.", err=True)
    code = exit_code(result, chosen["fail_on"], chosen["min_coverage"])
    return code or (INCOMPLETE if leaks and not result.revealed else code)


def _exceptions(named: Path | None) -> Path | None:
    """The file of decisions: the one named, else the one that lies here."""
    from auditor.findings.exceptions import FILE

    return named or (Path(FILE) if Path(FILE).is_file() else None)


def _own_words(policy: Any) -> list[str]:
    """What the policy itself says may stand in the report."""
    gaps = [text for gap in policy.known_gaps for text in (gap.what, gap.reason, gap.owner)]
    gaps += [
        text
        for entries in policy.entries.values()
        for entry in entries
        for text in (entry.name, *entry.values.values())
    ]
    return [policy.organisation, policy.classification, *policy.owners.values(), *gaps]


def _decided(result: Any) -> list[str]:
    return [text for each in result.exceptions for text in (each.owner, each.reason)]


def _check_params(policy: Any, known: Mapping[str, Mapping[str, str]]) -> None:
    """A limit set for a rule that is not there would be a limit that nobody applies."""
    from auditor.knowledge import nearest

    where = f"{policy.file}: params"
    for rule, settings in policy.params.items():
        if rule not in known:
            raise UsageError(
                f"There is no rule {rule[:60]!r}.", where=where, do=nearest(rule, known) or "See: auditor rules list"
            )
        for name in settings:
            if name not in known[rule]:
                listed = f"It has: {', '.join(known[rule])}." if known[rule] else "It has none."
                raise UsageError(f"The rule {rule} has no parameter {name[:60]!r}.", where=where, do=listed)


def _keep() -> bool:
    """Whether a later run may go on with what an interrupted one has read; kept only if somebody is there to say so."""
    import sys

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    clear()
    return click.confirm("Keep what was read, so that the same command can go on from here?", default=False, err=True)


def _packs(text: str, known: set[str]) -> tuple[str, ...]:
    from auditor.knowledge import nearest

    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        if name not in known:
            hint = nearest(name, known) or f"Packs: {', '.join(sorted(known))}."
            raise UsageError(f"There is no pack {name!r}.", where="--packs", do=hint)
    return names
