"""Each type settles as the stage expects it."""

from __future__ import annotations

from datetime import date, datetime

import pyarrow as pa
import pytest
import sqlalchemy as sa

from auditor.errors import KnowledgeError
from auditor.jurisdictions import load_jurisdictions
from auditor.relations import TYPES
from auditor.settle import Settler, SettleSpec, resolve_region, settle, settle_phone_by_country, stage_columns
from auditor.stage import memory_stage
from auditor.tables import LAYOUT

NOTHING = (None, "", "  ", "-", "N/A", "unknown", "NULL", "none")


@pytest.fixture(scope="module")
def settler():
    return Settler(b"key of the tests", load_jurisdictions())


def read(settler, raw, kind, suffix="", **spec):
    """One stage column of some texts, as Python values."""
    settled = settle(pa.array(list(raw), pa.string()), SettleSpec(kind, **spec), settler)
    assert [(name, column.type) for name, column in settled.columns] == list(stage_columns(kind))
    assert all(len(column) == len(raw) for _, column in settled.columns)
    return dict(settled.columns)[suffix].to_pylist()


def report(settler, raw, kind, **spec):
    found = settle(pa.array(list(raw), pa.string()), SettleSpec(kind, **spec), settler).report
    return found.given, found.unreadable, found.other


@pytest.mark.parametrize("kind", TYPES)
def test_the_columns_are_those_of_the_stage(kind):
    assert [suffix for suffix, _ in stage_columns(kind)] == [suffix for suffix, _ in LAYOUT[kind]]


@pytest.mark.parametrize("kind", [*TYPES, "secret"])
def test_no_rows_and_only_nulls_settle_too(settler, kind):
    read(settler, [], kind)
    assert report(settler, [None, None], kind) == (0, 0, 0)


@pytest.mark.parametrize("kind", [kind for kind in TYPES if kind != "name"])
def test_blanks_and_placeholders_are_missing(settler, kind):
    assert report(settler, NOTHING, kind) == (0, 0, 0)


def test_an_unknown_type_is_a_clear_error(settler):
    with pytest.raises(KnowledgeError, match="no type"):
        settle(pa.array(["a"]), SettleSpec("colour"), settler)


# --- keys, codes, flags, numbers -----------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["0", "17", "-3", "007", "deadbeef", "0A1B2C3D4E5F"])
def test_an_opaque_key_stays(settler, key):
    assert read(settler, [key, f" {key} "], "key") == [key, key]


def test_one_uuid_in_two_spellings_is_one_key(settler):
    spellings = ["6F9619FF-8B86-D011-B42D-00C04FC964FF", "{6f9619ff-8b86-d011-b42d-00c04fc964ff}"]
    assert len(set(read(settler, spellings, "ref"))) == 1


@pytest.mark.parametrize("key", ["ada@example.org", "ADA1", "+49 30 1234567", "1.5", "abc", "deadbee", "12\n34x"])
def test_any_other_key_is_a_keyed_hash(settler, key):
    found = read(settler, [key, key], "key")
    assert found[0] == found[1]
    assert found[0].startswith("#")
    assert len(found[0]) == 33
    assert read(Settler(b"another", settler.facts), [key], "key") != found[:1]


def test_a_profile_may_name_a_shape_of_keys(settler):
    assert read(settler, ["003xx000004TmiQAAS"], "key", key_shape="salesforce") == ["003xx000004TmiQAAS"]
    with pytest.raises(KnowledgeError, match="no shape of keys"):
        read(settler, ["1"], "key", key_shape="salesfroce")


def test_listed_codes_are_mapped_and_others_hashed_and_counted(settler):
    raw = ["Customer", " Customer ", "customer", "Ada", "", None]
    found = read(settler, raw, "code", values={"Customer": "customer"})
    assert found[:2] == ["customer", "customer"]
    assert found[2].startswith("#")
    assert found[3].startswith("#")
    assert found[4:] == [None, None]
    assert report(settler, raw, "code", values={"Customer": "customer"}) == (4, 0, 2)


def test_what_a_spec_lists_goes_before_placeholders(settler):
    values = {"none": "none", "": "blank", "-": ""}
    assert read(settler, ["none", "", "-", None], "code", values=values) == ["none", "blank", None, None]
    assert read(settler, ["", "0", None], "flag", false=("0", "")) == [False, False, None]


