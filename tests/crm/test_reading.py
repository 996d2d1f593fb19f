"""A profile's mistakes: all of them at once, each with its place and the nearest name."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.crm.profiles import check_profile, load_profile, load_profiles, named_profile, profile_files
from auditor.errors import KnowledgeError

GOOD = """\
profile: small
title: Small CRM
verified: S
fingerprint: {all: [people.surname]}
types:
  yes_no: {is: flag, true: [ja], if_absent: "false"}
tables:
  - table: people
    columns: {id: key, surname: presence, born: birth, kind: {type: code}, refuses: yes_no, changed: time}
  - table: visits
    columns: {id: key, person: key, day: time}
relations:
  - relation: subject
    from: people p
    join:
      - {left: visits v, on: v.person = p.id, one: latest, by: v.day}
    key: p.id
    fields: {kind: "'contact'", named: p.surname, born_on: p.born, last_activity_at: "first(v.day, p.changed)"}
"""


def errors(tmp_path: Path, text: str) -> list[str]:
    """What is said about a profile with this text."""
    path = tmp_path / "small.yaml"
    path.write_text(text.replace("{type: code}", "code"), encoding="utf-8")
    return [str(error).replace(str(path), "small.yaml") for error in check_profile(path)]


def test_a_good_profile_has_no_error(tmp_path: Path) -> None:
    assert errors(tmp_path, GOOD) == []


@pytest.mark.parametrize("path", profile_files(), ids=lambda path: path.stem)
def test_an_installed_profile_has_no_error(path: Path) -> None:
    assert check_profile(path) == ()


def test_every_installed_profile_loads_and_fills_subject() -> None:
    assert all("subject" in profile.fills for profile in load_profiles())
    assert {"suitecrm", "civicrm"} <= {profile.name for profile in load_profiles()}


def _place(text: str, part: str) -> str:
    before = text[: text.index(part)]
    return f"small.yaml:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


@pytest.mark.parametrize(
    ("right", "wrong", "at", "said"),
    [
        ("named: p.surname", "named: p.surnme", "p.surnme", "Did you mean 'surname'?"),
        ("is: flag", "is: flg", "flg", "Did you mean 'flag'?"),
        ("left: visits v", "left: visit v", "visit v", "Did you mean 'visits'?"),
        ("key: p.id", "key: p.idd", "p.idd", "Did you mean 'id'?"),
        ("by: v.day", "by: v.dya", "v.dya", "Did you mean 'day'?"),
        ("on: v.person = p.id", "on: v.person = q.id", "q.id", "Aliases here: p, v."),
        ("relation: subject", "relation: subjct", "subjct", "Did you mean 'subject'?"),
        ("refuses: yes_no", "refuses: yes_on", "yes_on", "Did you mean 'yes_no'?"),
        ("kind: \"'contact'\"", "kin: \"'contact'\"", "kin: ", "Did you mean 'kind'?"),
    ],
)
def test_a_wrong_name_is_placed_and_the_nearest_named(
    tmp_path: Path, right: str, wrong: str, at: str, said: str
) -> None:
    assert right in GOOD
    text = GOOD.replace(right, wrong)
    found = errors(tmp_path, text)
    assert len(found) == 1
    assert found[0].startswith(f"{_place(text.replace('{type: code}', 'code'), at)}: ")
    assert found[0].endswith(said)


def test_all_errors_are_reported_not_only_the_first(tmp_path: Path) -> None:
    text = GOOD.replace("named: p.surname", "namd: p.surname, owner_id: p.").replace("is: flag", "is: flagg")
    said = errors(tmp_path, text)
    assert [_place(text.replace("{type: code}", "code"), at) for at in ("flagg", "namd")] == [
        line.split(": ")[0] for line in said[:2]
    ]
    assert len(said) == 3


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("named: p.surname", "deceased: p.surname, country: p.born", "The field country is of type country"),
        ("kind: \"'contact'\"", "preferred_channels: p.born", "cannot be filled from a birth"),
        ("on: v.person = p.id", "on: v.person = p.id and v.day = p.changed and v.id = 'x'", "`on` compares columns"),
        (", one: latest, by: v.day", "", "A left join says which row it keeps"),
        ("{left: visits v, on: v.person = p.id, one: latest, by: v.day}", "{inner: visits v}", "have in common"),
        ("one: latest, by: v.day", "one: latest", "needs `by`"),
        ("fields: {kind", "where: p.surname = 'x'\n    fields: {kind", "cannot be compared"),
        ("key: p.id\n", "key: p.id\n    where: p.refuses and\n", "stops too early"),
        ("key: p.id\n", "key: p.id\n    where: not p exists\n", "not the alias of a left join"),
        ("profile: small", "profile: smal", "lies in a file 'small'"),
        ("from: people p", "each: {t: [people, people], k: [a]}\n    from: people p", "different lengths"),
        ("from: people p", "each: [{t: [people, people], k: [a]}]\n    from: people p", "different lengths"),
        ("from: people p", 'from: "{t} p"', "is not filled by `each`"),
        ("    key: p.id\n", "    key: p.id\n    without: [visit]\n", "There is no table 'visit'"),
        ("title: Small", "names: lose\ntitle: Small", "Did you mean 'loose'?"),
        ("is: flag, true: [ja]", "is: code, patterns: {'(?!x).*': y}", "is not a regular expression"),
        ("  - table: visits", "  - table: people", "described twice"),
        ("table: visits", "table: Visits", "Use lower case"),
        ("table: visits", "table: visits\n    each_member: {of: data, names: [topic], value: day}", "column 'topic'"),
    ],
)
def test_a_mistake_is_one_clear_sentence(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    found = errors(tmp_path, GOOD.replace(old, new, 1))
    assert found, new
    assert all(line.startswith("small.yaml:") for line in found)
    assert any(said in line for line in found)


def test_a_code_outside_the_closed_list_is_refused(tmp_path: Path) -> None:
    text = (
        GOOD
        + """\
  - relation: consent
    from: people p
    where: p.refuses
    key: p.id
    fields: {subject_id: p.id, channel: "'mail'", status: "'withdrwan'"}
"""
    )
    said = errors(tmp_path, text)
    assert len(said) == 2
    assert "'mail' is not a code of channel." in said[0]
    assert said[1].endswith("Did you mean 'withdrawn'?")


def test_a_profile_is_found_by_name_or_file(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(GOOD.replace("{type: code}", "code"), encoding="utf-8")
    assert named_profile(str(path), load_profiles()) == load_profile(path)
    assert named_profile("civicrm", load_profiles()).title == "CiviCRM"
    with pytest.raises(KnowledgeError, match="Did you mean 'suitecrm'"):
        named_profile("suitcrm", load_profiles())
