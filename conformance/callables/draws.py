"""Weights drawn by an initializer of one's own, of kernels whose fans can be told apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.spec import UnknownNameError, initializers

from ..backend.guard import BadResultError, Guarded, HungError, message_of
from ..formats import ARITHMETIC
from ..initializers.distributions import defaults
from .arrays import CallableError, name_of
from .initializer import Layout, adapter_of, named_arguments

__all__ = ["KERNELS", "Drawn", "draw"]

Floats = NDArray[np.float64]

#: Inputs and outputs of the kernels that are asked, and how many of each: no two of fan_in,
#: fan_out, their arithmetic mean, their geometric one and no fan scale alike from one to the next.
KERNELS = {(512, 128): 4, (128, 512): 4, (384, 384): 2}
# Apart, so that the same stream of random numbers is not drawn from for two kernels.
_SEEDS = 1000
# The distribution does not matter: the entry stands for any initializer.
_ANY = initializers["random_normal"]


@dataclass(frozen=True)
class Drawn:
    """What was drawn.

    Attributes
    ----------
    function : str
        What the callable is called.
    kernels : dict
        By inputs and outputs: an array of shape (tensors, inputs, outputs).
    fixed : bool
        Whether each call gave the same weights.
    """

    function: str
    kernels: dict[tuple[int, int], Floats]
    fixed: bool

    @property
    def count(self) -> int:
        """How many weights there are."""
        return sum(one.size for one in self.kernels.values())

    @property
    def all(self) -> Floats:
        """Every weight."""
        return np.concatenate([one.ravel() for one in self.kernels.values()])


def draw(function: Callable[..., Any], layout: Layout, format_name: str, limit: float) -> Drawn:
    """Ask an initializer for weights.

    Raises
    ------
    UnknownNameError
        If there is no such format.
    CallableError
        If it cannot be called, does not return so many numbers, or not in time; says why.
    """
    if not callable(function):
        raise CallableError(f"expected a callable, got a {type(function).__name__}")
    if format_name not in ARITHMETIC:
        raise UnknownNameError("format of weights", format_name, ARITHMETIC)
    label = name_of(function)
    stated = defaults(_ANY)
    adapter = Guarded(adapter_of(function, label, _ANY, format_name, layout, stated, limit), limit)
    dtype = ARITHMETIC[format_name].dtype
    kernels = {}
    for place, (sides, count) in enumerate(KERNELS.items()):
        shape = sides if layout == "io" else sides[::-1]
        tensors = []
        for seed in range(place * _SEEDS, place * _SEEDS + count):
            try:
                weights = adapter.draw(_ANY, shape, dtype, seed, {})
            except (BadResultError, HungError) as error:
                raise CallableError(f"{label}: {message_of(error)}") from error
            except Exception as error:  # of any kind: the callable is not ours
                raise CallableError(
                    f"{label}, asked for the shape {shape}, raised {type(error).__name__}: "
                    f"{message_of(error)[:300]}"
                ) from error
            numbers = weights.astype(np.float64)
            tensors.append(numbers if layout == "io" else numbers.T)
        kernels[sides] = np.stack(tensors)
        if bad := int((~np.isfinite(kernels[sides])).sum()):
            raise CallableError(f"{label}: {bad} of {kernels[sides].size} weights are not finite")
    same = all((one == one[0]).all() for one in kernels.values())
    if same and not any(_settled(kernels)):
        hint = (
            "" if named_arguments(function) & {"seed", "rng"} else "; name an argument seed or rng"
        )
        raise CallableError(
            f"{label} returned the same weights at each call, so that nothing can be said of their "
            f"distribution{hint}"
        )
    return Drawn(label, kernels, same)


def _settled(kernels: dict[tuple[int, int], Floats]) -> Iterator[bool]:
    """Yield whether nothing has to be drawn: a constant, and the identity times a number."""
    yield all((one == one.flat[0]).all() for one in kernels.values())
    yield all((one[0] == one[0][0, 0] * np.eye(*one[0].shape)).all() for one in kernels.values())
