"""Names without the whole pipeline are those of the whole pipeline, but for very few."""

import json
from functools import cache
from pathlib import Path

import pytest
from spacy.language import Language

from auditor.inventory.models import installed, load_models
from auditor.inventory.pipeline import load, read_names

TEXTS = Path(__file__).parents[3] / "shared" / "bench" / "text"

# The parser starts a sentence inside what the names' component alone takes for one person.
BROKEN = "vu la déclaration française (art. 44 et 48) ainsi qu’à la déclaration suédoise reconnaissant la juridiction"


@cache
def models() -> tuple[Language, Language]:
    folder = installed(load_models()[0])
    return load(folder, exact=True), load(folder, exact=False)


def people(nlp: Language, texts: list[str]) -> list[set[tuple[int, int]]]:
    return [{(e.start_char, e.end_char) for e in d.ents if e.label_ == "PERSON"} for d in read_names(nlp, texts)]


def test_the_fast_model_runs_the_names_component_alone():
    exact, fast = models()
    assert fast.pipe_names == ["ner"]
    assert {"parser", "tagger", "ner"} <= set(exact.pipe_names)


def test_a_name_ends_where_the_parser_starts_a_sentence():
    exact, fast = models()
    alone = [{(e.start_char, e.end_char) for e in fast(BROKEN).ents if e.label_ == "PERSON"}]
    assert people(fast, [BROKEN]) == people(exact, [BROKEN])
    assert alone != people(exact, [BROKEN])


def test_texts_come_in_their_order_with_their_blanks():
    texts = ["", " ", "Anna Schmidt called\n", "  two  blanks ", BROKEN, "x"]
    assert [doc.text for doc in read_names(models()[1], texts)] == texts


@pytest.mark.shared
@pytest.mark.skipif(not TEXTS.is_dir(), reason="the trial texts are not here")
def test_at_most_one_span_in_200_differs_on_any_set():
    for path in sorted(TEXTS.glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            texts = [json.loads(line)["text"] for line in lines]
        texts = texts[:20] if len(texts[0]) > 1_000 else texts[:250]
        exact, fast = (people(nlp, texts) for nlp in models())
        differ = sum(len(a ^ b) for a, b in zip(exact, fast, strict=True))
        assert differ <= max(1, 0.005 * sum(map(len, exact))), path.name
