"""The language of rules and bindings: parsed, type-checked, lowered to SQLAlchemy Core, read aloud in English."""

from __future__ import annotations

from auditor.language.english import english
from auditor.language.frames import Frame
from auditor.language.functions import lookup
from auditor.language.lowering import lower_condition, lower_value
from auditor.language.parsing import parse, parse_period
from auditor.language.syntax import Expr, Path, Place
from auditor.language.values import Context, Facts, Scope, Value, last_instant, stage_value

__all__ = [
    "Context", "Expr", "Facts", "Frame", "Path", "Place", "Scope", "Value", "english", "last_instant", "lookup",
    "lower_condition", "lower_value", "parse", "parse_period", "stage_value",
]  # fmt: skip
