from __future__ import annotations

import subprocess
import sys

from auditor.writers import formats

HEAVY = {"spacy", "presidio_analyzer", "duckdb", "sqlalchemy", "pyarrow", "lark", "babel", "phonenumbers", "xlsxwriter"}


def test_every_format_has_a_file_and_a_purpose_of_its_own() -> None:
    known = formats()
    assert set(known) == {each.name for each in known.values()}
    assert (
        len({each.file_name for each in known.values()}) == len({each.purpose for each in known.values()}) == len(known)
    )


def test_the_help_lists_the_formats_and_imports_nothing_heavy() -> None:
    script = (
        "import sys; sys.argv = ['auditor', 'audit', '--help']\n"
        "from auditor.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print('HEAVY', sorted({HEAVY!r} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert "HEAVY []" in said
    assert f"Known: {', '.join(formats())}." in " ".join(said.split())
