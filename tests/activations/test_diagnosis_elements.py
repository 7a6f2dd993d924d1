"""Wrong elementwise functions are named by their cause, and right ones by nothing."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from helpers.diagnosed import of_elements
from ml_dtypes import bfloat16
from scipy import special

from actinit import reference as ref
from actinit import spec
from actinit.conformance.activations import diagnosis
from actinit.conformance.activations.diagnosis import precision
from actinit.conformance.activations.diagnosis.evidence import Points
from actinit.conformance.activations.diagnosis.settings import Setting
from actinit.conformance.formats import FORMATS


def narrowed(x):
    return np.asarray(x).astype(bfloat16).astype(x.dtype)


def truncated(x):
    return (np.asarray(x, np.float32).view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def tanh_formula(x, factor=0.7978845608028654, cubic=0.044715):
    return 0.5 * x * (1 + np.tanh(factor * (x + cubic * x * x * x)))


def interpolated(x):
    nodes = np.linspace(-8, 8, 257)
    return np.interp(x.astype(np.float64), nodes, ref.sigmoid(nodes))


def in_places(function, wrong, other):
    """Put other results where an array has certain places."""
    return lambda x: np.where(wrong(np.arange(x.size)), other(x), function(x))


# Entry, function, and what it is named.
VALUES = [
    # Another entry, a relative, another parameter, a sign, a power.
    ("gelu", ref.gelu_tanh, "gelu_tanh"),
    ("gelu", lambda x: x * sigmoid(1.702 * x), "quick_gelu"),
    ("sigmoid", lambda x: np.clip(x / 6 + 0.5, 0, 1), "hard_sigmoid"),
    ("relu", lambda x: np.clip(x, 0, 6), "relu6"),
    ("leaky_relu", lambda x: np.where(x > 0, x, 0.2 * x), "leaky_relu with negative_slope = 0.2"),
    ("tanh", lambda x: -ref.tanh(x), "-tanh"),
    ("relu", lambda x: np.maximum(x, 0) ** 2, "squared_relu"),
    ("silu", ref.silu.derivative, "silu'"),
    # Constants.
    ("gelu_tanh", lambda x: tanh_formula(x, cubic=0.0447), "gelu_tanh with 0.0447 for 0.044715"),
    ("gelu_tanh", lambda x: tanh_formula(x, 0.8), "gelu_tanh with 0.8 for sqrt(2 / pi)"),
    ("selu", lambda x: 1.0507 * np.where(x > 0, x, 1.67326 * np.expm1(np.minimum(x, 0))),
     "selu with scale = 1.0507 and alpha = 1.67326"),
    # Fitted.
    ("elu", lambda x: np.where(x > 0, x, 0.77 * np.expm1(np.minimum(x, 0))),
     "elu with alpha = 0.77"),
    ("silu", lambda x: x * sigmoid(x * x.dtype.type(1.1)), "x * sigmoid(1.1 * x)"),
    ("tanh", lambda x: 0.999 * ref.tanh(x), "0.999 * tanh"),
    ("tanh", lambda x: ref.tanh(x * x.dtype.type(1.01)), "tanh of 1.01 * x"),
    ("sigmoid", lambda x: ref.sigmoid(x) + 1e-6, "sigmoid + 1e-06"),
    # The formula with a slip.
    ("laplace", lambda x: (1 + special.erf((x - np.float64(0.707107)) / 0.282095)) / 2,
     "laplace with -z for -z / sqrt(2)"),
    ("sparse_plus", lambda x: np.where(x >= 1, x, np.maximum(x + np.float64(1), 0) ** 2 / 2),
     "sparse_plus with 2 for 4"),
    ("soft_shrink", lambda x: np.where(np.abs(x) > 0.5, x - x.dtype.type(0.5), 0),
     "soft_shrink with x - threshold for x + threshold"),
    ("hard_silu", lambda x: np.where(x >= 3, x, x * np.maximum(x + 3, 0) * np.float64(0.1667)),
     "hard_silu with 5.9988 for 6"),
    ("scaled_tanh", lambda x: 2 / 3 * np.tanh(1.7159 * x.astype(np.float64)),
     "scaled_tanh with alpha and beta exchanged"),
    ("mish", lambda x: np.tanh(np.log1p(np.exp(x.astype(np.float64)))), "mish with t for x * t"),
    ("sigmoid", lambda x: (
        1 / (1 + np.exp(-x.astype(np.float64)).astype(np.float16).astype(np.float64))
     ),
     "sigmoid with its exponential in float16"),
    ("tanh_shrink", lambda x: x - np.tanh(x), "x - tanh(x), in float32"),
    ("xielu", lambda x: np.where(
        x > 0, 0.8 * x * x + 0.5 * x, 0.8 * (np.expm1(np.minimum(x, -1e-6)) - x) + 0.5 * x
     ), "xielu with the exponential of min(x, -1e-6)"),
    # Tails.
    ("gelu", lambda x: np.where(x < -5, 0, ref.gelu(x)), "0 for every x <= -5"),
    ("sigmoid", lambda x: np.maximum(ref.sigmoid(x), np.float32(1e-6)), "clamped: 1e-06"),
    ("silu", lambda x: x * sigmoid(np.clip(x, -10, 100)), "4.53979e-05 * x for x <= -10"),
    ("softplus", lambda x: np.where(x > 10, x, ref.softplus(x)),
     "softplus with a threshold, x where x > 10"),
    # Formulas that cancel or overflow.
    ("elu", lambda x: np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1),
     "exp(x) - 1, without expm1, in float32"),
    ("softplus", lambda x: np.log(1 + np.exp(x)), "log(1 + exp(x)), without log1p, in float32"),
    ("sigmoid", lambda x: np.exp(x) / (1 + np.exp(x)), "exp(x) / (1 + exp(x)), in float32"),
    ("gelu", lambda x: 0.5 * x * (1 + special.erf(x / np.sqrt(np.float32(2)))),
     "x / 2 * (1 + erf(x / sqrt(2))), in float32"),
    # Digits.
    ("sigmoid", lambda x: narrowed(ref.sigmoid(x)), "sigmoid rounded to bfloat16"),
    ("sigmoid", lambda x: truncated(ref.sigmoid(x)), "sigmoid truncated to bfloat16"),
    ("sigmoid", lambda x: ref.sigmoid(narrowed(x)), "sigmoid of x rounded to bfloat16"),
    ("silu", lambda x: x * narrowed(ref.sigmoid(x)), "x times a gate rounded to bfloat16"),
    ("sigmoid", lambda x: np.round(ref.sigmoid(x), 4), "rounded to multiples of 0.0001"),
    ("sigmoid", interpolated, "piecewise linear, as interpolated in a table"),
    # Places.
    ("gelu", lambda x: np.roll(ref.gelu(x), 1), "the result of the place before"),
    ("gelu", lambda x: ref.gelu(x)[::-1], "in reverse order"),
    ("sigmoid", in_places(ref.sigmoid, lambda at: at % 8 == 7, lambda x: x),
     "identity, only in places 7 of every 8"),
    ("sigmoid", in_places(ref.sigmoid, lambda at: at >= 20_000, np.zeros_like),
     "0, only from place 20000 on"),
]  # fmt: skip
DERIVATIVES = [
    ("tanh", lambda x: 1 - np.tanh(x) ** 2, "1 - tanh(x)**2, in float32"),
    ("tanh", lambda x: 1 - x * x, "1 - x**2, of the input in place of the output"),
    ("tanh", lambda x: 1 - narrowed(np.tanh(x)) ** 2, "1 - y**2 of the value y rounded to bf"),
    ("sigmoid", ref.sigmoid, "sigmoid"),
    ("silu", ref.sigmoid, "sigmoid(x), without x * sigmoid'(x)"),
    ("gelu", ref.gelu_tanh.derivative, "gelu_tanh'"),
    ("gelu_tanh", lambda x: 0.5 * (1 + np.tanh(0.7978845608 * (x + 0.044715 * x**3))),
     "the first term alone, (1 + tanh(u)) / 2"),
    ("gelu", lambda x: (ref.gelu(x + np.float64(1e-3)) - ref.gelu(x - np.float64(1e-3))) / 2e-3,
     "a central difference of gelu, step 0.001"),
    ("selu", lambda x: np.where(x > 0, 1.0507009873554805, 1.0507009873554805 * np.exp(x)),
     "selu' without alpha"),
    ("tanh", lambda x: ref.tanh.derivative(x) + 1, "tanh' + 1, as if the upstream gradient"),
    ("relu", lambda x: x < 0, "relu' of -x"),
    ("gelu", lambda x: (
        special.ndtr(x.astype(np.float64)) - x * np.exp(-x.astype(np.float64) ** 2 / 2) * 0.39894228
     ), "gelu' with Phi - x * phi for Phi + x * phi"),
    ("relu", lambda x: (x > 0) & (x < 6), "relu6'"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "function", "expected"), VALUES, ids=[f"{case[0]}: {case[2]}" for case in VALUES]
)
def test_a_wrong_value_is_named(name, function, expected):
    assert of_elements(name, function).startswith(expected)


@pytest.mark.parametrize(
    ("name", "function", "expected"),
    DERIVATIVES,
    ids=[f"{case[0]}: {case[2]}" for case in DERIVATIVES],
)
def test_a_wrong_derivative_is_named(name, function, expected):
    assert of_elements(name, function, "derivative").startswith(expected)


@pytest.mark.parametrize("part", ["value", "derivative"])
@pytest.mark.parametrize("name", ["gelu", "tanh"])
def test_a_table_is_one_of_what_was_asked_for(name, part):
    """All functions are tried one after the other, so that one kept for another would show."""
    asked = SimpleNamespace(entry=spec.activations[name], part=part)
    curves = {form.name: form.curve for form in precision.tabulated(asked)}
    function = ref.activations[name] if part == "value" else ref.activations[name].derivative
    nodes, between = np.linspace(-4, 4, 33), np.array([-3.0, -0.1, 0.13, 2.7])
    lines, nearest = (
        curves[f"a table of 33 nodes from -4 to 4, {how}"](between)
        for how in ("with straight lines between them", "the nearest of them")
    )
    np.testing.assert_array_equal(lines, np.interp(between, nodes, function(nodes)))
    np.testing.assert_array_equal(nearest, function(np.array([-3.0, 0.0, 0.25, 2.75])))


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("name", ["gelu", "selu", "softplus", "relu"])
def test_what_is_right_is_not_named(name, fmt):
    for part in ("value", "derivative"):
        function = ref.activations[name]
        assert (
            of_elements(name, function if part == "value" else function.derivative, part, fmt) == ""
        )


@pytest.mark.parametrize(
    ("function", "names"),
    [
        # A lost tail is 0, as relu is there; a relative of gelu is not gelu_tanh.
        (lambda x: np.where(x < -4, 0, ref.gelu(x)), ("relu", "gelu_tanh")),
        (lambda x: x * sigmoid(1.7 * x), ("gelu_tanh", "quick_gelu", "silu")),
        # Noise is nothing that is known.
        (lambda x: ref.gelu(x) * (1 + 1e-3 * np.sin(1e4 * x.astype(float) ** 2)),
         ("gelu_tanh", "1 * gelu", "gelu of", "computed in", "rounded")),
    ],
)  # fmt: skip
def test_a_near_relative_is_not_taken_for_another(function, names):
    found = of_elements("gelu", function)
    assert not any(found.startswith(name) for name in names), found


@pytest.mark.parametrize("fmt", ["float16", "bfloat16", "float64"])
def test_other_formats_say_the_same(fmt):
    assert of_elements("gelu", ref.gelu_tanh, fmt=fmt) == "gelu_tanh"
    assert of_elements("elu", lambda x: ref.elu(x, alpha=0.5), fmt=fmt) == "elu with alpha = 0.5"


@pytest.mark.parametrize("fmt", ["bfloat16", "float64"])
@pytest.mark.parametrize("value", [np.nan, -np.inf, 1e-45, "bits"])
@pytest.mark.parametrize("part", ["value", "derivative"])
def test_whatever_comes_back_there_is_a_text(part, value, fmt):
    def function(x):
        if value != "bits":
            return np.full(x.shape, value)
        kind = FORMATS[fmt]
        rng = np.random.default_rng(5)
        return kind.from_bits(rng.integers(0, 2 ** (kind.width - 1), x.size))

    assert isinstance(of_elements("selu", function, part, fmt), str)


def test_a_boundary_that_is_on_the_other_side_is_named():
    entry, fmt = spec.activations["thresholded_relu"], FORMATS["float32"]
    x = np.linspace(-2, 2, 401)
    right = np.where(x > 1, x, 0)
    seen = Points(x, np.where(x >= 1, x, 0), right, np.zeros_like(x))
    found = diagnosis.elements(
        entry, fmt, "value", seen, seen.got != right, np.arange(x.size, dtype=np.intp)
    )
    assert found.text == "thresholded_relu with x >= threshold for x > threshold"


@pytest.mark.parametrize(
    ("name", "parameter", "formula", "expected"),
    [
        ("celu", "alpha", lambda x, c: np.where(x > 0, x, c * np.expm1(np.minimum(x, 0))),
         "has x for x / alpha"),
        ("celu", "alpha", lambda x, c: np.where(x > 0, x, np.expm1(np.minimum(x, 0) / c)),
         "has expm1(x / alpha) for alpha * expm1(x / alpha)"),
        ("elu", "alpha", lambda x, c: c * np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
         "has alpha * x for x"),
        ("softplus_beta", "beta", lambda x, c: np.log1p(np.exp(c * x)), "has a factor beta"),
        ("elu", "alpha", lambda x, c: np.where(x > 0, x / c, c * np.expm1(np.minimum(x, 0))),
         "has x / alpha for x"),
        ("elu", "alpha", lambda x, c: np.where(x > 0, x, np.sin(c * x)), ""),
    ],
)  # fmt: skip
def test_what_was_done_with_a_parameter_is_named(name, parameter, formula, expected):
    entry, x = spec.activations[name], np.linspace(-4, 4, 161)
    wrong = []
    for value in (0.5, 3.0):
        got, right = formula(x, value), ref.activations[name](x, **{parameter: value})
        off = np.abs(got - right) > 1e-9
        wrong.append(Setting(parameter, value, x, got, right, off))
    found = diagnosis.settings(entry, FORMATS["float64"], "value", wrong)
    assert found.startswith(expected)
    assert bool(found) == bool(expected)
