"""The command line: one module per command, imported only when it is called.

The only place that prints, exits or reads the environment. Results go to files or standard output, messages and
progress to standard error.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from pathlib import Path

import click

from auditor import __version__
from auditor.cli.exits import INCOMPLETE, INTERRUPTED, USAGE
from auditor.cli.interrupts import asked_to_end, catch_signals
from auditor.errors import AuditError, NoSourceError, SourceError

_INTERRUPTED = "Interrupted; nothing was written."
COMMANDS = {
    "demo": "Audit the embedded demo CRM, from data to report.",
    "init": "Look at a source and write a policy to start from.",
    "audit": "Audit databases and exports, and write the report.",
    "inventory": "Show which columns hold personal data, and why.",
    "rules": "List, show and test the rules.",
    "profiles": "List and check the CRM profiles.",
    "doctor": "Say what is installed, what is missing, and how to add it.",
}


class Lazy(click.Group):
    """A group whose commands are imported when they are called, so that --help stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """In the order a newcomer would need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command's own module holds it under the name `command`."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"auditor.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Lists commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Start here:
  auditor demo                              an audit of made-up data, in a minute
  auditor audit crm.sqlite                  your CRM's database; report in auditor-report/
  auditor audit exports/ --fail-on critical  a folder of exports, in a pipeline

\b
Exit codes: 0 clean; 1 findings at or above --fail-on; 2 wrong usage or configuration;
3 the audit is incomplete and nothing at the threshold was found; 130 interrupted.""",
)
@click.version_option(__version__, prog_name="auditor")
def group() -> None:
    """The privacy audit for CRM data.

    Finds the personal data in a CRM's tables, exports and texts, checks every record against rules on consent,
    retention, access and jurisdiction, and writes a report that says what is wrong and how to put it right.
    Nothing is written to what is audited, and nothing leaves this machine.
    """


def main() -> None:
    """Runs the command line; every error is one sentence on standard error."""
    catch_signals()
    try:
        code = group.main(prog_name="auditor", standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        _stop(_INTERRUPTED, INTERRUPTED)
    except click.ClickException as error:
        error.show(file=sys.stderr)
        sys.exit(USAGE)
    except AuditError as error:
        if asked_to_end():
            _stop(_INTERRUPTED, INTERRUPTED)
        unreadable = isinstance(error, SourceError) and not isinstance(error, NoSourceError)
        _stop(str(error), INCOMPLETE if unreadable else USAGE)
    except BrokenPipeError:
        # The reader of our output has gone; that is its right.
        sys.stderr.close()
        sys.exit(0)
    except ModuleNotFoundError as error:
        _stop(f"The package {error.name} is not installed. `auditor doctor` says how to add it.", USAGE)
    except Exception as error:
        if asked_to_end():  # a library's own word for it
            _stop(_INTERRUPTED, INTERRUPTED)
        # A trace-back would quote values, and end in 1, which means findings.
        _stop(_fault(error), INCOMPLETE)
    sys.exit(code if isinstance(code, int) else 0)


def _fault(error: Exception) -> str:
    """A fault of our own as one sentence. The error's own text stays out: it may quote values."""
    own = Path(__file__).parents[1]
    places = [
        f"{Path(frame.filename).relative_to(own).as_posix()}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(own)
    ]
    at = f" at {places[-1]}" if places else ""
    return (
        f"A fault in auditor itself ({type(error).__name__}{at}); the audit was not finished. "
        f"Please report this line: it holds no data."
    )


def _stop(sentence: str, code: int) -> None:
    from auditor.cli.show import plain

    click.echo(f"auditor: {plain(sentence)}", err=True)
    sys.exit(code)
