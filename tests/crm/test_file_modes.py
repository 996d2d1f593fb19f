"""Who may read an audited file is a fact of the file: its mode, and that of every folder above it."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from auditor.crm.catalogue import open_to_all
from tests.crm.bound import bound


@pytest.mark.parametrize(
    ("mode", "folders", "readable"),
    [
        (0o100644, (0o40755, 0o40755), True),
        (0o100604, (0o40711,), True),
        (0o100640, (0o40755,), False),
        (0o100644, (0o40755, 0o40750), False),
    ],
)
def test_a_file_is_open_to_all_if_it_and_the_way_to_it_are(mode, folders, readable):
    assert open_to_all(mode, folders) is readable


@pytest.mark.skipif(os.name != "posix", reason="modes are a matter of POSIX")
def test_every_file_of_a_folder_is_a_row(tmp_path: Path):
    for name in ("contacts", "leads"):
        path = tmp_path / f"{name}.csv"
        path.write_text("id,last_name,email\n1,Example,ada@example.org\n", encoding="utf-8")
        path.chmod(0o600)
    with bound(tmp_path) as result:
        rows = [(row["key"], row["world_readable"]) for row in result.rows("file")]
    assert rows == [("contacts.csv", False), ("leads.csv", False)]


@pytest.mark.skipif(os.name != "posix", reason="modes are a matter of POSIX")
def test_what_lies_in_an_archive_is_as_readable_as_the_archive(tmp_path: Path):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("contacts.csv", "leads.csv"):
            archive.writestr(name, "id,last_name,email\n1,Example,ada@example.org\n")
    path.chmod(0o600)
    for place in (path, tmp_path):
        with bound(place) as result:
            assert [(row["key"], row["world_readable"]) for row in result.rows("file")] == [("export.zip", False)]
