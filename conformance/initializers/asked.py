"""What initializers of whole kernels are asked for, and the order of their dimensions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter
from actinit.spec import Initializer, evaluate
from actinit.spec.distributions import DeltaOrthogonal, Orthogonal

from .distributions import known
from .draws import Draw

__all__ = ["Sizes", "asked_for", "gain_of", "ordered", "reordered"]

Array = NDArray[Any]
Floats = NDArray[np.float64]
Sizes = Mapping[str, int]
# No default of any backend, so that a parameter that is ignored shows.
_TOLD = {"gain": 1.75, "sparsity": 0.3, "stddev": 0.2, "groups": 3.0}


def asked_for(
    entry: Initializer, path: str, dtype: str, sizes: Sizes, layer: str = "dense"
) -> Draw:
    """Return a draw of a kernel of these sizes; at the defaults if that is what the path says."""
    told = {name: _TOLD[name] for name in entry.parameters} if path != "defaults" else {}
    return Draw(entry, path, dtype, sizes, told, layer)


def ordered(draw: Draw, adapter: Adapter, drawn: Array) -> Floats:
    """Return a kernel with the places first, then inputs, then outputs."""
    return draw.ordered(adapter, drawn).astype(np.float64)


def reordered(draw: Draw, adapter: Adapter, stacked: int) -> str:
    """Return a line to paste that orders ``w`` as `ordered` does; empty if it is ordered already.

    Of `stacked` leading dimensions, such as that of several kernels, none is moved.
    """
    order = [*range(stacked), *(place + stacked for place in draw.order(adapter))]
    if order == sorted(order):
        return ""
    return f"\nw = w.transpose({', '.join(map(str, order))})  # places, inputs, outputs"


def gain_of(draw: Draw) -> float:
    """Return the gain that the vectors of an orthogonal kernel have."""
    assert isinstance(draw.entry.distribution, Orthogonal | DeltaOrthogonal)
    return evaluate(draw.entry.distribution.gain, known(draw.entry, draw.names))
