"""YAML is read with positions, and hostile YAML costs nothing."""

from __future__ import annotations

import time

import pytest

from auditor.errors import KnowledgeError
from auditor.knowledge import nearest, parse_yaml


def error_of(text: str, use=lambda node: node) -> str:
    with pytest.raises(KnowledgeError) as caught:
        use(parse_yaml(text, "file.yaml"))
    return str(caught.value)


def test_words_that_yaml_takes_for_something_else_stay_as_written():
    root = parse_yaml("a: no\nb: 0123\nc: 12:30\nd: 1\n", "f").mapping()
    assert [node.text() for node in root.values()] == ["no", "0123", "12:30", "1"]


def test_a_key_given_twice_is_refused_with_its_place():
    said = error_of("a: 1\nb: 2\na: 3\n", lambda n: n.mapping())
    assert said.startswith("file.yaml:3:1: The key 'a' is given twice.")


def test_an_unknown_key_names_the_nearest_known_one():
    said = error_of("severty: high\n", lambda n: n.fields(optional=("severity",)))
    assert said == "file.yaml:1:1: The key 'severty' is not known here. Did you mean 'severity'?"


def test_a_missing_key_is_named():
    assert "The key 'id' is missing." in error_of("a: 1\n", lambda n: n.fields(("id",), ("a",)))


def test_broken_yaml_has_line_and_column():
    assert error_of("a: [1, 2\nb: 3\n").startswith("file.yaml:2:")


def test_an_empty_file_says_so():
    assert error_of("# nothing\n") == "file.yaml: The file is empty."


def test_a_control_character_is_refused_in_one_sentence():
    assert "\n" not in error_of("a: \x00\n")


@pytest.mark.parametrize(
    "bomb",
    [
        "a: &a [x]\nb: [*a, *a]\n",
        "[" * 10_000 + "]" * 10_000,
        "{a: " * 5_000 + "1" + "}" * 5_000,
    ],
)
def test_aliases_and_deep_nesting_are_refused_at_once(bomb):
    began = time.process_time()
    assert error_of(bomb).startswith("file.yaml:")
    assert time.process_time() - began < 1


@pytest.mark.parametrize(("text", "said"), [("1", "Write true or false"), ("yes", "Write true or false")])
def test_a_flag_has_two_spellings(text, said):
    assert said in error_of(f"a: {text}\n", lambda n: n.mapping()["a"].boolean())


def test_a_date_that_does_not_exist_is_refused():
    assert "YYYY-MM-DD" in error_of("a: 2026-02-31\n", lambda n: n.mapping()["a"].day())


def test_nothing_near_is_no_hint():
    assert nearest("zebra", ["consent"]) == ""
