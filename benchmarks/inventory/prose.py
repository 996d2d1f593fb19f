"""Texts: time against Presidio in batches, and precision, recall and F2 per entity on labelled sets."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.inventory.table import rows

ENTITIES = ("PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "IBAN_CODE", "CREDIT_CARD", "IP_ADDRESS", "US_SSN")
ALIASES = {"EMAIL": "EMAIL_ADDRESS", "PHONE": "PHONE_NUMBER", "PER": "PERSON", "SSN": "US_SSN", "IBAN": "IBAN_CODE"}
# Of the spans of the whole pipeline, as many may differ in the fast one.
MOST_DIFFERENT = 0.005

Spans = set[tuple[str, int, int]]
Answer = Callable[[Sequence[str]], list[Spans]]
STOCK = "presidio, batch 256"


def engines() -> dict[str, Answer]:
    """Stock Presidio in batches of 256, and our reader, exact and fast, with the same recognizers and model."""
    import spacy
    from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine, RecognizerRegistry
    from presidio_analyzer import predefined_recognizers as predefined

    from auditor.inventory import engine
    from auditor.inventory.models import installed, load_models

    registry = RecognizerRegistry(supported_languages=["en"])
    registry.add_recognizer(predefined.SpacyRecognizer(supported_entities=["PERSON"]))
    for one in engine.load_recognizers():
        if one.text:
            registry.add_recognizer(type(one.made)(supported_language="en"))
    whole: Any = engine._Pinned(spacy.load(installed(load_models()[0])), exact=True)
    # Stock is Presidio's own way of running the model, not ours.
    whole.process_batch = lambda texts, language, **more: super(engine._Pinned, whole).process_batch(
        texts, language, **more
    )
    stock = BatchAnalyzerEngine(AnalyzerEngine(registry=registry, nlp_engine=whole, supported_languages=["en"]))

    def by_stock(texts: Sequence[str]) -> list[Spans]:
        found = stock.analyze_iterator(texts, language="en", batch_size=256, entities=list(ENTITIES))
        return [{(r.entity_type, r.start, r.end) for r in one} for one in found]

    def by(reader: Any) -> Answer:
        return lambda texts: [{(h.entity, h.start, h.end) for h in one} for one in reader.read(texts)]

    ours = {name: engine.TextReader(engine.load_recognizers(), exact=name == "exact") for name in ("exact", "fast")}
    answers = {STOCK: by_stock, **{name: by(reader) for name, reader in ours.items()}}
    for answer in answers.values():
        answer(["Anna Schmidt called from +49 30 1234567 about IBAN DE89 3704 0044 0532 0130 00"])
    return answers


def prose(folder: Path) -> None:
    """Each set: what differs from Presidio, then time, then quality. Exits if more differs than may."""
    answers = engines()
    notes = [row[19] for row in rows(3_000)]
    sets: list[tuple[str, list[str], list[Spans]]] = [("made-up notes, as they come", notes, [])]
    for path in sorted(folder.glob("*.jsonl")) if folder.is_dir() else ():
        with path.open(encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines]
        gold = [{(ALIASES.get(e, e), s, t) for s, t, e, *_ in r["spans"]} for r in records]
        sets.append((path.stem, [r["text"] for r in records], gold))
    if len(sets) == 1:
        print(f"Labelled sets: NOT MEASURED, there is no *.jsonl in {folder} (--texts FOLDER)")
    unique: list[str] = []
    for title, texts, gold in sets:
        _one_set(title, texts, gold, answers)
        unique += [t for t in texts if len(t) < 2_000]
    _workers(list(dict.fromkeys(unique)), answers)


def _one_set(title: str, texts: list[str], gold: list[Spans], answers: dict[str, Answer]) -> None:
    distinct = list(dict.fromkeys(texts))
    repeated = 1 - len(distinct) / len(texts)
    print(f"\n{title}: {len(texts):,} texts, {repeated:.0%} repeat an earlier one")
    found = {name: answer(texts) for name, answer in answers.items()}
    total = sum(map(len, found[STOCK]))
    for name in ("exact", "fast"):
        differ = sum(len(a ^ b) for a, b in zip(found[STOCK], found[name], strict=True))
        print(f"  {name}: {differ} of {total:,} spans differ from Presidio's ({differ / max(1, total):.2%})")
        if differ > (MOST_DIFFERENT * total if name == "fast" else 0):
            sys.exit("More differs than may.")
    for kind, given in (("as they come", texts), ("unique", distinct)) if repeated > 0.05 else (("unique", texts),):
        seconds = {name: _timed(answer, given) for name, answer in answers.items()}
        said = ", ".join(f"{n} {s:.2f} ({seconds[STOCK] / s:.2f}x)" for n, s in seconds.items())
        print(f"  {kind}, cpu-s: {said}", flush=True)
    if gold:
        _quality(gold, found)


def _timed(answer: Answer, texts: Sequence[str]) -> float:
    start = time.process_time()
    answer(texts)
    return time.process_time() - start


def _workers(texts: list[str], answers: dict[str, Answer]) -> None:
    """One process and two, in the same minutes; each of the two starts afresh and loads its model in this time."""
    from auditor.inventory.pool import Asked, read_texts

    texts = [f"{text}{end}" for end in ("", " ", "  ", "   ") for text in texts]
    print(f"\n{len(texts):,} unique texts, {sum(map(len, texts)):,} characters, wall seconds")
    wall = {}
    for title, run in (
        (STOCK, lambda: answers[STOCK](texts)),
        ("one process", lambda: read_texts(Asked(), {"en": texts})),
        ("two workers", lambda: read_texts(Asked(), {"en": texts}, workers=2)),
    ):
        start = time.perf_counter()
        run()
        wall[title] = time.perf_counter() - start
        print(f"  {title:20} {wall[title]:7.1f} s  {wall[STOCK] / wall[title]:.2f}x", flush=True)


def _quality(gold: list[Spans], answers: dict[str, list[Spans]]) -> None:
    """Exact spans: precision, recall and F2 per entity that the set labels."""
    for entity in ENTITIES:
        truth = [{s for s in one if s[0] == entity} for one in gold]
        wanted = sum(map(len, truth))
        if not wanted:
            continue
        line = []
        for name, found in answers.items():
            mine = [{s for s in one if s[0] == entity} for one in found]
            hit, said = sum(len(a & b) for a, b in zip(truth, mine, strict=True)), sum(map(len, mine))
            p, r = hit / said if said else 0.0, hit / wanted
            f2 = 5 * p * r / (4 * p + r) if p + r else 0.0
            line.append(f"{name} {p:.3f}/{r:.3f}/{f2:.3f}")
        print(f"  {entity:14} ({wanted}) P/R/F2: {'; '.join(line)}")
