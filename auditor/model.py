"""The frozen types that travel between the stages of an audit. Imports nothing of ours.

Everything here can be pickled and compared, and none of it ever holds a raw personal value.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Severity(StrEnum):
    """How urgent a finding is: today, this month, this quarter, with the next change; info never gates."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the most urgent."""
        return list(Severity).index(self)


class State(StrEnum):
    """What became of a rule in one place. Across places the worst wins, in this order."""

    ERROR = "error"
    FAIL = "fail"
    NEEDS_REVIEW = "needs review"
    NOT_ASSESSED = "not assessed"
    PASS = "pass"  # noqa: S105 - a verdict
    NOT_APPLICABLE = "not applicable"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(State).index(self)


class RuleType(StrEnum):
    """Whether a machine decides, a person reviews what the machine points at, or a person attests."""

    AUTOMATIC = "automatic"
    REVIEW = "review"
    ATTESTATION = "attestation"


class Verified(StrEnum):
    """How a citation or schema fact was checked."""

    V1 = "V1"  # primary text seen
    V2 = "V2"  # secondary source seen
    V3 = "V3"  # article number matched, threshold not checked
    M = "M"  # from memory


# --- sources -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """A column as its source declares it; `type` is empty where a file declares none."""

    name: str
    type: str = ""
    comment: str = ""
    nullable: bool = True
    primary_key: bool = False
    references: str = ""
    """`table.column` of the foreign key, empty if there is none."""


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A table of a database or one file of an export; `rows` is None until it has been read or counted."""

    name: str
    columns: tuple[ColumnInfo, ...]
    schema: str = ""
    kind: str = "table"
    rows: int | None = None
    location: str = ""
    """Path of the file relative to its source, empty for a database table."""
    line: int = 1
    """Line of the file at which it begins."""
    notes: tuple[str, ...] = ()
    """What was detected: encoding, delimiter, header."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was not read. `gap` is true if it was in scope, so that the audit is incomplete."""

    what: str
    why: str
    gap: bool
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """One audited source. `location` is fit for display: no password."""

    name: str
    kind: str
    location: str
    tables: tuple[TableInfo, ...]
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()


# --- inventory ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CategoryFound:
    """One category of `rules/taxonomy.yaml` in one column. `prevalence` is the share of non-empty values read."""

    category: str
    confidence: float
    prevalence: float
    evidence: tuple[str, ...] = ()
    """Why, in words; never a value."""
    looked_at: int = 0
    """The number of values that the prevalence is a share of; 0 if nobody said."""


@dataclass(frozen=True, slots=True)
class ColumnInventory:
    """What is personal in one column; `read` of `rows` rows were looked at, `non_empty` of those held a value."""

    source: str
    schema: str
    table: str
    column: str
    type: str
    rows: int
    read: int
    non_empty: int
    categories: tuple[CategoryFound, ...] = ()
    examples: tuple[str, ...] = ()
    """Masked to at most the first character."""
    day_first: bool | None = None
    """Whether its dates name the day before the month; None if it holds none or they do not tell."""

    @property
    def personal(self) -> tuple[CategoryFound, ...]:
        """The categories whose confidence is 0.5 or more."""
        return tuple(c for c in self.categories if c.confidence >= 0.5)


@dataclass(frozen=True, slots=True)
class Inventory:
    """What is personal, and where; `model` names the language model and its version, empty if none was used."""

    columns: tuple[ColumnInventory, ...]
    model: str = ""
    seed: int = 0
    failures: tuple[Skipped, ...] = ()


# --- binding -----------------------------------------------------------------------------------------------


class Fill(StrEnum):
    """Whether a canonical field can be judged in one source."""

    FILLED = "filled"
    EMPTY = "empty"
    NOT_MAPPED = "not mapped"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class BoundField:
    """Where a canonical field comes from in one source; `origin` lists `table.column`s it rests on."""

    name: str
    fill: Fill
    origin: tuple[str, ...] = ()
    reason: str = ""
    verified: str = ""
    """The mark of the schema fact: S, D, C, M; empty if none was given."""


