"""report.html: one file that asks for nothing, keeps nothing, and reads without its script."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from auditor.knowledge import home
from auditor.model import AuditResult
from auditor.writers.facts import marking
from auditor.writers.files import Format, write_private
from auditor.writers.page import FILTERS, page
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
    return environment.get_template("report.html.j2").render(
        result=result,
        page=page(result),
        marking=marking(result),
        style=Markup(style),  # noqa: S704 - our own file, no data in it
        script=Markup(script),  # noqa: S704 - our own file, no data in it
        policy=(
            f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
            "base-uri 'none'; form-action 'none'"
        ),
    )


def _shown(value: object) -> object:
    # Every expression of every template passes here, so that no text can be forgotten.
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


FORMAT = Format("html", "report.html", "the report for people", write_html)
