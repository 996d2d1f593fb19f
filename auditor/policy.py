"""The organisation's policy, `auditor.yaml`: who it is, where it is, what it knows to be missing, its own limits.

Everything has a documented default, so that an audit without a policy is possible; what a verdict then rests on is
listed in the report as an assumption.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from auditor.jurisdictions import load_jurisdictions
from auditor.knowledge import Node, read_yaml
from auditor.policy_inventory import NOTHING_KNOWN, Known, read_known
from auditor.policy_registers import Entry, Register, country, read_registers, read_sections, zone
from auditor.relations import load_relations

CLASSIFICATION = "Confidential: pseudonymous personal data"
KEEP_DAYS = 180
SETTINGS = (
    "establishments", "sources", "profiles", "time_zones", "known_gaps", "params", "unknown_jurisdiction", "owners",
    "classification", "keep_days", "registers", "inventory",
)  # fmt: skip
"""Keys of `auditor.yaml` beside the sections of `rules/relations.yaml`."""

_CREDENTIALS = re.compile(r"://[^/@\s]*:[^/@\s$][^/@\s]*@")


@dataclass(frozen=True, slots=True)
class KnownGap:
    """Something that cannot be read and why; until it expires it does not make the audit incomplete."""

    what: str
    reason: str
    owner: str
    expires: date

    def covers(self, what: str, on: date) -> bool:
        """Whether a gap of this name is declared and still in force on a day."""
        return self.expires >= on and what.casefold() == self.what.casefold()


@dataclass(frozen=True, slots=True)
class Policy:
    """Frozen defaults and what `auditor.yaml` says otherwise."""

    organisation: str = ""
    establishments: tuple[str, ...] = ()
    """ISO 3166-1 codes of the countries in which the controller is established (GDPR Art. 3(1))."""
    entries: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    """By relation the rows that its section states: stores, processors, flows, purposes ..."""
    registers: tuple[Register, ...] = ()
    """Register files, in the order in which they are named."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Names and locations to audit when the command line names none."""
    profiles: Mapping[str, str] = field(default_factory=dict)
    """Profile (or the path of its file) to use per source name, instead of the recognised one."""
    time_zones: Mapping[str, str] = field(default_factory=dict)
    """Zone of naive times per source name; UTC unless said."""
    known_gaps: tuple[KnownGap, ...] = ()
    params: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Parameters of rules, by rule id."""
    unknown_jurisdiction: str = ""
    """Regime assumed for people whose country is unknown; none unless said."""
    owners: Mapping[str, str] = field(default_factory=dict)
    """Who puts a finding right, by rule id, pack or area; the narrowest name counts."""
    classification: str = CLASSIFICATION
    """What is printed on every artefact."""
    keep_days: int = KEEP_DAYS
    """After how many days artefacts are to be deleted."""
    known: Known = NOTHING_KNOWN
    """What the inventory is told."""
    file: str = ""

    def owner(self, rule: str, pack: str, area: str) -> str:
        """Who puts findings of a rule right; empty if the policy names nobody."""
        return next((self.owners[name] for name in (rule, pack, area) if name in self.owners), "")

    @property
    def settings(self) -> Mapping[str, str]:
        """What bears on verdicts, as text by key, so that two audits can be compared; what is not said is left out.

        Parameters are not in it: they are part of the rules.
        """
        found = {
            "establishments": ", ".join(sorted(self.establishments)),
            "unknown_jurisdiction": self.unknown_jurisdiction,
            **{f"profiles.{name}": profile for name, profile in self.profiles.items()},
            **{f"time_zones.{name}": kept for name, kept in self.time_zones.items()},
            **{f"known_gaps.{gap.what}": f"until {gap.expires}: {gap.reason}" for gap in self.known_gaps},
            **{
                f"{relation}.{entry.name or number}": "; ".join(f"{k}: {v}" for k, v in sorted(entry.values.items()))
                for relation, entries in self.entries.items()
                for number, entry in enumerate(entries, 1)
            },
            **{f"inventory.columns.{one.column}": f"{one.category}: {one.reason}" for one in self.known.columns},
            "inventory.recognizers": self.known.recognizers.path if self.known.recognizers else "",
            "inventory.allow": _number(self.known.allow),
            "inventory.deny": _number(self.known.deny),
            **{f"registers.{register.relation}.{register.shown}": "read" for register in self.registers},
        }
        return {name: text for name, text in sorted(found.items()) if text}

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What verdicts rest on where the policy is silent, one sentence each."""
        said = []
        if not self.file:
            said.append("No policy was given: house and access rules rest on the documented defaults.")
        if not self.establishments:
            said.append("No establishment was named: a person's country and state alone decide which regimes apply.")
        if self.unknown_jurisdiction:
            said.append(f"People whose country is unknown are taken to be under {self.unknown_jurisdiction}.")
        else:
            said.append("People whose country is unknown are undetermined for every rule that rests on a regime.")
        if not self.time_zones:
            said.append("Times without a zone are taken as UTC.")
        return tuple(said)


