"""No raw value survives: neither in a settled column, nor in the stage, nor in its files, nor in an error."""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.jurisdictions import load_jurisdictions
from auditor.settle import Settled, Settler, SettleSpec, settle
from auditor.stage import open_stage

PRIVATE = (
    "email",
    "phone",
    "presence",
    "code",
    "set",
    "key",
    "ref",
    "secret",
    "country",
    "region",
    "flag",
    "number",
    "time",
)
LETTERS = "gjkqvxyzéßøłГЖЩ漢字_"  # no hex digit and no letter of a scheme's name: a hash cannot spell them by chance
LISTED = {"argon2", "bcrypt", "scrypt", "pbkdf2", "sha512", "sha256", "sha1", "md5", "plain"}


@pytest.fixture(scope="module")
def settler():
    return Settler(b"key of the tests", load_jurisdictions())


def runs(text, length=4):
    return {text[start : start + length] for start in range(len(text) - length + 1)}


def texts_of(settled: Settled):
    for _, column in settled.columns:
        for value in column.to_pylist():
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, str) and part not in LISTED:
                    yield part


words = st.text(LETTERS, min_size=4, max_size=12)
people = st.one_of(
    words,
    st.builds("{} {}".format, words, words),
    st.builds("{}.{}@{}.org".format, words, words, words),
    st.builds("{}@{}.example".format, words, words),
    st.builds("+49 30 {}".format, words),
)


@pytest.mark.parametrize("kind", PRIVATE)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(values=st.lists(people, min_size=1, max_size=5))
def test_no_part_of_a_value_is_in_its_settled_columns(settler, kind, values):
    settled = settle(pa.array(values), SettleSpec(kind, split=" "), settler)
    parts = {part.casefold() for value in values for part in runs(value) if set(part) <= set(LETTERS)}
    for text in texts_of(settled):
        assert not parts & runs(text.casefold())


def test_no_word_of_a_value_is_in_the_files_of_the_stage(settler, tmp_path):
    chance = random.Random(7)

    def word():
        return "".join(chance.choice("gjkqvxyz") for _ in range(10))

    secrets = [word() for _ in range(20_000)]
    columns, names = [], []
    for kind in PRIVATE:
        raw = pa.array([f"{s}@{s}.org" if kind == "email" else s for s in secrets])
        for suffix, column in settle(raw, SettleSpec(kind), settler).columns:
            columns.append(column)
            names.append(kind + suffix)
    batch = pa.RecordBatch.from_arrays(columns, names=names)
    with open_stage(folder=tmp_path, memory_mb=64) as stage:
        assert stage.load("people", batch.schema, [batch] * 5) == 100_000
        stage.connection.execute(sa.select(stage.table("people")).order_by(sa.text("1")).limit(3)).all()
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        content = b"".join(path.read_bytes() for path in files)
    assert len(content) > 1_000_000
    found = {content[at : at + 10] for at in range(len(content)) if content[at : at + 1] in b"gjkqvxyz"}
    assert not found & {secret.encode() for secret in secrets}
    assert not list(Path(tmp_path).iterdir())


def test_nothing_that_holds_values_shows_them(settler):
    settle(pa.array(["Ada Lovelace <ada.lovelace@example.org>"]), SettleSpec("email"), settler)
    assert "lovelace" not in repr(settler).lower()
    assert "lovelace" not in str(settle(pa.array(["Lovelace"]), SettleSpec("key"), settler).report).lower()


def test_another_key_gives_other_hashes(settler):
    other = Settler(b"another key", settler.facts)
    for kind in ("email", "key", "code", "phone"):
        raw = pa.array(["+49 30 1234567" if kind == "phone" else "ada@example.org"])
        one, two = (dict(settle(raw, SettleSpec(kind), who).columns)[""].to_pylist() for who in (settler, other))
        assert one[0]
        assert one != two
