"""The figures that are known of the trial data; they run only where it lies beside the checkout."""

from __future__ import annotations

import contextlib
import gzip
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.crm.bound import Bound, bound

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = [pytest.mark.shared, pytest.mark.skipif(not DATA.exists(), reason="the trial data is not here")]


def _unpacked(packed: Path, folder: Path) -> Path:
    database = folder / packed.stem
    with gzip.open(packed) as source, database.open("wb") as target:
        shutil.copyfileobj(source, target)
    return database


@pytest.fixture(scope="module")
def suitecrm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bound]:
    database = _unpacked(DATA / "suitecrm" / "suitecrm_synthetic.sqlite.gz", tmp_path_factory.mktemp("suitecrm"))
    with bound(database, as_of="2026-11-01") as result:
        yield result


@pytest.fixture(scope="module")
def civicrm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bound]:
    database = _unpacked(DATA / "civicrm" / "civicrm.sqlite.gz", tmp_path_factory.mktemp("civicrm"))
    with bound(database, as_of="2019-11-28") as result:
        yield result


@pytest.fixture(scope="module")
def npsp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bound]:
    database = tmp_path_factory.mktemp("npsp") / "npsp.sqlite"
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.executescript((DATA / "salesforce-npsp" / "npsp_trailhead.sql").read_text(encoding="utf-8"))
    with bound(database, as_of="2020-06-30") as result:
        yield result


def _live(table: sa.Table) -> sa.ColumnElement[bool]:
    return sa.not_(table.c.deleted)


def _has(column: sa.ColumnElement[Any], code: str) -> sa.ColumnElement[bool]:
    return sa.func.coalesce(sa.func.list_contains(column, code), sa.false())


def _withdrawn(result: Bound, subject: sa.ColumnElement[Any], channel: Any, purpose: Any) -> sa.ColumnElement[bool]:
    p = result.rel("permission").alias()
    in_force = sa.and_(p.c.subject_id == subject, p.c.channel == channel, p.c.purpose == purpose)
    return sa.exists().where(in_force, p.c.status == "withdrawn")


def _listed(result: Bound) -> tuple[sa.Table, sa.Table, sa.FromClause]:
    audience, subject = result.rel("audience"), result.rel("subject")
    return audience, subject, audience.join(subject, subject.c.key == audience.c.subject_id)


class TestSuiteCrm:
    def test_people(self, suitecrm: Bound) -> None:
        s = suitecrm.rel("subject")
        assert suitecrm.count(_live(s), s.c.kind == "contact", of=s) == 246
        assert suitecrm.count(_live(s), s.c.kind == "lead", of=s) == 112
        assert suitecrm.count(s.c.deleted, s.c.named, of=s) == 22
        assert suitecrm.count(_live(s), sa.not_(s.c.country__given), of=s) == 30
        assert suitecrm.count(_live(s), s.c.kind == "lead", s.c.last_activity_at < sa.literal("2023-11-01"), of=s) == 30
        assert suitecrm.count(_live(s), s.c.region == "US-CA", of=s) == 42

    def test_lawful_bases(self, suitecrm: Bound) -> None:
        s = suitecrm.rel("subject")
        consent = _has(s.c.lawful_basis, "consent")
        assert suitecrm.count(_live(s), sa.not_(s.c.lawful_basis__given), of=s) == 67
        assert suitecrm.count(_live(s), consent, sa.not_(s.c.basis_reviewed_at__given), of=s) == 37
        assert suitecrm.count(_live(s), consent, sa.not_(s.c.basis_source), of=s) == 23

    def test_lists(self, suitecrm: Bound) -> None:
        a, s, joined = _listed(suitecrm)
        refused = _withdrawn(suitecrm, a.c.subject_id, a.c.channel, a.c.purpose)
        assert suitecrm.count(_live(s), _live(a), refused, of=joined) == 19
        assert suitecrm.count(_live(s), _live(a), _has(s.c.lawful_basis, "withdrawn"), of=joined) == 10

    def test_confirmed_addresses_are_counted_once_each(self, suitecrm: Bound) -> None:
        i = suitecrm.rel("identity")
        assert suitecrm.count(i.c.confirmed == "confirmed", sa.not_(i.c.confirmed_at__given), of=i) == 12

    def test_users(self, suitecrm: Bound) -> None:
        u, s = suitecrm.rel("user"), suitecrm.rel("subject")
        assert suitecrm.count(_live(u), u.c.admin, sa.not_(u.c.active), of=u) == 1
        assert suitecrm.count(_live(u), u.c.active, sa.not_(u.c.mfa), of=u) == 3
        assert suitecrm.count(u.c.password_scheme.in_(["md5", "sha1", "plain"]), of=u) == 1
        assert suitecrm.count(_live(u), u.c.active, sa.not_(u.c.last_seen_at__given), of=u) == 1
        owned = s.join(u, u.c.key == s.c.owner_id)
        assert suitecrm.count(_live(s), sa.or_(u.c.deleted, sa.not_(u.c.active)), of=owned) == 85

    def test_the_marks_of_memory_are_kept(self, suitecrm: Bound) -> None:
        subject = suitecrm.relation("subject").fields
        assert subject["lawful_basis"].verified == "M"
        assert subject["country"].verified == "S"
        assert suitecrm.relation("consent").fields["status"].verified == "S"


