"""Permission: every sure answer must hold in every world that the statements allow."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.crm.permission import build_permission
from auditor.language import Context
from auditor.relations import load_relations
from auditor.stage import memory_stage
from tests.crm.relation_rows import fill

START = datetime(2024, 1, 1)
LAST = 4
NEVER, FOREVER = -1, 99
DAYS = st.integers(0, LAST)
STATUSES = ("granted", "denied", "withdrawn", "pending", "expired")


def day(number):
    return START + timedelta(days=number)


AS_OF = day(LAST)


def number(moment):
    """The day's number of an instant; minus and plus infinity come back as the calendar's ends."""
    if moment.year in (1, 9999):
        return NEVER if moment.year == 1 else FOREVER
    return (moment - START).days


@pytest.fixture(scope="module")
def stage():
    with memory_stage() as opened:
        yield opened


def build(stage, consent=(), suppression=(), identity=()):
    for name, rows in (("consent", consent), ("suppression", suppression), ("identity", identity)):
        fill(stage.connection, name, rows)
    table = fill(stage.connection, "permission")
    count = build_permission(stage.connection, Context(AS_OF, load_relations()))
    rows = stage.connection.execute(sa.select(table)).mappings().all()
    assert len(rows) == count
    assert len({row["row_id"] for row in rows}) == count
    return rows


def answer(rows, at, status, channel="email", purpose="marketing"):
    """`any permission (same channel, purpose) at AT where (status = STATUS)` in three answers."""
    found: set[bool | None] = {False}
    for row in rows:
        if (row["channel"], row["purpose"]) != (channel, purpose):
            continue
        begun = True if at >= number(row["starts_at__end"]) else False if at < number(row["starts_at"]) else None
        over = True if at >= number(row["ends_at__end"]) else False if at < number(row["ends_at"]) else None
        is_it = None if row["status"] is None else row["status"] == status
        parts = (begun, None if over is None else not over, is_it)
        found.add(False if False in parts else None if None in parts else True)
    return True if True in found else None if None in found else False


# --- the reference: all worlds ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """A statement of one test: its earliest and latest day, a status (None: unreadable), and until when it is valid."""

    kind: str
    first: int | None
    last: int | None
    status: str | None
    valid: tuple[int, int] | None = None

    @property
    def lasting(self):
        return self.kind == "suppression" or (self.kind == "state" and self.status in ("withdrawn", "denied"))

    @property
    def days(self):
        if self.first is None or self.last is None:
            return range(NEVER, LAST + 1)
        return range(self.first, self.last + 1)

    @property
    def statuses(self):
        return STATUSES if self.status is None else (self.status,)

    @property
    def validities(self):
        return (FOREVER,) if self.valid is None else range(self.valid[0], self.valid[1] + 1)

    def row(self, who):
        row: dict[str, object] = {"subject_id": who, "channel": "email", "purpose": "marketing"}
        if self.first is not None and self.last is not None:
            row["since" if self.kind == "suppression" else "event_at"] = (day(self.first), day(self.last))
        if self.kind == "suppression":
            return row
        if self.valid is not None:
            row["valid_until"] = (day(self.valid[0]), day(self.valid[1]))
        return row | {"status": self.status, "how": self.kind}


def worlds(said):
    """What is in force on each day, for every way in which the unknowns may fall."""
    choices = [list(itertools.product(s.days, s.statuses, s.validities)) for s in said]
    for world in itertools.product(*choices):
        lasting = [(when, status) for s, (when, status, _) in zip(said, world, strict=True) if s.lasting]
        events = [chosen for s, chosen in zip(said, world, strict=True) if not s.lasting]
        orders = {tuple(sorted(order, key=lambda e: e[0])) for order in itertools.permutations(events)}
        for order in orders:
            yield [in_force(order, lasting, at) for at in range(LAST + 1)]


def in_force(order, lasting, at):
    begun = {status for when, status in lasting if when <= at}
    if begun:
        return begun
    past = [event for event in order if event[0] <= at]
    if not past:
        return set()
    _, status, valid = past[-1]
    return {"expired" if status == "granted" and at >= valid else status}


def statement():
    bounds = st.tuples(DAYS, st.integers(0, 1)).map(lambda p: (p[0], min(LAST, p[0] + p[1])))
    dates = st.one_of(bounds, st.just((None, None)))
    status = st.sampled_from(["granted", "withdrawn", "denied", "pending", "granted", "withdrawn", None])

    def made(kind, when, status, valid):
        if kind == "suppression":
            return Said(kind, when[0], when[1], "withdrawn")
        return Said(kind, when[0], when[1], status, valid if status == "granted" else None)

    kinds = st.sampled_from(["event", "event", "event", "state", "suppression"])
    return st.builds(made, kinds, dates, status, st.one_of(st.none(), bounds))


def check(stage, histories, *, exact=False):
    """Each history is one person's; all are built at once."""
    rows = build(
        stage,
        [s.row(str(who)) for who, said in enumerate(histories) for s in said if s.kind != "suppression"],
        [s.row(str(who)) for who, said in enumerate(histories) for s in said if s.kind == "suppression"],
    )
    for who, said in enumerate(histories):
        own = [row for row in rows if row["subject_id"] == str(who)]
        possible = list(worlds(said))
        for at, status in itertools.product(range(LAST + 1), STATUSES):
            answers = {status in world[at] for world in possible}
            found = answer(own, at, status)
            if found is not None or exact:
                assert {found} == (answers if len(answers) == 1 else {None}), (at, status, said)


