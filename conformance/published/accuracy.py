"""How exact the reference is: its worst cases, held to the oracle.

``actinit compute accuracy`` measures every activation and every derivative in the
formats of the spec and writes ``docs/measured/reference-accuracy.json``, which the site draws.

Float64 is measured on a stratified sample and on all floats around each hard place: where a result
changes its sign, begins to be subnormal, zero or infinite, and where the reference passes from one
formula or table to another. Formats of up to 16 bits are measured on every input. For float32 every
input is looked at: one whose float64 result lies so near to the middle of two float32 numbers that
its error could decide (a candidate for double rounding) goes to the oracle, and so does a sample.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import pairwise, product
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from actinit import reference, spec
from actinit.spec import Activation, Part

from ..error.metric import measure
from ..expected import inputs
from ..expected.defaults import defaults
from ..expected.smooth import smooth
from ..formats import FORMATS, Format, describe, formats_of, hexadecimal
from ..oracle import exact
from ..parallel import pool
from ..results.accuracy import Accuracies, Accuracy
from ..results.machine import this_machine

__all__ = [
    "FULL",
    "Effort",
    "candidates",
    "hard_places",
    "measured",
]

PARTS: tuple[Part, ...] = ("value", "derivative")
#: A relative error that the reference's float64 results do not have: 4 ulp and more.
DOUBT = 2.0**-50

# Spreads of the elements of long rows: near ties, everyday logits, saturation.
_SPREADS = (1e-3, 1.0, 20.0, 300.0)
# A row spread wider than this is nothing but its largest element to every format; yet where a
# difference is half-way between two floats, the oracle would need that many bits to see a side.
_WIDEST = 2.0**14
_CHUNK = 2**20

Array = NDArray[Any]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Effort:
    """How many inputs are looked at.

    Attributes
    ----------
    stride : int
        Of the suite's sample of a million, one in so many.
    every16, every32 : int
        Of all float16, bfloat16 and float32 inputs of an elementwise entry, one in so many.
    neighbours : int
        Floats on each side of a hard place.
    around : int
        Inputs spread over the surroundings of a hard place, 1/8 to each side.
    long_rows : tuple of int
        Lengths of rows longer than those of the suite's sample.
    """

    stride: int = 9
    every16: int = 1
    every32: int = 1
    neighbours: int = 1000
    around: int = 2000
    long_rows: tuple[int, ...] = (100, 1000)


#: What is published.
FULL = Effort()


def measured(entry: Activation, part: Part, fmt: Format, effort: Effort = FULL) -> Accuracy:
    """Measure one part of an entry in a format.

    Parameters
    ----------
    entry : Activation
        The entry.
    part : {"value", "derivative"}
        What is measured.
    fmt : Format
        The format.
    effort : Effort, optional
        How many inputs.

    Returns
    -------
    Accuracy
        Of all points together.
    """
    if entry.shape == "elementwise":
        settings = _settings(entry, fmt)
        batches = [(_points(entry, part, fmt, chosen, effort), chosen) for chosen in settings]
    else:
        batches = [(rows, {}) for rows in _rows(entry, part, fmt, effort)]
    doubtful = None
    if fmt.name == "float32" and entry.shape == "elementwise":
        doubtful = candidates(entry, part, fmt, effort.every32)
        batches.append((doubtful, defaults(entry)))
    found = [_judged(entry, part, fmt, *batch) for batch in batches if batch[0].size]
    worst = max(found, key=lambda one: (one.not_correctly_rounded > 0, one.worst_ulp))
    return msgspec.structs.replace(
        worst,
        points=sum(one.points for one in found),
        not_correctly_rounded=sum(one.not_correctly_rounded for one in found),
        candidates=None if doubtful is None else doubtful.size,
    )


def _settings(entry: Activation, fmt: Format) -> Iterator[dict[str, float]]:
    """Yield the defaults and, for float64, each other value that a plot shows of a parameter."""
    yield defaults(entry)
    if fmt.name == "float64":
        for name, parameter in entry.parameters.items():
            for value in parameter.curves:
                yield {**defaults(entry), name: value}


def _judged(
    entry: Activation, part: Part, fmt: Format, x: Array, parameters: dict[str, float]
) -> Accuracy:
    """Hold the reference's results at these inputs to the oracle."""
    outputs = None
    if entry.shape == "row" and part == "derivative":
        outputs = np.arange(len(x)) % x.shape[1]
    got = _results(entry, part, x, parameters, outputs)
    right = exact(entry, part, x.astype(np.float64), parameters, outputs, formats=[fmt.name])
    errors = measure(got, right, fmt)
    # A flush is an error of the reference, though it is none of a backend.
    ulps = np.where(errors.flushed_result, np.inf, errors.ulps)
    nearest = right.rounded_to(fmt)
    # What overflows a format without infinities is nan, and right as such.
    wrong = (got != nearest) & ~(np.isnan(got) & np.isnan(nearest))
    at = np.unravel_index(np.argmax(np.where(wrong, ulps + 1, ulps)), ulps.shape)
    item = x[at[0]]
    indices = [int(index) for index in at[1:]]
    return Accuracy(
        points=got.size,
        not_correctly_rounded=int(wrong.sum()),
        worst_ulp=float(ulps[at]),
        x=describe(item),
        x_hex=hexadecimal(item),
        output=indices if outputs is None else [int(outputs[at[0]]), *indices],
        parameters=parameters,
        got=describe(got[at]),
        got_hex=hexadecimal(got[at]),
        exact=describe(nearest[at]),
        exact_hex=hexadecimal(nearest[at]),
    )


