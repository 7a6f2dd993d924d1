"""The error metric at its edges."""

from __future__ import annotations

import math

import numpy as np
import pytest

from actinit.conformance.error.metric import measure, ulp
from actinit.conformance.formats import FORMATS
from actinit.conformance.oracle import Exact

F16, BF16, F32, F64 = (FORMATS[name] for name in ("float16", "bfloat16", "float32", "float64"))


def error(got, rounded, fmt, residual=0.0, **more):
    exact = Exact(np.array([rounded], dtype=np.float64), np.array([residual]))
    found = measure(np.array([got]).astype(fmt.dtype), exact, fmt, **more)
    return {name: getattr(found, name)[0] for name in found._fields}


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_ulp_is_the_gap_above_every_power_of_two(fmt):
    for exponent in (fmt.emin, -3, 0, 5, fmt.emax):
        assert ulp(np.array(2.0**exponent), fmt) == 2.0 ** (exponent - fmt.precision + 1)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_ulp_of_subnormals_and_zero_is_the_smallest_number(fmt):
    smallest = 2.0 ** (fmt.emin - fmt.precision + 1)
    assert ulp(np.array(0.0), fmt) == smallest
    assert ulp(np.array(smallest), fmt) == smallest
    assert float(np.asarray(smallest).astype(fmt.dtype)) == smallest


def test_ulp_agrees_with_python_for_float64():
    for value in (1.0, 1.5, 2.0 - 2**-52, 3e300, 1e-310, 5e-324, 1.7e308):
        assert ulp(np.array(value), F64) == math.ulp(value)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_a_neighbour_is_one_ulp_off(fmt):
    one = np.ones(1, dtype=fmt.dtype)
    above = fmt.from_bits(one.view(fmt.bits) + fmt.bits.type(1))
    assert error(above[0], 1.0, fmt)["ulps"] == 1.0


def test_the_residual_counts_in_float64():
    assert error(1.0, 1.0, F64, residual=0.25)["ulps"] == 0.25
    assert error(1.0 + 2**-52, 1.0, F64, residual=0.25)["ulps"] == 0.75


def test_just_below_a_power_of_two_the_ulp_is_half():
    # The exact value is 1 - 2**-54, in the binade below: half of *its* ulp from 1.
    assert error(1.0, 1.0, F64, residual=-0.25)["ulps"] == 0.5
    assert error(-1.0, -1.0, F64, residual=0.25)["ulps"] == 0.5


def test_nan_is_right_only_where_nan_is_right():
    assert error(np.nan, np.nan, F32)["ulps"] == 0
    for got, right in ((np.nan, 1.0), (1.0, np.nan), (np.inf, np.nan), (np.nan, np.inf)):
        found = error(got, right, F32)
        assert found["ulps"] == np.inf
        assert found["nonfinite"]


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_overflow_an_ulp_early_is_a_small_error(fmt):
    largest = fmt.row.largest
    found = error(np.inf, largest, fmt)
    assert found["ulps"] == 1.0
    assert not found["nonfinite"]
    far = error(np.inf, largest / 2, fmt)
    assert far["ulps"] == np.inf
    assert far["nonfinite"]


def test_beyond_the_format_infinity_is_right():
    assert error(np.inf, 1e39, F32)["ulps"] == 0
    assert error(np.finfo(np.float32).max, 1e39, F32)["ulps"] == 1
    assert error(-np.inf, 1e39, F32)["ulps"] > 2**24
    assert error(np.inf, np.inf, F64)["ulps"] == 0
    assert error(1.0, np.inf, F64)["ulps"] > 2**50
    assert error(np.finfo(np.float64).max, np.inf, F64)["ulps"] == 1


def test_opposite_huge_numbers_do_not_cancel():
    assert error(-1.7e308, 1.7e308, F64)["ulps"] > 2**53


def test_zeros_have_no_error_whatever_their_sign():
    assert error(-0.0, 0.0, F32)["ulps"] == 0
    assert not error(-0.0, 0.0, F32)["wrong_sign"]


def test_flushing_is_counted_apart():
    found = error(0.0, 1e-40, F32)
    assert found["flushed_result"]
    assert found["ulps"] == 0
    assert error(0.0, 2.0**-149, F32)["flushed_result"]
    # Half of the smallest subnormal and less is zero by rounding, not by policy.
    assert not error(0.0, 2.0**-150, F32)["flushed_result"]
    # A normal number is not flushed but lost.
    lost = error(0.0, 2e-38, F32)
    assert not lost["flushed_result"]
    assert lost["ulps"] > 2**23


def test_a_flushed_input_is_told_from_an_error():
    x = np.array([1e-40], dtype=np.float32)
    at_zero = (np.zeros(1, dtype=np.float32),) * 2
    # relu'(1e-40) is 1; a backend that takes the input for 0 says 0.
    found = error(0.0, 1.0, F32, x=x, at_zero=at_zero)
    assert found["flushed_input"]
    assert found["ulps"] == 0
    assert not error(0.5, 1.0, F32, x=x, at_zero=at_zero)["flushed_input"]
    kink = (np.zeros(1, dtype=np.float32), np.ones(1, dtype=np.float32))
    assert error(0.5, 1.0, F32, x=x, at_zero=kink)["flushed_input"]
    normal = np.array([1e-30], dtype=np.float32)
    assert not error(0.0, 1.0, F32, x=normal, at_zero=at_zero)["flushed_input"]


def test_wrong_sign_is_seen():
    assert error(-1e-9, 1e-9, F32)["wrong_sign"]
    assert not error(0.0, 1e-9, F32)["wrong_sign"]


@pytest.mark.parametrize("fmt", [F16, BF16], ids=lambda fmt: fmt.name)
def test_rounding_to_the_format_costs_at_most_half_an_ulp(fmt):
    exact = np.linspace(-300, 300, 100_001)
    exact = np.concatenate([exact, exact * 2.0**-18, exact * 2.0**-24])
    found = measure(exact.astype(fmt.dtype), Exact(exact, np.zeros_like(exact)), fmt)
    assert found.ulps.max() <= 0.5
    assert found.ulps.max() > 0.49


def test_a_zero_of_the_other_sign_is_counted_where_zero_may_come_back():
    for right in (0.0, 1e-60, 1e-40):
        assert error(-0.0, right, F32)["zero_sign"]
        assert not error(0.0, right, F32)["zero_sign"]
        assert error(0.0, -right, F32)["zero_sign"]
    # Where what is right is normal, the number is lost, not the sign.
    assert not error(-0.0, 1.0, F32)["zero_sign"]


def test_only_a_mismatch_has_an_infinite_error():
    huge = error(1.0, 1e-310, F64)
    assert math.isfinite(huge["ulps"])
    assert not huge["nonfinite"]


def test_what_is_not_finite_is_no_flush():
    x = np.array([1e-40], dtype=np.float32)
    found = error(0.0, np.nan, F32, x=x, at_zero=(np.zeros(1), np.zeros(1)))
    assert found["nonfinite"]
    assert not found["flushed_input"]
    assert found["ulps"] == np.inf
