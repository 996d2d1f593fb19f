"""What a sample promises holds in at least 95 of 100 trials, and reading every value leaves nothing to promise."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.inventory.promise import interval, missed_below, promise, sample_for


def test_the_promised_bound_holds_in_95_percent_of_1000_trials():
    draw = random.Random(20261121)
    broken = 0
    for _ in range(1_000):
        total, looked_at = draw.randint(500, 5_000), draw.randint(50, 400)
        # The worst case: just so many hits as the promise says there are not.
        hits = int(missed_below(looked_at, total) * total) + 1
        seen = draw.sample(range(total), looked_at)
        broken += all(place >= hits for place in seen)
    assert broken <= 50


@given(st.floats(1e-5, 0.5))
def test_a_sample_for_a_bound_keeps_it_and_one_value_less_does_not(share: float):
    size = sample_for(share)
    assert missed_below(size, 10**9) <= share * (1 + 1e-9)
    assert size == 1 or missed_below(size - 1, 10**9) > share


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_looking_at_more_never_promises_less(few: int, more: int):
    few, more = sorted((few, more))
    assert missed_below(more, 10_001) <= missed_below(few, 10_001)


def test_every_value_looked_at_leaves_nothing_to_promise():
    assert missed_below(7, 7) == 0.0
    assert promise(7, 7) == "All 7 values were looked at."
    assert "1,000 of 50,000" in promise(1_000, 50_000)
    assert "0.30%" in promise(1_000, 50_000)


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0, 2.0])
def test_a_share_that_is_none_is_refused(share: float):
    with pytest.raises(ValueError, match="between 0 and 1"):
        sample_for(share)


def test_the_interval_of_a_prevalence_holds_in_95_percent_of_1000_trials():
    draw, outside = random.Random(7), 0
    for _ in range(1_000):
        total, looked_at, share = draw.randint(500, 5_000), draw.randint(50, 400), draw.uniform(0.02, 0.98)
        having = round(share * total)
        seen = sum(place < having for place in draw.sample(range(total), looked_at))
        low, high = interval(seen / looked_at, looked_at, total)
        outside += not low <= having / total <= high
    assert outside <= 50


@given(st.floats(0, 1), st.integers(0, 10**6), st.integers(0, 10**6))
def test_an_interval_holds_its_share_and_has_no_width_where_every_value_was_looked_at(share, looked_at, more):
    low, high = interval(share, looked_at, looked_at + more)
    assert 0 <= low <= share + 1e-9
    assert share - 1e-9 <= high <= 1
    assert more or low == high
