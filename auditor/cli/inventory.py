"""`auditor inventory`: only what is personal, and where."""

from __future__ import annotations

import click

from auditor.cli.exits import CLEAN, INCOMPLETE
from auditor.cli.show import clear, plain, steps, table


@click.command("inventory")
@click.argument("source")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of every sample.")
@click.option("--full", is_flag=True, help="Look at every value, not at 1,000 per column.")
def command(source: str, form: str, seed: int, full: bool) -> int:
    """Show which columns of SOURCE hold personal data, and why.

    \b
    Examples:
      auditor inventory crm.sqlite
      auditor inventory exports/ --format json > inventory.json
    """
    import json

    from auditor.inventory import take
    from auditor.inventory.document import inventory_document
    from auditor.sources import open_source

    progress = steps()
    with open_source(source) as opened:
        try:
            inventory = take([opened], seed=seed, values=None if full else 1000, progress=progress)
        finally:
            clear()
        skipped = (*opened.info.skipped, *inventory.failures)
        unread = {t.name: opened.unread(t) for t in opened.info.tables}
    if form == "json":
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
    gaps = [s for s in skipped if s.gap]
    for gap in gaps:
        click.echo(f"auditor: not read: {plain(gap.what)}: {plain(gap.why)}", err=True)
    rejected = {name: rows for name, rows in unread.items() if rows}
    for name, count in rejected.items():
        click.echo(f"auditor: not read: {plain(name)}: {count:,} rows that do not fit the table's columns", err=True)
    return INCOMPLETE if gaps or rejected else CLEAN
