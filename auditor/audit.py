"""The sentence: sources -> inventory -> binding -> rules -> findings. Writers and exit codes are the caller's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from auditor import __version__
from auditor.crm.binding import bind
from auditor.errors import AuditError, SourceError, UsageError
from auditor.findings.assemble import conclude, find, unlocks
from auditor.findings.baseline import compare, gone, read_baseline
from auditor.findings.exceptions import apply_exceptions, read_exceptions
from auditor.findings.pictures import pictures, with_pictures
from auditor.findings.scope import scope_changes
from auditor.inventory import take
from auditor.inventory.own_recognizers import own_files
from auditor.jurisdictions import load_jurisdictions
from auditor.memory import give_back
from auditor.model import AuditResult, Binding, Coverage, Inventory, Skipped, TableCoverage
from auditor.policy import Policy
from auditor.relations import load_relations
from auditor.rules.compiled import CompiledRule, needs
from auditor.rules.evaluate import RecordSink, evaluate
from auditor.rules.loading import Pack, load_remediation
from auditor.rules.remembered import Remembered
from auditor.sources import Source, open_source, shown
from auditor.stage import open_stage, stage_errors
from auditor.stage_files import Keep
from auditor.stage_resume import keep_for

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Options:
    """What one audit is asked to do. No `packs` means: the law-neutral ones, and the regimes of the people found."""

    as_of: date
    packs: tuple[str, ...] = ()
    profile: str = ""
    seed: int = 0
    values: int | None = 1000
    """Values per column the inventory looks at; None for all."""
    workers: int = 0
    """Processes that read texts; as many as pay if 0."""
    baseline: Path | None = None
    exceptions: Path | None = None
    """The organisation's decisions about findings."""
    reveal: bool = False
    """Show examples of values unmasked in the data map."""
    key: bytes = b""
    lasting_key: bool = False
    """True if the key is the organisation's own, so that records can be compared with another audit's."""
    keep_on_interrupt: Callable[[], bool] = lambda: False
    """Asked after Ctrl-C, if a later run could go on with what was staged: whether it is to stay."""


def run(
    specs: Sequence[str],
    rules: Sequence[CompiledRule],
    packs: Mapping[str, Pack],
    policy: Policy,
    options: Options,
    progress: Progress,
    records: RecordSink | None = None,
) -> AuditResult:
    """One whole audit. Raises SourceError if no source opens; every other failure becomes part of the result.

    `records` is given every violating record, for a work list; the result itself holds counts and a few examples.
    """
    began = datetime.now(UTC)
    # What can be wrong in files is said before anything is read from a source.
    baseline = read_baseline(options.baseline) if options.baseline else None
    decisions = read_exceptions(options.exceptions) if options.exceptions else ()
    facts, relations = load_jurisdictions(), load_relations()
    keep = _keep(specs, rules, policy, options) if options.lasting_key else None
    with ExitStack() as stack:
        sources, unopened = _open_all(specs, stack, progress)
        inventory = take(
            sources, seed=options.seed, values=options.values, reveal=options.reveal, workers=options.workers,
            established=frozenset(policy.establishments), known=policy.known, progress=progress,
        )  # fmt: skip
        give_back()
        stage = stack.enter_context(open_stage(keep=keep))
        if stage.restarted:
            progress(stage.restarted)
        with stage_errors(where="stage"):
            binding = bind(
                sources, inventory, stage, policy=policy, as_of=options.as_of, key=options.key,
                needs=with_pictures(needs(rules)), profile=options.profile or None, progress=progress,
            )  # fmt: skip
        give_back()
        judged = _in_scope(rules, packs, binding, options.packs)
        progress(f"Judging {binding.people:,} people by {len(judged)} rules")
        results = evaluate(
            stage.connection, judged, binding, as_of=options.as_of, policy=policy, facts=facts,
            key=options.key, lasting=options.lasting_key, records=records, progress=progress,
            before=Remembered(stage, options.key) if stage.resumable else None,
        )  # fmt: skip
        with stage_errors(where="stage"):
            drawn = pictures(stage.connection, binding, facts, options.as_of)
        read = {(s.info.name, t.name): s.unread(t) for s in sources for t in s.info.tables}
    findings = find(results, load_remediation(), policy)
    lost = gone(findings, results, baseline, policy.settings) if baseline else ()
    compared = compare(findings, baseline) if baseline else findings
    decided, used = apply_exceptions(compared, decisions, options.as_of)
    result = AuditResult(
        organisation=policy.organisation,
        as_of=options.as_of,
        generated_at=datetime.now(UTC),
        tool_version=__version__,
        seed=options.seed,
        sources=(*(s.info for s in sources), *binding.registers),
        coverage=_coverage(sources, unopened, inventory, binding, read, policy, options.as_of, began),
        inventory=inventory,
        binding=binding,
        rules=results,
        findings=decided,
        packs=conclude(results, {name: pack.title for name, pack in packs.items()}),
        unlocks=unlocks(results, relations),
        assumptions=policy.assumptions,
        pictures=drawn,
        classification=policy.classification,
        delete_by=datetime.now(UTC).date() + timedelta(days=policy.keep_days),
        revealed=options.reveal,
        gone=lost,
        exceptions=used,
        settings=policy.settings,
    )
    return replace(result, scope_changes=scope_changes(result, baseline)) if baseline else result


