"""What a source on the command line or in the policy stands for: variables, and passwords that are asked for."""

from __future__ import annotations

import os
import re
import sys
from urllib.parse import quote

import click

from auditor.errors import UsageError

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_EMPTY = re.compile(r"(://[^:/@]+:)@")
_OPEN = re.compile(r"://[^:/@]*:[^/@$][^@]*@")


def resolved(spec: str) -> str:
    """A source with its `${NAME}`s filled in, and its password asked for where the URL says `user:@host`."""
    from auditor.sources import is_server, shown

    place = spec if "://" in spec.partition("=")[0] else spec.partition("=")[2] or spec
    server = is_server(place)
    if server and _OPEN.search(place):
        click.echo(
            f"auditor: {shown(place)}: the URL holds a password, which other users of this machine can see in the list "
            "of processes; write ${NAME} and set the variable NAME, or use ~/.pgpass or ~/.my.cnf.",
            err=True,
        )

    def value(match: re.Match[str]) -> str:
        if match[1] not in os.environ:
            raise UsageError(f"The environment variable {match[1]} is not set.", do="Set it, or mend the source.")
        return quote(os.environ[match[1]], safe="") if server else os.environ[match[1]]

    filled = _VARIABLE.sub(value, spec)
    if server and _EMPTY.search(filled):
        if not sys.stdin.isatty():
            raise UsageError(
                "Nobody is there to ask for a password.", where=shown(place),
                do="Write ${NAME} in its place and set the variable NAME.",
            )  # fmt: skip
        secret = click.prompt(f"Password for {shown(place)}", hide_input=True, err=True)
        filled = _EMPTY.sub(lambda match: f"{match[1]}{quote(secret, safe='')}@", filled, count=1)
    return filled
