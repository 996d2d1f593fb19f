"""An expression read aloud: plain, unambiguous English that a compliance officer can sign. The same words every time.

The words come from `meaning:` in `rules/relations.yaml`. A meaning that begins with "when" is a moment, one that can be
said as a clause ("the account can be used") is a condition; others are things.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditor.language import syntax
from auditor.language.functions import FUNCTIONS
from auditor.language.syntax import Expr, Path
from auditor.relations import Field, Relation, Relations, load_relations

_CLAUSE = re.compile(r"^(when|whence|how|why|who|whose|whether|where|what|which|from when|until when|since when)\b")
_VERB = re.compile(r"\b(is|are|was|were|has|have|can)\b")
_OPERATORS = {
    "=": "is", "!=": "is not", "<": "is less than", "<=": "is at most", ">": "is more than", ">=": "is at least",
}  # fmt: skip
_TIMES = {
    "=": "is the same as", "!=": "is not the same as", "<": "is before", "<=": "is not after", ">": "is after",
    ">=": "is not before",
}  # fmt: skip
_DENIED = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_TIME_TYPES = ("time", "birth")


def english(
    expr: Expr, relation: Relation, relations: Relations | None = None, params: Mapping[str, str] | None = None
) -> str:
    """The expression over a relation as a clause that can follow "where" or "if"."""
    return _Reader(relation, relations or load_relations(), params or {}).says(expr)


@dataclass(frozen=True, slots=True)
class _Reader:
    relation: Relation
    relations: Relations
    params: Mapping[str, str]
    outer: Relation | None = None

    # --- conditions -----------------------------------------------------------------------------------------

    def says(self, expr: Expr, denied: bool = False) -> str:
        match expr:
            case syntax.Not():
                return self.says(expr.part, not denied)
            case syntax.And() | syntax.Or():
                word = "and" if isinstance(expr, syntax.And) != denied else "or"
                return f" {word} ".join(self._part(p, denied, p is expr.parts[-1]) for p in expr.parts)
            case syntax.Compare():
                return self._compare(_DENIED[expr.operator] if denied else expr.operator, expr.left, expr.right)
            case syntax.Among():
                listed = _listed([self.thing(option) for option in expr.options], "or")
                return f"{self.thing(expr.value)} is {'not ' if denied else ''}{listed}"
            case syntax.Between():
                ends = f"{self.thing(expr.low)} and {self.thing(expr.high)}, both included"
                return f"{self.thing(expr.value)} is {'not ' if denied else ''}between {ends}"
            case syntax.Missing():
                return self._missing(expr.value, denied)
            case syntax.Older():
                far = f"more than {self._period(expr.period)} before the date of the audit"
                return f"{_negated(self._moment(expr.value), denied)} {far}"
            case syntax.Within():
                side = "after" if expr.after else "before"
                near = f"at most {self._period(expr.period)} {side} {self.thing(expr.anchor)}"
                return f"{self.thing(expr.value)} is {'not ' if denied else ''}{near}, and not on its other side"
            case syntax.Has():
                owner = self.thing(expr.value)
                many = owner.endswith("s") and not owner.endswith(("is", "ss", "us"))
                verb = "do" if many else "does"
                said = f"{verb} not include" if denied else "include" if many else "includes"
                return f"{owner} {said} {self.thing(expr.item)}"
            case syntax.Matches():
                return f"{self.thing(expr.value)} {'does not fit' if denied else 'fits'} the pattern {expr.pattern!r}"
            case syntax.Exists():
                return f"{self._possessor(expr.path)} {'is not' if denied else 'is'} among the records"
            case syntax.Quantifier():
                return self._quantifier(expr, denied)
            case syntax.Call():
                function = FUNCTIONS[expr.name]
                if denied and not function.denies:
                    return f"it is not true that {self._call(expr, function.says)}"
                return self._call(expr, function.denies if denied else function.says)
            case syntax.Path():
                return self._flag(expr, denied)
            case syntax.Truth():
                return "never" if expr.value == denied else "always"
        return f"{self.thing(expr)} {'does not hold' if denied else 'holds'}"

    def _part(self, part: Expr, denied: bool, last: bool) -> str:
        """A part of "and" or "or", in brackets where it could be read as something else."""
        inner = part
        while isinstance(inner, syntax.Not):
            inner = inner.part
        said = self.says(part, denied)
        open_ended = isinstance(inner, syntax.Quantifier) and not last
        return f"({said})" if open_ended or isinstance(inner, syntax.And | syntax.Or) else said

    def _compare(self, operator: str, left: Expr, right: Expr) -> str:
        if isinstance(right, syntax.Truth) and operator in ("=", "!="):
            return self.says(left, (operator == "=") != right.value)
        field = self._field(left) or self._field(right)
        timely = isinstance(left, syntax.AsOf | syntax.Shift) or (field is not None and field.type in _TIME_TYPES)
        words = _TIMES if timely else _OPERATORS
        return f"{self.thing(left)} {words[operator]} {self.thing(right)}"

    def _missing(self, value: Expr, denied: bool) -> str:
        if isinstance(value, Path):
            field = self._field(value)
            if field is not None and field.type in ("time", "presence") and _CLAUSE.match(field.meaning):
                return f"it is {'' if denied else 'not '}recorded {self._said_of(value, field.meaning)}"
            if field is not None and field.type == "presence" and _VERB.search(field.meaning):
                return self._flag(value, not denied)
        return f"{self.thing(value)} is {'' if denied else 'not '}recorded"

    def _flag(self, path: Path, denied: bool) -> str:
        field = self._field(path)
        if path.names[-1] == "deleted":
            return f"{self._possessor(path, 'the record')} is {'not ' if denied else ''}deleted"
        if field is None:
            return f"{self.thing(path)} is {'not ' if denied else ''}true"
        if field.type == "presence" and (_CLAUSE.match(field.meaning) or not _VERB.search(field.meaning)):
            return f"{self.thing(path)} is {'not ' if denied else ''}recorded"
        return self._said_of(path, _negated(field.meaning, denied))

    def _quantifier(self, node: syntax.Quantifier, denied: bool) -> str:
        inner = self.relations[node.relation]
        noun = node.relation.replace("_", " ")
        details = "".join((
            " (deleted ones included)" if node.including_deleted else "",
            f" with the same {_listed([_words(key) for key in node.keys], 'and')}" if node.keys else "",
            f", in force at {self.thing(node.moment)}," if node.moment else "",
        ))  # fmt: skip
        if node.where is not None:
            reader = _Reader(inner, self.relations, self.params, self.relation)
            details += f" for which {reader._part(node.where, False, True)}"
        if node.kind == "count":
            assert node.limit is not None  # noqa: S101 - the grammar gives every count a limit
            words = _OPERATORS[_DENIED[node.operator] if denied else node.operator]
            return f"the number of {noun} records{details} {words} {self.thing(node.limit)}"
        there = (node.kind == "any") != denied
        return f"there is {_article(noun) if there else 'no'} {noun}{details}".rstrip(",")

    # --- things ---------------------------------------------------------------------------------------------

    def thing(self, expr: Expr) -> str:
        """A value as a noun."""
        match expr:
            case syntax.Text():
                return f"'{expr.value}'"
            case syntax.Number():
                return f"{expr.value:g}"
            case syntax.Truth():
                return "true" if expr.value else "false"
            case syntax.Param():
                return self.params.get(expr.name, expr.name.replace("_", " "))
            case syntax.AsOf():
                return "the date of the audit"
            case syntax.Shift():
                length = self._period(expr.period)
                if length.startswith("0 "):
                    return self.thing(expr.time)
                return f"{length} {'after' if expr.sign > 0 else 'before'} {self.thing(expr.time)}"
            case syntax.Path():
                return self._noun(expr)
            case syntax.Call():
                return self._call(expr, FUNCTIONS[expr.name].says)
        return f"whether {self.says(expr)}"

    def _noun(self, path: Path) -> str:
        field = self._field(path)
        name = path.names[-1]
        if field is not None and field.type == "code" and field.meaning.startswith("whether "):
            noun = f"the record of {field.meaning}"
        elif field is None or field.type in ("code", "set", "number", "name", "key", "ref", "region"):
            noun = f"the {_words(name)}"
        elif field.type == "time":
            relation = self._relation(path)
            noun = _time(field.meaning)
            if relation is not None and field.meaning == "when":
                noun = f"the time of the {_words(relation.name)}"
        else:
            noun = field.meaning if field.meaning.startswith(("the ", "a ", "an ", "its ")) else f"the {field.meaning}"
            noun = f"the {_words(name)}" if _CLAUSE.match(field.meaning) or _VERB.search(noun) else noun
        return self._said_of(path, noun)

    def _moment(self, value: Expr) -> str:
        """A time as a clause that "more than 3 years before" can follow: "it was sent"."""
        field = self._field(value)
        if isinstance(value, Path) and field and field.type == "time" and field.meaning.startswith("when "):
            return self._said_of(value, field.meaning.removeprefix("when "))
        return f"{self.thing(value)} was"

    def _call(self, call: syntax.Call, template: str) -> str:
        arguments = [self._regime(a) if call.name == "under" else self.thing(a) for a in call.arguments]
        return template.format(*arguments, all=_listed(arguments, "and"))

    def _regime(self, expr: Expr) -> str:
        return f"the regime {self.thing(expr)}"

    def _period(self, period: syntax.Period | syntax.Param) -> str:
        if isinstance(period, syntax.Param):
            return self.thing(period)
        return f"{period.count} {period.unit}{'' if period.count == 1 else 's'}"

    # --- whose ----------------------------------------------------------------------------------------------

    def _field(self, expr: Expr) -> Field | None:
        relation = self._relation(expr) if isinstance(expr, Path) else None
        return relation.fields.get(expr.names[-1]) if relation and isinstance(expr, Path) else None

    def _relation(self, path: Path) -> Relation | None:
        """The relation whose field a path ends in."""
        relation = self.outer if path.this and self.outer else self.relation
        for step in path.names[:-1]:
            if step not in relation.references and step != "subject":
                return None
            relation = self.relations[relation.references[step].to] if step in relation.references else relation
        return relation

    def _possessor(self, path: Path, noun: str = "") -> str:
        steps = path.names if not noun else path.names[:-1]
        owners = ["person" if step == "subject" else step.replace("_", " ") for step in steps]
        start = ["record in question"] if path.this else []
        chain = "'s ".join([*start, *owners])
        if not noun:
            return f"the {chain}"
        return f"the {chain}'s {noun.removeprefix('the ')}" if chain else noun

    def _said_of(self, path: Path, phrase: str) -> str:
        """The phrase about a field, with whose it is; what is said of the person needs no possessor."""
        steps = path.names[:-1]
        if not path.this and (not steps or (steps == ("subject",) and "the person" in phrase)):
            return phrase
        if phrase.startswith("the ") and not _VERB.search(phrase):
            return self._possessor(path, phrase)
        owner = self._possessor(Path(path.at, path.names[:-1], path.this)) if steps else "the record in question"
        return f"{phrase} (said of {owner})"


def _negated(clause: str, denied: bool) -> str:
    if not denied:
        return clause
    found = _VERB.search(clause)
    if found is None:
        return f"it is not true that {clause}"
    return f"{clause[: found.end()]}{'' if found[0] == 'can' else ' '}not{clause[found.end() :]}"


def _time(meaning: str) -> str:
    if _CLAUSE.match(meaning):
        return f"the time {meaning}"
    return meaning if meaning.startswith("the ") else f"the {meaning}"


def _words(name: str) -> str:
    words = name.removesuffix("_id").removesuffix("_on").removesuffix("_at").replace("_", " ")
    return "person" if words == "subject" else words


def _listed(words: Sequence[str], last: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"