def test_codes_by_prefix_by_pattern_and_otherwise(settler):
    spec = {"prefixes": {"a": "short", "ab": "long"}, "patterns": {"[0-9]+": "digits"}, "otherwise": "rest"}
    assert read(settler, ["abc", "ax", "12", "12x", ""], "code", **spec) == ["long", "short", "digits", "rest", None]


def test_a_set_is_decoded(settler):
    basis = {"consent": "consent", "withdrawn": "withdrawn"}
    raw = ["^consent^,^withdrawn^", "^withdrawn^", "^^", "", None]
    assert read(settler, raw, "set", values=basis, split="^,^", strip="^") == [
        ["consent", "withdrawn"],
        ["withdrawn"],
        None,
        None,
        None,
    ]
    assert read(settler, ["\x012\x015\x01"], "set", values={"2": "email", "5": "sms"}, split="\x01", strip="\x01") == [
        ["email", "sms"]
    ]
    assert report(settler, ["^Ada^"], "set", values=basis, split="^,^", strip="^") == (1, 0, 1)


def test_flags(settler):
    raw = ["1", "0", "TRUE", "False", "yes", "N", "t", "off", "Ja", "maybe", ""]
    assert read(settler, raw, "flag", true=("ja",)) == [
        True, False, True, False, True, False, True, False, True, None, None,
    ]  # fmt: skip
    assert report(settler, raw, "flag", true=("ja",)) == (10, 1, 0)


def test_numbers(settler):
    raw = ["12", "-1.5", "+3", ".5", "1e3", "1,234.5", "1.234,5", "12 EUR", "1e999", "nan", "inf"]
    assert read(settler, raw, "number") == [12, -1.5, 3, 0.5, 1000, None, None, None, None, None, None]
    assert read(settler, ["1.234,5", "7"], "number", decimal=",", thousands=".") == [1234.5, 7]
    assert read(settler, ["1,5", "1.5"], "number", decimal=",") == [1.5, None]
    assert read(settler, ["1,234.5"], "number", thousands=",") == [1234.5]


def test_presence_and_names(settler):
    assert read(settler, ["Ada", " ", None, "n/a"], "presence") == [True, False, False, False]
    assert read(settler, ["none", " accounts ", ""], "name") == ["none", "accounts", None]


@pytest.mark.parametrize(
    ("stored", "scheme"),
    [
        ("$2y$10$" + "x" * 53, "bcrypt"),
        ("$argon2id$v=19$m=1", "argon2"),
        ("$6$salt$hash", "sha512"),
        ("$1$salt$hash", "md5"),
        ("a" * 32, "md5"),
        ("b" * 40, "sha1"),
        ("c" * 64, "sha256"),
        ("pbkdf2_sha256$1$x", "pbkdf2"),
        ("scrypt:32768:8:1$x", "scrypt"),
        ("hunter2", "plain"),
        ("", None),
    ],
)
def test_how_a_password_is_stored(settler, stored, scheme):
    assert read(settler, [stored], "secret") == [scheme]


# --- times ---------------------------------------------------------------------------------------------------


def bounds(settler, text, **spec):
    return read(settler, [text], "time", **spec)[0], read(settler, [text], "time", "__end", **spec)[0]


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-29 10:00:00",
        "2024-02-29T10:00:00Z",
        "2024-02-29T10:00:00.000Z",
        "2024-02-29T12:00:00+02:00",
        "2024-02-29T12:00:00.000+0200",
        "2024-02-29 10:00:00+00",
        "2024-02-29 10:00:00 UTC",
        "20240229T100000Z",
        "2024/02/29 10:00:00",
        "2024-02-29 10:00:00.000000000",
    ],
)
def test_an_instant_is_read_from_many_spellings(settler, text):
    assert bounds(settler, text) == (datetime(2024, 2, 29, 10), datetime(2024, 2, 29, 10))


def test_a_day_and_a_minute_keep_their_bounds(settler):
    day = (datetime(2024, 3, 4), datetime(2024, 3, 4, 23, 59, 59, 999999))
    assert bounds(settler, "2024-03-04") == day
    assert bounds(settler, "20240304") == day
    assert bounds(settler, "2024-03-04 10:11:12", day_only=True) == day
    assert bounds(settler, "2024-03-04 10:11") == (
        datetime(2024, 3, 4, 10, 11),
        datetime(2024, 3, 4, 10, 11, 59, 999999),
    )
    assert bounds(settler, "2024-03-04 10:11:12.345678")[0] == datetime(2024, 3, 4, 10, 11, 12, 345678)


