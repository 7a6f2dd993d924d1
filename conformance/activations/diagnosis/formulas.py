"""Functions that stand in frameworks, papers and slips for those of the spec: tables.

A formula takes an array, of complex numbers too: so its derivative is had without being written
down. It is computed in the arithmetic of what it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from scipy import special

__all__ = ["CONSTANTS", "DERIVATIVES", "FITTED", "OF_OUTPUT", "RELATIVES", "VALUES"]

Formula = Callable[[Any], Any]

_SCALE, _ALPHA = 1.0507009873554805, 1.6732632423543772
_ROOT_2_OVER_PI, _CUBIC = 0.7978845608028654, 0.044715


def _where(condition: Any, then: Any, otherwise: Any) -> Any:
    """Choose without a change of type: a number takes that of the array."""
    kind = np.result_type(*(each for each in (then, otherwise) if isinstance(each, np.ndarray)))
    return np.where(condition, *(np.asarray(each, dtype=kind) for each in (then, otherwise)))


def _clip(x: Any, low: float, high: float) -> Any:
    return _where(x.real < low, low, _where(x.real > high, high, x))


def _abs(x: Any) -> Any:
    return _where(x.real < 0, -x, x)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _softplus(x: Any) -> Any:
    return _where(x.real > 0, x, 0) + np.log1p(np.exp(-_abs(x)))


def _with_threshold(x: Any, at: float) -> Any:
    return _where(x.real > at, x, _softplus(x))


def _erf(x: Any) -> Any:
    return special.erf(x).astype(x.dtype)


def _erf_7_1_26(x: Any) -> Any:
    """Return erf by the rational approximation that is off by up to 1.5e-7."""
    size = _abs(x)
    t = 1 / (1 + 0.3275911 * size)
    series = 0.254829592 + t * (
        -0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))
    )
    return _where(x.real < 0, -1.0 + 0 * x, 1.0) * (1 - t * series * np.exp(-size * size))


def _gelu(x: Any, root: float = 1.4142135623730951) -> Any:
    return 0.5 * x * (1 + _erf(x / root))


def _gelu_tanh(x: Any, factor: Any = _ROOT_2_OVER_PI, cubic: Any = _CUBIC) -> Any:
    return 0.5 * x * (1 + np.tanh(factor * (x + cubic * x * x * x)))


def _elu(x: Any, alpha: Any = 1.0, scale: Any = 1.0) -> Any:
    return scale * _where(x.real > 0, x, alpha * np.expm1(_clip(x, -np.inf, 0.0)))


def _leaky(x: Any, slope: Any) -> Any:
    return _where(x.real > 0, x, slope * x)


#: Of other functions than those of the spec: their names with their formulas.
RELATIVES: Mapping[str, Formula] = {
    "hard sigmoid, clip(0.2 * x + 0.5, 0, 1)": lambda x: _clip(0.2 * x + 0.5, 0, 1),
    "hard sigmoid, clip(0.25 * x + 0.5, 0, 1)": lambda x: _clip(0.25 * x + 0.5, 0, 1),
    "relu1, clip(x, 0, 1)": lambda x: _clip(x, 0, 1),
    "hard silu, x * clip(0.2 * x + 0.5, 0, 1)": lambda x: x * _clip(0.2 * x + 0.5, 0, 1),
    "x * sigmoid(1.702 * x)": lambda x: x * _sigmoid(1.702 * x),
    "x * sigmoid(1.7 * x)": lambda x: x * _sigmoid(1.7 * x),
    "sigmoid(1.702 * x)": lambda x: _sigmoid(1.702 * x),
    "x * tanh(x)": lambda x: x * np.tanh(x),
    "softsign, x / (1 + |x|)": lambda x: x / (1 + _abs(x)),
    "softsign sigmoid, (x / (1 + |x|) + 1) / 2": lambda x: (x / (1 + _abs(x)) + 1) / 2,
    "scaled tanh, 1.7159 * tanh(2 * x / 3)": lambda x: 1.7159 * np.tanh(2 * x / 3),
    "x - tanh(x)": lambda x: x - np.tanh(x),
    "log of sigmoid": lambda x: -_softplus(-x),
    "shifted softplus, softplus(x) - log(2)": lambda x: _softplus(x) - 0.6931471805599453,
    "squareplus, (x + sqrt(x**2 + 4)) / 2": lambda x: (x + np.sqrt(x * x + 4)) / 2,
    "softplus of base 2": lambda x: np.log1p(np.exp(x)) / 0.6931471805599453,
    "erf(x)": _erf,
    "Phi(x), the normal distribution function": lambda x: 0.5 * special.erfc(-x / np.sqrt(2)),
    "erf(x) by Abramowitz and Stegun's 7.1.26": _erf_7_1_26,
    "x * Phi(x) by Abramowitz and Stegun's 7.1.26": lambda x: (
        0.5 * x * (1 + _erf_7_1_26(x / np.sqrt(2)))
    ),
    "arctan(x)": np.arctan,
    "sin(x)": np.sin,
    "exp(x)": np.exp,
    "exp(-x**2)": lambda x: np.exp(-x * x),
    "x**2": lambda x: x * x,
    "|x|": _abs,
    "tanh(x) by Pade's fraction, x * (27 + x**2) / (27 + 9 * x**2)": lambda x: (
        x * (27 + x * x) / (27 + 9 * x * x)
    ),
    "tanh(x) by Pade's fraction, cut at -1 and 1": lambda x: _clip(
        x * (27 + x * x) / (27 + 9 * x * x), -1, 1
    ),
    "a step, 1 where x > 0": lambda x: _where(x.real > 0, 1.0 + 0 * x, 0.0),
    "the sign of x": lambda x: np.sign(x.real) + 0 * x,
}

_SELU = {
    f"selu with scale = {scale:.10g} and alpha = {alpha:.10g}": partial(
        _elu, alpha=alpha, scale=scale
    )
    for scale in (_SCALE, 1.0507009873554, 1.0507009874, 1.0507009, 1.050701, 1.0507, 1.051, 1.05,
                  1.0, _ALPHA)
    for alpha in (_ALPHA, 1.6732632423543, 1.6732632424, 1.6732632, 1.673263, 1.67326, 1.6733,
                  1.673, 1.67, 1.7, 1.0, _SCALE)
    if (scale, alpha) != (_SCALE, _ALPHA)
}  # fmt: skip

#: By entry: its own formula with other constants, such as with few digits.
CONSTANTS: Mapping[str, Mapping[str, Formula]] = {
    "gelu_tanh": {
        **{
            f"gelu_tanh with {cubic:g} for 0.044715": partial(_gelu_tanh, cubic=cubic)
            for cubic in (0.0447, 0.04471, 0.04472, 0.045, 0.0447150, 0.044, 0.04, 0.05, 0.447,
                          0.44715, 0.0044715, 0.035677)
            if cubic != _CUBIC
        },
        **{
            f"gelu_tanh with {factor:.9g} for sqrt(2 / pi)": partial(_gelu_tanh, factor=factor)
            for factor in (0.8, 0.798, 0.7979, 0.79788, 0.797885, 0.7978846, 0.79788456,
                           0.7978845608, 0.5641895835477563, 0.6366197723675814,
                           1.2533141373155001, 1.0, 0.7071067811865476)
        },
        "gelu_tanh without its cubic term": lambda x: _gelu_tanh(x, cubic=0.0),
        "gelu_tanh with x**2 for x**3": lambda x: (
            0.5 * x * (1 + np.tanh(_ROOT_2_OVER_PI * (x + _CUBIC * x * x)))
        ),
        "gelu_tanh with 0.044715 * x outside the cube": lambda x: (
            0.5 * x * (1 + np.tanh(_ROOT_2_OVER_PI * (x + (_CUBIC * x) ** 3)))
        ),
        "gelu_tanh without the sum, tanh of the cubic term": lambda x: (
            0.5 * x * (1 + np.tanh(_ROOT_2_OVER_PI * _CUBIC * x * x * x))
        ),
    },
    "gelu": {
        **{
            f"gelu with {root:.9g} for sqrt(2)": partial(_gelu, root=root)
            for root in (1.4, 1.41, 1.414, 1.4142, 1.41421, 1.414214, 1.0, 2.0)
        },
    },
    "selu": _SELU,
    "elu": {
        "elu with the alpha of selu": lambda x: _elu(x, _ALPHA),
    },
    "softplus": {
        f"softplus with a threshold, x where x > {at:g}": partial(_with_threshold, at=at)
        for at in (5.0, 10.0, 15.0, 20.0, 25.0, 30.0)
    },
    "leaky_relu": {
        "leaky_relu on the wrong side": lambda x: _where(x.real > 0, 0.01 * x, x),
        "max(x, -0.01 * x)": lambda x: _leaky(x, -0.01),
    },
    "silu": {"x * sigmoid(-x)": lambda x: x * _sigmoid(-x)},
    "sigmoid": {"sigmoid of base 2": lambda x: 1 / (1 + np.exp2(-x))},
    "tanh": {
        "sigmoid(2 * x)": lambda x: _sigmoid(2 * x),
        "2 * sigmoid(x) - 1": lambda x: np.tanh(x / 2),
    },
}  # fmt: skip

#: By entry: its own formula with a constant that may be any, and what that is called.
FITTED: Mapping[str, Mapping[str, tuple[Callable[[Any, Any], Any], float]]] = {
    "elu": {"elu with alpha = {}": (lambda x, c: _elu(x, c), 1.0)},
    "leaky_relu": {"leaky_relu with negative_slope = {}": (_leaky, 0.01)},
    "relu": {"leaky_relu with negative_slope = {}": (_leaky, 0.0)},
    "selu": {
        "selu with alpha = {}": (lambda x, c: _elu(x, c, _SCALE), _ALPHA),
        "selu with scale = {}": (lambda x, c: _elu(x, _ALPHA, c), _SCALE),
    },
    "silu": {"x * sigmoid({} * x)": (lambda x, c: x * _sigmoid(c * x), 1.0)},
    "gelu": {
        "x * sigmoid({} * x)": (lambda x, c: x * _sigmoid(c * x), 1.702),
        "x * Phi({} * x)": (lambda x, c: x * 0.5 * special.erfc(-c * x / np.sqrt(2)), 1.0),
        "gelu_tanh with {} for 0.044715": (lambda x, c: _gelu_tanh(x, cubic=c), _CUBIC),
    },
    "gelu_tanh": {
        "x * sigmoid({} * x)": (lambda x, c: x * _sigmoid(c * x), 1.702),
        "gelu_tanh with {} for 0.044715": (lambda x, c: _gelu_tanh(x, cubic=c), _CUBIC),
        "gelu_tanh with {} for sqrt(2 / pi)": (_gelu_tanh, _ROOT_2_OVER_PI),
    },
    "softplus": {
        "softplus with beta = {}": (lambda x, c: _softplus(c * x) / c, 1.0),
        "log({} + exp(x))": (lambda x, c: np.log(c + np.exp(x)), 1.0),
    },
    "sigmoid": {
        "1 / ({} + exp(-x))": (lambda x, c: 1 / (c + np.exp(-x)), 1.0),
        "sigmoid(x), of which {} is added to each end": (
            lambda x, c: (1 - 2 * c) * _sigmoid(x) + c, 0.0,
        ),
    },
    "tanh": {"tanh(x) + {} * x": (lambda x, c: np.tanh(x) + c * x, 0.0)},
}  # fmt: skip

#: By entry: formulas that are right but for their roundings.
VALUES: Mapping[str, Mapping[str, Formula]] = {
    "sigmoid": {
        "1 / (1 + exp(-x))": _sigmoid,
        "exp(x) / (1 + exp(x))": lambda x: np.exp(x) / (1 + np.exp(x)),
        "(1 + tanh(x / 2)) / 2": lambda x: 0.5 * (1 + np.tanh(0.5 * x)),
        "1 - 1 / (1 + exp(x))": lambda x: 1 - 1 / (1 + np.exp(x)),
    },
    "tanh": {
        "(exp(2 * x) - 1) / (exp(2 * x) + 1)": lambda x: (
            (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1)
        ),
        "(exp(x) - exp(-x)) / (exp(x) + exp(-x))": lambda x: (
            (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))
        ),
        "(1 - exp(-2 * x)) / (1 + exp(-2 * x))": lambda x: (
            (1 - np.exp(-2 * x)) / (1 + np.exp(-2 * x))
        ),
        "2 * sigmoid(2 * x) - 1": lambda x: 2 / (1 + np.exp(-2 * x)) - 1,
        "1 - 2 / (exp(2 * x) + 1)": lambda x: 1 - 2 / (np.exp(2 * x) + 1),
        "sinh(x) / cosh(x)": lambda x: np.sinh(x) / np.cosh(x),
    },
    "softplus": {
        "log(1 + exp(x)), without log1p": lambda x: np.log(1 + np.exp(x)),
        "log1p(exp(x)), without a shift": lambda x: np.log1p(np.exp(x)),
        "log(1 + exp(-|x|)) + max(x, 0), without log1p": lambda x: (
            np.log(1 + np.exp(-_abs(x))) + _where(x.real > 0, x, 0)
        ),
        "x + log(1 + exp(-x)), without log1p": lambda x: x + np.log(1 + np.exp(-x)),
        "-log(sigmoid(-x))": lambda x: -np.log(_sigmoid(-x)),
        "-log(1 - sigmoid(x))": lambda x: -np.log(1 - _sigmoid(x)),
    },
    "silu": {
        "x / (1 + exp(-x))": lambda x: x / (1 + np.exp(-x)),
        "x * exp(x) / (1 + exp(x))": lambda x: x * np.exp(x) / (1 + np.exp(x)),
        "x / 2 * (1 + tanh(x / 2))": lambda x: 0.5 * x * (1 + np.tanh(0.5 * x)),
    },
    "gelu": {
        "x / 2 * (1 + erf(x / sqrt(2)))": _gelu,
        "x * (1 - erfc(x / sqrt(2)) / 2)": lambda x: x * (1 - 0.5 * special.erfc(x / np.sqrt(2))),
        "x / 2 * erfc(-x / sqrt(2))": lambda x: (
            0.5 * x * special.erfc(-x * 0.7071067811865476).astype(x.dtype)
        ),
    },
    "gelu_tanh": {"x / 2 * (1 + tanh(u))": _gelu_tanh},
    "elu": {
        "exp(x) - 1, without expm1": lambda x: (
            _where(x.real > 0, x, np.exp(_clip(x, -np.inf, 0.0)) - 1)
        ),
        "exp(x) - 1 at all inputs, also where x > 0": lambda x: (
            (x.real > 0) * x + (x.real <= 0) * (np.exp(x) - 1)
        ),
    },
    "selu": {
        "scale * alpha * (exp(x) - 1), without expm1": lambda x: (
            _SCALE * _where(x.real > 0, x, _ALPHA * (np.exp(_clip(x, -np.inf, 0.0)) - 1))
        ),
        "scale * alpha * exp(x) - scale * alpha, without expm1": lambda x: (
            _where(x.real > 0, _SCALE * x,
                   _SCALE * _ALPHA * np.exp(_clip(x, -np.inf, 0.0)) - _SCALE * _ALPHA)
        ),
    },
    "relu": {"(x + |x|) / 2": lambda x: (x + _abs(x)) / 2},
}  # fmt: skip


def _phi(x: Any) -> Any:
    return np.exp(-x * x / 2) * 0.3989422804014327


def _Phi(x: Any) -> Any:  # noqa: N802 - the usual sign of the distribution function
    return 0.5 * (1 + _erf(x / 1.4142135623730951))


def _inner(x: Any) -> Any:
    return np.tanh(_ROOT_2_OVER_PI * (x + _CUBIC * x * x * x))


def _inner_slope(x: Any) -> Any:
    return _ROOT_2_OVER_PI * (1 + 3 * _CUBIC * x * x)


#: By entry: formulas of derivatives, right but for their roundings or with a slip.
DERIVATIVES: Mapping[str, Mapping[str, Formula]] = {
    "tanh": {
        "1 - tanh(x)**2": lambda x: 1 - np.tanh(x) ** 2,
        "(1 - tanh(x)) * (1 + tanh(x))": lambda x: (1 - np.tanh(x)) * (1 + np.tanh(x)),
        "4 / (exp(x) + exp(-x))**2": lambda x: 4 / (np.exp(x) + np.exp(-x)) ** 2,
        "1 / cosh(x)**2": lambda x: 1 / np.cosh(x) ** 2,
        "4 * exp(2 * x) / (exp(2 * x) + 1)**2": lambda x: (
            4 * np.exp(2 * x) / (np.exp(2 * x) + 1) ** 2
        ),
        "1 - tanh(x), without the square": lambda x: 1 - np.tanh(x),
        "1 - |tanh(x)|, without the square": lambda x: 1 - _abs(np.tanh(x)),
        "1 - x**2, of the input in place of the output": lambda x: 1 - x * x,
        "1 + tanh(x)**2, with the wrong sign": lambda x: 1 + np.tanh(x) ** 2,
        "tanh(x)**2, without the 1": lambda x: np.tanh(x) ** 2,
        "1 - tanh(tanh(x))**2, of the output in place of the input": lambda x: (
            1 - np.tanh(np.tanh(x)) ** 2
        ),
        "tanh(x) * (1 - tanh(x)), as of a sigmoid": lambda x: np.tanh(x) * (1 - np.tanh(x)),
    },
    "sigmoid": {
        "s * (1 - s), s = sigmoid(x)": lambda x: _sigmoid(x) * (1 - _sigmoid(x)),
        "exp(-x) / (1 + exp(-x))**2": lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2,
        "exp(x) / (1 + exp(x))**2": lambda x: np.exp(x) / (1 + np.exp(x)) ** 2,
        "s - s**2, s = sigmoid(x)": lambda x: _sigmoid(x) - _sigmoid(x) ** 2,
        "(1 - tanh(x / 2)**2) / 4": lambda x: (1 - np.tanh(x / 2) ** 2) / 4,
        "1 - sigmoid(x), without the factor sigmoid(x)": lambda x: 1 - _sigmoid(x),
        "x * (1 - x), of the input in place of the output": lambda x: x * (1 - x),
        "sigmoid(x) * (1 + sigmoid(x)), with the wrong sign": lambda x: (
            _sigmoid(x) * (1 + _sigmoid(x))
        ),
        "sigmoid(x)**2": lambda x: _sigmoid(x) ** 2,
        "1 - sigmoid(x)**2, as of a tanh": lambda x: 1 - _sigmoid(x) ** 2,
        "sigmoid'(sigmoid(x)), of the output in place of the input": lambda x: (
            _sigmoid(_sigmoid(x)) * (1 - _sigmoid(_sigmoid(x)))
        ),
    },
    "softplus": {
        "1 / (1 + exp(-x))": _sigmoid,
        "exp(x) / (1 + exp(x))": lambda x: np.exp(x) / (1 + np.exp(x)),
        "1 - 1 / (1 + exp(x))": lambda x: 1 - 1 / (1 + np.exp(x)),
        "(1 + tanh(x / 2)) / 2": lambda x: 0.5 * (1 + np.tanh(0.5 * x)),
        "1 - sigmoid(x)": lambda x: 1 - _sigmoid(x),
        "sigmoid'(x)": lambda x: _sigmoid(x) * (1 - _sigmoid(x)),
        "1 / (1 + exp(x)), with the wrong sign": lambda x: 1 / (1 + np.exp(x)),
    },
    "silu": {
        "s * (1 + x * (1 - s)), s = sigmoid(x)": lambda x: (
            _sigmoid(x) * (1 + x * (1 - _sigmoid(x)))
        ),
        "s + x * s * (1 - s), s = sigmoid(x)": lambda x: (
            _sigmoid(x) + x * _sigmoid(x) * (1 - _sigmoid(x))
        ),
        "y + s * (1 - y), s = sigmoid(x), y = x * s": lambda x: (
            x * _sigmoid(x) + _sigmoid(x) * (1 - x * _sigmoid(x))
        ),
        "sigmoid(x), without x * sigmoid'(x)": _sigmoid,
        "x * sigmoid'(x), without sigmoid(x)": lambda x: x * _sigmoid(x) * (1 - _sigmoid(x)),
        "sigmoid'(x)": lambda x: _sigmoid(x) * (1 - _sigmoid(x)),
        "sigmoid(x) + sigmoid'(x), without the factor x": lambda x: (
            _sigmoid(x) + _sigmoid(x) * (1 - _sigmoid(x))
        ),
        "s + x * (1 - s), s = sigmoid(x), without a factor s": lambda x: (
            _sigmoid(x) + x * (1 - _sigmoid(x))
        ),
        "s + x * s, s = sigmoid(x), without the factor 1 - s": lambda x: (
            _sigmoid(x) + x * _sigmoid(x)
        ),
        "s - x * s * (1 - s), s = sigmoid(x), with the wrong sign": lambda x: (
            _sigmoid(x) - x * _sigmoid(x) * (1 - _sigmoid(x))
        ),
        "y + s * (1 + y), s = sigmoid(x), y = x * s, with the wrong sign": lambda x: (
            x * _sigmoid(x) + _sigmoid(x) * (1 + x * _sigmoid(x))
        ),
    },
    "gelu": {
        "Phi(x) + x * phi(x), Phi(x) = (1 + erf(x / sqrt(2))) / 2": lambda x: _Phi(x) + x * _phi(x),
        "Phi(x), without x * phi(x)": _Phi,
        "x * phi(x), without Phi(x)": lambda x: x * _phi(x),
        "Phi(x) + phi(x), without the factor x": lambda x: _Phi(x) + _phi(x),
        "Phi(x) - x * phi(x), with the wrong sign": lambda x: _Phi(x) - x * _phi(x),
        "phi(x)": _phi,
        "Phi(x) + x * exp(-x**2 / 2), without 1 / sqrt(2 * pi)": lambda x: (
            _Phi(x) + x * np.exp(-x * x / 2)
        ),
        "Phi(x) + x * phi(x) with exp(-x**2) for exp(-x**2 / 2)": lambda x: (
            _Phi(x) + x * np.exp(-x * x) * 0.3989422804014327
        ),
        "Phi(x) + x * phi(x) with 1 / sqrt(pi) for 1 / sqrt(2 * pi)": lambda x: (
            _Phi(x) + x * np.exp(-x * x / 2) * 0.5641895835477563
        ),
        "Phi(x) + x * phi(x) with 1 / (2 * pi) for 1 / sqrt(2 * pi)": lambda x: (
            _Phi(x) + x * np.exp(-x * x / 2) * 0.15915494309189535
        ),
        "Phi(x) + x * phi(x) / 2": lambda x: _Phi(x) + x * _phi(x) / 2,
        "Phi(x) + x**2 * phi(x)": lambda x: _Phi(x) + x * x * _phi(x),
    },
    "gelu_tanh": {
        "(1 + t) / 2 + x / 2 * (1 - t**2) * u', t = tanh(u)": lambda x: (
            0.5 * (1 + _inner(x)) + 0.5 * x * (1 - _inner(x) ** 2) * _inner_slope(x)
        ),
        "the first term alone, (1 + tanh(u)) / 2": lambda x: 0.5 * (1 + _inner(x)),
        "the second term alone, x / 2 * (1 - tanh(u)**2) * u'": lambda x: (
            0.5 * x * (1 - _inner(x) ** 2) * _inner_slope(x)
        ),
        "gelu_tanh' without u', the slope inside tanh": lambda x: (
            0.5 * (1 + _inner(x)) + 0.5 * x * (1 - _inner(x) ** 2)
        ),
        "gelu_tanh' with u' = sqrt(2 / pi), without the cubic term": lambda x: (
            0.5 * (1 + _inner(x)) + 0.5 * x * (1 - _inner(x) ** 2) * _ROOT_2_OVER_PI
        ),
        "gelu_tanh' with 0.044715 * x**2 in u', without the factor 3": lambda x: (
            0.5 * (1 + _inner(x))
            + 0.5 * x * (1 - _inner(x) ** 2) * _ROOT_2_OVER_PI * (1 + _CUBIC * x * x)
        ),
        "gelu_tanh' with u' lacking sqrt(2 / pi)": lambda x: (
            0.5 * (1 + _inner(x)) + 0.5 * x * (1 - _inner(x) ** 2) * (1 + 3 * _CUBIC * x * x)
        ),
        "gelu_tanh' without the factor x": lambda x: (
            0.5 * (1 + _inner(x)) + 0.5 * (1 - _inner(x) ** 2) * _inner_slope(x)
        ),
    },
    "elu": {
        "alpha * expm1(x), the value": lambda x: _where(x.real > 0, 1.0, np.expm1(x)),
        "alpha without exp(x)": lambda x: 1.0 + 0 * x,
        "exp(x) at all inputs": np.exp,
        "0 where x <= 0": lambda x: _where(x.real > 0, 1.0 + 0 * x, 0.0),
    },
    "selu": {
        "selu' without scale": lambda x: _where(x.real > 0, 1.0, _ALPHA * np.exp(x)),
        "selu' without alpha": lambda x: _where(x.real > 0, _SCALE, _SCALE * np.exp(x)),
        "selu' without scale where x <= 0": lambda x: _where(
            x.real > 0, _SCALE, _ALPHA * np.exp(x)
        ),
        "selu' without scale where x > 0": lambda x: _where(
            x.real > 0, 1.0, _SCALE * _ALPHA * np.exp(x)
        ),
        "the value where x <= 0": lambda x: _where(
            x.real > 0, _SCALE, _SCALE * _ALPHA * np.expm1(x)
        ),
    },
    "tanh_shrink": {"x - tanh(x)": lambda x: x - np.tanh(x)},
    "mish": {"x * tanh(log(1 + exp(x)))": lambda x: x * np.tanh(np.log(1 + np.exp(x)))},
    "squareplus": {
        "(x + sqrt(x**2 + 4)) / 2": lambda x: 0.5 * (x + np.sqrt(x * x + 4)),
    },
    "log_sigmoid": {
        "log(sigmoid(x))": lambda x: np.log(_sigmoid(x)),
        "-log(1 + exp(-x))": lambda x: -np.log(1 + np.exp(-x)),
    },
    "softsign": {"x / (1 + |x|)": lambda x: x / (1 + _abs(x))},
    "hard_silu": {
        "x * clip(x + 3, 0, 6) / 6": lambda x: x * _clip(x + 3, 0, 6) / 6,
        "x * clip(x / 6 + 1/2, 0, 1)": lambda x: x * _clip(x / 6 + 0.5, 0, 1),
    },
}

#: By entry: the derivative from the value, and where that formula holds.
OF_OUTPUT: Mapping[str, Mapping[str, Callable[[Any, Any], Any]]] = {
    "tanh": {
        "1 - y**2": lambda x, y: 1 - y * y,
        "(1 - y) * (1 + y)": lambda x, y: (1 - y) * (1 + y),
    },
    "sigmoid": {"y * (1 - y)": lambda x, y: y * (1 - y)},
    "softplus": {
        "1 - exp(-y)": lambda x, y: 1 - np.exp(-y),
        "-expm1(-y)": lambda x, y: -np.expm1(-y),
    },
    "elu": {"y + alpha": lambda x, y: _where(x > 0, 1.0, y + 1)},
    "selu": {"y + scale * alpha": lambda x, y: _where(x > 0, _SCALE, y + _SCALE * _ALPHA)},
    "silu": {"y + s * (1 - y)": lambda x, y: y + _sigmoid(x) * (1 - y)},
}
