"""inventory.json: only what is personal, and where, for a record of processing."""

from __future__ import annotations

from pathlib import Path

from auditor.model import AuditResult, Inventory
from auditor.writers.audit_json import dump, inventory
from auditor.writers.files import Format, write_private


def write_inventory(result: AuditResult | Inventory, path: Path) -> None:
    """Writes the inventory of a result, or one taken without an audit. Raises ReportError if it cannot be written."""
    write_private(path, dump(inventory(result if isinstance(result, Inventory) else result.inventory)))


FORMAT = Format("inventory", "inventory.json", "only what is personal, and where", write_inventory)
