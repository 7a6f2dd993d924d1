"""The oracle on what is hard to round, and on what no precision rounds: ties, exact results."""

from __future__ import annotations

import importlib
import math
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx
from helpers.exactly import nearest, rounded
from helpers.formulas import altered

from actinit import spec
from actinit.conformance.formats import FORMATS
from actinit.conformance.oracle import Exact, OracleError, enclose, enclose_rows
from actinit.conformance.oracle.closed import rational

F32 = FORMATS["float32"]
# The module; the package has a function of its name.
ORACLE = importlib.import_module("actinit.conformance.oracle.enclose")


def test_a_tie_is_settled_and_not_looped_on():
    # x + 2**-53 lies exactly between two floats at x = 1.
    exact = enclose(altered("x + 1/9007199254740992"), "value", [1.0], {})
    assert abs(exact.residual[0]) == 0.5


def test_hardly_off_a_tie_is_rounded_to_its_side():
    tiny = "1/9007199254740992 + exp(-200)"  # 2**-53 + 2**-288.5
    exact = enclose(altered(f"x + {tiny}"), "value", [1.0], {})
    # 2**-288 past the middle: float64 sees a tie, the precision ladder does not. Either neighbour
    # with the residual that belongs to it is a right enclosure.
    assert exact.rounded[0] + exact.residual[0] * 2**-52 == pytest.approx(1 + 2**-53, abs=2**-74)


def test_an_exact_result_has_no_residual():
    exact = enclose(altered("x * 3 / 3"), "value", [0.1], {})
    assert exact.rounded[0] == 0.1
    assert exact.residual[0] == 0


def test_total_cancellation_is_proven_to_round_to_zero():
    exact = enclose(altered("exp(x) - exp(x)*exp(1)/exp(1)"), "value", [2.0], {})
    assert exact.rounded[0] == 0


def test_a_formula_without_a_value_is_an_error_that_names_the_point():
    with pytest.raises(OracleError, match=r"identity: the value at -2\.0 is not settled"):
        enclose(altered("log(x)"), "value", [1.0, -2.0], {})


def test_underflow_is_zero_and_overflow_infinite():
    exact = enclose(spec.activations["sigmoid"], "value", [-1e5, -1e300, 1e300], {})
    assert exact.rounded.tolist() == [0.0, 0.0, 1.0]
    huge = enclose(altered("x * x"), "value", [1e200, -1e200], {})
    assert huge.rounded.tolist() == [math.inf, math.inf]


@pytest.mark.parametrize("number", [1.0, -1.0, 1.5, 3.0, -1 - 2**-11, 2.0**-600, 2 - 2**-52])
@pytest.mark.parametrize("border", [-0.5, -0.25, 0.0, 0.25, 0.5])
def test_what_is_settled_quickly_is_what_both_ends_round_to(number, border):
    steps = [0, *(sign * 2**-bits for bits in range(10, 30) for sign in (-1, 1))]
    settled = 0
    with ctx.workprec(96):
        for step in steps:
            middle = arb(number) + arb(border + step) * math.ulp(number)
            for width in (0, 2**-24, 2**-16):
                ball = arb(middle, width * math.ulp(number))
                right = ORACLE._settle_at_ends(ball, tuple(FORMATS))
                assert ORACLE._settle(ball, tuple(FORMATS)) == right
                settled += right is not None
    assert settled >= len(steps)


def same(got, right):
    """Say whether two floats are equal, or both nan, which is what overflows without infinities."""
    return got == right or (math.isnan(got) and math.isnan(right))


NARROW = [fmt for fmt in FORMATS.values() if fmt.name != "float64"]


def middles(fmt):
    """Return middles of two numbers of a format: everyday, subnormal, and where it overflows."""
    half = Fraction(1, 2)
    least = Fraction(2) ** (fmt.emin - fmt.stored)
    step = Fraction(2) ** -fmt.stored
    top = Fraction(2) ** (fmt.emax - fmt.stored) * (fmt.row.beyond - half)
    return [1 + step * half, 1 + 3 * step * half, least * half, least * 3 * half, top]


