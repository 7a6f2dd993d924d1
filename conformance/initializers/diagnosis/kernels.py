"""What a kernel is whose weights are fixed by their place, or by each other, where it is known.

A kernel of fixed weights is named only if it is another known one bit for bit; one that should be
orthogonal only if it is orthogonal up to a factor, or its vectors have the right norm.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from actinit.spec.distributions import Fourier

from ...undiagnosed import cause_search
from ..draws import Draw

__all__ = ["dirac", "identity", "orthogonal", "rotations", "sparse", "stft_options"]

Floats = NDArray[np.float64]
# Relative error of a norm that roundings to 16 bits and in a sum explain.
_NEAR = 0.02
# Matrices that show a property of all: by chance, of one in 2**16.
_ENOUGH = 16


@cause_search("")
def identity(kernel: Floats, value: float) -> str:
    """Return what stands in place of the identity times a value.

    Parameters
    ----------
    kernel : ndarray of float64, shape (rows, columns)
        What came back.
    value : float
        What is due on the diagonal.
    """
    rows, columns = kernel.shape
    eye = np.eye(rows, columns)
    return _same(kernel, {
        "zeros everywhere": 0 * eye,
        "the gain is ignored: ones on the diagonal": eye,
        "the gain is squared": _rounded(value**2, kernel, eye),
        "the inverse of the gain is used": _rounded(1 / value if value else 0.0, kernel, eye),
        "the sign is turned round": -value * eye,
        "the diagonal is one column too far right": value * np.eye(rows, columns, 1),
        "the diagonal is one row too far down": value * np.eye(rows, columns, -1),
        "the diagonal runs the other way": value * eye[:, ::-1],
        "the diagonal is counted from the last row": value * eye[::-1],
        "all weights are the gain": np.full_like(eye, value),
        "the diagonal wraps round and begins again": value * _wrapped(rows, columns),
        "the diagonal ends one place early": value * _early(eye),
    })  # fmt: skip


@cause_search("")
def dirac(kernel: Floats, right: Floats, groups: int) -> str:
    """Return what stands in place of the kernel that hands its input on.

    Parameters
    ----------
    kernel, right : ndarray of float64, shape (..., inputs, outputs)
        What came back, and what is due.
    groups : int
        How many groups the outputs fall into.
    """
    inputs, outputs = kernel.shape[-2:]
    places = kernel.shape[:-2]
    plain = np.eye(inputs, outputs)
    group = max(outputs // groups, 1)
    interleaved = np.zeros((inputs, outputs))
    wrapped = _wrapped(inputs, outputs)
    for output in range(outputs):
        if output // groups < inputs:
            interleaved[output // groups, output] = 1
    centre = tuple((size - 1) // 2 for size in places)
    own = right[centre]
    matrices = {
        "": own,
        "the groups are ignored": plain,
        "the groups are interleaved": interleaved,
        "each output takes an input, round and round": wrapped,
        "the transposed matrix": np.eye(outputs, inputs).T[::-1, ::-1],
        "the inputs are in reverse order": own[::-1],
    }
    spots = {
        "": centre,
        "the centre of an even size is the later of its two middle places": tuple(
            size // 2 for size in places
        ),
        "the first place is taken for the centre": tuple(0 for _ in places),
        "the last place is taken for the centre": tuple(size - 1 for size in places),
        "the centre is one place too far": tuple(
            min(at + 1, size - 1) for at, size in zip(centre, places, strict=True)
        ),
        "the centre is one place too early": tuple(max(at - 1, 0) for at in centre),
    }
    known = {"zeros everywhere": np.zeros_like(kernel), "the sign is turned round": -right}
    for where, spot in spots.items():
        for what, matrix in matrices.items():
            if where or what:
                put = np.zeros_like(kernel)
                put[spot] = matrix
                known[" and ".join(filter(None, (what, where)))] = put
    everywhere = np.zeros_like(kernel)
    everywhere[...] = own
    known["the matrix stands at every place, not only at the centre"] = everywhere
    known["it is divided by the number of groups"] = right / groups
    if group < outputs:
        once = right.copy()
        once[..., group:] = 0
        known["only the first group is filled"] = once
    return _same(kernel, known, right)


def _same(kernel: Floats, known: Mapping[str, Floats], right: Floats | None = None) -> str:
    for name, other in known.items():
        if right is not None and np.array_equal(other, right):
            continue
        if np.array_equal(kernel, other):
            return name
    return ""


def _rounded(value: float, kernel: Floats, eye: Floats) -> Floats:
    """Return the identity times a value as the kernel rounds it, if that is near."""
    got = float(kernel[0, 0]) if kernel.size else value
    near = math.isfinite(got) and abs(got - value) <= 2.0**-8 * abs(value)
    return (got if near else value) * eye


def _wrapped(rows: int, columns: int) -> Floats:
    found = np.zeros((rows, columns))
    for at in range(max(rows, columns)):
        found[at % rows, at % columns] = 1
    return found


def _early(eye: Floats) -> Floats:
    found = eye.copy()
    last = min(eye.shape) - 1
    if last >= 0:
        found[last, last] = 0
    return found


@cause_search("")
def orthogonal(matrix: Floats, gain: float) -> str:
    """Return what is wrong with a matrix that should have orthogonal vectors of one norm.

    Parameters
    ----------
    matrix : ndarray of float64, shape (rows, columns)
        What came back.
    gain : float
        The norm that is due.
    """
    tall = matrix if matrix.shape[0] >= matrix.shape[1] else matrix.T
    product = tall.T @ tall
    squares = np.diag(product)
    if not squares.all():
        return "zeros everywhere" if not squares.any() else "some vectors are 0"
    off = product - np.diag(squares)
    crossed = float(np.abs(off).max(initial=0.0)) / float(squares.max())
    norm = math.sqrt(float(squares.mean()))
    level = float(np.ptp(squares)) <= _NEAR * float(squares.mean())
    if crossed <= _NEAR and level:
        for name, value in {
            "the gain is ignored": 1.0,
            "the gain is squared": gain**2,
            "the root of the gain is taken": math.sqrt(gain),
            "the inverse of the gain is used": 1 / gain,
            "the gain is applied twice over the number of columns": gain / len(squares),
            "the vectors are scaled by the root of their length": gain * math.sqrt(len(tall)),
            "the vectors are divided by the root of their length": gain / math.sqrt(len(tall)),
        }.items():
            if abs(norm / value - 1) < _NEAR / 4 and abs(value / gain - 1) > _NEAR:
                return name
        return f"orthogonal vectors of norm {norm:.5g} in place of {gain:.5g}"
    if crossed <= _NEAR:
        return "the vectors are orthogonal, but of different norms: they are not normalized"
    if np.ptp(squares) <= 1e-4 * squares.mean():
        return "the vectors are normalized, but not orthogonal"
    flat = matrix.ravel()
    flat = flat / flat.std() if flat.std() > 0 else flat
    kurtosis = float(np.mean((flat - flat.mean()) ** 4))
    error = math.sqrt(24 / flat.size)
    # Independent weights have inner products of a few of their standard deviations only.
    independent = crossed < 8 / math.sqrt(len(tall))
    if independent and abs(kurtosis - 3) < 5 * error:
        return "independent normal numbers, not orthogonalized"
    if independent and abs(kurtosis - 1.8) < 5 * error:
        return "independent uniform numbers, not orthogonalized"
    return ""


@cause_search("")
def rotations(matrices: Floats) -> str:
    """Return what distinguishes square orthogonal matrices that should be drawn by Haar measure.

    What is named holds for every one of at least 16 matrices, each with probability 1/2 at most.
    """
    count = len(matrices)
    if count < _ENOUGH:
        return ""
    if (matrices == matrices[:1]).all():
        return "the same matrix again and again, whatever the seed"
    apart = matrices - matrices.transpose(0, 2, 1)
    if np.abs(apart).max() < _NEAR:
        return "symmetric matrices, as a single reflection is"
    near_one = np.abs(np.abs(matrices) - np.round(np.abs(matrices)))
    if near_one.max() < _NEAR:
        return "permutations (with signs), not rotations"
    signs = np.linalg.det(matrices) > 0
    diagonal = np.diagonal(matrices, axis1=1, axis2=2)
    if (diagonal[:, :-1] > 0).all() or (diagonal[:, :-1] < 0).all():
        return "the signs are chosen so that the diagonal of Q has one sign, not by that of R"
    if (matrices[:, 0, :] > 0).all() or (matrices[:, 0, :] < 0).all():
        return "the signs are chosen so that the first row has one sign"
    if (matrices[:, :, 0] > 0).all() or (matrices[:, :, 0] < 0).all():
        return "the signs are chosen so that the first column has one sign"
    corner = matrices[:, 0, 0]
    if (corner < 0).all() or (corner > 0).all():
        return (
            "a QR decomposition whose signs are left as they come, not made those of R's diagonal"
        )
    if signs.all() or not signs.any():
        which = "+1" if signs.all() else "-1"
        return (
            f"the determinant is always {which}: only one of the two halves of the group is drawn"
        )
    return ""


@cause_search("")
def sparse(kernel: Floats, sparsity: float, wanted: int) -> str:
    """Return how the zeros of a sparse kernel are counted.

    Parameters
    ----------
    kernel : ndarray of float64, shape (inputs, outputs)
        What came back.
    sparsity : float
        Share of zeros that is asked for.
    wanted : int
        How many zeros each input should have.
    """
    zero = kernel == 0
    rows, columns = zero.sum(axis=1), zero.sum(axis=0)
    inputs, outputs = kernel.shape
    if not zero.any():
        return "no weight is 0"
    if zero.all():
        return "zeros everywhere"
    if (columns == columns[0]).all() and columns[0] in _counts(sparsity, inputs):
        return "the zeros are counted for each output, not for each input"
    if (rows == rows[0]).all():
        got = int(rows[0])
        if got in _counts(1 - sparsity, outputs) and got != wanted:
            return "the share of zeros is taken for the share of the others"
        if got == math.floor(sparsity * outputs):
            return "the number of zeros is rounded down"
        if got == round(sparsity * outputs):
            return "the number of zeros is rounded to the nearest"
        if got in _counts(sparsity, inputs):
            return "the share is taken of the number of inputs, not of the outputs"
        if abs(got - wanted) == 1:
            return f"one zero too {'many' if got > wanted else 'few'}"
        return f"{got} zeros for each input in place of {wanted}"
    total = int(zero.sum())
    for share, what in (
        (sparsity, "each weight is 0 by chance, without a fixed number"),
        (1 - sparsity, "each weight is kept by chance, with the share of zeros"),
    ):
        spread = math.sqrt(kernel.size * share * (1 - share))
        near = abs(total - kernel.size * share) < 5 * spread
        dispersion = float(np.var(rows)) / (outputs * share * (1 - share)) if spread else 0.0
        if near and abs(dispersion - 1) < 5 * math.sqrt(2 / inputs):
            return what
    return ""


def _counts(share: float, size: int) -> tuple[int, ...]:
    return math.floor(share * size), math.ceil(share * size), round(share * size)


def stft_options(draw: Draw) -> Iterator[tuple[str, Draw]]:
    """Yield the same draw with one of its options, or two, changed, and what that means."""
    assert isinstance(draw.entry.distribution, Fourier)
    own = draw.names
    single = [
        (f"{name} is {option} in place of {own[name]}", {name: option})
        for name in draw.entry.choices
        for option in draw.entry.options(name)
        if option != own[name]
    ]
    for name, changed in single:
        yield name, replace(draw, parameters={**draw.parameters, **changed})
    for at, (name, changed) in enumerate(single):
        for other, more in single[at + 1 :]:
            if changed.keys() != more.keys():
                both = {**draw.parameters, **changed, **more}
                yield f"{name} and {other}", replace(draw, parameters=both)
