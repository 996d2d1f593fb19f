"""One realistic result and one hostile result, shared by the tests of every writer."""

from __future__ import annotations

import pytest

from auditor.model import AuditResult
from tests.writers.hostile import hostile_result
from tests.writers.samples import realistic_result


@pytest.fixture(scope="session")
def result() -> AuditResult:
    return realistic_result()


@pytest.fixture(scope="session")
def hostile() -> AuditResult:
    return hostile_result()
