"""What a column's name claims to hold, given its table; evidence of its own, weighed against the values later."""

from __future__ import annotations

from dataclasses import dataclass, replace

from auditor.inventory.lexicon import Concept, Lexicon, phrase_at, split_name

# How far a name alone convinces; 0.5 makes a column personal if its values fit.
CLEAR, MODIFIED, OF_A_THING, UNSURE, OPEN = 0.9, 0.8, 0.6, 0.45, 0.3

_KEEPERS = ("email", "phone", "ip", "postcode", "identifier")


@dataclass(frozen=True, slots=True)
class TableMeaning:
    """What a table is about: person, message, organisation, thing, or empty.

    `people` tells that some of its columns are surely people's, as those of a table of order addresses.
    """

    kind: str
    words: tuple[str, ...]
    people: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """One reading of a column's name."""

    concept: Concept
    category: str
    strength: float
    phrase: str
    why: str = ""

    @property
    def denied(self) -> bool:
        """Whether the rest of the name says that the column only speaks about it."""
        return self.strength == 0.0


def read_table(name: str, lexicon: Lexicon) -> TableMeaning:
    """What a table is about: its last word that says anything, else any of its words."""
    words = split_name(name, lexicon)
    telling = tuple(w for w in words if not lexicon.has("decorations", w) and not w.isdigit()) or words
    order = (
        ("person", "persons"),
        ("message", "messages"),
        ("account", "accounts"),
        ("organisation", "organisations"),
        ("thing", "things"),
    )
    for candidates in (telling[-1:], telling):
        for kind, words_of_kind in order:
            if any(lexicon.has(words_of_kind, w) for w in candidates):
                return TableMeaning(kind, telling)
    return TableMeaning("", telling)


def of_organisation(name: str, table: TableMeaning, lexicon: Lexicon) -> bool:
    """Whether a column says that it names a firm: a firm called after a person is still a firm."""
    words = split_name(name, lexicon)
    if any(lexicon.has("persons", w) for w in words):
        return False
    return table.kind == "organisation" or any(lexicon.has("organisations", w) for w in words)


def read_column(name: str, table: TableMeaning, lexicon: Lexicon) -> tuple[Claim, ...]:
    """Every category the name may stand for, the strongest first; denied ones last."""
    words = tuple(w for w in split_name(name, lexicon) if not w.isdigit())
    spans = _phrases(words, lexicon)
    claims = []
    for position, (start, end) in enumerate(spans):
        # A phrase further to the right is the head: `email_greeting` is a greeting.
        phrase = phrase_at(words[start:end], lexicon)
        later = [phrase_at(words[s:e], lexicon) for s, e in spans[position + 1 :]]
        if any(_same_weight(other, phrase, lexicon) for other in later):
            continue
        rest = (words[:start], words[end:])
        claims += [_claim(c, phrase, rest, table, lexicon) for c in lexicon.phrases[phrase]]
    claims += _of_table(words, table, lexicon) if not any(c.strength > OPEN for c in claims) else []
    return tuple(sorted(claims, key=lambda c: -c.strength))


def read_comment(comment: str, table: TableMeaning, lexicon: Lexicon) -> tuple[Claim, ...]:
    """What a column's comment claims: never more than half a claim, as comments also explain."""
    claims = read_column(comment, table, lexicon) if 0 < len(comment) <= 80 else ()
    return tuple(replace(c, strength=min(c.strength, OF_A_THING), why="by its comment") for c in claims if c.strength)


def _of_table(words: tuple[str, ...], table: TableMeaning, lexicon: Lexicon) -> list[Claim]:
    """`phone_numbers.number` and `email_address.name` say in the table's name what they hold."""
    plain = all(w in ("name", "value") or any(lexicon.has(k, w) for k in ("qualifiers", "numbers")) for w in words)
    telling = tuple(w for w in table.words if not lexicon.has("denials", w))
    if not plain or not words or table.kind == "thing" or not telling:
        return []
    phrase = phrase_at(telling, lexicon)
    concepts = [c for c in lexicon.phrases.get(phrase, ()) if not c.context and c.fits in _KEEPERS]
    return [Claim(c, c.category, MODIFIED, " ".join(phrase), "by its table") for c in concepts]


def _phrases(words: tuple[str, ...], lexicon: Lexicon) -> list[tuple[int, int]]:
    """Longest phrases first, without overlaps, in the order of the name."""
    taken: list[tuple[int, int]] = []
    for length in range(min(lexicon.longest, len(words)), 0, -1):
        for start in range(len(words) - length, -1, -1):
            end = start + length
            if phrase_at(words[start:end], lexicon) and not any(s < end and start < e for s, e in taken):
                taken.append((start, end))
    return sorted(taken)


