"""For people who write rules: a skeleton that loads, and the habits of good rules that reading alone does not check."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from auditor.errors import KnowledgeError, UsageError
from auditor.jurisdictions import load_jurisdictions
from auditor.knowledge import Node, nearest, parse_yaml, read_yaml
from auditor.relations import Field, Relation, load_relations
from auditor.rules.compiled import CompiledRule
from auditor.rules.examples import run_examples
from auditor.rules.loading import load_packs, load_rules
from auditor.rules.reading import OUTCOMES, identifier

_CURES = (
    "add", "ask", "delete", "ensure", "erase", "fix", "implement", "make", "mend", "must", "please", "remove", "review",
    "revoke", "set", "should", "stop", "update", "use", "verify",
)  # fmt: skip
"""Words with which a title begins, or that it holds, if it names the cure instead of the violation."""

_TEMPLATE = """\
# Read it aloud: auditor rules show {id} --rules FOLDER     Try it: auditor rules test {id} --rules FOLDER
id: {id}
pack: {pack}
area: {area}                  # access, consent, jurisdiction, notice, purpose, retention, rights, security
version: 2026.11
type: automatic                # automatic: a machine decides; review: a person does; attestation: somebody signs
title: {title}
relation: {relation}
{when}
violation: {violation}
{params}{law}severity: medium               # critical, high, medium, low, info
population: {population}
why: |
  Say in one or two sentences why it matters.
remediation: [{remedy}]          # patterns of rules/remediation.yaml
closes_with: Say what shows that it is mended.
examples:
  as_of: 2026-11-01
  violation:
{bad}
  fine:
{good}
  undetermined:{unknown}
