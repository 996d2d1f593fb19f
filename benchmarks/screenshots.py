"""Takes the pictures of the documentation from a report: `python benchmarks/screenshots.py REPORT`.

`auditor demo --out FOLDER` writes the report. Chromium is needed; the printed page needs poppler's `pdftoppm`, too.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.chromium import Browser, Page, program

DOCS = Path(__file__).parent.parent / "docs"


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: where in the report, and how it is looked at."""

    name: str
    width: int
    height: int
    address: str = ""
    dark: bool = False
    forced: bool = False
    scale: float = 1


PICTURES = (
    Picture("report.png", 1440, 1000),
    Picture("report-finding.png", 1440, 1180, "#F-02"),
    Picture("report-dark.png", 1440, 1150, "#access", dark=True),
    Picture("report-requests.png", 1440, 760, "#requests"),
    Picture("report-forced-colours.png", 1440, 860, "#findings?sev=critical", forced=True),
    Picture("report-phone.png", 390, 1000),
)


def main(report: Path, browser: Browser, tool: str | None) -> None:
    """Writes every picture into docs/."""
    for picture in PICTURES:
        page = browser.page().look(
            picture.width, picture.height, dark=picture.dark, forced=picture.forced, scale=picture.scale
        )
        page.open(report, picture.address)
        time.sleep(0.3)  # the section in view is marked a moment later
        page.picture(DOCS / picture.name)
    _paper(browser.page().open(report), tool)


def _paper(page: Page, tool: str | None) -> None:
    """The first printed page, if the tool that turns a page of a PDF into a picture is there."""
    with tempfile.TemporaryDirectory() as folder:
        paper = Path(folder) / "page.pdf"
        page.paper(paper)
        if tool:
            name = str(DOCS / "report-print")
            subprocess.run(
                [tool, "-png", "-r", "80", "-f", "1", "-l", "1", "-singlefile", str(paper), name], check=True
            )


if __name__ == "__main__":
    path = program()
    if len(sys.argv) < 2 or not path:
        sys.exit("Usage: python benchmarks/screenshots.py REPORT; Chromium is needed.")
    with Browser(path) as running:
        main(Path(sys.argv[1]).resolve(), running, shutil.which("pdftoppm"))
