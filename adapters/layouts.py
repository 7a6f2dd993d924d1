"""Kernels with their dimensions in a backend's own order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.spec import Layer

from .layer_binding import LayerBinding

__all__ = ["fitting", "kernels", "relaid"]

Array = NDArray[Any]


def relaid(weights: Array, standing: str, wanted: str) -> Array:
    """Return a kernel with its dimensions in another order.

    Parameters
    ----------
    weights : ndarray
        The kernel.
    standing, wanted : str
        A letter for each dimension, before and after.

    Raises
    ------
    ValueError
        If the letters are not the same, or not as many as dimensions.
    """
    if sorted(standing) != sorted(wanted) or len(standing) != weights.ndim:
        raise ValueError(
            f"a kernel of shape {weights.shape} in the layout {standing!r} cannot be brought into "
            f"the layout {wanted!r}: expected the same letters, one for each dimension"
        )
    return np.transpose(weights, [standing.index(letter) for letter in wanted])


def fitting(weights: Array, layout: str, layouts: Mapping[str, str], shape: Any) -> Array:
    """Return a kernel in the backend's own order; raise ValueError if it has not this shape."""
    own = next((each for each in layouts.values() if len(each) == weights.ndim), layout)
    found = relaid(weights, layout, own)
    if found.shape != tuple(shape):
        raise ValueError(
            f"the layer's kernel has the shape {tuple(shape)}, the weights in its order ({own}) "
            f"have {found.shape}"
        )
    return found


def kernels(entry: Layer, binding: LayerBinding) -> list[str]:
    """Return the weights of a backend's layer that have fans."""
    return [name for name in binding.weights if entry.weights[name].fan_in]
