"""The results file of how initializations carry signals and gradients through activations."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

__all__ = ["Deep", "Limit", "Propagation", "PropagationRow"]

Limit = Literal["kept", "settles", "vanishes", "explodes"]


class Deep(msgspec.Struct, frozen=True, kw_only=True):
    """What an initialization comes to in deep layers without biases."""

    rule: str
    gain: float
    variance: Limit  #: Of the sums: kept as it is, settling at `q`, or going to 0 or infinity.
    q: float | None  #: Where it settles, from 1; none if it does not.
    chi: float  #: Factor of a gradient's mean square per layer, there.
    depth_scale: float | None  #: Layers for a factor of e; none where gradients are kept.


class PropagationRow(msgspec.Struct, frozen=True, kw_only=True):
    """One activation, at the defaults of its parameters."""

    activation: str
    value: float  #: Mean square of f at q = 1.
    slope: float  #: Mean square of f'.
    gain: float | None  #: That makes chi = 1 at q = 1; None if the derivative is 0 everywhere.
    keeping_gain: float  #: That keeps q = 1.
    usual: float | None  #: The gain of the field's table, where it has one.
    critical: list[tuple[float | None, float, bool]]  #: q (none if any will do), gain, stable.
    deep: list[Deep]


class Propagation(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the file."""

    remedy: ClassVar[str] = "compute it again"

    schema: str = "actinit-propagation-1"
    versions: dict[str, str]
    rows: list[PropagationRow]
