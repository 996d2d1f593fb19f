"""The inventory as the JSON document that `auditor inventory SOURCE --format json` prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
