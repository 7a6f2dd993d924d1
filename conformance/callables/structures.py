"""Weights that are no independent draws: constants, the identity, rotations, sparse matrices."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from actinit.spec import initializers

from .draws import Drawn

__all__ = ["Structure", "structure"]

Floats = NDArray[np.float64]

# Roundings of a QR decomposition in float32 are a hundredth of that; other matrices are far off.
_ORTHONORMAL = 1e-2


class Structure(NamedTuple):
    """An entry that is recognized by how its weights lie, with its parameters.

    Attributes
    ----------
    name : str
        Of the entry.
    parameters : mapping of str to float
        Where they are not its defaults.
    text : str
        What was seen.
    also : tuple of str
        Other entries that are the same there.
    """

    name: str
    parameters: Mapping[str, float]
    text: str
    also: tuple[str, ...] = ()


def structure(drawn: Drawn) -> Structure | None:
    """Return what the weights are if they are no independent draws; none if nothing says so."""
    return _constant(drawn) or _identity(drawn) or _rotation(drawn) or _sparse(drawn)


def _constant(drawn: Drawn) -> Structure | None:
    value = float(next(iter(drawn.kernels.values())).flat[0])
    if not all((one == value).all() for one in drawn.kernels.values()):
        return None
    name = {0.0: "zeros", 1.0: "ones"}.get(value, "constant")
    also = () if name == "constant" else (f"constant with value = {value:g}",)
    told = {"value": value} if name == "constant" else {}
    return Structure(name, told, f"{value:g} everywhere", also)


def _identity(drawn: Drawn) -> Structure | None:
    gain = float(next(iter(drawn.kernels.values()))[0, 0, 0])
    if not all((one == gain * np.eye(*one.shape[1:])).all() for one in drawn.kernels.values()):
        return None
    return Structure("eye", _unless("eye", gain), f"{gain:g} on the diagonal, 0 beside it")


def _rotation(drawn: Drawn) -> Structure | None:
    """Recognize matrices with orthonormal columns, or rows if there are more columns."""
    gains = []
    for one in drawn.kernels.values():
        for matrix in one:
            tall = matrix if matrix.shape[0] >= matrix.shape[1] else matrix.T
            product = tall.T @ tall
            square = float(np.trace(product)) / len(product)
            if np.abs(product - square * np.eye(len(product))).max() > _ORTHONORMAL * square:
                return None
            gains.append(math.sqrt(square))
    gain = float(np.mean(gains))
    if np.ptp(gains) > _ORTHONORMAL * gain:
        return None
    told = _unless("orthogonal", float(f"{gain:.4g}"))
    return Structure("orthogonal", told, "orthonormal columns, or rows where there are fewer")


def _sparse(drawn: Drawn) -> Structure | None:
    """Recognize as many zeros among the weights of each input."""
    shares, others = [], []
    for (_, outputs), one in drawn.kernels.items():
        zeros = (one == 0).sum(axis=2)
        if not zeros.all() or (zeros != zeros.flat[0]).any():
            return None
        # As many as this share of the outputs, rounded up.
        shares.append(((zeros.flat[0] - 1) / outputs, zeros.flat[0] / outputs))
        others.append(one[one != 0])
    low, high = max(one for one, _ in shares), min(one for _, one in shares)
    if low >= high:
        return None
    weights = np.concatenate(others)
    near = next(share for digits in range(1, 8) if low < (share := round(high, digits)) <= high)
    deviation = float(f"{weights.std():.2g}") if weights.size else 0.0
    told = {"sparsity": float(near), "stddev": deviation}
    stated = {name: one.default for name, one in initializers["sparse"].parameters.items()}
    told = {name: value for name, value in told.items() if value != stated[name]}
    text = f"{near:.3g} of the weights of each input are 0, the others have the standard deviation "
    return Structure("sparse", told, text + f"{weights.std():.3g}")


def _unless(name: str, gain: float) -> dict[str, float]:
    """Return a gain if it is not the default of an entry."""
    return {} if gain == initializers[name].parameters["gain"].default else {"gain": gain}
