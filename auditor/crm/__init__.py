"""Which column is which idea: CRM profiles, recognition, and binding into the canonical relations."""
