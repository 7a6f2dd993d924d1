"""The oracle against independent sources: mpmath at a higher precision, and published tables."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from helpers.exactly import fraction, nearest, rounded
from helpers.formulas import FORMULAS, altered
from helpers.published import GLIBC, WORST

from actinit import spec
from actinit.conformance.expected import inputs
from actinit.conformance.expected.defaults import defaults
from actinit.conformance.formats import ARITHMETIC, FORMATS
from actinit.conformance.oracle import enclose, enclose_rows
from actinit.conformance.oracle.closed import rational, side

# By hand, and of every stratum of the suite's own sample.
POINTS = [-700.5, -37.0, -20.25, -1.3, -1e-8, -1e-300, 1e-300, 1e-8, 0.7, 18.0, 36.9, 500.0]
POINTS += [
    float(x) for x in inputs.scalars(FORMATS["float64"])[::12007] if 1e-300 < abs(x) < 1e4
]  # fmt: skip
ELEMENTWISE = [name for name, e in spec.activations.items() if e.shape == "elementwise"]


def high(name, x):
    """A second opinion, that of the tests' own formula."""
    return FORMULAS[name].value(mpmath.mpf(x))


def test_every_elementwise_function_has_a_formula():
    assert sorted(FORMULAS) == sorted(ELEMENTWISE)


def same(one, other):
    """Say whether two numbers are equal; what overflows a format without infinities is nan."""
    return one == other or (one != one and other != other)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_values_agree_with_mpmath(name):
    entry = spec.activations[name]
    exact = enclose(entry, "value", POINTS, defaults(entry), formats=list(FORMATS))
    in_formats = {fmt: exact.rounded_to(fmt) for fmt in FORMATS.values()}
    with mpmath.workprec(3000):
        for at, (x, right, residual) in enumerate(zip(POINTS, *exact, strict=True)):
            value = fraction(high(name, x))
            expected, left = nearest(value)
            assert right == expected, x
            assert residual == pytest.approx(left, abs=2**-20), x
            for fmt, found in in_formats.items():
                assert same(float(found[at]), rounded(value, fmt)), (x, fmt.name)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_derivatives_agree_with_mpmath(name, order):
    entry = spec.activations[name]
    # Further out, the difference quotients below would need more digits still.
    points = [x for x in POINTS if 1e-6 < abs(x) < 40][::2]
    stated = enclose(entry, "derivative", points, defaults(entry), order - 1)
    of_value = enclose(entry, "value", points, defaults(entry), order)
    # No point lies within 2**-60 ulp of a tie here, so rounding the formula's derivative, that of
    # the value and a difference quotient good to some 700 bits is the same.
    assert np.array_equal(stated.rounded, of_value.rounded)
    with mpmath.workprec(3000):
        step = mpmath.mpf(2) ** -400
        for x, right in zip(points, stated.rounded, strict=True):
            left, middle, high_up = (high(name, x + k * step) for k in (-1, 0, 1))
            if order == 1:
                quotient = (high_up - left) / (2 * step)
            else:
                quotient = (high_up - 2 * middle + left) / step**2
            assert right == nearest(fraction(quotient))[0], x


@pytest.mark.parametrize(
    "function", ["exp", "expm1", "log", "log1p", "sqrt", "tanh", "erf", "erfc"]
)
def test_every_function_is_differentiated_within_a_formula(function):
    # In a product, so that the function's value counts as well as its slopes.
    entry, points = altered(f"x * {function}(x)**2"), [0.3, 1.7, 30.0]
    of = getattr(mpmath, function)
    for order in (1, 2, 3):
        exact = enclose(entry, "value", points, {}, order)
        with mpmath.workprec(2000):
            for x, right in zip(points, exact.rounded, strict=True):
                expected = mpmath.diff(lambda x: x * of(x) ** 2, mpmath.mpf(x), order)
                assert right == pytest.approx(float(expected), rel=1e-14), (order, x)


def test_rows_agree_with_mpmath():
    rows = [[0.0, -20.0, 3.0], [700.0, 0.0, -700.0], [1.0, 1.0, 1.0 + 2**-52], [-1e4, 2.5, 2.25]]
    outputs = [1, 0, 1, 2]
    softmax, logs = spec.activations["softmax"], spec.activations["log_softmax"]
    found = {
        (entry.name, part): enclose_rows(entry, part, rows, {}, outputs)
        for entry in (softmax, logs)
        for part in ("value", "derivative")
    }
    with mpmath.workprec(30_000):
        for r, (row, i) in enumerate(zip(rows, outputs, strict=True)):
            z = [mpmath.exp(mpmath.mpf(x)) for x in row]
            y = [item / sum(z) for item in z]
            for k in range(3):
                right = {
                    ("softmax", "value"): y[k],
                    ("log_softmax", "value"): mpmath.log(y[k]),
                    ("softmax", "derivative"): y[i] * ((i == k) - y[k]),
                    ("log_softmax", "derivative"): (i == k) - y[k],
                }
                for which, value in right.items():
                    exact = found[which]
                    assert exact.rounded[r, k] == nearest(fraction(value))[0], (which, row, k)
                    for fmt in ARITHMETIC.values():
                        got = float(exact.rounded_to(fmt)[r, k])
                        assert got == rounded(fraction(value), fmt), (which, row, k, fmt.name)