def _number(words: tuple[str, ...]) -> str:
    """How many words there are; they themselves may be personal."""
    return f"{len(words)} words" if words else ""


def load_policy(path: Path | None) -> Policy:
    """Reads and checks `auditor.yaml`; without one, the defaults. Raises KnowledgeError with file, line, column."""
    if path is None:
        return Policy()
    root = read_yaml(path).fields(optional=(*SETTINGS, *load_relations().sections))
    get = root.get
    entries = read_sections(root)
    organisation = entries.get("organisation", ())
    return Policy(
        organisation=organisation[0].name if organisation else "",
        establishments=tuple(country(n) for n in root["establishments"].items()) if "establishments" in root else (),
        entries=entries,
        registers=read_registers(root["registers"], path.absolute().parent) if "registers" in root else (),
        sources={k: _location(n) for k, n in _mapping(get("sources")).items()},
        profiles={k: _profile(n, path.parent) for k, n in _mapping(get("profiles")).items()},
        time_zones={k: zone(n) for k, n in _mapping(get("time_zones")).items()},
        known_gaps=tuple(_gap(n) for n in root["known_gaps"].items()) if "known_gaps" in root else (),
        params={k: {p: v.text() for p, v in n.mapping().items()} for k, n in _mapping(get("params")).items()},
        unknown_jurisdiction=_regime(root["unknown_jurisdiction"]) if "unknown_jurisdiction" in root else "",
        owners={k: n.text() for k, n in _mapping(get("owners")).items()},
        classification=root["classification"].text() if "classification" in root else CLASSIFICATION,
        keep_days=_days(root["keep_days"]) if "keep_days" in root else KEEP_DAYS,
        known=read_known(root["inventory"], path.parent) if "inventory" in root else NOTHING_KNOWN,
        file=str(path),
    )


def _mapping(node: Node | None) -> dict[str, Node]:
    return {} if node is None else node.mapping()


def _profile(node: Node, folder: Path) -> str:
    """A profile's name, or its file; a relative path is relative to the policy's folder."""
    name = node.text()
    return str(folder / Path(name).expanduser()) if name.endswith((".yaml", ".yml")) else name


def _location(node: Node) -> str:
    if _CREDENTIALS.search(node.text()):
        raise node.error("A password does not belong in the policy.", "Write ${NAME} and set the variable NAME.")
    return node.text()


def _gap(node: Node) -> KnownGap:
    parts = node.fields(("what", "reason", "owner", "expires"))
    return KnownGap(parts["what"].text(), parts["reason"].text(), parts["owner"].text(), parts["expires"].day())


def _days(node: Node) -> int:
    days = node.number()
    if days != int(days) or not 1 <= days <= 3650:
        raise node.error("A number of days is expected here, from 1 to 3650.")
    return int(days)


def _regime(node: Node) -> str:
    words = node.text().split()
    if len(words) == 2 and words[0] == "assume":
        words = words[1:]
    known = load_jurisdictions().regimes
    if len(words) != 1 or words[0] not in known:
        raise node.error("This is not a known regime.", f"Write one of: assume {', assume '.join(sorted(known))}.")
    return words[0]
