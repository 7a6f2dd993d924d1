"""Signal propagation: closed forms, integrals of many digits, published figures, simulations."""

from __future__ import annotations

import math
from functools import partial

import mpmath
import numpy as np
import pytest
from helpers.formulas import FORMULAS

from actinit import reference as ref
from actinit import spec
from actinit.reference import propagation as theory

ELEMENTWISE = [name for name, entry in spec.activations.items() if entry.shape == "elementwise"]


@pytest.mark.parametrize("q", [1e-6, 0.3, 1.0, 50.0, 1e8])
@pytest.mark.parametrize("slope", [0.0, 0.01, 0.5])
def test_a_leaky_relu_passes_on_so_much(q, slope):
    found = theory.moments("leaky_relu", q, negative_slope=slope)
    assert found.value == pytest.approx(q * (1 + slope**2) / 2, rel=1e-13)
    assert found.slope == pytest.approx((1 + slope**2) / 2, rel=1e-13)


@pytest.mark.parametrize("q", [1e-3, 1.0, 7.5, 1e4])
def test_gelu_has_a_closed_form(q):
    # D. A. Roberts, S. Yaida, B. Hanin, The Principles of Deep Learning Theory, section 5.3.4.
    right = (
        q
        / 4
        * (
            1
            + 2 / math.pi * math.asin(q / (1 + q))
            + 4 * q / (math.pi * (1 + q) * math.sqrt(1 + 2 * q))
        )
    )
    assert theory.moments("gelu", q).value == pytest.approx(right, rel=1e-13)


@pytest.mark.parametrize("q", [1e-3, 1.0, 40.0])
@pytest.mark.parametrize("name", ["tanh", "sigmoid", "elu", "softplus", "hard_silu"])
def test_moments_are_those_of_integrals_of_30_digits(name, q):
    found = theory.moments(name, q)
    value = FORMULAS[name].value
    # An integral ends at a kink; hard_silu's are at -3 and 3.
    kinks = [side * 3 / math.sqrt(q) for side in (-1, 1)] if name == "hard_silu" else []
    edges = [-14, -5, -2, -1, -0.3, 0, 0.3, 1, 2, 5, 14, *(at for at in kinks if abs(at) < 14)]
    with mpmath.workdps(30):
        for got, function in zip(found, (value, partial(mpmath.diff, value)), strict=True):

            def integrand(x, function=function):
                return function(mpmath.sqrt(q) * x) ** 2 * mpmath.npdf(x)

            assert got == pytest.approx(float(mpmath.quad(integrand, sorted(edges))), rel=1e-12)


def test_gains_of_straight_lines_and_their_halves():
    assert ref.gain("identity") == 1
    assert ref.gain("relu") == pytest.approx(math.sqrt(2), rel=1e-13)
    for slope in (0.01, 0.3):
        usual = ref.calculate_gain("leaky_relu", slope)
        assert ref.gain("leaky_relu", negative_slope=slope) == pytest.approx(usual, rel=1e-13)
    assert theory.keeping_gain("relu", 9.0) == pytest.approx(math.sqrt(2), rel=1e-13)


def test_what_has_no_slope_keeps_no_gradients():
    assert ref.gain("heaviside") == math.inf
    assert theory.keeping_gain("heaviside") == pytest.approx(math.sqrt(2))
    for found in (theory.fluctuations("heaviside"), theory.responses("heaviside")):
        assert math.isfinite(found.value)
        assert math.isnan(found.slope)


def test_selu_keeps_the_variance_it_was_made_for():
    assert theory.fixed_point("selu", 1.0) == pytest.approx(1, rel=1e-9)
    assert theory.keeping_gain("selu") == pytest.approx(1, rel=1e-9)


# Of the same book, section 5.3: where variance and gradients are kept, with a bias, and a variance
# that is a little off stays: K*, C_W and C_b. For GELU K* is (3 + sqrt(17)) / 2.
@pytest.mark.parametrize(
    ("name", "point", "weights", "bias"),
    [
        ("gelu", (3 + math.sqrt(17)) / 2, 1.98305826, 0.17292239),
        ("silu", 14.32017362, 1.98800468, 0.55514317),
    ],
)
def test_published_critical_points_are_found_again(name, point, weights, bias):
    gain = ref.gain(name, point)
    assert gain**2 == pytest.approx(weights, abs=1e-7)
    assert theory.variance_map(name, point, gain, bias) == pytest.approx(point, abs=1e-6)
    assert theory.gradient_factor(name, point, gain) == pytest.approx(1, rel=1e-12)
    # The variance map runs along the diagonal there.
    step = 1e-3
    ends = [theory.variance_map(name, point * k, gain, bias) for k in (1 + step, 1 - step)]
    assert (ends[0] - ends[1]) / (2 * step * point) == pytest.approx(1, abs=1e-4)


