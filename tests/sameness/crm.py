"""The tables of `sameness.yaml`, random rows for them, and what the rows mean as rows of the canonical relations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.language.world import UNREADABLE, Row
from tests.sameness import cells as c
from tests.sameness.cells import Cell

TEXT, TRUTH, STAMP, ZONED, DAY, DECIMAL, WHOLE = "text", "truth", "stamp", "zoned", "day", "decimal", "whole"
"""How a column is declared where a source declares types."""
NATIVE = {TRUTH: c.TRUTHS, STAMP: c.STAMPS, ZONED: c.ZONED, DAY: c.DAYS, DECIMAL: c.DECIMALS}
PERSON, PHONE, MAIL = "person", "phone", "mail"

Raw = Mapping[str, Cell]
Database = Mapping[str, Sequence[Raw]]
"""Rows by table, before any source holds them."""

TABLES: Mapping[str, Mapping[str, Any]] = {
    "people": {
        "kind": c.KINDS, "mail": MAIL, "mobile": PHONE, "work": PHONE, "street": c.SOMETHING, "birth": c.BIRTHS,
        "country": c.COUNTRIES, "country_no": c.NUMBERED, "region": c.REGIONS, "bases": c.BASES, "ways": c.WAYS,
        "created": c.TIMES, "seen": c.BERLIN, "changed": STAMP, "dead": c.GERMAN_FLAGS, "blocked": TRUTH,
        "owner": PERSON, "gone": TRUTH,
    },
    "staff": {"state": c.STATES, "boss": c.FLAGS, "made": c.SPOKEN, "seen": c.EPOCHS, "gone": c.GERMAN_FLAGS},
    "mails": {
        "person": PERSON, "channel": c.CHANNELS, "purpose": c.PURPOSES, "direction": c.DIRECTIONS,
        "ad": c.GERMAN_FLAGS, "sent": c.TIMES, "body": c.SOMETHING, "bounced": TRUTH, "gone": c.FLAGS,
    },
    "consents": {
        "person": PERSON, "channel": c.CHANNELS, "about": c.PURPOSES, "status": c.STATUSES, "how": c.HOWS,
        "said": c.TIMES, "until": c.BERLIN, "proof": c.SOMETHING, "gone": c.GERMAN_FLAGS,
    },
    "holds": {"person": PERSON, "first_day": DAY, "ended": c.TIMES, "gone": TRUTH},
    "orders": {"person": PERSON, "ordered": ZONED, "amount": DECIMAL, "price": c.COMMAS, "gone": TRUTH},
    "roles": {"title": c.TITLES, "export": c.GERMAN_FLAGS},
    "blocked": {"person": PERSON, "mail": MAIL, "phone": PHONE, "channel": c.CHANNELS, "since": c.TIMES},
    "addresses": {
        "person": PERSON, "mail": MAIL, "phone": PHONE, "main": c.GERMAN_FLAGS, "confirmed": c.CONFIRMED,
        "confirmed_on": DAY, "gone": TRUTH,
    },
}  # fmt: skip
SIZES = {"people": 6, "staff": 4, "mails": 8, "consents": 8, "holds": 5, "orders": 7, "roles": 4, "blocked": 4,
         "addresses": 5}  # fmt: skip
NUMBERED = frozenset({"orders", "holds"})
"""Tables whose keys are declared as whole numbers; those of the others are texts."""


FIELDS: Mapping[str, tuple[str, ...]] = {
    "subject": (
        "kind", "email", "phone", "postal", "born_on", "country", "region", "lawful_basis", "preferred_channels",
        "created_at", "last_activity_at", "modified_at", "deceased", "restricted", "owner_id",
    ),
    "user": ("active", "admin", "created_at", "last_seen_at"),
    "message": ("subject_id", "channel", "purpose", "direction", "marketing", "sent_at", "content", "bounced"),
    "consent": ("subject_id", "channel", "purpose", "status", "how", "event_at", "valid_until", "proof"),
    "hold": ("subject_id", "starts_at", "ends_at"),
    "order": ("subject_id", "ordered_at", "amount"),
    "role": ("title", "may_export"),
    "suppression": ("subject_id", "email", "phone", "channel", "since"),
    "permission": ("subject_id", "channel", "purpose", "status", "how", "starts_at", "ends_at"),
    "identity": ("subject_id", "email", "phone", "main", "confirmed", "confirmed_at"),
}  # fmt: skip
"""The fields of each relation that the profile fills, or that are derived from those."""


def declared(table: str, column: str) -> str:
    """How a column is declared."""
    if column == "id":
        return WHOLE if table in NUMBERED else TEXT
    kind = TABLES[table][column]
    return kind if isinstance(kind, str) and kind in NATIVE else TEXT


def columns(table: str) -> list[str]:
    """The columns of a table."""
    return ["id", *TABLES[table]]


def database(random: Random, number: int) -> Database:
    """Random rows; `number` tells the addresses of one database of a batch from those of another."""
    special = {PERSON: c.KEYS, MAIL: c.mails(f"d{number}"), PHONE: c.phones(number), **NATIVE}

    def cell(kind: Any) -> Cell:
        known: list[Cell] = special[kind] if isinstance(kind, str) else kind
        good = [one for one in known if one.means is not None and one.means is not UNREADABLE]
        return random.choice(known if random.random() < 0.5 else good)

    return {
        name: [
            {"id": _key(name, at), **{column: cell(kind) for column, kind in kinds.items()}}
            for at in range(1, random.randint(int(name == "people"), SIZES[name]) + 1)
        ]
        for name, kinds in TABLES.items()
    }


def _key(table: str, number: int) -> Cell:
    if table in NUMBERED:
        return Cell(number, str(number))
    if table == "mails":  # one key, as different programs write it
        plain = f"a0eebc99-9c0b-4ef8-bb6d-6bb9bd38{number:04d}"
        return Cell([plain, plain.upper(), f"{{{plain.upper()}}}"][number % 3], plain)
    return Cell(f"{number} " if number % 2 else str(number), str(number))


# --- what the rows mean ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Meaning:
    raw: Raw

    def of(self, **named: str) -> dict[str, Any]:
        return {field: self.raw[column].means for field, column in named.items()}

    def first(self, *names: str) -> Any:
        """The first value that is known; unreadable if something is given, but none can be read."""
        values = [self.raw[name].means for name in names]
        known = [value for value in values if value is not None and value is not UNREADABLE]
        return known[0] if known else UNREADABLE if UNREADABLE in values else None


def meaning(database: Database, source: str) -> dict[str, list[Row]]:
    """The rows of the canonical relations in one source."""

    def rows(table: str, fields: Any) -> list[Row]:
        made = []
        for raw in database[table]:
            gone = raw["gone"].means is True if "gone" in raw else False
            made.append(Row(raw["id"].means, fields(_Meaning(raw)), gone, source))
        return made

    found = {
        "subject": rows("people", _subject),
        "user": rows("staff", lambda m: m.of(active="state", admin="boss", created_at="made", last_seen_at="seen")),
        "message": rows("mails", lambda m: m.of(
            subject_id="person", channel="channel", purpose="purpose", direction="direction", marketing="ad",
            sent_at="sent", content="body", bounced="bounced",
        )),
        "consent": rows("consents", lambda m: m.of(
            subject_id="person", channel="channel", purpose="about", status="status", how="how", event_at="said",
            valid_until="until", proof="proof",
        )),
        "hold": rows("holds", lambda m: m.of(subject_id="person", starts_at="first_day", ends_at="ended")),
        "order": rows("orders", lambda m: m.of(subject_id="person", ordered_at="ordered") | {
            "amount": m.first("amount", "price")}),
        "role": rows("roles", lambda m: m.of(title="title", may_export="export")),
        "suppression": rows("blocked", lambda m: m.of(
            subject_id="person", email="mail", phone="phone", channel="channel", since="since",
        )),
        "identity": rows("addresses", lambda m: m.of(
            subject_id="person", email="mail", phone="phone", main="main", confirmed="confirmed",
            confirmed_at="confirmed_on",
        )),
    }  # fmt: skip
    return found | {"identity": [*found["identity"], *_identities(found["subject"], found["identity"])]}


def _subject(m: _Meaning) -> dict[str, Any]:
    country = m.first("country", "country_no")
    region = m.raw["region"].means
    if isinstance(region, str) and region.startswith("?"):
        fitting = [one for one in region[1:].split("|") if one[:2] == country]
        region = fitting[0] if fitting else UNREADABLE
    fields = m.of(
        kind="kind", email="mail", postal="street", born_on="birth", lawful_basis="bases", preferred_channels="ways",
        created_at="created", last_activity_at="seen", modified_at="changed", deceased="dead", restricted="blocked",
        owner_id="owner",
    )  # fmt: skip
    fields |= {"phone": m.first("mobile", "work"), "country": country, "region": region}
    return fields | {"regimes": _regimes(country, region)}


REGIMES = {"DE": {"eu-gdpr", "eprivacy"}, "FR": {"eu-gdpr", "eprivacy"}, "AT": {"eu-gdpr", "eprivacy"},
           "GB": {"uk-gdpr"}, "US": {"us-canspam"}, "CA": {"ca-casl", "ca-pipeda"}}  # fmt: skip
STATES = {"US-CA": {"us-ca-ccpa"}, "CA-QC": {"ca-qc"}}


def _regimes(country: Any, region: Any) -> frozenset[str] | None:
    state = region if isinstance(region, str) else ""
    here = country if isinstance(country, str) else state[:2]
    if not here:
        return None
    return frozenset(REGIMES[here] | (STATES.get(state, set()) if state[:2] == here else set()))


def _identities(people: Sequence[Row], listed: Sequence[Row]) -> Any:
    """The main address and number of every person, unless the table of addresses has it."""
    there = {
        (row.fields["subject_id"], name, _plain(row.fields[name])) for row in listed for name in ("email", "phone")
    }
    for name in ("email", "phone"):
        for row in people:
            value = row.fields[name]
            if value is None or value is UNREADABLE or (row.key, name, _plain(value)) in there:
                continue
            yield Row(row.key, {"subject_id": row.key, name: value, "main": True}, row.deleted, row.source)


def _plain(value: Any) -> Any:
    return value[0] if isinstance(value, tuple) else value