@pytest.mark.parametrize("fmt", NARROW, ids=lambda fmt: fmt.name)
def test_a_result_in_the_middle_of_two_numbers_is_a_tie_or_goes_to_its_side(fmt):
    for middle in middles(fmt):
        for sign in (1, -1):
            for off in ("", " + exp(-900) * x", " - exp(-900) * x"):
                at = float(sign * middle)
                # Past float64's own digits: only the sign of the residual tells.
                exact = enclose(altered(f"x{off}"), "value", [at], {}, formats=[fmt.name])
                shift = Fraction(at) / 2**1200 * {"": 0, " + ": 1, " - ": -1}[off[:3]]
                assert exact.rounded[0] == at
                right = rounded(Fraction(at) + shift, fmt)
                assert same(float(exact.rounded_to(fmt)[0]), right), (at, off)


@pytest.mark.parametrize("fmt", NARROW, ids=lambda fmt: fmt.name)
def test_a_float64_is_rounded_once(fmt):
    rng = np.random.default_rng(5)
    values = rng.standard_normal(3_000) * 2.0 ** rng.integers(
        fmt.emin - fmt.precision - 3, fmt.emax + 3, 3_000
    )
    found = Exact(values, np.zeros_like(values)).rounded_to(fmt)
    for value, got in zip(values.tolist(), found.astype(float).tolist(), strict=True):
        assert same(got, rounded(Fraction(value), fmt)), value


def test_the_sign_of_a_residual_survives_where_it_matters():
    # tanh(x) = x - x**3/3 + ...: 2**-250 ulp below the middle of 0 and the smallest float32.
    exact = enclose(spec.activations["tanh"], "value", [2.0**-150], {})
    assert exact.rounded[0] == 2.0**-150
    assert exact.residual[0] < 0
    assert np.float32(exact.residual[0]) < 0  # as the cache keeps it
    assert exact.rounded_to(F32)[0] == 0
    up = enclose(altered("expm1(x)"), "value", [2.0**-150], {})
    assert up.rounded_to(F32)[0] == 2.0**-149


def test_just_below_a_power_of_two_the_middle_is_nearer():
    # 1 - 2**-54 is in the middle of 1 and the float64 below it: a quarter of an ulp of 1 away.
    for sign in (1, -1):
        text = f"x - 1/18014398509481984 + {sign} * exp(-200)"
        exact = enclose(altered(text), "value", [1.0], {})
        expected, left = nearest(1 - Fraction(1, 2**54) + Fraction(sign, 2**280))
        assert exact.rounded[0] == expected
        assert exact.residual[0] == pytest.approx(left)


def test_subnormal_results_are_rounded_once():
    for x in (-708.5, -720.0, -744.0, -745.1, -745.2):
        exact = enclose(altered("exp(x)"), "value", [x], {})
        assert exact.rounded[0] == math.exp(x)
        assert abs(exact.residual[0]) <= 0.5


# What is provably rational, of each kind of formula, with what no precision could tell.
RATIONAL = [
    ("softmax", "value", [1.0, 1.0], {"i": 0}, Fraction(1, 2)),
    ("softmax", "value", [0.25, 0.25, 0.25], {"i": 2}, Fraction(1, 3)),
    ("softmax", "value", [7.0], {"i": 0}, 1),
    ("softmax", "derivative", [1.0, 1.0], {"i": 0, "k": 1}, Fraction(-1, 4)),
    ("softmax", "derivative", [3.0], {"i": 0, "k": 0}, 0),
    ("softmax", "value", [1.0, 2.0], {"i": 0}, None),
    ("log_softmax", "value", [5.0], {"i": 0}, 0),
    ("log_softmax", "value", [5.0, 5.0], {"i": 0}, None),
    ("log_softmax", "derivative", [2.0, 2.0], {"i": 0, "k": 0}, Fraction(1, 2)),
    ("maxout", "value", [2.0, 1.0], {"i": 0}, 2),
    ("sigmoid", "value", 0.0, {}, Fraction(1, 2)),
    ("sigmoid", "derivative", 0.0, {}, Fraction(1, 4)),
    ("sigmoid", "value", 1e-300, {}, None),
    ("tanh", "value", 0.0, {}, 0),
    ("tanh", "derivative", 0.0, {}, 1),
    ("leaky_relu", "value", -1.0, {}, -Fraction(0.01)),
    ("elu", "value", 3.0, {}, 3),
    ("gelu", "value", 1.0, {}, None),
]


