"""The policy's sections and the register files it names, opened as tables whose columns are fields of relations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from auditor.crm.inferred_names import plain
from auditor.crm.profile import Block, ColumnSpec, ColumnType, FieldSpec, Fingerprint, Profile, TableSpec
from auditor.errors import AuditError, SourceError
from auditor.knowledge import nearest
from auditor.language import Expr, syntax
from auditor.model import ColumnInfo, Skipped, SourceInfo, TableInfo
from auditor.policy import Policy
from auditor.policy_registers import ADDRESSES, DELETED, KEY, NAME, Entry, Register, field_of, fields_of, spec_of
from auditor.relations import Relation, Relations
from auditor.settle.spec import SettleSpec
from auditor.sources.content import Content
from auditor.sources.files import FileSource, FileTable
from auditor.sources.folder import table_name
from auditor.sources.kinds import TableFile, cannot_read, open_tables, recognise

POLICY, REGISTERS = "policy", "registers"
"""The places in which rules about them are judged."""
_AT = syntax.Place("auditor.yaml", 1, 1)
_ALIAS = "r"
_ONE_FILE = "A register is one file: CSV, TSV, JSON, Parquet or a workbook"


@dataclass(frozen=True, slots=True)
class OpenRegister:
    """One table that fills a relation: `columns` gives the table's column for each field it has."""

    relation: Relation
    place: str
    table: TableInfo
    columns: Mapping[str, str]
    types: Mapping[str, SettleSpec]
    zone: str = ""
    of: str = ""

    @property
    def resolves(self) -> tuple[str, ...]:
        """References that lead to a person or account: by a key of the CRM, or by an address."""
        by_address = any(name in self.columns and name not in self.relation.fields for name in ADDRESSES)
        if self.relation.completes:
            return (KEY,)
        refs = [f for f in self.relation.fields.values() if f.type == "ref"]
        return tuple(
            f.name for f in refs
            if f.name in self.columns or (by_address and f.name == self.relation.subject_field)
        )  # fmt: skip

    def profile(self, name: str) -> Profile:
        """How it is bound: one table called `name`, one block."""
        columns = {
            known: ColumnSpec(known, ColumnType(self.types[known]), (physical,))
            for known, physical in self.columns.items()
        }
        for known in self.resolves:
            columns.setdefault(known, ColumnSpec(known, ColumnType(SettleSpec("key")), ()))
        told = (*ADDRESSES, "regimes") if self.relation.completes else ()
        filled = [known for known in self.relation.fields if known in columns and known not in told]
        block = Block(
            relation=self.relation.name, table=name, alias=_ALIAS, joins=(), where=None, key=self._key(),
            deleted=_path(DELETED) if DELETED in self.columns else None,
            fields={known: FieldSpec(known, (_path(known),)) for known in filled}, place=self.table.name,
        )  # fmt: skip
        table = TableSpec(name, (self.table.name,), columns)
        return Profile(self.place, self.place, "", "", Fingerprint(), {name: table}, (block,))

    def _key(self) -> tuple[Expr, ...]:
        own = _path(KEY if KEY in self.columns or self.relation.completes else "row_number")
        return (own,) if self.place == POLICY or self.relation.completes else (syntax.Text(_AT, self.table.name), own)


@dataclass(slots=True)
class Registers:
    """All that could be opened, by the place it is judged in, and what could not be."""

    sources: dict[str, FileSource] = field(default_factory=dict)
    opened: list[OpenRegister] = field(default_factory=list)
    broken: list[tuple[str, str, Skipped]] = field(default_factory=list)
    """Place, relation and why."""