def test_times_without_a_zone_are_the_source_s(settler):
    berlin = {"zone": "Europe/Berlin"}
    assert bounds(settler, "2024-07-01 12:00:00", **berlin)[0] == datetime(2024, 7, 1, 10)
    assert bounds(settler, "2024-07-01 12:00:00Z", **berlin)[0] == datetime(2024, 7, 1, 12)
    assert bounds(settler, "2024-07-01", **berlin) == (
        datetime(2024, 6, 30, 22),
        datetime(2024, 7, 1, 21, 59, 59, 999999),
    )
    twice = (datetime(2024, 10, 27, 0, 30), datetime(2024, 10, 27, 1, 30))
    assert bounds(settler, "2024-10-27 02:30:00", **berlin) == twice
    assert bounds(settler, "2024/10/27 02:30:00", **berlin) == twice
    with pytest.raises(KnowledgeError, match="no time zone"):
        bounds(settler, "2024-07-01", zone="Mars/Olympus")


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-31", "2023-02-29", "2024-04-31", "2024-13-01", "0000-05-05", "infinity", "-infinity", "epoch", "now",
        "today", "03/04/2024", "25.12.2024", "12/25/24", "2024", "1709200000", "2024-02-29 25:00:00",
        "2024-02-29 10:60:00", "2024-03-04+02:00", "9999-12-31 23:59:59-99:00", "10:00:00", "45000",
    ],
)  # fmt: skip
def test_what_is_no_sure_time_is_given_but_unreadable(settler, text):
    assert bounds(settler, text) == (None, None)
    assert report(settler, [text], "time") == (1, 1, 0)


@pytest.mark.parametrize("text", ["0000-00-00", "0000-00-00 00:00:00", "0001-01-01T00:00:00Z"])
def test_zero_dates_are_missing(settler, text):
    assert report(settler, [text], "time") == report(settler, [text], "birth") == (0, 0, 0)


def test_day_and_month_are_read_in_the_order_that_somebody_stated(settler):
    assert bounds(settler, "03/04/2024", day_first=True)[0] == datetime(2024, 4, 3)
    assert bounds(settler, "03/04/2024", day_first=False)[0] == datetime(2024, 3, 4)
    assert bounds(settler, "3/4/2024 1:05 PM", day_first=False)[0] == datetime(2024, 3, 4, 13, 5)
    assert bounds(settler, "03.04.2024 07:08:09", day_first=True)[0] == datetime(2024, 4, 3, 7, 8, 9)
    assert bounds(settler, "25/12/2024", day_first=False) == (None, None)


def test_numbers_are_times_only_if_the_spec_says_so(settler):
    assert bounds(settler, "1709200800", formats=("epoch",))[0] == datetime(2024, 2, 29, 10)
    assert bounds(settler, "1709200800000", formats=("epoch_ms",))[0] == datetime(2024, 2, 29, 10)
    assert bounds(settler, "45351", formats=("excel",))[0] == datetime(2024, 2, 29)
    assert bounds(settler, "29 Feb 2024", formats=("%d %b %Y",))[1] == datetime(2024, 2, 29, 23, 59, 59, 999999)
    assert bounds(settler, "2024-02-29", formats=("epoch",))[0] == datetime(2024, 2, 29)


def test_births(settler):
    raw = ["1980-02-29", "1980-02-29 00:00:00", "1980-02-29T23:00:00+05:00", "1980-02-30", "0000-00-00", "1.2.1980"]
    assert read(settler, raw, "birth") == [date(1980, 2, 29)] * 3 + [None] * 3
    assert report(settler, raw, "birth") == (5, 2, 0)


def test_the_slow_and_the_fast_way_agree(settler):
    texts = ["2024-02-28 01:02:03", "1999-12-31", "2024-06-30T23:59:59.5", "0100-01-01 00:00:00"]
    for zone in ("UTC", "America/New_York", "Asia/Kathmandu"):
        for text in texts:
            assert bounds(settler, text, zone=zone) == bounds(settler, text, zone=zone, formats=("%Q%Q",)), (text, zone)


# --- places --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DE", "DE"), ("de", "DE"), ("DEU", "DE"), ("276", "DE"), ("Germany", "DE"), ("GERMANY ", "DE"),
        ("Deutschland", "DE"), ("Allemagne", "DE"), ("Alemania", "DE"), ("德国", "DE"), ("Германия", "DE"),
        ("Espana", "ES"), ("Côte d&#039;Ivoire", "CI"), ("USA", "US"), ("U.S.A.", "US"), ("UK", "GB"),
        ("England", "GB"), ("Holland", "NL"), ("The Netherlands", "NL"), ("NA", "NA"), ("Kosovo", "XK"),
        ("Georgia", "GE"),
        ("Kongo", None), ("EU", None), ("Atlantis", None), ("Europe", None), ("ZZ", None), ("Berlin", None),
    ],
)  # fmt: skip
def test_countries(settler, text, code):
    assert read(settler, [text], "country") == [code]
    assert read(settler, [text], "country", "__given") == [True]


