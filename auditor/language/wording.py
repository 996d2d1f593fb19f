"""Small pieces of English: what a field's meaning is like, its negation, nouns and lists."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CLAUSE_WORDS = (
    "to where", "from whom", "in which", "on which", "with whom", "when", "whence", "how", "why", "who", "whose",
    "whether", "where", "what", "which", "from when", "until when", "since when",
)  # fmt: skip
CLAUSE = re.compile(rf"^({'|'.join(_CLAUSE_WORDS)})\b")
"""A meaning that begins so is said of something: "when it was sent"."""
VERB = re.compile(r"\b(is|are|was|were|has|have|can)\b")
SENTENCE = re.compile(r"\b(is|are|was|were|has|have|can|may|must)\b")
DOES = re.compile(r"^(it|(?:the|a|its) [a-z]+) (still )?([a-z]+(?:s|ed))\b")
_BARE = re.compile(r"^when (?=last|first|next|[a-z]+ed\b)")
_HOLDS = {
    "from when": "from which it holds", "until when": "until which it holds", "since when": "since which it holds",
}  # fmt: skip
_CALLED = {"how": "form of the record", "confirmed": "state of confirmation", "audience": "listing"}
"""Fields and relations whose own name is no noun, or not the usual one."""


def negated(clause: str, denied: bool) -> str:
    """The clause, or the opposite of it."""
    if not denied:
        return clause
    found = VERB.search(clause)
    if found is not None:
        return f"{clause[: found.end()]}{'' if found[0] == 'can' else ' '}not{clause[found.end() :]}"
    does = DOES.match(clause)
    if does is None:
        return f"it is not true that {clause}"
    subject, still, verb = does.groups()
    rest = clause[does.end() :]
    if verb.endswith("ed"):
        return f"{subject} did not {verb.removesuffix('ed')}{rest}"
    stem = f"{verb[:-3]}y" if verb.endswith("ies") else verb[:-1]
    return f"{subject} no longer {verb}{rest}" if still else f"{subject} does not {stem}{rest}"


def is_clause(meaning: str) -> bool:
    """Whether a meaning can be said as it is: "a name is held", but not "the wording that was shown"."""
    verb = VERB.search(meaning)
    return verb is not None and not CLAUSE.match(meaning) and " that " not in meaning[: verb.start()]


def full(meaning: str) -> str:
    """ "when last reviewed" with its subject: "when it was last reviewed"."""
    return _BARE.sub("when it was ", meaning)


def many(noun: str) -> bool:
    """Whether a noun is plural."""
    return noun.endswith("s") and not noun.startswith("the number of ") and not noun.endswith(("is", "ss", "us", "'s"))


def time_noun(meaning: str) -> str:
    """A time field's meaning as a noun."""
    if meaning in _HOLDS:
        return f"the time {_HOLDS[meaning]}"
    meaning = full(meaning)
    if CLAUSE.match(meaning):
        return f"the time {meaning}"
    return meaning if meaning.startswith("the ") else f"the {meaning}"


def words(name: str) -> str:
    """A field's or relation's name as words."""
    name = _CALLED.get(name, name)
    said = name.removesuffix("_id").removesuffix("_on").removesuffix("_at").replace("_", " ")
    return "person" if said == "subject" else said


def listed(items: Sequence[str], last: str) -> str:
    """Items with commas and a word before the last."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 10th."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def article(noun: str) -> str:
    """a or an."""
    return "an" if noun[0] in "aeiou" else "a"
