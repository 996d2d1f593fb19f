"""report.html: one file that asks for nothing, keeps nothing, and reads without its script."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from auditor.knowledge import home
from auditor.model import AuditResult, Standing
from auditor.writers.facts import line, marking
from auditor.writers.files import Format, write_private
from auditor.writers.page import FILTERS, page
from auditor.writers.page.requests import BAR
from auditor.writers.text import visible

STYLES = ("tokens.css", "base.css", "parts.css", "findings.css", "pictures.css", "narrow.css", "print.css")
SCRIPTS = ("script.js", "row.js", "findings.js")


def write_html(result: AuditResult, path: Path) -> None:
    """Writes the report for people. Raises ReportError if the file cannot be written."""
    write_private(path, render(result))


def render(result: AuditResult) -> str:
    """The report as text."""
    folder = home("reports")
    style = "".join((folder / "style" / name).read_text(encoding="utf-8") for name in STYLES)
    style += _foot(result)
    script = "".join((folder / name).read_text(encoding="utf-8") for name in SCRIPTS)
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters.update(FILTERS)
    environment.globals.update(zip=zip, standings=tuple(Standing), request_bar=BAR)
    return environment.get_template("report.html.j2").render(
        result=result,
        page=page(result),
        marking=marking(result),
        style=Markup(style),  # noqa: S704 - our own file, and one string with all but letters and digits escaped
        script=Markup(script),  # noqa: S704 - our own file, no data in it
        policy=(
            f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
            "base-uri 'none'; form-action 'none'"
        ),
    )


def _foot(result: AuditResult) -> str:
    """What stands at the foot of every printed page: whose report it is, of when, and how to treat it."""
    whose = line(result.organisation)[:60] or "CRM"
    said = f"{whose}, privacy audit as of {result.as_of.isoformat()}. {marking(result)}"
    # As a string of CSS: whatever could end it is written as its number.
    safe = "".join(c if c.isascii() and (c.isalnum() or c in " .,:;-") else f"\\{ord(c):x} " for c in said[:200])
    return f'@page{{@bottom-left{{content:"{safe}";font:7.5pt sans-serif;color:#4b5863}}}}\n'


def _shown(value: object) -> object:
    # Every expression of every template passes here, so that no text can be forgotten.
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


FORMAT = Format("html", "report.html", "the report for people", write_html)
