"""What an initialization is multiplied by for the activation that follows, as the field has it."""

from __future__ import annotations

import math
from collections.abc import Callable

from actinit.spec.errors import UnknownNameError

from .initializers._initializer import is_real

__all__ = ["calculate_gain"]

_GAINS: dict[str, Callable[[float], float]] = {
    "linear": lambda slope: 1.0,
    "sigmoid": lambda slope: 1.0,
    "tanh": lambda slope: 5 / 3,
    "relu": lambda slope: math.sqrt(2),
    "leaky_relu": lambda slope: math.sqrt(2 / (1 + slope**2)),
    "selu": lambda slope: 3 / 4,
}


def calculate_gain(activation: str, negative_slope: float = 0.01) -> float:
    """Return the usual gain of an initialization for layers followed by an activation.

    The gain of `glorot_uniform` and its kin; its square is the scale of `variance_scaling`.

    Parameters
    ----------
    activation : str
        "linear", "sigmoid", "tanh", "relu", "leaky_relu" or "selu".
    negative_slope : float, optional
        Of the leaky ReLU.

    Returns
    -------
    float
        The gain, as PyTorch's function of this name has it.

    Raises
    ------
    UnknownNameError
        If no gain is usual for an activation of this name; it names the nearest.
    TypeError
        If the slope is no real number.
    ValueError
        If the slope is not finite.

    Examples
    --------
    >>> round(calculate_gain("relu"), 6)
    1.414214
    """
    if activation not in _GAINS:
        raise UnknownNameError("gain", activation, _GAINS)
    if not is_real(negative_slope):
        raise TypeError(f"expected a real number as negative_slope, got {negative_slope!r}")
    if not math.isfinite(negative_slope):
        raise ValueError(f"expected a finite negative_slope, got {negative_slope!r}")
    return _GAINS[activation](float(negative_slope))
