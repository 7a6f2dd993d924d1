"""The judges of whole kernels: orthogonal ones, the identity, Dirac's, and sparse ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from actinit.spec import evaluate
from actinit.spec.distributions import DeltaOrthogonal, Identity, Sparse

from ..check import Witness
from ..formats import FORMATS
from . import matrices
from .asked import gain_of
from .complaint import Complaint
from .diagnosis import kernels as named_kernels
from .distributions import known
from .draws import Draw

__all__ = ["delta", "dirac", "identity", "orthogonality", "wanted_zeros", "zeros"]

Floats = NDArray[np.float64]
# A matrix that is no further from orthogonal was meant to be it.
_NEARLY = 1 / 16


def orthogonality(draw: Draw, kernel: Floats) -> Complaint | None:
    """Hold the vectors of the shorter side to be orthonormal, but for the gain and roundings."""
    matrix, gain = kernel.reshape(-1, kernel.shape[-1]), gain_of(draw)
    found = matrices.defect(matrix, gain)
    fmt = FORMATS[draw.dtype]
    limit = matrices.granted(matrix.shape, 2.0**-fmt.precision, 2.0**-fmt.computed.precision)
    if found <= limit:
        return None
    text = f"Q^T Q differs from 1 by {found:.2g}, roundings explain {limit:.2g}"
    worst = Witness.figure(
        "largest entry of Q^T Q - 1",
        found,
        0.0,
        error=found / limit,
        measure=_defect_measure(draw, matrix),
    )
    if found < _NEARLY:
        return Complaint("accuracy", text, worst)
    cause = named_kernels.orthogonal(matrix, gain)
    if not cause and kernel.ndim > 2:
        other = np.moveaxis(kernel, -2, -1).reshape(-1, kernel.shape[-2])
        if matrices.defect(other, gain) <= limit:
            cause = "the inputs are taken for the outputs"
    return Complaint("definition", text, worst, looks_like=cause)


def _defect_measure(draw: Draw, matrix: Floats) -> str:
    side = min(matrix.shape)
    # Of a delta kernel the centre alone is a matrix.
    at = f"[{', '.join(map(str, _centre_of(draw)))}]" if _centre_of(draw) else ""
    w = f"w{at}" if at else "w.reshape(-1, w.shape[-1])"
    product = (
        "(m := {w}).T @ m" if matrix.shape[0] >= side == matrix.shape[1] else "(m := {w}) @ m.T"
    )
    return f"abs(({product.format(w=w)}) / {gain_of(draw)!r} ** 2 - np.eye({side})).max()"


def _centre_of(draw: Draw) -> tuple[int, ...]:
    """Return the centre of a delta kernel; empty for other distributions."""
    if not isinstance(draw.entry.distribution, DeltaOrthogonal):
        return ()
    return tuple((size - 1) // 2 for letter, size in draw.sizes.items() if letter not in "io")


def _centre(kernel: Floats) -> tuple[int, ...]:
    return tuple((size - 1) // 2 for size in kernel.shape[:-2])


def delta(draw: Draw, kernel: Floats) -> Complaint | None:
    """Hold a kernel to be 0 but at its centre, and orthogonal there."""
    around = kernel.copy()
    around[_centre(kernel)] = 0
    if around.any():
        place = tuple(int(at[0]) for at in np.nonzero(np.abs(around).sum(axis=(-2, -1))))
        text = f"weights at {place} are not 0; only those at the centre, {_centre(kernel)}, may be"
        at = tuple(map(int, np.unravel_index(int(np.argmax(np.abs(around))), around.shape)))
        worst = Witness.figure(f"weight at {at}", float(around[at]), 0.0, measure=_element(at))
        count = int(np.count_nonzero(around))
        return Complaint("definition", text, worst, count, _off_centre(kernel))
    return orthogonality(draw, kernel[_centre(kernel)])


def _off_centre(kernel: Floats) -> str:
    """Say where the weights of a kernel are that should be at its centre only."""
    filled = np.argwhere(np.abs(kernel).sum(axis=(-2, -1)) > 0)
    if len(filled) > 1:
        return "weights stand at more than one place"
    at = tuple(int(index) for index in filled[0])
    places = kernel.shape[:-2]
    if at == tuple(size // 2 for size in places):
        return "the centre of an even size is the later of its two middle places"
    if not any(at):
        return "the first place is taken for the centre"
    if at == tuple(size - 1 for size in places):
        return "the last place is taken for the centre"
    return f"the place {at} is taken for the centre"


def identity(draw: Draw, kernel: Floats) -> Complaint | None:
    """Hold a matrix to be the identity times the value, to the bit."""
    assert isinstance(draw.entry.distribution, Identity)
    dtype = FORMATS[draw.dtype].dtype
    value = float(
        dtype.type(evaluate(draw.entry.distribution.value, known(draw.entry, draw.names)))
    )
    return _difference(
        kernel, value * np.eye(*kernel.shape), partial(named_kernels.identity, kernel, value)
    )


def dirac(draw: Draw, kernel: Floats) -> Complaint | None:
    """Hold a kernel to hand each input on to one output of each group, to the bit."""
    right = np.zeros_like(kernel)
    inputs, outputs = kernel.shape[-2:]
    groups = int(draw.names["groups"])
    group = outputs // groups
    for output in range(outputs):
        if output % group < inputs:
            right[(*_centre(kernel), output % group, output)] = 1
    return _difference(kernel, right, partial(named_kernels.dirac, kernel, right, groups))


def _difference(kernel: Floats, right: Floats, cause: Callable[[], str]) -> Complaint | None:
    differ = np.argwhere(kernel != right)
    if not len(differ):
        return None
    at = tuple(int(index) for index in differ[0])
    got, wanted = kernel[at], right[at]
    text = f"{len(differ):,} weights differ; at {at} there is {got:g}, right is {wanted:g}"
    worst = Witness.figure(f"weight at {at}", float(got), float(wanted), measure=_element(at))
    return Complaint("definition", text, worst, len(differ), cause())


def _element(at: tuple[int, ...]) -> str:
    return f"w[{', '.join(map(str, at))}]"


def zeros(draw: Draw, kernel: Floats) -> Complaint | None:
    """Hold each input of a sparse kernel to have as many zeros as the entry says."""
    wanted = wanted_zeros(draw, kernel.shape)
    counts = (kernel == 0).sum(axis=1)
    wrong = counts[counts != wanted]
    if not wrong.size:
        return None
    text = f"{wrong.size} of {counts.size} inputs have not {wanted} zeros, one has {wrong[0]}"
    furthest = float(wrong[np.argmax(np.abs(wrong - wanted))])
    most = "max" if furthest > wanted else "min"
    worst = Witness.figure(
        "zeros of an input",
        furthest,
        wanted,
        error=abs(furthest - wanted),
        measure=f"(w == 0).sum(axis=1).{most}()",
    )
    cause = named_kernels.sparse(kernel, float(draw.names["sparsity"]), wanted)
    return Complaint("definition", text, worst, wrong.size, cause)


def wanted_zeros(draw: Draw, shape: tuple[int, ...]) -> int:
    """Return how many weights of an input are 0."""
    assert isinstance(draw.entry.distribution, Sparse)
    sizes = dict(zip(("rows", "columns"), shape, strict=True))
    return int(evaluate(draw.entry.distribution.zeros, known(draw.entry, draw.names | sizes)))
