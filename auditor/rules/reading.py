"""One rule from its YAML file, checked in every part that needs no compiling; all errors of the file are collected."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from textwrap import indent
from typing import ParamSpec, TypeVar

from auditor.errors import KnowledgeError
from auditor.knowledge import Node, nearest
from auditor.language import Expr, parse
from auditor.language.syntax import Param, Path, walk
from auditor.model import Law, Rule, RuleType, Severity, Verified
from auditor.relations import Relations, load_relations
from auditor.rules.kinds import Expression, fill, written

AREAS = ("access", "consent", "jurisdiction", "notice", "purpose", "retention", "rights", "security")
OUTCOMES = ("violation", "fine", "undetermined")
UNREADABLE = "unreadable"
"""In an example: something is given, and nobody can read it."""

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_VERSION = re.compile(r"\d{4}\.\d{2}")
REQUIRED = (
    "id", "pack", "area", "version", "type", "title", "relation", "severity", "population", "why", "remediation",
    "closes_with", "examples",
)  # fmt: skip
OPTIONAL = ("when", "violation", "kind", "slots", "params", "law", "effective", "optional")
_ROW_KEYS = ("key", "deleted", "source")

_T = TypeVar("_T")
_P = ParamSpec("_P")
Row = Mapping[str, str | tuple[str, ...]]


class RulesError(KnowledgeError):
    """Several errors at once, one line each."""

    def __init__(self, errors: Iterable[KnowledgeError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(str(error) for error in self.errors))

    def __reduce__(self) -> tuple[object, ...]:
        return RulesError, (self.errors,)


@dataclass(frozen=True, slots=True)
class Example:
    """A few rows of a few relations, and what the rule must say about each row of its own relation.

    A field that is not named is missing; `unreadable` stands for something given that cannot be read.
    """

    outcome: str
    rows: Mapping[str, tuple[Row, ...]]
    where: str
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A rule as written: its text, its parsed expressions with their places, its examples."""

    rule: Rule
    violation: Expr
    when: Expr | None
    examples: tuple[Example, ...]
    expressions: tuple[Expression, ...]
    optional: frozenset[str] = frozenset()

    def blame(self, error: KnowledgeError) -> KnowledgeError:
        """The same error, placed where the text at fault was written."""
        for expression in self.expressions:
            placed = expression.blame(error)
            if placed is not error:
                return placed
        return error