@dataclass(frozen=True, slots=True)
class BoundRelation:
    """A canonical relation as filled from one source; `rows` counts live and deleted rows."""

    source: str
    relation: str
    rows: int
    fields: Mapping[str, BoundField]
    reason: str = ""
    """Why it has no rows, if it has none."""
    unreadable: tuple[Skipped, ...] = ()

    @property
    def mapped(self) -> bool:
        """Whether the source has a place for this relation at all."""
        return any(f.fill is not Fill.NOT_MAPPED for f in self.fields.values())


@dataclass(frozen=True, slots=True)
class ProfileUsed:
    """The CRM profile a source was read with, and why."""

    source: str
    profile: str
    title: str
    reason: str
    versions: str = ""
    alternatives: tuple[str, ...] = ()
    mapped: Mapping[str, str] = field(default_factory=dict)
    """By relation the `file:line:column` where the profile says which columns fill it."""


@dataclass(frozen=True, slots=True)
class Binding:
    """What the stage holds after all sources were bound."""

    profiles: tuple[ProfileUsed, ...]
    relations: tuple[BoundRelation, ...]
    countries: tuple[tuple[str, int], ...] = ()
    """ISO code (empty: unknown) and the number of live subjects there."""
    regimes: tuple[tuple[str, int], ...] = ()
    """Regime and the number of live subjects under it."""
    people: int = 0
    failures: tuple[Skipped, ...] = ()
    registers: tuple[SourceInfo, ...] = ()
    """The policy and the register files it names, as places where rules are judged."""
    registers_read: tuple[tuple[str, str, int, int], ...] = ()
    """Place, table, rows and rows that did not fit, of those."""
    staged: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Rows that were read for the rules, by source and table; a table that no rule needs is not among them."""
    homes: tuple[tuple[str, str], ...] = ()
    """Places of registers, and the source whose people and accounts each is about."""


# --- rules -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Law:
    """A citation and how it was verified."""

    cite: str
    verified: Verified
    checked_on: date | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as written; expressions are kept as text and compiled by `auditor.rules`."""

    id: str
    pack: str
    area: str
    """consent, retention, access or jurisdiction (also notice, purpose, rights, security)."""
    version: str
    type: RuleType
    title: str
    relation: str
    violation: str
    severity: Severity
    when: str = ""
    including_deleted: bool = False
    params: Mapping[str, str] = field(default_factory=dict)
    law: tuple[Law, ...] = ()
    effective_from: date | None = None
    effective_to: date | None = None
    population: str = ""
    why: str = ""
    remediation: tuple[str, ...] = ()
    closes_with: str = ""
    file: str = ""
    line: int = 0

    @property
    def house(self) -> bool:
        """True if the rule rests on the organisation's own policy rather than on a law."""
        return not self.law

    @property
    def unverified(self) -> bool:
        """True if every citation is from memory; such a rule does not gate."""
        return bool(self.law) and all(cite.verified is Verified.M for cite in self.law)


@dataclass(frozen=True, slots=True)
class Counts:
    """violations + passes + undetermined = population.

    `undetermined` includes `scope_undetermined`, the records of which it is not known whether the rule applies;
    `people` are distinct subjects among the violations, None where the relation has no subject.
    """

    population: int = 0
    violations: int = 0
    passes: int = 0
    undetermined: int = 0
    scope_undetermined: int = 0
    people: int | None = None
    after_as_of: int = 0
    """Records dated after the audit's date, left out of the population."""


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One violating record: its key (hashed where personal) and dates and codes from the stage."""

    key: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceResult:
    """What became of a rule in one source and relation."""

    source: str
    relation: str
    state: State
    counts: Counts = Counts()
    reason: str = ""
    """Why it was not assessed, is not applicable, or broke."""
    missing: tuple[str, ...] = ()
    """`relation.field`s that would unlock it."""
    origin: tuple[str, ...] = ()
    """`table.column`s the verdict rests on."""
    from_memory: tuple[str, ...] = ()
    """Fields of the profile that rest on a fact from memory."""
    evidence: tuple[EvidenceRow, ...] = ()
    members: Collection[str] = ()
    """Keyed hashes of the violating records' keys, for comparison across runs; empty without a lasting key."""
    sql: str = ""


@dataclass(frozen=True, slots=True)
class RuleResult:
    """A rule, its English sentence, and its state in every place."""

    rule: Rule
    sentence: str
    places: tuple[PlaceResult, ...]

    @property
    def state(self) -> State:
        """The worst state of its places."""
        return min((p.state for p in self.places), key=lambda s: s.rank, default=State.NOT_ASSESSED)


