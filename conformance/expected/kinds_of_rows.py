"""Rows of the kinds that models have, and samples of ordinary numbers have not.

Long ones; ones with masks, infinite or only large; ones far from zero; ones with ties and with wide
gaps. Each is a short row, repeated where the row that is asked for is longer, so that a person can
write it down.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actinit import reference
from actinit.spec import Activation, Part

from ..formats import Format
from ..oracle import Exact
from .batches import reference_of_rows, truth_of_rows
from .budgets import row_budgets
from .inputs import weyl
from .smooth import smooth

__all__ = ["KINDS_OF_ROWS", "SPECIAL", "RowsOfAKind", "kind_called", "rows_of_kinds", "side_of"]

Array = NDArray[Any]
Floats = NDArray[np.float64]

#: What each kind is called in a sentence.
KINDS_OF_ROWS = {
    "long": "of long rows",
    "masked": "of rows with -inf as a mask",
    "finite-mask": "of rows with a large negative number as a mask",
    "far": "of rows far from zero",
    "tied": "of rows with ties",
    "gaps": "of rows with wide gaps",
    "nan": "of rows with a nan",
    "nothing": "of rows in which all is masked",
}
#: Those with infinities or nan, which are graded as special values are.
SPECIAL = ("masked", "nan", "nothing")
# Sums of 16-bit numbers stand still after 256 and 2,048 equal terms, in sixteen lanes after as many
# times sixteen. A derivative may form the matrix of all derivatives: 4,099 elements have 134 MB.
_LONG = {"value": (10_007, 100_003), "derivative": (1_031, 4_099)}
_SHORT = (2, 3, 8, 17)  # the last is past a vector of 16 numbers, and odd
# Of what is not masked: no result is so near to 0 or 1 that it loses digits, mask or not.
_SPREADS = (0.5, 1.0, 2.0)
# A nan stands in each place of rows of each of these lengths.
_WITH_NAN = range(1, 18)
_MASKS = (-1e4, -1e9, -1e30, -np.inf)  # the last is made the most negative number of the format
_GAPS = (1e3, 1e4, 1e30)
# An exponential of less is nothing beside 1, in every format.
_NOTHING = -2000.0


class RowsOfAKind(NamedTuple):
    """Rows of one kind and length with what is right.

    Attributes
    ----------
    kind : str
        Of `KINDS_OF_ROWS`.
    base : ndarray
        Shape (rows, m), in the format; the rows are these, repeated up to their length.
    x : ndarray
        Shape (rows, length).
    outputs : ndarray of int
        For the derivative of a function from rows to rows: the output that is meant, the largest.
    exact : Exact
        Of the shape of the results.
    budget : ndarray of float64
        Ulp granted to each; half an ulp where the result is 0 or infinite.
    """

    kind: str
    base: Array
    x: Array
    outputs: NDArray[np.intp]
    exact: Exact
    budget: Floats


@cache
def side_of(entry: Activation) -> int:
    """Return 1 if the largest element of a row leads, as in softmax, and -1 if the least does."""
    function = reference.activations[entry.name]
    row = np.array([0.0, 1.0])
    shares = function(row) if entry.shape == "row" else function.derivative(row)
    return 1 if shares[1] > shares[0] else -1


def kind_called(entry: Activation, kind: str) -> str:
    """Return what a kind is called in a sentence: where the least leads, masks are positive."""
    text = KINDS_OF_ROWS[kind]
    if side_of(entry) > 0:
        return text
    return text.replace("-inf", "inf").replace("negative", "positive")


@lru_cache(maxsize=6)
def rows_of_kinds(entry: Activation, fmt: Format, part: Part) -> tuple[RowsOfAKind, ...]:
    """Return the rows of all kinds for an entry.

    Parameters
    ----------
    entry : Activation
        An entry of shape "row" or "reduction".
    fmt : Format
        The format.
    part : {"value", "derivative"}
        What is asked of the backend.

    Returns
    -------
    tuple of RowsOfAKind
        For the derivative of a reduction only rows with one largest element: a tie is judged by a
        check of its own.
    """
    return tuple(_rows_of_kinds(entry, fmt, part))


def _rows_of_kinds(entry: Activation, fmt: Format, part: Part) -> Iterator[RowsOfAKind]:
    side = side_of(entry)
    for kind, rows, lengths in _bases(fmt, part):
        base = rows if side > 0 else -rows
        for length in lengths:
            x = np.resize(base[0], (1, length)) if len(base) == 1 else base
            if part == "derivative":
                chosen = smooth(entry, fmt, x.astype(np.float64))
                base, x = base[chosen], x[chosen]
            if not len(x):
                continue
            outputs = (x if side > 0 else -x).argmax(axis=1)
            points = x.astype(np.float64)
            right = _truth(entry, fmt, part, points, outputs)
            yield RowsOfAKind(
                kind, base, x, outputs, right, _budget(entry, fmt, part, points, right)
            )


def _bases(fmt: Format, part: Part) -> Iterator[tuple[str, Array, tuple[int, ...]]]:
    """Yield kinds with short rows and with the lengths up to which they are repeated.

    Rows that are repeated stand alone, and of ties short ones do: among long rows there is one of
    equal elements, and of numbers near float64's largest an exact exponential takes its time.
    """
    for length, spread in ((1, 0.0), (7, 2.0), (16, 20.0)):
        yield "long", _ordinary(1, length, spread).astype(fmt.dtype), _LONG[part]
    for length in _SHORT:
        rows = np.concatenate([_ordinary(2, length, spread) for spread in _SPREADS])
        for mask, kind in [(-np.inf, "masked"), *((mask, "finite-mask") for mask in _masks(fmt))]:
            for masked in _patterns(length):
                chosen = np.where(masked, mask, rows).astype(fmt.dtype)
                yield kind, chosen, (length,)
                if length == _SHORT[-1]:
                    yield kind, chosen[:1], (1_031,)
        yield "far", _far(fmt, length), (length,)
        yield "gaps", _with_gaps(fmt, length), (length,)
    for length in _WITH_NAN:
        rows = np.resize(_ordinary(1, length, 1.0), (length, length))
        yield "nan", np.where(np.eye(length), np.nan, rows).astype(fmt.dtype), (length,)
    for length in _SHORT:
        yield "nothing", np.full((1, length), -np.inf).astype(fmt.dtype), (length, 1_031)
    for row in _tied(fmt):
        yield "tied", row, (row.size, _SHORT[-1])


def _ordinary(count: int, length: int, spread: float) -> Floats:
    return (2 * weyl(count * length, start=length).reshape(count, length) - 1) * spread + 0.0


def _largest(fmt: Format) -> float:
    return float((2 - 2.0**-fmt.stored) * 2.0**fmt.emax)


def _masks(fmt: Format) -> Iterator[float]:
    """Yield the finite numbers that people mask with, as far as the format has them."""
    largest = _largest(fmt)
    yield from (mask for mask in _MASKS if mask > -largest)
    yield -largest


def _patterns(length: int) -> Iterator[NDArray[np.bool_]]:
    """Yield which elements are masked: the first, the last, every other one, all but one."""
    place = np.arange(length)
    found = [place == 0, place == length - 1, place % 2 == 1, place != length // 2]
    yield from (
        one for at, one in enumerate(found) if not any((one == b).all() for b in found[:at])
    )


def _far(fmt: Format, length: int) -> Array:
    """Return rows whose elements have a large part in common, and some steps of it between them.

    A step is at most 1/4, or so large that one is as good as infinite.
    """
    steps = np.arange(length) * 5 % 8 * 2.0**-fmt.stored
    exponents = np.linspace(3, fmt.stored - 2, 5).astype(int).tolist()
    if fmt.stored + 10 < fmt.emax:
        exponents += np.linspace(fmt.stored + 10, fmt.emax - 1, 6).astype(int).tolist()
    rows = [sign * 2.0**power * (1 + steps) for power in exponents for sign in (1, -1)]
    return np.array(rows).astype(fmt.dtype)


def _with_gaps(fmt: Format, length: int) -> Array:
    """Return rows of which one element leads by far, or one or more lag by far."""
    largest = _largest(fmt)
    gaps = [*(gap for gap in _GAPS if gap < largest), largest]
    rows = []
    for gap in gaps:
        for place in {0, length // 2, length - 1}:
            alone = np.arange(length) == place
            near = _ordinary(1, length, 1.0)[0]
            rows += [np.where(alone, gap, near), np.where(alone, -gap, near)]
            rows += [np.where(alone, 0, -gap)]
    return np.array(rows).astype(fmt.dtype)


def _tied(fmt: Format) -> Iterator[Array]:
    """Yield rows, each alone, of equal elements, and of two equal ones above others."""
    largest = _largest(fmt)
    for number in (0.0, 1.0, -1000.0, 2.0**fmt.emin, largest, -largest):
        yield np.array([[number]]).astype(fmt.dtype)
        yield np.array([[number, number, -largest]]).astype(fmt.dtype)
    yield np.array([[3.0, -2.0, 3.0, 0.5]]).astype(fmt.dtype)


def _truth(
    entry: Activation, fmt: Format, part: Part, points: Floats, outputs: NDArray[np.intp]
) -> Exact:
    """Return what is right: of what is not masked that of a row without the mask.

    The formula has no value at an infinity. What is masked has the limit, which the reference has
    as the entry's special values state it.
    """
    if np.isnan(points).any() or np.isinf(points[0]).all():
        return reference_of_rows(entry, part, points, outputs)
    kept = np.isfinite(points[0])  # all rows are masked alike
    if kept.all() or fmt.name != "float64":
        return truth_of_rows(entry, fmt, part, points, outputs)
    places = np.searchsorted(np.flatnonzero(kept), outputs)
    found = truth_of_rows(entry, fmt, part, points[:, kept], places)
    if found.rounded.ndim == 1:  # one number for each row
        return found
    rounded, residual = reference_of_rows(entry, part, points, outputs)
    rounded[:, kept], residual[:, kept] = found
    return Exact(rounded, residual)


def _budget(entry: Activation, fmt: Format, part: Part, points: Floats, right: Exact) -> Floats:
    """Return what the entry grants to rows whose masked elements are as good as absent.

    What is masked has no part in any sum, so that it costs the others no digits.
    """
    above = side_of(entry) * points
    top = above.max(axis=1, keepdims=True)
    with np.errstate(over="ignore", invalid="ignore"):
        counts = above - top > _NOTHING
    nearest = np.where(counts, above, np.inf).min(axis=1, keepdims=True)
    nearest = np.where(np.isinf(nearest), 0.0, nearest)  # of rows of nan, or of nothing
    held = side_of(entry) * np.where(counts, above, nearest)
    granted = row_budgets(entry, fmt, part, held, right.rounded.shape)
    settled = ~(np.abs(right.rounded) > 0) | np.isinf(right.rounded)
    return np.where(settled, np.minimum(granted, 0.5), granted)