def _results(
    entry: Activation, part: Part, x: Array, parameters: dict[str, float], outputs: Array | None
) -> Array:
    function = reference.activations[entry.name]
    if part == "value":
        return function(x, **parameters)
    if outputs is None:
        return function.derivative(x, **parameters)
    # The gradient of one output is a line of the Jacobian, which is as large as a row is, squared.
    upstream = (np.arange(x.shape[1]) == outputs[:, np.newaxis]).astype(np.float64)
    return function.vjp(x, upstream, **parameters)


def _points(
    entry: Activation, part: Part, fmt: Format, parameters: dict[str, float], effort: Effort
) -> Array:
    """Return the inputs of an elementwise entry, each once."""
    if fmt.exhaustive:
        return fmt.finite()[:: effort.every16]
    found = [inputs.scalars(fmt)[:: effort.stride]]
    if fmt.name == "float64":
        steps = np.arange(-effort.neighbours, effort.neighbours + 1)
        spread = (2 * inputs.weyl(effort.around) - 1) / 8
        for place in hard_places(entry, part, parameters):
            found += [_float(_index(place) + steps), place + spread]
    return np.unique(np.concatenate(found))


def hard_places(
    entry: Activation, part: Part, parameters: dict[str, float] | None = None
) -> list[float]:
    """Return where a result of an elementwise entry is hard to have exactly.

    Parameters
    ----------
    entry : Activation
        An elementwise entry.
    part : {"value", "derivative"}
        Whose results.
    parameters : dict of str to float, optional
        A value for each parameter; by default the defaults.

    Returns
    -------
    list of float
        The suite's own, such as where exp(x) begins to be subnormal; the last float before the
        value or the derivative changes its sign, or begins or ceases to be zero, subnormal, 1 or
        infinite; and the seams of the reference.
    """
    chosen = defaults(entry) if parameters is None else parameters
    roots = [place for p in PARTS for place in _changes(entry, p, chosen)]
    seams = [root + side for root in roots for side in (-1 / 16, 1 / 16)]
    seams += reference.activations[entry.name].seams
    return [*inputs.hard_points(FORMATS["float64"]), *roots, *seams]


def _changes(entry: Activation, part: Part, parameters: dict[str, float]) -> Iterator[float]:
    """Yield the last float before each change of the kind of a result, by bisection."""
    near = np.arange(-1024, 1024) / 16 + 1 / 32
    far = np.concatenate([np.arange(64.0, 1600.0), 2.0 ** np.arange(11, 1024)])
    grid = np.sort(np.concatenate([-far, near, far]))
    kinds = _kind(entry, part, grid, parameters)
    for (low, high), (before, after) in zip(pairwise(grid), pairwise(kinds), strict=True):
        if before != after:
            first, last = int(_index(low)), int(_index(high))
            while last - first > 1:
                middle = (first + last) // 2
                same = _kind(entry, part, _float(np.array([middle])), parameters)[0] == before
                first, last = (middle, last) if same else (first, middle)
            yield float(_float(np.array([first]))[0])


def _kind(entry: Activation, part: Part, x: Floats, parameters: dict[str, float]) -> Array:
    """Return a number for each sort of result: its sign, its range, and whether it is 1."""
    y = _results(entry, part, x, parameters, None)
    size = np.abs(y)
    steps = np.stack([size > 0, size >= 2.0**-1022, np.isinf(size), size == 1])
    return np.sign(y) + 4 * steps.sum(axis=0)


def _index(x: Any) -> NDArray[np.int64]:
    """Return the numbers of floats in their order; 0 is that of zero."""
    bits = np.asarray(x, dtype=np.float64).view(np.int64)
    return np.where(bits < 0, -(bits & np.int64(2**63 - 1)), bits)


def _float(index: NDArray[np.int64]) -> Floats:
    return np.copysign(np.abs(index).view(np.float64), index)