def open_registers(policy: Policy, relations: Relations) -> Registers:
    """Opens everything the policy states or names. What cannot be read becomes a gap, never an error."""
    found = Registers()
    sections = [_section(relations[name], entries) for name, entries in policy.entries.items()]
    if sections:
        found.sources[POLICY] = _source(POLICY, policy.file, {table.info.name: table for table, _ in sections})
        found.opened += [opened for _, opened in sections]
    tables: dict[str, FileTable] = {}
    paths: dict[str, Path] = {}
    skipped: list[Skipped] = []
    for register in policy.registers:
        relation = relations[register.relation]
        name = _free(table_name(Path(register.shown).name), tables)
        try:
            tables[name], opened = _register(register, name, relation, relations)
        except AuditError as error:
            gap = Skipped(f"{REGISTERS}.{name}", f"{error.what} {error.do}".strip(), gap=True)
            found.broken.append((REGISTERS, relation.name, gap))
            skipped.append(gap)
        else:
            found.opened.append(opened)
            paths[name] = register.path
    if policy.registers:
        found.sources[REGISTERS] = _source(REGISTERS, policy.file, tables, skipped, paths)
    return found


def read_as(place: str) -> tuple[str, str]:
    """What the report says that a place is, and how it was read."""
    if place == POLICY:
        return "What the policy states", "its sections have the names of relations, its entries those of their fields"
    return "Register files", "their columns are taken for fields as the policy says, else by their names"


def _source(
    name: str,
    file: str,
    tables: Mapping[str, FileTable],
    skipped: Sequence[Skipped] = (),
    paths: Mapping[str, Path] | None = None,
) -> FileSource:
    info = SourceInfo(name, name, file, tuple(t.info for t in tables.values()), skipped=tuple(skipped))
    return FileSource(info, tables, paths or {})


def _free(name: str, taken: Mapping[str, object]) -> str:
    number = 1
    while (free := name if number == 1 else f"{name}_{number}") in taken:
        number += 1
    return free


def _path(name: str) -> Expr:
    return syntax.Path(_AT, (_ALIAS, name))


# --- sections ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Section:
    """A section of the policy, read like a file."""

    info: TableInfo
    rows: Sequence[Mapping[str, str]]
    unread: int = 0

    def read(self, columns: Sequence[str], batch_rows: int) -> Iterator[pa.RecordBatch]:
        """See FileTable."""
        for start in range(0, len(self.rows), batch_rows):
            part = self.rows[start : start + batch_rows]
            arrays = [pa.array([row.get(name) for row in part], pa.string()) for name in columns]
            yield pa.RecordBatch.from_arrays(arrays, list(columns))


def _section(relation: Relation, entries: tuple[Entry, ...]) -> tuple[_Section, OpenRegister]:
    """Every field is a column: what an entry leaves out is missing, not unknown."""
    fields = [name for name in fields_of(relation) if name in relation.fields or _given(name, entries)]
    rows = [{**entry.values, KEY: entry.name or str(number)} for number, entry in enumerate(entries, 1)]
    told = tuple(ColumnInfo(name) for name in (KEY, *fields))
    line = min((entry.line for entry in entries), default=1)
    info = TableInfo(relation.section, told, rows=len(rows), line=line)
    types = {name: spec_of(field_of(relation, name)) for name in fields}
    types[KEY] = SettleSpec(NAME)  # what the policy calls a thing is the organisation's own word for it
    columns = {name: name for name in (KEY, *fields)}
    if relation.subject_field and not any(relation.subject_field in entry.values for entry in entries):
        columns.pop(relation.subject_field, None)
    return _Section(info, rows), OpenRegister(relation, POLICY, info, columns, types)


def _given(name: str, entries: tuple[Entry, ...]) -> bool:
    return any(name in entry.values for entry in entries)


# --- files ---------------------------------------------------------------------------------------------------


