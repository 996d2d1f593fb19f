"""The inventory as a JSON document and as a record of processing in CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from auditor.inventory.promise import missed_below
from auditor.inventory.taxonomy import load_taxonomy
from auditor.model import ColumnInventory, Inventory

SCHEMA_VERSION = "1"


def inventory_document(inventory: Inventory, source: str) -> dict[str, Any]:
    """The columns of one source as plain JSON values; no value of the data, only masked examples."""
    columns = [c for c in inventory.columns if c.source == source]
    return {
        "schema_version": SCHEMA_VERSION,
        "source": source,
        "examined": {
            "columns": len(columns),
            "with_values": sum(1 for c in columns if c.non_empty),
            "personal": sum(1 for c in columns if c.personal),
            "model": inventory.model,
            "seed": inventory.seed,
            "failures": [{"what": f.what, "why": f.why} for f in inventory.failures],
        },
        "columns": [_column(c) for c in columns],
    }


def _column(column: ColumnInventory) -> Mapping[str, Any]:
    return {
        "schema": column.schema,
        "table": column.table,
        "column": column.column,
        "type": column.type,
        "rows": column.rows,
        "read": column.read,
        "non_empty": column.non_empty,
        "undetected_below": round(undetected_below(column), 6),
        "examples": list(column.examples),
        "categories": [
            {
                "category": c.category,
                "confidence": round(c.confidence, 2),
                "prevalence": round(c.prevalence, 3),
                "evidence": list(c.evidence),
            }
            for c in column.categories
        ],
    }


RECORD = (
    "source", "schema", "table", "column", "category", "title", "sensitivity", "flags", "confidence", "decision",
    "rows", "read", "filled", "prevalence", "values", "undetected_below", "evidence",
)  # fmt: skip


def record_of_processing(inventory: Inventory) -> str:
    """The data map as CSV, one line per category and column: a start for the record of processing (GDPR Art. 30)."""
    taxonomy = load_taxonomy()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(RECORD)
    for column in inventory.columns:
        for found in column.categories:
            category = taxonomy[found.category]
            writer.writerow([
                *map(_text, (column.source, column.schema, column.table, column.column)),
                category.key, category.title, category.level, " ".join(sorted(category.flags)),
                f"{found.confidence:.2f}", "personal" if found.confidence >= 0.5 else "needs review",
                column.rows, column.read, column.non_empty, f"{found.prevalence:.4f}",
                round(found.prevalence * column.non_empty), f"{undetected_below(column):.4f}",
                _text("; ".join(found.evidence)),
            ])  # fmt: skip
    return out.getvalue()


def undetected_below(column: ColumnInventory) -> float:
    """The share of a column's values below which, at 95 % confidence, lies what the sample did not meet."""
    return missed_below(column.non_empty - (column.rows - column.read), column.non_empty)


def _text(value: str) -> str:
    """A name that a spreadsheet would run as a formula is marked as text."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
