"""Runs the command line in this process, as a user would see it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from auditor.cli import main


@dataclass(frozen=True)
class Run:
    code: int
    out: str
    err: str


Auditor = Callable[..., Run]


@pytest.fixture
def auditor(capsys, monkeypatch, tmp_path) -> Auditor:
    monkeypatch.chdir(tmp_path)
    for name in ("AUDITOR_KEY", "AUDITOR_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)

    def run(*args: str | os.PathLike[str]) -> Run:
        monkeypatch.setattr(sys, "argv", ["auditor", *(os.fspath(arg) for arg in args)])
        with pytest.raises(SystemExit) as stopped:
            main()
        captured = capsys.readouterr()
        return Run(int(stopped.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture
def contacts(tmp_path: Path) -> Path:
    """A small plain contacts file."""
    path = tmp_path / "contacts.csv"
    path.write_text(
        "id,first_name,last_name,email,country,birthdate\n"
        "1,Ada,Example,ada@example.org,Germany,1990-01-02\n"
        "2,Ben,Example,ben@example.org,,1985-05-06\n"
        "3,Cleo,Example,cleo@example.org,France,1979-09-10\n",
        encoding="utf-8",
    )
    return path
