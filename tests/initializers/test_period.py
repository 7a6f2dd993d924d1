"""Weights that come again in a tensor larger than the stream behind it."""

from __future__ import annotations

import numpy as np
import pytest

from actinit.conformance.initializers.period import comes_again

WEIGHTS = np.random.default_rng(1).random(5000, dtype=np.float32)


@pytest.mark.parametrize("period", [1, 63, 64, 65, 2500, 4936])
def test_a_stream_that_begins_again_is_seen_wherever_that_is(period):
    assert comes_again(np.resize(WEIGHTS[:period], 5000)) == (period, True)


@pytest.mark.parametrize("period", [4937, 4999])
def test_of_less_than_a_run_nothing_is_said(period):
    assert comes_again(np.resize(WEIGHTS[:period], 5000)) is None


def test_what_begins_otherwise_than_it_goes_on_is_seen_at_the_end():
    weights = WEIGHTS.copy()
    weights[10:] = np.resize(weights[10:1010], 4990)
    assert comes_again(weights) == (1000, False)


def test_single_weights_may_come_twice():
    weights = WEIGHTS.copy()
    weights[1000:1063] = weights[:63]
    assert comes_again(weights) is None
    weights[1063] = weights[63]
    assert comes_again(weights) == (1000, True)
    assert comes_again(np.round(WEIGHTS, 2)) is None
