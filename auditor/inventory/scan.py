"""Every value of a table against the validators that decide on one hit, while the table is read for its sample.

Arrow's own matcher narrows each batch down to the values that could pass; only those become Python values. Memory is
that of one batch, whatever the table's size.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from auditor.inventory.checks import CHECKS, Check, emails_inside, iban_inside, is_email
from auditor.inventory.column import LONGEST
from auditor.inventory.identifiers import load_identifiers
from auditor.inventory.lexicon import fold, load_lexicon
from auditor.inventory.passing import Passing
from auditor.inventory.shapes import readable
from auditor.inventory.weigh import Tested
from auditor.model import TableInfo
from auditor.sources import Source

# A value that passes a strong validator matches this: an at sign (or its entity), check digits of an IBAN, the marks of
# a password hash, colons of a hardware or IPv6 address, or the digits of the strong identity numbers.
CANDIDATE = (
    r"@|&[#a-z]|[A-Za-z]{2}[ -]?[0-9]{2}[ -]?[A-Za-z0-9]|\$[^ ]{8}|\{[A-Za-z]|(?:[0-9A-Fa-f]{2}[:-]){5}"
    r"|(?::[0-9A-Fa-f]{0,4}){3}|7[ ./-]?5[ ./-]?6(?:[ ./-]*[0-9]){10}|(?:[0-9][ ./-]*){17}[0-9Xx]"
    r"|^[A-Za-z0-9+/]{24,}={0,2}$|A[KS]IA|gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|AIza|k_(?:live|test)_|SG\."
    r"|npm_|pypi-|\bsk-|eyJ|PRIVATE KEY|\^[^^]{2,26}\^|[0-9]{12}=[0-9]{7}|://[^ ]+:"
)


# What a validator needs to see at least; the identity numbers that are strong are long runs of digits.
ANY = re.compile(r"(?:[0-9][ ./-]*){12}")
SIGNS = {
    "any-email": re.compile("@"),
    "any-iban": re.compile(r"[A-Z]{2}[0-9]{2}"),
    "iban": re.compile(r"^[A-Za-z]{2}[ -]?[0-9]"),
    "password-hash": re.compile(r"\$|^\{"),
    "key": re.compile(r"[-_.:]|[AI]"),
    "track": re.compile(r"[\^=]"),
    "mac": re.compile(r"^[0-9A-Fa-f]{2}[:-]"),
    "ipv6": re.compile(r":.*:.*:"),
}


@dataclass(slots=True)
class Tally:
    """How many values of one column passed each strong validator, of how many that were not empty."""

    values: int = 0
    hits: Counter[str] = field(default_factory=Counter)

    def tested(self) -> list[Tested]:
        """As evidence about all values."""
        return [
            Tested(check, n, self.values, n / self.values, unit="values")
            for check in strong_checks()
            if (n := self.hits[check.id])
        ]


def strong_checks() -> tuple[Check, ...]:
    """The validators that decide on one hit; addresses of no one person are left to the sample."""
    whole = [c for c in (*CHECKS, *load_identifiers()) if c.strong and c.id != "email"]
    return (
        Check("any-email", "contact.email_personal", "or hold an e-mail address", 1e-7, _personal_email),
        Check("any-iban", "financial.bank_account", "or hold an IBAN", 1e-5, iban_inside),
        *whole,
    )


def _personal_email(value: str) -> bool:
    addresses = emails_inside(value) or ([value] if is_email(value) else [])
    mailboxes = load_lexicon().words["mailboxes"]
    return any(fold(a.split("@")[0].split("<")[-1].removeprefix("mailto:")) not in mailboxes for a in addresses)


class Watched(Passing):
    """A source whose batches are scanned on their way; `tallies` holds what was found, by table and column.

    `clean` takes words out of a value before it is looked at.
    """

    def __init__(self, source: Source, clean: Callable[[str], str] | None = None) -> None:
        super().__init__(source)
        self._clean = clean
        self._checks = [(check, SIGNS.get(check.id, ANY)) for check in strong_checks()]
        self.tallies: dict[tuple[str, str, str], Tally] = {}

    def read(self, table: TableInfo, columns: Sequence[str], *, batch_rows: int = 50_000) -> Iterator[pa.RecordBatch]:
        """See Source; looks at every value that passes by."""
        for batch in self._source.read(table, columns, batch_rows=batch_rows):
            for name, column in zip(columns, batch.columns, strict=True):
                self._scan(self.tallies.setdefault((table.schema, table.name, name), Tally()), column)
            yield batch

    def _scan(self, tally: Tally, column: pa.Array) -> None:
        filled = column.filter(pc.not_equal(pc.utf8_trim_whitespace(column), ""))
        tally.values += len(filled)
        for value, count in _candidates(filled):
            # What the matcher reads is cut like what the sample reads.
            text = readable((self._clean(value) if self._clean else value)[:LONGEST]).strip()
            for check, sign in self._checks:
                if sign.search(text) and check.passes(text):
                    tally.hits[check.id] += count


def _candidates(column: pa.Array) -> Iterable[tuple[str, int]]:
    hit = column.filter(pc.match_substring_regex(column, CANDIDATE))
    return ((v["values"], v["counts"]) for v in pc.value_counts(hit).to_pylist()) if len(hit) else ()


def found_in(tallies: Mapping[tuple[str, str, str], Tally], table: TableInfo, column: str) -> tuple[Tested, ...]:
    """What the scan says about one column."""
    tally = tallies.get((table.schema, table.name, column))
    return tuple(tally.tested()) if tally else ()
