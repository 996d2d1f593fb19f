"""Binding: from sources and their profiles to the canonical relations in the stage, each table read once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from auditor.crm.blocks import Ground
from auditor.crm.catalogue import Mapped, fill_catalogue, fill_files
from auditor.crm.filling import Filled, Origin, lacking_of, origins_of, summarise
from auditor.crm.identity import build_identity
from auditor.crm.inferred import infer_profile
from auditor.crm.inferred_names import names
from auditor.crm.permission import build_permission
from auditor.crm.planning import Plan, plan, presence, unbound, used
from auditor.crm.profile import Profile
from auditor.crm.profiles import INFERRED, load_profiles, named_profile, recognise
from auditor.crm.regimes import count_countries, count_regimes, derive_regimes
from auditor.crm.register_binding import bind_registers
from auditor.crm.registers import open_registers, read_as
from auditor.crm.resolving import find_tables
from auditor.crm.staging import lookup_in, stage_tables
from auditor.crm.work import Needs, Work, insert, make_keys_unique
from auditor.errors import KnowledgeError
from auditor.jurisdictions import load_jurisdictions
from auditor.language import Context, last_instant
from auditor.model import Binding, BoundRelation, Fill, Inventory, ProfileUsed, Skipped, SourceInfo
from auditor.policy import Policy
from auditor.relations import Relations, load_relations
from auditor.settle import Settler
from auditor.sources import Source
from auditor.stage import Stage, stage_errors
from auditor.tables import relation_table

Progress = Callable[[str], None] | None
_SUBJECT = frozenset({"country", "region", "email", "phone"})
"""Fields of a subject that regimes and identity rest on, whether or not a rule reads them."""
_DERIVED = {"permission": ("consent", "suppression"), "identity": ("identity", "subject")}
_CATALOGUE = ("field", "table")


def bind(
    sources: Sequence[Source],
    inventory: Inventory,
    stage: Stage,
    *,
    policy: Policy,
    as_of: date | datetime,
    key: bytes,
    needs: Needs | None = None,
    profile: str | None = None,
    progress: Progress = None,
) -> Binding:
    """Fills every relation of the stage. Raises KnowledgeError for a wrong profile name or a profile with a mistake."""
    relations, facts = load_relations(), load_jurisdictions()
    moment = as_of if isinstance(as_of, datetime) else last_instant(as_of)
    tables = make_relations(stage.connection, relations)
    work = Work(stage, tables, relations, Settler(key, facts), Context(moment, relations, facts), expanded(needs))
    used_profiles = []
    summaries: list[Callable[[Filled], BoundRelation]] = []
    for source in sources:
        chosen, entry = choose(source.info, inventory, policy.profiles.get(source.info.name) or profile)
        used_profiles.append(entry)
        if progress is not None:
            progress(f"Reading {source.info.name} as {entry.title or 'tables of no known CRM'}")
        if chosen is not None:
            rows = {c.table: c.rows for c in inventory.columns if c.source == source.info.name}
            summaries += _bind_source(source, chosen, policy.time_zones.get(source.info.name, ""), rows, progress, work)
    filled = work.filled()
    work.bound += [summary(filled) for summary in summaries]
    if progress is not None:
        progress("Deriving permissions, identities and regimes")
    infos = [source.info for source in sources]
    build_identity(stage.connection, relations)
    registers, about = open_registers(policy, relations), [info.name for info in infos]
    for name in set(registers.sources) & set(about):
        do = "Name it otherwise: NAME=PATH, or its key under `sources`."
        raise KnowledgeError(f"A source is called {name!r}, which is what the report calls the policy's own.", do=do)
    read = bind_registers(registers, about, work, progress, completing=True)
    derive_regimes(stage, tables["subject"], policy, facts)
    read += bind_registers(registers, about, work, progress, completing=False)
    _derive(work, infos, inventory)
    subject = tables["subject"]
    live = sa.select(sa.func.count()).select_from(subject).where(sa.not_(subject.c.deleted))
    return Binding(
        profiles=(*used_profiles, *(ProfileUsed(place, "", *read_as(place)) for place in registers.sources)),
        relations=tuple(work.bound),
        countries=count_countries(stage.connection, subject),
        regimes=count_regimes(stage.connection, subject),
        people=stage.connection.execute(live).scalar_one(),
        failures=tuple(dict.fromkeys(work.failures)),
        registers=tuple(source.info for source in registers.sources.values()),
        registers_read=tuple(read),
        staged=work.read,
        homes=tuple(work.homes.items()),
    )


def make_relations(connection: sa.Connection, relations: Relations) -> dict[str, sa.Table]:
    """Every canonical relation as an empty table."""
    tables = {name: relation_table(relation) for name, relation in relations.relations.items()}
    with stage_errors(where="rel"):
        for table in tables.values():
            connection.execute(CreateTable(table, if_not_exists=True))
    return tables


def expanded(needs: Needs | None) -> Needs | None:
    """What rules read, with what derived relations and the counts of people rest on; None for everything."""
    if needs is None:
        return None
    every = load_relations()
    wide = dict(needs)
    wide["subject"] = wide.get("subject", frozenset()) | _SUBJECT
    wide["identity"] = frozenset(every["identity"].fields)
    if "permission" in wide:
        wide |= {name: frozenset(every[name].fields) for name in _DERIVED["permission"]}
    return wide


def choose(info: SourceInfo, inventory: Inventory, asked: str | None) -> tuple[Profile | None, ProfileUsed]:
    """The profile a source is read with, and why: the one asked for, the one it fits, or one inferred from names."""
    profiles = load_profiles()
    alternatives: tuple[str, ...] = ()
    if asked and asked != INFERRED:
        found: Profile | None = named_profile(asked, profiles)
        reason = "it was asked for"
    elif asked == INFERRED:
        found, reason = None, "it was asked for"
    else:
        found, reason, alternatives = recognise(info, profiles)
    if found is None:
        found, why = infer_profile(info, inventory)
        reason = f"{reason}; {why}"
    if found is None:
        return None, ProfileUsed(info.name, "", "", reason)
    mapped = {block.relation: block.place for block in reversed(found.blocks)}
    return found, ProfileUsed(info.name, found.name, found.title, reason, found.versions, alternatives, mapped)


def _bind_source(
    source: Source, profile: Profile, zone: str, rows: Mapping[str, int], progress: Progress, work: Work
) -> list[Callable[[Filled], BoundRelation]]:
    """Fills the relations from one source; what came of each can be told once all sources are read."""
    name = source.info.name
    found = find_tables(profile, source.info, lookup_in(source, work.failures))
    if not found:
        why = f"None of the tables that the profile {profile.name} maps is in it. Leave out --profile, or name another."
        work.failures.append(Skipped(name, why, gap=True))
    there = presence(profile, found)
    applying = [b for b in profile.blocks if not any(table in found for table in b.without)]
    blocks = [b for b in applying if work.needs is None or b.relation in work.needs]
    wanted = {b.relation: None if work.needs is None else work.needs[b.relation] for b in blocks}

    def plans() -> list[Plan]:
        return [plan(b, profile, there, work.relations[b.relation], wanted[b.relation]) for b in blocks]

    staged = stage_tables(
        source, found, used(plans()), work.stage, work.settler, zone or profile.zone, rows=rows, progress=progress
    )
    work.failures += staged.failures
    work.read |= {(name, table): count for table, count in staged.read.items()}
    there = there.without(staged.broken)
    ready = plans()
    ground = Ground(profile, there, staged.tables, work.context, name)
    given = [entry for entry in ready if not entry.absent and insert(entry, ground, work)]
    summaries: list[Callable[[Filled], BoundRelation]] = []
    for relation in dict.fromkeys(b.relation for b in blocks):
        mine = [entry for entry in ready if entry.block.relation == relation]
        make_keys_unique(work, relation, name)
        absent = [name for entry in mine for name in entry.absent]
        lacking = lacking_of(mine)
        unreadable = staged.failures if any(fill is Fill.UNREADABLE for fill, _ in lacking.values()) else ()
        summary = partial(
            summarise, relation=work.relations[relation], source=name, lacking=lacking,
            reason=unbound(absent, there)[1] if absent else "",
            origins=origins_of(mine, given, profile, found), unreadable=unreadable,
        )  # fmt: skip
        summaries.append(summary)
    work.mapped[name] = Mapped.of(profile, found)
    if not work.stage.resumable:  # an interrupted run would need them again
        for entry_name in staged.tables:
            work.stage.drop(f"{name}.{entry_name}")
    return summaries


def _derive(work: Work, infos: Sequence[SourceInfo], inventory: Inventory) -> None:
    """Permission from what was bound; the catalogue from inventory and sources."""
    connection = work.stage.connection
    homes = {b.relation: {p: h for p, h in work.homes.items() if (p, b.relation) in _held(work)} for b in work.bound}
    build_permission(connection, replace(work.context, homes=homes))
    fill_catalogue(work.stage, work.tables["field"], work.tables["table"], infos, inventory, work.mapped, names())
    with_files = fill_files(work.stage, work.tables["file"], infos)
    filled = work.filled()
    work.bound = [_with_regimes(b, work, filled) if b.relation == "subject" else b for b in work.bound]
    for info in infos:
        for relation, parents in _DERIVED.items():
            _summarise_derived(work, filled, info.name, relation, parents)
        for relation in _CATALOGUE:
            fields = work.relations[relation].fields
            origins = {name: Origin(("inventory",)) for name in fields}
            work.bound.append(summarise(filled, work.relations[relation], info.name, origins, {}))
        if info.name in with_files:
            modes = {"world_readable": Origin(("file modes",))}
            work.bound.append(summarise(filled, work.relations["file"], info.name, modes, {}))


def _held(work: Work) -> frozenset[tuple[str, str]]:
    return frozenset((bound.source, bound.relation) for bound in work.bound)


def _with_regimes(bound: BoundRelation, work: Work, filled: Filled) -> BoundRelation:
    """The subject's summary again, now that regimes are derived from country and state."""
    fields = bound.fields
    origins = {n: Origin(f.origin, f.verified) for n, f in fields.items() if f.fill in (Fill.FILLED, Fill.EMPTY)}
    lacking = {n: (f.fill, f.reason) for n, f in fields.items() if n not in origins}
    base = [origins[n] for n in ("country", "region") if n in origins]
    if base:
        origins["regimes"] = Origin(tuple(c for o in base for c in o.columns), base[0].verified)
    elif "regimes" not in origins:
        why = "it follows from the person's country, which is not mapped; the policy's establishments would give it too"
        lacking["regimes"] = (Fill.NOT_MAPPED, why)
    return summarise(
        filled, work.relations["subject"], bound.source, origins, lacking, reason=bound.reason,
        unreadable=bound.unreadable,
    )  # fmt: skip


