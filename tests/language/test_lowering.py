"""Each operator against missing, unreadable and day-precision values: what it answers, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from auditor.errors import ExpressionError
from auditor.language import Frame, lower_condition, parse
from auditor.relations import load_relations
from tests.language import world as w
from tests.language.world import UNREADABLE, Facts, Row, World, day, instant

YES, NO, UNKNOWN = True, False, None


@pytest.fixture(scope="module")
def stage() -> Iterator[World]:
    with w.world() as made:
        yield made


def answer(stage: World, text: str, fields: dict[str, Any] | None = None, **others: Any) -> bool | None:
    stage.fill({"thing": [Row("t1", fields or {})], **others})
    context = w.context(params={"limit": "2", "period": "1 month", "code": "a"})
    frame = Frame(w.relations()["thing"], context)
    condition = lower_condition(parse(text, where=("f", 1, 1)), frame, context)
    found: bool | None = stage.connection.execute(sa.select(condition).select_from(frame.joined)).scalar_one()
    return found


DAY, NOON = day("2024-03-01"), instant("2024-03-01T12:00")


@pytest.mark.parametrize(
    ("text", "fields", "expected"),
    [
        # equality of codes; nothing is equal or unequal to what is not known
        ("letter = 'a'", {"letter": "a"}, YES),
        ("letter = 'a'", {"letter": "b"}, NO),
        ("letter = 'a'", {}, UNKNOWN),
        ("letter = 'a'", {"letter": UNREADABLE}, UNKNOWN),
        ("letter != 'a'", {}, UNKNOWN),
        ("not letter = 'a'", {"letter": UNREADABLE}, UNKNOWN),
        ("letter = other", {"letter": "a", "other": "a"}, YES),
        ("letter = :code", {"letter": "a"}, YES),
        # three-valued and, or
        ("letter = 'a' and false", {}, NO),
        ("letter = 'a' or true", {}, YES),
        ("letter = 'a' and true", {}, UNKNOWN),
        # is missing is never unknown for a row that is there
        ("letter is missing", {}, YES),
        ("letter is missing", {"letter": "a"}, NO),
        ("letter is missing", {"letter": UNREADABLE}, NO),
        ("letter is not missing", {"letter": UNREADABLE}, YES),
        ("noted is missing", {}, YES),
        ("noted is missing", {"noted": True}, NO),
        ("noted", {}, NO),
        ("owner_id is missing", {}, YES),
        ("given(letter)", {"letter": UNREADABLE}, YES),
        ("readable(letter)", {"letter": UNREADABLE}, NO),
        ("readable(letter)", {}, NO),
        ("readable(size)", {"size": 1.0}, YES),
        # flags
        ("flag", {"flag": True}, YES),
        ("flag", {}, UNKNOWN),
        ("not flag", {"flag": UNREADABLE}, UNKNOWN),
        ("flag = false", {"flag": False}, YES),
        # lists, sets, numbers
        ("letter in ('a', 'b')", {"letter": "b"}, YES),
        ("letter not in ('a', 'b')", {"letter": "c"}, YES),
        ("letter not in ('a', 'b')", {}, UNKNOWN),
        ("letters has 'a'", {"letters": ["b", "a"]}, YES),
        ("letters has 'a'", {"letters": []}, NO),
        ("letters has 'a'", {}, UNKNOWN),
        ("letters has letter", {"letters": ["a"]}, UNKNOWN),
        ("size > :limit", {"size": 2.5}, YES),
        ("size between 1 and 2.5", {"size": 2.5}, YES),
        ("size < 1", {}, UNKNOWN),
        # times: an instant, a day, and the tie that nobody can decide
        ("at_time < '2024-03-02'", {"at_time": DAY}, YES),
        ("at_time < '2024-03-01'", {"at_time": DAY}, UNKNOWN),
        ("at_time >= '2024-03-01'", {"at_time": DAY}, UNKNOWN),
        ("at_time > '2024-02-29'", {"at_time": DAY}, YES),
        ("at_time < '2024-03-01T12:00'", {"at_time": NOON}, NO),
        ("at_time <= '2024-03-01T12:00'", {"at_time": NOON}, YES),
        ("at_time = '2024-03-01T12:00'", {"at_time": NOON}, YES),
        ("at_time = '2024-03-01'", {"at_time": NOON}, UNKNOWN),
        ("at_time != '2024-03-02'", {"at_time": NOON}, YES),
        ("at_time < as_of", {"at_time": UNREADABLE}, UNKNOWN),
        ("at_time between '2024-02-01' and '2024-03-31'", {"at_time": DAY}, YES),
        ("at_time < until_time", {"at_time": DAY, "until_time": instant("2024-03-01T23:59:59.999999")}, UNKNOWN),
        # periods: the audit's date is its last instant, 2024-03-31; months clamp at the month's end
        ("at_time older than 1 month", {"at_time": instant("2024-02-29T10:00")}, YES),
        ("at_time older than 1 month", {"at_time": day("2024-02-29")}, UNKNOWN),
        ("at_time older than 1 month", {"at_time": day("2024-02-28")}, YES),
        ("at_time older than :period", {"at_time": DAY}, NO),
        ("at_time older than 1 month", {}, UNKNOWN),
        ("at_time older than 0 days", {"at_time": day("2024-03-30")}, YES),
        ("at_time - 1 month = '2024-02-29T10:00'", {"at_time": instant("2024-03-31T10:00")}, YES),
        ("at_time + 1 year = '2025-02-28T10:00'", {"at_time": instant("2024-02-29T10:00")}, YES),
        ("at_time within 3 days after until_time", {"at_time": NOON, "until_time": day("2024-02-28")}, YES),
        ("at_time within 3 days after until_time", {"at_time": NOON, "until_time": day("2024-03-02")}, NO),
        ("at_time within 1 day before until_time", {"at_time": NOON, "until_time": day("2024-03-02")}, UNKNOWN),
        ("at_time within 1 day after '2024-02-29'", {"at_time": DAY}, UNKNOWN),
        # functions
        ("age(born_on) < 16", {"born_on": date(2008, 4, 1)}, YES),
        ("age(born_on) < 16", {"born_on": date(2008, 3, 31)}, NO),
        ("age(born_on) < 16", {"born_on": date(2025, 1, 1)}, UNKNOWN),
        ("age(born_on) < 16", {}, UNKNOWN),
        ("minor(born_on, country)", {"born_on": date(2010, 1, 1), "country": "DE"}, YES),
        ("minor(born_on, country)", {"born_on": date(2010, 1, 1), "country": "GB"}, NO),
        ("minor(born_on, country)", {"born_on": date(2010, 1, 1)}, UNKNOWN),
        ("minor(born_on, country)", {"born_on": date(2015, 1, 1)}, YES),
        ("minor(born_on, country)", {"born_on": date(1990, 1, 1), "country": UNREADABLE}, NO),
        ("phone_country(phone) = 'DE'", {"phone": ("n", "DE")}, YES),
        ("phone_country(phone) = country", {"phone": ("n", None), "country": "DE"}, UNKNOWN),
        ("region_country(region) != country", {"region": "US-CA", "country": "DE"}, YES),
        ("basis_unknown_in(letters, country)", {"letters": ["a"], "country": "FR"}, YES),
        ("basis_unknown_in(letters, country)", {"letters": ["a"], "country": "DE"}, NO),
        ("basis_unknown_in(letters, country)", {"letters": ["b"]}, NO),
        ("basis_unknown_in(letters, country)", {"letters": ["a"]}, UNKNOWN),
        ("first(at_time, until_time) = '2024-03-01T12:00'", {"until_time": NOON}, YES),
        ("latest(at_time, until_time) = '2024-03-01T12:00'", {"until_time": NOON}, YES),
        ("latest(at_time, until_time) = '2024-03-01T12:00'", {"at_time": day("2024-02-28"), "until_time": NOON}, YES),
        ("latest(at_time, until_time) = '2024-03-01T12:00'", {"at_time": UNREADABLE, "until_time": NOON}, UNKNOWN),
        ("latest(at_time, until_time) is missing", {}, YES),
        ("first(letter, other) is missing", {}, YES),
        ("first(letter, other) is missing", {"other": UNREADABLE}, NO),
    ],
)
def test_the_answer_of_each_operator(stage: World, text: str, fields: dict[str, Any], expected: bool | None):
    assert answer(stage, text, fields) is expected


@pytest.mark.parametrize(
    ("text", "fields", "expected"),
    [
        ("owner.active", {"owner_id": "p1"}, YES),
        ("owner.active", {"owner_id": "p9"}, UNKNOWN),
        ("owner.active", {}, UNKNOWN),
        ("owner.letter is missing", {"owner_id": "p1"}, YES),
        ("owner.letter is missing", {"owner_id": "p9"}, UNKNOWN),
        ("owner.key is missing", {"owner_id": "p9"}, UNKNOWN),
        ("readable(owner.size)", {"owner_id": "p9"}, UNKNOWN),
        ("owner exists", {"owner_id": "p1"}, YES),
        ("owner exists", {"owner_id": "p9"}, NO),
        ("owner exists", {}, UNKNOWN),
        ("owner.deleted", {"owner_id": "p2"}, YES),
        ("owner.deleted", {"owner_id": "p9"}, UNKNOWN),
        ("owner.active", {"owner_id": "p3"}, UNKNOWN),  # the same key in another source is another person
    ],
)
def test_a_path_without_a_row_is_unknown(stage: World, text: str, fields: dict[str, Any], expected: bool | None):
    people = [
        Row("p1", {"active": True}),
        Row("p2", {"active": True}, deleted=True),
        Row("p3", {"active": True}, source="web"),
    ]
    assert answer(stage, text, fields, person=people) is expected


@pytest.mark.parametrize(
    ("text", "parts", "expected"),
    [
        ("any part (same owner_id)", [], NO),
        ("no part (same owner_id)", [], YES),
        ("any part (same owner_id)", [Row("x", {"owner_id": "p1"})], YES),
        ("any part (same owner_id)", [Row("x", {"owner_id": None})], NO),
        ("any part (same owner_id)", [Row("x", {"owner_id": "p1"}, deleted=True)], NO),
        ("any part including deleted (same owner_id)", [Row("x", {"owner_id": "p1"}, deleted=True)], YES),
        ("any part (same owner_id)", [Row("x", {"owner_id": "p1"}, source="web")], NO),
        ("any part (same owner_id)", [Row("x", {"owner_id": "p1", "at_time": day("2024-04-01")})], NO),
        ("any part (same owner_id, letter)", [Row("x", {"owner_id": "p1", "letter": "a"})], UNKNOWN),
        ("no part (same owner_id) where (flag)", [Row("x", {"owner_id": "p1"})], UNKNOWN),
        (
            "any part (same owner_id) where (flag)",
            [Row("x", {"owner_id": "p1"}), Row("y", {"owner_id": "p1", "flag": True})],
            YES,
        ),
        ("any part (same owner_id) where (size > this.size)", [Row("x", {"owner_id": "p1", "size": 2.0})], YES),
        ("any part (same owner_id) where (size > this.size)", [Row("x", {"owner_id": "p1", "size": 1.0})], NO),
        (
            "count of part (same owner_id) where (flag) > 1",
            [Row(k, {"owner_id": "p1", "flag": True}) for k in "xyz"],
            YES,
        ),
        ("count of part (same owner_id) where (flag) > 1", [Row(k, {"owner_id": "p1"}) for k in "xy"], UNKNOWN),
        ("count of part (same owner_id) where (flag) > 1", [Row("x", {"owner_id": "p1"})], NO),
        ("count of part (same owner_id) where (flag) = 0", [Row("x", {"owner_id": "p1"})], UNKNOWN),
        ("count of part (same owner_id) < :limit", [], YES),
        ("any part where (flag)", [Row("x", {"flag": True})], YES),
    ],
)
def test_quantifiers_have_three_answers(stage: World, text: str, parts: list[Row], expected: bool | None):
    assert answer(stage, text, {"owner_id": "p1", "size": 1.0}, part=parts) is expected


@pytest.mark.parametrize(
    ("starts", "ends", "moment", "expected"),
    [
        (day("2024-01-01"), None, "as_of", YES),
        (day("2024-01-01"), day("2024-02-01"), "as_of", NO),
        (day("2024-03-01"), None, "at_time", UNKNOWN),
        (day("2024-03-02"), None, "at_time", NO),
        (day("2024-03-02"), None, "at_time + 2 days", YES),
        (instant("2024-03-01T12:00"), None, "at_time", YES),
        (day("2024-01-01"), instant("2024-03-01T12:00"), "at_time", NO),
        (day("2024-01-01"), DAY, "at_time", UNKNOWN),
        ((day("2000-01-01")[0], day("2024-03-31")[1]), None, "at_time", UNKNOWN),
        (None, None, "as_of", UNKNOWN),
        (day("2024-01-01"), UNREADABLE, "as_of", UNKNOWN),
        (day("2024-01-01"), None, "until_time", UNKNOWN),
        (day("2024-01-01"), None, "'2024-01-01'", UNKNOWN),
        (day("2024-01-01"), None, "'2024-01-02'", YES),
    ],
)
def test_what_is_in_force_at_a_time_includes_its_start_and_not_its_end(
    stage: World, starts: Any, ends: Any, moment: str, expected: bool | None
):
    part = Row("x", {"owner_id": "p1", "starts_at": starts, "ends_at": ends})
    fields = {"owner_id": "p1", "at_time": NOON}
    assert answer(stage, f"any part (same owner_id) at {moment}", fields, part=[part]) is expected


def test_two_rows_with_one_key_do_not_multiply_the_records(stage: World):
    stage.fill(
        {
            "thing": [Row("t1", {"owner_id": "p1"})],
            "person": [Row("p1", {"active": True}), Row("p1", {"active": False})],
        }
    )
    frame = Frame(w.relations()["thing"], w.context())
    condition = lower_condition(parse("owner.active", where=("f", 1, 1)), frame, w.context())
    assert stage.connection.execute(sa.select(condition).select_from(frame.joined)).scalars().all() == [True]


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("emial is missing", 1, "Did you mean 'email'?"),
        ("agee(born_on) > 1", 1, "Did you mean 'age'?"),
        ("any prat (same owner_id)", 1, "Did you mean 'part'?"),
        ("owner.activ", 1, "Did you mean 'active'?"),
        ("ownr.active", 1, "Did you mean 'owner'?"),
        ("letter = 'd'", 1, "not in the list of codes"),
        ("letter in ('a', 'd')", 1, "not in the list of codes"),
        ("letters has 'd'", 1, "not in the list of codes"),
        ("email older than 3 days", 1, "stands where a time is expected"),
        ("email = 'someone'", 1, "Only hashes"),
        ("letter = null", 10, "`is missing`"),
        ("letter < 'b'", 1, "has no order"),
        ("letter", 1, "not a condition by itself"),
        ("letters = 'a'", 1, "Use `has`"),
        ("letter has 'a'", 1, "not a set"),
        ("size = 'a'", 1, "cannot be compared"),
        ("at_time = 'soon'", 1, "is not a date"),
        ("flag and at_time + 2 days", 10, "not a condition"),
        ("size + 2 days > 1", 1, "where a time is expected"),
        ("age(at_time) > 1", 5, "takes a date of birth, not a time"),
        ("age() > 1", 1, "takes 1 argument"),
        ("first(flag, at_time) is missing", 13, "one type"),
        ("this.flag", 1, "inside any, no or count"),
        ("at_time older than :limt", 20, "Did you mean 'limit'?"),
        ("any thing (same letters)", 1, "cannot be matched"),
        ("any part (same email)", 1, "no field 'email'"),
        ("any person at as_of", 1, "no time from when"),
        ("letter matches 'backup-nam'", 1, "Did you mean 'backup-name'?"),
        ("email matches 'backup-name'", 1, "Only names and codes can be matched"),
        ("at_time older than 10 'UX' business days", 20, "There is no calendar of 'UX'."),
        ("at_time older than 10 business weeks", 20, "There are no business weeks."),
        ("at_time older than by_country('perio', country)", 20, "Did you mean 'period'?"),
        ("at_time older than by_country('limit', country)", 20, "a table of numbers"),
        ("size > by_country('period', country)", 19, "a table of periods"),
        ("at_time older than age(born_on)", 20, "A period stands here."),
        ("adequate(letter, at_time)", 10, "takes a country"),
        ("any part (same person) where (flag)", 1, "part is not about a person."),
        ("any part (same owner.at_time)", 1, "Rows cannot be matched by 'owner.at_time'"),
        ("count of part", 1, "A number is not a condition by itself."),
        ("country = 'Germany'", 1, "two capital letters"),
        ("owner = 'p1'", 1, "owner_id"),
        ("'a' = 'a'", 1, "cannot be compared"),
        ("region = 'California'", 1, "US-CA"),
        ("any part where (any part where (this.flag))", 33, "one level"),
        ("count of part > :period", 1, "A number and A text cannot be compared."),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(text: str, column: int, words: str):
    context = w.context(params={"limit": "2", "period": "1 month"})
    with pytest.raises(ExpressionError) as caught:
        lower_condition(parse(text, where=("pack/rule.yaml", 3, 1)), Frame(w.relations()["thing"], context), context)
    assert caught.value.where == f"pack/rule.yaml:3:{column}"
    assert words in str(caught.value)


def test_an_unknown_regime_is_refused_with_the_nearest_one():
    relations = load_relations()
    context = w.context(relations=relations, facts=Facts())
    with pytest.raises(ExpressionError, match="Did you mean 'eu-gdpr'"):
        lower_condition(parse("under('eu-gdrp')", where=("f", 1, 1)), Frame(relations["message"], context), context)


def test_values_are_bound_and_never_part_of_the_statement():
    context = w.context()
    frame = Frame(load_relations()["note"], context)
    condition = lower_condition(parse("kind = 'x''; drop table y'", where=("f", 1, 1)), frame, context)
    assert "drop" not in str(sa.select(condition).select_from(frame.joined))
