"""How a CRM may write a value, and what it means; the meanings are set down by hand, not by the product's code.

A meaning is None for "missing", UNREADABLE for "given, but nobody can tell", and else the value: a time is its
earliest and latest instant in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.language.world import UNREADABLE, day, instant

MINUTE = timedelta(seconds=59, microseconds=999_999)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Cell:
    """A raw value as a source holds it, and its meaning."""

    raw: Any
    means: Any


def span(start: str, end: str) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(start), datetime.fromisoformat(end)


def minute(start: str) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(start), datetime.fromisoformat(start) + MINUTE


def cells(written: Mapping[Any, list[Any]]) -> list[Cell]:
    """Cells from the raw spellings of each meaning."""
    return [Cell(raw, means) for means, raws in written.items() for raw in raws]


U = UNREADABLE
NOTHING = [None, "", "   ", "N/A", "null", "-", "Unknown"]
ZERO = ["0000-00-00", "0000-00-00 00:00:00", "0001-01-01 00:00:00"]

KEYS = cells({str(n): [str(n), f" {n} "] for n in range(1, 5)} | {None: [None, "", " "]})

TIMES = cells({
    None: [*NOTHING, *ZERO],
    U: ["2024-02-31", "2023-02-29", "2024-02-30 10:00:00", "2024-13-01", "2024-03-31 25:00:00", "2024-03-31T24:00:00",
        "03/04/2024", "soon", "1711843200", "2024-00-10"],
    day("2024-03-30"): ["2024-03-30", " 2024-03-30  ", "20240330", "2024/03/30", "٢٠٢٤-٠٣-٣٠"],
    day("2024-03-31"): ["2024-03-31"],
    day("2024-02-29"): ["2024-02-29"],
    day("2023-12-31"): ["2023-12-31"],
    day("9999-12-31"): ["9999-12-31"],
    instant("2024-03-30T10:00:00"): ["2024-03-30 10:00:00", "2024-03-30T10:00:00Z", "2024-03-30T12:00:00+02:00",
                                     "2024-03-30 05:30:00-0430", "2024-03-30 10:00:00.000", "2024-03-30 10:00:00 UTC"],
    instant("2024-03-30T10:00:00.123456"): ["2024-03-30 10:00:00.123456", "2024-03-30T10:00:00.1234567"],
    instant("2024-03-31T23:59:59.999999"): ["2024-03-31T23:59:59.999999"],
    instant("2024-04-01T00:00:00"): ["2024-04-01 00:00:00", "2024-03-31T19:00:00-05:00"],
    instant("2023-03-01T00:00:00"): ["2023-03-01 00:00:00"],
    instant("2024-02-29T23:30:00"): ["2024-02-29T23:30:00", "2024-03-01T00:30:00+01:00"],
    minute("2024-03-30T10:00:00"): ["2024-03-30T10:00", "2024-03-30 10:00"],
    minute("2024-01-31T08:15:00"): ["2024-01-31 08:15"],
})  # fmt: skip

BERLIN = cells({
    None: [*NOTHING, *ZERO],
    U: ["2024-02-31", "yesterday"],
    span("2024-03-29T23:00:00", "2024-03-30T22:59:59.999999"): ["2024-03-30"],
    span("2024-03-30T23:00:00", "2024-03-31T21:59:59.999999"): ["2024-03-31", "20240331"],
    span("2023-10-28T22:00:00", "2023-10-29T22:59:59.999999"): ["2023-10-29"],
    instant("2024-03-30T10:00:00"): ["2024-03-30 11:00:00", "2024-03-30T11:00:00.0", "2024-03-30T10:00:00Z"],
    # Shown twice by the clocks of Berlin, and not at all: both readings are meant.
    span("2023-10-29T00:30:00", "2023-10-29T01:30:00"): ["2023-10-29 02:30:00", "2023/10/29 02:30:00"],
    span("2024-03-31T00:30:00", "2024-03-31T01:30:00"): ["2024-03-31 02:30:00", "2024/03/31 02:30:00"],
    instant("2023-07-01T10:00:00"): ["2023-07-01 12:00:00"],
    minute("2024-01-31T07:15:00"): ["2024-01-31 08:15"],
})  # fmt: skip

SPOKEN = cells({
    None: NOTHING,
    U: ["31/13/2024", "31.02.2024", "30/03/24", "2024-02-31"],
    day("2024-03-30"): ["30/03/2024", "30.3.2024", "2024-03-30"],
    day("2024-04-03"): ["03/04/2024", "3-4-2024"],
    minute("2024-03-30T10:15:00"): ["30.03.2024 10:15", "30/03/2024, 10:15"],
    instant("2024-02-29T14:05:09"): ["29/2/2024 2:05:09 PM", "29/02/2024 14:05:09"],
})  # fmt: skip

EPOCHS = cells({
    None: NOTHING,
    U: ["16 March", "17118432001711843200"],
    instant("2024-03-31T00:00:00"): ["1711843200", "1711843200.0"],
    instant("2023-03-31T00:00:00.500000"): ["1680220800.5"],
    instant("1969-12-31T23:59:59"): ["-1"],
    day("2024-02-29"): ["2024-02-29"],
})  # fmt: skip

BIRTHS = cells({
    None: [*NOTHING, *ZERO],
    U: ["2010-02-30", "spring", "30/03/1990"],
    date(1990, 1, 2): ["1990-01-02", "1990-01-02 00:00:00", "19900102"],
    date(2010, 3, 31): ["2010-03-31", "2010-03-31T12:00:00Z"],
    date(2010, 4, 1): ["2010-04-01"],
    date(2008, 2, 29): ["2008-02-29", " 2008-02-29"],
    date(2012, 3, 1): ["2012-03-01"],
    date(2024, 4, 2): ["2024-04-02"],
})  # fmt: skip

FLAGS = cells(
    {
        None: NOTHING,
        U: ["maybe", "2", "-1", "yess"],
        True: ["1", "true", "YES", "y", "T", "on", "True "],
        False: ["0", "False", "no", "N", "f", "OFF"],
    }
)
GERMAN_FLAGS = [*FLAGS, *cells({True: ["ja", "JA "], False: ["Nein"]})]

CHANNELS = cells({
    None: NOTHING,
    U: ["e", "é", "Cafe", "Cafe\u0301", "email", "E;P"],  # the accent apart is another text
    "email": ["E", "E  "], "phone": ["P", " P"], "sms": ["S"], "post": ["Café"],
})  # fmt: skip
PURPOSES = cells({
    None: NOTHING,
    "marketing": ["news", "newsletter-7"], "service": ["care", "careplan"], "research": ["News", "x", "é"],
})  # fmt: skip
STATUSES = cells({
    None: NOTHING, U: ["In", "granted", "ïn"],
    "granted": ["in", "in "], "withdrawn": ["out"], "denied": ["no"], "pending": ["wait"],
})  # fmt: skip
HOWS = cells({None: [None, ""], "event": ["event"], "state": ["state"]})
DIRECTIONS = cells({None: NOTHING, U: ["O", "0"], "out": ["o"], "in": ["i", "i\t"]})
KINDS = cells({
    None: NOTHING, "contact": ["contact", "contact "], "lead": ["lead"],
    # A value that no list names is kept as a hash: it is known, and equal to itself alone.
    "#Contact": ["Contact", " Contact"], "#Müller": ["Müller"],
})  # fmt: skip
# A condition in the profile: what it cannot answer was not given.
STATES = cells({None: NOTHING, True: ["active", "active "], False: ["gone", "Active", "activé"]})

C, L, K = "consent", "legitimate_interests", "contract"
BASES = cells({
    None: [*NOTHING, ";", " ; "],
    U: ["c", "X;Y"],
    frozenset({C}): ["C", " C ;", "C;X", "C;C"],
    frozenset({L}): ["L"],
    frozenset({C, L}): ["C;L", "L ; C"],
    frozenset({K, L}): ["K;L"],
})  # fmt: skip
WAYS = cells({
    None: [*NOTHING, "|", "||"],
    U: ["|e|"],
    frozenset({"email"}): ["|E|", "E"],
    frozenset({"email", "phone"}): ["|E|P|", "|P|E|"],
    frozenset({"phone"}): ["|P|"],
})  # fmt: skip

COUNTRIES = cells({
    None: NOTHING,
    U: ["Atlantis", "EU", "D E"],
    "DE": ["DE", "de", "Germany", "Deutschland", "DEUTSCHLAND ", "Allemagne", "DEU"],
    "FR": ["FR", "France", "Frankreich"],
    "AT": ["Österreich", "osterreich", "O\u0308sterreich"],
    "GB": ["GB", "United Kingdom", "UK"],
    "US": ["US", "USA", "U.S.A.", "United States of America"],
    "CA": ["CA", "Canada", "Kanada"],
})  # fmt: skip
NUMBERED = cells({None: [None, "", "0"], "DE": ["1"], "FR": ["2 "]})
# A short code, or a name that several countries know, means a state only where the country says so.
REGIONS = cells({
    None: NOTHING, U: ["Nowhere", "US-ZZ"],
    "US-CA": ["US-CA", "California", "california "], "US-TX": ["Texas", "US-TX"], "CA-QC": ["CA-QC", "Québec"],
    "?US-CA": ["CA"], "?US-TX": ["TX"], "?CA-QC": ["QC"], "?US-WA": ["Washington"], "?AU-WA|US-WA": ["WA"],
})  # fmt: skip
CONFIRMED = cells({None: NOTHING, U: ["perhaps"], "none": ["none"], "opt_in": ["opt_in"], "confirmed": ["confirmed "]})

NUMBERS = cells({
    None: NOTHING,
    U: ["1,5", "12abc", "inf", "1_000", "٣", "1e999", "0x10"],
    0.0: ["0", "0.00", "-0"], 1.0: ["1", "+1", "1.0", "1e0"], 2.5: ["2.5", "2.50", ".25e1"], 3.0: ["3"],
    -1.5: ["-1.5"], 0.1: ["0.1"],
})  # fmt: skip
COMMAS = cells({
    None: NOTHING, U: ["1,5,0", "x"], 1.5: ["1,5"], 1234.5: ["1.234,5"], 3.0: ["3"], 2.5: ["2,50"], 1000.0: ["1.000"],
})  # fmt: skip
SOMETHING = cells({False: [*NOTHING, "\t\n"], True: ["x", "0", "😀", "line\nline", 'say "no"', "a;b,c|d\te"]})
TITLES = cells({
    None: [None, "", "  "], "admin": ["admin", " admin"], "Admin": ["Admin"], "badminton": ["badminton"],
    "crm\nadmin": ["crm\nadmin"], "contacts_backup": ["contacts_backup"], "rööt": ["rööt"],
})  # fmt: skip


def mails(label: str) -> list[Cell]:
    """Addresses of which no other database of a batch has one."""
    return cells({
        None: NOTHING,
        U: ["ada(at)example", f"{label} example.org", "@", "x@y"],
        f"ada@{label}.example.org": [f"ada@{label}.example.org", f"Ada@{label}.Example.ORG ",
                                     f"mailto:ada@{label}.example.org", f"Ada Example <ada@{label}.example.org>"],
        f"ben@{label}.example.org": [f"ben@{label}.example.org"],
        f"eva@{label}.exämple.org": [f"eva@{label}.exämple.org", f"EVA@{label}.EXÄMPLE.org",
                                     f"eva@{label}.xn--exmple-cua.org"],
    })  # fmt: skip


def phones(number: int) -> list[Cell]:
    """Numbers of which no other database of a batch has one; with the country of their prefix, if they have one."""
    last = f"{number:04d}"
    return cells({
        None: NOTHING,
        U: ["call me", "+", "1"],
        (f"+4930123{last}", "DE"): [f"+49 30 123{last}", f"0049 30 123{last}", f"+49 (0)30 123-{last}",
                                    f"tel:+4930123{last}"],
        (f"+4930123{last}", None): [f"030 123{last}", f"(030) 123{last}"],
        (f"+44207946{last}", "GB"): [f"+44 20 7946 {last}"],
    })  # fmt: skip


# --- values of a type that the source itself knows ---------------------------------------------------------------

TRUTHS = [Cell(True, True), Cell(False, False), Cell(None, None)]
STAMPS = [
    Cell(None, None),
    *(Cell(datetime.fromisoformat(t), instant(t)) for t in (
        "2024-03-30T10:00:00", "2024-03-30T10:00:00.123456", "2024-03-31T23:59:59.999999", "2024-04-01T00:00:00",
        "2023-12-31T00:00:00", "2024-02-29T12:30:00.500000",
    )),
]  # fmt: skip
ZONED = [Cell(None, None)] + [
    Cell(datetime.fromisoformat(t).replace(tzinfo=UTC), instant(t))
    for t in ("2024-03-30T10:00:00", "2024-03-31T22:30:00.250000", "2024-03-01T00:00:00", "2024-04-02T00:00:00")
]
DAYS = [Cell(None, None)] + [
    Cell(date.fromisoformat(t), day(t)) for t in ("2024-03-30", "2024-03-31", "2024-02-29", "2023-12-31", "9999-12-31")
]
DECIMALS = [Cell(None, None)] + [
    Cell(Decimal(t), float(t)) for t in ("0", "1", "2.5", "3.0000", "-1.5", "0.1", "12345678.25")
]
