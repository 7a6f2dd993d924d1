"""What stands out above a level: by sums in floats, by fractions, and next to the level."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.row_oracle import expected

from actinit import reference as ref
from actinit.reference.arithmetic import levels


def rows(fmt, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(60, 7)) * rng.choice([1e-9, 0.05, 0.4, 3], (60, 1))
    x[::3] = np.round(x[::3] * 4) / 4  # elements at the level
    x[1::6] += rng.choice([100.0, -1e4], (10, 1))
    return x.astype(fmt), rng.normal(size=x.shape)


@pytest.mark.parametrize("fmt", ["float64", "float32", "bfloat16", "float8_e5m2"])
def test_fractions_decide_what_sums_leave_open(monkeypatch, fmt):
    x, u = rows(fmt, 1)
    before = [ref.sparsemax(x), ref.sparsemax.vjp(x, u)]
    found = levels._levels

    def open_level(numbers):
        level = found(numbers)
        return level._replace(open=np.ones(len(numbers), dtype=bool))

    monkeypatch.setattr(levels, "_levels", open_level)
    after = [ref.sparsemax(x), ref.sparsemax.vjp(x, u)]
    assert [one.tobytes() for one in after] == [one.tobytes() for one in before]


def test_ordinary_rows_need_no_fractions(monkeypatch):
    def refuse(_):
        raise AssertionError("an exact row")

    monkeypatch.setattr(levels, "_exact_level", refuse)
    for fmt in ("float64", "float32", "float16", "bfloat16"):
        x, u = rows(fmt, 2)
        ref.sparsemax(x)
        ref.sparsemax.vjp(x, np.round(u * 8))


@pytest.mark.parametrize(
    "x",
    [
        [0.0, -1 + 2.0**-53, -5.0],
        [0.0, np.nextafter(-1, -2), -1.0],
        [2.0**-1074, -1.0, -1 + 2.0**-52],
        [1.0, 2.0**-1074, 0.0],
        [1e16, 1e16 - 2, 1e16],
        [0.1, 0.1, 0.1 - 2.0**-56, 0.4, -0.6],
        [0.0, -(2.0**-54), -(2.0**-54), -(2.0**-200)],  # what two floats lose decides a tie
    ],
)
def test_next_to_the_level_and_to_ties(x):
    for what, of in (("sparsemax", ref.sparsemax(x)), ("sparsemax derivative", None)):
        got = of if of is not None else ref.sparsemax.derivative(x).ravel()
        assert got.tolist() == expected(what, x, "float64").tolist()


def test_a_long_row_of_ties():
    y = ref.sparsemax(np.zeros((1, 30_000)))
    assert np.unique(y).tolist() == [1 / 30_000]