class _Register:
    """A register file with the columns that hold one text in every row."""

    def __init__(self, table: FileTable, every: Mapping[str, str], notes: Sequence[str]) -> None:
        self._table = table
        self._every = every
        added = tuple(ColumnInfo(name) for name in every)
        self.info = replace(
            table.info, columns=(*table.info.columns, *added), notes=(*table.info.notes, *notes)
        )  # fmt: skip

    @property
    def unread(self) -> int:
        """See FileTable."""
        return self._table.unread

    def read(self, columns: Sequence[str], batch_rows: int) -> Iterator[pa.RecordBatch]:
        """See FileTable."""
        own = [name for name in columns if name not in self._every] or [self._table.info.columns[0].name]
        for batch in self._table.read(own, batch_rows):
            arrays = [
                pa.array([self._every[name]] * batch.num_rows, pa.string())
                if name in self._every
                else batch.column(name)
                for name in columns
            ]
            yield pa.RecordBatch.from_arrays(arrays, list(columns))


def _register(
    register: Register, name: str, relation: Relation, relations: Relations
) -> tuple[_Register, OpenRegister]:
    try:
        if register.path.exists() and not register.path.is_file():
            raise SourceError("This is not a regular file.", do=f"{_ONE_FILE}.")
        kind = recognise(Content(register.path))
        if kind.name in ("sqlite", "zip"):
            raise SourceError(f"{_ONE_FILE}.", do="Name such a file.")
        tables = open_tables(TableFile(Content(register.path), kind, name, register.shown)).tables
        if len(tables) > 1:
            names = ", ".join(one.info.name for one in tables[:5])
            raise SourceError(f"The register has several sheets: {names}.", do="Save one in a file of its own.")
        table = tables[0]
    except OSError as error:
        raise cannot_read(register.path, error) from None
    columns, notes = _matched(register, table.info, relation, relations)
    every = {f"every row: {known}": text for known, text in register.every.items()}
    columns |= {known: f"every row: {known}" for known in register.every}
    types = {known: register.types.get(known) or spec_of(field_of(relation, known)) for known in columns}
    whole = _Register(table, every, notes)
    return whole, OpenRegister(relation, REGISTERS, whole.info, columns, types, register.zone, register.of)


def _matched(
    register: Register, info: TableInfo, relation: Relation, relations: Relations
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The file's column for each field: as the policy says, else by name; and what of it was not said, in words."""
    there = [column.name for column in info.columns]
    spelled = {plain(name): name for name in there}
    found: dict[str, str] = {}
    for known, wanted in register.columns.items():
        if wanted not in there:
            hint = nearest(wanted, there) or f"Its columns: {', '.join(there[:20])}."
            raise SourceError(f"The register has no column {wanted[:60]!r}.", do=hint)
        found[known] = wanted
    free = [n for n in fields_of(relation) if n not in found and n not in register.every]
    by_name: dict[str, str] = {}
    for spellings in (_own_names, relations.column_names.get):
        for known in free:
            used = {*found.values(), *by_name.values()}
            asked = f"{relation.name}_id" if relation.completes and known == KEY else known
            for text in (plain(t) for t in (*(spellings(asked) or ()), *(spellings(known) or ()))):
                if known not in by_name and text in spelled and spelled[text] not in used:
                    by_name[known] = spelled[text]
    if not set(found | by_name) - {KEY, DELETED}:
        fields = ", ".join(relation.fields)
        raise SourceError(
            f"No column of the register is known as a field of {relation.name} ({fields}).",
            do=f"Its columns: {', '.join(there[:20])}. Say which is which under `columns`.",
        )
    if relation.completes and not set(found | by_name) & {KEY, *ADDRESSES}:
        raise SourceError(
            f"No column of the register says which {relation.name} a row is about.",
            do=f"Its columns: {', '.join(there[:20])}. Name the one with the CRM's key: `columns: {{key: COLUMN}}`.",
        )
    notes = []
    differing = [f"{known} = {column}" for known, column in by_name.items() if plain(column) != plain(known)]
    if differing:
        notes.append(f"columns taken for fields by their names: {', '.join(differing)}")
    unused = [name for name in there if name not in (*found.values(), *by_name.values())]
    if unused:
        notes.append(f"columns not used: {', '.join(unused[:20])}")
    return found | by_name, tuple(notes)


def _own_names(known: str) -> tuple[str, ...]:
    return known, known.removesuffix("_at").removesuffix("_id")
