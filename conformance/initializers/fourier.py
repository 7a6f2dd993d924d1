"""The judge of kernels that are a Fourier transform.

A careful program takes whole turns off the phase in integers, so that an angle has the few
roundings of a number below pi, and a cosine of it an error of a few units in the last place of 1;
window and norm add theirs, the norm those of a sum of as many terms as the frame is long. All of it
is granted; not granted is an angle that grows with place and frequency, and loses digits on the
way.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from actinit.spec import evaluate
from actinit.spec.distributions import Fourier

from ..check import Witness
from ..formats import FORMATS
from ..kinds import Kind
from ..undiagnosed import cause_search
from .complaint import Complaint
from .diagnosis import kernels as diagnosis_kernels
from .distributions import known
from .draws import Draw

__all__ = ["complain", "weights"]

Floats = NDArray[np.float64]
# Roundings of the angle (three, each of a number up to pi), of the cosine, the window, product and
# quotient.
_ROUNDINGS = 16
# Roundings of an angle that is not reduced: each is one of the whole angle.
_UNREDUCED = 8


def weights(draw: Draw, length: int, outputs: int) -> tuple[Floats, Floats]:
    """Return the weights as the entry's distribution says, and what each is scaled by.

    Returns
    -------
    exact, scale : ndarray of float64, shape (length, outputs) and (length, 1)
        The second is the window over its norm.
    """
    distribution = draw.entry.distribution
    assert isinstance(distribution, Fourier)
    names = known(draw.entry, draw.names)
    phase, alpha, periodic, norm = (
        evaluate(one, names)
        for one in (
            distribution.phase,
            distribution.alpha,
            distribution.periodic,
            distribution.norm,
        )
    )
    time = np.arange(length)[:, None]
    window = alpha - (1 - alpha) * np.cos(2 * math.pi * time / (length - 1 + periodic))
    if norm and alpha < 1:
        window /= np.sum(np.abs(window) ** norm) ** (1 / norm)
    period = 2 * (outputs - 1)
    turns = (time * np.arange(outputs)) % period / period
    return window * np.cos(2 * math.pi * (turns + phase / 4)), window


def complain(draw: Draw, kernel: Floats) -> Complaint | None:
    """Say what is wrong with a kernel, with places first, then the input, then outputs."""
    fmt = FORMATS[draw.dtype]
    drawn = kernel[:, 0, :]
    exact, scale = weights(draw, *drawn.shape)
    roundoff = 2.0**-fmt.precision
    granted = (_ROUNDINGS + len(drawn)) * roundoff * np.abs(scale) + 2.0 ** (fmt.emin - fmt.stored)
    error = np.abs(drawn - exact)
    if (error <= granted).all():
        return None
    at = np.unravel_index(int(np.argmax(error / granted)), error.shape)
    place = tuple(int(index) for index in at)
    text = (
        f"at (t, f) = {place} there is {drawn[at]:.6g}, right is {exact[at]:.6g}; off by "
        f"{error[at]:.2g}, roundings explain {np.broadcast_to(granted, error.shape)[at]:.2g}"
    )
    turns = np.multiply.outer(np.arange(len(drawn)), np.arange(drawn.shape[1]))
    angle = math.pi * turns / (drawn.shape[1] - 1)
    unreduced = granted + _UNREDUCED * roundoff * angle * np.abs(scale)
    worst = Witness.figure(
        f"weight at (t, f) = {place}",
        float(drawn[at]),
        float(exact[at]),
        error=float((error / granted)[at]),
        measure=f"w[{place[0]}, 0, {place[1]}]",
    )
    kind: Kind = "accuracy" if (error <= unreduced).all() else "definition"
    cause = _cause(draw, drawn, exact) if kind == "definition" else ""
    return Complaint(kind, text, worst, int(np.count_nonzero(error > granted)), cause)


@cause_search("")
def _cause(draw: Draw, drawn: Floats, exact: Floats) -> str:
    """Return the slip that gives these weights, where it is one of the known ones."""
    length, outputs = exact.shape
    # Errors of roundings, a part of the largest weight.
    roundoff = 2.0 ** -FORMATS[draw.dtype].precision

    def near(other: Floats) -> bool:
        granted = (_ROUNDINGS + length) * roundoff * max(float(np.abs(other).max()), 1e-300)
        return other.shape == drawn.shape and bool((np.abs(drawn - other) <= granted).all())

    others: list[tuple[str, Floats]] = [
        ("the sign is turned round", -exact),
        ("the frame runs backwards", exact[::-1]),
        ("zeros everywhere", 0 * exact),
    ]
    others += [
        (name, weights(other, length, outputs)[0])
        for name, other in diagnosis_kernels.stft_options(draw)
    ]
    time, window = np.arange(length)[:, None], weights(draw, length, outputs)[1]
    distribution = draw.entry.distribution
    assert isinstance(distribution, Fourier)
    phase = evaluate(distribution.phase, known(draw.entry, draw.names)) * math.pi / 2
    for name, period in (
        ("the number of outputs is taken for the period", outputs),
        ("twice the number of outputs is taken for the period", 2 * outputs),
        ("the length of the frame is taken for the period", length),
        ("the number of frequencies is taken for the period", outputs - 1),
    ):
        turns = 2 * math.pi * ((time * np.arange(outputs)) % period) / period
        others.append((name, window * np.cos(turns + phase)))
    for name, other in others:
        if near(other) and not near(exact):
            return name
    peak = int(np.argmax(np.abs(exact)))
    factor = float(drawn.flat[peak] / exact.flat[peak])
    if math.isfinite(factor) and factor and near(factor * exact):
        return f"{factor:.4g} times the right kernel: another scaling"
    return ""