def test_maxout_is_the_largest_and_its_derivative_says_which():
    maxout, rows = spec.activations["maxout"], [[1.0, -2.0, 0.5], [-3.0, -2.5, -2.75]]
    assert enclose_rows(maxout, "value", rows, {}).rounded.tolist() == [1.0, -2.5]
    slope = enclose_rows(maxout, "derivative", rows, {}).rounded.tolist()
    assert slope == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]


def test_argmax_is_the_first_of_the_largest():
    hardmax, rows = spec.activations["hardmax"], [[1.0, 2.0, 2.0], [-0.0, 0.0, -1.0]]
    assert enclose_rows(hardmax, "value", rows, {}).rounded.tolist() == [[0, 1, 0], [1, 0, 0]]
    for row, first in zip(rows, (1, 0), strict=True):
        proven = [rational(hardmax, "value", row, {}, {"i": i}) for i in range(3)]
        assert proven == [i == first for i in range(3)]


def test_a_condition_on_a_row_is_proven():
    """An element above the level by next to nothing is above it; one at the level is not."""
    sparsemax, rows = spec.activations["sparsemax"], [[1.0, 2.0**-300], [1.0, 0.0], [1.0, -1e-90]]
    slope = enclose_rows(sparsemax, "derivative", rows, {}, [1, 1, 1]).rounded.tolist()
    assert slope == [[-0.5, 0.5], [0.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize("function", dict.fromkeys(row[0] for row in GLIBC))
def test_the_tables_of_glibc_are_met(function):
    entry = altered(f"{function}(x)")
    for name, fmt, x, right in GLIBC:
        if name == function:
            exact = enclose(entry, "value", [float.fromhex(x)], {})
            found = float(exact.rounded_to(FORMATS[fmt])[0])
            assert found == float.fromhex(right), (fmt, x)


@pytest.mark.parametrize("function", WORST)
def test_the_worst_cases_are_rounded_to_their_side(function):
    points = [float.fromhex(x) for x in WORST[function]]
    exact = enclose(altered(f"{function}(x)"), "value", points, {})
    with mpmath.workprec(500):
        for x, right, residual in zip(points, *exact, strict=True):
            value = fraction(getattr(mpmath, function)(mpmath.mpf(x)))
            expected, left = nearest(value)
            assert abs(abs(left) - 0.5) < 1e-15  # as hard as they are said to be
            assert right == expected, x
            assert residual == pytest.approx(left, abs=2**-20)


def test_tables_of_the_handbook_are_met():
    # Abramowitz and Stegun, tables 4.4 and 26.1: e**-10, and P(-x) of the normal distribution.
    sigmoid = spec.activations["sigmoid"]
    at_ten = enclose(sigmoid, "value", [-10.0], {}).rounded[0]
    e_minus_10 = 4.539992976248485e-05
    assert at_ten == pytest.approx(e_minus_10 / (1 + e_minus_10), rel=1e-15)
    gelu = spec.activations["gelu"]
    for x, q in ((1.0, 0.15865525393146), (2.0, 0.02275013194818), (3.0, 0.00134989803163)):
        assert -enclose(gelu, "value", [-x], {}).rounded[0] / x == pytest.approx(q, abs=5e-15)


def test_far_out_the_second_derivative_is_that_of_a_straight_line():
    others = set()
    for name in ELEMENTWISE:
        entry, ends = spec.activations[name], [-1e300, -1e30, 1e30, 1e300]
        left, less, more, right = enclose(entry, "derivative", ends, defaults(entry)).rounded
        if (left, right) != (less, more) or np.isinf(right):
            others.add(name)
            continue
        far = enclose(entry, "derivative", ends, defaults(entry), 1)
        assert not far.rounded.any(), name
    # What goes on changing its slope.
    assert others == {"exponential", "softsign", "squared_relu", "squareplus", "xielu"}


def test_gelu_at_minus_37_has_a_right_answer():
    value = enclose(spec.activations["gelu"], "value", [-37.0], {}).rounded[0]
    with mpmath.workprec(500):
        assert value == nearest(fraction(high("gelu", -37)))[0]
    assert value != 0
    assert math.isfinite(value)


def test_next_to_nothing_from_a_middle_has_a_side():
    """x - tanh(x) is more than x - 1 by less than any precision shows."""
    entry = spec.activations["tanh_shrink"]
    at = 2.0**53 + 2 * np.arange(1, 5)
    exact = enclose(entry, "value", [*at, *-at], {})
    assert exact.rounded.tolist() == [*at, *-at]
    assert exact.residual.tolist() == [-0.5] * 4 + [0.5] * 4
    # In the middle of two numbers of float32, and a float64.
    exact = enclose(entry, "value", [2.0**24 + 2], {}, formats=["float32"])
    assert (exact.rounded[0], exact.residual[0] > 0) == (2.0**24 + 1, True)


def test_the_side_of_a_number_is_told_where_one_exponential_leads():
    entry = spec.activations["tanh_shrink"]
    assert side(entry, "value", 1e9, {}, Fraction(10**9 - 1)) == 1
    assert side(entry, "value", -1e9, {}, Fraction(1 - 10**9)) == -1
    assert side(entry, "value", 1e9, {}, Fraction(10**9)) == -1
    assert side(altered("x - 1"), "value", 3.0, {}, Fraction(2)) == 0
    assert side(altered("exp(x) - exp(-x)"), "value", 2.0**-60, {}, Fraction(0)) is None
    assert side(altered("erf(x)"), "value", 3.0, {}, Fraction(1)) is None
