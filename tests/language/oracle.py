"""The meaning of the rule language once more, in plain Python over rows; shares only the parser with the product."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, datetime, time, timedelta
from typing import Any

from auditor.language import syntax as s
from auditor.language.patterns import load_patterns
from auditor.relations import Relations
from tests.language.world import AS_OF, UNREADABLE, Facts, Open, Row

# Public holidays around the dates of the tests: the federal ones of the United States, those of all German states.
HOLIDAYS = {"US": {
    date(2022, 11, 11), date(2022, 11, 24), date(2022, 12, 26), date(2023, 1, 2), date(2023, 1, 16), date(2023, 2, 20),
    date(2023, 5, 29), date(2023, 6, 19), date(2023, 7, 4), date(2023, 9, 4), date(2023, 10, 9), date(2023, 11, 10),
    date(1969, 12, 25), date(1970, 1, 1), date(2023, 11, 23), date(2023, 12, 25), date(2024, 1, 1), date(2024, 1, 15),
    date(2024, 2, 19), date(2024, 5, 27),
}, "DE": {
    date(2022, 12, 26), date(2023, 4, 7), date(2023, 4, 10), date(2023, 5, 1), date(2023, 5, 18), date(2023, 5, 29),
    date(2023, 10, 3), date(2023, 12, 25), date(2023, 12, 26), date(2024, 1, 1), date(2024, 3, 29), date(2024, 4, 1),
    date(2024, 5, 1), date(2024, 5, 9), date(2024, 5, 20), date(1969, 12, 25), date(1969, 12, 26), date(1970, 1, 1),
}}  # fmt: skip
LAST = datetime(AS_OF.year, AS_OF.month, AS_OF.day, 23, 59, 59, 999999)
Answer = bool | None
Database = Mapping[str, Sequence[Row]]


@dataclass(frozen=True)
class Term:
    """A value: `given` True, False or None (nobody knows); `known` is None if it cannot be read."""

    given: Answer
    known: Any
    kind: str


class BeyondError(Exception):
    """A time that Python's calendar does not reach, which ends with the year 9999."""


def no(answer: Answer) -> Answer:
    return None if answer is None else not answer


def both(answers: Sequence[Answer]) -> Answer:
    return False if False in answers else None if None in answers else True


def either(answers: Sequence[Answer]) -> Answer:
    return True if True in answers else None if None in answers else False


