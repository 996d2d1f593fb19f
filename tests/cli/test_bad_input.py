"""Bad input: one sentence (what, where, what to do), the documented exit code, and the rest still audited."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3

import pytest

SECRET = "Zebulon-Quixote"


def sentences(run) -> list[str]:
    return [line for line in run.err.splitlines() if line.strip()]


def assert_one_sentence(run, *said: str) -> None:
    assert "Traceback" not in run.err
    assert SECRET not in run.err + run.out
    lines = [line for line in sentences(run) if line.startswith("auditor:")]
    assert lines, run.err
    for part in said:
        assert any(part in line for line in lines), (part, lines)


def test_a_missing_file(auditor):
    run = auditor("audit", "nowhere.sqlite")
    assert run.code == 2
    assert_one_sentence(run, "nowhere.sqlite")


def test_an_empty_file(auditor, tmp_path):
    (tmp_path / "empty.csv").write_bytes(b"")
    run = auditor("audit", "empty.csv")
    assert run.code in (2, 3)
    assert_one_sentence(run, "empty.csv", "empty")


def test_an_unreadable_file(auditor, tmp_path, contacts):
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    contacts.chmod(0)
    run = auditor("audit", contacts)
    assert_one_sentence(run, "contacts.csv")


def test_a_cut_database_is_incomplete_not_clean(auditor, tmp_path):
    path = tmp_path / "crm.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("create table contacts (id integer primary key, email text, country text)")
        connection.executemany(
            "insert into contacts values (?, ?, ?)", [(i, f"{SECRET}{i}@example.org", "Germany") for i in range(5000)]
        )
    connection.close()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    run = auditor("audit", path, "--fail-on", "never")
    assert run.code == 3
    assert_one_sentence(run, "crm")


def test_a_cut_gzip_is_incomplete_not_clean(auditor, tmp_path, contacts):
    whole = gzip.compress(contacts.read_bytes() * 1)
    (tmp_path / "cut.csv.gz").write_bytes(whole[:-6])
    run = auditor("audit", "cut.csv.gz", "--fail-on", "never")
    assert run.code == 3
    assert_one_sentence(run, "cut")


def test_ragged_rows_are_counted_and_the_rest_is_audited(auditor, tmp_path, contacts):
    with contacts.open("a", encoding="utf-8") as stream:
        stream.write(f"4,{SECRET}\n")
    run = auditor("audit", contacts, "--fail-on", "never")
    assert run.code == 3
    assert_one_sentence(run, "contacts", "1 rows")
    document = json.loads((tmp_path / "auditor-report" / "audit.json").read_text())
    assert any(p["population"] == 3 for r in document["rules"] for p in r["places"])
    assert SECRET not in (tmp_path / "auditor-report" / "report.html").read_text()


@pytest.mark.parametrize(
    "content",
    [
        b'id,email,country\n1,"a@b"x,3\n2,c@example.org,Germany\n',
        b"\xef\xbb\xbfid,email,country\n1,a@example.org,Germany\n",
        b"id,email,country\n1,a\x00b@example.org,Germany\n2,c@example.org,\n",
        b"id,email,country\n1," + b"x" * 1_000_000 + b"@example.org,Germany\n2,c@example.org,France\n",
        b"1,ann@example.org,Germany\n2,ben@example.org,France\n3,cleo@example.org,Spain\n",
        "id,电子邮件,国家\n1,a@example.org,德国\n2,b@example.org,法国\n".encode(),
        b'id,email,"a""; DROP TABLE x;--",country\n1,a@example.org,x,Germany\n',
        b"id,email,country\n1,=cmd|' /C calc'!A0,Germany\n2,<script>alert(1)</script>,France\n",
        "id;email;country\n1;jos\xe9@example.org;Espa\xf1a\n2;b@example.org;France\n".encode("cp1252"),
    ],
    ids=["quote inside", "mark", "nul", "1 MB field", "no header", "chinese", "drop table", "markup", "cp1252"],
)
def test_odd_files_are_audited_or_refused_in_words(auditor, tmp_path, content):
    (tmp_path / "contacts.csv").write_bytes(content)
    run = auditor("audit", "contacts.csv", "--fail-on", "never")
    assert "Traceback" not in run.err
    assert run.code in (0, 3)
    page = (tmp_path / "auditor-report" / "report.html").read_text(encoding="utf-8")
    assert "alert(1)" not in page
    assert "calc'" not in page


def test_hostile_table_and_column_names(auditor, tmp_path):
    path = tmp_path / "crm.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute('create table "order" (id integer primary key, "a""; DROP TABLE x;--" text, "名字" text)')
        connection.execute('create table "<b>people</b>" (id integer, email text, country text)')
        connection.execute("""insert into "order" values (1, 'x', 'y')""")
        connection.execute("""insert into "<b>people</b>" values (1, 'a@example.org', 'Germany')""")
    connection.close()
    run = auditor("audit", path, "--fail-on", "never")
    assert run.code == 3, run.err  # addresses of nobody: no people were recognised
    page = (tmp_path / "auditor-report" / "report.html").read_text(encoding="utf-8")
    assert "<b>people" not in page


def test_one_bad_source_of_two_leaves_the_other_audited(auditor, tmp_path, contacts):
    (tmp_path / "broken.sqlite").write_bytes(b"SQLite format 3\x00" + b"\xff" * 400)
    run = auditor("audit", contacts, "broken.sqlite", "--fail-on", "never")
    assert run.code == 3
    assert_one_sentence(run, "broken")
    assert (tmp_path / "auditor-report" / "report.html").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("organisation: [", "auditor.yaml:"),
        ("organization: x", "Did you mean 'organisation'?"),
    ],
)
def test_a_broken_policy(auditor, tmp_path, contacts, text, said):
    (tmp_path / "auditor.yaml").write_text(text)
    run = auditor("audit", contacts)
    assert run.code == 2
    assert_one_sentence(run, said)


@pytest.mark.parametrize(
    ("violation", "said"),
    [
        ("contry is missing", "country"),
        ("countri(phone) = 'DE'", "countri"),
        ("email older than 3 days", "e-mail"),
        ("created_at older than 2 fortnights", "fortnights"),
    ],
)
def test_a_rule_with_an_unknown_name_has_file_line_and_column(auditor, tmp_path, contacts, violation, said):
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "mine.yaml").write_text(
        f"""id: mine
