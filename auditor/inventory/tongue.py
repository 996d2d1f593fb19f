"""The language of a text, by its small words or its script: enough to say where a language model is missing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from auditor.knowledge import home, read_yaml
from auditor.model import Skipped

_WORD = re.compile(r"[^\W\d_]+")
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language by its small words, or by the range of its script's characters."""

    code: str
    title: str
    words: frozenset[str] = frozenset()
    first: int = 0
    last: int = -1


@cache
def load_tongues() -> tuple[Tongue, ...]:
    """The languages of `rules/recognizers/languages.yaml`."""
    top = read_yaml(home("rules") / "recognizers" / "languages.yaml", shown_as="rules/recognizers/languages.yaml")
    both = top.fields(["languages", "scripts", "addressing"])
    found = []
    for key, node in both["languages"].pairs():
        fields = node.fields(["title", "words"])
        found.append(Tongue(key.text(), fields["title"].text(), frozenset(fields["words"].texts())))
    for key, node in both["scripts"].pairs():
        fields = node.fields(["title", "from", "to"])
        span = (int(fields["from"].number()), int(fields["to"].number()))
        found.append(Tongue(key.text(), fields["title"].text(), frozenset(), *span))
    return tuple(found)


def language_of(text: str) -> str:
    """The code of the language; empty where too little speaks for one, or as much for another."""
    text = text[:_LONGEST]
    words = [w.lower() for w in _WORD.findall(text)]
    counted: Counter[str] = Counter()
    for tongue in load_tongues():
        if tongue.words:
            counted[tongue.code] = sum(w in tongue.words for w in words)
        elif not text.isascii():
            # One letter of another script is a quotation; a text in it has many. Japanese is told by its kana.
            letters = sum(tongue.first <= ord(c) <= tongue.last for c in text)
            weight = 3 if tongue.code == "ja" else 1
            counted[tongue.code] = letters * weight if letters > 0.15 * len(text) else 0
    (best, most), (_, next_most) = counted.most_common(2)
    return best if most > next_most else ""


def reading_language(text: str, languages: Sequence[str]) -> str:
    """The language whose model reads a text: its own, where it has one of these, else the first."""
    # With one model there is nothing to tell.
    own = language_of(text) if len(languages) > 1 else languages[0]
    return own if own in languages else languages[0]


def unread_languages(texts: Iterable[str], languages: Sequence[str]) -> list[Skipped]:
    """A note on the texts whose language has no model: their names are sought with the model of another."""
    counts = Counter(language_of(text) for text in texts)
    total = counts.total()
    titles = {t.code: t.title for t in load_tongues()}
    others = [(code, n) for code, n in counts.most_common() if code not in ("", *languages)]
    if not others:
        return []
    said = ", ".join(f"{titles[code]} {n:,}" for code, n in others)
    what = f"names in {sum(n for _, n in others):,} of {total:,} texts"
    why = (
        f"They are in a language for which no model is installed ({said}): the one for {titles[languages[0]]} was "
        "used, which finds fewer names."
    )
    return [Skipped(what, why, gap=False)]