@dataclass(frozen=True)
class Here:
    """The record in hand, the relation it is of, and the record outside a quantifier."""

    database: Database
    relations: Relations
    relation: str
    row: Row
    outer: Here | None = None
    params: Mapping[str, str] | None = None
    facts: Facts = dataclass_field(default_factory=Facts)

    # --- names

    def term(self, path: s.Path) -> Term:
        if path.this:
            assert self.outer is not None
            return self.outer.term(s.Path(path.at, path.names))
        relation, row = self._walk(path.names[:-1])
        name = path.names[-1]
        if name == f"{relation}_id":
            name = "key"
        kind = {"key": "key", "deleted": "flag"}.get(name) or self.relations[relation].fields[name].type
        if row is None:
            return Term(None, None, kind)
        if name == "key":
            return Term(row.key is not None, row.key, kind)
        if name == "deleted":
            return Term(True, row.deleted, kind)
        value = row.fields.get(name)
        if kind == "presence":
            return Term(bool(value), bool(value), kind)
        if isinstance(value, Open):
            return Term(value.given, value, kind)
        return Term(value is not None, None if value is UNREADABLE else value, kind)

    def _walk(self, steps: Sequence[str]) -> tuple[str, Row | None]:
        relation: str = self.relation
        row: Row | None = self.row
        for step in steps:
            if step == relation:
                continue
            field = self.relations[relation].references[step]
            wanted = row.fields.get(field.name) if row else None
            source = self.row.source
            found = [r for r in self.database.get(field.to, ()) if r.key == wanted and r.source == source]
            relation, row = field.to, found[0] if wanted is not None and found else None
        return relation, row

    # --- values

    def value(self, node: Any) -> Term:
        match node:
            case s.Path():
                return self.term(node)
            case s.Text():
                return Term(True, node.value, "text")
            case s.Number():
                return Term(True, node.value, "number")
            case s.Truth():
                return Term(True, node.value, "flag")
            case s.AsOf():
                return Term(True, (LAST, LAST), "time")
            case s.Param():
                written = (self.params or {})[node.name]
                return Term(True, float(written) if written.isdigit() else written, "literal")
            case s.Shift():
                moved = self.value(node.time)
                return Term(moved.given, self.moved(moved, node.period, node.sign), "time")
            case s.Quantifier(kind="count"):
                answers = self.matched(node)
                if answers is None:
                    return Term(True, None, "number")
                return Term(True, (answers.count(True), len(answers) - answers.count(False)), "span")
            case s.Call(name="by_country"):
                choice: Any = node.arguments[0]
                table = self.facts.tables[choice.value]
                entries = [float(text) for text in self.entries(table, self.value(node.arguments[1]).known)]
                return Term(bool(entries), (min(entries), max(entries)) if entries else None, "span")
            case s.Call(name="first"):
                terms = [self.value(part) for part in node.arguments]
                if terms[0].kind == "presence":
                    there = either([term.known for term in terms])
                    return Term(there, there, "presence")
                known = next((t.known for t in terms if t.known is not None and told(t.known)), None)
                return Term(either([t.given for t in terms]), known, terms[0].kind)
            case s.Call(name="latest"):
                terms = [self.value(part) for part in node.arguments]
                times = [t.known for t in terms if t.known is not None]
                doubted = any(t.given and t.known is None for t in terms)
                last = None if doubted or not times else (max(t[0] for t in times), max(t[1] for t in times))
                return Term(either([t.given for t in terms]), last, "time")
            case s.Call(name="phone_country"):
                phone = self.value(node.arguments[0])
                return Term(phone.given, phone.known[1] if phone.known else None, "country")
            case s.Call(name="region_country"):
                region = self.value(node.arguments[0])
                return Term(region.given, region.known[:2] if region.known else None, "country")
            case s.Call(name="age"):
                born = self.value(node.arguments[0])
                return Term(born.given, age(born.known), "number")
        return Term(True, self.answer(node), "flag")

    def periods(self, node: Any) -> list[tuple[int, str, str]]:
        """The periods that it may be: one, or (where the country is not known) those of every country."""
        if isinstance(node, s.Call):
            named: Any = node.arguments[0]
            table = self.facts.tables[named.value]
            texts = self.entries(table, self.value(node.arguments[1]).known)
        elif isinstance(node, s.Param):
            texts = [(self.params or {})[node.name]]
        else:
            return [(node.count, node.unit, node.calendar)]
        found = []
        for text in texts:
            count, *country, unit = text.replace("business day", "businessday").split()
            found.append((int(count), unit.removesuffix("s").replace("sd", "s d"), "".join(country).strip("'")))
        return found

    def entries(self, table: Any, country: Any) -> list[str]:
        if country is not None:
            return [text for text in [table.values.get(country, table.default)] if text]
        return [*table.values.values(), table.default] if table.default else []

    def moved(self, time: Term, period: Any, sign: int) -> Any:
        """The bounds of a time moved by a period, None if nobody knows."""
        lengths = self.periods(period)
        if time.known is None or not lengths:
            return None
        try:
            ends: list[list[Any]] = [
                [shift(bound, length, sign, time.known) for bound in span(time)] for length in lengths
            ]
        except (OverflowError, ValueError):
            raise BeyondError from None
        low, high = ([end[side] for end in ends] for side in (0, 1))
        found: Any = (None if None in low else min(low), None if None in high else max(high))
        return type(time.known)(found) if isinstance(time.known, Open) else found

    # --- conditions

    def answer(self, node: Any) -> Answer:
        match node:
            case s.And():
                return both([self.answer(part) for part in node.parts])
            case s.Or():
                return either([self.answer(part) for part in node.parts])
            case s.Not():
                return no(self.answer(node.part))
            case s.Compare():
                return compare(node.operator, self.value(node.left), self.value(node.right))
            case s.Among():
                value = self.value(node.value)
                return either([compare("=", value, self.value(option)) for option in node.options])
            case s.Between():
                value = self.value(node.value)
                return both([
                    compare(">=", value, self.value(node.low)), compare("<=", value, self.value(node.high))
                ])  # fmt: skip
            case s.Missing():
                return no(self.value(node.value).given)
            case s.Older():
                cut = self.moved(Term(True, (LAST, LAST), "time"), node.period, -1)
                return compare("<", self.value(node.value), Term(True, cut, "time"))
            case s.Within():
                anchor, value = self.value(node.anchor), self.value(node.value)
                far = Term(True, self.moved(anchor, node.period, 1 if node.after else -1), "time")
                low, high = (anchor, far) if node.after else (far, anchor)
                return both([compare(">=", value, low), compare("<=", value, high)])
            case s.Matches():
                text = self.value(node.value).known
                return None if text is None else load_patterns()[node.pattern].fits(text)
            case s.Has():
                value, item = self.value(node.value), self.value(node.item)
                return None if value.known is None or item.known is None else item.known in value.known
            case s.Exists(path=s.Path(this=True)):
                assert self.outer is not None
                return self.outer.answer(s.Exists(node.at, s.Path(node.at, node.path.names)))
            case s.Exists():
                field = self.term(s.Path(node.path.at, (*node.path.names[:-1], node.path.names[-1] + "_id")))
                if field.known is None:
                    return None
                return self._walk(node.path.names)[1] is not None
            case s.Quantifier():
                return self.quantified(node)
            case s.Call() if node.name not in ("first", "latest"):
                return self.called(node)
        truth: Answer = self.value(node).known
        return truth

    def called(self, node: s.Call) -> Answer:
        terms = [self.value(part) for part in node.arguments]
        if node.name == "given":
            return terms[0].given
        if node.name == "readable":
            return None if terms[0].given is None else bool(terms[0].given and terms[0].known is not None)
        facts = self.facts
        if node.name == "under":
            regimes = self.term(s.Path(node.at, ("subject", "regimes"))).known
            return None if regimes is None else terms[0].known in regimes
        if node.name in ("adequate", "listed"):
            country, at = terms[-2].known, terms[-1]
            if country is None or at.known is None:
                return None
            name = "eu-adequacy" if node.name == "adequate" else terms[0].known
            entries = [e for e in facts.lists[name] if e.country == country]
            sure, some = ([listed(e, span(at)) for e in entries if e.partly is p] for p in (False, True))
            return either([either(sure), None if either(some) is not False else False])
        if node.name == "minor":
            years, country = age(terms[0].known), terms[1].known
            if years is None:
                return None
            every = [*facts.child_age.values(), facts.child_age_default]
            if country is None:
                return True if years < min(every) else False if years >= max(every) else None
            return years < facts.child_age.get(country, facts.child_age_default)
        assert node.name == "basis_unknown_in"
        bases, country = terms[0].known, terms[1].known
        if country is not None and not facts.unknown_bases.get(country):
            return False
        if bases is None:
            return None
        if country is None:
            return None if any(set(bases) & unknown for unknown in facts.unknown_bases.values()) else False
        return bool(set(bases) & facts.unknown_bases[country])

    def quantified(self, node: s.Quantifier) -> Answer:
        answers = self.matched(node)
        if answers is None:
            return None
        return either(answers) if node.kind == "any" else no(either(answers))

    def matched(self, node: s.Quantifier) -> list[Answer] | None:
        """The answer of every row with the same keys; None if a key of this record is not known."""
        plain = [key for key in node.keys if key != "person"]
        keys = [self.term(s.Path(node.at, tuple(key.split(".")))).known for key in plain]
        person = self.person() if "person" in node.keys else None
        if None in keys or person == set():
            return None
        answers: list[Answer] = []
        for row in self.database.get(node.relation, ()):
            if person is None and row.source != self.row.source:
                continue
            inner = Here(self.database, self.relations, node.relation, row, self, self.params, self.facts)
            if (row.deleted and not node.including_deleted) or inner.after() or (node.other and row is self.row):
                continue
            if [inner.term(s.Path(node.at, tuple(key.split(".")))).known for key in plain] != keys:
                continue
            if person is None or inner.person() & person:
                where = True if node.where is None else inner.answer(node.where)
                answers.append(both([inner.in_force(node, self), where]))
        return answers

    def person(self) -> set[Any]:
        """Everything that tells whose the record is."""
        found: set[Any] = set()
        relation = self.relations[self.relation]
        name = relation.subject_field
        owner = self.row.key if name == "key" else self.row.fields.get(name) if name else None
        if owner is not None:
            found.add((self.row.source, owner))
            for row in self.database.get("identity", ()):
                if row.source == self.row.source and row.fields.get("subject_id") == owner:
                    found |= marks(row, self.relations["identity"])
        return found | marks(self.row, relation)

    def in_force(self, node: s.Quantifier, outer: Here) -> Answer:
        if node.moment is None:
            return True
        at = outer.value(node.moment)
        starts, ends = self.row.fields.get("starts_at"), self.row.fields.get("ends_at")
        if starts is UNREADABLE:
            starts = None
        begun = None if starts is None or at.known is None else no(before(span(at), starts))
        if ends is None or (isinstance(ends, Open) and not ends.given):
            return both([begun, True])
        running = None if ends is UNREADABLE or at.known is None else before(span(at), ends)
        return both([begun, running])

    def after(self) -> bool:
        name = self.relations[self.relation].dated_by
        value = self.row.fields.get(name) if name else None
        return value is not None and value is not UNREADABLE and value[0] > LAST


