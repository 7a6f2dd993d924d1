"""The lines of code as printed, at the edges of float."""

from __future__ import annotations

import flint
import numpy as np

from actinit import reference as ref

from .base import GRID, Found, decides, holds

__all__: list[str] = []

_EDGES = np.array([-np.inf, np.inf, -0.0, 5e-324, -5e-324])


@decides
def sigmoid_code() -> Found:
    """Hold the line against the reference, near and far."""
    with np.errstate(over="ignore"):
        near, far = (1 / (1 + np.exp(-z)) for z in (np.float64(-20), np.float64(-720)))
    right = float(ref.sigmoid(-720.0))
    agrees = abs(near / float(ref.sigmoid(-20.0)) - 1) < 1e-15
    return Found(holds(far == right, agrees), f"at -720 it gives {far:g}, right is {right:.3g}")


@decides
def sigmoid_code_slope() -> Found:
    """Make the derivative of the value, on both sides."""
    with np.errstate(over="ignore"):
        y = 1 / (1 + np.exp(-np.array([-37.0, 1.0, 37.0])))
    got, right = y * (1 - y), ref.sigmoid.derivative(np.array([-37.0, 1.0, 37.0]))
    near = np.abs(got / right - 1) < 1e-15
    return Found(
        holds(near.all(), near.any()),
        f"y (1 - y) is {got[2]:g} at 37, right is {right[2]:.3g}; at -37 it is {got[0]:.3g}",
    )


@decides
def tanh_code() -> Found:
    """Count how far it is from the exact value, in units of the last digit."""
    z = np.linspace(-25, 25, 5001)
    got = np.tanh(z)
    # Enclosures at the oracle's precision hold every digit that float64 has.
    exact = [float(flint.arb(float(x)).tanh()) for x in z]
    off = float(np.max(np.abs(got - exact) / np.spacing(np.abs(got))))
    ends = np.array_equal(np.tanh([-np.inf, np.inf]), [-1, 1])
    # OpenCL, whose figures the budgets are made of, grants 5 ulp.
    return Found(
        holds(off <= 5 and ends), f"within {off:.3g} ulp at {z.size:,} inputs from -25 to 25"
    )


@decides
def relu_code() -> Found:
    """Evaluate the line at minus infinity, and near zero."""
    with np.errstate(invalid="ignore"):
        found = [float(z * (z > 0)) for z in (np.float64(-np.inf), np.float64(-1.0))]
    right = [float(ref.relu(z)) for z in (-np.inf, -1.0)]
    return Found(holds(found == right, found[1] == right[1]), f"at minus infinity it is {found[0]}")


@decides
def leaky_relu_code() -> Found:
    """Hold the line against the reference, the infinities too."""
    z = np.concatenate([GRID, _EDGES])
    same = np.array_equal(np.maximum(0.01 * z, z), ref.leaky_relu(z))
    return Found(
        holds(same), f"the same as the reference at {z.size:,} inputs" if same else "differs"
    )
