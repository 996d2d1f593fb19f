"""Recognizers of the organisation's own: found where they fit, and refused with file, line and what to do."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from auditor.errors import KnowledgeError
from auditor.inventory.own_recognizers import load_own
from auditor.inventory.reading import How
from auditor.inventory.take import Drawn, examine
from auditor.policy import load_policy
from tests.inventory.drawing import draw

GOOD = """\
id: kd-number
title: one of our customer numbers
category: identity.customer_id
pattern: 'KD-\\d{5}'
fits: [KD-00001]
fits_not: [KD-1, XKD-00001]
"""


def _policy(folder: Path, *files: str, names: str = "rec") -> Path:
    (folder / "rec").mkdir(exist_ok=True)
    for number, text in enumerate(files):
        (folder / "rec" / f"r{number}.yaml").write_text(text, encoding="utf-8")
    (folder / "auditor.yaml").write_text(f"inventory:\n  recognizers: {names}\n", encoding="utf-8")
    return folder / "auditor.yaml"


def _found(folder: Path, columns: dict[str, list[str]], *files: str) -> list[list[str]]:
    how = How(known=load_policy(_policy(folder, *files)).known)
    drawn: list[Drawn] = draw("things", columns)
    return [[c.category for c in column.personal] for column in examine(drawn, how=how).columns]


def test_a_recognizer_of_ones_own_decides_where_a_value_fits(tmp_path: Path) -> None:
    columns = {"c1": ["KD-12345", "KD-54321"], "c2": ["KD-123456", "x"], "c3": ["see KD-12345", "none"]}
    assert _found(tmp_path, columns, GOOD) == [["identity.customer_id"], [], []]


def test_it_is_looked_for_inside_texts_if_it_says_so(tmp_path: Path) -> None:
    columns = {"c3": ["see KD-12345, please", "none"], "c4": ["KD-123456", "OKD-12345"]}
    assert _found(tmp_path, columns, GOOD.replace("XKD", "OKD") + "inside_texts: true\n") == [
        ["identity.customer_id"],
        [],
    ]


def test_no_pattern_takes_long(tmp_path: Path) -> None:
    slow = GOOD.replace(r"KD-\d{5}", "(a+)+(b|a)*KD").replace("[KD-00001]", "[aKD]")
    began = time.process_time()
    assert _found(tmp_path, {"c1": ["a" * 3_900] * 3}, slow) == [[]]
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("text", "line", "what", "do"),
    [
        (GOOD.replace("category:", "categorie:"), 3, "'categorie' is not known", "Did you mean 'category'?"),
        (
            GOOD.replace("identity.customer_id", "identity.customer"),
            3,
            "no category 'identity.customer'",
            "Did you mean",
        ),
        (GOOD.replace(r"'KD-\d{5}'", r"'KD-\d{5'"), None, "does not fit this example", "Mend one of them"),
        (GOOD.replace(r"'KD-\d{5}'", r"'KD-(\d{5}'"), 4, "not a pattern of RE2", "no look-arounds"),
        (GOOD.replace(r"'KD-\d{5}'", r"'(?<=K)D-\d{5}'"), 4, "not a pattern of RE2", "no look-arounds"),
        (GOOD.replace(r"'KD-\d{5}'", r"'((a{1000}){1000}){1000}'"), 4, "not a pattern of RE2", "repeats go up"),
        (GOOD.replace(r"'KD-\d{5}'", r"'a)(b'"), 4, "not a pattern of RE2", ""),
        (GOOD.replace(r"'KD-\d{5}'", r"'.*'"), 4, "single character, or none", "Say more"),
        (GOOD.replace(r"'KD-\d{5}'", "[a, b]"), 4, "A text is expected here", ""),
        (GOOD.replace(r"KD-\d{5}", "x" * 2_000), 4, "at most 1,000 characters", "several recognizers"),
        (GOOD.replace(r"KD-\d{5}", "x" * 1_000_000), None, "larger than 500,000 bytes", "Split it"),
        (GOOD.replace("fits: [KD-00001]", "fits: [KD]"), 5, "does not fit this example", "Mend one"),
        (GOOD.replace("fits_not: [KD-1,", "fits_not: [KD-11111,"), 6, "fits this example", "Mend one"),
        (GOOD.replace("fits: [KD-00001]\n", ""), 1, "'fits' is missing", "Add `fits:`"),
        (GOOD + "chance: often\n", 7, "A number is expected", ""),
        (GOOD + "chance: 1\n", 7, "between 0 and 1", ""),
        (GOOD + "inside_texts: yes\n", 7, "Write true or false", ""),
        (GOOD + "id: again\n", 7, "given twice", "Keep one"),
        (GOOD.replace("title: ", "title: ["), None, "not valid YAML", "Mend the line"),
        (GOOD.replace("kd-number", "br-cpf"), 1, "already, in auditor itself", "another id"),
        ("", None, "empty", ""),
        ("- a\n", 1, "pairs are expected", ""),
    ],
)
def test_a_broken_recognizer_is_refused_where_it_is_broken(
    tmp_path: Path, text: str, line: int | None, what: str, do: str
) -> None:
    known = load_policy(_policy(tmp_path, text)).known
    with pytest.raises(KnowledgeError) as caught:
        load_own(known)
    assert what in caught.value.what
    assert do in caught.value.do
    assert str(tmp_path / "rec" / "r0.yaml") in caught.value.where
    assert line is None or f"r0.yaml:{line}:" in caught.value.where


def test_a_name_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"already, in .*r0\.yaml:1"):
        load_own(load_policy(_policy(tmp_path, GOOD, GOOD)).known)


@pytest.mark.parametrize("names", ["nowhere", "rec"])
def test_a_place_that_holds_none_is_refused(tmp_path: Path, names: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        load_own(load_policy(_policy(tmp_path, names=names)).known)
    assert "auditor.yaml:2:" in caught.value.where


def test_a_single_file_will_do(tmp_path: Path) -> None:
    (one,) = load_own(load_policy(_policy(tmp_path, GOOD, names="rec/r0.yaml")).known)
    assert one.check.id == "kd-number"
