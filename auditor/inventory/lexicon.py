"""The vocabulary of names, read from `rules/names.yaml`, and how a name is cut into its words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from auditor.inventory.taxonomy import category_named
from auditor.knowledge import Node, home, read_yaml

FITS = (
    "age", "card", "code", "coordinate", "date", "email", "handle", "identifier", "ip", "lettered", "name", "number",
    "phone", "place", "postcode", "prose", "salutation", "secret", "short", "text",
)  # fmt: skip
CONTEXTS = ("person", "message", "elsewhere")
# Lists whose words make a name known, and those whose words do not.
SPOKEN = (
    "connectors", "decorations", "qualifiers", "denials", "code_marks", "code_denials", "persons", "messages",
    "accounts", "numbers", "organisations", "things",
)  # fmt: skip
WORD_LISTS = (
    *SPOKEN, "prefixes", "suffixes", "placeholders", "attribute_names", "attribute_values", "salutations", "genders",
    "not_names", "mailboxes", "particles",
)  # fmt: skip

# Letters that Unicode does not decompose.
_FOLD = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "æ": "ae", "œ": "oe"})
_SEAMS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=\D)(?=\d)|(?<=\d)(?=\D)")
_SEPARATORS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Concept:
    """Phrases that name one category, what its values must look like, and beside what it counts.

    The context `elsewhere` is anywhere but in tables of things.
    """

    category: str
    fits: str
    phrases: tuple[tuple[str, ...], ...]
    context: str = ""
    code: bool = False
    """The value is a code for the attribute itself, so `gender_id` is still the gender."""
    also: str = ""
    work: str = ""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Every word list by its name, and the concepts with an index from the last word of a phrase."""

    words: dict[str, frozenset[str]]
    concepts: tuple[Concept, ...]
    phrases: dict[tuple[str, ...], tuple[Concept, ...]]
    vocabulary: frozenset[str]
    longest: int

    def has(self, kind: str, word: str) -> bool:
        """Whether a word, or its singular, is in a list."""
        known = self.words[kind]
        return word in known or any(stem in known for stem in _singulars(word))


@cache
def load_lexicon() -> Lexicon:
    """The vocabulary, checked."""
    top = read_yaml(home("rules") / "names.yaml", shown_as="rules/names.yaml").fields([*WORD_LISTS, "concepts"])
    words = {name: frozenset(fold(w) for w in top[name].texts()) for name in WORD_LISTS}
    concepts = tuple(_concept(node, words["connectors"]) for node in top["concepts"].items())
    phrases: dict[tuple[str, ...], tuple[Concept, ...]] = {}
    for concept in concepts:
        for phrase in concept.phrases:
            phrases[phrase] = (*phrases.get(phrase, ()), concept)
    vocabulary = frozenset().union(*(words[n] for n in SPOKEN), *(frozenset(p) for p in phrases))
    return Lexicon(words, concepts, phrases, vocabulary, max(len(p) for p in phrases))


def _concept(node: Node, connectors: frozenset[str]) -> Concept:
    fields = node.fields(["category", "fits", "phrases"], ["context", "code", "also", "work"])
    phrases = tuple(
        tuple(w for w in _letters(p) if w not in connectors) or tuple(_letters(p)) for p in fields["phrases"].texts()
    )
    return Concept(
        category_named(fields["category"]),
        fields["fits"].one_of(FITS),
        tuple(dict.fromkeys(phrases)),
        fields["context"].one_of(CONTEXTS) if "context" in fields else "",
        fields["code"].boolean() if "code" in fields else False,
        category_named(fields["also"]) if "also" in fields else "",
        category_named(fields["work"]) if "work" in fields else "",
    )


def _letters(phrase: str) -> list[str]:
    """Digits are no part of a phrase: `address1_line1` is an address line."""
    return re.sub(r"\d", " ", fold(phrase)).split()


def fold(text: str) -> str:
    """Lower case without accents."""
    plain = unicodedata.normalize("NFKD", text.translate(_FOLD))
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


def split_name(name: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The words of a column's or table's name, without marks of vendors and small words."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.translate(_FOLD)) if not unicodedata.combining(c))
    seams = _SEAMS.sub(" ", _SEPARATORS.sub(" ", plain))
    words = [part for word in seams.casefold().split() for part in _cut(word, lexicon)]
    words = [w for w in words if w not in lexicon.words["connectors"]] or words
    while len([w for w in words if not w.isdigit()]) > 1 and (
        words[0] in lexicon.words["prefixes"] or words[0].isdigit()
    ):
        words = words[1:]
    while len(words) > 1 and words[-1] in lexicon.words["suffixes"]:
        words = words[:-1]
    return tuple(words)


def phrase_at(words: tuple[str, ...], lexicon: Lexicon) -> tuple[str, ...]:
    """The phrase that these words are, the last one perhaps in the plural; empty if they are none."""
    forms = (words, *((*words[:-1], stem) for stem in _singulars(words[-1])))
    return next((form for form in forms if form in lexicon.phrases), ())


def _cut(word: str, lexicon: Lexicon) -> tuple[str, ...]:
    known = lexicon.vocabulary
    if word in known or (len(word) < 5 and word.isascii()) or any(s in known for s in _singulars(word)):
        return (word,)
    # Fewest words win; short ones would make sense of anything, so two letters count only at the end.
    best: list[tuple[str, ...] | None] = [(), *[None] * len(word)]
    for end in range(1, len(word) + 1):
        for start in range(end):
            head, part = best[start], word[start:end]
            enough = len(part) > 2 or not part.isascii() or (end == len(word) and len(part) == 2 and start > 2)
            if (
                head is None
                or not enough
                or not (part in known or (end == len(word) and len(part) > 4 and part[:-1] in known))
            ):
                continue
            here = best[end]
            if here is None or len(head) + 1 < len(here):
                best[end] = (*head, part)
    return best[-1] or (word,)


def _singulars(word: str) -> tuple[str, ...]:
    if len(word) < 4 or not word.endswith("s"):
        return ()
    return (word[:-1], word[:-2], word[:-3] + "y") if word.endswith("ies") else (word[:-1], word[:-2])
