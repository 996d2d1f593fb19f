"""Presidio, kept offline: its recognizers on texts and codes, its names from the pinned spaCy models.

Importing this module costs two seconds, so it is done only when something has to be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import presidio_analyzer.predefined_recognizers as predefined
from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NerModelConfiguration, NlpArtifacts, SpacyNlpEngine
from spacy.language import Language
from spacy.tokens import Doc

from auditor.errors import InventoryError
from auditor.inventory.hits import PERSON, Hit, Recognizer
from auditor.inventory.matcher import gated, in_scope
from auditor.inventory.models import Chosen, Model, choose
from auditor.inventory.pipeline import BATCH, PEOPLE, load, read_names
from auditor.inventory.taxonomy import category_named
from auditor.knowledge import home, read_yaml

# Presidio is asked in the one language its recognizers have; the model's own language is ours to know.
_ASKED = "en"


class _Lemmaless:
    """What Presidio asks of a text. Its words in lower case stand for their lemmas, and only where context counts."""

    def __init__(self, doc: Doc, entities: list[Any], scores: list[float], engine: SpacyNlpEngine) -> None:
        self.tokens, self.entities, self.scores = doc, entities, scores
        self.nlp_engine = engine

    @cached_property
    def tokens_indices(self) -> list[int]:
        return [token.idx for token in self.tokens]

    @cached_property
    def lemmas(self) -> list[str]:
        return [token.lower_ for token in self.tokens]

    @cached_property
    def keywords(self) -> list[str]:
        return list(NlpArtifacts.set_keywords(self.nlp_engine, self.lemmas, _ASKED))


class _Pinned(SpacyNlpEngine):
    """An engine that has its model already, so that Presidio never downloads one."""

    def __init__(self, nlp: Language, *, exact: bool) -> None:
        others = ["ORG", "GPE", "LOC", "DATE", "TIME", "NORP", "FAC", "CARDINAL", "ORDINAL", "MONEY", "PERCENT"]
        others += ["QUANTITY", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE", "MISC"]
        super().__init__(
            models=[{"lang_code": _ASKED, "model_name": ""}],
            ner_model_configuration=NerModelConfiguration(
                model_to_presidio_entity_mapping=dict.fromkeys(PEOPLE, PERSON), labels_to_ignore=others
            ),
        )
        self.nlp = {_ASKED: nlp}  # type: ignore[assignment]
        self._model = nlp
        self._exact = exact

    def load(self) -> None:
        """Nothing to do: the model came with the engine."""

    def process_batch(self, texts: Iterable[str], language: str, *_: Any, **__: Any) -> Iterator[Any]:  # type: ignore[override]
        """Each text with what Presidio asks about it."""
        for doc in read_names(self._model, texts):
            if self._exact:
                yield doc.text, self._doc_to_nlp_artifact(doc, language)
            else:
                found = self._get_updated_entities(list(doc.ents), self._get_scores_for_entities(doc))
                yield doc.text, _Lemmaless(doc, *found, self)


def load_recognizers(countries: frozenset[str] | None = None) -> tuple[Recognizer, ...]:
    """The recognizers of `rules/recognizers/presidio.yaml` for these countries, None for all."""
    top = read_yaml(home("rules") / "recognizers" / "presidio.yaml", shown_as="rules/recognizers/presidio.yaml")
    found = []
    for node in top.fields(["recognizers"])["recognizers"].items():
        fields = node.fields(["class", "entity", "category", "chance"], ["text", "cells"])
        kind = getattr(predefined, fields["class"].text(), None)
        if kind is None:
            raise fields["class"].error("Presidio has no recognizer of this name.")
        where = {k: k in fields and fields[k].boolean() for k in ("text", "cells")}
        made = gated(kind(supported_language=_ASKED))
        if not in_scope(made, countries):
            continue
        category = category_named(fields["category"])
        found.append(Recognizer(fields["entity"].text(), category, fields["chance"].number(), **where, made=made))
    return tuple(found)


class TextReader:
    """Presidio with the pinned models, each loaded when the first text of its language comes.

    Raises InventoryError where the model that is needed may not be loaded.
    """

    def __init__(self, recognizers: Iterable[Recognizer], *, exact: bool = False, model: str = "") -> None:
        self._chosen: Chosen = choose(model)
        self._recognizers = tuple(r for r in recognizers if r.text)
        self._exact = exact
        self._engines: dict[str, BatchAnalyzerEngine] = {}

    def read(self, texts: Iterable[str], language: str = "") -> list[tuple[Hit, ...]]:
        """What is found in each text, in order, by the model of a language; by the first if there is none."""
        texts = list(texts)
        distinct = list(dict.fromkeys(texts))
        known = language if language in self._chosen.by_language else self._chosen.languages[0]
        read = dict(zip(distinct, self._ask(known, distinct), strict=True))
        return [read[text] for text in texts]

    def _ask(self, language: str, texts: Sequence[str]) -> Iterator[tuple[Hit, ...]]:
        if language not in self._engines:
            self._engines[language] = self._engine(*self._chosen.by_language[language])
        entities = [PERSON, *(r.entity for r in self._recognizers)]
        results = self._engines[language].analyze_iterator(texts, language=_ASKED, batch_size=BATCH, entities=entities)
        return (tuple(Hit(r.entity_type, r.start, r.end, r.score >= 1.0) for r in found) for found in results)

    def _engine(self, model: Model, folder: Path) -> BatchAnalyzerEngine:
        try:
            nlp = load(folder, exact=self._exact)
        except (OSError, ValueError):
            raise InventoryError(
                f"The language model {model.name} does not fit the installed spaCy, so names in texts are not sought.",
                do="Install auditor with its pinned dependencies.",
            ) from None
        registry = RecognizerRegistry(supported_languages=[_ASKED])
        registry.add_recognizer(predefined.SpacyRecognizer(supported_entities=[PERSON]))
        for recognizer in self._recognizers:
            registry.add_recognizer(recognizer.made)
        pinned = _Pinned(nlp, exact=self._exact)
        return BatchAnalyzerEngine(AnalyzerEngine(registry=registry, nlp_engine=pinned, supported_languages=[_ASKED]))


def match_cells(recognizers: Iterable[Recognizer], values: Sequence[str]) -> dict[str, int]:
    """How many of these values each recognizer accepts as a whole, by entity."""
    counts: dict[str, int] = {}
    for recognizer in recognizers:
        if recognizer.cells:
            counts[recognizer.entity] = sum(1 for v in values if _accepts(recognizer, v))
    return counts


def _accepts(recognizer: Recognizer, value: str) -> bool:
    found = recognizer.made.analyze(value, [recognizer.entity], None) or ()
    # With a checksum a hit scores 1; without one the pattern's own score must be a telling one.
    return any(r.end - r.start >= len(value) - 1 and r.score >= 0.5 for r in found)
