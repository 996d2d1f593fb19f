"""Random expressions of the whole language over the relations of `crm.py`, all of them well typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random

from auditor.knowledge import parse_yaml
from auditor.relations import load_relations
from auditor.rules.kinds import fill, load_kinds
from tests.sameness.crm import FIELDS

UNITS = ("hours", "day", "days", "weeks", "months", "year", "business days", "'US' business days", "'DE' business days")
EQUAL, ORDER = ("=", "!="), ("=", "!=", "<", "<=", ">", ">=")
ROOTS = ("subject", "subject", "message", "consent", "order", "user", "role", "suppression", "hold",
         "identity")  # fmt: skip
INNER = ("message", "consent", "order", "hold", "subject", "suppression", "identity",
         "permission", "permission")  # fmt: skip
NOBODYS = ("user", "role")
"""Relations that are not about a person."""
TIMES = ("'2024-03-30'", "'2024-03-31'", "'2024-03-30T10:00'", "'2024-02-29T23:30:00'", "as_of", ":day")
REGIMES = ("eu-gdpr", "eprivacy", "uk-gdpr", "us-canspam", "us-ca-ccpa", "ca-casl", "ca-pipeda", "ca-qc")
LISTS = ("eu-adequacy", "second")
PERIODS, NUMBERS = ("period", "few", "office", "nobody"), ("limit", "some")
"""Tables by country."""


@dataclass(frozen=True)
class Sentence:
    """A rule's relation and its expressions."""

    root: str
    when: str
    violation: str
    including_deleted: bool
    kind: str = ""
    """The shape that the violation was made by."""


def sentence(random: Random) -> Sentence:
    """One random rule. Every throw of the dice is simplest at its lowest, so that what Hypothesis shrinks is read."""
    root = random.choice(ROOTS)
    writer = Writer(random, root)
    when = "" if random.random() < 0.5 else writer.condition(4)
    kind, violation = ("", writer.condition(4)) if random.random() < 0.9 else writer.shape()
    return Sentence(root, when, violation, random.random() > 0.7, kind)


@dataclass(frozen=True)
class Names:
    """What may be named of a relation, by type; the values of its codes and sets."""

    by_type: dict[str, list[str]]
    codes: dict[str, tuple[str, ...]]

    def __contains__(self, kind: str) -> bool:
        return bool(self.by_type.get(kind))

    def __add__(self, other: Names) -> Names:
        kinds = self.by_type | other.by_type
        both = {kind: [*self.by_type.get(kind, ()), *other.by_type.get(kind, ())] for kind in kinds}
        return Names(both, self.codes | other.codes)


@cache
def names(relation: str, prefix: str = "", steps: int = 2) -> Names:
    """The fields of a relation, and those that references lead to."""
    found = Names({"key": [f"{prefix}key"], "flag": [f"{prefix}deleted"]}, {})
    fields = load_relations()[relation].fields
    for name in FIELDS[relation]:
        field = fields[name]
        codes = {prefix + name: field.values or ("contact", "lead")} if field.type in ("code", "set") else {}
        found += Names({field.type: [prefix + name]}, codes)
        if field.type == "ref" and steps:
            found += names(field.to, f"{prefix}{name.removesuffix('_id')}.", steps - 1)
    return found


