"""Every result is the exact one rounded once: held to mpmath, and wrong arithmetic is seen."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from helpers.formulas import FORMULAS
from helpers.rounding import nearest, slope

from actinit import reference as ref
from actinit import spec
from actinit.conformance.expected.defaults import defaults, kinks_of
from actinit.reference.arithmetic import _floats, _pairs, balls, settle
from actinit.reference.arithmetic.functions import EXACT, Approximation, size
from actinit.reference.arithmetic.pairs import Pair
from actinit.reference.arithmetic.settle import Formula, settled
from actinit.spec import evaluate

FORMATS = list(spec.formats())
# Those that are rounded at all.
CURVED = [name for name in FORMULAS if not ref.activations[name]._exact]

pytestmark = pytest.mark.usefixtures("nothing_from_before")


def _inputs(name: str, count: int) -> np.ndarray:
    """Ordinary numbers, tails, the smallest, and near 0; finite and not 0."""
    fmt, rng = spec.formats()[name], np.random.default_rng(17)
    tails = 750 if name == "float64" else 110
    x = np.concatenate([
        *(rng.normal(0, scale, count) for scale in (1e-4, 0.1, 1.5, 8)),
        rng.uniform(-tails, tails, count),
        rng.choice([-1, 1], count) * np.exp2(rng.uniform(fmt.emin - fmt.precision, 3, count)),
    ])  # fmt: skip
    with np.errstate(all="ignore"):
        x = x.astype(np.dtype(name))
    wide = x.astype(np.float64)
    return x[np.isfinite(wide) & (wide != 0)]


def _wrong(name: str, part: str, fmt: str, count: int) -> list[tuple[float, float, float]]:
    """Return inputs at which a result is not the nearest float, with got and right."""
    function, entry, x = ref.activations[name], spec.activations[name], _inputs(fmt, count)
    kinks = [evaluate(kink.at, defaults(entry)) for kink in kinks_of(entry)]
    x = x[~np.isin(x.astype(np.float64), kinks)]
    results = (function if part == "value" else function.derivative)(x)
    wrong = []
    with mpmath.workprec(1500):
        for one, got in zip(x.astype(float), results.astype(float), strict=True):
            value = FORMULAS[name].value
            # A step to the sides of a kink or a seam is far smaller than a float's distance to it.
            exact = value(mpmath.mpf(one)) if part == "value" else slope(value, one)
            right = nearest(mpmath.mpf(exact), fmt)
            if not (got == right or (np.isnan(got) and np.isnan(right))):
                wrong.append((one, got, right))
    return wrong


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("part", ["value", "derivative"])
@pytest.mark.parametrize("name", CURVED)
def test_results_are_the_nearest_floats(name, part, fmt):
    assert not _wrong(name, part, fmt, 12)


@pytest.mark.parametrize(
    ("fmt", "table", "row", "index", "by"),
    [
        ("float64", "POWERS_OF_2", 1, 200, 2.0**-53),
        ("float64", "MILLS", 12, 70, 2.0**-53),
        ("float32", "POWERS_OF_2", 1, 200, 2.0**-26),
        ("float32", "MILLS", 12, 70, 2.0**-30),
    ],
)
def test_a_wrong_number_in_a_table_is_seen(monkeypatch, fmt, table, row, index, by):
    """By what it makes of the results; a fault of its last bit by test_tables alone."""
    x = np.random.default_rng(3).uniform(-3, 3, 60_000).astype(fmt)
    right = ref.gelu(x)
    altered = getattr(_floats, table).copy()
    altered[row, index] += by
    for module in (_floats, _pairs):
        monkeypatch.setattr(module, table, altered)
    assert (ref.gelu(x) != right).any()


def _off(by: float) -> Callable[[Any], Approximation]:
    """The logistic function by pairs that are off by a factor of 1 + by; balls are right."""

    def rule(x: Any) -> Approximation:
        y, power, weight = ref.sigmoid.rule(x)
        return Approximation(y + y * by if isinstance(y, Pair) else y, power, weight)

    return rule


def test_a_bound_that_is_too_small_is_seen():
    x = np.random.default_rng(4).normal(0, 3, 20_000)
    right = ref.sigmoid(x)
    assert (settled(Formula(_off(2.0**-60), 2), x) != right).any()
    assert (settled(Formula(_off(2.0**-60), 2.0**19), x) == right).all()
    assert (settled(Formula(ref.sigmoid.rule, 2.0**19), x) == right).all()


def test_a_wrong_last_step_is_seen(monkeypatch):
    """Where floats and pairs leave all open, balls say what is right."""
    x = np.random.default_rng(4).normal(0, 3, 50)
    right = ref.sigmoid(x)
    open_ = Formula(ref.sigmoid.rule, 2.0**40)
    assert (settled(open_, x) == right).all()
    monkeypatch.setattr(balls, "_HALVINGS", 0)  # of the series, which is then too far from 0
    settle._exact.cache_clear()
    assert (settled(open_, x) == right).all()
    monkeypatch.setattr(balls, "widened", lambda ball, by: ball)
    monkeypatch.setattr(balls, "_expm1_series", lambda r: r + r * r / 2)
    settle._exact.cache_clear()
    assert (settled(open_, x) != right).any()


def test_a_rule_without_an_end_is_named():
    """Exact results in the middle of two floats are for rules that say so."""
    half = Formula(lambda x: Approximation(x / 7 * 7 / 2, 0, size(x)), 1.0)
    with pytest.raises(ArithmeticError, match=r"rational=True"):
        settled(half, np.array([3 * 2.0**-1074]))
    whole = half._replace(rational=True)
    assert settled(whole, np.array([3 * 2.0**-1074])) == 2 * 2.0**-1074  # to even


def test_what_has_no_error_is_taken_as_it_is():
    same = Formula(lambda x: Approximation(x, 0, EXACT), 1.0)
    x = np.array([5e-324, -0.0, 1.7e308, np.inf, -1.0])
    assert (settled(same, x).view(np.int64) == x.view(np.int64)).all()
    assert np.isnan(settled(same, np.array([np.nan])))


@pytest.mark.parametrize("fmt", FORMATS)
def test_rounded_to_odd_a_pair_is_rounded_once(fmt):
    """The middle of two numbers, and a little more and less."""
    if fmt == "float64":
        return
    dtype, eps = np.dtype(fmt), float(2.0 ** (1 - spec.formats()[fmt].precision))
    middle = np.array([1 + eps / 2] * 3 + [1 + 3 * eps / 2] * 3)
    pair = Pair(middle, np.array([0, 1e-40, -1e-40] * 2))
    got = settle.rounded(settle.to_odd(pair), dtype).astype(float)
    up = 1 + 2 * eps
    assert got.tolist() == [1, 1 + eps, 1, up, up, 1 + eps]


def test_upstream_is_part_of_what_is_rounded():
    x, upstream = np.float32([-100, 0.5, 3]), np.float32([1e38, 3, -7])
    with mpmath.workprec(1500):
        right = [
            nearest(slope(FORMULAS["sigmoid"].value, float(a)) * float(u), "float32")
            for a, u in zip(x, upstream, strict=True)
        ]
    assert ref.sigmoid.vjp(x, upstream).tolist() == right


@pytest.mark.parametrize("fmt", ["float16", "float32", "float64"])
@pytest.mark.parametrize("name", ["gelu", "sigmoid", "elu", "mish"])
def test_a_tie_that_upstream_makes_at_0_goes_to_even(name, fmt):
    """There the derivative is 1/2, 1/4, 1 or 3/5, exactly."""
    slopes = {"gelu": "0.5", "sigmoid": "0.25", "elu": "1", "mish": None}
    smallest = float(np.finfo(fmt).smallest_subnormal)
    upstream = np.array([1, 2, 3, 6, 10, 2.0**20]) * smallest
    with mpmath.workprec(1500):
        slope_at_0 = mpmath.mpf(slopes[name]) if slopes[name] else mpmath.mpf(3) / 5
        right = [nearest(mpmath.mpf(float(one)) * slope_at_0, fmt) for one in upstream]
    got = ref.activations[name].vjp(np.zeros(upstream.size, fmt), upstream.astype(fmt))
    assert got.astype(float).tolist() == right


@pytest.mark.parametrize("name", CURVED)
def test_limits_times_the_largest_upstream_do_not_overflow(name):
    x, largest = np.array([-np.inf, np.inf]), np.finfo(np.float64).max
    got = ref.activations[name].vjp(x, np.full(2, largest))
    slopes = ref.activations[name].derivative(x)
    with np.errstate(over="ignore"):
        assert (got == slopes * largest).all()


def test_numbers_beyond_what_pairs_hold_are_settled():
    slope = Fraction(0.01)
    for x in (-1.346e300, -1.7e308):
        assert ref.leaky_relu(x) == float(Fraction(x) * slope)
    assert ref.celu.derivative(-1.79e308) == 0
    assert ref.gelu_tanh.vjp(np.array([-1e308, 1e308]), np.full(2, 1e308)).tolist() == [-0.0, 1e308]


@pytest.mark.parametrize("fmt", ["float32", "float64"])
@pytest.mark.parametrize("name", ["gelu", "gelu_tanh", "silu", "hard_silu"])
def test_half_of_an_odd_subnormal_is_rounded_up(name, fmt):
    """It is in the middle of two numbers, and the second term of the series is positive."""
    smallest = float(np.finfo(fmt).smallest_subnormal)
    odd = np.array([1, 3, 5, 101, 2**20 + 1])
    x = (np.concatenate([odd, -odd]) * smallest).astype(fmt)
    got = ref.activations[name](x)
    assert (got.astype(float) / smallest).tolist() == [*(odd + 1) // 2, *-(odd // 2)]


@pytest.mark.parametrize("part", ["value", "derivative"])
@pytest.mark.parametrize("name", CURVED)
def test_tiny_and_huge_numbers_take_no_exact_step(monkeypatch, name, part):
    """Products of pairs would be out of range; so many inputs are no business of balls."""
    function, of_part = ref.activations[name], "_value" if part == "value" else "_slope"
    sizes = np.concatenate([2.0 ** np.arange(-1020.0, -400, 20), 2.0 ** np.arange(500.0, 1024, 20)])
    x = np.concatenate([sizes, -sizes]) * 1.3
    asked = settle._Asked(getattr(function, of_part), x, function._bound((), {}), None)
    exact = [settle._exactly(asked, i) for i in range(x.size)]
    monkeypatch.setattr(settle, "_exactly", None)
    got = function(x) if part == "value" else function.derivative(x)
    assert got.tolist() == exact


def test_a_derivative_beyond_the_format_times_0_is_0():
    x, nothing = np.array([40_000, 65_504], np.float16), np.array([0.0, -0.0], np.float16)
    assert np.isinf(ref.squared_relu.derivative(x)).all()
    got = ref.squared_relu.vjp(x, nothing)
    assert got.tolist() == [0, 0]
    assert np.signbit(got).tolist() == [False, True]
    assert np.isnan(ref.squared_relu.vjp(np.float16(np.inf), np.float16(0)))


@pytest.mark.parametrize("alpha", [1e-300, 0.5, 1e300])
def test_a_quotient_out_of_range_is_none_of_the_result(alpha):
    """celu(x, alpha) is x itself where x / alpha is subnormal."""
    x = -np.geomspace(1e-300, 1e-10, 30)
    x = x[-x < alpha * 1e-18]
    for fmt in (np.float32, np.float64):
        narrow = x.astype(fmt)
        assert ref.celu(narrow, alpha).tolist() == narrow.tolist()


@pytest.mark.parametrize("fmt", ["float16", "float32", "float64"])
@pytest.mark.parametrize("name", CURVED)
def test_an_upstream_of_0_gives_zeros_with_the_sign_of_the_product(monkeypatch, name, fmt):
    monkeypatch.setattr(settle, "_exactly", None)  # nothing is left open
    x = np.array([-50.0, -5.0, -0.5, 0.25, 5.0, 50.0], fmt)
    slopes = ref.activations[name].derivative(x)
    for zero in (0.0, -0.0):
        got = ref.activations[name].vjp(x, np.full(x.size, zero, fmt))
        assert (got == 0).all()
        assert (np.signbit(got) == (np.signbit(slopes) != np.signbit(zero))).all()


@pytest.mark.parametrize("name", ["elu", "celu", "leaky_relu"])
@pytest.mark.parametrize("fmt", ["float32", "float64"])
def test_an_upstream_makes_up_for_a_tiny_parameter(name, fmt):
    """The product is an ordinary number, though the slope is subnormal."""
    x = np.array([-1.0, -0.25], fmt)
    parameter, upstream = 3e-320, np.full(2, -1e300)
    with mpmath.workprec(200):
        slopes = {
            "elu": [parameter * mpmath.exp(one) for one in x.tolist()],
            "celu": [mpmath.mpf(0)] * 2,
            "leaky_relu": [mpmath.mpf(parameter)] * 2,
        }[name]
        right = [nearest(slope * mpmath.mpf(-1e300), fmt) for slope in slopes]
    assert ref.activations[name].vjp(x, upstream, parameter).tolist() == right


def test_beyond_a_format_without_infinities_is_nan():
    """Which no bits settle, so that no more of them are asked for."""
    x = np.array([448, -448, 400], "float8_e4m3fn")
    assert np.isnan(ref.selu(x).astype(float)).tolist() == [True, False, False]
    assert np.isnan(ref.leaky_relu(x, 1e300).astype(float)).tolist() == [False, True, False]


def test_what_is_beyond_float64_is_an_ordinary_number_times_a_tiny_upstream():
    """The power of 2 is larger than a float64 has."""
    x, upstream = np.array([710.0, 1400.0, 1453.0]), np.array([1e-10, 1e-310, 5e-324])
    assert np.isinf(ref.exponential(x)).all()
    with mpmath.workprec(200):
        right = [
            nearest(mpmath.exp(mpmath.mpf(a)) * mpmath.mpf(u), "float64")
            for a, u in zip(x.tolist(), upstream.tolist(), strict=True)
        ]
    assert ref.exponential.vjp(x, upstream).tolist() == right
