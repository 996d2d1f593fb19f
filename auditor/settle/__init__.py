"""Settling: how a text column of a source becomes columns of the stage, in which no raw personal value may rest.

`settle(column, spec, settler)` gives the stage columns of `auditor.tables.LAYOUT` for the spec's type. For all types: a
blank, a placeholder and a zero date are missing (`__given` false); what cannot be read is given without a value; an
identifier is a keyed hash; free text is only present or not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa

from auditor.errors import KnowledgeError
from auditor.settle.contacts import settle_email, settle_phone, settle_phone_by_country
from auditor.settle.places import resolve_region, settle_country, settle_region
from auditor.settle.spec import KINDS, Settled, Settler, SettleReport, SettleSpec
from auditor.settle.texts import (
    settle_code,
    settle_flag,
    settle_key,
    settle_name,
    settle_number,
    settle_presence,
    settle_secret,
    settle_set,
)
from auditor.settle.times import settle_birth, settle_time
from auditor.tables import END, GIVEN, REGION

__all__ = [
    "KINDS",
    "SettleReport",
    "SettleSpec",
    "Settled",
    "Settler",
    "resolve_region",
    "settle",
    "settle_phone_by_country",
    "stage_columns",
]

_TEXT, _FLAG, _TIME = pa.string(), pa.bool_(), pa.timestamp("us")
_COLUMNS: Mapping[str, tuple[tuple[str, pa.DataType], ...]] = {
    "key": (("", _TEXT),),
    "ref": (("", _TEXT),),
    "name": (("", _TEXT),),
    "code": (("", _TEXT), (GIVEN, _FLAG)),
    "secret": (("", _TEXT), (GIVEN, _FLAG)),
    "set": (("", pa.list_(_TEXT)), (GIVEN, _FLAG)),
    "flag": (("", _FLAG), (GIVEN, _FLAG)),
    "time": (("", _TIME), (END, _TIME), (GIVEN, _FLAG)),
    "birth": (("", pa.date32()), (GIVEN, _FLAG)),
    "country": (("", _TEXT), (GIVEN, _FLAG)),
    "region": (("", _TEXT), (GIVEN, _FLAG)),
    "number": (("", pa.float64()), (GIVEN, _FLAG)),
    "presence": (("", _FLAG),),
    "email": (("", _TEXT), (GIVEN, _FLAG)),
    "phone": (("", _TEXT), (REGION, _TEXT), (GIVEN, _FLAG)),
}
_SETTLE: Mapping[str, Callable[[pa.Array, SettleSpec, Settler], Settled]] = {
    "key": settle_key,
    "ref": settle_key,
    "name": settle_name,
    "code": settle_code,
    "secret": settle_secret,
    "set": settle_set,
    "flag": settle_flag,
    "time": settle_time,
    "birth": settle_birth,
    "country": settle_country,
    "region": settle_region,
    "number": settle_number,
    "presence": settle_presence,
    "email": settle_email,
    "phone": settle_phone,
}


def stage_columns(kind: str) -> tuple[tuple[str, pa.DataType], ...]:
    """Suffix and Arrow type of each stage column of a type; '' is the value itself."""
    try:
        return _COLUMNS[kind]
    except KeyError:
        raise KnowledgeError(f"{kind!r} is no type that a column can settle as.") from None


def settle(column: pa.Array | pa.ChunkedArray, spec: SettleSpec, settler: Settler) -> Settled:
    """The stage columns of a text column, in the order of `stage_columns(spec.type)`."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    stage_columns(spec.type)
    return _SETTLE[spec.type](column, spec, settler)
