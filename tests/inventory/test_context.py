"""The other columns of a table say whose address it is, and whether old dates are birth dates."""

from dataclasses import replace

from auditor.inventory.take import examine
from tests.inventory.drawing import draw

NAMES = [
    f"{first} {last}"
    for first in ("Anna", "Ben", "Eva", "Max")
    for last in ("Weber", "Moreau", "Vogel", "Egger", "Urban")
]
OLD = [f"{1940 + 3 * n}-0{1 + n % 9}-1{n % 9}" for n in range(20)]


def found(columns: dict[str, list[str]]) -> dict[str, list[str]]:
    return {c.column: [k.category for k in c.personal] for c in examine(draw("export", columns)).columns}


def test_the_address_of_a_restaurant_is_nobodys():
    columns = {"Restaurant Name": ["Le Petit Souffle", "Izakaya"], "Address": ["Main Street 4", "High Road 2"]}
    assert found(columns)["Address"] == []


def test_the_same_address_beside_a_persons_name_is_personal():
    columns = {
        "Restaurant Name": ["Le Petit", "Izakaya"],
        "First Name": ["Anna", "Ben"],
        "Address": ["Main Street 4", "High Road 2"],
    }
    assert found(columns)["Address"] == ["contact.postal_address"]


def test_old_dates_beside_names_are_birth_dates_though_their_column_says_nothing():
    assert found({"full_name": NAMES, "c12": OLD})["c12"] == ["demographic.date_of_birth"]


def test_old_dates_are_no_birth_dates_without_people_or_under_another_name():
    assert found({"product": NAMES, "c12": OLD})["c12"] == []
    assert found({"full_name": NAMES, "date_entered": OLD})["date_entered"] == []


def test_recent_dates_are_no_birth_dates():
    recent = [f"20{n:02}-05-1{n % 9}" for n in range(1, 26)]
    assert found({"full_name": NAMES, "c12": recent})["c12"] == []


def test_a_declared_amount_is_no_postal_code():
    amounts = [str(1000 + 791 * n % 8999) for n in range(40)]
    columns = {"full_name": NAMES * 2, "city": ["Berlin", "Paris"] * 20, "c9": amounts}
    drawn = draw("people", columns)
    assert [k.category for k in examine(drawn).columns[2].personal] == ["contact.postal_code"]
    real = [replace(one, column=replace(one.column, type="REAL")) if one.column.name == "c9" else one for one in drawn]
    assert examine(real).columns[2].personal == ()