class Errors:
    """Runs checks and keeps what they raise, so that one mistake does not hide the next."""

    def __init__(self) -> None:
        self.found: list[KnowledgeError] = []

    def attempt(self, otherwise: _T, check: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """What the check returns, or the stand-in if it raises."""
        try:
            return check(*args, **kwargs)
        except RulesError as several:
            self.found.extend(several.errors)
        except KnowledgeError as error:
            self.found.append(error)
        return otherwise


def read_rule(node: Node, stem: str, packs: Mapping[str, str], remediation: Iterable[str]) -> Written:
    """The rule in a file named `stem`. `packs` maps each pack to its regime, empty for house rules.

    Raises RulesError with everything that is wrong.
    """
    parts = node.fields(REQUIRED, OPTIONAL)
    relations, errors = load_relations(), Errors()
    attempt = errors.attempt
    relation, deleted = attempt(("", False), _relation, parts["relation"], relations)
    violation = attempt(None, _violation, node, parts)
    when = written(parts["when"]) if "when" in parts else None
    params = attempt({}, _texts, parts.get("params"))
    shape = attempt(None, _parsed, violation)
    scope = attempt(None, _parsed, when)
    if shape and (scope or not when):
        attempt(None, _params, parts.get("params"), [e for e in (shape, scope) if e])
    begins, ends = attempt((None, None), _effective, parts.get("effective"))
    rule = Rule(
        id=attempt(stem, _named, parts["id"], stem),
        pack=attempt("", parts["pack"].one_of, sorted(packs)),
        area=attempt("", parts["area"].one_of, AREAS),
        version=attempt("", _version, parts["version"]),
        type=RuleType(attempt("automatic", parts["type"].one_of, RuleType)),
        title=attempt("", _title, parts["title"]),
        relation=relation,
        violation=violation.text.strip() if violation else "",
        severity=Severity(attempt("info", parts["severity"].one_of, Severity)),
        when=when.text.strip() if when else "",
        including_deleted=deleted,
        params=params,
        law=attempt((), _laws, parts.get("law")),
        effective_from=begins,
        effective_to=ends,
        population=attempt("", _sentence, parts["population"]),
        why=attempt("", _sentence, parts["why"]),
        remediation=attempt((), _patterns, parts["remediation"], tuple(remediation)),
        closes_with=attempt("", _sentence, parts["closes_with"]),
        file=node.file,
        line=node.line,
    )
    if packs.get(rule.pack) and "law" not in parts:
        errors.found.append(parts["pack"].error(f"A rule of the pack {rule.pack!r} cites its law.", "Add `law:`."))
    examples = attempt((), _examples, parts["examples"], relation, relations)
    optional = attempt(frozenset(), _dispensable, parts.get("optional"), relation, [e for e in (shape, scope) if e])
    if errors.found or shape is None:
        raise RulesError(errors.found)
    return Written(rule, shape, scope, examples, tuple(e for e in (violation, when) if e), optional)


def _texts(node: Node | None) -> Mapping[str, str]:
    return {name: value.text() for name, value in node.mapping().items()} if node else {}


def _sentence(node: Node) -> str:
    if not node.text().strip():
        raise node.error("A text is missing here.", "Write a sentence.")
    return " ".join(node.text().split())


def _title(node: Node) -> str:
    title = _sentence(node)
    if title.endswith(".") or len(title) > 100:
        what = "A title is one line of at most 100 characters without a full stop."
        raise node.error(what, "Name the violation.")
    return title


def _version(node: Node) -> str:
    if not _VERSION.fullmatch(node.text()):
        raise node.error("A version is a year and a month.", "Write it as in 2026.11.")
    return node.text()


def identifier(node: Node) -> str:
    """The id of a rule or pack: lower case with hyphens."""
    if not _ID.fullmatch(node.text()) or len(node.text()) > 80:
        raise node.error("An id is written in lower case with hyphens.", "Write it as in country-missing.")
    return node.text()


def _named(node: Node, stem: str) -> str:
    name = identifier(node)
    if name != stem:
        raise node.error(f"The id {name!r} differs from the file's name.", f"Call the file {name}.yaml.")
    return name


def _relation(node: Node, relations: Relations) -> tuple[str, bool]:
    name, _, rest = node.text().partition(" ")
    if name not in relations:
        raise node.error(f"There is no relation {name[:60]!r}.", nearest(name, relations.relations))
    if rest not in ("", "including deleted"):
        raise node.error(f"{rest[:60]!r} does not fit after a relation.", "Only `including deleted` does.")
    return name, bool(rest)


def _violation(node: Node, parts: Mapping[str, Node]) -> Expression:
    if ("violation" in parts) == ("kind" in parts):
        raise node.error("A rule has either a violation or a kind.", "Write `violation:`, or `kind:` with `slots:`.")
    if "violation" in parts:
        if "slots" in parts:
            raise parts["slots"].error("Slots belong to a kind.", "Remove `slots:`.")
        return written(parts["violation"])
    if "slots" not in parts:
        raise parts["kind"].error("A kind needs its slots.", "Add `slots:`.")
    return fill(parts["kind"], parts["slots"])


def _parsed(expression: Expression | None) -> Expr | None:
    if expression is None:
        return None
    file, line, column = expression.where
    try:
        if expression.indent:  # as it stands in the file, so that columns are right on every line
            return parse(indent(expression.text, " " * expression.indent), where=(file, line, 1))
        return parse(expression.text, where=(file, line, column))
    except KnowledgeError as error:
        raise expression.blame(error) from None


def _params(node: Node | None, expressions: Iterable[Expr]) -> None:
    params = node.mapping() if node else {}
    used = {n.name: n.at for expression in expressions for n in walk(expression) if isinstance(n, Param)}
    for name, at in used.items():
        if name not in params:
            hint = nearest(name, params) or f"Add `{name}:` under `params:`."
            raise KnowledgeError(f"The parameter :{name[:40]} is not declared.", where=str(at), do=hint)
    for name, value in params.items():
        if name not in used:
            raise value.error(f"The parameter {name[:40]!r} is not used.", f"Remove it, or use :{name[:40]}.")


def _dispensable(node: Node | None, relation: str, expressions: Iterable[Expr]) -> frozenset[str]:
    read = {n.names[0] for expression in expressions for n in walk(expression) if isinstance(n, Path)}
    for name in node.items() if node else ():
        if name.text() not in read:
            hint = nearest(name.text(), read) or "Name a field that the rule reads."
            raise name.error(f"The rule does not read {relation}.{name.text()[:60]}.", hint)
    return frozenset(node.texts() if node else ())


def _laws(node: Node | None) -> tuple[Law, ...]:
    laws = tuple(_law(entry) for entry in node.items()) if node else ()
    if node and not laws:
        raise node.error("The list of laws is empty.", "Cite one, or remove `law:`.")
    return laws


def _law(node: Node) -> Law:
    parts = node.fields(("cite", "verified"), ("checked_on",))
    mark = Verified(parts["verified"].one_of(Verified))
    if mark is not Verified.M and "checked_on" not in parts:
        raise node.error("A citation that was checked says when.", "Add `checked_on:`, or mark it M.")
    return Law(_sentence(parts["cite"]), mark, parts["checked_on"].day() if "checked_on" in parts else None)


def _effective(node: Node | None) -> tuple[date | None, date | None]:
    if node is None:
        return None, None
    parts = node.fields((), ("from", "to"))
    begins, ends = (parts[key].day() if key in parts else None for key in ("from", "to"))
    if begins and ends and ends <= begins:
        raise parts["to"].error("The rule would end before it begins.", "Swap the two dates.")
    return begins, ends


def _patterns(node: Node, known: tuple[str, ...]) -> tuple[str, ...]:
    if not node.texts():
        raise node.error("No remediation is named.", "Name a pattern of rules/remediation.yaml.")
    names = (node,) if not node.is_list else tuple(node.items())
    for name in names:
        if name.text() not in known:
            hint = nearest(name.text(), known) or f"Known: {', '.join(known)}."
            raise name.error(f"There is no remediation {name.text()[:60]!r}.", hint)
    return node.texts()


def _examples(node: Node, relation: str, relations: Relations) -> tuple[Example, ...]:
    parts = node.fields(OUTCOMES, ("as_of",))
    as_of = parts["as_of"].day() if "as_of" in parts else None
    errors, examples = Errors(), []
    for outcome in OUTCOMES:
        given = parts[outcome]
        if outcome == "undetermined" and not given.is_list and given.text() == "never":
            continue
        entries = given.items()
        if not entries:
            do = "Add one, or write `undetermined: never`." if outcome == "undetermined" else "Add one."
            errors.found.append(given.error(f"There is no example of {outcome}.", do))
        for entry in entries:
            rows = errors.attempt(None, _rows, entry, relation, relations)
            if rows is not None:
                examples.append(Example(outcome, rows, entry.where, as_of))
    if errors.found:
        raise RulesError(errors.found)
    return tuple(examples)


def _rows(node: Node, relation: str, relations: Relations) -> Mapping[str, tuple[Row, ...]]:
    rows: dict[str, tuple[Row, ...]] = {}
    for key, value in node.pairs():
        name = key.text()
        if name not in relations:
            raise key.error(f"There is no relation {name[:60]!r}.", nearest(name, relations.relations))
        fields = (*relations[name].fields, *_ROW_KEYS)
        rows[name] = tuple(_row(entry, fields) for entry in (value.items() if value.is_list else [value]))
    if relation and not rows.get(relation):
        raise node.error(f"The example has no row of {relation}.", f"Add `{relation}:`.")
    return rows


def _row(node: Node, fields: tuple[str, ...]) -> Row:
    return {k: v.texts() if v.is_list else v.text() for k, v in node.fields((), fields).items()}
