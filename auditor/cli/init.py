"""`auditor init`: looks at a source and writes a short policy for it, to be reviewed."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.exits import CLEAN
from auditor.cli.places import resolved
from auditor.cli.show import clear, plain, steps
from auditor.errors import ReportError, UsageError

if TYPE_CHECKING:
    from auditor.crm.profile import Profile
    from auditor.model import ProfileUsed, SourceInfo
    from auditor.relations import Relation

_PASSWORD = re.compile(r"(://[^/@\s:]*:)[^/@\s$][^/@\s]*@")
_MOST = 10
"""Register files that are proposed, those first that most rules wait for."""


@dataclass(frozen=True, slots=True)
class _Answers:
    """What the policy starts with."""

    organisation: str = "Name of the organisation"
    establishments: tuple[str, ...] = ()
    zone: str = ""
    templates: str = ""


@dataclass(slots=True)
class _Looked:
    """What was seen of a source."""

    info: SourceInfo
    used: ProfileUsed
    profile: Profile | None
    waiting: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Relations that nothing fills yet, and the rules that wait for them."""


def _fields(ctx: click.Context, param: click.Parameter, asked: bool) -> None:  # noqa: ARG001
    from auditor.policy_reference import reference

    if asked:
        click.echo(reference(), nl=False)
        ctx.exit()


@click.command("init")
@click.argument("source")
@click.option("--out", type=click.Path(path_type=Path), default=Path("auditor.yaml"), show_default=True)
@click.option("--registers", "folder", type=click.Path(path_type=Path), help="Also write empty registers with headers.")
@click.option("--profile", default="", help="CRM profile to read with, instead of the recognised one.")
@click.option(
    "--fields",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_fields,
    help="Print every section and register with its fields, and do nothing else.",
)
@click.option("--yes", is_flag=True, help="Ask nothing; take the defaults.")
def command(source: str, out: Path, folder: Path | None, profile: str, yes: bool) -> int:
    """Look at SOURCE, recognise the CRM, and write a commented policy to start from.

    The policy names the source, its profile and time zone, what could not be read, and the registers that would let
    most rules be judged, each with its columns. Where no profile fits, one is proposed from names and written beside
    the policy for review. Nothing that is there is overwritten.

    \b
    Examples:
      auditor init crm.sqlite
      auditor init exports/ --registers registers --yes
    """
    if out.exists():
        raise UsageError("There is a policy already.", where=str(out), do="Name another file: --out FILE")
    looked = _look(source, profile)
    name = plain(looked.info.name)
    click.echo(f"{name}: {looked.used.title or 'no known CRM'} ({plain(looked.used.reason)}).")
    answers = _Answers() if yes or not (sys.stdin.isatty() and sys.stderr.isatty()) else _ask(looked, folder is None)
    folder = folder or (out.parent / answers.templates if answers.templates else None)
    written = []
    own = _own_profile(looked, out)
    if own is not None:
        written.append(own)
    written += _templates(folder, looked) if folder is not None else []
    _write(out, "\n".join(_policy(source, looked, answers, out, folder, own)) + "\n")
    for path in (out, *written):
        click.echo(str(path))
    click.echo(f"Review it, then: auditor audit -c {out}")
    return CLEAN


# --- looking ---------------------------------------------------------------------------------------------------


def _look(source: str, asked: str) -> _Looked:
    from auditor.crm.binding import choose
    from auditor.inventory import take
    from auditor.sources import open_source

    progress = steps()
    try:
        with open_source(resolved(source)) as opened:
            progress("Looking at names and a few values")
            profile, used = choose(opened.info, take([opened], values=50, progress=progress), asked or None)
            return _Looked(opened.info, used, profile, _waiting(profile.fills if profile else ()))
    finally:
        clear()


