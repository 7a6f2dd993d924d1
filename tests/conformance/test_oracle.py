"""The oracle against independent sources, and on the points that are hard to round."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import msgspec
import numpy as np
import pytest

from actinit import spec
from actinit.conformance.oracle import OracleError, enclose, enclose_rows, store
from actinit.conformance.truth import defaults

POINTS = [
    -700.5,
    -37.0,
    -20.25,
    -6.0,
    -1.3,
    -1e-8,
    -1e-300,
    1e-300,
    1e-8,
    0.7,
    2.5,
    18.0,
    36.9,
    500.0,
]
ELEMENTWISE = [name for name, e in spec.activations.items() if e.shape == "elementwise"]


def high(name, x):
    """Each function written for mpmath by hand: a second opinion that shares no code."""
    m = mpmath
    x = m.mpf(x)
    cdf = m.erfc(-x / m.sqrt(2)) / 2
    u = m.sqrt(2 / m.pi) * (x + m.mpf("0.044715") * x**3)
    return {
        "identity": lambda: x,
        "sigmoid": lambda: 1 / (1 + m.exp(-x)),
        "tanh": lambda: m.tanh(x),
        "relu": lambda: max(x, m.mpf(0)),
        "leaky_relu": lambda: x if x > 0 else m.mpf(0.01) * x,
        "elu": lambda: x if x > 0 else m.expm1(x),
        "selu": lambda: (
            m.mpf("1.0507009873554804934193349852946")
            * (x if x > 0 else m.mpf("1.6732632423543772848170429916717") * m.expm1(x))
        ),
        "softplus": lambda: m.log1p(m.exp(x)),
        "silu": lambda: x / (1 + m.exp(-x)),
        "gelu": lambda: x * cdf,
        "gelu_tanh": lambda: x / 2 * (1 + m.tanh(u)),
    }[name]()


def nearest(value):
    """Round an mpmath number to the nearest float64, and say what is left in ulp."""
    sign, man, exp, _ = value._mpf_
    fraction = Fraction(man) * Fraction(2) ** exp * (-1 if sign else 1)
    rounded = float(fraction)  # Python rounds a fraction correctly
    return rounded, float((fraction - Fraction(rounded)) / Fraction(math.ulp(rounded)))


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_values_agree_with_mpmath(name):
    entry = spec.activations[name]
    exact = enclose(entry, "value", POINTS, defaults(entry))
    with mpmath.workprec(3000):
        for x, rounded, residual in zip(POINTS, *exact, strict=True):
            expected, left = nearest(high(name, x))
            assert rounded == expected, x
            assert residual == pytest.approx(left, abs=2**-20), x


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_derivatives_agree_with_mpmath(name):
    entry = spec.activations[name]
    points = [x for x in POINTS if 1e-6 < abs(x) < 40]
    exact = enclose(entry, "derivative", points, defaults(entry))
    with mpmath.workprec(6000):
        for x, rounded in zip(points, exact.rounded, strict=True):
            step = mpmath.mpf(2) ** -2000  # a difference quotient good to 2,000 bits
            quotient = (high(name, x + step) - high(name, x - step)) / (2 * step)
            # No point lies within 2**-60 ulp of a tie here, so rounding either is the same.
            assert rounded == nearest(quotient)[0], x


def test_published_values_are_met():
    # Abramowitz and Stegun, tables 4.4 and 26.1: e**-10, and P(-x) of the normal distribution.
    sigmoid = spec.activations["sigmoid"]
    at_ten = enclose(sigmoid, "value", [-10.0], {}).rounded[0]
    e_minus_10 = 4.539992976248485e-05
    assert at_ten == pytest.approx(e_minus_10 / (1 + e_minus_10), rel=1e-15)
    gelu = spec.activations["gelu"]
    for x, q in ((1.0, 0.15865525393146), (2.0, 0.02275013194818), (3.0, 0.00134989803163)):
        assert -enclose(gelu, "value", [-x], {}).rounded[0] / x == pytest.approx(q, abs=5e-15)


def test_gelu_at_minus_37_has_a_right_answer():
    value = enclose(spec.activations["gelu"], "value", [-37.0], {}).rounded[0]
    with mpmath.workprec(500):
        assert value == nearest(high("gelu", -37))[0]
    assert value != 0


def altered(text):
    """Return an entry whose formula is the given one."""
    entry = spec.activations["identity"]
    value = msgspec.structs.replace(entry.value, pieces=(spec.Piece(then=spec.Expression(text)),))
    return msgspec.structs.replace(entry, value=value)


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


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_the_limits_stated_are_those_of_the_formula(name):
    entry = spec.activations[name]
    for case in entry.special.cases:
        if not math.isinf(case.x):
            continue
        for part in ("value", "derivative"):
            stated = getattr(case, part)
            if isinstance(stated, str):
                if stated.startswith("any"):
                    stated = 0.0
                else:
                    stated = spec.evaluate(spec.Expression(stated), defaults(entry))
            far = enclose(entry, part, [math.copysign(1e300, case.x)], defaults(entry)).rounded[0]
            if math.isinf(stated):
                assert abs(far) > 1e297
                assert far * stated > 0
            else:
                assert far == pytest.approx(stated, rel=1e-15)


def test_rows_agree_with_mpmath():
    rows = [[0.0, -20.0, 3.0], [700.0, 0.0, -700.0], [1.0, 1.0, 1.0 + 2**-52]]
    softmax = enclose_rows(spec.activations["softmax"], "value", rows, {})
    logs = enclose_rows(spec.activations["log_softmax"], "value", rows, {})
    slope = enclose_rows(spec.activations["softmax"], "derivative", rows, {}, [1, 1, 1])
    with mpmath.workprec(4000):
        for r, row in enumerate(rows):
            z = [mpmath.exp(mpmath.mpf(x)) for x in row]
            y = [item / sum(z) for item in z]
            for i in range(3):
                assert softmax.rounded[r, i] == nearest(y[i])[0]
                assert logs.rounded[r, i] == nearest(mpmath.log(y[i]))[0]
                assert slope.rounded[r, i] == nearest(y[1] * ((i == 1) - y[i]))[0]


def test_the_cache_is_not_trusted_when_damaged(tmp_path, monkeypatch):
    monkeypatch.setenv("ACTINIT_CACHE", str(tmp_path))
    entry, x = spec.activations["gelu"], np.array([-3.0, 1.0])
    first = store.exact(entry, "value", x, {})
    (file,) = (tmp_path / "oracle").glob("*.npz")
    assert np.array_equal(store.exact(entry, "value", x, {}).rounded, first.rounded)
    file.write_bytes(file.read_bytes()[:100])
    assert np.array_equal(store.exact(entry, "value", x, {}).rounded, first.rounded)
    assert file.stat().st_size > 100


def test_the_cache_tells_inputs_parameters_and_parts_apart(tmp_path, monkeypatch):
    monkeypatch.setenv("ACTINIT_CACHE", str(tmp_path))
    entry = spec.activations["leaky_relu"]

    def ask(part, x, slope):
        found = store.exact(entry, part, np.array([x]), {"negative_slope": slope})
        return float(found.rounded[0])

    assert ask("value", -1.0, 0.5) == -0.5
    assert ask("value", -2.0, 0.5) == -1.0
    assert ask("value", -2.0, 0.25) == -0.5
    assert ask("derivative", -2.0, 0.25) == 0.25


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("ACTINIT_CACHE", str(blocked))
    found = store.exact(spec.activations["tanh"], "value", np.array([1.0]), {})
    assert found.rounded[0] == pytest.approx(math.tanh(1))
