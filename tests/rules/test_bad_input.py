"""Files made to hurt: each is refused within a second of work and 200 MB, with file, line, column and what to do."""

# ruff: noqa: E501 - one case is one line
from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from itertools import pairwise

import pytest

from auditor.crm.profiles import load_profile
from auditor.errors import KnowledgeError
from auditor.findings.exceptions import read_exceptions
from auditor.language.calendars import load_calendars
from auditor.language.patterns import load_patterns
from auditor.policy import load_policy
from auditor.rules.loading import load_rules
from tests.rules.test_loading import GOOD

RUN = """
import json, sys, time, tracemalloc
from pathlib import Path
from auditor.errors import KnowledgeError
from auditor.rules.loading import _load, load_packs, load_remediation
from auditor.language.calendars import load_calendars
from auditor.language.patterns import load_patterns
packs = load_packs()
good, bad = map(Path, sys.argv[1:3])
_load(good, "good.yaml", packs)  # what every rule needs is read
load_calendars(), load_patterns()
tracemalloc.start()
began = time.process_time()
try:
    _load(bad, "bad.yaml", packs)
    said = ""
except KnowledgeError as error:
    said = str(error)
took = time.process_time() - began
peak = tracemalloc.get_traced_memory()[1] / 1e6
# Not getrusage: its maximum is that of the process that started this one, if that was larger.
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":" in line)
whole = int(status["VmHWM"].split()[0]) / 1e3
print(json.dumps({"said": said, "took": took, "peak": peak, "whole": whole}))
"""
WHEN = "created_at older than :limit"
BOMB = "a: &a [x, x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in pairwise("abcdefghi"))


HOSTILE = {
    "bomb": (BOMB.encode(), "2:8: Aliases"),
    "deep": (b"a: " + b"[" * 100_000, "1:43: Nested more than 40 levels deep."),
    "huge": (b"a: " + b"x" * 5_000_000, " The file is larger than 500,000 bytes."),
    "nul": (b"a: b\nc: d\x00", "2:5: The character U+0000 is not allowed in YAML."),
    "latin": ("a: b\nc: Zoë".encode("latin-1"), "2:6: The file is not UTF-8 text."),
    "tabs": (
        b"a:\n\tb: c",
        "2:1: This is not valid YAML: found character that cannot start any token. Indent by blanks",
    ),
    "tag": (b"!!python/object/apply:os.system ['true']", "1:1: `key: value` pairs are expected here."),
    "empty": (b"", " The file is empty."),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("read", [load_policy, read_exceptions, load_profile, load_calendars, load_patterns])
def test_every_other_file_that_we_read_is_refused_as_fast(tmp_path, name, read) -> None:
    content, said = HOSTILE[name]
    path = tmp_path / "file.yaml"
    path.write_bytes(content)
    began = time.process_time()
    with pytest.raises(KnowledgeError) as caught:
        read(path)
    assert time.process_time() - began < 1.0
    assert f"file.yaml:{said}" in str(caught.value)


@pytest.mark.parametrize(
    "make", [lambda p: os.mkfifo(p), lambda p: p.symlink_to("/dev/zero"), lambda p: p.symlink_to(p)]
)
def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path, make) -> None:
    make(tmp_path / "odd.yaml")
    (tmp_path / "round").symlink_to(tmp_path)
    began = time.process_time()
    _, (error,) = load_rules([tmp_path])
    assert "odd.yaml: " in str(error)
    assert time.process_time() - began < 2.0  # all built-in rules are read on the way


def violation(text: str) -> str:
    return GOOD.replace(f"violation: {WHEN}", f"violation: {text}").replace("params: {limit: 2 years}\n", "")


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        (violation("subject.email older than 2 years"), "9:12", "An e-mail address (kept as a hash) stands where a time"),
        (violation("subject.email = 'a@b.example'"), "9:12", "Only hashes of addresses and numbers are kept"),
        (violation("created_at older than 2 fortnights"), "9:34", "'fortnights' is not a unit of time."),
        (violation("created_at older than 2 mnths"), "9:34", "Did you mean 'months'?"),
        (violation("created_at older than 10 'XX' business days"), "9:34", "There is no calendar of 'XX'."),
        (violation(".".join(["subject"] * 400) + ".born_on is missing"), "9:12", "References go round in a circle"),
        (violation("owner = 'x'"), "9:12", "note has no field 'owner'."),
        (violation("author is missing"), "9:12", "Write author.FIELD for a field of the record, or author_id"),
        (violation("created_at older than 99999999999999999999 years"), "9:34", "longer than 200 years"),
        (violation("created_at + 100 years + 100 years + 100 years < '9999-12-31' + 1 year"), "9:", "out of the calendar"),
        (violation("(" * 10_000 + "true" + ")" * 10_000), "9:12", "longer than 4,096 bytes"),
        (violation("(" * 1_000 + "true" + ")" * 1_000), "9:12", "nested more than 64 levels"),
        (violation("created_at is missing or " * 40_000 + "true"), "", "larger than 500,000 bytes"),
        (violation("created_at is missing or " * 15_000 + "true"), "9:12", "longer than 4,096 bytes"),
        (violation("not " * 1_000 + "true"), "9:12", "nested more than 64 levels"),
        (BOMB, "2:", "Aliases"),
        (GOOD.replace("title: ", "title: \x00"), "6:8", "The character U+0000 is not allowed in YAML."),
        (GOOD.replace("params:", "\tparams:"), "", "Indent by blanks; YAML takes no tabs."),
        ("".join(f"key{n}: value\n" for n in range(28_000)), "1:1", "The key 'key0' is not known here."),
        ("\ufeff" + GOOD.replace("relation: note", "relation: notes"), "7:11", "Did you mean 'note'?"),
        (GOOD + "title: Again\n", "", "The key 'title' is given twice."),
        ("a: " + "[" * 100_000, "1:", "Nested more than"),
        (violation("|\n  created_at is missing\n  or craeted_at is missing"), "11:6", "Did you mean 'created_at'?"),
        (violation("|\n    created_at is missing\n      and\n    created_at oldr than 2 years"), "12:16", "Did you mean 'older'?"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_within_a_second_and_200_megabytes(tmp_path, text: str, where: str, words: str) -> None:
    good, bad = tmp_path / "note-too-old.yaml", tmp_path / "bad" / "note-too-old.yaml"
    bad.parent.mkdir()
    good.write_text(GOOD, encoding="utf-8")
    bad.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", RUN, good, bad], capture_output=True, text=True, check=True, timeout=60
    )
    seen = json.loads(done.stdout)
    assert words in seen["said"]
    assert f"bad.yaml:{where}" in seen["said"]
    assert len(seen["said"]) < 1000
    assert seen["took"] < 1.0
    assert seen["peak"] < 100
    assert seen["whole"] < 200
