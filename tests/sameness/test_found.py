"""What the proof of sameness has found, each as the smallest rows that show it."""

from __future__ import annotations

from random import Random

from auditor.language import Context, last_instant
from auditor.relations import load_relations
from auditor.rules import scan
from tests.crm.bound import bound
from tests.language.world import AS_OF, day
from tests.sameness import crm
from tests.sameness.carriers import to_csv
from tests.sameness.cells import Cell
from tests.sameness.proof import FACTS, PROFILE, compiled, expect, world_of
from tests.sameness.sentences import Sentence


def one_person(tmp_path, **raw):
    """The subject of a database with one person, some of whose cells are given."""
    row = {**dict.fromkeys(crm.columns("people"), Cell(None, None)), "id": Cell("1", "1")}
    row |= {name: Cell(value, None) for name, value in raw.items()}
    database = {**dict.fromkeys(crm.TABLES, ()), "people": [row]}
    with bound(to_csv(database, tmp_path / "crm"), profile=str(PROFILE)) as result:
        (subject,) = result.rows("subject")
        return subject


def test_a_flag_that_cannot_be_read_is_given(tmp_path):
    subject = one_person(tmp_path, dead="maybe")
    assert (subject["deceased"], subject["deceased__given"]) == (None, True)


def test_a_condition_of_a_profile_that_is_unknown_was_not_given(tmp_path):
    staff = [{**dict.fromkeys(crm.columns("staff"), Cell(None, None)), "id": Cell("1", "1")}]
    database = {**dict.fromkeys(crm.TABLES, ()), "staff": staff}
    with bound(to_csv(database, tmp_path / "crm"), profile=str(PROFILE)) as result:
        (user,) = result.rows("user")
    assert (user["active"], user["active__given"]) == (None, False)


def test_the_first_number_does_not_get_the_country_of_the_second(tmp_path):
    subject = one_person(tmp_path, mobile="030 1230001", work="+44 20 7946 0001")
    assert (subject["phone"] is not None, subject["phone__region"]) == (True, None)


def test_a_rule_may_count_business_days_from_a_fixed_day_of_this_century():
    text = "created_at > '2024-03-30' + 2 'US' business days"
    assert len(list(compiled([Sentence("subject", "", text, False)]))) == 1


def test_the_same_seed_gives_the_same_database():
    assert crm.database(Random(7), 0) == crm.database(Random(7), 0)


def test_a_time_that_one_countrys_calendar_does_not_reach_is_not_surely_late_in_an_unknown_country(tmp_path):
    """The bounds over all countries ignored the country whose business days nobody knows."""
    row = {**dict.fromkeys(crm.columns("people"), Cell(None, None)), "id": Cell("1", "1")}
    row["created"] = Cell("9999-12-31", day("9999-12-31"))
    database = {**dict.fromkeys(crm.TABLES, ()), "people": [row]}
    (rule,) = compiled([Sentence("subject", "", "created_at - by_country('office', country) > as_of", False)])
    with bound(to_csv(database, tmp_path / "crm"), profile=str(PROFILE)) as result:
        context = Context(last_instant(AS_OF), load_relations(), FACTS)
        (counts,) = scan.count(result.connection, [rule], context).values()
    expected = expect(rule, crm.meaning(database, "crm"), "crm")
    assert (counts.violations, counts.undetermined) == (expected["violation"], expected["unknown"]) == (0, 1)


def test_a_fixed_day_moved_by_the_country_of_this_record_and_then_of_the_other_is_judged(tmp_path):
    """The first calendar was joined to the other record, the second to this one, which could not see the first."""
    people = [{**dict.fromkeys(crm.columns("people"), Cell(None, None)), "id": Cell("1", "1")}]
    people[0]["country"] = Cell("US", "US")
    database = {**dict.fromkeys(crm.TABLES, ()), "people": people}
    far = "('2024-03-30' + by_country('office', this.country)) + by_country('office', country)"
    texts = [f"any subject (same key) where ({far} < as_of)", f"any subject (same key) where ({far} > as_of)"]
    rules = list(compiled(Sentence("subject", "", text, False) for text in texts))
    with bound(to_csv(database, tmp_path / "crm"), profile=str(PROFILE)) as result:
        context = Context(last_instant(AS_OF), load_relations(), FACTS)
        for rule in rules:
            (counts,) = scan.count(result.connection, [rule], context).values()
            expected = expect(rule, crm.meaning(database, "crm"), "crm")
            assert counts.violations == expected["violation"]
            assert counts.undetermined == expected["unknown"]


def test_an_open_start_or_end_moved_by_business_days_stays_open(tmp_path):
    """It has no day of the week, and was not known any more: so nothing was that is asked at that time."""
    nothing = Cell(None, None)
    person = {**dict.fromkeys(crm.columns("people"), nothing), "id": Cell("1", "1"), "country": Cell("AT", "AT")}
    consent = {**dict.fromkeys(crm.columns("consents"), nothing), "id": Cell("1", "1"), "person": Cell("1", "1")}
    database = {**dict.fromkeys(crm.TABLES, ()), "people": [person], "consents": [consent]}
    texts = [
        f"no permission (same subject_id) where (listed('eu-adequacy', subject.country, {moved}))"
        for moved in ("starts_at - 2 business days", "ends_at + 13 'US' business days")
    ]
    rules = list(compiled(Sentence("subject", "", text, False) for text in texts))
    with bound(to_csv(database, tmp_path / "crm"), profile=str(PROFILE)) as result:
        context = Context(last_instant(AS_OF), load_relations(), FACTS)
        for rule in rules:
            (counts,) = scan.count(result.connection, [rule], context).values()
            expected = expect(rule, world_of(database, ["crm"]), "crm")
            assert (counts.violations, counts.undetermined) == (expected["violation"], expected["unknown"]) == (1, 0)
