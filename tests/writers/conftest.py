"""One realistic result and one hostile result, shared by the tests of every writer; a browser where there is one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from auditor.model import AuditResult
from auditor.writers import write_html
from tests.chromium import Browser, Page, program
from tests.writers.hostile import hostile_result
from tests.writers.samples import realistic_result

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def result() -> AuditResult:
    return realistic_result()


@pytest.fixture(scope="session")
def hostile() -> AuditResult:
    return hostile_result()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = program()
    if path is None:
        if os.environ.get("AUDITOR_REQUIRE_SERVERS") == "1":
            pytest.fail("AUDITOR_REQUIRE_SERVERS=1, but Chromium is not installed.")
        pytest.skip("Chromium is not installed; the report was checked by the parser only.")
    with Browser(path) as running:
        yield running


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Callable[[AuditResult], Path]:
    """The report of a result, written once however often it is opened."""
    written: dict[int, Path] = {}

    def report(result: AuditResult) -> Path:
        if id(result) not in written:
            written[id(result)] = tmp_path_factory.mktemp("report") / "report.html"
            write_html(result, written[id(result)])
        return written[id(result)]

    return report


@pytest.fixture
def open_report(browser: Browser, reports: Callable[[AuditResult], Path]) -> Open:
    """Opens the report of a result at an address, on a wide light screen unless told otherwise."""

    def opened(result: AuditResult, address: str = "", width: int = 1440, **look: bool) -> Page:
        page = browser.page().look(width, 1000, **look)
        return page.open(reports(result), address)

    return opened