def test_a_profile_may_list_countries(settler):
    assert read(settler, ["1", "2", "3"], "country", values={"1": "DE", "2": ""}) == ["DE", None, None]
    assert read(settler, ["1", "2"], "country", "__given", values={"1": "DE", "2": ""}) == [True, False]


@pytest.mark.parametrize(
    ("text", "country", "code"),
    [
        ("CA", "US", "US-CA"), ("California", "US", "US-CA"), ("california", None, "US-CA"), ("US-CA", None, "US-CA"),
        ("CA", None, None), ("CA", "DE", None), ("California", "DE", "US-CA"), ("Georgia", "GE", None),
        ("Georgia", "US", "US-GA"), ("Bavaria", "DE", None), ("", "US", None),
    ],
)  # fmt: skip
def test_states(settler, text, country, code):
    with memory_stage() as stage:
        found = sa.literal(read(settler, [text], "region")[0], sa.String())
        assert (
            stage.connection.execute(sa.select(resolve_region(found, sa.literal(country, sa.String())))).scalar()
            == code
        )


# --- e-mail and phone ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spelling",
    [
        "ada@example.org",
        " ADA@Example.ORG ",
        "mailto:ada@example.org",
        "Ada L. <ada@example.org>",
        "ada&#64;example.org",
    ],
)
def test_spellings_of_an_address_are_one(settler, spelling):
    assert read(settler, [spelling], "email") == read(settler, ["ada@example.org"], "email")


def test_an_international_host_is_one_address(settler):
    assert read(settler, ["a@bücher.example"], "email") == read(settler, ["a@xn--bcher-kva.example"], "email")


@pytest.mark.parametrize(
    "text",
    [
        "ada", "ada@", "@example.org", "ada@example", "a@b@example.org", ".ada@example.org", "ada.@example.org",
        "a..b@example.org", "a b@example.org", "ada@-x.org", "ada@example..org", "ada@1.2.3.4",
        "x" * 65 + "@example.org", "ada@" + "x" * 64 + ".org",
    ],
)  # fmt: skip
def test_what_is_no_address_is_unreadable(settler, text):
    assert report(settler, [text], "email") == (1, 1, 0)


@pytest.mark.parametrize("text", ["o'hara+crm@example.co.uk", "r&d@example.org", "ü@example.org", "x_y-z@a-b.museum"])
def test_unusual_addresses_are_addresses(settler, text):
    assert report(settler, [text], "email") == (1, 0, 0)


def test_spellings_of_a_number_are_one(settler):
    texts = ["+49 30 1234567", "0049 (30) 123-4567", "+49 (0)30 1234567", "tel:+49-30-1234567"]
    assert len(set(read(settler, texts, "phone"))) == 1
    assert read(settler, ["030 1234567"], "phone", country="DE") == read(settler, texts[:1], "phone")


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("+49 30 1234567", "DE"), ("+1 212 736 5000", "US"), ("+1 416 736 5000", "CA"), ("+1 555 123 4567", None),
        ("+1 212 555 0123", None), ("+7 701 123 4567", "KZ"), ("030 1234567", None), ("+800 1234 5678", None),
    ],
)  # fmt: skip
def test_the_prefix_tells_the_country_only_if_it_is_written(settler, text, region):
    assert read(settler, [text], "phone", "__region", country="DE") == [region]


def test_a_national_number_needs_a_country(settler):
    assert report(settler, ["030 1234567", "call me", "12"], "phone") == (3, 3, 0)


def test_a_national_number_takes_the_country_beside_it(settler):
    phones = pa.array(["030 1234567", "030 1234567", "+49 30 1234567", None, "030 1234567"])
    countries = pa.array(["Germany", "Italy", None, "DE", "Atlantis"])
    found = settle_phone_by_country(phones, countries, SettleSpec("phone"), settler)
    values = dict(found.columns)[""].to_pylist()
    assert values[0] == values[2] != values[1]
    assert values[1] is not None
    assert values[3:] == [None, None]
    assert (found.report.given, found.report.unreadable) == (4, 1)