def _rows(entry: Activation, part: Part, fmt: Format, effort: Effort) -> Iterator[Array]:
    """Yield inputs of a function of a row."""
    alone = entry.shape == "reduction" and part == "value"  # a row makes one point only
    stride = max(1, effort.stride // 5) if alone else effort.stride
    found = [array[::stride] for array in inputs.rows(fmt)]
    if fmt.exhaustive:
        found[-2:] = (array[:: effort.every16] for array in inputs.rows(fmt)[-2:])
    for length, spread in product(effort.long_rows, _SPREADS):
        places = 2 * inputs.weyl(4 * length, start=length).reshape(4, length) - 1
        found.append((places * spread).astype(fmt.dtype))
        # A leader whose result's distance from 1, or from 0, is a sum of subnormal numbers.
        below = places - (fmt.precision - fmt.emin - 4) * math.log(2)
        found.append(np.where(np.arange(length) == 0, 0.0, below).astype(fmt.dtype))
    for array in found:
        rows = array
        if part == "derivative":  # a tie is a kink
            rows = rows[smooth(entry, fmt, rows.astype(np.float64))]
        yield rows[np.ptp(rows.astype(np.float64), axis=1) < _WIDEST]


def candidates(
    entry: Activation, part: Part, fmt: Format, every: int = 1, *, x: Array | None = None
) -> Array:
    """Return the inputs whose result could have been rounded wrongly, by rounding twice.

    Parameters
    ----------
    entry : Activation
        An elementwise entry.
    part : {"value", "derivative"}
        Whose results.
    fmt : Format
        A format below float64.
    every : int, optional
        Look at one input of the format in so many.
    x : ndarray, optional
        Look at these instead.

    Returns
    -------
    ndarray
        Of the format: those whose float64 result, changed by a relative `DOUBT`, would be rounded
        otherwise. All others are rounded correctly, if the float64 results are within that.
    """
    found = []
    for chunk in _every(fmt, every) if x is None else [x]:
        y = _results(entry, part, chunk.astype(np.float64), defaults(entry), None)
        with np.errstate(over="ignore", under="ignore"):
            less, more = ((y * (1 + sign * DOUBT)).astype(fmt.dtype) for sign in (-1, 1))
        found.append(chunk[less != more])
    return np.concatenate(found)


def _every(fmt: Format, every: int) -> Iterator[Array]:
    """Yield the finite numbers of a format, or one in so many, in chunks."""
    count = 2**fmt.width
    for start in range(0, count, every * _CHUNK):
        patterns = np.arange(start, min(count, start + every * _CHUNK), every, dtype=np.int64)
        x = fmt.from_bits(patterns)
        yield x[np.isfinite(x)]


def _task(task: tuple[str, Part, str, Effort]) -> tuple[str, Part, str, Accuracy]:
    name, part, fmt, effort = task
    return name, part, fmt, measured(spec.activations[name], part, FORMATS[fmt], effort)


def compute(
    effort: Effort, only: Collection[str] = (), before: Accuracies | None = None,
    *, missing: bool = False,
) -> Accuracies:  # fmt: skip
    """Measure entries on every core; says on the way what is done.

    Parameters
    ----------
    effort : Effort
        How much to look at.
    only : collection of str, optional
        Names of the entries to measure, or aliases; by default all.
    before : Accuracies, optional
        Where all else is taken from: an earlier result of the same versions. What was looked at
        less closely than that result says, or on another machine, is marked so.
    missing : bool, optional
        Whether only what the earlier result lacks is measured, entries and formats.

    Raises
    ------
    ValueError
        If the earlier result is of something else, so that one file cannot say both.
    """
    names = [spec.activations[name].name for name in only or spec.activations]
    entries: dict[str, dict[Part, dict[str, Accuracy]]] = {
        name: {part: {} for part in PARTS} for name in names
    }
    here = this_machine()
    elsewhere = {**before.elsewhere} if before else {}
    found = Accuracies(
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        machine=before.machine if before else here,
        versions={
            package: version(package) for package in ("numpy", "scipy", "ml_dtypes", "python-flint")
        },
        float32_every=before.float32_every if before else effort.every32,
        entries=entries,
        elsewhere=elsewhere,
    )
    if before:
        if before.versions != found.versions:
            raise ValueError(
                f"the versions of the earlier result are {before.versions}, here they are "
                f"{found.versions}; measure all entries"
            )
        kept = {
            name: before.entries[name] for name in before.entries if missing or name not in names
        }
        entries |= {name: {part: {**one[part]} for part in PARTS} for name, one in kept.items()}
    tasks = [
        (name, part, fmt, effort)
        for name in names
        for part, fmt in product(PARTS, formats_of(spec.activations[name]))
        if fmt not in entries[name][part]
    ]
    for name in dict.fromkeys(name for name, *_ in tasks):
        elsewhere.pop(name, None)
        if here != found.machine:
            elsewhere[name] = here
    with pool() as processes:
        for name, part, fmt, accuracy in processes.map(_task, tasks):
            otherwise = fmt == "float32" and effort.every32 != found.float32_every
            entries[name][part][fmt] = (
                msgspec.structs.replace(accuracy, every=effort.every32) if otherwise else accuracy
            )
            print(
                f"{name} {part} {fmt}: {accuracy.worst_ulp:.3f} ulp, not correctly rounded "
                f"{accuracy.not_correctly_rounded} of {accuracy.points}",
                file=sys.stderr,
                flush=True,
            )
    return msgspec.structs.replace(found, entries=dict(sorted(entries.items())))
