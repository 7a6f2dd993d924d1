"""Rounding to a narrow format happens once."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from actinit import reference as ref
from actinit.conformance.formats import FORMATS
from actinit.reference._rounding import rounded

BF16 = FORMATS["bfloat16"].dtype


def nearest_bfloat16(value):
    """Round to 8 significant bits in exact arithmetic, ties to even; for normal results."""
    exact = Fraction(value)
    exponent = -7
    while abs(exact) >= Fraction(2) ** (exponent + 8):
        exponent += 1
    while abs(exact) < Fraction(2) ** (exponent + 7):
        exponent -= 1
    unit = Fraction(2) ** exponent
    return float(round(exact / unit) * unit)  # Python rounds a fraction to even


def test_a_number_just_past_a_tie_goes_up():
    past = 1 + 2**-8 + 2**-40  # float32 makes it the tie, which goes down to even
    assert float(np.float64(past).astype(np.float32).astype(BF16)) == 1.0
    assert float(rounded(np.float64([past]), BF16)[0]) == 1 + 2**-7


def test_every_tie_and_its_neighbours():
    significands = np.arange(128, 256) / 128 + 2.0**-8
    for value in (*significands, *(significands + 2.0**-45), *(significands - 2.0**-45)):
        for signed in (value, -value):
            assert float(rounded(np.float64([signed]), BF16)[0]) == nearest_bfloat16(signed)


@pytest.mark.parametrize("value", [0.0, -0.0, np.inf, -np.inf, 1e-45, 1e-60, 3.4e38, 1e300, -1e300])
def test_edges_are_those_of_a_plain_conversion(value):
    plain = np.float64([value]).astype(np.float32).astype(BF16) if abs(value) < 1e299 else None
    got = rounded(np.float64([value]), BF16)
    if plain is None:
        assert float(got[0]) in (np.inf, -np.inf)
    else:
        assert got.view(np.uint16) == plain.view(np.uint16)


def test_nan_stays_nan():
    assert np.isnan(float(rounded(np.float64([np.nan]), BF16)[0]))


def test_the_other_formats_are_rounded_by_numpy():
    x = np.random.default_rng(0).normal(size=1000)
    for name in ("float16", "float32", "float64"):
        dtype = FORMATS[name].dtype
        assert np.array_equal(rounded(x, dtype), x.astype(dtype))


def test_the_reference_uses_it():
    x = np.array(0.625, dtype=BF16)
    assert ref.sigmoid(x).shape == ()
    assert float(ref.sigmoid(x)) == nearest_bfloat16(float(ref.sigmoid(0.625)))


def test_a_root_in_the_middle_of_two_numbers_goes_to_even():
    for steps in (1, 3):
        middle = 1 + steps * 2.0**-11
        # (x + sqrt(x**2 + b)) / 2 is the middle, exactly.
        b = 4 * middle * (middle - 0.5)
        assert ref.squareplus(np.float16(0.5), b=b) == np.float16(middle)
        for beside in (np.nextafter(b, 0), np.nextafter(b, 9)):
            near = ref.squareplus(np.float16(0.5), b=beside)
            assert near == np.float16(middle + np.sign(beside - b) * 2.0**-12)


@pytest.mark.parametrize(
    ("dtype", "precision"), [("float16", 11), ("float32", 24), ("float64", 53)]
)
def test_next_to_nothing_decides_in_the_middle_of_two_numbers(dtype, precision):
    """x - tanh(x) is more than x - 1, which is such a middle where numbers are 2 apart."""
    apart_by_2 = (2.0**precision + 2 * np.arange(1, 65)).astype(dtype)
    apart_by_1 = apart_by_2 / 2
    for sign in (1, -1):
        assert (ref.tanh_shrink(sign * apart_by_2) == sign * apart_by_2).all()
        assert (ref.tanh_shrink(sign * apart_by_1) == sign * (apart_by_1 - 1)).all()
