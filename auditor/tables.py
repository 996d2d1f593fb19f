"""How a canonical field lies in the stage: one table per relation in schema `rel`, whatever the source.

Every relation table has `source`, `row_id` (unique in the table), `key` and `deleted`, then the columns below for each
field. Three things are told apart: a value that is missing, one that is given but unreadable (value NULL, `__given`
true), and one that is known. A time is kept as its earliest and latest instant, so a day is not a midnight and "at some
unknown time up to the audit" can be said (earliest = TIMESTAMP '-infinity').
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateColumn
from sqlalchemy.sql.elements import quoted_name

from auditor.relations import Field, Relation

SCHEMA = "rel"
GIVEN, END, REGION = "__given", "__end", "__region"
ROW = "__row"
"""Number of a row within its staged table, so that which of several rows is picked does not depend on chance."""

_TEXT, _FLAG, _TIME = sa.String(), sa.Boolean(), sa.DateTime()

LAYOUT: Mapping[str, tuple[tuple[str, sa.types.TypeEngine[Any]], ...]] = {
    "key": (("", _TEXT),),
    "ref": (("", _TEXT),),
    "code": (("", _TEXT), (GIVEN, _FLAG)),
    "name": (("", _TEXT),),
    "set": (("", sa.ARRAY(_TEXT)), (GIVEN, _FLAG)),
    "flag": (("", _FLAG), (GIVEN, _FLAG)),
    "time": (("", _TIME), (END, _TIME), (GIVEN, _FLAG)),
    "birth": (("", sa.Date()), (GIVEN, _FLAG)),
    "country": (("", _TEXT), (GIVEN, _FLAG)),
    "region": (("", _TEXT), (GIVEN, _FLAG)),
    "number": (("", sa.Double()), (GIVEN, _FLAG)),
    "presence": (("", _FLAG),),
    "email": (("", _TEXT), (GIVEN, _FLAG)),
    "phone": (("", _TEXT), (REGION, _TEXT), (GIVEN, _FLAG)),
}


DISTINCT = frozenset({"key", "ref", "email", "phone"})
"""Types whose values are mostly told apart by every row: to look for what they share costs more than it saves."""
AS_IT_IS = {"compression": "uncompressed"}
"""The `info` of a column that the stage stores without trying to compress it."""


@compiles(CreateColumn, "duckdb")
def _created(element: CreateColumn, compiler: Any, **words: Any) -> str:
    text = str(compiler.visit_create_column(element, **words))
    how = element.element.info.get("compression")
    return f"{text} USING COMPRESSION {how}" if how else text


def field_columns(field: Field) -> list[sa.Column[object]]:
    """The columns of a field: its value first, then its companions."""
    return [
        sa.Column(quoted_name(field.name + suffix, quote=True), kind, info=stored(field.type, suffix))
        for suffix, kind in LAYOUT[field.type]
    ]


def stored(kind: str, suffix: str) -> dict[str, str]:
    """The `info` of the stage column with that suffix of a field or column of that type."""
    return AS_IT_IS if kind in DISTINCT and not suffix else {}


_MADE: dict[int, tuple[Relation, sa.Table]] = {}
"""Tables by the identity of their relation, which is kept so that no other one can take its place."""


def relation_table(relation: Relation) -> sa.Table:
    """The table of a relation in the stage; made once, for a rule names it many times."""
    if id(relation) not in _MADE:
        _MADE[id(relation)] = relation, _table(relation)
    return _MADE[id(relation)][1]


def _table(relation: Relation) -> sa.Table:
    return sa.Table(
        quoted_name(relation.name, quote=True),
        sa.MetaData(),
        sa.Column("source", _TEXT, nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("key", _TEXT, info=AS_IT_IS),
        sa.Column("deleted", _FLAG, nullable=False),
        *(column for field in relation.fields.values() for column in field_columns(field)),
        schema=SCHEMA,
    )