def _same_weight(right: tuple[str, ...], left: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Whether the right phrase may be the head: `phone contact` is a phone, `email country` a country."""
    alone = {c.category for c in lexicon.phrases[left] if not c.context}
    bound = all(c.context for c in lexicon.phrases[right]) and any(
        lexicon.has(k, right[0]) for k in ("persons", "qualifiers")
    )
    naming = any(c.category == "identity.name" for c in lexicon.phrases[right])
    return not (alone and bound) or naming


def _claim(
    concept: Concept,
    phrase: tuple[str, ...],
    rest: tuple[tuple[str, ...], tuple[str, ...]],
    table: TableMeaning,
    lexicon: Lexicon,
) -> Claim:
    before, after = rest
    said = " ".join(phrase)
    category = concept.work if concept.work and {"work", "business", "office"} & {*before, *after} else concept.category
    claim = Claim(concept, category, CLEAR, said)
    neutral = (
        "qualifiers",
        "persons",
        "accounts",
        "organisations",
        "decorations",
        *(["code_marks"] if concept.code else []),
    )
    telling = [w for w in (*before, *after) if not w.isdigit() and not lexicon.has("qualifiers", w)]
    denial = next((w for w in telling if _denies(w, concept, lexicon)), "")
    if denial:
        return replace(claim, strength=0.0, why=f"the name says {denial}")
    if concept.fits == "name" and any(lexicon.has("numbers", w) for w in after):
        return replace(claim, strength=0.0, why="it is numbered")
    unknown_after = [w for w in after if not w.isdigit() and not any(lexicon.has(k, w) for k in neutral)]
    unknown_before = [w for w in before if not w.isdigit() and not any(lexicon.has(k, w) for k in neutral)]
    if concept.context == "elsewhere" and table.kind == "thing":
        return replace(claim, strength=UNSURE, why="of a thing")
    if concept.context and concept.context != "elsewhere":
        strength = _in_context(concept, (*before, *after), unknown_before + unknown_after, table, lexicon)
        return replace(claim, strength=strength, why="" if strength else "not a person's")
    words = list(before)
    thing_after = next((w for w in after if lexicon.has("things", w) and w in unknown_after), "")
    if thing_after and not concept.code:
        return replace(claim, strength=0.0, why=f"the name says {thing_after}")
    if unknown_after:
        return replace(claim, strength=UNSURE)
    owner = _owner(words, table, lexicon)
    if owner in ("organisation", "account"):
        maybe = owner == "account"
        why = "of an account, which may be a person" if maybe else "of an organisation"
        return replace(claim, strength=OF_A_THING if maybe else UNSURE, why=why)
    if owner == "thing":
        return replace(claim, strength=OF_A_THING)
    if (
        table.kind == "thing"
        and not table.people
        and concept.category.startswith(("location.", "contact.postal_code", "government_id."))
    ):
        return replace(claim, strength=UNSURE, why="a list of values")
    return replace(claim, strength=MODIFIED if unknown_before else CLEAR)


def _owner(words: list[str], table: TableMeaning, lexicon: Lexicon) -> str:
    """Who a field belongs to, if the name or else the table says that it is no person."""
    kinds = (("organisation", "organisations"), ("account", "accounts"), ("thing", "things"))
    told = [w for w in words if not lexicon.has("persons", w)]
    said = next((kind for kind, known in kinds if any(lexicon.has(known, w) for w in told)), "")
    return said or (table.kind if table.kind in ("organisation", "account") and len(told) == len(words) else "")


def _denies(word: str, concept: Concept, lexicon: Lexicon) -> bool:
    if concept.code:
        # The code of an attribute is the attribute, however its column is called.
        return lexicon.has("code_denials", word)
    return lexicon.has("denials", word) and not lexicon.has("persons", word)


def _in_context(
    concept: Concept, rest: tuple[str, ...], unknown: list[str], table: TableMeaning, lexicon: Lexicon
) -> float:
    about = [w for w in rest if not lexicon.has("qualifiers", w)]
    if concept.context == "message":
        near = table.people or table.kind in ("message", "person") or any(lexicon.has("persons", w) for w in about)
        return OF_A_THING if near and (table.people or table.kind != "thing") else OPEN
    if any(lexicon.has("persons", w) for w in rest):
        return MODIFIED
    if any(lexicon.has(k, w) for k in ("accounts", "organisations", "things") for w in about):
        return 0.0
    if table.kind == "person":
        return UNSURE if unknown else MODIFIED
    # Among columns of people a short word for a place means theirs; a bare name may still be that of an order.
    if table.people and table.kind == "" and not unknown:
        return OPEN if concept.category == "identity.name" else MODIFIED
    return 0.0 if table.kind == "thing" else OPEN