@dataclass(frozen=True, slots=True)
class Remediation:
    """A pattern of `rules/remediation.yaml`."""

    id: str
    title: str
    steps: tuple[str, ...]
    closes_with: str
    effort: str = ""
    beware: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule violated in one place."""

    fingerprint: str
    rule: Rule
    sentence: str
    place: PlaceResult
    severity: Severity
    remediation: tuple[Remediation, ...]
    status: str = "new"
    gates: bool = True
    """False if it never causes exit 1: info, review, or a citation nobody verified."""
    new_members: int | None = None
    """Violating records that the baseline did not have; None if records could not be compared."""
    before: int | None = None
    """Violating records in the baseline; None without a baseline, or if it did not have the finding."""
    fixed_members: int | None = None
    """Violating records of the baseline that are none any more; None if records could not be compared."""
    owner: str = ""
    """Who puts it right, from the policy; empty if it names nobody."""


class Conclusion(StrEnum):
    """What a pack's results allow to be said; there is no score."""

    NO_EXCEPTIONS = "no exceptions noted in the population tested"
    EXCEPTIONS = "exceptions noted"
    SCOPE_LIMITATION = "scope limitation"


@dataclass(frozen=True, slots=True)
class PackResult:
    """A pack, its conclusion and the reason for it; `states` counts its rules by state."""

    id: str
    title: str
    conclusion: Conclusion
    reason: str
    states: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Unlock:
    """One input that is missing, and the rules it would make assessable."""

    input: str
    how: str
    rules: tuple[str, ...]
    title: str = ""
    """The input in words: `messages`, `country of residence`."""


@dataclass(frozen=True, slots=True)
class TableCoverage:
    """How much of one table or file was read."""

    source: str
    table: str
    columns: int
    rows: int | None
    staged: int | None
    unread: int = 0
    sampled: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was read, what was not, and why."""

    tables: tuple[TableCoverage, ...]
    skipped: tuple[Skipped, ...]
    read_from: datetime
    read_until: datetime

    @property
    def gaps(self) -> tuple[Skipped, ...]:
        """What was in scope and could not be read or evaluated."""
        return tuple(s for s in self.skipped if s.gap)


# --- pictures ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gone:
    """A finding of the baseline that this audit does not have; `fixed` if its rule was judged there again."""

    fingerprint: str
    rule: str
    title: str
    source: str
    relation: str
    severity: str
    violations: int
    fixed: bool
    reason: str = ""
    """Why it is gone, if it is not fixed."""


class Scoped(StrEnum):
    """What decides what is judged, and how."""

    RULE = "rule"
    PACK = "pack"
    POLICY = "policy"
    SOURCE = "source"
    EXCEPTION = "exception"
    TOOL = "tool"


class Change(StrEnum):
    """How it is not as it was."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class ScopeChange:
    """Something that decides what is judged, and how, and that is not as it was in the baseline."""

    what: Scoped
    name: str
    change: Change
    details: tuple[str, ...] = ()
    """What changed, one entry each: `limit: 2 years, was 5 years`."""


class Decided(StrEnum):
    """What the organisation may decide about a finding; the finding's status then."""

    ACCEPTED = "accepted"
    FALSE_POSITIVE = "false positive"


class Holds(StrEnum):
    """Whether a decision holds. Only the first two do; for all others the finding counts again, or is no more."""

    USED = "used"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    OUTGROWN = "outgrown"
    RULE_CHANGED = "rule changed"
    UNUSED = "unused"


@dataclass(frozen=True, slots=True)
class ExceptionUse:
    """A decision of `auditor-exceptions.yaml`, and what became of it in this audit."""

    finding: str
    """The finding's fingerprint."""
    decision: Decided
    owner: str
    reason: str
    expires: date
    maximum: int
    state: Holds
    why: str = ""
    """What the state means here, as a sentence."""
    rule: str = ""
    """The rule of the finding; empty if there is no such finding."""


