"""What an expression is made of. Two expressions are equal if they say the same, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import NamedTuple, TypeAlias

from auditor.errors import ExpressionError


class Place(NamedTuple):
    """Where a part of an expression stands."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def error(self, what: str, do: str = "") -> ExpressionError:
        """An error at this place."""
        return ExpressionError(what, where=str(self), do=do)


@dataclass(frozen=True, slots=True)
class Node:
    """Any part of an expression."""

    at: Place = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A text between quotes: a code, a country, a date."""

    value: str


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number."""

    value: float


@dataclass(frozen=True, slots=True)
class Truth(Node):
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Param(Node):
    """`:name`, set by the rule and perhaps by the policy."""

    name: str


@dataclass(frozen=True, slots=True)
class Period(Node):
    """A number of hours, days, business days, weeks, months or years.

    A business day is one from Monday to Friday; with a country's `calendar`, one that is no public holiday there.
    """

    count: int
    unit: str
    calendar: str = ""


@dataclass(frozen=True, slots=True)
class Path(Node):
    """A field, or a field of what a reference leads to; `this` starts at the record the rule is about."""

    names: tuple[str, ...]
    this: bool = False

    def __str__(self) -> str:
        return ".".join((("this",) if self.this else ()) + self.names)


@dataclass(frozen=True, slots=True)
class AsOf(Node):
    """The date of the audit, its last instant."""


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function of `auditor/language/functions.py`."""

    name: str
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Shift(Node):
    """A time moved by a period; `sign` is 1 or -1."""

    time: Expr
    sign: int
    period: Length


@dataclass(frozen=True, slots=True)
class And(Node):
    """All parts hold."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """At least one part holds."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """The part does not hold."""

    part: Expr


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """Two values compared by `=`, `!=`, `<`, `<=`, `>` or `>=`."""

    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Among(Node):
    """A value is one of a list."""

    value: Expr
    options: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Between(Node):
    """A value lies between two others, both included."""

    value: Expr
    low: Expr
    high: Expr


@dataclass(frozen=True, slots=True)
class Missing(Node):
    """A value is not given."""

    value: Expr


@dataclass(frozen=True, slots=True)
class Older(Node):
    """A time lies more than a period before the date of the audit."""

    value: Expr
    period: Length


@dataclass(frozen=True, slots=True)
class Within(Node):
    """A time lies at most a period after (or before) another one, and not on its other side."""

    value: Expr
    period: Length
    after: bool
    anchor: Expr


@dataclass(frozen=True, slots=True)
class Has(Node):
    """A set contains a code."""

    value: Expr
    item: Expr


@dataclass(frozen=True, slots=True)
class Matches(Node):
    """A value fits a named pattern."""

    value: Expr
    pattern: str


@dataclass(frozen=True, slots=True)
class Exists(Node):
    """The record that a reference names is there."""

    path: Path


@dataclass(frozen=True, slots=True)
class Quantifier(Node):
    """`any`, `no` or `count` over the rows of a relation with the same keys; `count` is a number.

    A key is a dotted path, or `person`: whoever shares an e-mail address or phone number, in any source. `other` leaves
    the record itself out.
    """

    kind: str
    relation: str
    including_deleted: bool
    keys: tuple[str, ...]
    moment: Expr | None
    where: Expr | None
    other: bool = False


Length: TypeAlias = Period | Param | Call
"""A period written out, given by a parameter, or by a country's table."""

Expr: TypeAlias = (
    Text | Number | Truth | Param | Path | AsOf | Call | Shift | And | Or | Not | Compare | Among | Between | Missing
    | Older | Within | Has | Matches | Exists | Quantifier
)  # fmt: skip


def children(node: Node) -> Iterator[Node]:
    """The parts directly below a node."""
    for entry in fields(node):
        value = getattr(node, entry.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple) and entry.name != "at":
            yield from (part for part in value if isinstance(part, Node))


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def conjuncts(expr: Expr) -> tuple[Expr, ...]:
    """The parts that must all hold for an expression to hold; itself if it is no `and`."""
    return tuple(part for whole in expr.parts for part in conjuncts(whole)) if isinstance(expr, And) else (expr,)


def depth(node: Node) -> int:
    """How many levels deep the expression is; does not recurse, so that no input can exhaust the stack."""
    deepest, level = 0, [node]
    while level:
        deepest, level = deepest + 1, [child for parent in level for child in children(parent)]
    return deepest
