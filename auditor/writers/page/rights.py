"""The picture of who sees what: roles by what they may do, and by the kinds of record they may do it to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from auditor.model import Holder
from auditor.writers.page.datamap import DataMap, Heading
from auditor.writers.page.words import number, plural

_OPERATIONS = ("view", "search", "edit", "create", "delete", "export")
_HEAT: Mapping[str, int] = {"all": 5, "export": 5, "delete": 4, "edit": 3, "create": 3}
_WIDEST = ("all", "team", "own", "")
_SHOWN, _OBJECTS = 30, 8


@dataclass(frozen=True, slots=True)
class ObjectHeading:
    """A kind of record that rights are given on, and the personal data that its table holds, if it is known."""

    title: str
    holds: str


@dataclass(frozen=True, slots=True)
class Reach:
    """The rights on a kind of record that reach furthest, with on whose records, and how dark the cell is."""

    rights: tuple[tuple[str, str], ...]
    heat: int


@dataclass(frozen=True, slots=True)
class HolderRow:
    """Who has a right; a cell is the widest scope per operation, None where there is none."""

    title: str
    source: str
    note: str
    users: int
    active: int
    cells: tuple[str | None, ...]
    reach: tuple[Reach | None, ...]
    """Per object shown."""


@dataclass(frozen=True, slots=True)
class RightsPicture:
    """Roles and direct grants by operation."""

    said: str
    operations: tuple[str, ...]
    rows: tuple[HolderRow, ...]
    rest: tuple[HolderRow, ...]
    objects: tuple[ObjectHeading, ...]
    """Kinds of record for which rights are known, those with personal data first."""
    left_out: int
    """Objects that are not shown."""

    @property
    def sources(self) -> int:
        """How many sources they are from."""
        return len({row.source for row in (*self.rows, *self.rest)})


def rights_picture(holders: Sequence[Holder], tables: DataMap) -> RightsPicture:
    """Roles by operation, and by the kinds of record they reach."""
    kinds = {"administrators": 0, "direct": 1}
    ordered = sorted(holders, key=lambda h: (h.source, kinds.get(h.kind, 2), -_wide(h), -h.active, h.title))
    objects, left_out = _headings(holders, tables)
    rows = tuple(_holder(holder, objects) for holder in ordered if holder.rights)
    used = [n for n in range(len(_OPERATIONS)) if any(row.cells[n] is not None for row in rows)]
    rows = tuple(replace(row, cells=tuple(row.cells[n] for n in used)) for row in rows)
    operations = tuple(_OPERATIONS[n] for n in used)
    return RightsPicture(_rights_said(holders), operations, rows[:_SHOWN], rows[_SHOWN:], objects, left_out)


def _headings(holders: Sequence[Holder], tables: DataMap) -> tuple[tuple[ObjectHeading, ...], int]:
    """An object is taken for the table of the same name, however it is spelt, and holds what that table holds."""
    named = Counter(on for holder in holders for on, _, _ in holder.reach if on)
    holds = {row.table.rpartition(".")[2].casefold(): row for row in (*tables.rest, *tables.rows)}
    found = []
    for name in named:
        row = holds.get(name.casefold())
        cells = zip(tables.headings, row.cells, strict=True) if row else ()
        there = sorted((heading for heading, cell in cells if cell), key=lambda h: -h.sensitivity.level)
        found.append((-bool(row), -len(there), -named[name], name, there))
    shown = sorted(found)[:_OBJECTS]
    return tuple(ObjectHeading(name, _holding(there)) for *_, name, there in shown), len(found) - len(shown)


def _holding(headings: Sequence[Heading]) -> str:
    named = ", ".join(heading.title for heading in headings[:3])
    return f"{named} and {len(headings) - 3} more" if len(headings) > 3 else named


def _reached(holder: Holder, heading: ObjectHeading) -> Reach | None:
    rights = [(operation, scope) for on, operation, scope in holder.reach if on in ("", heading.title)]
    if not rights:
        return None
    heat = max(_HEAT.get(operation, 2) - (scope == "own") for operation, scope in rights)
    return Reach(tuple(("everything" if name == "all" else name, scope) for name, scope in rights), heat)


def _wide(holder: Holder) -> int:
    return sum(scope == "all" for _, scope, _ in holder.rights)


def _allows(holder: Holder, operation: str) -> str | None:
    scopes = {scope for name, scope, _ in holder.rights if name in (operation, "all")}
    return next((scope for scope in _WIDEST if scope in scopes), None if not scopes else "")


def _holder(holder: Holder, objects: Sequence[ObjectHeading]) -> HolderRow:
    note = {"administrators": "may do everything", "direct": "given to users directly"}.get(holder.kind, "")
    title = holder.title or ("Direct grants" if holder.kind == "direct" else "Role without a name")
    cells = tuple(_allows(holder, operation) for operation in _OPERATIONS)
    reach = tuple(_reached(holder, heading) for heading in objects)
    return HolderRow(title, holder.source, note, holder.users, holder.active, cells, reach)


def _rights_said(holders: Sequence[Holder]) -> str:
    admins = sum(h.active for h in holders if h.kind == "administrators")
    roles = [h for h in holders if h.kind == "role"]
    wide = {name: sum(_allows(h, name) == "all" for h in roles) for name in ("export", "delete")}
    are = "active administrator may" if admins == 1 else "active administrators may"
    said = f"{number(admins)} {are} do everything."
    if roles:
        said += f" Of {plural(len(roles), 'role')}, {wide['delete']} may delete and {wide['export']} may export"
        said += " the records of everybody."
    return said
