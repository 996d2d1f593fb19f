"""The privacy audit for CRM data."""

__version__ = "0.1.0"
