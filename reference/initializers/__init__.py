"""Weight initializers: functions that draw, each with its law."""

from __future__ import annotations

from collections.abc import Mapping

from .._registry import Registry
from ._initializer import Initializer
from .constants import constant, ones, zeros
from .fixed import random_normal, random_uniform, truncated_normal
from .glorot import glorot_normal, glorot_truncated_normal, glorot_uniform
from .he import he_normal, he_truncated_normal, he_uniform
from .lecun import lecun_normal, lecun_truncated_normal, lecun_uniform
from .matrices import delta_orthogonal, dirac, eye, orthogonal, sparse, stft
from .scaling import variance_scaling

__all__ = [
    "constant",
    "delta_orthogonal",
    "dirac",
    "eye",
    "glorot_normal",
    "glorot_truncated_normal",
    "glorot_uniform",
    "he_normal",
    "he_truncated_normal",
    "he_uniform",
    "lecun_normal",
    "lecun_truncated_normal",
    "lecun_uniform",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "sparse",
    "stft",
    "truncated_normal",
    "variance_scaling",
    "zeros",
]


initializers: Mapping[str, Initializer] = Registry(
    "initializer",
    [
        constant, delta_orthogonal, dirac, eye, glorot_normal, glorot_truncated_normal,
        glorot_uniform, he_normal, he_truncated_normal, he_uniform, lecun_normal,
        lecun_truncated_normal, lecun_uniform, ones, orthogonal, random_normal, random_uniform,
        sparse, stft, truncated_normal, variance_scaling, zeros,
    ],
)  # fmt: skip
