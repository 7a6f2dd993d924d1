"""The distributions that weights may follow: what an entry's ``[distribution]`` table can say."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from .expression import Expression

__all__ = [
    "Chosen",
    "Constant",
    "DeltaOrthogonal",
    "Dirac",
    "Distribution",
    "Fourier",
    "Identity",
    "Normal",
    "Orthogonal",
    "Sparse",
    "Structured",
    "TruncatedNormal",
    "Uniform",
    "expressions",
]


class _Distribution(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"
):
    """A distribution; the key `kind` says which, and a key that no field has is refused."""


class Constant(_Distribution, frozen=True, tag="constant"):
    """All the mass at one point."""

    value: Expression


class Uniform(_Distribution, frozen=True, tag="uniform"):
    """Uniform on [low, high)."""

    low: Expression
    high: Expression


class Normal(_Distribution, frozen=True, tag="normal"):
    """Gaussian."""

    mean: Expression
    stddev: Expression


class TruncatedNormal(_Distribution, frozen=True, tag="truncated_normal"):
    """A Gaussian with its tails cut off; `mean` and `stddev` are those before the cut."""

    mean: Expression
    stddev: Expression
    low: Expression
    high: Expression


class Orthogonal(_Distribution, frozen=True, tag="orthogonal"):
    """Haar measure on the matrices with orthonormal columns, or rows if there are more columns.

    The kernel is a matrix of `rows` (all dimensions but that of the output) times `columns` (the
    output), scaled by `gain`. The distribution is unchanged by a rotation from either side; the
    determinant of a square one is 1 or -1 with equal probability.
    """

    gain: Expression


class DeltaOrthogonal(_Distribution, frozen=True, tag="delta_orthogonal"):
    """An orthogonal matrix at the centre of the receptive field, and 0 around it."""

    gain: Expression


class Identity(_Distribution, frozen=True, tag="identity"):
    """The number `value` on the main diagonal of a matrix, and 0 beside it."""

    value: Expression


class Dirac(_Distribution, frozen=True, tag="dirac"):
    """1 from input channel n to output channel n of each group, at the centre; 0 elsewhere."""

    groups: Expression


class Fourier(_Distribution, frozen=True, tag="fourier"):
    """One side of the discrete Fourier transform of a frame under a window, nothing drawn.

    The weight at the place t of T, for the output f of n, is
    ``w(t) / s * cos(2 pi (t f / (2 n - 2) + phase / 4))`` under the window
    ``w(t) = alpha - (1 - alpha) cos(2 pi t / (T - 1 + periodic))``, where s is the window's norm of
    this order; it is 1 if the order is 0 or the window is 1 everywhere.
    """

    phase: Expression
    alpha: Expression
    periodic: Expression
    norm: Expression


class Sparse(_Distribution, frozen=True, tag="sparse"):
    """Of the weights that leave each input, `zeros` are 0, at places drawn without preference.

    The others are normal around 0 with the standard deviation `stddev`.
    """

    zeros: Expression
    stddev: Expression


#: Distributions in which the weights are no independent draws from one distribution of numbers.
Structured = Orthogonal | DeltaOrthogonal | Identity | Dirac | Fourier | Sparse
Simple = Constant | Uniform | Normal | TruncatedNormal


class Chosen(_Distribution, frozen=True, tag="chosen"):
    """One of several distributions, by the option of a choice."""

    by: str  #: Name of the choice.
    among: dict[str, Simple]  #: Option: distribution.


Distribution = Simple | Structured | Chosen


def expressions(distribution: Distribution) -> Iterator[tuple[str, Expression]]:
    """Yield the expressions of a distribution, each with its key below ``distribution``."""
    if isinstance(distribution, Chosen):
        for option, one in distribution.among.items():
            yield from ((f"among.{option}.{key}", text) for key, text in expressions(one))
        return
    for field in distribution.__struct_fields__:
        yield field, getattr(distribution, field)
