"""The page that lists every rule is what the rules say today."""

from __future__ import annotations

from pathlib import Path

import auditor
from auditor.rules.catalogue import markdown
from auditor.rules.loading import load_packs, load_rules_or_raise

PAGE = Path(auditor.__file__).parents[1] / "docs" / "rule-catalogue.md"


def test_the_page_is_up_to_date() -> None:
    written = PAGE.read_text(encoding="utf-8")

    assert written == markdown(load_rules_or_raise(), load_packs()), (
        "Write it again: auditor rules list --format markdown > docs/rule-catalogue.md"
    )


def test_every_link_leads_to_a_heading() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    headings = {line.lstrip("# ").lower() for line in lines if line.startswith("##")}
    anchors = {"".join(c for c in heading if c.isalnum() or c in " -_").replace(" ", "-") for heading in headings}
    links = {part.split(")")[0] for line in lines if line.startswith("|") for part in line.split("](#")[1:]}

    assert links <= anchors
