"""The results file of the depth simulation: signals and gradients, layer by layer."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from .machine import Machine

__all__ = ["Agreement", "DepthReport", "Fate", "Pair", "Theory"]

#: What becomes of a signal or a gradient over all layers.
Fate = Literal["cut off", "vanishes", "kept", "explodes"]


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """How far a framework's mean squares are from the reference's, at the worst."""

    backend: str
    part: str  #: "sums", "outputs" or "gradients".
    layer: int
    difference: float  #: Relative.
    allowed: float  #: What rounding makes of that layer at most.
    largest: float  #: The largest difference anywhere, worst or not.
    agrees: bool
    listed: str | None  #: What the entry says of the framework's accuracy in float64, if anything.


class Theory(msgspec.Struct, frozen=True, kw_only=True):
    """What is predicted for infinite width, as roots of mean squares."""

    outputs: list[float]
    gradients: list[float]
    strays: float  #: Distance of the network, as a part of what its width allows.


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """One network: roots of mean squares at the report's depths, by the reference in float64."""

    activation: str
    start: str
    gain: float  #: Root of the weights' mean square times the fan-in.
    sums: list[float]
    outputs: list[float]
    gradients: list[float]
    dead: list[float]  #: Share of units that have no slope for any example.
    alike: list[float | None]  #: Mean cosine of two examples' outputs; none of zeros.
    signal: Fate  #: Of the sums, from the first layer to the last.
    signal_factor: float  #: By which their root mean square changes on that way.
    gradient: Fate  #: From the last layer to the first.
    gradient_factor: float
    signal_leaves_float32: int | None  #: After so many layers.
    gradient_leaves_float32: int | None  #: After so many layers, counted from the last.
    theory: Theory | None  #: None for an initialization of zeros.
    agreements: list[Agreement]


class DepthReport(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the file; its numbers have five significant digits."""

    remedy: ClassVar[str] = "run nox -s depth"

    schema: str = "actinit-depth-1"
    versions: dict[str, str]
    machine: Machine
    date: str
    width: int
    batch: int
    seed: int
    factor: float  #: A norm that changes by more over all layers is not kept.
    depths: list[int]  #: Layers, from 1, that the pairs' lists are of; the last is the last.
    pairs: list[Pair]
    #: Activations that were simulated on another machine than the file says.
    elsewhere: dict[str, Machine] = {}
