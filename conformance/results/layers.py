"""Results files of what goes on inside a network, layer by layer, before and after training."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from .machine import Machine

__all__ = ["Layers", "Moment", "Spread", "State"]


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """A histogram; exact zeros are counted apart, since a ReLU makes many."""

    low: float
    high: float
    counts: list[int]  #: In bins of one width between the two; of sizes the decimal logarithm.
    zeros: float  #: Share of values that are 0.
    mean: float
    stddev: float


class State(msgspec.Struct, frozen=True, kw_only=True):
    """One layer at one moment."""

    layer: int  #: From 1.
    activation: str
    sums: Spread
    outputs: Spread | None  #: None of the last layer, whose softmax belongs to the loss.
    gradients: Spread  #: Sizes of each picture's gradient with respect to the sums, as logarithms.
    weights: Spread
    dead: float | None  #: Share of units that are 0 for every picture; None if none can be.


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """The network from one initialization, after some epochs."""

    start: str
    epoch: int
    states: list[State]


class Layers(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the file."""

    remedy: ClassVar[str] = "train again"

    schema: str = "actinit-layers-1"
    experiment: str
    seed: int
    pictures: int
    versions: dict[str, str]
    machine: Machine
    date: str
    moments: list[Moment]
