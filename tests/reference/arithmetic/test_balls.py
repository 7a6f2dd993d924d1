"""Balls contain the exact number, and are as narrow as their precision promises."""

from __future__ import annotations

import mpmath
import pytest

from actinit.reference.arithmetic import balls
from actinit.reference.arithmetic.balls import CONSTANTS, Ball, UndecidedError

#: The exact function, and where it is asked.
FUNCTIONS = {
    "exp": (mpmath.exp, [-1e-300, -1e-9, -0.3, -1.0, -37.5, -745.25]),
    "expm1": (mpmath.expm1, [-1e-300, -1e-9, -0.01, -0.3, -1.0, -37.5]),
    "log1p": (mpmath.log1p, [1e-300, 1e-9, 0.3, 1.0, 37.5, 1e9]),
    "mills": (
        lambda t: mpmath.ncdf(-t) * mpmath.exp(t * t / 2),
        [1e-300, 1e-9, 0.3, 1.0, 6.5, 39.875, 55.5],
    ),
    "erf_integral": (
        lambda x: mpmath.erf(x) * mpmath.sqrt(mpmath.pi) / 2,
        [1e-300, 1e-9, 0.01, 0.1, 0.125],
    ),
}


def _of(function: str, x: Ball) -> Ball:
    result = getattr(balls, function)(x)
    return result.number.shifted(result.power) if function == "exp" else result


def _holds(ball: Ball, exact: mpmath.mpf) -> bool:
    lower, upper = (mpmath.mpf(end.numerator) / end.denominator for end in ball.ends())
    return lower <= exact <= upper


@pytest.mark.parametrize("bits", [64, 128, 500])
@pytest.mark.parametrize(("name", "x"), [(n, x) for n, (_, xs) in FUNCTIONS.items() for x in xs])
def test_a_function_is_enclosed(name, x, bits):
    ball = _of(name, Ball.exactly(x, bits))
    with mpmath.workprec(3000):
        assert _holds(ball, FUNCTIONS[name][0](mpmath.mpf(x)))
    lower, upper = ball.ends()
    assert upper - lower <= abs(upper) / 2 ** (bits - 10)


@pytest.mark.parametrize("name", CONSTANTS)
def test_a_constant_is_enclosed(name):
    with mpmath.workprec(1000):
        root = mpmath.sqrt(2 * mpmath.pi)
        scale, alpha = (
            mpmath.mpf("1.0507009873554804934193349852946"),
            mpmath.mpf("1.6732632423543772848170429916717"),
        )
        exact = {
            "LOG2": mpmath.log(2), "SELU_SCALE": scale, "SELU_SCALE_ALPHA": scale * alpha,
            "DENSITY_AT_0": 1 / root, "GELU_TANH_LINEAR": 4 / root,
            "GELU_TANH_CUBIC": 4 / root * mpmath.mpf("0.044715"),
            "ROOT_2": mpmath.sqrt(2), "TWO_OVER_ROOT_PI": 2 / mpmath.sqrt(mpmath.pi),
            "QUICK_GELU_FACTOR": mpmath.mpf("1.702"),
        }[name]  # fmt: skip
        assert _holds(CONSTANTS[name](300), exact)
    lower, upper = CONSTANTS[name](300).ends()
    assert upper - lower <= upper / 2**290


def test_operations_carry_the_error():
    third = Ball.exactly(1, 100) / 3
    with mpmath.workprec(500):
        for ball, exact in (
            (third + third, mpmath.mpf(2) / 3),
            (third - 1, mpmath.mpf(-2) / 3),
            (third * -third, mpmath.mpf(-1) / 9),
            (1 / third, mpmath.mpf(3)),
            (abs(-third), mpmath.mpf(1) / 3),
            (third.sqrt(), mpmath.sqrt(mpmath.mpf(1) / 3)),
        ):
            assert _holds(ball, exact)
            assert ball.radius > 0


def test_what_needs_no_rounding_has_no_error():
    """Else no precision would tell where an exact result in the middle of two floats goes."""
    for ball, exact in (
        (Ball.exactly(2.25, 100).sqrt(), 1.5),
        (Ball.exactly(2.0**-1074, 100).sqrt(), 2.0**-537),
        (Ball.exactly(3.0, 100) / 12, 0.25),
        (Ball.exactly(-7.0, 100) / Ball.exactly(2.0**900, 100), -7 * 2.0**-900),
    ):
        assert ball.ends() == (exact, exact)
    assert Ball.exactly(2.0, 100).sqrt().radius > 0


def test_what_cannot_be_told_is_said():
    zero = Ball.exactly(1, 60) / 3 * 3 - 1
    with pytest.raises(UndecidedError, match="sign"):
        _ = zero < 0
    with pytest.raises(UndecidedError, match="divisor"):
        _ = 1 / zero
