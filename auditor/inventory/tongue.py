"""The language of a text, told by py3langid: which model reads it, and where a language has none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from auditor.knowledge import home, read_yaml
from auditor.model import Skipped

# Characters that are enough to tell a language.
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Tongues:
    """The languages of `rules/recognizers/languages.yaml` by code, and how likely one must be to be told."""

    titles: Mapping[str, str]
    sure: float


@cache
def load_tongues() -> Tongues:
    """The languages between which a text is told."""
    shown = "rules/recognizers/languages.yaml"
    top = read_yaml(home("rules") / "recognizers" / "languages.yaml", shown_as=shown)
    fields = top.fields(("languages", "sure", "addressing"))
    return Tongues({k.text(): n.text() for k, n in fields["languages"].pairs()}, fields["sure"].number())


def languages_of(texts: Iterable[str]) -> list[str]:
    """The code of each text's language; empty where none is likely enough."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    tongues = load_tongues()
    # Not kept: it takes a third of the memory of a language model, and texts are told all at once.
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(tongues.titles))
    told = (identifier.classify(text[:_LONGEST]) for text in texts)
    return [code if likely > tongues.sure else "" for code, likely in told]


def by_model(told: Mapping[str, str], languages: Sequence[str]) -> dict[str, list[str]]:
    """Texts, given with their languages, by the one whose model reads them: their own if it has one, else the first."""
    texts: dict[str, list[str]] = {}
    for text, code in told.items():
        texts.setdefault(code if code in languages else languages[0], []).append(text)
    return texts


def unread_languages(told: Iterable[str], languages: Sequence[str]) -> list[Skipped]:
    """A note on the texts whose language, one given for each, has no model: the model of another seeks their names."""
    counts = Counter(told)
    others = [(code, n) for code, n in counts.most_common() if code not in ("", *languages)]
    if not others:
        return []
    titles = load_tongues().titles
    said = ", ".join(f"{titles[code]} {n:,}" for code, n in others)
    what = f"names in {sum(n for _, n in others):,} of {counts.total():,} texts"
    why = (
        f"No language model is installed for them ({said}); the one for {titles[languages[0]]} was used, which finds "
        "fewer of the names."
    )
    return [Skipped(what, why, gap=False)]
