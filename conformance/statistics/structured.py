"""The checks of initializers whose weights depend on each other, or are fixed by their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from actinit.adapters import Adapter
from actinit.spec import Initializer, evaluate
from actinit.spec.laws import DeltaOrthogonal, Dirac, Fourier, Identity, Orthogonal, Sparse

from ..checks.base import Check, Finding, Outcome, Witness
from ..formats import FORMATS
from . import fourier, goodness, judges, matrices, repeats
from .complaint import Complaint
from .draws import Draw
from .goodness import Verdict
from .laws import known
from .plan import LARGER, Size, settled

__all__ = ["checks"]

Array = NDArray[Any]
Floats = NDArray[np.float64]
Sizes = Mapping[str, int]

# Square, tall and wide; as a convolution, tall and wide.
_MATRICES: Mapping[str, tuple[Sizes, ...]] = {
    "dense": ({"i": 256, "o": 256}, {"i": 384, "o": 128}, {"i": 128, "o": 384}),
    "conv2d": ({"h": 3, "w": 5, "i": 16, "o": 64}, {"h": 1, "w": 3, "i": 16, "o": 96}),
}
# Odd and even sizes: only the even ones tell where the centre is.
_KERNELS: Mapping[str, tuple[Sizes, ...]] = {
    "conv1d": ({"w": 5, "i": 16, "o": 24}, {"w": 4, "i": 16, "o": 24}),
    "conv2d": ({"h": 3, "w": 5, "i": 16, "o": 24}, {"h": 4, "w": 2, "i": 16, "o": 24}),
    "conv3d": ({"d": 3, "h": 1, "w": 5, "i": 6, "o": 9}, {"d": 2, "h": 3, "w": 4, "i": 6, "o": 9}),
}
# Frames and their frequencies: as many as the frame has, and more.
_FRAMES: Mapping[str, tuple[Sizes, ...]] = {
    "conv1d": ({"w": 32, "i": 1, "o": 17}, {"w": 25, "i": 1, "o": 33}),
}
# Enough to tell equal from unequal.
_FEW: Sizes = {"i": 256, "o": 256}
# Small matrices, of which many are drawn: the law of a rotation shows in all of its sizes.
_SMALL: Sizes = {"i": 8, "o": 8}
_OBLONG: tuple[Sizes, ...] = ({"i": 12, "o": 5}, {"i": 5, "o": 12})
_TOLD = {"gain": 1.75, "sparsity": 0.3, "stddev": 0.2, "groups": 3.0}
# A matrix that is no further from orthogonal was meant to be it.
_NEARLY = 1 / 16
# Precision that a 16-bit matrix is computed in before it is rounded.
_COMPUTED = {"float16": "float32", "bfloat16": "float32"}


def checks(entry: Initializer, size: Size) -> Iterator[Check]:
    """Yield the checks of an initializer whose weights are not drawn one by one.

    Parameters
    ----------
    entry : Initializer
        The entry.
    size : Size
        How much is drawn.

    Yields
    ------
    Check
        With ids such as ``initializer/orthogonal/float32/haar``.
    """
    yield from _by_law(entry, size)
    if entry.seed == "decides":
        delta = isinstance(entry.law, DeltaOrthogonal)
        sizes = {"w": 1, **size.of(_FEW)} if delta else size.of(_FEW)
        yield from repeats.checks(
            _draw(entry, "seed", "float32", sizes, "conv1d" if delta else "dense")
        )


def _by_law(entry: Initializer, size: Size) -> Iterator[Check]:
    match entry.law:
        case Orthogonal():
            yield _every(entry, "defaults", "float32", _MATRICES, _orthogonality)
            for dtype in FORMATS:
                yield _every(entry, f"{dtype}/orthogonality", dtype, _MATRICES, _orthogonality)
            for dtype in ("float32", "float64"):
                yield _haar(entry, dtype, size.matrices)
        case DeltaOrthogonal():
            yield _every(entry, "defaults", "float32", _KERNELS, _delta)
            for dtype in FORMATS:
                yield _every(entry, f"{dtype}/orthogonality", dtype, _KERNELS, _delta)
            for dtype in ("float32", "float64"):
                yield _haar(entry, dtype, size.matrices)
        case Identity():
            yield _every(entry, "defaults", "float32", _dense_only(), _identity)
            for dtype in FORMATS:
                yield _every(entry, f"{dtype}/places", dtype, _dense_only(), _identity)
        case Dirac():
            yield _every(entry, "defaults", "float32", _KERNELS, _dirac)
            for dtype in FORMATS:
                yield _every(entry, f"{dtype}/places", dtype, _KERNELS, _dirac)
        case Fourier():
            yield _every(entry, "defaults", "float32", _FRAMES, fourier.complain)
            for side in entry.options("side"):
                for dtype in FORMATS:
                    path = f"{side}/{dtype}/values"
                    # No default, so that one that is ignored shows.
                    told = {
                        "side": side,
                        "window": "hamming",
                        "scaling": "spectrum",
                        "periodic": "yes",
                    }
                    yield _every(entry, path, dtype, _FRAMES, fourier.complain, told)
        case Sparse():
            for dtype in FORMATS:
                yield _every(entry, f"{dtype}/zeros", dtype, _dense_only(), _zeros)
            for dtype in ("float32", "float64"):
                yield _sparse(entry, dtype, size)


def _dense_only() -> Mapping[str, tuple[Sizes, ...]]:
    return {"dense": _MATRICES["dense"]}


def _draw(entry: Initializer, path: str, dtype: str, sizes: Sizes, layer: str = "dense") -> Draw:
    told = {name: _TOLD[name] for name in entry.parameters} if path != "defaults" else {}
    return Draw(entry, path, dtype, sizes, told, layer)


def _every(
    entry: Initializer,
    path: str,
    dtype: str,
    shapes: Mapping[str, tuple[Sizes, ...]],
    complain: Callable[[Draw, Floats], Complaint | None],
    choices: Mapping[str, str] = MappingProxyType({}),
) -> Check:
    """Return the check that a kernel of each shape gives no reason to complain."""
    told = [
        _draw(entry, path, dtype, sizes, layer) for layer, some in shapes.items() for sizes in some
    ]
    draws = [replace(draw, parameters={**draw.parameters, **choices}) for draw in told]

    def run(adapter: Adapter) -> Outcome:
        wrong: list[Finding] = []
        for draw in (each.offered(adapter) for each in draws):
            drawn = draw.run(adapter)
            if bad := judges.nonfinite(drawn):
                return bad
            if complaint := complain(draw, _ordered(draw, adapter, drawn)):
                sizes = "x".join(map(str, drawn.shape))
                sentence = f"{draw.layer} kernel of shape {drawn.shape}: {complaint.text}"
                wrong.append(
                    Finding(
                        key=f"{draw.layer}/{sizes}",
                        kind=complaint.kind,
                        defect="kernel",
                        sentence=sentence,
                        count=complaint.count,
                        points=drawn.size,
                        worst=complaint.worst,
                    )
                )
        measured: dict[str, float] = {"shapes": len(draws), "wrong": len(wrong)}
        if wrong:
            return Outcome.diverging(wrong, measured=measured)
        return Outcome(conforms=True, message=f"right for {len(draws)} shapes", measured=measured)

    return draws[0].check("law", run)


def _ordered(draw: Draw, adapter: Adapter, drawn: Array) -> Floats:
    """Return a kernel with the places first, then inputs, then outputs."""
    layout = adapter.layouts[draw.layer]
    order = sorted(range(len(layout)), key=lambda at: ("i", "o").index(layout[at]) + 1
                   if layout[at] in "io" else 0)  # fmt: skip
    return np.transpose(drawn, order).astype(np.float64)


def _gain(draw: Draw) -> float:
    assert isinstance(draw.entry.law, Orthogonal | DeltaOrthogonal)
    return evaluate(draw.entry.law.gain, known(draw.entry, draw.names))


def _orthogonality(draw: Draw, kernel: Floats) -> Complaint | None:
    matrix = kernel.reshape(-1, kernel.shape[-1])
    found = matrices.defect(matrix, _gain(draw))
    fmt, computed = FORMATS[draw.dtype], FORMATS[_COMPUTED.get(draw.dtype, draw.dtype)]
    limit = matrices.granted(matrix.shape, 2.0**-fmt.precision, 2.0**-computed.precision)
    if found <= limit:
        return None
    text = f"Q^T Q differs from 1 by {found:.2g}, roundings explain {limit:.2g}"
    worst = Witness.figure("largest entry of Q^T Q - 1", found, 0.0, error=found / limit)
    return Complaint("accuracy" if found < _NEARLY else "definition", text, worst)


def _centre(kernel: Floats) -> tuple[int, ...]:
    return tuple((size - 1) // 2 for size in kernel.shape[:-2])


def _delta(draw: Draw, kernel: Floats) -> Complaint | None:
    around = kernel.copy()
    around[_centre(kernel)] = 0
    if around.any():
        place = tuple(int(at[0]) for at in np.nonzero(np.abs(around).sum(axis=(-2, -1))))
        text = f"weights at {place} are not 0; only those at the centre, {_centre(kernel)}, may be"
        largest = float(around.flat[np.argmax(np.abs(around))])
        worst = Witness.figure("weight away from the centre", largest, 0.0)
        return Complaint("definition", text, worst, int(np.count_nonzero(around)))
    return _orthogonality(draw, kernel[_centre(kernel)])


def _identity(draw: Draw, kernel: Floats) -> Complaint | None:
    assert isinstance(draw.entry.law, Identity)
    dtype = FORMATS[draw.dtype].dtype
    value = float(dtype.type(evaluate(draw.entry.law.value, known(draw.entry, draw.names))))
    return _difference(kernel, value * np.eye(*kernel.shape))


def _dirac(draw: Draw, kernel: Floats) -> Complaint | None:
    right = np.zeros_like(kernel)
    inputs, outputs = kernel.shape[-2:]
    group = outputs // int(draw.names["groups"])
    for output in range(outputs):
        if output % group < inputs:
            right[(*_centre(kernel), output % group, output)] = 1
    return _difference(kernel, right)


def _difference(kernel: Floats, right: Floats) -> Complaint | None:
    differ = np.argwhere(kernel != right)
    if not len(differ):
        return None
    at = tuple(int(index) for index in differ[0])
    got, wanted = kernel[at], right[at]
    text = f"{len(differ):,} weights differ; at {at} there is {got:g}, right is {wanted:g}"
    worst = Witness.figure(f"weight at {at}", float(got), float(wanted))
    return Complaint("definition", text, worst, len(differ))


def _zeros(draw: Draw, kernel: Floats) -> Complaint | None:
    wanted = _wanted_zeros(draw, kernel.shape)
    counts = (kernel == 0).sum(axis=1)
    wrong = counts[counts != wanted]
    if not wrong.size:
        return None
    text = f"{wrong.size} of {counts.size} inputs have not {wanted} zeros, one has {wrong[0]}"
    furthest = float(wrong[np.argmax(np.abs(wrong - wanted))])
    worst = Witness.figure("zeros of an input", furthest, wanted, error=abs(furthest - wanted))
    return Complaint("definition", text, worst, wrong.size)


def _wanted_zeros(draw: Draw, shape: tuple[int, ...]) -> int:
    assert isinstance(draw.entry.law, Sparse)
    sizes = dict(zip(("rows", "columns"), shape, strict=True))
    return int(evaluate(draw.entry.law.zeros, known(draw.entry, draw.names | sizes)))


def _haar(entry: Initializer, dtype: str, count: int) -> Check:
    """Return the check that no direction is preferred."""
    delta = isinstance(entry.law, DeltaOrthogonal)
    path = f"{dtype}/haar"
    layer, around = ("conv1d", {"w": 1}) if delta else ("dense", {})
    square = _draw(entry, path, dtype, {**around, **_SMALL}, layer)
    oblong = [
        replace(square, sizes={**around, **sizes})
        for sizes in _OBLONG
        if not delta or sizes["i"] <= sizes["o"]
    ]

    def run(adapter: Adapter) -> Outcome:
        def tests(stage: int) -> dict[str, Verdict]:
            found = matrices.haar(_many(square, adapter, count, stage))
            for draw in oblong:
                sides = f"{draw.sizes['i']}x{draw.sizes['o']}"
                several = matrices.marginal(
                    _many(draw, adapter, count, stage), max(draw.sizes.values())
                )
                found |= {f"{sides}_{name}": test for name, test in several.items()}
            return found

        first, failing = settled(tests)
        if not failing:
            message = f"{count} matrices: no direction is preferred"
        else:
            plainest = min(failing, key=lambda name: failing[name].p)
            message = (
                f"{count} matrices of {_SMALL['i']} rows: the distribution is not Haar measure; "
                f"{plainest.replace('_', ' ')} is off, p = {failing[plainest].p:.2g} "
                f"({len(failing)} of {len(first)} tests)"
            )
        measured = {"matrices": count, **judges.figures(first)}
        if failing:
            findings = judges.by_test(failing, "distribution", "haar", message)
            return Outcome.diverging(findings, message, measured=measured)
        return Outcome(conforms=True, message=message, measured=measured)

    return square.check("law", run)


def _many(draw: Draw, adapter: Adapter, count: int, stage: int) -> Floats:
    """Draw many small matrices, rows by columns, each with a seed of its own, and divide the gain.

    The later stages draw more.
    """
    drawn = draw.offered(adapter)
    gain = _gain(drawn)
    return np.stack([
        _ordered(drawn, adapter, drawn.run(adapter, later=place + 2**20 * stage)).reshape(
            -1, draw.sizes["o"]
        ) / gain
        for place in range(count * LARGER**stage)
    ])  # fmt: skip


def _sparse(entry: Initializer, dtype: str, size: Size) -> Check:
    """Return the check of where the zeros are and of what is beside them."""
    told = _draw(entry, f"{dtype}/law", dtype, size.of({"i": 2048, "o": 256}))

    def run(adapter: Adapter) -> Outcome:
        draw = told.offered(adapter)
        law = stats.norm(0, _deviation(draw))

        def tests(stage: int) -> dict[str, Verdict]:
            kernels = [
                _ordered(draw, adapter, draw.run(adapter, later=place + 100 * stage))
                for place in range(LARGER**stage)
            ]
            kernel = np.concatenate(kernels)
            share = _wanted_zeros(draw, kernels[0].shape) / kernel.shape[1]
            # The zeros of an input are drawn without replacement: outputs compete for them.
            counts = (kernel == 0).sum(axis=0)
            outputs = kernel.shape[1]
            spread = len(kernel) * share * (1 - share) * outputs / (outputs - 1)
            statistic = float(np.square(counts - len(kernel) * share).sum() / spread)
            others = kernel[kernel != 0]
            return {
                "places": goodness.chi_square(statistic, outputs - 1),
                "distribution": goodness.kolmogorov_smirnov(others, law),
                "mean": goodness.mean(others, law),
                "variance": goodness.variance(others, law),
            }

        first, failing = settled(tests)
        worst = ", ".join(f"{name} (p = {test.p:.2g})" for name, test in failing.items())
        measured = judges.figures(first)
        if failing:
            message = f"not as the distribution says: {worst}"
            findings = judges.by_test(failing, "distribution", "sparse", message)
            return Outcome.diverging(findings, message, measured=measured)
        message = "zeros are anywhere alike, the other weights are normal"
        return Outcome(conforms=True, message=message, measured=measured)

    return told.check("law", run)


def _deviation(draw: Draw) -> float:
    assert isinstance(draw.entry.law, Sparse)
    return evaluate(draw.entry.law.stddev, {
        name: value for name, value in draw.names.items() if not isinstance(value, str)
    })  # fmt: skip
