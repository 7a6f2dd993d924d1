"""Functions that stand in frameworks, papers and slips for those of the spec: tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
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
    elu,
    erf,
    erf_7_1_26,
    gelu,
    gelu_tanh,
    leaky,
    sigmoid,
    softplus,
    where,
    with_threshold,
)

__all__ = ["CONSTANTS", "FITTED", "RELATIVES"]

#: Of other functions than those of the spec: their names with their formulas.
RELATIVES: Mapping[str, Formula] = {
    "hard sigmoid, clip(0.2 * x + 0.5, 0, 1)": lambda x: clip(0.2 * x + 0.5, 0, 1),
    "hard sigmoid, clip(0.25 * x + 0.5, 0, 1)": lambda x: clip(0.25 * x + 0.5, 0, 1),
    "relu1, clip(x, 0, 1)": lambda x: clip(x, 0, 1),
    "hard silu, x * clip(0.2 * x + 0.5, 0, 1)": lambda x: x * clip(0.2 * x + 0.5, 0, 1),
    "x * sigmoid(1.702 * x)": lambda x: x * sigmoid(1.702 * x),
    "x * sigmoid(1.7 * x)": lambda x: x * sigmoid(1.7 * x),
    "sigmoid(1.702 * x)": lambda x: sigmoid(1.702 * x),
    "x * tanh(x)": lambda x: x * np.tanh(x),
    "softsign, x / (1 + |x|)": lambda x: x / (1 + absolute(x)),
    "softsign sigmoid, (x / (1 + |x|) + 1) / 2": lambda x: (x / (1 + absolute(x)) + 1) / 2,
    "scaled tanh, 1.7159 * tanh(2 * x / 3)": lambda x: 1.7159 * np.tanh(2 * x / 3),
    "x - tanh(x)": lambda x: x - np.tanh(x),
    "log of sigmoid": lambda x: -softplus(-x),
    "shifted softplus, softplus(x) - log(2)": lambda x: softplus(x) - 0.6931471805599453,
    "squareplus, (x + sqrt(x**2 + 4)) / 2": lambda x: (x + np.sqrt(x * x + 4)) / 2,
    "softplus of base 2": lambda x: np.log1p(np.exp(x)) / 0.6931471805599453,
    "erf(x)": erf,
    "Phi(x), the normal distribution function": lambda x: 0.5 * special.erfc(-x / np.sqrt(2)),
    "erf(x) by Abramowitz and Stegun's 7.1.26": erf_7_1_26,
    "x * Phi(x) by Abramowitz and Stegun's 7.1.26": lambda x: (
        0.5 * x * (1 + erf_7_1_26(x / np.sqrt(2)))
    ),
    "arctan(x)": np.arctan,
    "sin(x)": np.sin,
    "exp(x)": np.exp,
    "exp(-x**2)": lambda x: np.exp(-x * x),
    "x**2": lambda x: x * x,
    "|x|": absolute,
    "tanh(x) by Pade's fraction, x * (27 + x**2) / (27 + 9 * x**2)": lambda x: (
        x * (27 + x * x) / (27 + 9 * x * x)
    ),
    "tanh(x) by Pade's fraction, cut at -1 and 1": lambda x: clip(
        x * (27 + x * x) / (27 + 9 * x * x), -1, 1
    ),
    "a step, 1 where x > 0": lambda x: where(x.real > 0, 1.0 + 0 * x, 0.0),
    "the sign of x": lambda x: np.sign(x.real) + 0 * x,
}

_SELU = {
    f"selu with scale = {scale:.10g} and alpha = {alpha:.10g}": partial(
        elu, alpha=alpha, scale=scale
    )
    for scale in (SCALE, 1.0507009873554, 1.0507009874, 1.0507009, 1.050701, 1.0507, 1.051, 1.05,
                  1.0, ALPHA)
    for alpha in (ALPHA, 1.6732632423543, 1.6732632424, 1.6732632, 1.673263, 1.67326, 1.6733,
                  1.673, 1.67, 1.7, 1.0, SCALE)
    if (scale, alpha) != (SCALE, ALPHA)
}  # fmt: skip

#: By entry: its own formula with other constants, such as with few digits.
CONSTANTS: Mapping[str, Mapping[str, Formula]] = {
    "gelu_tanh": {
        **{
            f"gelu_tanh with {cubic:g} for 0.044715": partial(gelu_tanh, cubic=cubic)
            for cubic in (0.0447, 0.04471, 0.04472, 0.045, 0.0447150, 0.044, 0.04, 0.05, 0.447,
                          0.44715, 0.0044715, 0.035677)
            if cubic != CUBIC
        },
        **{
            f"gelu_tanh with {factor:.9g} for sqrt(2 / pi)": partial(gelu_tanh, factor=factor)
            for factor in (0.8, 0.798, 0.7979, 0.79788, 0.797885, 0.7978846, 0.79788456,
                           0.7978845608, 0.5641895835477563, 0.6366197723675814,
                           1.2533141373155001, 1.0, 0.7071067811865476)
        },
        "gelu_tanh without its cubic term": lambda x: gelu_tanh(x, cubic=0.0),
        "gelu_tanh with x**2 for x**3": lambda x: (
            0.5 * x * (1 + np.tanh(ROOT_2_OVER_PI * (x + CUBIC * x * x)))
        ),
        "gelu_tanh with 0.044715 * x outside the cube": lambda x: (
            0.5 * x * (1 + np.tanh(ROOT_2_OVER_PI * (x + (CUBIC * x) ** 3)))
        ),
        "gelu_tanh without the sum, tanh of the cubic term": lambda x: (
            0.5 * x * (1 + np.tanh(ROOT_2_OVER_PI * CUBIC * x * x * x))
        ),
    },
    "gelu": {
        **{
            f"gelu with {root:.9g} for sqrt(2)": partial(gelu, root=root)
            for root in (1.4, 1.41, 1.414, 1.4142, 1.41421, 1.414214, 1.0, 2.0)
        },
    },
    "selu": _SELU,
    "elu": {
        "elu with the alpha of selu": lambda x: elu(x, ALPHA),
    },
    "softplus": {
        f"softplus with a threshold, x where x > {at:g}": partial(with_threshold, at=at)
        for at in (5.0, 10.0, 15.0, 20.0, 25.0, 30.0)
    },
    "leaky_relu": {
        "leaky_relu on the wrong side": lambda x: where(x.real > 0, 0.01 * x, x),
        "max(x, -0.01 * x)": lambda x: leaky(x, -0.01),
    },
    "silu": {"x * sigmoid(-x)": lambda x: x * sigmoid(-x)},
    "sigmoid": {"sigmoid of base 2": lambda x: 1 / (1 + np.exp2(-x))},
    "tanh": {
        "sigmoid(2 * x)": lambda x: sigmoid(2 * x),
        "2 * sigmoid(x) - 1": lambda x: np.tanh(x / 2),
    },
}  # fmt: skip

#: By entry: its own formula with a constant that may be any, and what that is called.
FITTED: Mapping[str, Mapping[str, tuple[Callable[[Any, Any], Any], float]]] = {
    "elu": {"elu with alpha = {}": (lambda x, c: elu(x, c), 1.0)},
    "leaky_relu": {"leaky_relu with negative_slope = {}": (leaky, 0.01)},
    "relu": {"leaky_relu with negative_slope = {}": (leaky, 0.0)},
    "selu": {
        "selu with alpha = {}": (lambda x, c: elu(x, c, SCALE), ALPHA),
        "selu with scale = {}": (lambda x, c: elu(x, ALPHA, c), SCALE),
    },
    "silu": {"x * sigmoid({} * x)": (lambda x, c: x * sigmoid(c * x), 1.0)},
    "gelu": {
        "x * sigmoid({} * x)": (lambda x, c: x * sigmoid(c * x), 1.702),
        "x * Phi({} * x)": (lambda x, c: x * 0.5 * special.erfc(-c * x / np.sqrt(2)), 1.0),
        "gelu_tanh with {} for 0.044715": (lambda x, c: gelu_tanh(x, cubic=c), CUBIC),
    },
    "gelu_tanh": {
        "x * sigmoid({} * x)": (lambda x, c: x * sigmoid(c * x), 1.702),
        "gelu_tanh with {} for 0.044715": (lambda x, c: gelu_tanh(x, cubic=c), CUBIC),
        "gelu_tanh with {} for sqrt(2 / pi)": (gelu_tanh, ROOT_2_OVER_PI),
    },
    "softplus": {
        "softplus with beta = {}": (lambda x, c: softplus(c * x) / c, 1.0),
        "log({} + exp(x))": (lambda x, c: np.log(c + np.exp(x)), 1.0),
    },
    "sigmoid": {
        "1 / ({} + exp(-x))": (lambda x, c: 1 / (c + np.exp(-x)), 1.0),
        "sigmoid(x), of which {} is added to each end": (
            lambda x, c: (1 - 2 * c) * sigmoid(x) + c, 0.0,
        ),
    },
    "tanh": {"tanh(x) + {} * x": (lambda x, c: np.tanh(x) + c * x, 0.0)},
}  # fmt: skip
