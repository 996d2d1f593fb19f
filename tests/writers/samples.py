"""An invented result that adds up: two sources, findings of every severity, gaps, errors and missing inputs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from auditor.findings.assemble import conclude, find, unlocks
from auditor.findings.pictures import month_ends
from auditor.model import (
    AgeGroup,
    Attested,
    AuditResult,
    Binding,
    BoundField,
    BoundRelation,
    CategoryFound,
    Change,
    ColumnInfo,
    ColumnInventory,
    Counts,
    Coverage,
    Decided,
    EvidenceRow,
    ExceptionUse,
    Fill,
    Gone,
    Holder,
    Holds,
    Inventory,
    Law,
    LawRequests,
    PermissionPoint,
    Pictures,
    PlaceResult,
    ProfileUsed,
    Remediation,
    RequestGroup,
    Rule,
    RuleResult,
    RuleType,
    ScopeChange,
    Scoped,
    Severity,
    Skipped,
    SourceInfo,
    State,
    TableCoverage,
    TableInfo,
    Verified,
)
from auditor.relations import load_relations

AS_OF = date(2026, 11, 21)

PATTERNS = {
    pattern.id: pattern
    for pattern in (
        Remediation(
            "STOPSEND",
            "Stop the sending",
            (
                "Pause the campaign or journey that sent the messages.",
                "Make the sender read the permission at the time of sending, not when the list is built.",
                "Record the messages already sent as an incident and decide on notice.",
            ),
            "A blocked test message to a withdrawn address, and an audit of the same population without a violation.",
            "2 days",
            "Messages that are queued already will still leave.",
        ),
        Remediation(
            "SUPPRESS",
            "Suppress the people concerned",
            (
                "Write every person concerned to the suppression list of the channel.",
                "Confirm that each connected system has taken over the entry.",
            ),
            "A suppression entry for each person with the acknowledgement of each system.",
            "1 day",
        ),
        Remediation(
            "DISABLE",
            "Disable the account",
            (
                "Disable the account and end its sessions and tokens.",
                "Give its records to a colleague who is in charge.",
            ),
            "The account shows as disabled, without a session, in the next audit.",
            "1 hour",
        ),
        Remediation(
            "ERASE",
            "Erase or anonymise what is past its time",
            ("Check for holds and duties to keep.", "Erase or anonymise the records.", "Write a record of disposal."),
            "A record of disposal that lists the records, and an audit that no longer finds them.",
            "2 weeks",
            "Backups keep a copy until they expire.",
        ),
        Remediation(
            "COMPLETE",
            "Complete the record",
            ("Look for the missing fact in its origin.", "Fill it in, or stop relying on it."),
            "The field is filled, or the processing that needs it has stopped.",
            "1 week",
        ),
    )
}

LAWS = {
    "gdpr7": (Law("GDPR Art. 7(3)", Verified.V1, AS_OF), Law("GDPR Art. 21(3)", Verified.V3, AS_OF)),
    "storage": (Law("GDPR Art. 5(1)(e)", Verified.V1, AS_OF),),
    "child": (Law("GDPR Art. 8(1)", Verified.M),),
}

# id|pack|area|severity|relation|law|remediation|title
_RULES = """
contact-after-withdrawal|eu-gdpr|consent|critical|message|gdpr7|STOPSEND SUPPRESS|Marketing sent while permission was withdrawn
listed-despite-opt-out|house|consent|critical|audience||SUPPRESS|On a marketing list despite an opt-out
inactive-person-kept|eu-gdpr|retention|high|subject|storage|ERASE|Person kept more than five years after the last dealing
inactive-admin|access|access|high|user||DISABLE|Administrator account that is not active
second-factor-missing|access|access|high|user||DISABLE|Active account without a second factor
consent-undated|house|consent|medium|subject||COMPLETE|Consent recorded without a date
consent-source-missing|house|consent|medium|subject||COMPLETE|Consent recorded without its origin
country-unresolvable|house|jurisdiction|low|subject||COMPLETE|Country that names no country
country-missing|house|jurisdiction|low|subject||COMPLETE|Person without a country
minor-by-country|eu-gdpr|jurisdiction|high|subject|child|COMPLETE|Consent of a child below the country's age
standing-right-to-all-records|access|access|info|grant|||Standing right to change or export all records
deleted-record-keeps-name|house|retention|medium|subject||ERASE|Deleted record that still holds a name
owned-by-inactive-user|access|access|low|subject||DISABLE|Record owned by an account that is not active
lawful-basis-missing|house|consent|medium|subject||COMPLETE|Person without a lawful basis
confirmed-opt-in-undated|house|consent|low|identity||COMPLETE|Confirmed opt-in without a date
weak-password-hash|access|access|high|user||DISABLE|Password kept with a weak hash
unused-account|access|access|medium|user||DISABLE|Account not used for 90 days
old-note-kept|house|retention|low|note||ERASE|Note kept more than five years
old-message-content-kept|house|retention|low|message||ERASE|Content of a message kept more than six years
deceased-still-listed|house|retention|high|audience||SUPPRESS|Deceased person on a list
us-state-missing|house|jurisdiction|low|subject||COMPLETE|Person in the United States without a state
"""  # noqa: E501

_COUNTRIES = """
DE:1412 GB:612 FR:548 US:388 AT:241 IT:203 CH:196 NL:188 ES:174 PL:121 CA:117 BE:97 SE:88 DK:74
IE:63 NO:52 CZ:46 FI:41 AU:41 PT:39 BR:34 IN:31 JP:22 SG:17 NZ:14 ZA:13 MX:12 TR:12 AE:11 KR:9 :96
"""

_EVIDENCE = (
    EvidenceRow(
        "email_8c41f0aa", (("sent at", "2026-11-18 09:14"), ("permission ended", "2026-10-07"), ("channel", "email"))
    ),
    EvidenceRow(
        "email_03be77d2", (("sent at", "2026-10-24 16:00"), ("permission ended", "2026-10-10"), ("channel", "email"))
    ),
    EvidenceRow(
        "email_f1a920c5", (("sent at", "2026-10-26 16:00"), ("permission ended", "2026-10-06"), ("channel", "email"))
    ),
)

_SQL = """SELECT count(*) AS population,
       count(*) FILTER (WHERE violation) AS violations,
       count(*) FILTER (WHERE violation IS NULL) AS undetermined
