"""Results files of the signals that theory predicts of a network, layer by layer."""

from __future__ import annotations

from typing import ClassVar

import msgspec

__all__ = ["LayerSignals", "Predicted", "Signals"]


class LayerSignals(msgspec.Struct, frozen=True, kw_only=True):
    """A layer with weights, as an initialization lets it begin."""

    kind: str
    fan_in: int
    fan_out: int
    variance: float  #: Of a weight.
    forward: float  #: Factor of the mean square of sums, from layer to layer, without padding.
    backward: float  #: Factor of the mean square of their gradients on the way back, likewise.
    sums: float  #: Mean square of the sums, padding and strides counted.
    gradients: float  #: Mean square of their gradients, likewise; 1 for the network's last sums.


class Predicted(msgspec.Struct, frozen=True, kw_only=True):
    """What is predicted of an initialization."""

    start: str
    layers: list[LayerSignals]


class Signals(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the file."""

    remedy: ClassVar[str] = "compute it again"

    schema: str = "actinit-signals-1"
    experiment: str
    versions: dict[str, str]
    starts: list[Predicted]
