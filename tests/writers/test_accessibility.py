"""The report against axe-core in a browser: WCAG 2.2 A and AA and best practice, light and dark, wide and narrow."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from auditor.model import AuditResult
from auditor.writers import write_html

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHECK = """
addEventListener("load", async () => {
  document.documentElement.dataset.theme = "%s";
  const viewer = document.querySelector("#view");
  viewer.value = "engineer";
  viewer.dispatchEvent(new Event("change"));
  document.querySelectorAll("details").forEach((details) => { details.open = true; });
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await axe.run(document, {runOnly: tags, resultTypes: ["violations"]});
  const lines = found.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target).join(" | ")}`);
  parent.postMessage(`${innerWidth} px: ` + (lines.join("; ") || `nothing in ${found.passes.length} rules`), "*");
});
"""
FRAME = """<iframe src="report.html" width="%d" height="900" style="border:0"></iframe>
<script>addEventListener("message", (event) => {
  const note = document.createElement("p");
  note.id = "axe";
  note.textContent = event.data;
  document.body.append(note);
});</script>"""


def _needed(path: str | None, what: str) -> str:
    if path:
        return path
    if os.environ.get("AUDITOR_REQUIRE_SERVERS") == "1":
        pytest.fail(f"AUDITOR_REQUIRE_SERVERS=1, but {what}.")
    pytest.skip(f"{what}; the report's accessibility was not checked.".capitalize())


@pytest.fixture(scope="module")
def axe() -> str:
    named = os.environ.get("AUDITOR_AXE", "")
    path = Path(_needed(named if named and Path(named).is_file() else None, "AUDITOR_AXE names no axe.min.js"))
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser() -> str:
    return _needed(next((path for name in BROWSERS if (path := shutil.which(name))), None), "Chromium is not installed")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_with_everything_open(
    axe: str, browser: str, result: AuditResult, tmp_path: Path, theme: str, width: int
) -> None:
    report = tmp_path / "report.html"
    write_html(result, report)
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", report.read_text(encoding="utf-8"))
    planted = f"<script>{axe}</script><script>{CHECK % theme}</script></body>"
    report.write_text(text.replace("</body>", planted), encoding="utf-8")
    frame = tmp_path / "frame.html"
    # A window is never narrower than 500 pixels, a frame is.
    frame.write_text(FRAME % width, encoding="utf-8")
    done = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         "--disable-background-networking", "--window-size=1500,1000", f"--user-data-dir={tmp_path / 'profile'}",
         "--virtual-time-budget=60000", "--dump-dom", frame.as_uri()],
        capture_output=True, text=True, timeout=180, check=True,
    )  # fmt: skip
    found = re.search(r'<p id="axe">([^<]*)</p>', done.stdout)
    assert found
    assert re.fullmatch(rf"{width} px: nothing in \d+ rules", found[1]), found[1]
