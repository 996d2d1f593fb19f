"""The inventory: which columns hold personal data, of which category, and on what evidence."""

from auditor.inventory.document import inventory_document, record_of_processing
from auditor.inventory.take import take

__all__ = ["inventory_document", "record_of_processing", "take"]
