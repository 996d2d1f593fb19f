"""The inventory as a JSON document and as a record of processing in CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from auditor.inventory.lexicon import Lexicon, load_lexicon, split_name
from auditor.inventory.promise import interval, missed_below
from auditor.inventory.taxonomy import load_taxonomy
from auditor.model import CategoryFound, ColumnInventory, Inventory

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
                "prevalence_interval": [round(end, 3) for end in prevalence_interval(column, c)],
                "evidence": list(c.evidence),
            }
            for c in column.categories
        ],
    }


RECORD = (
    "source", "schema", "table", "column", "category", "title", "sensitivity", "flags", "confidence", "decision",
    "rows", "read", "filled", "prevalence", "prevalence_from", "prevalence_to", "values", "undetected_below",
    "evidence",
)  # fmt: skip
# What Art. 30(1)(a) to (g) asks for besides the categories of data; no detector knows most of it.
ARTICLE_30 = (
    "data_subjects", "controller", "controller_contact", "joint_controller", "data_protection_officer", "purposes",
    "recipients", "third_countries", "safeguards", "erasure_after", "security_measures",
)  # fmt: skip


def record_of_processing(inventory: Inventory, *, controller: str = "") -> str:
    """The data map as CSV, one line per category and column: a start for the record of processing (GDPR Art. 30).

    Whose data it is, the names of tables and columns say; what nobody can find in data is left empty, to be filled.
    """
    taxonomy, lexicon = load_taxonomy(), load_lexicon()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow((*RECORD, *ARTICLE_30))
    for column in inventory.columns:
        whose = _text(data_subjects(column.table, column.column, lexicon))
        for found in column.categories:
            category = taxonomy[found.category]
            writer.writerow([
                *map(_text, (column.source, column.schema, column.table, column.column)),
                category.key, category.title, category.level, " ".join(sorted(category.flags)),
                f"{found.confidence:.2f}", "personal" if found.confidence >= 0.5 else "needs review",
                column.rows, column.read, column.non_empty, f"{found.prevalence:.4f}",
                *(f"{end:.4f}" for end in prevalence_interval(column, found)),
                round(found.prevalence * column.non_empty), f"{undetected_below(column):.4f}",
                _text("; ".join(found.evidence)), whose, _text(controller), *[""] * (len(ARTICLE_30) - 2),
            ])  # fmt: skip
    return out.getvalue()


def data_subjects(table: str, column: str, lexicon: Lexicon) -> str:
    """The word for people in the name of a table, or else of a column: `contacts`, `patient`; perhaps none."""
    words = (*split_name(table, lexicon), *split_name(column, lexicon))
    return next((w for w in words if lexicon.has("persons", w)), "")


def undetected_below(column: ColumnInventory) -> float:
    """The share of a column's values below which, at 95 % confidence, lies what the sample did not meet."""
    return missed_below(_looked_at(column), column.non_empty)


def prevalence_interval(column: ColumnInventory, found: CategoryFound) -> tuple[float, float]:
    """Between which shares of a column's values, at 95 % confidence, a category's lies."""
    return interval(found.prevalence, found.looked_at or _looked_at(column), column.non_empty)


def _looked_at(column: ColumnInventory) -> int:
    return column.non_empty - (column.rows - column.read)


def _text(value: str) -> str:
    """A name that a spreadsheet would run as a formula is marked as text."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
