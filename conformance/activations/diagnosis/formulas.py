"""Formulas of the entries that lose digits, overflow or have a slip: tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy import special

from .arithmetic import Formula
from .elementary import (
    ALPHA,
    CUBIC,
    ROOT_2_OVER_PI,
    SCALE,
    absolute,
    clip,
    erf,
    gelu,
    gelu_tanh,
    sigmoid,
    where,
)

__all__ = ["DERIVATIVES", "OF_OUTPUT", "VALUES"]

#: By entry: formulas that are right but for their roundings.
VALUES: Mapping[str, Mapping[str, Formula]] = {
    "sigmoid": {
        "1 / (1 + exp(-x))": sigmoid,
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
            np.log(1 + np.exp(-absolute(x))) + where(x.real > 0, x, 0)
        ),
        "x + log(1 + exp(-x)), without log1p": lambda x: x + np.log(1 + np.exp(-x)),
        "-log(sigmoid(-x))": lambda x: -np.log(sigmoid(-x)),
        "-log(1 - sigmoid(x))": lambda x: -np.log(1 - sigmoid(x)),
    },
    "silu": {
        "x / (1 + exp(-x))": lambda x: x / (1 + np.exp(-x)),
        "x * exp(x) / (1 + exp(x))": lambda x: x * np.exp(x) / (1 + np.exp(x)),
        "x / 2 * (1 + tanh(x / 2))": lambda x: 0.5 * x * (1 + np.tanh(0.5 * x)),
    },
    "gelu": {
        "x / 2 * (1 + erf(x / sqrt(2)))": gelu,
        "x * (1 - erfc(x / sqrt(2)) / 2)": lambda x: x * (1 - 0.5 * special.erfc(x / np.sqrt(2))),
        "x / 2 * erfc(-x / sqrt(2))": lambda x: (
            0.5 * x * special.erfc(-x * 0.7071067811865476).astype(x.dtype)
        ),
    },
    "gelu_tanh": {"x / 2 * (1 + tanh(u))": gelu_tanh},
    "elu": {
        "exp(x) - 1, without expm1": lambda x: (
            where(x.real > 0, x, np.exp(clip(x, -np.inf, 0.0)) - 1)
        ),
        "exp(x) - 1 at all inputs, also where x > 0": lambda x: (
            (x.real > 0) * x + (x.real <= 0) * (np.exp(x) - 1)
        ),
    },
    "selu": {
        "scale * alpha * (exp(x) - 1), without expm1": lambda x: (
            SCALE * where(x.real > 0, x, ALPHA * (np.exp(clip(x, -np.inf, 0.0)) - 1))
        ),
        "scale * alpha * exp(x) - scale * alpha, without expm1": lambda x: (
            where(x.real > 0, SCALE * x,
                   SCALE * ALPHA * np.exp(clip(x, -np.inf, 0.0)) - SCALE * ALPHA)
        ),
    },
    "relu": {"(x + |x|) / 2": lambda x: (x + absolute(x)) / 2},
    "tanh_shrink": {"x - tanh(x)": lambda x: x - np.tanh(x)},
    "mish": {"x * tanh(log(1 + exp(x)))": lambda x: x * np.tanh(np.log(1 + np.exp(x)))},
    "squareplus": {
        "(x + sqrt(x**2 + 4)) / 2": lambda x: 0.5 * (x + np.sqrt(x * x + 4)),
    },
    "log_sigmoid": {
        "log(sigmoid(x))": lambda x: np.log(sigmoid(x)),
        "-log(1 + exp(-x))": lambda x: -np.log(1 + np.exp(-x)),
    },
    "softsign": {"x / (1 + |x|)": lambda x: x / (1 + absolute(x))},
    "hard_silu": {
        "x * clip(x + 3, 0, 6) / 6": lambda x: x * clip(x + 3, 0, 6) / 6,
        "x * clip(x / 6 + 1/2, 0, 1)": lambda x: x * clip(x / 6 + 0.5, 0, 1),
    },
    "xielu": {
        "xielu with the exponential of min(x, -1e-6)": lambda x: where(
            x.real > 0,
            0.8 * x * x + 0.5 * x,
            0.8 * (np.expm1(clip(x, -np.inf, -1e-6)) - x) + 0.5 * x,
        ),
    },
}  # fmt: skip


def _phi(x: Any) -> Any:
    return np.exp(-x * x / 2) * 0.3989422804014327


def _Phi(x: Any) -> Any:  # noqa: N802 - the usual sign of the distribution function
    return 0.5 * (1 + erf(x / 1.4142135623730951))


def _inner(x: Any) -> Any:
    return np.tanh(ROOT_2_OVER_PI * (x + CUBIC * x * x * x))


def _inner_slope(x: Any) -> Any:
    return ROOT_2_OVER_PI * (1 + 3 * CUBIC * x * x)


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
        "1 - |tanh(x)|, without the square": lambda x: 1 - absolute(np.tanh(x)),
        "1 - x**2, of the input in place of the output": lambda x: 1 - x * x,
        "1 + tanh(x)**2, with the wrong sign": lambda x: 1 + np.tanh(x) ** 2,
        "tanh(x)**2, without the 1": lambda x: np.tanh(x) ** 2,
        "1 - tanh(tanh(x))**2, of the output in place of the input": lambda x: (
            1 - np.tanh(np.tanh(x)) ** 2
        ),
        "tanh(x) * (1 - tanh(x)), as of a sigmoid": lambda x: np.tanh(x) * (1 - np.tanh(x)),
    },
    "sigmoid": {
        "s * (1 - s), s = sigmoid(x)": lambda x: sigmoid(x) * (1 - sigmoid(x)),
        "exp(-x) / (1 + exp(-x))**2": lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2,
        "exp(x) / (1 + exp(x))**2": lambda x: np.exp(x) / (1 + np.exp(x)) ** 2,
        "s - s**2, s = sigmoid(x)": lambda x: sigmoid(x) - sigmoid(x) ** 2,
        "(1 - tanh(x / 2)**2) / 4": lambda x: (1 - np.tanh(x / 2) ** 2) / 4,
        "1 - sigmoid(x), without the factor sigmoid(x)": lambda x: 1 - sigmoid(x),
        "x * (1 - x), of the input in place of the output": lambda x: x * (1 - x),
        "sigmoid(x) * (1 + sigmoid(x)), with the wrong sign": lambda x: (
            sigmoid(x) * (1 + sigmoid(x))
        ),
        "sigmoid(x)**2": lambda x: sigmoid(x) ** 2,
        "1 - sigmoid(x)**2, as of a tanh": lambda x: 1 - sigmoid(x) ** 2,
        "sigmoid'(sigmoid(x)), of the output in place of the input": lambda x: (
            sigmoid(sigmoid(x)) * (1 - sigmoid(sigmoid(x)))
        ),
    },
    "softplus": {
        "1 / (1 + exp(-x))": sigmoid,
        "exp(x) / (1 + exp(x))": lambda x: np.exp(x) / (1 + np.exp(x)),
        "1 - 1 / (1 + exp(x))": lambda x: 1 - 1 / (1 + np.exp(x)),
        "(1 + tanh(x / 2)) / 2": lambda x: 0.5 * (1 + np.tanh(0.5 * x)),
        "1 - sigmoid(x)": lambda x: 1 - sigmoid(x),
        "sigmoid'(x)": lambda x: sigmoid(x) * (1 - sigmoid(x)),
        "1 / (1 + exp(x)), with the wrong sign": lambda x: 1 / (1 + np.exp(x)),
    },
    "silu": {
        "s * (1 + x * (1 - s)), s = sigmoid(x)": lambda x: sigmoid(x) * (1 + x * (1 - sigmoid(x))),
        "s + x * s * (1 - s), s = sigmoid(x)": lambda x: (
            sigmoid(x) + x * sigmoid(x) * (1 - sigmoid(x))
        ),
        "y + s * (1 - y), s = sigmoid(x), y = x * s": lambda x: (
            x * sigmoid(x) + sigmoid(x) * (1 - x * sigmoid(x))
        ),
        "sigmoid(x), without x * sigmoid'(x)": sigmoid,
        "x * sigmoid'(x), without sigmoid(x)": lambda x: x * sigmoid(x) * (1 - sigmoid(x)),
        "sigmoid'(x)": lambda x: sigmoid(x) * (1 - sigmoid(x)),
        "sigmoid(x) + sigmoid'(x), without the factor x": lambda x: (
            sigmoid(x) + sigmoid(x) * (1 - sigmoid(x))
        ),
        "s + x * (1 - s), s = sigmoid(x), without a factor s": lambda x: (
            sigmoid(x) + x * (1 - sigmoid(x))
        ),
        "s + x * s, s = sigmoid(x), without the factor 1 - s": lambda x: (
            sigmoid(x) + x * sigmoid(x)
        ),
        "s - x * s * (1 - s), s = sigmoid(x), with the wrong sign": lambda x: (
            sigmoid(x) - x * sigmoid(x) * (1 - sigmoid(x))
        ),
        "y + s * (1 + y), s = sigmoid(x), y = x * s, with the wrong sign": lambda x: (
            x * sigmoid(x) + sigmoid(x) * (1 + x * sigmoid(x))
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
            0.5 * (1 + _inner(x)) + 0.5 * x * (1 - _inner(x) ** 2) * ROOT_2_OVER_PI
        ),
        "gelu_tanh' with 0.044715 * x**2 in u', without the factor 3": lambda x: (
            0.5 * (1 + _inner(x))
            + 0.5 * x * (1 - _inner(x) ** 2) * ROOT_2_OVER_PI * (1 + CUBIC * x * x)
        ),
        "gelu_tanh' with u' lacking sqrt(2 / pi)": lambda x: (
            0.5 * (1 + _inner(x)) + 0.5 * x * (1 - _inner(x) ** 2) * (1 + 3 * CUBIC * x * x)
        ),
        "gelu_tanh' without the factor x": lambda x: (
            0.5 * (1 + _inner(x)) + 0.5 * (1 - _inner(x) ** 2) * _inner_slope(x)
        ),
    },
    "elu": {
        "alpha * expm1(x), the value": lambda x: where(x.real > 0, 1.0, np.expm1(x)),
        "alpha without exp(x)": lambda x: 1.0 + 0 * x,
        "exp(x) at all inputs": np.exp,
        "0 where x <= 0": lambda x: where(x.real > 0, 1.0 + 0 * x, 0.0),
    },
    "selu": {
        "selu' without scale": lambda x: where(x.real > 0, 1.0, ALPHA * np.exp(x)),
        "selu' without alpha": lambda x: where(x.real > 0, SCALE, SCALE * np.exp(x)),
        "selu' without scale where x <= 0": lambda x: where(x.real > 0, SCALE, ALPHA * np.exp(x)),
        "selu' without scale where x > 0": lambda x: where(
            x.real > 0, 1.0, SCALE * ALPHA * np.exp(x)
        ),
        "the value where x <= 0": lambda x: where(x.real > 0, SCALE, SCALE * ALPHA * np.expm1(x)),
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
    "elu": {"y + alpha": lambda x, y: where(x > 0, 1.0, y + 1)},
    "selu": {"y + scale * alpha": lambda x, y: where(x > 0, SCALE, y + SCALE * ALPHA)},
    "silu": {"y + s * (1 - y)": lambda x, y: y + sigmoid(x) * (1 - y)},
}