"""
_SENTENCES = (
    "Say in one or two sentences why it matters.",
    "Say what shows that it is mended.",
    "Name the law and its article",
)
"""What the skeleton leaves to be written."""
_WHEN = "# when: ...                    # which records the rule is about; leave it out for all"
_LAW = (
    "law:\n  - {cite: Name the law and its article, verified: M}   # V1 with checked_on once you have seen the text\n"
)


def skeleton(rule_id: str, relation: str, *, pack: str = "house", folders: Sequence[Path] = ()) -> str:
    """The text of a rule file that loads, with examples of its own that pass; every sentence in it wants replacing."""
    known = load_relations()
    if relation not in known:
        hint = nearest(relation, known.relations) or f"Relations: {', '.join(sorted(known.relations))}."
        raise UsageError(f"There is no relation {relation[:60]!r}.", do=hint)
    if pack not in (packs := load_packs(folders)):
        hint = nearest(pack, packs) or f"Packs: {', '.join(packs)}."
        raise UsageError(
            f"There is no pack {pack[:60]!r}.", do=f"{hint} A pack of your own is a pack.yaml in the folder."
        )
    try:
        identifier(parse_yaml(json.dumps(rule_id), ""))
    except KnowledgeError as error:
        raise UsageError(error.what, where="RULE_ID", do=error.do) from None
    chosen = _field(known[relation])
    parts = _parts(known[relation], chosen, packs[pack].regime)
    return _TEMPLATE.format(
        id=rule_id, pack=pack, relation=relation, area="retention" if chosen.type == "time" else "consent",
        title=rule_id.replace("-", " ").capitalize(), population=known[relation].rows or f"rows of {relation}",
        remedy="ERASE" if chosen.type == "time" else "CORRECT", **parts,
    )  # fmt: skip


def write_skeleton(rule_id: str, relation: str, folder: Path, *, pack: str = "house") -> Path:
    """Writes the skeleton into a folder; never over a file that is there."""
    own = (folder,) if folder.is_dir() else ()
    text, path = skeleton(rule_id, relation, pack=pack, folders=own), folder / f"{rule_id}.yaml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError("The file is already there.", where=str(path), do="Choose another id or folder.") from None
    except OSError as error:
        raise UsageError(f"The file cannot be written: {error.strerror}.", where=str(path)) from None
    return path


def lint(folders: Sequence[Path] = (), only: Sequence[Path] = ()) -> tuple[KnowledgeError, ...]:
    """Everything wrong with the rules of the built-in packs and of further folders, or with some files of them."""
    wanted = {path.resolve() for path in only}
    rules, errors = load_rules(folders)
    found = [error for error in errors if not only or any(error.where.startswith(str(path)) for path in only)]
    for compiled in rules:
        path = _file(compiled, folders)
        if wanted and (path is None or path.resolve() not in wanted):
            continue
        found.extend(_habits(compiled, read_yaml(path, shown_as=compiled.rule.file) if path else None))
    return tuple(found)


def _habits(compiled: CompiledRule, node: Node | None) -> Iterator[KnowledgeError]:
    rule, parts = compiled.rule, node.mapping() if node else {}

    def wrong(key: str, what: str, do: str) -> KnowledgeError:
        return parts[key].error(what, do) if key in parts else KnowledgeError(what, where=rule.file, do=do)

    first, *words = re.findall(r"[a-z'-]+", rule.title.casefold())
    if first in _CURES or {"should", "must"} & set(words):
        yield wrong("title", "The title names the cure.", "Name the violation, as in: Consent without a date.")
    if not rule.title[:1].isupper():
        yield wrong("title", "The title begins with a small letter.", "Begin it with a capital.")
    for key, written in (
        ("why", rule.why),
        ("closes_with", rule.closes_with),
        ("law", " ".join(law.cite for law in rule.law)),
    ):
        if any(sentence.rstrip(".") in written for sentence in _SENTENCES):
            yield wrong(key, "The skeleton's own words are still there.", "Write yours.")
    kinds = {example.outcome for example in compiled.examples}
    never = "examples" in parts and parts["examples"].mapping().get("undetermined")
    for outcome in OUTCOMES:
        said_never = outcome == "undetermined" and never and not never.is_list
        if outcome not in kinds and not said_never:
            yield wrong("examples", f"There is no example of {outcome}.", "Add one.")
    for outcome_of in run_examples(compiled):
        if not outcome_of.passed:
            what = f"This example should be {outcome_of.expected} and is {outcome_of.got}."
            yield KnowledgeError(what, where=outcome_of.where, do="Mend the rule or the example.")


def _file(compiled: CompiledRule, folders: Sequence[Path]) -> Path | None:
    from auditor.knowledge import home

    for base in (home("rules").parent, Path()):
        path = base / compiled.rule.file
        if path.is_file():
            return path
    return next((p for f in folders for p in f.rglob(f"{compiled.rule.id}.yaml")), None)


def _field(relation: Relation) -> Field:
    """The field that a first rule is most likely about: a time of the past, else something that may be missing."""
    fields = relation.fields.values()
    dated = relation.fields.get(relation.dated_by)
    times = [f for f in fields if f.type == "time"]
    others = [f for f in fields if f.type not in ("ref", "key", "name")]
    return dated or next(iter(times or others or fields))


def _parts(relation: Relation, field: Field, regime: str) -> dict[str, str]:
    """The parts of the skeleton that depend on the field it asks and the law it is about."""
    about = regime if regime and relation.subject_field else ""
    parts = {
        "when": f"when: under({regime!r})     # which records the rule is about" if about else _WHEN,
        "law": _LAW if regime else "",
        "unknown": " never",
    }
    if field.type == "time":
        unknown = _example(relation, {}, about)
        return parts | {
            "violation": f"{field.name} older than :limit",
            "params": "params: {limit: 3 years}       # a default; the organisation's policy may set another\n",
            "bad": _example(relation, {field.name: "2020-01-01"}, about),
            "good": _example(relation, {field.name: "2026-10-01"}, about),
            "unknown": f"                # nobody knows {field.meaning}\n{unknown}",
        }
    values = {"flag": "true", "number": "1", "country": "DE", "region": "US-CA", "birth": "1990-01-01"}
    value = field.values[0] if field.values else values.get(field.type, "given")
    return parts | {
        "violation": f"{field.name} is missing",
        "params": "",
        "bad": _example(relation, {}, about),
        "good": _example(relation, {field.name: value}, about),
    }


def _example(relation: Relation, row: dict[str, str], regime: str) -> str:
    """An example of one row; with a person under the regime, if the rule asks for that."""
    if not regime:
        return f"    - {relation.name}: {_flow(row)}"
    where = load_jurisdictions().regimes[regime]
    country = min(where.countries, default="") or min(where.regions)[:2]
    person = {"key": "1", "country": country} | ({} if where.countries else {"region": min(where.regions)})
    if relation.name == "subject":
        return f"    - subject: {_flow(person | row)}"
    return f"    - {relation.name}: {_flow({relation.subject_field: '1'} | row)}\n      subject: {_flow(person)}"


def _flow(row: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in row.items()) + "}"