def test_critical_points_without_bias():
    (tanh,) = theory.critical_points("tanh")
    assert (tanh.q, tanh.gain, tanh.stable) == (0, 1, True)
    (relu,) = theory.critical_points("relu")
    assert math.isnan(relu.q)
    assert relu.gain == pytest.approx(math.sqrt(2))
    (sigmoid,) = theory.critical_points("sigmoid")
    assert theory.gradient_factor("sigmoid", sigmoid.q, sigmoid.gain) == pytest.approx(1)
    assert theory.variance_map("sigmoid", sigmoid.q, sigmoid.gain) == pytest.approx(sigmoid.q)
    assert theory.fixed_point("sigmoid", sigmoid.gain) == pytest.approx(sigmoid.q)
    assert theory.critical_points("softplus") == []


def test_deep_networks_come_to_a_fixed_point_vanish_or_explode():
    assert theory.fixed_point("relu", math.sqrt(2)) == 1
    assert theory.fixed_point("relu", 1.0) == 0
    assert theory.fixed_point("relu", 2.0) == math.inf
    q = theory.fixed_point("tanh", 1.5, 0.1)
    assert theory.variance_map("tanh", q, 1.5, 0.1) == pytest.approx(q, rel=1e-12)
    assert theory.depth_scale("relu", 1.0, math.sqrt(2)) == math.inf
    assert theory.depth_scale("relu", 1.0, 1.0) == pytest.approx(1 / math.log(2))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: ref.gain("gleu"), spec.UnknownNameError, "did you mean 'gelu'"),
        (lambda: ref.gain("softmax"), ValueError, "expected an elementwise activation"),
        (lambda: ref.gain("relu", 0.0), ValueError, "expected q above 0"),
        (lambda: ref.gain("relu", math.inf), ValueError, "finite q"),
        (lambda: ref.gain("relu", "1"), TypeError, "real number as q"),
        (lambda: ref.gain("relu", slope=1.0), TypeError, "slope"),
        (lambda: theory.fixed_point("relu", -1.0), ValueError, "gain of 0 or more"),
        (lambda: theory.variance_map("relu", 1.0, 1.0, -0.1), ValueError, "bias_variance of 0"),
    ],
)
def test_bad_input_is_said(call, error, message):
    with pytest.raises(error, match=message):
        call()


NETWORKS, WIDTH, DEPTH = 12, 1024, 50


@pytest.mark.parametrize(
    ("name", "gain"), [("relu", math.sqrt(2)), ("tanh", 1.4), ("gelu", 1.9), ("selu", 1.0)]
)
def test_simulated_networks_do_as_predicted(name, gain):
    """Width 1,024, depth 50: variances of sums, and gradients, within the sampling error."""
    function = ref.activations[name]
    rng = np.random.default_rng(5)
    scale = np.float32(gain / math.sqrt(WIDTH))
    variances, growth = np.empty((NETWORKS, DEPTH)), np.empty((NETWORKS, DEPTH))
    for network in range(NETWORKS):
        layers = [
            rng.standard_normal((WIDTH, WIDTH), dtype=np.float32) * scale for _ in range(DEPTH)
        ]
        sums = [rng.standard_normal(WIDTH, dtype=np.float32)]
        for weights in layers:
            sums.append(weights @ function(sums[-1]))
        gradient = rng.standard_normal(WIDTH, dtype=np.float32)
        for depth in reversed(range(DEPTH)):
            back = function.derivative(sums[depth]) * (layers[depth].T @ gradient)
            growth[network, depth] = np.mean(back**2) / np.mean(gradient**2)
            gradient = back
        variances[network] = [np.mean(z**2) for z in sums[1:]]
    q, predicted, factors = 1.0, [], []
    for _ in range(DEPTH):
        factors.append(theory.gradient_factor(name, q, gain))
        q = theory.variance_map(name, q, gain)
        predicted.append(q)
    for found, right in ((variances, predicted), (growth, factors)):
        ratio = found / np.array(right)
        # A finite width leaves a bias of the order of the depth over the width.
        allowed = 4.5 * ratio.std(axis=0, ddof=1) / math.sqrt(NETWORKS)
        allowed += 2 * np.arange(1, DEPTH + 1) / WIDTH
        assert (np.abs(ratio.mean(axis=0) - 1) <= allowed).all()
        assert allowed.max() < 1  # so that another gain would show


def test_what_comes_to_nothing_or_has_no_bound_does_so_at_once():
    assert theory.depth_scale("hard_shrink", 1e-6, 1.0) == 0
    assert theory.depth_scale("exponential", 1e6, 1.0) == 0
    # A straight line of slope 0 keeps nothing, whatever the gain.
    assert all(point.q > 0 for point in theory.critical_points("soft_shrink"))
