"""Presidio's recognizers, each asked only about texts in which one of its patterns can match.

Results stay Presidio's own: what is skipped is only what could not have matched. `tests/inventory/test_matcher.py`
compares the two over labelled and hostile texts.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import presidio_analyzer.predefined_recognizers as predefined
import regex  # type: ignore[import-untyped]
import tldextract
from presidio_analyzer import EntityRecognizer, PatternRecognizer, RecognizerResult
from presidio_analyzer.predefined_recognizers import IbanRecognizer, PhoneRecognizer

from auditor.inventory.gates import Needs, facts_of, needs_of

# Without this the first e-mail address makes tldextract fetch the public-suffix list and write a cache into HOME.
tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)  # type: ignore[assignment]

# No region that Presidio asks about has shorter valid numbers; a test tries all of them.
FEWEST_PHONE_DIGITS = 4
# As Presidio: a pattern that needs longer than this on one text is left to Presidio to time out.
SECONDS = 60


def all_recognizers(countries: frozenset[str] | None = None) -> tuple[EntityRecognizer, ...]:
    """Every recognizer of Presidio that reads patterns or phone numbers, for texts in any of these countries (ISO)."""
    made: list[EntityRecognizer] = []
    for name in sorted(dir(predefined)):
        kind: Any = getattr(predefined, name)
        if inspect.isclass(kind) and issubclass(kind, (PatternRecognizer, PhoneRecognizer)):
            make: Callable[..., EntityRecognizer] = kind
            one = make(supported_language="en")
            if in_scope(one, countries):
                made.append(one)
    return tuple(made)


def in_scope(recognizer: Any, countries: frozenset[str] | None) -> bool:
    """Whether a recognizer's country is one of these; one of no country always is, and None means all."""
    country = recognizer.country_code()
    return countries is None or country is None or country.upper().replace("UK", "GB") in countries


def gated(recognizer: Any) -> Any:
    """The same recognizer, which from now on answers at once where none of its patterns can match."""
    gate = _gate(recognizer)
    if gate is None or hasattr(recognizer, "ungated"):
        return recognizer
    ask = recognizer.analyze

    def analyze(text: str, entities: Sequence[str], nlp_artifacts: Any = None, **more: Any) -> list[RecognizerResult]:
        if not gate(text):
            return []
        try:
            return list(ask(text, entities, nlp_artifacts, **more) or ())
        except Exception:  # a recognizer that breaks, as Presidio's do on digits of other scripts, finds nothing
            return []

    recognizer.ungated = ask
    recognizer.analyze = analyze
    return recognizer


def may_match(recognizers: Iterable[Any], texts: Iterable[str]) -> list[str]:
    """The texts in which at least one recognizer may find something."""
    gates = [_gate(r) or (lambda _: True) for r in recognizers]
    return [text for text in texts if any(gate(text) for gate in gates)]


@lru_cache(maxsize=4096)
def _facts(text: str) -> Needs:
    # One text is asked about by every recognizer in turn.
    return facts_of(text)


def _gate(recognizer: Any) -> Callable[[str], bool] | None:
    patterns: list[tuple[Needs, Any]]
    if isinstance(recognizer, PhoneRecognizer) and type(recognizer).analyze is PhoneRecognizer.analyze:
        return lambda text: _facts(text).digits >= FEWEST_PHONE_DIGITS
    own = type(recognizer).analyze
    if not isinstance(recognizer, PatternRecognizer) or own not in (PatternRecognizer.analyze, IbanRecognizer.analyze):
        return None
    flags = int(recognizer.global_regex_flags or 0)
    written = [p.regex for p in vars(recognizer)["patterns"]]
    patterns = [(needs_of(text, flags), regex.compile(text, flags)) for text in written]

    def gate(text: str) -> bool:
        facts = _facts(text)
        return any(needs.met(facts) and _found(pattern, text) for needs, pattern in patterns)

    return gate


def _found(pattern: Any, text: str) -> bool:
    try:
        return pattern.search(text, timeout=SECONDS) is not None
    except TimeoutError:
        return True