class Writer:
    """Writes conditions about a relation; `outer` is the one that `this` means."""

    def __init__(self, random: Random, relation: str, outer: str = "", depth: int = 0) -> None:
        self.random, self.relation, self.depth = random, relation, depth
        self.pick = random.choice
        self.own = names(relation)
        self.names = self.own + names(outer, "this.") if outer else self.own
        kinds: dict[str, list[Callable[[], str]]] = {
            "any": [self.missing, self.missing, self.given], "flag": [self.flag, self.flag],
            "presence": [self.presence],
            "time": [self.time, self.time, self.time], "code": [self.code, self.code], "number": [self.number],
            "birth": [self.birth], "country": [self.country, self.country], "region": [self.region],
            "set": [self.set], "name": [self.name], "ref": [self.reference], "email": [self.hash],
            "key": [self.key],
        }  # fmt: skip
        self.leaves = [leaf for kind, made in kinds.items() if kind == "any" or kind in self.names for leaf in made]

    def of(self, kind: str) -> str:
        """A name of a type."""
        return self.pick(self.names.by_type[kind])

    def condition(self, leaves: int) -> str:
        """Some conditions joined by and, or, not."""
        if leaves < 2 or self.random.random() < 0.4:
            return f"not {self.leaf()}" if self.random.random() > 0.9 else self.leaf()
        first = self.random.randint(1, leaves - 1)
        both = f"({self.condition(first)} {self.pick(['and', 'or'])} {self.condition(leaves - first)})"
        return f"not {both}" if self.random.random() > 0.8 else both

    def leaf(self) -> str:
        """One condition."""
        if self.depth < 2 and self.relation != "role" and self.random.random() > (0.6, 0.85)[self.depth]:
            return self.quantifier()
        if self.relation not in NOBODYS and self.random.random() > 0.97:
            return f"under('{self.pick(REGIMES)}')"
        if self.random.random() > 0.99:
            return self.pick(["true", "false"])
        return self.pick(self.leaves)()

    # --- by type

    def missing(self) -> str:
        return f"{self.anything()} is {self.pick(['', 'not '])}missing"

    def given(self) -> str:
        return f"{self.pick(['given', 'readable'])}({self.anything()})"

    def anything(self) -> str:
        """A name of any type, or the first of two of one type."""
        kind = self.pick([kind for kind in self.names.by_type if kind in self.names])
        return self.one(kind, 0.1)

    def one(self, kind: str, share: float = 0.2) -> str:
        """A value of a type; sometimes the first of two or three, or the last of several times."""
        if self.random.random() < 1 - share:
            return self.of(kind)
        function = self.pick(["first", "latest"]) if kind == "time" else "first"
        return f"{function}({', '.join(self.of(kind) for _ in range(self.random.randint(2, 3)))})"

    def flag(self) -> str:
        right = self.pick([self.of("flag"), "true", "false"])
        return self.pick([self.one("flag"), f"{self.one('flag')} {self.pick(EQUAL)} {right}"])

    def presence(self) -> str:
        return self.one("presence")

    def period(self) -> str:
        return f"{self.pick([0, 1, 2, 13])} {self.pick(UNITS)}"

    def length(self) -> str:
        table = [f"by_country({self.pick(PERIODS)!r}, {self.place()})"] if "country" in self.names else []
        return self.pick([self.period(), self.period(), ":period", ":grace", *table, *table])

    def moment(self) -> str:
        names = self.names.by_type["time"] if "time" in self.names else ["as_of"]
        start = self.pick([*names, *names, *TIMES])
        return self.pick([
            start, self.pick(TIMES), f"{start} {self.pick('+-')} {self.period()}",
            f"({start} {self.pick('+-')} {self.period()}) {self.pick('+-')} {self.length()}",
        ])  # fmt: skip

    def time(self) -> str:
        return self.times(self.one("time", 0.1))

    def times(self, time: str) -> str:
        order = self.pick(ORDER)
        return self.pick([
            lambda: f"{time} {order} {self.moment()}",
            lambda: f"{time} {order} {self.moment()}",
            lambda: f"{time} between {self.moment()} and {self.moment()}",
            lambda: f"{time} older than {self.length()}",
            lambda: f"{time} within {self.length()} {self.pick(['after', 'before'])} {self.moment()}",
            lambda: f"{time} {self.pick('+-')} {self.length()} {order} {self.moment()}",
            lambda: f"{time} {order} {self.of('time')} {self.pick('+-')} {self.length()}",
        ])()  # fmt: skip

    def code(self) -> str:
        name = self.of("code")
        values = [self.pick(self.names.codes[name]) for _ in range(2)]
        fixed = [":channel"] if name.endswith("channel") else []
        listed = [other for other in self.names.by_type["code"] if not other.endswith("kind")]
        first = [self.pick(listed), self.pick(listed)] if listed else [name, name]
        return self.pick([
            f"{name} {self.pick(EQUAL)} {self.pick([repr(values[0]), *fixed])}",
            f"{name} {self.pick(['', 'not '])}in ('{values[0]}', '{values[1]}')",
            f"{name} {self.pick(EQUAL)} {self.of('code')}",
            f"first({first[0]}, {first[1]}) {self.pick(EQUAL)} '{self.pick(self.names.codes[first[1]])}'",
        ])  # fmt: skip

    def number(self) -> str:
        return self._numbers(self.one("number"))

    def _numbers(self, number: str) -> str:
        limits = ["0", "1", "2.5", ":limit"]
        table = [f"{number} {self.pick(ORDER)} by_country({self.pick(NUMBERS)!r}, {self.place()})"]
        return self.pick([
            f"{number} {self.pick(ORDER)} {self.pick(limits)}",
            f"{number} between {self.pick(limits)} and {self.pick(limits)}",
            f"{number} in (1, {self.pick(['3', '2.5', '0.1'])})",
            *(table if "country" in self.names else []),
        ])  # fmt: skip

    def birth(self) -> str:
        birth = self.one("birth", 0.1)
        return self.pick([
            lambda: self._numbers(f"age({birth})"),
            lambda: f"{birth} older than {self.length()}",
            lambda: f"{birth} {self.pick(ORDER)} '2010-03-31'",
            lambda: f"minor({birth}, {self.place()})",
            lambda: f"{birth} + {self.pick([13, 16])} years {self.pick(ORDER)} {self.moment()}",
            lambda: f"{birth} between '2008-02-29' and as_of",
            lambda: f"{birth} within {self.pick([2, 18])} years before {self.moment()}",
        ])()  # fmt: skip

    def place(self) -> str:
        """A country, as a field or a function of fields."""
        return self.pick([
            self.of("country"), self.of("country"), f"phone_country({self.of('phone')})",
            f"region_country({self.of('region')})", f"first({self.of('country')}, phone_country({self.of('phone')}))",
        ])  # fmt: skip

    def country(self) -> str:
        bases = [name for name in self.names.by_type["set"] if name.endswith("lawful_basis")]
        code = self.pick(["'DE'", "'FR'", "'US'", ":place"])
        return self.pick([
            f"{self.place()} {self.pick(EQUAL)} {code}",
            f"{self.place()} {self.pick(EQUAL)} {self.place()}",
            f"{self.place()} {self.pick(['', 'not '])}in ('DE', 'GB')",
            f"adequate({self.place()}, {self.moment()})",
            f"listed({self.pick(LISTS)!r}, {self.place()}, {self.moment()})",
            f"basis_unknown_in({self.pick(bases)}, {self.place()})",
        ])  # fmt: skip

    def region(self) -> str:
        region = self.one("region", 0.1)
        return self.pick([
            f"{region} {self.pick(EQUAL)} {self.pick(['US-CA', 'US-TX', 'CA-QC'])!r}",
            f"{region} {self.pick(EQUAL)} {self.of('region')}",
            f"{region} {self.pick(['', 'not '])}in ('US-CA', 'US-WA')",
        ])  # fmt: skip

    def set(self) -> str:
        name = self.of("set")
        return f"{name} has {self.pick([repr(self.pick(self.names.codes[name])), self.of('code')])}"

    def name(self) -> str:
        name, other = self.one("name", 0.1), self.pick(["'admin'", self.of("name")])
        return self.pick([
            f"{name} matches {self.pick(['administrator-name', 'backup-name'])!r}",
            f"{name} {self.pick(EQUAL)} {other}",
            f"{name} {self.pick(['', 'not '])}in ('admin', 'root')",
        ])  # fmt: skip

    def key(self) -> str:
        """A key compared with another one, or references to the same relation."""
        refs = [(name, name.rsplit(".", 1)[-1]) for name in self.names.by_type.get("ref", ())]
        left, kind = self.pick([(key, "") for key in self.names.by_type["key"]] + refs)
        same = [name for name, other in refs if other == kind] or self.names.by_type["key"]
        return f"{left} {self.pick(EQUAL)} {self.pick([*same, *self.names.by_type['key']])}"

    def reference(self) -> str:
        return f"{self.of('ref').removesuffix('_id')} exists"

    def hash(self) -> str:
        kind = self.pick(["email", "phone"])
        return f"{self.one(kind)} {self.pick(EQUAL)} {self.of(kind)}"

    # --- quantifiers

    def quantifier(self) -> str:
        reach, limits = self.reach, ["0", "1", "2", ":limit"]
        others = [self.of("number")] if "number" in self.names else []
        if "country" in self.names:
            others.append(f"by_country({self.pick(NUMBERS)!r}, {self.place()})")
        return self.pick([
            lambda: f"any {reach()}", lambda: f"any {reach()}", lambda: f"no {reach()}",
            lambda: f"count of {reach()} {self.pick(ORDER)} {self.pick([*limits, *others])}",
            lambda: f"{self.pick([*limits, *others])} {self.pick(ORDER)} count of {reach()}",
            lambda: f"count of {reach()} between {self.pick(limits)} and {self.pick(limits)}",
            lambda: f"count of {reach()} {self.pick(['', 'not '])}in (0, 2)",
            lambda: f"count of {reach()} {self.pick(ORDER)} count of {reach()}",
        ])()  # fmt: skip

    def reach(self) -> str:
        """What a quantifier asks: a relation, keys, perhaps a time, and a condition about its rows."""
        inner = self.pick(INNER)
        same = ""
        if self.relation not in NOBODYS:
            keys = [["subject_id"], ["subject_id"], [], ["subject.country"]]
            if "permission" not in (inner, self.relation):  # it is derived per person, and not about addresses
                keys += [["person"], ["person"]]
            key = self.pick(keys)
            if key and self.random.random() > 0.6:
                shared = ("channel", "purpose", "status")
                key = [*key, *(name for name in shared if name in FIELDS[self.relation] and name in FIELDS[inner])]
            same = f" (same {', '.join(key)})" if key else ""
        timed = inner in ("hold", "permission") and self.random.random() > 0.3
        at = f" at {Writer(self.random, self.relation).moment()}" if timed else ""
        other = "other " if inner == self.relation and self.random.random() > 0.5 else ""
        deleted = self.pick(["", "", " including deleted"])
        if self.random.random() > 0.95:
            return f"{other}{inner}{deleted}{same}{at}"
        alone = self.depth or self.random.random() < 0.4  # `this` reaches one level out
        writer = Writer(self.random, inner, "" if alone else self.relation, self.depth + 1)
        return f"{other}{inner}{deleted}{same}{at} where ({writer.condition(3)})"

    # --- shapes

    def shape(self) -> tuple[str, str]:
        """One of `rules/kinds.yaml` with its slots filled: its name, and the expression it stands for."""
        asked = [relation for relation in ("message", "consent", "order") if relation != self.relation]
        inner = Writer(self.random, self.pick(asked), depth=1)
        codes = self.of("code") if "code" in self.names else ""
        values = ", ".join(f"'{value}'" for value in self.names.codes.get(codes, ())[:2])
        keys = "subject_id"
        about_person = self.relation not in NOBODYS
        slots: dict[str, dict[str, str]] = {"must-have": {"field": self.anything()}}
        if "time" in self.names:
            slots["max-age"] = {"date": self.of("time"), "limit": self.length()}
            slots["deadline"] = {"start": self.of("time"), "done": self.of("time"), "limit": self.length()}
        if codes:
            slots["in-list"] = slots["not-in-list"] = {"field": codes, "list": values}
        if about_person:
            own = [name for name in self.own.by_type.get("time", ()) if "." not in name] or ["subject.created_at"]
            slots["no-contact-after"] = {"permission": keys, "at": self.moment(), "states": "'withdrawn', 'denied'"}
            slots["no-conflict"] = {"with": inner.relation, "same": keys, "condition": inner.condition(2)}
            slots["required-before"] = {
                "relation": inner.relation, "same": keys, "date": inner.of("time"), "before": self.pick(own),
            }  # fmt: skip
        kind = self.pick(sorted(slots))
        return kind, filled(kind, slots[kind])


def filled(kind: str, slots: dict[str, str]) -> str:
    """The expression of a kind, as a rule's file gives it; the slots are put in once more by hand."""
    node = parse_yaml(json.dumps({"kind": kind, "slots": slots}), "generated").fields(("kind", "slots"))
    expected = load_kinds()[kind].violation
    for name, text in slots.items():
        expected = expected.replace("{" + name + "}", text)
    found = fill(node["kind"], node["slots"]).text
    assert found == expected, (found, expected)
    return found
