"""Whether dates name the day before the month."""

from __future__ import annotations

import pytest

from auditor.inventory.day_order import day_first


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["31/12/2024", "01/02/2024"], True),
        (["12/31/2024 10:15", "01/02/2024 9:00 PM"], False),
        (["01/02/2024", "03/04/2024"], None),
        (["31/12/2024", "12/31/2024"], None),
        (["01.02.2024"], True),
        (["12.31.2024"], None),
        (["2024-12-31"], None),
        (["31/12/2024", "hello", "world"], None),
        ([], None),
    ],
)
def test_the_dates_tell_their_order(texts: list[str], expected: bool | None) -> None:
    assert day_first(texts) is expected