def _summarise_derived(work: Work, filled: Filled, source: str, relation: str, parents: tuple[str, ...]) -> None:
    about = [source, *(place for place, home in work.homes.items() if home == source)]
    rests_on = [b for b in work.bound if b.source in about and b.relation in parents]
    work.bound = [b for b in work.bound if not (b.source == source and b.relation == relation)]
    origins: dict[str, Origin] = {}
    lacking: dict[str, tuple[Fill, str]] = {}
    fields = work.relations[relation].fields
    for parent in rests_on:
        for name, bound in parent.fields.items():
            target = {"event_at": "starts_at", "since": "starts_at", "valid_until": "ends_at"}.get(name, name)
            if target not in fields:
                continue
            if bound.fill in (Fill.FILLED, Fill.EMPTY):
                before = origins.get(target, Origin())
                columns = dict.fromkeys((*before.columns, *bound.origin))
                mark = "M" if "M" in (before.verified, bound.verified) else bound.verified
                origins[target] = Origin(tuple(columns), mark)
            elif bound.fill is Fill.UNREADABLE:
                lacking[target] = (bound.fill, bound.reason)
    if relation == "permission" and origins:
        every = tuple(dict.fromkeys(c for o in origins.values() for c in o.columns))
        origins |= {name: Origin(every) for name in ("starts_at", "ends_at") if name not in origins}
    if relation == "identity" and (origins or any(b.relation == "subject" for b in rests_on)):
        origins.setdefault("subject_id", Origin(tuple(c for o in origins.values() for c in o.columns)))
    reason = "; ".join(b.reason for b in rests_on if b.reason)
    derived = summarise(
        filled, work.relations[relation], source, origins, lacking,
        reason=reason or f"nothing that {relation} is derived from is mapped",
        unreadable=tuple(dict.fromkeys(u for b in rests_on for u in b.unreadable)),
    )  # fmt: skip
    if relation == "permission" and derived.rows:
        # "Since an unknown time" and "until further notice" are bounds like any other, not empty fields.
        bounds = {name: replace(derived.fields[name], fill=Fill.FILLED, reason="") for name in ("starts_at", "ends_at")}
        derived = replace(derived, fields={**derived.fields, **bounds})
    work.bound.append(derived)