@pytest.mark.parametrize(("name", "part", "x", "indices", "right"), RATIONAL)
def test_rational_results_are_proven_and_no_others(name, part, x, indices, right):
    entry = spec.activations[name]
    parameters = {key: value.default for key, value in entry.parameters.items()}
    assert rational(entry, part, x, parameters, indices) == right


def test_a_tie_that_only_a_proof_settles():
    # (1 + 2**-24) * softmax of a row of one: exactly in the middle of two float32, and never so in
    # an enclosure.
    entry = altered("exp(x[i]) / sum(exp(x[j]) for j in row) * 16777217 / 16777216",
                    spec.activations["softmax"])  # fmt: skip
    exact = enclose_rows(entry, "value", [[0.7]], {})
    assert exact.rounded[0, 0] == 1 + 2.0**-24
    assert exact.residual[0, 0] == 0
    assert exact.rounded_to(F32)[0, 0] == 1  # to even


def test_a_sum_that_cancels_altogether_is_proven_zero_at_a_low_precision(monkeypatch):
    monkeypatch.setattr(ORACLE, "_PRECISIONS", (96, 384))
    entry = altered("exp(x) - exp(x + 1) / exp(1)")
    assert enclose(entry, "value", [2.0], {}).rounded[0] == 0
    # And what is not known to cancel is not said to.
    with pytest.raises(OracleError, match="not settled with 384 bits"):
        enclose(altered("erf(x) - erf(x + exp(-2000))"), "value", [2.0], {})


@pytest.mark.parametrize("name", ["softplus", "gelu"])
def test_the_side_of_a_middle_is_asked_for_where_the_format_is_alone(name, monkeypatch):
    # 17088 is in the middle of two numbers of bfloat16, itself one of float16: there, exp(-17088)
    # more or less decides nothing.
    monkeypatch.setattr(ORACLE, "_PRECISIONS", (96, 384))
    entry = spec.activations[name]
    exact = enclose(entry, "value", [17088.0], {}, formats=["float16", "float32"])
    assert exact.rounded[0] == 17088
    for formats in (["bfloat16"], list(FORMATS)):
        with pytest.raises(OracleError, match="not settled with 384 bits"):
            enclose(entry, "value", [17088.0], {}, formats=formats)


def test_the_side_of_a_middle_is_told_by_exponentials_where_no_precision_tells(monkeypatch):
    monkeypatch.setattr(ORACLE, "_PRECISIONS", (96, 384))
    exact = enclose(spec.activations["silu"], "value", [17088.0], {}, formats=["bfloat16"])
    assert exact.rounded[0] == 17088
    assert exact.residual[0] < 0  # 17088 / (1 + exp(-17088)) is less


@pytest.mark.parametrize("x", [math.inf, math.nan])
def test_a_row_with_what_is_no_number_is_refused(x):
    with pytest.raises(OracleError, match="is not finite; expected numbers"):
        enclose_rows(spec.activations["softmax"], "value", [[x, 0.0]], {})


def test_products_are_rounded_once():
    rng = np.random.default_rng(3)
    values, factors = rng.standard_normal((2, 4000)) * 2.0 ** rng.integers(-1072, 1000, (2, 4000))
    residuals = rng.uniform(-0.5, 0.5, 4000)
    residuals[::2] = 0
    # Near 1, where products stay in range; every other one of few digits, so that there are ties.
    values[:2000], factors[:2000] = np.frexp(values[:2000])[0], np.frexp(factors[:2000])[0]
    values[:2000:4], factors[:2000:4] = (
        np.rint(of[:2000:4] * 2.0**27) / 2.0**27 for of in (values, factors)
    )
    found = Exact(values, residuals).times(factors)
    for value, left, factor, right, residual in zip(
        values, residuals, factors, *found, strict=True
    ):
        whole = Fraction(value) + Fraction(left) * Fraction(math.ulp(value))
        expected, rest = nearest(whole * Fraction(factor))
        assert right == expected
        assert residual == pytest.approx(rest)


def test_a_product_beyond_the_numbers_is_that_of_ieee_754():
    one = Exact(np.array([1.0, 0.0, 2.0, 1.5e308, math.inf]), np.zeros(5))
    found = one.times([math.nan, math.inf, -math.inf, 2.0, 0.5]).rounded
    assert np.array_equal(
        found, [math.nan, math.nan, -math.inf, math.inf, math.inf], equal_nan=True
    )
    assert math.copysign(1, one.times([-0.0] * 5).rounded[0]) == -1
