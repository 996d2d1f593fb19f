"""Random expressions of the whole language over the relations of `crm.py`, all of them well typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random

from auditor.relations import load_relations
from tests.sameness.crm import FIELDS

UNITS = ("hours", "days", "weeks", "months", "year", "business days", "'US' business days")
EQUAL, ORDER = ("=", "!="), ("=", "!=", "<", "<=", ">", ">=")
ROOTS = ("subject", "subject", "message", "consent", "order", "user", "role", "suppression", "hold")
INNER = ("message", "consent", "order", "hold", "subject", "suppression", "permission", "permission")
NOBODYS = ("user", "role")
"""Relations that are not about a person."""
TIMES = ("'2024-03-30'", "'2024-03-31'", "'2024-03-30T10:00'", "'2024-02-29T23:30:00'", "as_of")
REGIMES = ("eu-gdpr", "eprivacy", "uk-gdpr", "us-canspam", "us-ca-ccpa")


@dataclass(frozen=True)
class Sentence:
    """A rule's relation and its expressions."""

    root: str
    when: str
    violation: str
    including_deleted: bool


def sentence(random: Random) -> Sentence:
    """One random rule."""
    root = random.choice(ROOTS)
    writer = Writer(random, root)
    when = "" if random.random() < 0.5 else writer.condition(4)
    return Sentence(root, when, writer.condition(4), random.random() < 0.3)


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
            "birth": [self.birth], "country": [self.country, self.country], "set": [self.set], "name": [self.name],
            "ref": [self.reference], "email": [self.hash],
        }  # fmt: skip
        self.leaves = [leaf for kind, made in kinds.items() if kind == "any" or kind in self.names for leaf in made]

    def of(self, kind: str) -> str:
        """A name of a type."""
        return self.pick(self.names.by_type[kind])

    def condition(self, leaves: int) -> str:
        """Some conditions joined by and, or, not."""
        if leaves < 2 or self.random.random() < 0.4:
            return f"not {self.leaf()}" if self.random.random() < 0.1 else self.leaf()
        first = self.random.randint(1, leaves - 1)
        both = f"({self.condition(first)} {self.pick(['and', 'or'])} {self.condition(leaves - first)})"
        return f"not {both}" if self.random.random() < 0.2 else both

    def leaf(self) -> str:
        """One condition."""
        if self.depth < 2 and self.relation != "role" and self.random.random() < (0.4, 0.15)[self.depth]:
            return self.quantifier()
        if self.relation not in NOBODYS and self.random.random() < 0.03:
            return f"under('{self.pick(REGIMES)}')"
        return self.pick(self.leaves)()

    # --- by type

    def missing(self) -> str:
        return f"{self.anything()} is {self.pick(['', 'not '])}missing"

    def given(self) -> str:
        return f"{self.pick(['given', 'readable'])}({self.anything()})"

    def anything(self) -> str:
        """A name of any type."""
        return self.of(self.pick([kind for kind in self.names.by_type if kind in self.names]))

    def flag(self) -> str:
        right = self.pick([self.of("flag"), "true", "false"])
        return self.pick([self.of("flag"), f"{self.of('flag')} {self.pick(EQUAL)} {right}"])

    def presence(self) -> str:
        return self.of("presence")

    def period(self) -> str:
        return f"{self.pick([0, 1, 2, 13])} {self.pick(UNITS)}"

    def length(self) -> str:
        by_country = (
            [f"by_country({self.pick(['period', 'few'])!r}, {self.place()})"] if "country" in self.names else []
        )
        return self.pick([self.period(), self.period(), ":period", *by_country])

    def moment(self) -> str:
        shifted = f"{self.of('time')} {self.pick('+-')} {self.period()}"
        return self.pick([self.of("time"), self.of("time"), self.pick(TIMES), shifted])

    def time(self) -> str:
        time, order = self.of("time"), self.pick(ORDER)
        return self.pick([
            lambda: f"{time} {order} {self.moment()}",
            lambda: f"{time} {order} {self.moment()}",
            lambda: f"{time} between {self.moment()} and {self.moment()}",
            lambda: f"{time} older than {self.length()}",
            lambda: f"{time} within {self.length()} {self.pick(['after', 'before'])} {self.moment()}",
            lambda: f"first({time}, {self.of('time')}) {order} {self.moment()}",
            lambda: f"{time} {order} {self.of('time')} + {self.length()}",
        ])()  # fmt: skip

    def code(self) -> str:
        name = self.of("code")
        values = [self.pick(self.names.codes[name]) for _ in range(2)]
        return self.pick([
            f"{name} {self.pick(EQUAL)} '{values[0]}'",
            f"{name} {self.pick(['', 'not '])}in ('{values[0]}', '{values[1]}')",
            f"{name} {self.pick(EQUAL)} {self.of('code')}",
        ])  # fmt: skip

    def number(self) -> str:
        return self._numbers(self.pick(self.names.by_type["number"]))

    def _numbers(self, number: str) -> str:
        limits = ["0", "1", "2.5", ":limit"]
        table = [f"{number} {self.pick(ORDER)} by_country({self.pick(['limit', 'some'])!r}, {self.place()})"]
        return self.pick([
            f"{number} {self.pick(ORDER)} {self.pick(limits)}",
            f"{number} between {self.pick(limits)} and {self.pick(limits)}",
            f"{number} in (1, {self.pick(['3', '2.5', '0.1'])})",
            *(table if "country" in self.names else []),
        ])  # fmt: skip

    def birth(self) -> str:
        birth = self.of("birth")
        return self.pick([
            lambda: self._numbers(f"age({birth})"),
            lambda: f"{birth} older than {self.period()}",
            lambda: f"{birth} {self.pick(ORDER)} '2010-03-31'",
            lambda: f"minor({birth}, {self.place()})",
        ])()  # fmt: skip

    def place(self) -> str:
        """A country, as a field or a function of fields."""
        return self.pick([
            self.of("country"), self.of("country"), f"phone_country({self.of('phone')})",
            f"region_country({self.of('region')})", f"first({self.of('country')}, phone_country({self.of('phone')}))",
        ])  # fmt: skip

    def country(self) -> str:
        bases = [name for name in self.names.by_type["set"] if name.endswith("lawful_basis")]
        return self.pick([
            f"{self.place()} {self.pick(EQUAL)} {self.pick(['DE', 'FR', 'US'])!r}",
            f"{self.place()} {self.pick(EQUAL)} {self.place()}",
            f"{self.place()} in ('DE', 'GB')",
            f"{self.of('region')} {self.pick(EQUAL)} 'US-CA'",
            f"adequate({self.place()}, {self.pick([self.of('time'), *TIMES])})",
            f"listed('eu-adequacy', {self.place()}, {self.pick([self.of('time'), *TIMES])})",
            f"basis_unknown_in({self.pick(bases)}, {self.place()})",
        ])  # fmt: skip

    def set(self) -> str:
        name = self.of("set")
        return f"{name} has {self.pick([repr(self.pick(self.names.codes[name])), self.of('code')])}"

    def name(self) -> str:
        matched = f"{self.of('name')} matches {self.pick(['administrator-name', 'backup-name'])!r}"
        return self.pick([matched, f"{self.of('name')} {self.pick(EQUAL)} 'admin'"])

    def reference(self) -> str:
        return f"{self.of('ref').removesuffix('_id')} exists"

    def hash(self) -> str:
        kind = self.pick(["email", "phone"])
        return f"{self.of(kind)} {self.pick(EQUAL)} {self.of(kind)}"

    # --- quantifiers

    def quantifier(self) -> str:
        reach, limits = self.reach, ["0", "1", "2", ":limit"]
        return self.pick([
            lambda: f"any {reach()}", lambda: f"any {reach()}", lambda: f"no {reach()}",
            lambda: f"count of {reach()} {self.pick(ORDER)} {self.pick(limits)}",
            lambda: f"count of {reach()} between {self.pick(limits)} and {self.pick(limits)}",
            lambda: f"count of {reach()} in (0, 2)",
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
            if key and self.random.random() < 0.4:
                shared = ("channel", "purpose", "status")
                key = [*key, *(name for name in shared if name in FIELDS[self.relation] and name in FIELDS[inner])]
            same = f" (same {', '.join(key)})" if key else ""
        timed = inner in ("hold", "permission") and self.random.random() < 0.7
        at = f" at {Writer(self.random, self.relation).moment()}" if timed else ""
        other = "other " if inner == self.relation and self.random.random() < 0.5 else ""
        deleted = self.pick(["", "", " including deleted"])
        alone = self.depth or self.random.random() < 0.4  # `this` reaches one level out
        writer = Writer(self.random, inner, "" if alone else self.relation, self.depth + 1)
        return f"{other}{inner}{deleted}{same}{at} where ({writer.condition(3)})"
