"""Fifty scalar conditions, and every shape of quantifier that the packs use, each with the best query known by hand.

By hand means: somebody who knows the stage, the data and DuckDB writes one statement for this one rule, with the same
three answers. The statements read `rel.*` and the variable `as_of`.
"""

from __future__ import annotations

from dataclasses import dataclass

YEARS = tuple(range(1, 11))
_COUNTRIES = ("DE", "FR", "IT", "ES", "US", "GB", "BR", "CA")
SCALARS = (
    *((f"created_at older than {n} years", f"created_at < {{cutoff{n}}}") for n in YEARS),
    *((f"last_activity_at older than {n} years", f"last_activity_at < {{cutoff{n}}}") for n in YEARS),
    *((f"country = '{c}'", f"country = '{c}'") for c in _COUNTRIES),
    *((f"email is missing and country = '{c}'", f"NOT email__given AND country = '{c}'") for c in _COUNTRIES),
    *((f"kind = 'lead' and created_at older than {n} years", f"kind = 'lead' AND created_at < {{cutoff{n}}}")
      for n in YEARS),
    ("phone is missing", "NOT phone__given"),
    ("deceased and named", "deceased AND named"),
    ("lawful_basis has 'consent'", "list_contains(lawful_basis, 'consent')"),
    ("preferred_channels has 'email'", "list_contains(preferred_channels, 'email')"),
)  # fmt: skip
"""Fifty conditions as a rule says them, and as somebody who knows the stage would write them."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A rule with a quantifier, and the statement by hand: violations, passes and undetermined in one row."""

    name: str
    relation: str
    when: str
    violation: str
    by_hand: str


_MESSAGES = """SELECT row_id, source, subject_id, channel, purpose, sent_at, sent_at__end FROM rel.message
    WHERE NOT deleted AND coalesce(sent_at <= getvariable('as_of'), true) AND direction = 'out' AND marketing"""
_ALL_MESSAGES = """SELECT row_id, source, subject_id, sent_at, sent_at__end FROM rel.message
    WHERE NOT deleted AND coalesce(sent_at <= getvariable('as_of'), true)"""
_CONSENTS = """SELECT row_id, source, subject_id, channel, event_at, event_at__end FROM rel.consent
    WHERE NOT deleted AND coalesce(event_at <= getvariable('as_of'), true)"""
_SUBJECTS = "SELECT row_id, source, key FROM rel.subject WHERE NOT deleted"


def _any(outer: str, keys: str, found: str) -> str:
    """Counts of an `any`, from a table `found` with `found` 1 or 2 per `row_id` where it is not 0."""
    return f"""
WITH o AS MATERIALIZED ({outer}), found AS ({found})
SELECT count_if(answer = 2), count_if(answer = 0), count_if(answer = 1)
FROM (SELECT CASE WHEN {keys} THEN coalesce(found, 0) ELSE 1 END AS answer FROM o LEFT JOIN found USING (row_id))"""


def _none(query: str) -> str:
    """The same for a `no`."""
    first, second = "count_if(answer = 2), count_if(answer = 0)", "count_if(answer = 0), count_if(answer = 2)"
    return query.replace(first, second)


_THREE = "subject_id IS NOT NULL AND channel IS NOT NULL AND purpose IS NOT NULL"
_MARKETING = "direction = 'out' and marketing"


def _permission_at(status: str, more: str = "true", surely: str = "true") -> str:
    return f"""
SELECT o.row_id, max(CASE WHEN {status} AND o.sent_at >= p.starts_at__end AND {surely}
        AND (NOT p.ends_at__given OR o.sent_at__end < p.ends_at) THEN 2 ELSE 1 END) AS found
FROM o JOIN rel.permission p USING (source, subject_id, channel, purpose)
WHERE ({status}) IS NOT FALSE AND coalesce(o.sent_at__end >= p.starts_at, true) AND {more}
    AND (NOT p.ends_at__given OR coalesce(o.sent_at < p.ends_at__end, true)) GROUP BY o.row_id"""


