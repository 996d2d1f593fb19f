"""`auditor inventory`: only what is personal, and where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from auditor.cli.exits import CLEAN, INCOMPLETE
from auditor.cli.places import resolved
from auditor.cli.show import clear, plain, steps, table


@click.command("inventory")
@click.argument("source")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    help="csv is a start for the record of processing.",
)
@click.option("--explain", metavar="TABLE.COLUMN", help="Show all evidence about one column.")
@click.option("--full", is_flag=True, help="Look at every value, not at 1,000 per column.")
@click.option("--max-miss", metavar="PERCENT", help="Look at so many values that less than this may be missed: 0.5%.")
@click.option("--exact", is_flag=True, help="Run the language model's whole pipeline: slower, hardly different.")
@click.option("--model", default="", help="Another of the language models that auditor knows, for its language.")
@click.option(
    "--workers", type=click.IntRange(0, 64), default=0, help="Processes to read texts with; 0: as many as pay."
)
@click.option("-c", "--config", type=click.Path(path_type=Path), help="The policy; ./auditor.yaml if it is there.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of every sample.")
def command(
    source: str, form: str, explain: str | None, full: bool, max_miss: str | None, config: Path | None, seed: int,
    **chosen: Any,
) -> int:  # fmt: skip
    """Show which columns of SOURCE hold personal data, and why.

    \b
    Examples:
      auditor inventory crm.sqlite
      auditor inventory crm.sqlite --explain contacts.notes
      auditor inventory exports/ --format csv > record.csv
      auditor inventory exports/ --max-miss 0.1%
    """
    import json

    from auditor.inventory.document import inventory_document, record_of_processing
    from auditor.inventory.models import choose
    from auditor.inventory.reading import How
    from auditor.inventory.take import draw, inventory_of, study
    from auditor.policy import load_policy
    from auditor.sources import open_source

    if full and max_miss:
        raise click.UsageError("--full looks at every value, so --max-miss has nothing to say. Give one of them.")
    if chosen["model"]:
        choose(chosen["model"])
    values = None if full else _values(max_miss)
    policy = load_policy(config or (Path("auditor.yaml") if Path("auditor.yaml").is_file() else None))
    established = frozenset(policy.establishments) if policy.file else None
    how = How(full=full, texts=values or 0, established=established, known=policy.known, **chosen)
    progress = steps()
    with open_source(resolved(source)) as opened:
        try:
            drawn, failures = draw([opened], seed=seed, values=values, known=policy.known, progress=progress)
            studied = study(drawn, how=how, progress=progress)
        finally:
            clear()
        inventory = inventory_of(studied, how, seed=seed, failures=failures)
        skipped = (*opened.info.skipped, *inventory.failures)
        unread = {t.name: opened.unread(t) for t in opened.info.tables}
    if explain is not None:
        from auditor.inventory.explain import explain as evidence

        for title, lines in evidence(studied, explain, full=full):
            click.echo(title)
            for line in lines:
                click.echo(f"  {plain(line)}")
    elif form == "csv":
        click.echo(record_of_processing(inventory, controller=policy.organisation), nl=False)
    elif form == "json":
        click.echo(json.dumps(inventory_document(inventory, opened.info.name), ensure_ascii=False, indent=1))
    else:
        rows = [
            (
                c.table,
                c.column,
                f"{c.non_empty:,} of {c.rows:,}",
                ", ".join(f"{k.category} {k.confidence:.2f}" for k in c.personal),
                "; ".join(c.personal[0].evidence),
            )
            for c in inventory.columns
            if c.personal
        ]
        click.echo(table(("table", "column", "filled", "categories", "because"), rows))
        click.echo(f"{len(rows)} of {len(inventory.columns)} columns hold personal data.")
    for note in (s for s in inventory.failures if not s.gap):
        click.echo(f"auditor: {plain(note.what)}: {plain(note.why)}", err=True)
    gaps = [s for s in skipped if s.gap]
    for gap in gaps:
        click.echo(f"auditor: not read: {plain(gap.what)}: {plain(gap.why)}", err=True)
    rejected = {name: rows for name, rows in unread.items() if rows}
    for name, count in rejected.items():
        click.echo(f"auditor: not read: {plain(name)}: {count:,} rows that do not fit the table's columns", err=True)
    return INCOMPLETE if gaps or rejected else CLEAN


def _values(max_miss: str | None) -> int:
    """How many values of a column to look at for a share given in percent, or as a number below 1."""
    from auditor.inventory.promise import sample_for
    from auditor.inventory.take import SAMPLE

    if max_miss is None:
        return SAMPLE
    text = max_miss.strip()
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        return sample_for(share)
    except ValueError:
        raise click.BadParameter("Give a share such as 0.5% or 0.005.", param_hint="--max-miss") from None
