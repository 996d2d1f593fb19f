"""An expression read aloud: plain, unambiguous English that a compliance officer can sign. The same words every time.

The words come from `meaning:` in `rules/relations.yaml`. A meaning that begins with "when" is a moment, one that can be
said as a clause ("the account can be used") is a condition; others are things.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from auditor.jurisdictions import load_jurisdictions
from auditor.language import syntax
from auditor.language.calendars import load_calendars
from auditor.language.functions import FUNCTIONS
from auditor.language.parsing import parse_period
from auditor.language.patterns import pattern
from auditor.language.quantifying import PERSON
from auditor.language.syntax import Expr, Path
from auditor.language.wording import (
    CLAUSE,
    DOES,
    SENTENCE,
    VERB,
    article,
    full,
    is_clause,
    listed,
    many,
    negated,
    ordinal,
    time_noun,
    words,
)
from auditor.relations import Field, Relation, Relations, load_relations

_OPERATORS = {
    "=": "is", "!=": "is not", "<": "is less than", "<=": "is at most", ">": "is more than", ">=": "is at least",
}  # fmt: skip
_TIMES = {
    "=": "is the same as", "!=": "is not the same as", "<": "is before", "<=": "is not after", ">": "is after",
    ">=": "is not before",
}  # fmt: skip
_FLIPPED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
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
                options = listed([self.thing(option) for option in expr.options], "or")
                return f"{self.thing(expr.value)} is {'not ' if denied else ''}{options}"
            case syntax.Between():
                ends = f"{self.thing(expr.low)} and {self.thing(expr.high)}, both included"
                return f"{self.thing(expr.value)} is {'not ' if denied else ''}between {ends}"
            case syntax.Missing():
                return self._missing(expr.value, denied)
            case syntax.Older():
                if isinstance(expr.period, syntax.Call):
                    longer = f"longer before the date of the audit than {self._period(expr.period)}"
                    return f"{negated(self._moment(expr.value), denied)} {longer}"
                far = f"more than {self._period(expr.period, whole=True)} before the date of the audit"
                return f"{negated(self._moment(expr.value), denied)} {far}"
            case syntax.Within():
                side = "after" if expr.after else "before"
                lies = "does not lie" if denied else "lies"
                if isinstance(expr.period, syntax.Call):
                    span = f"{side} {self.thing(expr.anchor)} by at most {self._period(expr.period)}"
                    return f"{self.thing(expr.value)} {lies} {span}"
                span = f"the {self._period(expr.period, whole=True)} {side} {self.thing(expr.anchor)}"
                return f"{self.thing(expr.value)} {lies} in {span}"
            case syntax.Has():
                owner = self.thing(expr.value)
                several = many(owner)
                verb = "do" if several else "does"
                said = f"{verb} not include" if denied else "include" if several else "includes"
                return f"{owner} {said} {self.thing(expr.item)}"
            case syntax.Matches():
                found = pattern(expr.pattern, expr.at)
                return f"{self.thing(expr.value)} {found.denies if denied else found.reads}"
            case syntax.Exists():
                return f"{self._possessor(expr.path)} {'is not' if denied else 'is'} among the records"
            case syntax.Quantifier() if expr.kind != "count":
                there = (expr.kind == "any") != denied
                noun = words(expr.relation) if expr.relation != "subject" else "person"
                which = ("another" if there else "no other") if expr.other else article(noun) if there else "no"
                return f"there is {which} {noun}{self._reach(expr)}".rstrip(",")
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
        if isinstance(left, syntax.Shift) and not isinstance(right, syntax.Shift):
            left, right, operator = right, left, _FLIPPED[operator]
        far = self._far(operator, right) if isinstance(right, syntax.Shift) else ""
        if far:
            return f"{self.thing(left)} is {far}"
        field = self._field(left) or self._field(right)
        timely = any(isinstance(side, syntax.AsOf | syntax.Shift) for side in (left, right))
        timely = timely or (field is not None and field.type in _TIME_TYPES)
        return f"{self.thing(left)} {(_TIMES if timely else _OPERATORS)[operator]} {self.thing(right)}"

    def _far(self, operator: str, shift: syntax.Shift) -> str:
        """ "more than 30 days after ..." where that says the same; empty where the other side would be included."""
        length = self._period(shift.period)
        word = {(">", 1): "more than", (">=", 1): "at least", ("<", -1): "more than", ("<=", -1): "at least"}
        if (
            isinstance(shift.period, syntax.Call)
            or "business" in length
            or length.startswith("0 ")
            or (operator, shift.sign) not in word
        ):
            return ""
        side = "after" if shift.sign > 0 else "before"
        return f"{word[operator, shift.sign]} {length} {side} {self.thing(shift.time)}"

    def _missing(self, value: Expr, denied: bool) -> str:
        if isinstance(value, Path):
            field = self._field(value)
            if field is not None and field.type == "flag":
                return f"it is {'' if denied else 'not '}recorded whether {self._flag(value, False)}"
            clausal = field is not None and CLAUSE.match(field.meaning)
            if field is not None and clausal and (field.type in ("time", "presence") or "whether " in field.meaning):
                return f"it is {'' if denied else 'not '}recorded {self._said_of(value, full(field.meaning))}"
            if field is not None and field.type == "presence" and is_clause(field.meaning):
                return self._flag(value, not denied)
        noun = self.thing(value)
        return f"{noun} {'are' if many(noun) else 'is'} {'' if denied else 'not '}recorded"

    def _flag(self, path: Path, denied: bool) -> str:
        field = self._field(path)
        if path.names[-1] == "deleted":
            return f"{self._possessor(path, 'the record')} is {'not ' if denied else ''}deleted"
        if field is None:
            return f"{self.thing(path)} is {'not ' if denied else ''}true"
        if field.type == "presence" and not is_clause(field.meaning):
            return f"{self.thing(path)} is {'not ' if denied else ''}recorded"
        clause = negated(field.meaning, denied)
        if field.type == "flag" and not (SENTENCE.search(field.meaning) or DOES.match(field.meaning)):
            clause = f"it is {'not ' if denied else ''}{field.meaning.partition(':')[0]}"
        return self._said_of(path, clause)

    def _reach(self, node: syntax.Quantifier) -> str:
        """Which rows a quantifier asks."""
        inner = self.relations[node.relation]
        keys = [words(key.replace(".", "'s ")) for key in node.keys if key != PERSON]
        if PERSON in node.keys:
            keys.insert(0, "person (by key, e-mail address or phone number, in any source)")
        details = "".join((
            " (deleted ones included)" if node.including_deleted else "",
            f" with the same {listed(keys, 'and')}" if keys else "",
            f", in force at {self.thing(node.moment)}," if node.moment else "",
        ))  # fmt: skip
        if node.where is not None:
            reader = _Reader(inner, self.relations, self.params, self.relation)
            details += f" for which {reader._part(node.where, False, True)}"
        return details

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
                side = "after" if expr.sign > 0 else "before"
                length = self._period(expr.period)
                if isinstance(expr.period, syntax.Call):
                    return f"{self.thing(expr.time)} {'plus' if expr.sign > 0 else 'minus'} {length}"
                if length.startswith("0 "):
                    return self.thing(expr.time)
                if " business day" in length:
                    count, _, unit = self._period(expr.period, whole=True).partition(" ")
                    edge = "end" if expr.sign > 0 else "start"
                    nth = unit.replace("business days", "business day")
                    return f"the {edge} of the {ordinal(int(count))} {nth} {side} {self.thing(expr.time)}"
                return f"{length} {side} {self.thing(expr.time)}"
            case syntax.Quantifier(kind="count"):
                rows = "people" if expr.relation == "subject" else f"{words(expr.relation)} records"
                return f"the number of {'other ' if expr.other else ''}{rows}{self._reach(expr)}".rstrip(",")
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
        elif field is not None and field.type == "number" and many(name):
            noun = f"the number of {words(name)}"
        elif field is not None and field.type == "code" and name.endswith("ed") and CLAUSE.match(field.meaning):
            noun = f"the record of {field.meaning}"
        elif field is None or field.type in ("code", "set", "number", "name", "key", "ref", "region"):
            noun = f"the {words(name)}"
        elif field.type == "time":
            relation = self._relation(path)
            noun = time_noun(field.meaning)
            if relation is not None and field.meaning == "when":
                noun = f"the time of the {words(relation.name)}"
        else:
            noun = field.meaning if field.meaning.startswith(("the ", "a ", "an ", "its ")) else f"the {field.meaning}"
            noun = f"the {words(name)}" if CLAUSE.match(field.meaning) or VERB.search(noun) else noun
        return self._said_of(path, noun)

    def _moment(self, value: Expr) -> str:
        """A time as a clause that "more than 3 years before" can follow: "it was sent"."""
        field = self._field(value)
        if isinstance(value, Path) and field and field.type == "time" and field.meaning.startswith("when "):
            return self._said_of(value, full(field.meaning).removeprefix("when "))
        return f"{self.thing(value)} was"

    def _call(self, call: syntax.Call, template: str) -> str:
        if call.name == "by_country":
            return self._by_country(call)
        arguments = [self._regime(a) if call.name == "under" else self.thing(a) for a in call.arguments]
        return template.format(*arguments, all=listed(arguments, "and"))

    def _by_country(self, call: syntax.Call) -> str:
        """What a table by country is about, in words, with the table's name."""
        name, country = call.arguments
        table = load_jurisdictions().tables.get(name.value if isinstance(name, syntax.Text) else "")
        says = table.says if table else "what holds"
        return f"{says} in {self.thing(country)} (by the table {self.thing(name)})"

    def _regime(self, expr: Expr) -> str:
        known = load_jurisdictions().regimes
        if isinstance(expr, syntax.Text) and expr.value in known:
            title = known[expr.value].title
            return title if title.split()[0].endswith("'s") else f"the {title.replace('Rules', 'rules', 1)}"
        return f"the regime {self.thing(expr)}"

    def _period(self, length: syntax.Length, whole: bool = False) -> str:
        """A period in words; `whole` says what a business day is."""
        if isinstance(length, syntax.Call):
            return self._by_country(length)
        if isinstance(length, syntax.Param):
            said = self.params.get(length.name, "")
            if "business" not in said:
                return self.thing(length)
            length = parse_period(said, length.at)
        unit = f"{length.count} {length.unit}{'' if length.count == 1 else 's'}"
        if not whole or "business" not in length.unit:
            return unit
        without = f" without the {load_calendars()[length.calendar].title}" if length.calendar else ""
        return f"{unit} (Monday to Friday{without})"

    # --- whose ----------------------------------------------------------------------------------------------

    def _field(self, expr: Expr) -> Field | None:
        relation = self._relation(expr) if isinstance(expr, Path) else None
        return relation.fields.get(expr.names[-1]) if relation and isinstance(expr, Path) else None

    def _relation(self, path: Path) -> Relation | None:
        """The relation whose field a path ends in."""
        relation = self.outer if path.this and self.outer else self.relation
        for step in path.names[:-1]:
            if step not in relation.references and step != relation.name:
                return None
            relation = self.relations[relation.references[step].to] if step in relation.references else relation
        return relation

    def _possessor(self, path: Path, noun: str = "") -> str:
        steps = path.names if not noun else path.names[:-1]
        owners = ["person" if step == "subject" else step.replace("_", " ") for step in steps]
        start = [self._in_question().removeprefix("the ")] if path.this else []
        chain = "'s ".join([*start, *owners])
        if not noun:
            return f"the {chain}"
        return f"the {chain}'s {noun.removeprefix('the ')}" if chain else noun

    def _said_of(self, path: Path, phrase: str) -> str:
        """The phrase about a field, with whose it is; what is said of the person needs no possessor."""
        steps = path.names[:-1]
        if not path.this and (not steps or (steps == ("subject",) and "the person" in phrase)):
            return phrase
        owner = self._possessor(Path(path.at, steps, path.this)) if steps else self._in_question()
        if not steps and phrase.endswith(f" of {owner.removesuffix(' in question')}"):
            return f"{phrase} in question"
        if re.search(r"\bit\b", phrase):
            return re.sub(r"\bit\b", owner, phrase, count=1)
        if "the record" in phrase:
            return phrase.replace("the record", f"the record of {owner}", 1)
        if phrase.startswith("the ") and not phrase.startswith(("the person", "the time")):
            return f"{owner}'s {phrase.removeprefix('the ')}"
        return f"{phrase} for {owner}"

    def _in_question(self) -> str:
        """The record that a rule is about, named inside a quantifier."""
        return f"the {words(self.outer.name) if self.outer else 'record'} in question"
