"""All rules on one page, by pack: `docs/rule-catalogue.md` is what this prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from auditor.model import Rule
from auditor.rules.compiled import CompiledRule, sentence
from auditor.rules.loading import Pack

_INTRODUCTION = """\
Written by `auditor rules list --format markdown`; change the rules and write it again. A mark says how a citation was
checked (V1 primary text, V2 secondary source, V3 number only, M from memory); see [rules](rules.md#law). A rule whose
citations are all M never fails a build."""


def markdown(rules: Sequence[CompiledRule], packs: Mapping[str, Pack]) -> str:
    """A table of contents by pack, then each rule as the sentence that is signed."""
    used = [pack for pack in packs.values() if any(compiled.rule.pack == pack.id for compiled in rules)]
    lines = ["# Rule catalogue", "", _INTRODUCTION, "", f"{len(rules)} rules in {len(used)} packs.", ""]
    lines += _table(("pack", "rules", "judged"), (_pack(pack, rules) for pack in used))
    for pack in used:
        own = [compiled for compiled in rules if compiled.rule.pack == pack.id]
        lines += ["", f"## {pack.title}", "", " ".join(pack.rests_on.split()), ""]
        lines += _table(("rule", "title", "severity", "type", "law"), (_rule(compiled.rule) for compiled in own))
        for compiled in own:
            lines += ["", f"### {compiled.rule.id}", "", _escaped(sentence(compiled)), "", compiled.rule.why.strip()]
    return "\n".join(lines) + "\n"


def _pack(pack: Pack, rules: Sequence[CompiledRule]) -> tuple[str, ...]:
    number = sum(compiled.rule.pack == pack.id for compiled in rules)
    judged = "always"
    if pack.regime:
        judged = f"where a person under `{pack.regime}` is found, or when asked for"
    elif pack.asked_for:
        judged = "when asked for"
    return f"[{pack.id}](#{_anchor(pack.title)})", str(number), judged


def _rule(rule: Rule) -> tuple[str, ...]:
    law = ", ".join(f"{law.cite} ({law.verified})" for law in rule.law) or "own policy"
    return f"[{rule.id}](#{rule.id})", rule.title, rule.severity, rule.type, law


def _table(head: Sequence[str], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(_escaped(cell) for cell in row) + " |"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _anchor(title: str) -> str:
    """The name under which a heading can be linked to."""
    kept = "".join(letter for letter in title.lower() if letter.isalnum() or letter in " -_")
    return kept.replace(" ", "-")
