from __future__ import annotations

from auditor.inventory.lexicon import load_lexicon
from auditor.inventory.mask import examples
from auditor.inventory.take import Drawn, look_at_drawn
from auditor.model import CategoryFound, ColumnInfo, TableInfo

VALUES = ["Annabelle", "Bernadette", "Cornelius"]


def shown(category: str, values: list[str], *, reveal: bool) -> tuple[str, ...]:
    info = ColumnInfo("field")
    drawn = Drawn("crm", TableInfo("people", (info,)), info, len(values), len(values), values)
    return examples(look_at_drawn(drawn, load_lexicon()), [CategoryFound(category, 0.9, 1.0)], reveal=reveal)


def test_examples_are_unmasked_only_if_that_is_asked_for() -> None:
    assert shown("identity.name", VALUES, reveal=False) == ("A…", "B…", "C…")
    assert shown("identity.name", VALUES, reveal=True) == tuple(VALUES)


def test_secrets_and_free_text_stay_masked_even_then() -> None:
    assert shown("credential.password_secret", VALUES, reveal=True) == ("x",)
    notes = [f"{name} called on Monday and told us about the illness of her mother." for name in VALUES]
    assert not any(name in text for text in shown("identity.name", notes, reveal=True) for name in VALUES)
