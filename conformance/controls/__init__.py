"""Controls: a copy of the backend with a planted fault of the kind that a check exists for.

A check whose control is not caught is *void*: it says nothing about the backend, whatever it says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase

from actinit.adapters import Adapter

from ..check import Check
from . import draws, functions, networks
from .draws import drawn_with, scaled

__all__ = ["CONTROLS", "control"]

Control = Callable[[Adapter], Adapter]

#: Pattern of ids of checks: the fault; the first pattern that fits counts.
CONTROLS: Mapping[str, Control] = {
    "activation/*/value/ulp": functions.Value,
    "activation/*/derivative/ulp": functions.Gradient,
    "activation/*/forward": functions.Forward,
    "activation/*/second/ulp": functions.Second,
    "activation/*/special": functions.Special,
    "activation/*/kink": functions.Kink,
    "activation/*/ties": functions.Ties,
    "activation/*/rows": functions.Rows,
    "activation/*/axis": functions.OtherAxis,
    "activation/*/upstream": functions.Upstream,
    "activation/*/range": functions.OutOfRange,
    "activation/*/monotone": functions.Step,
    "activation/*/symmetry": functions.Lopsided,
    "activation/*/layout": functions.Layout,
    "activation/*/value/mode": functions.Value,
    "activation/*/derivative/mode": functions.Gradient,
    "activation/*/parameters": functions.KeptParameters,
    "activation/*/side-effects": functions.SideEffect,
    "activation/*/repeat": functions.Unrepeatable,
    "activation/*/integers": functions.Integers,
    "activation/*/defaults/*": functions.OtherDefaults,
    "activation/*/layer": functions.Layer,
    "initializer/*/defaults": draws.OtherDefaultsDrawn,
    "initializer/*/gains": draws.Gain,
    "initializer/*/fans": drawn_with(scaled(2**0.5)),
    "initializer/*/seed/again": draws.Unseeded,
    "initializer/*/seed/period": draws.drawn_with(draws.second_half_again),
    "initializer/*/seed/interleaved": draws.Shared,
    "initializer/*/seed/threads": draws.Unseeded,
    "initializer/*/seed/*": draws.SameSeed,
    "initializer/*/shapes": drawn_with(scaled(2)),
    "initializer/*/moments": drawn_with(scaled(1.01)),
    "initializer/zeros/*/distribution": drawn_with(draws.one_more),
    "initializer/ones/*/distribution": drawn_with(draws.one_more),
    "initializer/constant/*/distribution": drawn_with(draws.one_more),
    "initializer/*/distribution": drawn_with(draws.two_values),
    "initializer/*/bounds": drawn_with(draws.one_beyond),
    "initializer/*/tails": drawn_with(draws.heavier_tail),
    "initializer/stft/*/values": drawn_with(scaled(1.25)),  # 16 bits are coarse
    "initializer/*/values": drawn_with(draws.crowded),
    "initializer/*/independence": drawn_with(draws.repeated_row),
    "initializer/*/stream": drawn_with(draws.one_beyond),
    "initializer/*/law": drawn_with(draws.one_more),
    "initializer/*/orthogonality": drawn_with(scaled(1.01)),
    "initializer/*/haar": drawn_with(draws.preferred_direction),
    "initializer/*/places": drawn_with(draws.moved_on),
    "initializer/*/zeros": drawn_with(draws.without_zeros),
    "layer/*/fans": networks.Scaled,
    "layer/*/start": networks.Shifted,
    "layer/*/apart": networks.Alike,
    "layer/*/shared": networks.Alike,
    "layer/*/odd/*": networks.OddShapes,
    "training/*": networks.Trained,
}


def control(check: Check) -> Control:
    """Return what plants the fault that a check exists for.

    Raises
    ------
    LookupError
        If no pattern fits: each check has a control.
    """
    for pattern, planted in CONTROLS.items():
        if fnmatchcase(check.id, pattern):
            return planted
    raise LookupError(f"{check.id} has no control; add one to actinit.conformance.controls")
