"""The identity of a finding across audits: rule, source, relation and columns; never rows, values or wording."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable


def fingerprint(rule: str, source: str, relation: str, columns: Iterable[str]) -> str:
    """24 hexadecimal digits that are the same in every audit of the same place."""
    identity = json.dumps([rule, source, relation, sorted(set(columns))], ensure_ascii=False)
    return hashlib.sha256(identity.encode()).hexdigest()[:24]
