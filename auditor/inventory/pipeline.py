"""Names of people from a spaCy model, without the components that names hardly need.

The parser matters to names in one way: no entity may go on over a sentence start that it sets. So the named-entity
component runs alone; an entity of several words in which a sentence could start is put before the parser, with the
words around it; and where one does start there, the text's names are sought again. In a run of capitalised words the
parser hardly ever starts a sentence, so such entities are let be: see docs/inventory.md for what that changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

PEOPLE = ("PERSON", "PER")
BATCH = 256

# Nothing of these enters names or sentence starts.
_UNNEEDED = ("tagger", "morphologizer", "attribute_ruler", "lemmatizer", "senter")
# Tokens around a doubtful entity that the parser reads; beyond this share of a text it reads all of it.
_BEFORE, _AFTER, _MOST = 20, 8, 0.6


def load(folder: Path, *, exact: bool) -> Language:
    """The model in a folder, with all its components or those that names need. Raises OSError or ValueError."""
    nlp = spacy.load(folder, exclude=() if exact else _UNNEEDED)
    return nlp if exact else _apart(nlp)


def _apart(nlp: Language) -> Language:
    """The model with its parser at hand but not in the pipeline, if its names do not share the parser's vectors."""
    names = nlp.get_pipe("ner")
    if not any(node.name == "tok2vec-listener" for node in names.model.walk()):  # type: ignore[attr-defined]
        nlp.select_pipes(enable=["ner"])
    return nlp


@dataclass(slots=True)
class _Reading:
    """A text with its names, and where sentences start in the parts that the parser has read."""

    doc: Doc
    starts: dict[int, bool] = field(default_factory=dict)
    """By the offset of a word's first character."""

    def broken(self) -> bool:
        """Whether a sentence starts inside an entity."""
        return any(self.starts.get(token.idx) for entity in self.doc.ents for token in entity[1:])


def read_names(nlp: Language, texts: Iterable[str]) -> Iterator[Doc]:
    """Each text with its entities, in order."""
    pending = iter(texts)
    while batch := list(islice(pending, BATCH)):
        docs = list(nlp.pipe(batch, batch_size=BATCH))
        if "parser" in nlp.disabled:
            docs = _mended(nlp, docs)
        yield from docs


def _mended(nlp: Language, docs: list[Doc]) -> list[Doc]:
    readings = [_Reading(doc) for doc in docs]
    _parse(nlp, readings)
    broken = [index for index, reading in enumerate(readings) if reading.broken()]
    again = _part(nlp, "ner")((_marked(nlp, readings[i]) for i in broken), batch_size=BATCH)
    for index, doc in zip(broken, again, strict=True):
        docs[index] = doc
    return docs


def _parse(nlp: Language, readings: list[_Reading]) -> None:
    """Let the parser say where sentences start around doubtful entities."""
    parts = [(reading, first, end) for reading in readings for first, end in _windows(reading.doc)]
    cut = (nlp.make_doc(reading.doc[first:end].text) for reading, first, end in parts)
    vectors = _part(nlp, "tok2vec")(cut, batch_size=BATCH)
    parsed = _part(nlp, "parser")(vectors, batch_size=BATCH)
    for (reading, first, _), part in zip(parts, parsed, strict=True):
        offset = reading.doc[first].idx
        # That a part starts a sentence says nothing, unless it starts the text.
        reading.starts.update((offset + t.idx, bool(t.is_sent_start)) for t in part[1 if first else 0 :])


def _part(nlp: Language, name: str) -> Callable[..., Iterator[Doc]]:
    # Components are declared as functions of one text; those of a model also read many.
    pipe: Callable[..., Iterator[Doc]] = nlp.get_pipe(name).pipe  # type: ignore[attr-defined]
    return pipe


def _windows(doc: Doc) -> list[tuple[int, int]]:
    """The parts of a text that hold doubtful entities, by their first token and the one after the last."""
    windows: list[tuple[int, int]] = []
    for entity in doc.ents:
        if _doubtful(entity):
            first, end = max(0, entity.start - _BEFORE), min(len(doc), entity.end + _AFTER)
            if windows and first <= windows[-1][1]:
                first = windows.pop()[0]
            windows.append((first, end))
    return [(0, len(doc))] if sum(end - first for first, end in windows) > _MOST * len(doc) else windows


def _doubtful(entity: Span) -> bool:
    """Whether a sentence may start inside: not in a single word, nor in capitalised words."""
    if len(entity) == 1 or entity.label_ not in PEOPLE:
        return False
    return not all(w[:1].isupper() and w.replace("-", "").replace("'", "").isalpha() for w in entity.text.split(" "))


def _marked(nlp: Language, reading: _Reading) -> Doc:
    doc = nlp.make_doc(reading.doc.text)
    for token in doc:
        if token.idx in reading.starts:
            token.is_sent_start = reading.starts[token.idx]
    return doc
