"""Takes the pictures of the documentation from the demo's report: `python benchmarks/screenshots.py REPORT`.

`auditor demo --out FOLDER` writes the report. Chromium is needed; a narrow picture is taken through a frame, because a
window is never narrower than 500 pixels.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: where in the report, and how it is looked at."""

    name: str
    width: int
    height: int
    dark: bool = False
    only: str = ""
    """The sections that are shown, as a reader would have scrolled to them."""
    opened: str = ""
    """The finding that is open."""


PICTURES = (
    Picture("report.png", 1440, 1000),
    Picture("report-dark.png", 1440, 1150, dark=True, only="access,consent,ages"),
    Picture("report-finding.png", 1440, 1320, only="findings", opened="F-02"),
    Picture("report-phone.png", 390, 1000),
)


def main(report: Path, program: str) -> None:
    """Writes every picture into docs/."""
    text = report.read_text(encoding="utf-8")
    for picture in PICTURES:
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "page.html"
            page.write_text(_prepared(text, picture), encoding="utf-8")
            shown = page
            if picture.width < 500:
                shown = Path(folder) / "frame.html"
                frame = f'<iframe src="page.html" width="{picture.width}" height="{picture.height}" style="border:0">'
                shown.write_text(f'<body style="margin:0">{frame}</iframe>', encoding="utf-8")
            _run(program, folder, f"--window-size={picture.width},{picture.height}",
                 f"--screenshot={DOCS / picture.name}", shown.as_uri())  # fmt: skip
    _paper(text, program)


def _prepared(text: str, picture: Picture) -> str:
    theme = text.replace('<html lang="en"', '<html lang="en" data-theme="dark"', 1) if picture.dark else text
    if not picture.only:
        return theme
    theme = theme.replace(f'<details id="{picture.opened}">', f'<details id="{picture.opened}" open>')
    chosen = "".join(f":not(#{name})" for name in picture.only.split(","))
    # The policy would rightly refuse a second style, so this copy has none.
    start = theme.index('<meta http-equiv="Content-Security-Policy"')
    theme = theme[:start] + theme[theme.index(">", start) + 1 :]
    return theme.replace("</head>", f"<style>main>section{chosen}{{display:none}}</style></head>", 1)


def _paper(text: str, program: str) -> None:
    """The first printed page, if the tool that turns a page of a PDF into a picture is there."""
    tool = shutil.which("pdftoppm")
    with tempfile.TemporaryDirectory() as folder:
        page, paper = Path(folder) / "page.html", Path(folder) / "page.pdf"
        page.write_text(text, encoding="utf-8")
        _run(program, folder, "--no-pdf-header-footer", f"--print-to-pdf={paper}", page.as_uri())
        if tool:
            name = str(DOCS / "report-print")
            subprocess.run(
                [tool, "-png", "-r", "80", "-f", "1", "-l", "1", "-singlefile", str(paper), name], check=True
            )


def _run(program: str, folder: str, *arguments: str) -> None:
    subprocess.run(
        [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
         "--disable-background-networking", "--allow-file-access-from-files", "--virtual-time-budget=3000",
         f"--user-data-dir={folder}/profile", *arguments],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip


if __name__ == "__main__":
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if len(sys.argv) < 2 or not browser:
        sys.exit("Usage: python benchmarks/screenshots.py REPORT; Chromium is needed.")
    main(Path(sys.argv[1]), browser)
