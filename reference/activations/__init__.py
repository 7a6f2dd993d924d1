"""Activation functions and their derivatives."""

from __future__ import annotations

from collections.abc import Mapping

from .._registry import Registry
from ._kinds import Activation
from .exponential import elu, selu
from .gelu import gelu, gelu_tanh
from .linear import identity, leaky_relu, relu
from .logistic import sigmoid, silu, softplus, tanh
from .rows import log_softmax, maxout, softmax

__all__ = [
    "elu",
    "gelu",
    "gelu_tanh",
    "identity",
    "leaky_relu",
    "log_softmax",
    "maxout",
    "relu",
    "selu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "tanh",
]


activations: Mapping[str, Activation] = Registry(
    "activation",
    [
        elu, gelu, gelu_tanh, identity, leaky_relu, log_softmax, maxout, relu, selu, sigmoid,
        silu, softmax, softplus, tanh,
    ],
)  # fmt: skip