def _waiting(fills: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """By relation that nothing fills, the rules that read it; the relation that most wait for first."""
    from auditor.relations import load_relations
    from auditor.rules.compiled import rule_reads
    from auditor.rules.loading import load_rules_or_raise

    relations = load_relations()
    waiting: dict[str, dict[str, None]] = {}
    for compiled in load_rules_or_raise():
        read = {compiled.rule.relation, *(n for r in rule_reads(compiled, relations) for n, _ in r.fields)}
        for name in read:
            if relations[name].register and name not in fills and not relations[name].completes:
                waiting.setdefault(name, {})[compiled.rule.id] = None
    order = sorted(waiting, key=lambda name: (-len(waiting[name]), name))
    return {name: tuple(sorted(waiting[name])) for name in order}


def _ask(looked: _Looked, templates: bool) -> _Answers:
    """At most four questions, on a terminal only."""
    name = click.prompt("Name of the organisation", default=_Answers().organisation, err=True)
    places = click.prompt("Countries in which it is established (ISO codes, such as DE FR)", default="", err=True)
    usual = (looked.profile.zone if looked.profile else "") or "UTC"
    zone = click.prompt("Time zone of times that state none", default=usual, err=True)
    folder = click.prompt("Folder for empty registers with headers (blank for none)", default="", err=True)
    codes = tuple(code.upper() for code in re.findall(r"[A-Za-z]{2}", places))
    return _Answers(name, codes, "" if zone == usual else zone, folder if templates else "")


# --- writing ---------------------------------------------------------------------------------------------------


def _policy(
    source: str, looked: _Looked, answers: _Answers, out: Path, folder: Path | None, own: Path | None
) -> Iterator[str]:
    name = looked.info.name
    location = source.partition("=")[2] if source.startswith(f"{name}=") else source
    profile = own.name if own is not None else looked.used.profile
    yield "# The policy of an audit, written by `auditor init` as a start. docs/policy.md says what each section means."
    yield f"organisation: {{name: {_quoted(answers.organisation)}}}"
    if answers.establishments:
        yield f"establishments: [{', '.join(map(_quoted, answers.establishments))}]"
    else:
        yield "# Where the organisation is established decides which laws apply to everybody (GDPR Art. 3(1))."
        yield "# establishments: [DE]"
    yield ""
    yield "sources:"
    hidden = _PASSWORD.sub(r"\1${CRM_PASSWORD}@", location)
    yield f"  {_quoted(name)}: {_quoted(hidden)}"
    yield f"# {plain(looked.used.title) or 'no known CRM'}: {plain(looked.used.reason)}"
    if profile:
        yield "profiles:"
        yield f"  {_quoted(name)}: {_quoted(profile)}" + ("   # inferred from names: review it" if own else "")
    zone = answers.zone or (looked.profile.zone if looked.profile else "")
    yield "" if zone else "# Times that state no zone are taken as UTC."
    yield from (
        ("time_zones:", f"  {_quoted(name)}: {_quoted(zone)}")
        if zone
        else ("# time_zones: {" + _quoted(name) + ": Europe/Berlin}",)
    )
    yield ""
    yield "# What cannot be read makes an audit incomplete (exit code 3), unless it is declared here until a date."
    gaps = [skipped for skipped in looked.info.skipped if skipped.gap]
    yield "known_gaps: []"
    for gap in gaps:
        yield f"#  - {{what: {_quoted(gap.what)}, reason: {_quoted(gap.why)}, owner: WHO, expires: 2027-12-31}}"
    yield from _proposed(looked, out, folder)


def _proposed(looked: _Looked, out: Path, folder: Path | None) -> Iterator[str]:
    from auditor.relations import load_relations

    relations = load_relations()
    yield ""
    yield "# What no CRM holds. Fill in what you have and take the # away; the number says how many rules wait for it."
    for name in looked.waiting:
        if relations[name].section:
            yield f"# {relations[name].section}:{_rules(looked.waiting[name])}"
            yield f"#   - {{{', '.join(_example(relations[name]))}}}"
    yield ""
    yield "# Registers: files beside this one (CSV, TSV, JSON, Parquet), their columns named like the fields."
    yield "# registers:"
    for name in _registers(looked):
        path = _file(folder or Path("registers"), name)
        shown = path.relative_to(out.parent) if folder and path.is_relative_to(out.parent) else path
        yield f"#   {name}: {_quoted(shown.as_posix())}{_rules(looked.waiting[name])}"
        yield f"#     # columns: {', '.join(_header(relations[name]))}"


def _registers(looked: _Looked) -> list[str]:
    """Relations that are kept in files, not in the policy itself."""
    from auditor.relations import load_relations

    return [name for name in looked.waiting if not load_relations()[name].section][:_MOST]


def _rules(waiting: tuple[str, ...]) -> str:
    return f"   # {len(waiting)} rule{'s' if len(waiting) != 1 else ''}: {', '.join(waiting[:4])}" + (
        " ..." if len(waiting) > 4 else ""
    )


def _example(relation: Relation) -> Iterator[str]:
    shown = {"flag": "true", "time": "2026-01-31", "number": "24", "country": "DE", "presence": "yes"}
    yield "name: NAME"
    for known in relation.fields.values():
        value = known.values[0] if known.values else shown.get(known.type, "TEXT")
        yield f"{known.name}: {value}"


def _header(relation: Relation) -> tuple[str, ...]:
    from auditor.policy_registers import DELETED, fields_of

    return tuple(name for name in fields_of(relation) if name != DELETED)


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.csv"


def _templates(folder: Path, looked: _Looked) -> list[Path]:
    """Empty registers with a header each; those that are there are left as they are."""
    from auditor.relations import load_relations

    relations = load_relations()
    made = []
    for name in _registers(looked):
        path = _file(folder, name)
        if path.exists():
            click.echo(f"auditor: {path} is there already and was left as it is.", err=True)
            continue
        _write(path, ",".join(_header(relations[name])) + "\n")
        made.append(path)
    return made


def _own_profile(looked: _Looked, out: Path) -> Path | None:
    """Where no profile fits, the one inferred from names, written out beside the policy."""
    from auditor.crm.profiles import INFERRED
    from auditor.crm.writing import written

    if looked.profile is None or looked.used.profile != INFERRED:
        return None
    stem = re.sub(r"\W+", "_", looked.info.name).strip("_").lower() or "crm"
    path = out.parent / f"{stem}_profile.yaml"
    if path.exists():
        raise UsageError("There is a profile already.", where=str(path), do="Move it away, or name it: --profile FILE")
    head = (
        "# Proposed by `auditor init` from names and a few values: every line is a guess until you have checked it.\n"
    )
    _write(path, head + written(looked.profile, path.stem, f"{looked.info.name} (inferred from names)"))
    return path


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise ReportError(f"The file cannot be written: {error.strerror}.", where=str(path)) from None


def _quoted(text: str) -> str:
    """A text as YAML reads it back, on one line."""
    return text if re.fullmatch(r"[A-Za-z][\w./-]*", text) and text.lower() not in _WORDS else json.dumps(text)


_WORDS = frozenset(("yes", "no", "true", "false", "null", "on", "off", "y", "n"))