def marks(row: Row, relation: Any) -> set[Any]:
    found = set()
    for field in relation.fields.values():
        value = row.fields.get(field.name)
        if field.type in ("email", "phone") and value is not None and value is not UNREADABLE:
            found.add((field.type, value[0] if field.type == "phone" else value))
    return found


def listed(entry: Any, at: Any) -> Answer:
    start = datetime.combine(entry.since, time.min)
    begun = no(before(at, (start, start)))
    if entry.until is None:
        return begun
    end = datetime.combine(entry.until, time.max)
    return both([begun, no(before((end, end), at))])


def told(value: Any) -> bool:
    """Whether something is known of a value; of a time, its earliest instant."""
    return not isinstance(value, tuple) or value[0] is not None


def compare(operator: str, left: Term, right: Term) -> Answer:
    if left.known is None or right.known is None:
        return None
    if isinstance(left.known, Open) != isinstance(right.known, Open) and left.kind == right.kind == "time" and (
        left.known[1] == right.known[1] == datetime.max
    ):  # fmt: skip
        raise BeyondError  # Python has no infinity after its last instant
    if "span" in (left.kind, right.kind):
        a, b = (term.known if term.kind == "span" else (term.known, term.known) for term in (left, right))
        return compare_times(operator, a, b)
    if "time" in (left.kind, right.kind) or "birth" in (left.kind, right.kind):
        return compare_times(operator, span(left), span(right))
    a, b = (t.known[0] if t.kind == "phone" else t.known for t in (left, right))
    answers = {"=": a == b, "!=": a != b}
    if operator in answers:
        return bool(answers[operator])
    return bool({"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[operator])


def compare_times(operator: str, a: Any, b: Any) -> Answer:
    match operator:
        case "<":
            return before(a, b)
        case ">":
            return before(b, a)
        case ">=":
            return no(before(a, b))
        case "<=":
            return no(before(b, a))
    if less(a[1], b[0]) or less(b[1], a[0]):
        same: Answer = False
    else:
        same = True if a[0] == a[1] == b[0] == b[1] and a[0] is not None else None
    return same if operator == "=" else no(same)


def less(a: Any, b: Any) -> Answer:
    return None if a is None or b is None else bool(a < b)


def before(a: Any, b: Any) -> Answer:
    return True if less(a[1], b[0]) else False if less(a[0], b[1]) is False else None


def span(term: Term) -> Any:
    if term.kind == "birth":
        start = datetime(term.known.year, term.known.month, term.known.day)
        return start, start + timedelta(days=1) - timedelta(microseconds=1)
    if isinstance(term.known, str):
        start = datetime.fromisoformat(term.known)
        whole = len(term.known) == 10
        return start, start + timedelta(days=1) - timedelta(microseconds=1) if whole else start
    return term.known


def shift(moment: datetime | None, period: tuple[int, str, str], sign: int, of: Any = None) -> datetime | None:
    """A bound moved, an open one stays open; unknown where a country's calendar does not reach."""
    count, unit, country = period
    if count == 0 or moment is None or (isinstance(of, Open) and moment in (datetime.min, datetime.max)):
        return moment
    if country and not AS_OF.year - 60 <= moment.year <= AS_OF.year + 20:
        return None
    if unit == "business day":
        day, left = moment.date(), count
        while left:
            day += timedelta(days=sign)
            left -= day.isoweekday() < 6 and not (country and day in HOLIDAYS[country])
        return datetime.combine(day, time.max if sign > 0 else time.min)
    if unit in ("hour", "day", "week"):
        return moment + sign * timedelta(**{unit + "s": count})
    year, month = moment.year, moment.month
    for _ in range(count * (12 if unit == "year" else 1)):
        month += sign
        if month in (0, 13):
            year, month = year + sign, 12 if month == 0 else 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


def age(born: Any) -> float | None:
    if born is None or born > AS_OF:
        return None
    return float(AS_OF.year - born.year - ((AS_OF.month, AS_OF.day) < (born.month, born.day)))
