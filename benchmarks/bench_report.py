"""How large the report is, and how soon a browser has it ready, at 10, 1,000 and 5,000 findings.

The time is the page's own: it writes the milliseconds from navigation to the end of its script into its root element,
on the browser's real clock. A filter is timed from the change to the frame that shows it. Each finding stands for 200 violating records, so 5,000 findings are a million records.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from auditor.findings.assemble import conclude, find, unlocks
from auditor.model import (
    AuditResult,
    Binding,
    Counts,
    Coverage,
    EvidenceRow,
    Inventory,
    PlaceResult,
    RuleResult,
    SourceInfo,
    State,
    TableCoverage,
    TableInfo,
)
from auditor.relations import load_relations
from auditor.rules.loading import load_packs, load_remediation, load_rules_or_raise
from auditor.writers.html import write_html
from tests.chromium import Browser, program

RUNS = 3
RECORDS = 200
FILTER = """new Promise((done) => {
  const began = performance.now();
  document.querySelector('[name="sev"]').click();
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
})"""


def invented(findings: int) -> AuditResult:
    """Every rule of the product failing in as many invented sources as it takes."""
    rules = load_rules_or_raise()
    sources = -(-findings // len(rules))
    left = findings
    results = []
    for rule in rules:
        places = tuple(_place(rule.rule.relation, n) for n in range(min(sources, left)))
        left -= len(places)
        results.append(RuleResult(rule.rule, rule.rule.title, places))
    names = [f"crm_{n:03d}" for n in range(sources)]
    now = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
    return AuditResult(
        organisation="Invented group of companies",
        as_of=date(2026, 11, 1),
        generated_at=now,
        tool_version="bench",
        seed=0,
        sources=tuple(SourceInfo(n, "sqlite", f"{n}.sqlite", (TableInfo("people", ()),)) for n in names),
        coverage=Coverage(tuple(TableCoverage(n, "people", 30, 40_000, 40_000) for n in names), (), now, now),
        inventory=Inventory(()),
        binding=Binding((), (), people=100_000),
        rules=tuple(results),
        findings=find(results, load_remediation()),
        packs=conclude(results, {name: pack.title for name, pack in load_packs().items()}),
        unlocks=unlocks(results, load_relations()),
    )


def _place(relation: str, n: int) -> PlaceResult:
    evidence = tuple(
        EvidenceRow(
            f"{n:03d}{k:013x}", (("channel", "email"), ("purpose", "marketing"), ("sent_at", "2026-10-24 16:00"))
        )
        for k in range(5)
    )
    counts = Counts(40_000 + n, RECORDS, 39_770 + n, 30, 0, 150)
    columns = tuple(f"people.{relation}_column_{k}" for k in range(6))
    place = PlaceResult(f"crm_{n:03d}", relation, State.FAIL, counts, origin=columns, evidence=evidence)
    return replace(place, sql="SELECT row.key FROM rel.row AS row WHERE row.answer\n" * 30)


def measured(browser: Browser, page: Path) -> tuple[float, float]:
    """Milliseconds until the page was ready, by its own mark, and until a filter showed its findings."""
    shown = browser.page().look(1440, 1000).open(page)
    ready = float(shown.run("document.documentElement.dataset.ready"))
    return ready, float(shown.run(FILTER))


def main() -> None:
    """Prints one line per size."""
    path = program()
    print(f"{'findings':>9} {'records':>10} {'written in':>11} {'size':>9} {'ready in':>10} {'filtered in':>12}")
    with ExitStack() as stack:
        browser = stack.enter_context(Browser(path)) if path else None
        for findings in (10, 1_000, 5_000):
            result = invented(findings)
            page = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "report.html"
            began = time.perf_counter()
            write_html(result, page)
            took = time.perf_counter() - began
            size = page.stat().st_size / 1_000_000
            shown = "no browser"
            if browser is not None:
                runs = [measured(browser, page) for _ in range(RUNS)]
                ready, filtered = (statistics.median(times) for times in zip(*runs, strict=True))
                shown = f"{ready:>7.0f} ms {filtered:>9.0f} ms"
            records = sum(f.place.counts.violations for f in result.findings)
            print(f"{len(result.findings):>9,} {records:>10,} {took:>9.2f} s {size:>6.2f} MB {shown}")


if __name__ == "__main__":
    main()
