"""ELU and SELU: a line on the right, a scaled expm1 on the left."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._kinds import elementwise, require

__all__ = ["elu", "selu"]

Array = NDArray[Any]

# Klambauer et al., appendix A; each rounded once to float64.
_SCALE = 1.0507009873554804934193349852946
_SCALE_ALPHA = 1.7580993408473768599402175208123


def _negative(x: Array) -> Array:
    """Return `x` where it is not positive, else 0; keeps -0 and nan, as minimum might not."""
    return np.where(x > 0, 0.0, x)


@elementwise()
def elu(x: Array, alpha: float = 1.0) -> Array:
    """Exponential linear unit: ``x`` where positive, else ``alpha * expm1(x)``.

    The derivative at 0 is `alpha`.

    Parameters
    ----------
    x : array_like
        Input, any shape.
    alpha : float, optional
        The function tends to -alpha on the left; 0 <= alpha.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`.

    Raises
    ------
    ValueError
        If alpha is outside its domain.

    References
    ----------
    D.-A. Clevert, T. Unterthiner and S. Hochreiter, ICLR 2016.
    """
    require("alpha", alpha, "0 <= alpha", alpha >= 0)
    return np.where(x > 0, x, alpha * np.expm1(_negative(x)))


@elu.derivative_rule
def _(x: Array, alpha: float = 1.0) -> Array:
    require("alpha", alpha, "0 <= alpha", alpha >= 0)
    return np.where(x > 0, 1.0, alpha * np.exp(_negative(x)))


@elementwise()
def selu(x: Array) -> Array:
    """Scaled exponential linear unit: ``scale * elu(x, alpha)`` with the two fixed constants.

    The derivative at 0 is the left one, ``scale * alpha``.

    Parameters
    ----------
    x : array_like
        Input, any shape.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`.

    References
    ----------
    G. Klambauer et al., NIPS 2017.
    """
    return np.where(x > 0, _SCALE * x, _SCALE_ALPHA * np.expm1(_negative(x)))


@selu.derivative_rule
def _(x: Array) -> Array:
    return np.where(x > 0, _SCALE, _SCALE_ALPHA * np.exp(_negative(x)))
