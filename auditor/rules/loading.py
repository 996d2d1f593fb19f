"""Reads packs, rules and remediation patterns, and checks all of it; every error has a file, line and column.

A broken rule does not stop the others: `load_rules` gives the good rules and the errors, `load_rules_or_raise` gives
the rules or raises all errors as one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from auditor.errors import KnowledgeError
from auditor.jurisdictions import load_jurisdictions
from auditor.knowledge import Node, home, read_yaml
from auditor.model import Remediation
from auditor.relations import load_relations
from auditor.rules.compiled import CompiledRule, compile_rule
from auditor.rules.reading import Errors, RulesError, Written, identifier, read_rule

EFFORTS = ("hours", "days", "weeks")


@dataclass(frozen=True, slots=True)
class Pack:
    """A set of rules that rest on the same ground.

    `regime` is the law they are about, empty for house rules; a pack with `asked_for` is judged only where it is named.
    """

    id: str
    title: str
    rests_on: str
    regime: str = ""
    asked_for: bool = False


def load_rules(folders: Sequence[Path] = ()) -> tuple[tuple[CompiledRule, ...], tuple[KnowledgeError, ...]]:
    """The rules of the built-in packs and of further folders, and what is wrong with those that are left out."""
    errors = Errors()
    packs: dict[str, Pack] = {}
    rules: dict[str, CompiledRule] = {}
    for folder, name in _folders(folders):
        packs |= errors.attempt({}, _packs_in, folder, name, packs)
        for path in sorted(folder.rglob("*.yaml")):
            if path.name == "pack.yaml":
                continue
            compiled = errors.attempt(None, _load, path, f"{name}/{path.relative_to(folder).as_posix()}", packs)
            if compiled is None:
                continue
            if twin := rules.get(compiled.rule.id):
                what = f"The rule {compiled.rule.id!r} is already defined in {twin.rule.file}."
                errors.found.append(KnowledgeError(what, where=f"{compiled.rule.file}:1:1", do="Give it another id."))
            else:
                rules[compiled.rule.id] = compiled
    ordered = sorted(rules.values(), key=lambda c: (c.rule.pack, c.rule.area, c.rule.severity.rank, c.rule.id))
    return tuple(ordered), tuple(errors.found)


def load_rules_or_raise(folders: Sequence[Path] = ()) -> tuple[CompiledRule, ...]:
    """The same rules; raises RulesError with every error if there is one."""
    rules, errors = load_rules(folders)
    if errors:
        raise RulesError(errors)
    return rules


def load_packs(folders: Sequence[Path] = ()) -> Mapping[str, Pack]:
    """The packs by id."""
    packs: dict[str, Pack] = {}
    for folder, name in _folders(folders):
        packs |= _packs_in(folder, name, packs)
    return packs


@cache
def load_remediation(path: Path | None = None) -> Mapping[str, Remediation]:
    """The patterns of `rules/remediation.yaml` by name."""
    root = read_yaml(path or home("rules") / "remediation.yaml", shown_as="" if path else "rules/remediation.yaml")
    return {key.text(): _remediation(key.text(), node) for key, node in root.pairs()}


def _load(path: Path, shown_as: str, packs: Mapping[str, Pack]) -> CompiledRule:
    regimes = {pack.id: pack.regime for pack in packs.values()}
    written = read_rule(read_yaml(path, shown_as=shown_as), path.stem, regimes, load_remediation())
    return _compiled(written)


def _compiled(written: Written) -> CompiledRule:
    try:
        return compile_rule(
            written.rule,
            load_relations(),
            violation=written.violation,
            when=written.when,
            examples=written.examples,
            optional=written.optional,
        )
    except KnowledgeError as error:
        raise written.blame(error) from None


def _folders(folders: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Each folder and the name that stands for it in errors."""
    yield home("rules") / "packs", "rules/packs"
    for folder in folders:
        if not folder.is_dir():
            raise KnowledgeError("There is no such folder of rules.", where=str(folder), do="Name a folder.")
        yield folder, folder.as_posix()


def _packs_in(folder: Path, name: str, known: Mapping[str, Pack]) -> dict[str, Pack]:
    packs: dict[str, Pack] = {}
    for path in sorted(folder.rglob("pack.yaml")):
        node = read_yaml(path, shown_as=f"{name}/{path.relative_to(folder).as_posix()}")
        parts = node.fields(("id", "title", "rests_on"), ("regime", "asked_for"))
        pack = identifier(parts["id"])
        if pack in known or pack in packs:
            raise parts["id"].error(f"The pack {pack!r} is defined twice.", "Give it another id.")
        regime = parts["regime"].one_of(load_jurisdictions().regimes) if "regime" in parts else ""
        asked_for = "asked_for" in parts and parts["asked_for"].boolean()
        packs[pack] = Pack(pack, parts["title"].text(), parts["rests_on"].text(), regime, asked_for)
    return packs


def _remediation(name: str, node: Node) -> Remediation:
    parts = node.fields(("title", "steps", "closes_with", "effort", "beware"))
    steps = tuple(step.text() for step in parts["steps"].items())
    if not steps:
        raise parts["steps"].error("A pattern has at least one step.")
    return Remediation(
        id=name,
        title=parts["title"].text(),
        steps=steps,
        closes_with=parts["closes_with"].text(),
        effort=parts["effort"].one_of(EFFORTS),
        beware=parts["beware"].text(),
    )