FROM (
  SELECT m.key, EXISTS (
    SELECT 1 FROM rel.permission AS p
    WHERE p.source = m.source AND p.subject_id = m.subject_id
      AND p.status = 'withdrawn' AND p.starts_at__end <= m.sent_at
  ) AS violation
  FROM rel.message AS m
  WHERE m.direction = 'out' AND m.marketing
) AS judged"""


def _place(source: str, rule: str, relation: str, state: State, counts: Counts, **more: Any) -> PlaceResult:
    table = {"message": "emails", "subject": "contacts", "audience": "prospects", "user": "users"}.get(
        relation, relation
    )
    base = PlaceResult(
        source,
        relation,
        state,
        counts,
        origin=(f"{table}.id", f"{table}.date_modified", "email_addresses.opt_out"),
        evidence=_EVIDENCE if counts.violations else (),
        members=tuple(f"{rule[:4]}{n:04x}" for n in range(min(counts.violations, 5))),
        sql=_SQL if counts.population else "",
    )
    return replace(base, **more)


def _counts(
    population: int, violations: int, undetermined: int = 0, people: int | None = None, after: int = 0
) -> Counts:
    passes = population - violations - undetermined
    return Counts(population, violations, passes, undetermined, 0, people, after)


def _places(rule: str, relation: str) -> tuple[PlaceResult, ...]:
    counted = {
        "contact-after-withdrawal": (State.FAIL, _counts(18412, 143, 61, 97, 12)),
        "listed-despite-opt-out": (State.FAIL, _counts(7310, 24, 0, 22)),
        "inactive-person-kept": (State.FAIL, _counts(3387, 427, 118, 427)),
        "inactive-admin": (State.FAIL, _counts(212, 2)),
        "second-factor-missing": (State.FAIL, _counts(198, 61)),
        "consent-undated": (State.FAIL, _counts(2204, 309, 0, 309)),
        "country-unresolvable": (State.FAIL, _counts(5012, 17, 0, 17)),
        "minor-by-country": (State.NEEDS_REVIEW, _counts(1120, 9, 204, 9)),
        "standing-right-to-all-records": (State.NEEDS_REVIEW, _counts(311, 38)),
        "consent-source-missing": (State.NEEDS_REVIEW, _counts(2204, 0, 35, 0)),
        "country-missing": (State.PASS, _counts(5012, 0)),
        "owned-by-inactive-user": (State.PASS, _counts(5012, 0, 0, 0)),
        "lawful-basis-missing": (State.PASS, _counts(5012, 0, 0, 0)),
        "old-note-kept": (State.PASS, _counts(21730, 0)),
        "old-message-content-kept": (State.PASS, _counts(48310, 0)),
    }
    reasons = {
        "deleted-record-keeps-name": (State.NOT_APPLICABLE, "No deleted record lies in the table.", ()),
        "us-state-missing": (State.NOT_APPLICABLE, "No person lives in the United States.", ()),
        "confirmed-opt-in-undated": (
            State.NOT_ASSESSED,
            "identity.confirmed_at is not mapped.",
            ("identity.confirmed_at",),
        ),
        "weak-password-hash": (
            State.NOT_ASSESSED,
            "user.password_scheme is empty in every row.",
            ("user.password_scheme",),
        ),
        "unused-account": (State.NOT_ASSESSED, "user.last_seen_at is not mapped.", ("user.last_seen_at",)),
        "deceased-still-listed": (State.ERROR, "The rule took longer than the limit of 60 seconds.", ()),
    }
    if rule in counted:
        state, counts = counted[rule]
        crm = _place("crm", rule, relation, state, counts)
    else:
        state, reason, missing = reasons[rule]
        crm = _place("crm", rule, relation, state, Counts(), reason=reason, missing=missing)
    if rule == "inactive-person-kept":
        crm = replace(crm, from_memory=("subject.last_activity_at",))
    if rule == "listed-despite-opt-out":
        newsletter = _place("newsletter", rule, relation, State.FAIL, _counts(3120, 31, 4, 31))
    elif relation in ("subject", "audience"):
        newsletter = _place("newsletter", rule, relation, State.PASS, _counts(3120, 0, 0, 0))
    else:
        why = f"The file has no place for {relation}."
        newsletter = _place("newsletter", rule, relation, State.NOT_ASSESSED, Counts(), reason=why, missing=(relation,))
    return (crm, newsletter)


def _rule(row: str) -> RuleResult:
    name, pack, area, severity, relation, law, patterns, title = row.split("|")
    rule = Rule(
        id=name,
        pack=pack,
        area=area,
        version="2026.11",
        type=RuleType.REVIEW if name in ("minor-by-country", "standing-right-to-all-records") else RuleType.AUTOMATIC,
        title=title,
        relation=relation,
        violation="withdrawn",
        severity=Severity(severity),
        law=LAWS.get(law, ()),
        population=f"{relation} records in scope",
        why="A withdrawal takes effect at once. Each later message is a breach of its own that the log proves.",
        remediation=tuple(patterns.split()),
        closes_with="An audit of the same population without a violation.",
        file=f"rules/packs/{pack}/{name}.yaml",
        line=1,
    )
    sentence = f"It is a violation if {title[0].lower()}{title[1:]}, allowing 0 days of grace."
    return RuleResult(rule, sentence, _places(name, relation))


def _column(
    source: str, table: str, column: str, kind: str, rows: int, share: float, *found: CategoryFound
) -> ColumnInventory:
    read = min(rows, 5000)
    return ColumnInventory(source, "", table, column, kind, rows, read, int(read * share), found, ("A•••••", "t••••"))


def _found(category: str, confidence: float = 0.97, prevalence: float = 1.0) -> CategoryFound:
    return CategoryFound(
        category, confidence, prevalence, ("the column's name", f"{prevalence:.0%} of the values read")
    )


def _inventory() -> Inventory:
    columns = (
        _column("crm", "contacts", "first_name", "varchar(100)", 5012, 0.99, _found("identity.name")),
        _column("crm", "contacts", "last_name", "varchar(100)", 5012, 1.0, _found("identity.name", 0.99)),
        _column("crm", "contacts", "phone_mobile", "varchar(100)", 5012, 0.8, _found("contact.phone", 0.95, 0.98)),
        _column(
            "crm", "contacts", "primary_address_street", "varchar(150)", 5012, 0.88, _found("contact.postal_address")
        ),
        _column("crm", "contacts", "birthdate", "date", 5012, 0.54, _found("demographic.date_of_birth", 0.93)),
        _column(
            "crm",
            "contacts",
            "description",
            "text",
            5012,
            0.6,
            _found("special.health", 0.71, 0.06),
            _found("identity.name", 0.8, 0.4),
        ),
        _column(
            "crm", "email_addresses", "email_address", "varchar(255)", 6120, 1.0, _found("contact.email_personal", 0.99)
        ),
        _column(
            "crm",
            "emails",
            "description",
            "text",
            48310,
            0.9,
            _found("communication.content", 0.9),
            _found("identity.name", 0.8, 0.6),
        ),
        _column("crm", "users", "user_name", "varchar(60)", 212, 1.0, _found("identity.username")),
        _column("crm", "users", "user_hash", "varchar(255)", 212, 1.0, _found("security.password", 0.98)),
        _column(
            "crm",
            "cases",
            "description",
            "text",
            21730,
            0.95,
            _found("special.health", 0.66, 0.01),
            _found("government_id.national", 0.58, 0.002),
        ),
        _column("crm", "contacts", "email_count", "int", 5012, 1.0, _found("contact.email_personal", 0.1)),
        _column("newsletter", "subscribers", "Email", "", 3120, 1.0, _found("contact.email_personal", 0.99)),
        _column("newsletter", "subscribers", "Name", "", 3120, 0.7, _found("identity.name", 0.9)),
    )
    return Inventory(columns, "en_core_web_sm 3.8.0", 7)


def _table(name: str, rows: int, location: str = "") -> TableInfo:
    return TableInfo(name, (ColumnInfo("id", "char(36)", primary_key=True),), rows=rows, location=location)


def _bound(source: str, relation: str, rows: int, *origin: str) -> BoundRelation:
    fields_ = {
        "key": BoundField("key", Fill.FILLED, (f"{origin[0]}.id",) if origin else (), verified="S"),
        "deceased": BoundField("deceased", Fill.NOT_MAPPED, reason="The profile has no place for it."),
    }
    return BoundRelation(source, relation, rows, fields_)


def _pictures() -> Pictures:
    days = month_ends(AS_OF, 24)
    return Pictures(
        permissions=tuple(
            PermissionPoint(channel, day, size + 9 * n, size // 2 + 4 * n, 40, 300 - 10 * n)
            for channel, size in (("email", 2000), ("phone", 400), ("post", 1))
            for n, day in enumerate(days)
        ),
        ages=(
            AgeGroup("subject", "contact", (2000, 900, 500, 600, 80, 7), 25),
            AgeGroup("subject", "", (0, 0, 0, 0, 900, 0), 0),
            AgeGroup("message", "", (20000, 15000, 9000, 4000, 300, 10), 0),
        ),
        holders=(
            Holder("crm", "Administrators", "administrators", 6, 4, (("all", "all", 1),), (("", "all", "all"),)),
            Holder("crm", "", "direct", 3, 3, (("export", "all", 2),)),
            Holder(
                "crm",
                "Sales",
                "role",
                80,
                74,
                (("view", "all", 4), ("edit", "own", 4), ("delete", "", 1)),
                (("Contacts", "edit", "own"), ("Emails", "export", "all"), ("Reports", "view", "all")),
            ),
            Holder("crm", "Service", "role", 40, 39, (("view", "team", 4),), (("Cases", "view", "team"),)),
        ),
        requests=(
            LawRequests(
                "eu-gdpr",
                "EU General Data Protection Regulation",
                (RequestGroup("access", (20, 4, 2, 3, 1, 2, 1)), RequestGroup("erasure", (9, 0, 0, 0, 0, 0, 0))),
                "1 month",
                "3 months",
                Law("GDPR Art. 12(3)", Verified.V1, AS_OF),
            ),
            LawRequests(
                "br-lgpd",
                "Brazilian General Personal Data Protection Law",
                (RequestGroup("access", (2, 0, 0, 0, 0, 0, 0)),),
                "15 days",
                basis=Law("LGPD Art. 19(II)", Verified.V1, AS_OF),
            ),
            LawRequests("", "", (RequestGroup("", (0, 0, 0, 0, 0, 0, 3)),)),
        ),
        attested=(
            Attested("policy", "Is everybody trained each year?", date(2026, 2, 1), date(2027, 2, 1)),
            Attested("policy", "Are backups tested?", date(2024, 2, 1), date(2025, 2, 1)),
        ),
    )


def realistic_result() -> AuditResult:
    """Two sources, 21 rules in every state, findings of every severity, gaps, errors and inputs that are missing."""
    crm_tables = tuple(
        _table(name, rows)
        for name, rows in (
            ("contacts", 5012),
            ("email_addresses", 6120),
            ("emails", 48310),
            ("users", 212),
            ("cases", 21730),
            ("prospects", 7310),
        )
    )
    newsletter = _table("subscribers", 3120, "newsletter_2026-11-20.csv")
    skipped = (
        Skipped("crm.hr_absence", "The account may not read the table.", True, 1204),
        Skipped("newsletter/partners.xlsx", "The file is protected by a password.", True),
        Skipped("crm.v_contact_summary", "A view, which may run code; name it to include it.", False),
    )
    sources = (
        SourceInfo(
            "crm",
            "postgresql",
            "postgresql://auditor@db.example/suitecrm",
            crm_tables,
            skipped[:1],
            ("read-only account",),
        ),
        SourceInfo("newsletter", "files", "exports/newsletter", (newsletter,), skipped[1:2]),
    )
    coverage = Coverage(
        tables=(
            *(TableCoverage("crm", t.name, 12, t.rows, None, sampled=min(t.rows or 0, 5000)) for t in crm_tables),
            TableCoverage("newsletter", "subscribers", 6, 3122, None, 2, 3120, ("UTF-8, comma, header in line 1",)),
        ),
        skipped=skipped,
        read_from=datetime(2026, 11, 21, 8, 0, 2, tzinfo=UTC),
        read_until=datetime(2026, 11, 21, 8, 1, 40, tzinfo=UTC),
    )
    rules = tuple(_rule(row) for row in _RULES.strip().splitlines())
    findings = find(rules, PATTERNS)
    known = replace(findings[0], status="known", new_members=36, fixed_members=5, before=112)
    findings = (known, *findings[1:])
    titles = {"house": "House rules", "access": "Access control", "eu-gdpr": "EU General Data Protection Regulation"}
    return AuditResult(
        organisation="Larch & Lantern Outdoor",
        as_of=AS_OF,
        generated_at=datetime(2026, 11, 21, 8, 2, 11, tzinfo=UTC),
        tool_version="0.1.0",
        seed=7,
        sources=sources,
        coverage=coverage,
        inventory=_inventory(),
        binding=Binding(
            profiles=(
                ProfileUsed(
                    "crm", "suitecrm", "SuiteCRM", "11 of 11 tables of the fingerprint are there.", "7.12 to 8.7",
                    mapped={"audience": "rules/crm/suitecrm.yaml:212:7"},
                ),
                ProfileUsed(
                    "newsletter", "inferred", "Inferred from names", "No profile fits; names and contents were used."
                ),
            ),
            relations=(
                _bound("crm", "subject", 5012, "contacts"),
                _bound("crm", "message", 48310, "emails"),
                _bound("crm", "user", 212, "users"),
                _bound("crm", "note", 21730, "cases"),
                _bound("newsletter", "subject", 3120, "subscribers"),
            ),
            countries=tuple((code, int(n)) for code, _, n in (pair.partition(":") for pair in _COUNTRIES.split())),
            regimes=(("eu-gdpr", 3387), ("uk-gdpr", 612), ("us-ca-ccpa", 133), ("ch-fadp", 196), ("", 96)),
            people=5012,
        ),
        rules=rules,
        findings=findings,
        packs=conclude(rules, titles),
        unlocks=unlocks(rules, load_relations()),
        assumptions=(
            "No policy was given: inactive leads are kept for at most 3 years.",
            "Times without a zone are UTC.",
        ),
        pictures=_pictures(),
        scope_changes=(
            ScopeChange(Scoped.RULE, "old-note-kept", Change.CHANGED, ("limit: 7 years, was 5 years",)),
            ScopeChange(Scoped.POLICY, "establishments", Change.ADDED),
        ),
        exceptions=(
            ExceptionUse(
                "ef" * 12, Decided.ACCEPTED, "privacy office", "It is mended in spring.", date(2026, 12, 1), 40,
                Holds.EXPIRING, "It ends on 2026-12-01.", "note-visible-to-all",
            ),
        ),
        settings={"establishments": "DE"},
        gone=(
            Gone("ab" * 12, "country-missing", "Person without a country", "crm", "subject", "low", 12, True),
            Gone(
                "cd" * 12, "old-note-kept", "Note kept too long", "archive", "note", "low", 40, False,
                "The rule was not judged there this time.",
            ),
        ),
    )  # fmt: skip
