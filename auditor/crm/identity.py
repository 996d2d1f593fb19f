"""Who is who across tables and systems: every e-mail address and phone number of a person as a row of `rel.identity`.

A profile may fill the relation from tables of its own; what it does not have is added from the persons themselves.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from auditor.relations import Relations
from auditor.tables import GIVEN, REGION, relation_table


def build_identity(connection: sa.Connection, relations: Relations) -> int:
    """Adds the main address and number of every person that `rel.identity` lacks, and says how many rows it added.

    One identifier is one row. A row that is there already, live or deleted, is left as it is. What cannot be read has
    no hash, so it identifies nobody and is not added.
    """
    added = 0
    for name in ("email", "phone"):
        added += _add(connection, relations, name)
    return added


def _add(connection: sa.Connection, relations: Relations, name: str) -> int:
    identity, subject = relation_table(relations["identity"]), relation_table(relations["subject"])
    i, s = identity.c, subject.c
    last = sa.select(sa.func.coalesce(sa.func.max(i.row_id), 0)).scalar_subquery()
    held = sa.select(i.source, i.subject_id, i[name]).where(i[name].is_not(None)).distinct().subquery("held")
    same = sa.and_(held.c.source == s.source, held.c.subject_id == s.key, held.c[name] == s[name])
    values: dict[str, Any] = {
        "source": s.source,
        "row_id": last + sa.func.row_number().over(order_by=s.row_id),
        "key": s.key,
        "deleted": s.deleted,
        "subject_id": s.key,
        name: s[name],
        name + GIVEN: sa.true(),
        "main": sa.true(),
        "main" + GIVEN: sa.true(),
    }
    if name == "phone":
        values[name + REGION] = s[name + REGION]
    # A companion that says "not given" must be false, not NULL.
    for field in relations["identity"].fields.values():
        companion = field.name + GIVEN
        if companion in i and companion not in values:
            values[companion] = sa.false()
    rows = (
        sa.select(*values.values())
        .select_from(subject.outerjoin(held, same))
        .where(s.key.is_not(None), s[name].is_not(None), held.c.source.is_(None))
    )
    before = _count(connection, identity)
    connection.execute(sa.insert(identity).from_select([i[column] for column in values], rows))
    return _count(connection, identity) - before


def _count(connection: sa.Connection, table: sa.Table) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
