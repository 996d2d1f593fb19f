"""The same rows as CSV, as a workbook and in an archive are the same audit."""

from __future__ import annotations

import csv
import json
import zipfile

import xlsxwriter


def _told(folder):
    document = json.loads((folder / "audit.json").read_text())
    return [
        (rule["id"], [{key: place[key] for key in ("state", "population", "violations")} for place in rule["places"]])
        for rule in document["rules"]
    ]


def test_the_same_findings_from_every_form_of_export(auditor, tmp_path, contacts):
    rows = csv.reader(contacts.read_text(encoding="utf-8").splitlines())
    with xlsxwriter.Workbook(tmp_path / "contacts.xlsx") as book:
        page = book.add_worksheet("Contacts")
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    with zipfile.ZipFile(tmp_path / "contacts.zip", "w") as archive:
        archive.write(contacts, "contacts.csv")
    found = []
    for name in ("contacts.csv", "contacts.xlsx", "contacts.zip"):
        run = auditor("audit", f"people={name}", "--out", name + ".out", "--as-of", "2026-11-01")
        found.append((run.code, _told(tmp_path / (name + ".out"))))
    assert found[0] == found[1] == found[2]