def many(history, size=25):
    return st.lists(history, min_size=1, max_size=size)


FEW = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))


@FEW
@given(many(st.lists(statement(), max_size=3)))
def test_a_sure_answer_holds_in_every_world(stage, histories):
    check(stage, histories)


@FEW
@given(many(st.lists(st.tuples(st.sampled_from(STATUSES[:4]), DAYS), unique_by=lambda p: p[1], max_size=4)))
def test_exact_dates_leave_no_doubt(stage, histories):
    check(stage, [[Said("event", at, at, status) for status, at in events] for events in histories], exact=True)


@FEW
@given(many(st.tuples(DAYS, DAYS)))
def test_an_exact_validity_leaves_no_doubt(stage, grants):
    check(stage, [[Said("event", at, at, "granted", (until, until))] for at, until in grants], exact=True)


@FEW
@given(many(st.tuples(st.sampled_from(STATUSES[:4]), st.sampled_from(STATUSES[:4]), DAYS, st.integers(0, 1))))
def test_one_loose_end_leaves_no_more_doubt_than_there_is(stage, pairs):
    histories = [
        [Said("event", at, min(LAST, at + loose), one)] + [Said("event", LAST, LAST, two)] * (at + loose < LAST)
        for one, two, at, loose in pairs
    ]
    check(stage, histories, exact=True)


# --- the cases that people will ask about ----------------------------------------------------------------------

PERSON = {"subject_id": "1", "channel": "email", "purpose": "marketing"}


def test_an_event_holds_until_the_next(stage):
    rows = build(
        stage,
        [PERSON | {"status": "granted", "event_at": day(1)}, PERSON | {"status": "withdrawn", "event_at": day(3)}],
    )
    assert [answer(rows, at, "granted") for at in range(5)] == [False, True, True, False, False]
    assert [answer(rows, at, "withdrawn") for at in range(5)] == [False, False, False, True, True]


def test_a_flag_is_in_force_at_the_audit_and_unknown_before(stage):
    rows = build(stage, [PERSON | {"status": "withdrawn", "how": "state"}])
    assert [answer(rows, at, "withdrawn") for at in range(5)] == [None, None, None, None, True]
    assert {row["how"] for row in rows} == {"state"}
    assert [row["starts_at__given"] for row in rows] == [False]
    assert [row["ends_at__given"] for row in rows] == [False]


def test_a_restrictive_flag_outranks_any_dated_grant(stage):
    granted = PERSON | {"status": "granted", "event_at": day(2)}
    rows = build(stage, [granted, PERSON | {"status": "withdrawn", "how": "state"}])
    assert answer(rows, LAST, "withdrawn") is True
    assert answer(rows, LAST, "granted") is False
    assert answer(rows, 3, "granted") is None


def test_a_permitting_flag_does_not_outrank_a_dated_withdrawal(stage):
    rows = build(
        stage, [PERSON | {"status": "withdrawn", "event_at": day(2)}, PERSON | {"status": "granted", "how": "state"}]
    )
    assert answer(rows, LAST, "withdrawn") is None
    assert answer(rows, LAST, "granted") is None


def test_two_answers_on_one_day_leave_the_status_unknown_from_then_on(stage):
    whole_day = (day(1), day(2) - timedelta(microseconds=1))
    noon = day(1) + timedelta(hours=12)
    rows = build(
        stage,
        [PERSON | {"status": "granted", "event_at": whole_day}, PERSON | {"status": "withdrawn", "event_at": noon}],
    )
    assert [answer(rows, at, "withdrawn") for at in range(5)] == [False, None, None, None, None]


def test_the_same_answer_twice_on_one_day_is_no_doubt(stage):
    rows = build(stage, [PERSON | {"status": "granted", "event_at": day(1)}] * 2)
    assert len(rows) == 1
    assert answer(rows, 2, "granted") is True


def test_an_undated_withdrawal_makes_a_dated_grant_doubtful(stage):
    rows = build(stage, [PERSON | {"status": "granted", "event_at": day(1)}, PERSON | {"status": "withdrawn"}])
    assert answer(rows, LAST, "withdrawn") is None
    alone = build(stage, [PERSON | {"status": "withdrawn"}])
    assert [answer(alone, at, "withdrawn") for at in (0, LAST)] == [None, True]


