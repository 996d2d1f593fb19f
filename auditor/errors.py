"""Every error a user can cause, as one small tree.

AuditError            says what is wrong, where, and what to do; never holds a value of the audited data
  UsageError          the command line or a path on it
  KnowledgeError      a YAML file: rules, profiles, relations, the policy
    ExpressionError   an expression of the rule language
  SourceError         a source, table, file or column that cannot be read
    NoSourceError     what was named is not there, or is nothing that is read: wrong usage
  InventoryError      a model or a detector that cannot be used
  StageError          the embedded stage
  ReportError         an output that cannot be written
"""

from __future__ import annotations


class AuditError(Exception):
    """What is wrong, where, and what to do, each in plain words.

    `where` is `file:line:column` or `source.table.column`, empty when the sentence already says it.
    """

    def __init__(self, what: str, *, where: str = "", do: str = "") -> None:
        self.what = what
        self.where = where
        self.do = do
        super().__init__(what, where, do)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        cure = f" {self.do}" if self.do else ""
        return f"{place}{self.what}{cure}"

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.what, self.where, self.do))


def _rebuild(kind: type[AuditError], what: str, where: str, do: str) -> AuditError:
    return kind(what, where=where, do=do)


class UsageError(AuditError):
    """The command line, or a path named on it."""


class KnowledgeError(AuditError):
    """A YAML file: a rule, a profile, a relation, the policy."""


class ExpressionError(KnowledgeError):
    """An expression of the rule language."""


class SourceError(AuditError):
    """A source, table, file or column that cannot be read."""


class NoSourceError(SourceError):
    """What was named as a source is not there, or is of no kind that is read."""


class InventoryError(AuditError):
    """A model or detector that cannot be used."""


class StageError(AuditError):
    """The embedded stage in which everything is judged."""


class ReportError(AuditError):
    """An output that cannot be written."""