def _keep(specs: Sequence[str], rules: Sequence[CompiledRule], policy: Policy, options: Options) -> Keep | None:
    """How a later run finds what this one staged, if it is killed; hashes of two runs agree only by a lasting key."""
    registers = tuple(_state(register.path) for register in policy.registers)
    settings = (policy, registers, options.as_of, options.profile, options.seed, options.values, options.packs)
    files = (options.profile, *policy.profiles.values(), *map(str, own_files(policy.known)))
    return keep_for(specs, options.key, with_pictures(needs(rules)), settings, files, options.keep_on_interrupt)


def _state(path: Path) -> tuple[int, int] | None:
    try:
        return path.stat().st_size, path.stat().st_mtime_ns
    except OSError:
        return None


def _open_all(
    specs: Sequence[str], stack: ExitStack, progress: Progress
) -> tuple[tuple[Source, ...], tuple[Skipped, ...]]:
    """Opens what can be opened; the rest is a gap, unless nothing is left."""
    sources: list[Source] = []
    errors: list[AuditError] = []
    for spec in specs:
        progress(f"Opening {shown(spec)}")
        try:
            source = stack.enter_context(open_source(spec))
        except SourceError as error:
            errors.append(error)
            continue
        if any(source.info.name == other.info.name for other in sources):
            raise UsageError(
                f"Two sources are called {source.info.name!r}.", do="Name one of them: NAME=PATH on the command line."
            )
        sources.append(source)
    if not sources:
        raise errors[0] if errors else UsageError("No source was given.", do="Name a database, a file or a folder.")
    return tuple(sources), tuple(Skipped(error.where or "source", error.what, gap=True) for error in errors)


def _in_scope(
    rules: Sequence[CompiledRule], packs: Mapping[str, Pack], binding: Binding, wanted: tuple[str, ...]
) -> tuple[CompiledRule, ...]:
    """The rules of the packs asked for, else the law-neutral ones and the regimes under which a person was found."""
    if wanted:
        return tuple(rule for rule in rules if rule.rule.pack in wanted)
    rules = [rule for rule in rules if not packs[rule.rule.pack].asked_for]
    found = {regime for regime, people in binding.regimes if people}
    if not found and any(not country and people for country, people in binding.countries):
        # Nobody's country is known: any regime may apply, so its rules are undetermined, never left out in silence.
        return tuple(rules)
    return tuple(rule for rule in rules if packs[rule.rule.pack].regime in found | {""})


def _coverage(
    sources: Sequence[Source],
    unopened: tuple[Skipped, ...],
    inventory: Inventory,
    binding: Binding,
    unread: dict[tuple[str, str], int],
    policy: Policy,
    as_of: date,
    began: datetime,
) -> Coverage:
    rows = {(c.source, c.table): c.rows for c in inventory.columns}
    sampled = {(c.source, c.table): c.read for c in inventory.columns}
    tables = tuple(
        TableCoverage(
            source=source.info.name,
            table=table.name,
            columns=len(table.columns),
            rows=rows.get((source.info.name, table.name), table.rows),
            staged=binding.staged.get((source.info.name, table.name)),
            unread=unread[source.info.name, table.name],
            sampled=sampled.get((source.info.name, table.name)),
            notes=table.notes,
        )
        for source in sources
        for table in source.info.tables
    )
    tables = (*tables, *_registers(binding))
    rejected = tuple(
        Skipped(f"{t.source}.{t.table}", "rows that do not fit the table's columns", gap=True, rows=t.unread)
        for t in tables
        if t.unread
    )
    infos = (*(source.info for source in sources), *binding.registers)
    declared = [s for info in infos for s in info.skipped]
    skipped = [*unopened, *declared, *inventory.failures, *binding.failures, *rejected, *_nobody(inventory, binding)]
    return Coverage(
        tables=tables,
        skipped=tuple(dict.fromkeys(_known(s, policy, as_of) for s in skipped)),
        read_from=began,
        read_until=datetime.now(UTC),
    )


def _nobody(inventory: Inventory, binding: Binding) -> Iterator[Skipped]:
    """A gap for each source that holds personal data, where no people were recognised anywhere."""
    if binding.people:
        return
    for used in binding.profiles:
        columns = sum(1 for c in inventory.columns if c.source == used.source and c.non_empty and c.personal)
        if columns and not used.profile:
            held = "one of its columns holds" if columns == 1 else f"{columns} of its columns hold"
            why = (
                f"No people were recognised in it, though {held} personal data, so no rule about people was judged. "
                "`auditor init` writes a profile to start from."
            )
            yield Skipped(used.source, why, gap=True)


def _registers(binding: Binding) -> tuple[TableCoverage, ...]:
    """What was read of the policy's sections and the registers it names."""
    read = {(place, table): (rows, unread) for place, table, rows, unread in binding.registers_read}
    return tuple(
        TableCoverage(
            source=info.name, table=table.name, columns=len(table.columns), rows=rows, staged=rows, unread=unread,
            notes=table.notes,
        )
        for info in binding.registers
        for table in info.tables
        for rows, unread in [read.get((info.name, table.name), (table.rows, 0))]
    )  # fmt: skip


def _known(skipped: Skipped, policy: Policy, as_of: date) -> Skipped:
    """A gap that the policy declares is said, but no longer makes the audit incomplete."""
    for known in policy.known_gaps:
        if known.covers(skipped.what, as_of):
            return replace(skipped, gap=False, why=f"{skipped.why} (known gap: {known.reason}; owner {known.owner})")
    return skipped
