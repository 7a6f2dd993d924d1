"""The checks of initializers whose weights depend on each other, or are fixed by their place."""

from __future__ import annotations

import math
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
from ..pasted.weights import ALONE, STACKED
from . import figures, fourier, goodness, judges, matrices, repeats
from .complaint import Complaint
from .diagnosis import kernels as named_kernels
from .diagnosis import zeros_and_others
from .draws import Draw
from .goodness import Verdict
from .laws import known
from .plan import LARGER, Size, settled, stage_of

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
                like = f"; this looks like: {complaint.looks_like}" if complaint.looks_like else ""
                sentence = f"{draw.layer} kernel of shape {drawn.shape}: {complaint.text}{like}"
                wrong.append(
                    Finding(
                        key=_key(draw, drawn.shape),
                        kind=complaint.kind,
                        defect="kernel",
                        sentence=sentence,
                        count=complaint.count,
                        points=drawn.size,
                        worst=complaint.worst,
                        looks_like=complaint.looks_like,
                    )
                )
        measured: dict[str, float] = {"shapes": len(draws), "wrong": len(wrong)}
        if wrong:
            return Outcome.diverging(wrong, measured=measured)
        return Outcome(conforms=True, message=f"right for {len(draws)} shapes", measured=measured)

    def lines(adapter: Adapter, finding: Finding | None) -> str:
        wanted = finding.key if finding else ""
        draw = next((one for one in draws if _key(one, one.shape(adapter)) == wanted), draws[0])
        return draw.lines(adapter, finding, f"{ALONE}{_reordered(draw, adapter, 0)}")

    return draws[0].check("law", run, lines)


def _key(draw: Draw, shape: tuple[int, ...]) -> str:
    return f"{draw.layer}/{'x'.join(map(str, shape))}"


def _ordered(draw: Draw, adapter: Adapter, drawn: Array) -> Floats:
    """Return a kernel with the places first, then inputs, then outputs."""
    return draw.ordered(adapter, drawn).astype(np.float64)


def _reordered(draw: Draw, adapter: Adapter, stacked: int) -> str:
    """Return the line that does so with ``w``, if it needs one, with dimensions before them."""
    order = [*range(stacked), *(place + stacked for place in draw.order(adapter))]
    if order == sorted(order):
        return ""
    return f"\nw = w.transpose({', '.join(map(str, order))})  # places, inputs, outputs"


def _gain(draw: Draw) -> float:
    assert isinstance(draw.entry.law, Orthogonal | DeltaOrthogonal)
    return evaluate(draw.entry.law.gain, known(draw.entry, draw.names))


def _orthogonality(draw: Draw, kernel: Floats) -> Complaint | None:
    matrix, gain = kernel.reshape(-1, kernel.shape[-1]), _gain(draw)
    found = matrices.defect(matrix, gain)
    fmt, computed = FORMATS[draw.dtype], FORMATS[_COMPUTED.get(draw.dtype, draw.dtype)]
    limit = matrices.granted(matrix.shape, 2.0**-fmt.precision, 2.0**-computed.precision)
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
    return f"abs(({product.format(w=w)}) / {_gain(draw)!r} ** 2 - np.eye({side})).max()"