SHAPES = (
    Shape(
        "contact after withdrawal", "message", _MARKETING,
        "any permission (same subject_id, channel, purpose) at sent_at where (status in ('withdrawn'))",
        _any(_MESSAGES, _THREE, _permission_at("p.status = 'withdrawn'")),
    ),
    Shape(
        "sent after a period of grace", "message", _MARKETING,
        "any permission (same subject_id, channel, purpose) at sent_at"
        " where (status in ('withdrawn', 'denied') and starts_at + 15 days < this.sent_at)",
        _any(_MESSAGES, _THREE, _permission_at(
            "p.status IN ('withdrawn', 'denied')",
            "coalesce(p.starts_at + INTERVAL 15 DAYS < o.sent_at__end, true)",
            "p.starts_at__end + INTERVAL 15 DAYS < o.sent_at",
        )),
    ),
    Shape(
        "contact before the opt-in", "message", _MARKETING,
        "any permission (same subject_id, channel, purpose) where (status = 'granted' and starts_at > this.sent_at)",
        _any(_MESSAGES, _THREE, """
SELECT o.row_id, max(CASE WHEN p.status = 'granted' AND p.starts_at > o.sent_at__end THEN 2 ELSE 1 END) AS found
FROM o JOIN rel.permission p USING (source, subject_id, channel, purpose)
WHERE (p.status = 'granted') IS NOT FALSE AND coalesce(p.starts_at__end > o.sent_at, true) GROUP BY o.row_id"""),
    ),
    Shape(
        "contact without an opt-in", "message", _MARKETING,
        "no permission (same subject_id, channel, purpose) where (status = 'granted')",
        _none(_any(_MESSAGES, _THREE, """
SELECT o.row_id, p.found FROM o JOIN (
    SELECT source, subject_id, channel, purpose, max(CASE WHEN status = 'granted' THEN 2 ELSE 1 END) AS found
    FROM rel.permission WHERE (status = 'granted') IS NOT FALSE GROUP BY ALL) p
    USING (source, subject_id, channel, purpose)""")),
    ),
    Shape(
        "an opt-out in force today", "subject", "",
        "any permission (same subject_id) at as_of where (channel = 'email' and status in ('withdrawn', 'denied'))",
        _any(_SUBJECTS, "key IS NOT NULL", """
SELECT o.row_id, p.found FROM o JOIN (
    SELECT source, subject_id, max(CASE WHEN channel = 'email' AND status IN ('withdrawn', 'denied')
        AND getvariable('as_of') >= starts_at__end
        AND (NOT ends_at__given OR getvariable('as_of') < ends_at) THEN 2 ELSE 1 END) AS found
    FROM rel.permission
    WHERE (channel = 'email') IS NOT FALSE AND (status IN ('withdrawn', 'denied')) IS NOT FALSE
        AND getvariable('as_of') >= starts_at AND (NOT ends_at__given OR getvariable('as_of') < ends_at__end)
    GROUP BY ALL) p ON p.source = o.source AND p.subject_id = o.key"""),
    ),
    Shape(
        "a person without any consent", "subject", "", "no consent (same subject_id) where (status = 'granted')",
        _none(_any(_SUBJECTS, "key IS NOT NULL", """
SELECT o.row_id, c.found FROM o JOIN (
    SELECT source, subject_id, max(CASE WHEN status = 'granted' THEN 2 ELSE 1 END) AS found FROM rel.consent
    WHERE NOT deleted AND coalesce(event_at <= getvariable('as_of'), true) AND (status = 'granted') IS NOT FALSE
    GROUP BY ALL) c ON c.source = o.source AND c.subject_id = o.key""")),
    ),
    Shape(
        "no later consent", "consent", "", "no other consent (same subject_id, channel) where (event_at > this.event_at)",
        _none(_any(_CONSENTS, "subject_id IS NOT NULL AND channel IS NOT NULL", """
SELECT o.row_id, max(CASE WHEN c.event_at > o.event_at__end THEN 2 ELSE 1 END) AS found
FROM o JOIN o c ON c.source = o.source AND c.subject_id = o.subject_id AND c.channel = o.channel
WHERE c.row_id <> o.row_id AND coalesce(c.event_at__end > o.event_at, true) GROUP BY o.row_id""")),
    ),
    Shape(
        "no message before", "message", "",
        "no message (same subject_id) where (direction = 'in' and sent_at <= this.sent_at)",
        _none(_any(_ALL_MESSAGES, "subject_id IS NOT NULL", """
SELECT o.row_id, max(CASE WHEN i.direction = 'in' AND i.sent_at__end <= o.sent_at THEN 2 ELSE 1 END) AS found
FROM o JOIN (SELECT source, subject_id, direction, sent_at, sent_at__end FROM rel.message
    WHERE NOT deleted AND coalesce(sent_at <= getvariable('as_of'), true) AND (direction = 'in') IS NOT FALSE) i
    USING (source, subject_id)
WHERE coalesce(i.sent_at <= o.sent_at__end, true) GROUP BY o.row_id""")),
    ),
    Shape(
        "no message in the year before", "message", "",
        "no message (same subject_id) where (direction = 'in' and sent_at within 365 days before this.sent_at)",
        _none(_any(_ALL_MESSAGES, "subject_id IS NOT NULL", """
SELECT o.row_id, max(CASE WHEN i.direction = 'in' AND i.sent_at__end <= o.sent_at
        AND i.sent_at >= o.sent_at__end - INTERVAL 365 DAYS THEN 2 ELSE 1 END) AS found
FROM o JOIN (SELECT source, subject_id, direction, sent_at, sent_at__end FROM rel.message
    WHERE NOT deleted AND coalesce(sent_at <= getvariable('as_of'), true) AND (direction = 'in') IS NOT FALSE) i
    USING (source, subject_id)
WHERE coalesce(i.sent_at <= o.sent_at__end, true)
    AND coalesce(i.sent_at__end >= o.sent_at - INTERVAL 365 DAYS, true) GROUP BY o.row_id""")),
    ),
    Shape(
        "nobody at all", "subject", "", "no consent where (purpose in ('profiling') and status = 'granted')",
        _none(_any(_SUBJECTS, "true", """
SELECT o.row_id, c.found FROM o JOIN (
    SELECT source, max(CASE WHEN purpose = 'profiling' AND status = 'granted' THEN 2 ELSE 1 END) AS found
    FROM rel.consent WHERE NOT deleted AND coalesce(event_at <= getvariable('as_of'), true)
        AND (purpose = 'profiling') IS NOT FALSE AND (status = 'granted') IS NOT FALSE
    GROUP BY ALL) c USING (source)""")),
    ),
)  # fmt: skip
"""One per distinct quantifier of the packs that people, messages and consents can answer. Business days are days."""
