"""The invented result with every text replaced by something that tries to do harm."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from auditor.model import AuditResult
from tests.writers.samples import realistic_result

HOSTILE = (
    "</script><script>alert(1)</script>",
    '" onmouseover="alert(1)" x="',
    "'><img src=https://evil.example/x.png onerror=alert(1)>",
    "</style></title></template><svg onload=alert(1)>",
    '=HYPERLINK("https://evil.example";"x")',
    "\x1b[31mred\x1b]0;title\x07\x00",
    "abc\u202edcba\u2066\u200f",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% include '/etc/passwd' %}",
    'order 用户 "quoted" `tick`',
    "lone \ud800 surrogate \U000e0041 tag",
    "e" + "\u0301" * 300,
)


LONG = "N" * 100_000


def hostile_result() -> AuditResult:
    """The realistic result with every free text replaced by something that tries to do harm."""
    poisoned: AuditResult = _poison(realistic_result(), [0])
    return poisoned


def _poison(value: Any, turn: list[int]) -> Any:
    if isinstance(value, Enum) or value is None:
        return value
    if isinstance(value, str):
        turn[0] += 1
        return LONG if turn[0] % 97 == 0 else HOSTILE[turn[0] % len(HOSTILE)]
    if isinstance(value, tuple):
        return tuple(_poison(entry, turn) for entry in value)
    if isinstance(value, dict):
        return {_poison(key, turn): _poison(entry, turn) for key, entry in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return type(value)(**{f.name: _poison(getattr(value, f.name), turn) for f in fields(value)})
    return value