def test_a_grant_expires(stage):
    rows = build(stage, [PERSON | {"status": "granted", "event_at": day(0), "valid_until": day(2)}])
    assert [answer(rows, at, "granted") for at in range(5)] == [True, True, False, False, False]
    assert [answer(rows, at, "expired") for at in range(5)] == [False, False, True, True, True]


def test_a_validity_that_cannot_be_read_makes_the_grant_doubtful(stage):
    rows = build(stage, [PERSON | {"status": "granted", "event_at": day(0), "valid_until": None}])
    assert answer(rows, 2, "granted") is None
    assert answer(rows, 2, "withdrawn") is False


def test_pending_is_no_grant(stage):
    rows = build(stage, [PERSON | {"status": "pending", "event_at": day(0)}])
    assert answer(rows, 2, "granted") is False
    assert answer(rows, 2, "pending") is True


def test_any_is_expanded_over_the_closed_lists(stage):
    lists = load_relations().lists
    rows = build(
        stage, [{"subject_id": "1", "channel": "any", "purpose": "any", "status": "withdrawn", "how": "state"}]
    )
    expected = set(itertools.product(lists["channel"], lists["purpose"]))
    assert {(row["channel"], row["purpose"]) for row in rows} == expected
    assert len(rows) == len(expected)


def test_a_channel_that_cannot_be_read_may_be_any(stage):
    rows = build(stage, [PERSON | {"channel": "#abc", "status": "withdrawn", "event_at": day(1)}])
    assert answer(rows, 2, "withdrawn", channel="post") is None
    assert answer(rows, 0, "withdrawn", channel="post") is False


def test_deleted_future_and_nobody_s_statements_count_for_nothing(stage):
    said = PERSON | {"status": "withdrawn", "event_at": day(1)}
    rows = build(
        stage, [said | {"deleted": True}, said | {"event_at": day(LAST + 1)}, said | {"subject_id": None}],
        [PERSON | {"since": day(LAST + 1)}, PERSON | {"deleted": True}],
    )  # fmt: skip
    assert not rows


def test_people_are_kept_apart_by_source_and_key(stage):
    granted = PERSON | {"status": "granted", "event_at": day(1)}
    rows = build(stage, [granted, granted | {"source": "shop"}, granted | {"subject_id": "2"}])
    assert sorted((row["source"], row["subject_id"]) for row in rows) == [("crm", "1"), ("crm", "2"), ("shop", "1")]


def test_a_suppressed_person_is_withdrawn_since_then_whatever_was_granted(stage):
    granted = PERSON | {"status": "granted", "event_at": day(3)}
    rows = build(stage, [granted], [{"subject_id": "1", "channel": "email", "purpose": "any", "since": day(2)}])
    assert [answer(rows, at, "withdrawn") for at in range(5)] == [False, False, True, True, True]
    assert answer(rows, LAST, "granted") is False
    assert answer(rows, LAST, "withdrawn", channel="sms") is False


def test_a_suppressed_address_finds_its_people_in_every_source(stage):
    who = [
        {"subject_id": "1", "email": "hash"},
        {"source": "shop", "subject_id": "7", "email": "hash"},
        {"subject_id": "8", "email": "hash", "deleted": True},
        {"subject_id": "9", "phone": "hash"},
    ]
    rows = build(stage, (), [{"source": "list", "email": "hash"}], who)
    assert {(row["source"], row["subject_id"]) for row in rows} == {("crm", "1"), ("shop", "7")}
    assert {row["channel"] for row in rows} == {"email"}
    assert {row["status"] for row in rows} == {"withdrawn"}
    rows = build(stage, (), [{"source": "list", "phone": "hash"}], who)
    assert {(row["subject_id"], row["channel"]) for row in rows} == {("9", "phone"), ("9", "sms")}


@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.sampled_from(["granted", "withdrawn"]), st.integers(0, 9)), max_size=12
    )
)
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_built_in_parts_it_is_the_same(stage, said):
    events = [PERSON | {"subject_id": who, "status": status, "event_at": day(at)} for who, status, at in said]
    whole = build(stage, events, [{"subject_id": "b"}])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("auditor.crm.permission.AT_ONCE", 3)
        parts = build(stage, events, [{"subject_id": "b"}])

    def told(rows):
        return sorted(str({name: value for name, value in row.items() if name != "row_id"}) for row in rows)

    assert told(parts) == told(whole)


def test_building_twice_gives_the_same(stage):
    rows = build(stage, [PERSON | {"status": "granted", "event_at": day(1)}])
    assert build_permission(stage.connection, Context(AS_OF, load_relations())) == len(rows)