class TestCiviCrm:
    def test_people(self, civicrm: Bound) -> None:
        s = civicrm.rel("subject")
        assert civicrm.binding.people == 160
        assert civicrm.count(s.c.deceased, sa.not_(s.c.deceased_at__given), of=s) == 2
        assert civicrm.count(s.c.born_on > sa.literal("2003-11-28"), of=s) == 15

    def test_lists(self, civicrm: Bound) -> None:
        a, s, joined = _listed(civicrm)
        refused = _withdrawn(civicrm, a.c.subject_id, a.c.channel, a.c.purpose)
        assert civicrm.count(refused, of=joined) == 18
        people = sa.select(sa.func.count(a.c.subject_id.distinct())).select_from(joined)
        assert civicrm.connection.execute(people.where(refused)).scalar_one() == 16
        assert civicrm.connection.execute(people.where(s.c.deceased)).scalar_one() == 4
        assert civicrm.connection.execute(people.where(s.c.born_on > sa.literal("2003-11-28"))).scalar_one() == 9

    def test_preferred_channels_that_are_refused(self, civicrm: Bound) -> None:
        s = civicrm.rel("subject")
        for channel, people in (("phone", 1), ("email", 6)):
            refused = _withdrawn(civicrm, s.c.key, channel, "marketing")
            assert civicrm.count(_has(s.c.preferred_channels, channel), refused, of=s) == people

    def test_rights_and_notes(self, civicrm: Bound) -> None:
        g, n = civicrm.rel("grant"), civicrm.rel("note")
        standing = sa.and_(g.c.active, sa.not_(g.c.denies), g.c.operation.in_(["edit", "all"]), g.c.scope == "all")
        assert civicrm.count(standing, of=g) == 65
        assert civicrm.count(n.c.visibility == "all", of=n) == 20


def test_a_folder_of_mautic_exports_gives_its_people(tmp_path: Path) -> None:
    for name in ("10contacts", "fakecompanydata", "fakeemaildata", "fakeleaddata", "fakepagehitdata", "fakeresultdata"):
        shutil.copy(DATA / "mautic" / f"{name}.csv", tmp_path)
    with bound(tmp_path) as result:
        s = result.rel("subject")
        leads = s.c.key.startswith("fakeleaddata/")
        assert result.count(leads, of=s) == 54
        assert result.count(leads, s.c.email__given, of=s) == 50
        assert result.count(leads, sa.not_(s.c.phone__given), of=s) == 4
        assert result.count(leads, s.c.country == "GB", of=s) == 11
        assert result.binding.people == 64


class TestSalesforce:
    """Of an extract of the Nonprofit Success Pack."""

    def test_people(self, npsp: Bound) -> None:
        s = npsp.rel("subject")
        contact = s.c.kind == "contact"
        assert npsp.binding.profiles[0].profile == "salesforce"
        assert npsp.count(contact, of=s) == 166
        assert npsp.count(contact, sa.not_(s.c.email__given), of=s) == 50
        assert npsp.count(contact, sa.not_(s.c.country__given), of=s) == 165
        assert npsp.count(s.c.deceased, of=s) == 0
        assert npsp.relation("subject").fields["last_activity_at"].fill == "not mapped"

    def test_nobody_has_opted_out(self, npsp: Bound) -> None:
        assert npsp.relation("consent").mapped
        assert npsp.relation("consent").rows == npsp.relation("permission").rows == 0

    def test_home_addresses_that_several_people_share(self, npsp: Bound) -> None:
        i = npsp.rel("identity")
        homes = sa.select(sa.func.count().label("n")).where(i.c.key.like("%home_email%")).group_by(i.c.email).subquery()
        assert npsp.count(homes.c.n > 1, of=homes) == 16
        shared = sa.select(sa.func.sum(homes.c.n)).where(homes.c.n > 1)
        assert npsp.connection.execute(shared).scalar_one() == 32

    def test_members_of_campaigns(self, npsp: Bound) -> None:
        a, s, joined = _listed(npsp)
        assert npsp.count(of=a) == 228
        people = sa.select(sa.func.count(a.c.subject_id.distinct()))
        assert npsp.connection.execute(people).scalar_one() == 72
        assert npsp.count(sa.not_(s.c.email__given), of=joined) == 56
