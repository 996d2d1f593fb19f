"""Options that several commands share, and what they stand for."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from auditor.errors import UsageError

Command = Callable[..., Any]

LEVELS = ("critical", "high", "medium", "low", "never")


class Day(click.ParamType[date]):
    """A date as YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """A date, or one sentence."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail("a date is written YYYY-MM-DD, such as 2026-11-01.", param, ctx)


class FormatOption(click.Option):
    """Lists the formats in the help; they are looked up only when the help is shown."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The option's help with the names of all formats."""
        from auditor.writers import formats

        record = super().get_help_record(ctx)
        return None if record is None else (record[0], f"{record[1]} Known: {', '.join(formats())}.")


def audit_options(command: Command) -> Command:
    """The options of every command that audits."""
    for option in reversed((
        click.option("--as-of", type=Day(), default=lambda: datetime.now(UTC).date(), show_default="today",
                     help="Date of the audit: its last instant, in each source's time zone."),
        click.option("--packs", default="", metavar="A,B",
                     help="Rule packs to judge by. Default: the law-neutral ones, and every regime found."),
        click.option("--profile", default="", help="CRM profile to read with, instead of the recognised one."),
        click.option("--out", type=click.Path(path_type=Path), default=Path("auditor-report"), show_default=True,
                     help="Folder for the report (made with mode 0700)."),
        click.option("--format", "formats", cls=FormatOption, multiple=True, default=("json", "html"),
                     show_default=True, help="Formats to write; may be given several times."),
        click.option("--fail-on", type=click.Choice(LEVELS), default="high", show_default=True,
                     help="Exit 1 if there is a finding of this severity or above."),
        click.option("--min-coverage", type=click.FloatRange(0, 100), default=0.0, metavar="PERCENT",
                     help="Exit 3 if fewer of the rules could be assessed."),
        click.option("--baseline", type=click.Path(path_type=Path), default=None,
                     help="An earlier audit.json: findings without a new record no longer cause exit 1."),
        click.option("--exceptions", type=click.Path(path_type=Path), default=None,
                     help="Your decisions about findings; ./auditor-exceptions.yaml if it is there."),
        click.option("--seed", type=int, default=0, show_default=True, help="Seed of every sample."),
        click.option("--full", is_flag=True, help="Let the inventory look at every value, not at 1,000 per column."),
        click.option("--workers", type=click.IntRange(0, 64), default=0,
                     help="Processes to read texts with; 0: as many as pay."),
        click.option("--reveal", is_flag=True,
                     help="Show examples of values unmasked in the data map; never secrets or special categories."),
        click.option("--self-check", is_flag=True,
                     help="Look for personal values in the whole of every text file written, not in its first 4 MB."),
    )):  # fmt: skip
        command = option(command)
    return command


def source_key() -> tuple[bytes, bool]:
    """The key for hashes, and whether it lasts: AUDITOR_KEY, the file AUDITOR_KEY_FILE, else one for this run."""
    if text := os.environ.get("AUDITOR_KEY", ""):
        return _digest(text.encode()), True
    if name := os.environ.get("AUDITOR_KEY_FILE", ""):
        try:
            content = Path(name).read_bytes().strip()
        except OSError as error:
            raise UsageError(f"The key file cannot be read: {error.strerror}.", where="AUDITOR_KEY_FILE") from None
        if not content:
            raise UsageError("The key file is empty.", where="AUDITOR_KEY_FILE", do="Write a random text into it.")
        return _digest(content), True
    return secrets.token_bytes(32), False


def _digest(secret: bytes) -> bytes:
    import hashlib

    return hashlib.blake2b(secret, digest_size=32, person=b"auditor-key").digest()
