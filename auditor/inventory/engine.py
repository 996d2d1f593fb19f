"""Presidio, kept offline: its recognizers on texts and codes, its names from the pinned spaCy model.

Importing this module costs two seconds, so only `take` does, and only when something has to be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import presidio_analyzer.predefined_recognizers as predefined
import spacy
from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine
from spacy.language import Language
from spacy.tokens import Doc

from auditor.errors import InventoryError
from auditor.inventory.matcher import gated, in_scope
from auditor.inventory.models import installed, load_models
from auditor.inventory.taxonomy import category_named
from auditor.knowledge import home, read_yaml

PERSON = "PERSON"


@dataclass(frozen=True, slots=True)
class Recognizer:
    """One of Presidio's recognizers, and what a hit of it means."""

    entity: str
    category: str
    chance: float
    text: bool
    cells: bool
    made: Any


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found in a text: what, from where to where, and whether a checksum vouches for it."""

    entity: str
    start: int
    end: int
    validated: bool


class _Pinned(SpacyNlpEngine):
    """An engine that has its model already, so that Presidio never downloads one."""

    def __init__(self, nlp: Mapping[str, Language]) -> None:
        entities = {"PERSON": PERSON, "PER": PERSON}
        others = ["ORG", "GPE", "LOC", "DATE", "TIME", "NORP", "FAC", "CARDINAL", "ORDINAL", "MONEY", "PERCENT"]
        others += ["QUANTITY", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE"]
        super().__init__(
            models=[{"lang_code": lang, "model_name": ""} for lang in nlp],
            ner_model_configuration=NerModelConfiguration(
                model_to_presidio_entity_mapping=entities, labels_to_ignore=others
            ),
        )
        self.nlp = dict(nlp)  # type: ignore[assignment]

    def load(self) -> None:
        """Nothing to do: the model came with the engine."""


@Language.component("auditor_lower_as_lemma")
def _lower_as_lemma(doc: Doc) -> Doc:
    # Presidio matches context words on lemmas; the lower-case word does without the lemmatizer.
    for token in doc:
        token.lemma_ = token.lower_
    return doc


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
        made = gated(kind(supported_language="en"))
        if not in_scope(made, countries):
            continue
        category = category_named(fields["category"])
        found.append(Recognizer(fields["entity"].text(), category, fields["chance"].number(), **where, made=made))
    return tuple(found)


class TextReader:
    """Presidio with the pinned model; `model` says which."""

    def __init__(self, recognizers: Iterable[Recognizer], *, exact: bool = False) -> None:
        model = load_models()[0]
        # Names need none of these; they cost half of the time and change few results: see docs/inventory.md.
        unneeded = [] if exact else ["tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "senter"]
        folder = installed(model)
        try:
            nlp = spacy.load(folder, exclude=unneeded)
        except (OSError, ValueError):
            raise InventoryError(
                f"The language model {model.name} does not fit the installed spaCy, so names in texts are not sought.",
                do="Install auditor with its pinned dependencies.",
            ) from None
        if not exact:
            nlp.add_pipe("auditor_lower_as_lemma")
        engine = _Pinned({model.language: nlp})
        registry = RecognizerRegistry(supported_languages=[model.language])
        registry.add_recognizer(predefined.SpacyRecognizer(supported_entities=[PERSON]))
        sought = [r for r in recognizers if r.text]
        for recognizer in sought:
            registry.add_recognizer(recognizer.made)
        self.model = f"{model.name} {model.version}"
        self.language = model.language
        self._entities = [PERSON, *(r.entity for r in sought)]
        self._batch = BatchAnalyzerEngine(
            AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=[model.language])
        )

    def read(self, texts: Sequence[str]) -> list[tuple[Hit, ...]]:
        """What is found in each text."""
        distinct = list(dict.fromkeys(texts))
        results = self._batch.analyze_iterator(
            distinct, language=self.language, batch_size=256, entities=self._entities
        )
        hits = (tuple(Hit(r.entity_type, r.start, r.end, r.score >= 1.0) for r in found) for found in results)
        read = dict(zip(distinct, hits, strict=True))
        return [read[text] for text in texts]


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
