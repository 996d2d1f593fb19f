"""The inventory: which columns hold personal data, of which category, and on what evidence."""

from auditor.inventory.document import inventory_document
from auditor.inventory.take import take

__all__ = ["inventory_document", "take"]
