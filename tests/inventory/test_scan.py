"""With every value asked for, one value among thousands decides, and no chance hit does."""

import csv
import io
import re
import uuid
from pathlib import Path

import pytest

from auditor.inventory import record_of_processing, take
from auditor.inventory.scan import ANY, CANDIDATE, SIGNS, strong_checks
from auditor.model import ColumnInventory, Inventory
from auditor.sources import open_source

STRONG = [
    "eva@web.example.org", "&#101;va&#64;web.example.org", "write to eva@web.example.org soon",
    "DE89 3704 0044 0532 0130 00", "pay DE89370400440532013000 NOW", "00:1b:44:11:3a:b7", "00-1B-44-11-3A-B7",
    "2001:db8:0:1::7", "$2y$10$abcdefghijklmnopqrstuv0123456789ABCDEFGHIJKLMNOPQRSTU", "{SSHA}abcdefghijklmnop",
    "pbkdf2_sha256$1000$abcdefgh$ijklmnop", "11010519491231002X", "110105 19491231 002X", "756.9217.0769.85",
    "ZXZhQHdlYi5leGFtcGxlLm9yZyAx",
]  # fmt: skip


def inventory_of(path: Path, values: int | None) -> Inventory:
    with open_source(str(path)) as source:
        return take([source], values=values)


def column(inventory: Inventory, name: str) -> ColumnInventory:
    return next(c for c in inventory.columns if c.column == name)


@pytest.mark.parametrize("value", STRONG)
def test_every_strong_value_is_a_candidate_and_shows_its_sign(value: str):
    from auditor.inventory.shapes import readable

    assert re.search(CANDIDATE, value)
    text = readable(value).strip()
    passed = [c for c in strong_checks() if c.passes(text)]
    assert passed
    assert all(SIGNS.get(c.id, ANY).search(text) for c in passed)


@pytest.fixture
def rare(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["detail", "key"])
        for number in range(9_000):
            detail = "write to eva@web.example.org" if number == 7_321 else f"step {number} done"
            writer.writerow([detail, str(uuid.UUID(int=number * 7919 + 2**127, version=4))])
    return path


def test_one_address_among_thousands_is_found_by_reading_all_and_the_sample_says_what_it_may_miss(rare: Path):
    full, sampled = inventory_of(rare, None), inventory_of(rare, 50)
    detail = column(full, "detail")
    assert [c.category for c in detail.personal] == ["contact.email_personal"]
    assert any(said.startswith("1 of 9,000 values") for said in detail.personal[0].evidence)
    assert detail.read == 9_000
    assert column(sampled, "detail").read == 50
    assert column(full, "key").personal == ()


def test_reading_all_never_says_less_than_a_sample(rare: Path):
    full, sampled = inventory_of(rare, None), inventory_of(rare, 1_000)
    for one in sampled.columns:
        assert {c.category for c in one.personal} <= {c.category for c in column(full, one.column).personal}


def test_the_record_of_processing_runs_in_no_spreadsheet_and_says_what_may_be_missed(tmp_path: Path):
    path = tmp_path / "customers.csv"
    path.write_text("=email(),name\na@b.example.org,Anna Schmidt\n", encoding="utf-8")
    lines = list(csv.DictReader(io.StringIO(record_of_processing(inventory_of(path, None), controller="@Acme"))))
    assert lines[0]["column"] == "'=email()"
    assert lines[0]["category"] == "contact.email_personal"
    assert (lines[0]["decision"], lines[0]["sensitivity"], lines[0]["undetected_below"]) == ("personal", "S1", "0.0000")
    assert (lines[0]["data_subjects"], lines[0]["controller"], lines[0]["purposes"]) == ("customers", "'@Acme", "")
    assert not any("Anna" in text for line in lines for text in line.values())
