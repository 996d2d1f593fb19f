"""Which privacy laws apply to whom: from the person's country and state, and where the controller is established."""

from __future__ import annotations

import pyarrow as pa
import sqlalchemy as sa

from auditor.jurisdictions import Jurisdictions
from auditor.policy import Policy
from auditor.stage import Stage, stage_errors

_TABLE = "regimes of places"
AT_ONCE = 500_000
"""Rows that are changed together: the engine writes a row with a list anew, and holds what it wrote until the end."""


def derive_regimes(stage: Stage, subject: sa.Table, policy: Policy, facts: Jurisdictions) -> None:
    """Fills `subject.regimes`; left unknown where neither country nor state nor establishment tells.

    A country whose text cannot be read is unknown, and a state that stands alone still tells its country.
    """
    everywhere = tuple(
        name
        for name, regime in facts.regimes.items()
        if regime.establishment and any(country in regime.countries for country in policy.establishments)
    )
    places = stage.connection.execute(sa.select(subject.c.country, subject.c.region).distinct()).all()
    rows = [(country, region, _of(country, region, everywhere, policy, facts)) for country, region in places]
    columns = {
        "country": pa.array([country or "" for country, _, _ in rows], pa.string()),
        "region": pa.array([region or "" for _, region, _ in rows], pa.string()),
        "regimes": pa.array([regimes for _, _, regimes in rows], pa.list_(pa.string())),
    }
    batch = pa.RecordBatch.from_pydict(columns)
    stage.load(_TABLE, batch.schema, [batch])
    found = stage.table(_TABLE)
    change = (
        sa.update(subject)
        .values({"regimes": found.c.regimes, "regimes__given": found.c.regimes.is_not(None)})
        .where(sa.func.coalesce(subject.c.country, "") == found.c.country)
        .where(sa.func.coalesce(subject.c.region, "") == found.c.region)
    )
    row = subject.c.row_id
    with stage_errors(where="subject.regimes"):
        last = stage.connection.execute(sa.select(sa.func.max(row))).scalar() or 0
        for first in range(0, last + 1, AT_ONCE):
            stage.connection.execute(change.where(row >= first, row < first + AT_ONCE))


def _of(
    country: str | None, region: str | None, everywhere: tuple[str, ...], policy: Policy, facts: Jurisdictions
) -> list[str] | None:
    here = country or (region.partition("-")[0] if region else "")
    if here:
        # A state of another country than the one stated is a contradiction: the country counts, and a rule lists it.
        fitting = region if region and region.startswith(f"{here}-") else ""
        return sorted({*facts.regimes_of(here, fitting), *everywhere})
    if everywhere:
        return sorted(everywhere)
    return [policy.unknown_jurisdiction] if policy.unknown_jurisdiction else None


def count_regimes(connection: sa.Connection, subject: sa.Table) -> tuple[tuple[str, int], ...]:
    """Regimes and the number of live subjects under each, the most first."""
    regime = sa.func.unnest(subject.c.regimes).label("regime")
    each = sa.select(regime).where(sa.not_(subject.c.deleted)).subquery()
    rows = connection.execute(sa.select(each.c.regime, sa.func.count()).group_by(each.c.regime)).all()
    return tuple(sorted(((name, count) for name, count in rows), key=lambda row: (-row[1], row[0])))


def count_countries(connection: sa.Connection, subject: sa.Table) -> tuple[tuple[str, int], ...]:
    """Countries (empty: unknown) and the number of live subjects in each, the most first."""
    country = sa.func.coalesce(subject.c.country, "")
    live = sa.select(country, sa.func.count()).where(sa.not_(subject.c.deleted))
    rows = connection.execute(live.group_by(country)).all()
    return tuple(sorted(((name, count) for name, count in rows), key=lambda row: (-row[1], row[0])))