@dataclass(frozen=True, slots=True)
class PermissionPoint:
    """People by what was in force for marketing over one channel at the last instant of a day.

    `unknown` are those of whom the records do not tell; people without any record of the channel are in none.
    """

    channel: str
    at: date
    granted: int
    refused: int
    """Withdrawn or denied."""
    other: int
    """Pending or expired."""
    unknown: int

    @property
    def recorded(self) -> int:
        """Everybody of whom something is recorded at that time."""
        return self.granted + self.refused + self.other + self.unknown


@dataclass(frozen=True, slots=True)
class AgeGroup:
    """Records of one kind by whole years of age; `counts` follows `AGE_YEARS`, its last entry is older than all."""

    relation: str
    kind: str
    counts: tuple[int, ...]
    unknown: int

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts) + self.unknown


@dataclass(frozen=True, slots=True)
class Holder:
    """A role, the administrators, or the direct grants: who has it and what it allows.

    `rights` are operation, scope (own, team, all, empty if not known) and the number of objects it is given on.
    """

    source: str
    title: str
    kind: str
    """administrators, role or direct."""
    users: int
    active: int
    rights: tuple[tuple[str, str, int], ...] = ()
    reach: tuple[tuple[str, str, str], ...] = ()
    """Object (a name of the schema, empty for everything), operation, scope: per object the strongest operation, and
    every weaker one that reaches more records."""


class Standing(StrEnum):
    """How a request stands against the deadline of one law."""

    IN_TIME = "answered in time"
    EXTENDED = "answered within the extension"
    LATE = "answered late"
    WAITING = "open, not due yet"
    SOON = "open, due within a week"
    OVERDUE = "open, overdue"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RequestGroup:
    """Requests of one kind by how they stand; `counts` follows `Standing`. An empty kind was not recorded."""

    kind: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LawRequests:
    """Requests of people under one law, against its deadlines as `rules/jurisdictions.yaml` states them.

    `law` is the regime; empty for the requests to which no law with a known deadline applies for certain, which are
    all of unknown standing. A person under two laws is counted under both.
    """

    law: str
    title: str
    groups: tuple[RequestGroup, ...]
    within: str = ""
    """The period for an answer, such as `1 month`."""
    at_most: str = ""
    """The same with the longest extension; empty where the law names none."""
    basis: Law | None = None


AGE_YEARS = (1, 2, 3, 5, 10)


@dataclass(frozen=True, slots=True)
class Attested:
    """A question that the organisation answered by signing, as its policy or a register of it states."""

    source: str
    question: str
    signed_on: date | None
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Pictures:
    """Aggregates for the report's pictures; empty where the stage holds nothing about it."""

    permissions: tuple[PermissionPoint, ...] = ()
    ages: tuple[AgeGroup, ...] = ()
    holders: tuple[Holder, ...] = ()
    requests: tuple[LawRequests, ...] = ()
    attested: tuple[Attested, ...] = ()


# --- the result ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AuditResult:
    """Everything a writer may show."""

    organisation: str
    as_of: date
    generated_at: datetime
    tool_version: str
    seed: int
    sources: tuple[SourceInfo, ...]
    coverage: Coverage
    inventory: Inventory
    binding: Binding
    rules: tuple[RuleResult, ...]
    findings: tuple[Finding, ...]
    packs: tuple[PackResult, ...]
    unlocks: tuple[Unlock, ...]
    assumptions: tuple[str, ...] = ()
    """Documented defaults that the verdicts rest on, in words."""
    pictures: Pictures = Pictures()
    gone: tuple[Gone, ...] = ()
    """Findings of the baseline that are not found any more; empty without a baseline."""
    scope_changes: tuple[ScopeChange, ...] = ()
    """What decides the scope and is not as in the baseline; empty without a baseline."""
    exceptions: tuple[ExceptionUse, ...] = ()
    """Every decision of the organisation about findings, and whether it holds."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """What the policy says that bears on verdicts, as text by key."""
    classification: str = "Confidential: pseudonymous personal data"
    """Printed on every artefact."""
    delete_by: date | None = None
    """When the artefacts are to be deleted."""
    revealed: bool = False
    """True if examples of values were asked for unmasked; every artefact then says so, in its name too."""

    @property
    def complete(self) -> bool:
        """False if something in scope could not be read or evaluated."""
        broke = any(r.state is State.ERROR for r in self.rules)
        return not (broke or self.coverage.gaps)
