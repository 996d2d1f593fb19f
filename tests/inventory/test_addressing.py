"""Names by title, greeting and closing, in several languages; what is nobody's name is none."""

import pytest

from auditor.inventory.addressing import addressed, speaks_of_others
from auditor.inventory.take import examine
from tests.inventory.drawing import draw


@pytest.mark.parametrize(("text", "names"), [
    ("Dear Mr Fischer, thank you", {"Fischer"}),
    ("Sehr geehrte Frau Dr. Weber,\nwir haben", {"Weber"}),
    ("M. Dupont a appelé", {"Dupont"}),
    ("Spoke to Mrs. O'Neill about it", {"O'Neill"}),
    ("Bonjour Chloé,", {"Chloé"}),
    ("La Sra. García Márquez llamó", {"García Márquez"}),
    ("Prof. Dr. Klein kommt", {"Klein"}),
    ("See you soon\nBest regards,\nAnna Schmidt", {"Anna Schmidt"}),
    ("Bis bald\nMit freundlichen Grüßen\n\nPaul Klein\n", {"Paul Klein"}),
    ("Dear Customer,\nwe", set()), ("Dear Sir or Madam,", set()), ("Hello there,", set()), ("Hi all,", set()),
    ("regards to Anna", set()), ("the M. is", set()), ("Hi", set()), ("", set()),
])  # fmt: skip
def test_a_name_is_known_by_how_it_is_addressed(text: str, names: set[str]):
    assert {" ".join(name) for name in addressed(text)} == names


def test_texts_about_others_than_the_listed_people_are_called_so():
    texts = [f"Frau Weber asked us to call her husband back on day {n}" for n in range(5)]
    notes = examine(draw("contacts", {"last_name": ["Weber", "Moreau", "Vogel"], "notes": texts})).columns[1]
    evidence = " ".join(e for c in notes.categories for e in c.evidence)
    assert "5 of 5 texts hold a name by a title" in evidence
    assert "5 of 5 texts speak of people other than those whom the source lists" in evidence
    assert speaks_of_others("ihr Ehemann") and not speaks_of_others("the sons-in-law's")