def _centre_of(draw: Draw) -> tuple[int, ...]:
    """Return the centre of a delta kernel; empty for other laws."""
    if not isinstance(draw.entry.law, DeltaOrthogonal):
        return ()
    return tuple((size - 1) // 2 for letter, size in draw.sizes.items() if letter not in "io")


def _centre(kernel: Floats) -> tuple[int, ...]:
    return tuple((size - 1) // 2 for size in kernel.shape[:-2])


def _delta(draw: Draw, kernel: Floats) -> Complaint | None:
    around = kernel.copy()
    around[_centre(kernel)] = 0
    if around.any():
        place = tuple(int(at[0]) for at in np.nonzero(np.abs(around).sum(axis=(-2, -1))))
        text = f"weights at {place} are not 0; only those at the centre, {_centre(kernel)}, may be"
        at = tuple(map(int, np.unravel_index(int(np.argmax(np.abs(around))), around.shape)))
        worst = Witness.figure(f"weight at {at}", float(around[at]), 0.0, measure=_element(at))
        count = int(np.count_nonzero(around))
        return Complaint("definition", text, worst, count, _off_centre(kernel))
    return _orthogonality(draw, kernel[_centre(kernel)])


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


def _identity(draw: Draw, kernel: Floats) -> Complaint | None:
    assert isinstance(draw.entry.law, Identity)
    dtype = FORMATS[draw.dtype].dtype
    value = float(dtype.type(evaluate(draw.entry.law.value, known(draw.entry, draw.names))))
    return _difference(kernel, value * np.eye(*kernel.shape), named_kernels.identity(kernel, value))


def _dirac(draw: Draw, kernel: Floats) -> Complaint | None:
    right = np.zeros_like(kernel)
    inputs, outputs = kernel.shape[-2:]
    group = outputs // int(draw.names["groups"])
    for output in range(outputs):
        if output % group < inputs:
            right[(*_centre(kernel), output % group, output)] = 1
    groups = int(draw.names["groups"])
    return _difference(kernel, right, named_kernels.dirac(kernel, right, groups))


def _difference(kernel: Floats, right: Floats, cause: str) -> Complaint | None:
    differ = np.argwhere(kernel != right)
    if not len(differ):
        return None
    at = tuple(int(index) for index in differ[0])
    got, wanted = kernel[at], right[at]
    text = f"{len(differ):,} weights differ; at {at} there is {got:g}, right is {wanted:g}"
    worst = Witness.figure(f"weight at {at}", float(got), float(wanted), measure=_element(at))
    return Complaint("definition", text, worst, len(differ), cause)


def _element(at: tuple[int, ...]) -> str:
    return f"w[{', '.join(map(str, at))}]"


def _zeros(draw: Draw, kernel: Floats) -> Complaint | None:
    wanted = _wanted_zeros(draw, kernel.shape)
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

    by_sides = {"": square, **{f"{one.sizes['i']}x{one.sizes['o']}": one for one in oblong}}

    def run(adapter: Adapter) -> Outcome:
        def tests(stage: int) -> dict[str, Verdict]:
            found = matrices.haar(_many(square, adapter, count, stage))
            for sides, draw in by_sides.items():
                if not sides:
                    continue
                several = matrices.marginal(
                    _many(draw, adapter, count, stage), max(draw.sizes.values())
                )
                found |= {f"{sides}_{name}": test for name, test in several.items()}
            return found

        first, failing = settled(tests)
        cause = named_kernels.rotations(_many(square, adapter, count, 0)) if failing else ""
        if not failing:
            message = f"{count} matrices: no direction is preferred"
        else:
            plainest = min(failing, key=lambda name: failing[name].p)
            message = (
                f"{count} matrices of {_SMALL['i']} rows: the distribution is not Haar measure; "
                f"{plainest.replace('_', ' ')} is off, p = {failing[plainest].p:.2g} "
                f"({len(failing)} of {len(first)} tests)"
                f"{f'; this looks like: {cause}' if cause else ''}"
            )
        measured = {"matrices": count, **judges.figures(first)}
        if failing:
            stage = stage_of(first, failing)
            drawn = {
                sides: _many(draw, adapter, count, stage)
                for sides, draw in by_sides.items()
                if any(_sides(name) == sides for name in failing)
            }
            worst = {
                name: matrices.figure(
                    name.removeprefix(f"{_sides(name)}_"), drawn[_sides(name)], test
                )
                for name, test in failing.items()
            }
            findings = judges.by_test(failing, "distribution", "haar", message, worst, cause)
            return Outcome.diverging(findings, message, measured=measured)
        return Outcome(conforms=True, message=message, measured=measured)

    def lines(adapter: Adapter, finding: Finding | None) -> str:
        draw = by_sides[_sides(finding.key.partition("/")[2] if finding else "")]
        rows, columns = draw.sizes["i"], draw.sizes["o"]
        many = STACKED.replace("{end}", "{seed} + " + str(count))
        flat = f"\nw = w.reshape(-1, {rows}, {columns}) / {_gain(draw)!r}"
        return draw.lines(adapter, finding, f"{many}{_reordered(draw, adapter, 1)}{flat}")

    return square.check("law", run, lines)


def _sides(name: str) -> str:
    """Return the sides of the matrices that a test is of; empty for the square ones."""
    first = name.partition("_")[0]
    return first if first[:1].isdigit() else ""


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

        def drawn(stage: int) -> Floats:
            return np.concatenate([
                _ordered(draw, adapter, draw.run(adapter, later=place + 100 * stage))
                for place in range(LARGER**stage)
            ])  # fmt: skip

        def tests(stage: int) -> dict[str, Verdict]:
            kernel = drawn(stage)
            rows = len(kernel) // LARGER**stage
            share = _wanted_zeros(draw, (rows, kernel.shape[1])) / kernel.shape[1]
            # The zeros of an input are drawn without replacement: outputs compete for them.
            counts = (kernel == 0).sum(axis=0)
            outputs = kernel.shape[1]
            spread = len(kernel) * share * (1 - share) * outputs / (outputs - 1)
            statistic = float(np.square(counts - len(kernel) * share).sum() / spread)
            others = kernel[kernel != 0]
            if not others.size:  # nothing to test
                return {"others": Verdict(0.0, 0.0)}
            return _patterns(kernel[:rows] == 0, _later(draw, adapter, stage) == 0) | {
                "places": goodness.chi_square(statistic, outputs - 1),
                "distribution": goodness.kolmogorov_smirnov(others, law),
                "mean": goodness.mean(others, law),
                "variance": goodness.variance(others, law),
            }

        first, failing = settled(tests)
        worst = ", ".join(f"{name} (p = {test.p:.2g})" for name, test in failing.items())
        measured = judges.figures(first)
        if failing:
            stage = stage_of(first, failing)
            kernel = drawn(stage)
            cause = zeros_and_others(draw, kernel, law, failing)
            like = f"; this looks like: {cause}" if cause else ""
            message = f"not as the distribution says: {worst}{like}"
            other = _later(draw, adapter, stage)
            worst_of = {
                name: _sparse_figure(name, kernel, other, law, test)
                for name, test in failing.items()
            }
            findings = judges.by_test(failing, "distribution", "sparse", message, worst_of, cause)
            return Outcome.diverging(findings, message, measured=measured)
        message = "zeros are anywhere alike, the other weights are normal"
        return Outcome(conforms=True, message=message, measured=measured)

    def lines(adapter: Adapter, finding: Finding | None) -> str:
        return told.lines(adapter, finding, f"{ALONE}{_reordered(told, adapter, 0)}")

    return told.check("law", run, lines)


def _sparse_figure(name: str, kernel: Floats, other: Floats, law: Any, test: Verdict) -> Witness:
    """Return what a test of a sparse kernel measured, beside what is due."""
    zero = kernel[: len(other)] == 0
    if name in ("next_input", "runs", "others", "next_seed"):
        due = float(zero.mean())
        following = zero[:, :-1] if name == "runs" else zero[:-1]
        got = float(zero[:, 1:][following].mean() if name == "runs" else zero[1:][following].mean())
        if name == "next_seed":
            got = float((other == 0)[zero].mean())
        return Witness.figure(
            f"share of zeros beside zeros ({name})", got, due, error=test.statistic
        )
    if name != "places":
        return figures.of_draws(name, kernel[kernel != 0], law, test, "w[w != 0]")
    counts = (kernel == 0).sum(axis=0)
    # Zeros are drawn without replacement from an input's weights.
    share = float(counts.mean()) / len(kernel)
    due = math.sqrt(len(kernel) * share * (1 - share))
    return Witness.figure(
        "spread of the outputs' zeros",
        float(counts.std()),
        due,
        error=test.statistic,
        measure="(w == 0).sum(axis=0).std()",
    )


def _later(draw: Draw, adapter: Adapter, stage: int) -> Floats:
    return _ordered(draw, adapter, draw.run(adapter, later=1000 + stage))


def _patterns(zero: NDArray[np.bool_], other: NDArray[np.bool_]) -> dict[str, Verdict]:
    """Test whether zeros have to do with those of the next input, the next seed, and each other.

    Where each of two inputs has z zeros among n places, how many they share is hypergeometric; so
    is the number of runs that z zeros make among n places.
    """
    inputs, n = zero.shape
    counts = zero.sum(axis=1)
    z = int(counts[0])
    if not 1 < z < n - 1 or (counts != z).any() or (other.sum(axis=1) != z).any():
        return {}  # which the check of the number of zeros says
    shared, spread = z * z / n, z * z * (n - z) ** 2 / (n * n * (n - 1))
    runs = (zero[:, 1:] & ~zero[:, :-1]).sum(axis=1) + zero[:, 0]
    due = z * (n - z + 1) / n
    runs_spread = z * (z - 1) * (n - z) * (n - z + 1) / (n * n * (n - 1))
    return {
        name: goodness.normal(float((got - expected).sum() / np.sqrt(variance * len(got))))
        for name, got, expected, variance in (
            ("next_input", (zero[1::2] & zero[: inputs // 2 * 2 : 2]).sum(axis=1), shared, spread),
            ("next_seed", (zero & other).sum(axis=1), shared, spread),
            ("runs", runs, due, runs_spread),
        )
    }


def _deviation(draw: Draw) -> float:
    assert isinstance(draw.entry.law, Sparse)
    return evaluate(draw.entry.law.stddev, {
        name: value for name, value in draw.names.items() if not isinstance(value, str)
    })  # fmt: skip
