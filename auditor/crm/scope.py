"""What the names of a profile's expressions stand for: `alias.column` over staged tables, some of them absent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from auditor.crm.profile import ColumnSpec, ColumnType
from auditor.errors import ExpressionError
from auditor.knowledge import nearest
from auditor.language import Expr, Path, Value, lookup, stage_value, syntax
from auditor.language.values import Condition, text
from auditor.settle import SettleSpec
from auditor.tables import ROW

Columns = Callable[[str], sa.ColumnElement[Any]]
NUMBER = "row_number"
"""The name under which expressions may use it, for tables that have no key."""
_NUMBER = ColumnSpec(NUMBER, ColumnType(SettleSpec("key")), ())


@dataclass(frozen=True, slots=True)
class Alias:
    """A staged table under its name in a block. `column` gives a staged column; `present` names those there are."""

    table: str
    columns: Mapping[str, ColumnSpec]
    present: frozenset[str]
    column: Columns
    there: sa.ColumnElement[bool] | None = None
    """Whether a left-joined row is there."""
    sets: Mapping[str, sa.ColumnElement[Any]] = field(default_factory=dict)
    """Sets gathered by a `collect` join."""


@dataclass(frozen=True, slots=True)
class Columned:
    """The scope of a block."""

    aliases: Mapping[str, Alias]

    def resolve(self, path: Path) -> Value:
        """The value of `alias.column`."""
        alias, spec = self.find(path)
        name = path.names[1]
        if spec is None:
            gathered = alias.sets[name]
            return Value("set", gathered, gathered.is_not(None))
        if name == NUMBER and name not in alias.columns:
            number = sa.cast(alias.column(ROW), sa.String())
            return Value("key", number, number.is_not(None))
        if name not in alias.present:
            return _absent(spec)
        return stage_value(replace(spec.type.field, name=name), alias.column, alias.there)

    def exists(self, path: Path) -> Condition:
        """Whether a left join found a row. Raises ExpressionError if the path is not the alias of one."""
        alias = self.aliases.get(path.names[0]) if len(path.names) == 1 else None
        if alias is None or alias.there is None:
            raise path.at.error(
                f"{str(path)[:60]!r} is not the alias of a left join.", "Only a left join may have found no row."
            )
        return alias.there

    def find(self, path: Path) -> tuple[Alias, ColumnSpec | None]:
        """The alias and column a path names, None as column for a gathered set. Raises ExpressionError."""
        if len(path.names) != 2 or path.this:
            raise path.at.error(f"{str(path)[:60]!r} is not a column.", "Write alias.column.")
        alias_name, column = path.names
        if alias_name not in self.aliases:
            hint = nearest(alias_name, self.aliases) or f"Aliases here: {', '.join(self.aliases)}."
            raise path.at.error(f"There is no alias {alias_name[:40]!r} in this block.", hint)
        alias = self.aliases[alias_name]
        if column in alias.sets:
            return alias, None
        if column == NUMBER and column not in alias.columns:
            return alias, _NUMBER
        if column not in alias.columns:
            hint = nearest(column, [*alias.columns, *alias.sets])
            raise path.at.error(f"The table {alias.table!r} has no column {column[:40]!r} in this profile.", hint)
        return alias, alias.columns[column]

    def missing(self, expr: Expr) -> list[str]:
        """The `alias.column`s an expression rests on that the source lacks and that stand for nothing."""
        return [str(path) for path in paths(expr) if self._lacks(path)]

    def pruned(self, expr: Expr, lost: Mapping[str, list[str]]) -> Expr:
        """The expression without the arguments of `first` and `latest` that cannot be had; `lost` as in `through`."""
        if not isinstance(expr, syntax.Call) or not lookup(expr).any_of:
            return expr
        parts = tuple(self.pruned(argument, lost) for argument in expr.arguments)
        kept = tuple(part for part in parts if not self.missing(part) and not through(part, lost))
        if not any(True for part in kept for _ in names(part)):
            return expr  # what is left says the same of every row, so it tells nothing about any
        return kept[0] if len(kept) == 1 else replace(expr, arguments=kept)

    def _lacks(self, path: Path) -> bool:
        alias, spec = self.find(path)
        own = spec is not None and spec is not _NUMBER
        return own and path.names[1] not in alias.present and not spec.type.if_absent  # type: ignore[union-attr]


def _absent(spec: ColumnSpec) -> Value:
    stands_for = spec.type.if_absent
    if spec.type.spec.type == "flag":
        return Value("flag", sa.true() if stands_for == "true" else sa.false(), sa.true(), literal=stands_for == "true")
    return text(stands_for)


def paths(expr: Expr) -> Iterator[Path]:
    """Every column in an expression."""
    return (path for path in names(expr) if len(path.names) > 1)


def names(expr: Expr) -> Iterator[Path]:
    """Every column in an expression, and every alias of which it asks whether a row is there."""
    return (node for node in syntax.walk(expr) if isinstance(node, Path))


def through(expr: Expr | None, lost: Mapping[str, list[str]]) -> list[str]:
    """What the source lacks for the joins that an expression leads through; `lost` has it by alias."""
    found = () if expr is None else names(expr)
    return [lacking for path in found for lacking in lost.get(path.names[0], ())]


def equalities(on: Expr | None, inner: frozenset[str]) -> list[tuple[Path, Path]]:
    """The equalities of a join, the inner column first. Raises ExpressionError if it states anything else."""
    pairs: list[tuple[Path, Path]] = []
    if on is None:
        return pairs
    for part in on.parts if isinstance(on, syntax.And) else (on,):
        if (
            not isinstance(part, syntax.Compare)
            or part.operator != "="
            or not isinstance(part.left, Path)
            or not isinstance(part.right, Path)
        ):
            raise _unfit(part)
        left, right = part.left, part.right
        if (left.names[0] in inner) == (right.names[0] in inner):
            raise _unfit(part)
        pairs.append((left, right) if left.names[0] in inner else (right, left))
    return pairs


def _unfit(part: Expr) -> ExpressionError:
    return part.at.error(
        "`on` compares columns of the joined table with columns of tables before it.",
        "Write inner.column = outer.column; further conditions go to `where`.",
    )