pack: house
area: consent
version: 2026.11
type: automatic
title: Something is wrong
relation: subject
violation: {violation}
severity: low
population: everybody
why: Because.
remediation: [CORRECT]
closes_with: A rescan.
examples:
  violation: [{{subject: {{}}}}]
  fine: [{{subject: {{country: DE}}}}]
  undetermined: [{{subject: {{country: unreadable}}}}]
"""
    )
    run = auditor("audit", contacts, "--rules", folder)
    assert run.code == 2
    assert_one_sentence(run, "mine.yaml:8:", said)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("audit",), "No source was given"),
        (("audit", "x.csv", "--as-of", "yesterday"), "YYYY-MM-DD"),
        (("audit", "contacts.csv", "--packs", "eu-gdpr,huose"), "house"),
        (("audit", "contacts.csv", "--format", "htm"), "html"),
        (("audit", "contacts.csv", "--profile", "suitcrm"), "suitecrm"),
        (("rules", "show", "country-mising"), "country-missing"),
    ],
)
def test_wrong_usage_exits_2_with_the_nearest_name(auditor, contacts, args, said):
    run = auditor(*args)
    assert run.code == 2
    assert "Traceback" not in run.err
    assert said in run.err


def test_escape_codes_in_a_file_name_do_not_reach_the_terminal(auditor, tmp_path):
    run = auditor("audit", "evil\x1b[31m.csv")
    assert run.code == 2
    assert "\x1b" not in run.err


def test_personal_data_in_which_nobody_is_recognised_never_counts_as_clean(auditor, tmp_path):
    path = tmp_path / "refs.csv"
    path.write_text("ref,who\n1,anna.schmidt@web.example.org\n2,ben.novak@mail.example.org\n", encoding="utf-8")
    path.chmod(0o600)
    run = auditor("audit", path, "--fail-on", "critical")
    assert run.code == 3
    assert "No people were recognised in it, though one of its columns holds personal data" in run.err
    assert "auditor init" in run.err
