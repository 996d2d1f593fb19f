"""The inventory opens no socket and leaves nothing in HOME."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import socket
def refuse(*_, **__):
    raise SystemExit("a socket was opened")
socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse
from tests.inventory.drawing import draw, examine
texts = ["Write to anna.schmidt@web.example.co.uk or call her on +49 30 1234567 on Monday", "Martin Fischer has paid"]
inventory = examine([*draw("notes", {"description": texts}), *draw("t", {"c": ["AB123456C", "RSSMRA85T10A562S"]})])
assert inventory.model, inventory.failures
assert [c.category for c in inventory.columns[0].personal][:1] == ["contact.email_personal"]
"""


def test_no_socket_is_opened_and_home_stays_empty(tmp_path: Path):
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": "", "PYTHONPATH": str(root)}
    environment.pop("XDG_CACHE_HOME")
    done = subprocess.run(
        [sys.executable, "-B", "-c", SCRIPT], env=environment, cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.rglob("*")) == []


def test_importing_the_inventory_is_light():
    heavy = "spacy presidio_analyzer pyarrow duckdb sqlalchemy phonenumbers"
    script = f"import sys, auditor.inventory; print([m for m in '{heavy}'.split() if m in sys.modules])"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
