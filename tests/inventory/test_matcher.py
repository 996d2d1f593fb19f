"""With its gates, Presidio finds what it finds without them: same entities, same spans, same scores."""

import copy
import json
import string
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
import regex  # type: ignore[import-untyped]
import spacy
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import PhoneRecognizer

from auditor.inventory.gates import facts_of, needs_of
from auditor.inventory.matcher import FEWEST_PHONE_DIGITS, all_recognizers, gated, may_match

TEXTS = Path(__file__).parents[3] / "shared" / "bench" / "text"

SEEDS = [
    "eva@web.example.org", "DE89 3704 0044 0532 0130 00", "4111 1111 1111 1111", "+49 30 1234567", "(212) 555-0187",
    "078-05-1120", "203.0.113.7", "2001:db8::1", "00:1b:44:11:3a:b7", "https://example.org/a?b=c", "12/11/1975",
    "RSSMRA85T10A562S", "131052-308T", "A1234567", "AB123456C", "943 476 5919", "44051401359", "HRB 12345", "SW1A 1AA",
    "1A2B3C4D5E6F", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "12345678Z", "900101-1234567", "M-KA 1234",
    "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed", "0211 7654321", "1EG4-TE5-MK73", "53012345678",
    "my phone number is 5551234",
    "٠١٢٣٤٥٦٧٨٩", "９４３ ４７６ ５９１９", "K123456", "ſ12345678", "8001015009087", "BE71 0961 2345 6769",
]  # fmt: skip
hostile = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=string.digits + " -./:@+()ABKZakz\n\u212a\u017f\u0665\uff15", max_size=50),
    st.lists(st.one_of(st.sampled_from(SEEDS), st.text(max_size=4)), min_size=1, max_size=5).map(" ".join),
    st.tuples(st.sampled_from(SEEDS), st.integers(0, 40), st.characters()).map(
        lambda t: t[0][: t[1]] + t[2] + t[0][t[1] :]
    ),
)


class Blank(SpacyNlpEngine):
    """Tokens and no model: the patterns are what is compared."""

    def __init__(self) -> None:
        super().__init__(models=[{"lang_code": "en", "model_name": ""}])
        self.nlp = {"en": spacy.blank("en")}  # type: ignore[assignment]

    def load(self) -> None:
        pass


CRASHES: list[str] = []


def forgiving(recognizer: Any) -> Any:
    """Presidio's own recognizers break on digits of other scripts: then they have found nothing."""
    ask = recognizer.analyze

    def analyze(text: str, entities: Sequence[str], nlp_artifacts: Any = None) -> Any:
        try:
            return ask(text, entities, nlp_artifacts)
        except (KeyError, ValueError, IndexError, TypeError):
            CRASHES.append(type(recognizer).__name__)
            return []

    recognizer.analyze = analyze
    return recognizer


@cache
def engines() -> tuple[AnalyzerEngine, AnalyzerEngine]:
    """Stock Presidio, and the same recognizers behind their gates."""
    made = []
    for change in (forgiving, gated):
        registry = RecognizerRegistry(supported_languages=["en"])
        registry.recognizers = [change(r) for r in all_recognizers()]
        made.append(AnalyzerEngine(registry=registry, nlp_engine=Blank(), supported_languages=["en"]))
    return made[0], made[1]


def found(engine: AnalyzerEngine, text: str) -> list[tuple[str, int, int, float]]:
    return sorted((r.entity_type, r.start, r.end, r.score) for r in engine.analyze(text, "en"))


def both(text: str) -> tuple[list[tuple[str, int, int, float]], list[tuple[str, int, int, float]]]:
    return found(engines()[0], text), found(engines()[1], text)


@given(hostile)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@example("my phone number is 5551234")
@example("RSSMRA８5T10A562S")
def test_hostile_texts_give_presidios_own_results(text: str):
    stock, ours = both(text)
    assert ours == stock


@pytest.mark.parametrize("text", SEEDS)
def test_a_number_of_every_kind_gives_presidios_own_results(text: str):
    stock, ours = both(f"Her number: {text}, as told by phone")
    assert ours == stock
    assert not stock or may_match(engines()[1].registry.recognizers, [f"Her number: {text}, as told by phone"])


@pytest.mark.shared
@pytest.mark.skipif(not TEXTS.is_dir(), reason="the trial texts are not here")
def test_labelled_texts_give_presidios_own_results():
    for path in sorted(TEXTS.glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            texts = [json.loads(line)["text"][:2000] for line in lines][:40]
        for text in texts:
            stock, ours = both(text)
            assert ours == stock


def test_every_pattern_matches_only_texts_that_meet_its_needs():
    recognizer: Any
    for recognizer in all_recognizers():
        for pattern in getattr(recognizer, "patterns", ()):
            needs = needs_of(pattern.regex, int(recognizer.global_regex_flags))
            compiled = regex.compile(pattern.regex, recognizer.global_regex_flags)
            for text in SEEDS:
                match = compiled.search(text)
                assert match is None or needs.met(facts_of(text)), (type(recognizer).__name__, pattern.name)


@pytest.mark.parametrize(("pattern", "length", "digits", "signs"), [
    (r"\b\d{3}-\d{2}-\d{4}\b", 11, 9, "-"),
    (r"(?:\d{2}|[A-Z]{3})@x", 4, 0, "@"),
    (r"(?=.*\d{4})\w+", 1, 4, ""),
    (r"a*\d?", 0, 0, ""),
    (r"[0-9A-F]{4}", 4, 0, ""),
    (r"(?:abc){e<=1}\d\d", 0, 0, ""),
    (r"\p{Lu}\d", 0, 0, ""),
    (r"(", 0, 0, ""),
])  # fmt: skip
def test_what_a_pattern_needs_is_read_off_it(pattern: str, length: int, digits: int, signs: str):
    needs = needs_of(pattern)
    assert (needs.length, needs.digits, needs.signs) == (length, digits, frozenset(signs))


def test_no_valid_phone_number_has_fewer_digits_than_the_gate_asks_for():
    numbers = [f"{n:0{width}}" for width in range(1, FEWEST_PHONE_DIGITS) for n in range(10**width)]
    for region in PhoneRecognizer.DEFAULT_SUPPORTED_REGIONS:
        for number in numbers:
            for text in (number, f"+{number}"):
                assert not any(phonenumbers.PhoneNumberMatcher(text, region, leniency=1))


def test_recognizers_of_other_countries_are_left_out():
    everywhere = {type(r).__name__ for r in all_recognizers()}
    german = {type(r).__name__ for r in all_recognizers(frozenset({"DE"}))}
    assert {"EmailRecognizer", "DeTaxIdRecognizer"} <= german
    assert not {"UsSsnRecognizer", "UkNinoRecognizer"} & german
    assert german < everywhere
    assert "UkNinoRecognizer" in {type(r).__name__ for r in all_recognizers(frozenset({"GB"}))}


def test_a_gate_is_put_before_a_recognizer_once():
    one = copy.copy(all_recognizers(frozenset())[0])
    assert gated(gated(one)) is one
