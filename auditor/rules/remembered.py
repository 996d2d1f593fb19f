"""What an interrupted audit has judged already, for the run that goes on with it.

The results of one relation lie in the stage that the interrupted run left, beside the rows they were judged on: nothing
but what the report would hold. They are taken for ours only under the key of the audit, and for the very same rules.
"""

from __future__ import annotations

import hashlib
import hmac
import pickle
from collections.abc import Sequence
from dataclasses import dataclass

from auditor.model import RuleResult, State
from auditor.rules.compiled import CompiledRule
from auditor.stage import Stage

_SEAL = 32


@dataclass(frozen=True, slots=True)
class Remembered:
    """Results by the rules they are of, in a stage that outlives a kill."""

    stage: Stage
    key: bytes

    def recall(self, rules: Sequence[CompiledRule]) -> tuple[RuleResult, ...] | None:
        """The results of exactly these rules; None if they were not all judged."""
        kept = self.stage.kept(self._name(rules))
        if kept is None:
            return None
        seal, data = kept[:_SEAL], kept[_SEAL:]
        # Unpickling runs what it is told to, so it is told only what a holder of the key has written.
        if not hmac.compare_digest(seal, self._seal(data)):
            return None
        results: tuple[RuleResult, ...] = pickle.loads(data)  # noqa: S301
        return results

    def keep(self, rules: Sequence[CompiledRule], results: Sequence[RuleResult]) -> None:
        """Keeps what came of these rules, unless one broke, which may go well the next time."""
        if any(place.state is State.ERROR for result in results for place in result.places):
            return
        data = pickle.dumps(tuple(results))
        self.stage.keep(self._name(rules), self._seal(data) + data)

    def _name(self, rules: Sequence[CompiledRule]) -> str:
        return hashlib.blake2b(repr([compiled.rule for compiled in rules]).encode(), digest_size=16).hexdigest()

    def _seal(self, data: bytes) -> bytes:
        return hashlib.blake2b(data, key=hashlib.blake2b(self.key).digest(), digest_size=_SEAL).digest()
