"""A whole audit, broken at one message after the other: never exit 0, never a wrong count, always one sentence.

CI breaks it at every eleventh message or statement; AUDITOR_EVERY_FAULT=1 at each of them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest

from auditor.audit import Options, run
from auditor.cli.exits import CLEAN
from auditor.cli.judge import exit_code
from auditor.errors import SourceError
from auditor.model import AuditResult, State
from auditor.policy import Policy
from auditor.rules.compiled import CompiledRule
from auditor.rules.loading import Pack
from tests.language.world import AS_OF
from tests.sameness import crm
from tests.sameness.carriers import Databases
from tests.sameness.proof import PROFILE, compiled
from tests.sameness.sentences import Sentence
from tests.servers import DATABASE, Server
from tests.sources.proxy import relay
from tests.sources.test_servers_audit import Cut

STEP = 1 if os.environ.get("AUDITOR_EVERY_FAULT") == "1" else 11
DECIDED = (State.PASS, State.FAIL)
SENTENCES = (
    Sentence("message", "", "any consent (same subject_id) where (status = 'withdrawn' and event_at < this.sent_at)",
             True),
    Sentence("message", "", "content and sent_at older than 100 years", True),
    Sentence("subject", "",
             "no message including deleted (same subject_id) where (true) and born_on older than 200 years", True),
    Sentence("subject", "", "any permission (same subject_id) at '1990-01-01' where (status = 'granted')", True),
    Sentence("order", "", "amount > 99999999999", True),
)  # fmt: skip
"""Rules that are not severe enough for exit 1, so that the whole audit exits 0."""


@pytest.fixture(scope="module")
def rules() -> list[CompiledRule]:
    return [judged.compiled for judged in compiled(SENTENCES)]


@pytest.fixture
def filled(server: Server) -> Any:
    held = Databases(server, 1)
    held.fill(0, crm.database(Random(14), 0))
    yield held
    held.close()


def audited(url: str, rules: list[CompiledRule]) -> AuditResult:
    options = Options(as_of=AS_OF, profile=str(PROFILE), key=b"k" * 32, lasting_key=True, values=20)
    return run([f"crm={url}"], rules, {"test": Pack("test", "Test", "tests")}, Policy(), options, lambda step: None)


def verdicts(result: AuditResult) -> Mapping[str, Any]:
    return {r.rule.id: [(p.relation, p.state, p.counts) for p in r.places] for r in result.rules}


def judge(result: AuditResult | SourceError, truth: AuditResult) -> bool:
    """Whether the audit came to its end undisturbed; raises if it hides that it did not."""
    if isinstance(result, SourceError):
        assert "\n" not in str(result) and str(result).endswith((".", "again"))
        return False
    if verdicts(result) == verdicts(truth) and result.complete:
        assert exit_code(result, "high", 0) == CLEAN
        return True
    assert not result.complete
    assert exit_code(result, "high", 0) != CLEAN
    for gap in result.coverage.gaps:
        assert gap.why.endswith(".") and "\n" not in gap.why
    right = verdicts(truth)
    for rule, places in verdicts(result).items():
        for (_, state, counts), (_, _, expected) in zip(places, right[rule], strict=True):
            assert state not in DECIDED or counts == expected, rule
    return False


def attempt(url: str, rules: list[CompiledRule]) -> AuditResult | SourceError:
    try:
        return audited(url, rules)
    except SourceError as error:
        return error


def test_an_audit_whose_line_breaks_at_any_message_never_passes_for_a_whole_one(server, filled, rules):
    url = server.url.removesuffix(DATABASE) + filled.names[0]
    truth = audited(url, rules)
    assert exit_code(truth, "high", 0) == CLEAN
    assert {p.state for r in truth.rules for p in r.places} >= {*DECIDED}
    broken, at = 0, 1
    while True:
        with relay(server.port, at) as line:
            result = attempt(url.replace(f":{server.port}/", f":{line.port}/"), rules)
        broken += not judge(result, truth)
        if not line.cut:
            break
        at += STEP
    print(f"{server.kind}: {at} messages, broken {broken} times")
    assert broken > 30 / STEP
    assert judge(result, truth)


def test_an_audit_of_which_any_statement_fails_never_passes_for_a_whole_one(server, filled, rules):
    url = server.url.removesuffix(DATABASE) + filled.names[0]
    truth = audited(url, rules)
    failed, nth = 0, 1
    while True:
        with pytest.MonkeyPatch.context() as patch:
            cut = Cut(server.kind, patch, nth=nth, how="fail")
            result = attempt(url, rules)
        failed += not judge(result, truth)
        assert "Secret" not in str(result)
        if not cut.done:
            break
        nth += STEP
    print(f"{server.kind}: {nth} statements, failed {failed} times")
    assert failed > 30 / STEP
