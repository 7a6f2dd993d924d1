"""The inputs: deterministic, and spread over everything that a format can hold.

16-bit formats are tested on every number that they have. Wider ones on at least a million inputs
per function, in three strata: every binade of both signs (with the subnormals) at equal shares,
the intervals in which activations are used and in which they saturate, and the neighbourhoods of
the places where implementations go wrong. There is no random generator: offsets come from the
golden ratio's multiples (a Weyl sequence), which are the same on every machine.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..formats import Format

__all__ = ["every_nth", "hard_points", "rows", "scalars", "scrambled", "thinned", "thinning"]

Array = NDArray[Any]

# How many inputs each stratum gets; together, with the hard places, more than a million.
_BINADES = 640_000
_INTERVALS = ((1.0, 60_000), (8.0, 160_000), (32.0, 120_000), (128.0, 60_000), (800.0, 40_000))
_NEIGHBOURS = 400  # on each side of a hard place

# Lengths of rows, and how many rows of each; together more than a million elements.
_ROWS = ((1, 2_000), (2, 120_000), (3, 80_000), (10, 40_000), (17, 8_000))
# Spreads of the elements of a row: near ties, everyday logits, saturation.
_SPREADS = (1e-3, 1.0, 5.0, 20.0, 80.0, 600.0)
# Long rows, past the lengths at which code is blocked and a narrow sum stands still (256 equal
# terms in bfloat16, 2,048 in float16); few, since a derivative may cost the square of the length.
# The first row of each length has equal elements.
_LONG_ROWS = ((100, 200), (257, 60), (1031, 8), (2053, 3))
_SPREADS_OF_LONG = (0.0, 5.0, 1.0, 80.0, 1e-3, 20.0, 600.0)
# By how much a sample is thinner than the suite's own.
_THINNING: ContextVar[int] = ContextVar("thinning", default=1)


@contextmanager
def thinned(times: int) -> Iterator[None]:
    """Ask for so many times fewer inputs: of each binade, each interval and each length of row.

    The neighbourhoods of hard places stay whole, and so do formats of which every number is asked.
    """
    token = _THINNING.set(times)
    try:
        yield
    finally:
        _THINNING.reset(token)


def thinning() -> int:
    """Return by how much samples are thinner at the moment; part of the key where they are kept."""
    return _THINNING.get()


def weyl(count: int, start: int = 0) -> NDArray[np.float64]:
    """Return `count` numbers evenly spread over [0, 1), the same everywhere."""
    golden = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / phi
    steps = np.arange(start + 1, start + count + 1, dtype=np.uint64) * golden
    return (steps >> np.uint64(11)).astype(np.float64) * 2.0**-53


def hard_points(fmt: Format) -> list[float]:
    """Return where implementations of any activation in this format go wrong.

    Zero; powers of two; where exp, 1 + exp and the Gaussian start to overflow, to underflow, to
    be subnormal and to vanish beside 1.
    """
    log2 = math.log(2)
    edges = [fmt.emax + 1, -fmt.emin, fmt.precision - fmt.emin, fmt.precision, fmt.precision + 1]
    positive = [edge * log2 for edge in edges]  # exp
    positive += [edge * log2 / 2 for edge in edges]  # tanh, exp(2x)
    positive += [math.sqrt(2 * log2 * edge) for edge in edges]  # exp(-x**2 / 2)
    positive += [0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 16.0, 20.0]
    return [sign * point for point in positive for sign in (1, -1)]


def scalars(fmt: Format, extra: Iterable[float] = (), alone: Iterable[float] = ()) -> Array:
    """Return the finite inputs of a function of one number.

    Parameters
    ----------
    fmt : Format
        The format.
    extra : iterable of float, optional
        Hard places of the function itself, such as its roots, asked with their neighbours.
    alone : iterable of float, optional
        Single inputs, asked beside all others.

    Returns
    -------
    ndarray
        Sorted, without repetition, read-only; every finite number of a 16-bit format.
    """
    return _scalars(fmt, tuple(sorted(extra)), tuple(sorted(alone)), thinning())


@lru_cache(maxsize=8)  # the checks of one entry come back to each format
def _scalars(fmt: Format, extra: tuple[float, ...], alone: tuple[float, ...], thin: int) -> Array:
    ordered = _common(fmt, thin)
    if not fmt.exhaustive and (extra or alone):
        single = np.array(alone).astype(fmt.dtype)
        near = _in_order(np.concatenate([*(_neighbours(fmt, x) for x in extra), single]), fmt)
        places = np.searchsorted(ordered, near)
        found = places < len(ordered)
        found[found] = ordered[places[found]] == near[found]
        ordered = np.insert(ordered, places[~found], near[~found])
    sign = fmt.bits.type(fmt.sign)
    scalars = fmt.from_bits(np.where(ordered & sign, ordered ^ sign, ~ordered))
    scalars.flags.writeable = False
    return scalars


@cache
def _common(fmt: Format, thin: int) -> Array:
    """Return the inputs that every function is asked for, as `_in_order` does."""
    if fmt.exhaustive:
        return _in_order(fmt.finite(), fmt)
    parts = [_binades(fmt, thin)]
    for width, count in _INTERVALS:
        parts.append(((2 * weyl(count // thin) - 1) * width).astype(fmt.dtype))
    parts += [_neighbours(fmt, point) for point in hard_points(fmt)]
    return _in_order(np.concatenate(parts), fmt)


def _in_order(numbers: Array, fmt: Format) -> Array:
    """Return finite numbers as patterns that are ordered as they are, each once.

    -0 comes before 0. Bit patterns in the order of their numbers have the sign's bit turned round,
    and below zero all others too.
    """
    bits, sign = numbers[np.isfinite(numbers)].view(fmt.bits), fmt.bits.type(fmt.sign)
    ordered = np.sort(np.where(bits & sign, ~bits, bits | sign))
    return ordered[np.append(True, ordered[1:] != ordered[:-1])]  # np.unique takes ten times it


def _binades(fmt: Format, thin: int) -> Array:
    """Return numbers of every binade and both signs, evenly over the significand."""
    exponents = fmt.exponents
    each = -(-_BINADES // (2 * exponents * thin))
    fraction = (weyl(each) * 2.0**fmt.stored).astype(fmt.bits)
    exponent = np.arange(exponents, dtype=fmt.bits)[:, np.newaxis] << fmt.bits.type(fmt.stored)
    positive = (exponent | fraction).ravel()
    negative = positive | fmt.bits.type(fmt.sign)
    return fmt.from_bits(np.concatenate([positive, negative]))


def _neighbours(fmt: Format, point: float) -> Array:
    """Return the floats around a point, on both sides of zero if it is zero."""
    centre = np.asarray(abs(point), dtype=fmt.dtype).view(fmt.bits).astype(np.int64)
    steps = centre + np.arange(-_NEIGHBOURS, _NEIGHBOURS + 1)
    near = fmt.from_bits(steps[steps >= 0])
    return np.concatenate([near, -near]) if point == 0 else np.sign(point).astype(fmt.dtype) * near


def every_nth(sample: Array, about: int) -> Array:
    """Return about so many inputs, evenly out of a sample, its ends and zeros among them."""
    chosen = np.arange(len(sample)) % max(1, (len(sample) - 1) // about) == 0
    chosen[-1] = True
    return sample[chosen | (sample == 0).reshape(len(sample), -1).all(axis=1)]


@lru_cache(maxsize=16)
def scrambled(count: int) -> NDArray[np.intp]:
    """Return a permutation in which no neighbours are near each other; the same everywhere.

    A sample that is asked in this order has no place of an array for small or large inputs alone:
    what depends on the place, such as a fault in long arrays, meets inputs of every kind.
    """
    # The hash of a place does not depend on how many there are, so that the order of more places
    # has that of these in it.
    more = _by_hash(1 << max(0, count - 1).bit_length())
    found = more[more < count]
    found.flags.writeable = False
    return found


@cache
def _by_hash(count: int) -> NDArray[np.intp]:
    """Return the numbers below a count in the order of their hashes, of which no two are alike."""
    mixed = np.arange(count, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(0xBF58476D1CE4E5B9)
    return np.argsort(mixed ^ (mixed >> np.uint64(29)))


def rows(fmt: Format) -> tuple[Array, ...]:
    """Return the finite inputs of a function of a row.

    Parameters
    ----------
    fmt : Format
        The format.

    Returns
    -------
    tuple of ndarray
        Shapes (rows, n), one array for each length n; read-only. Short rows first, then some of
        up to 2,053 elements. For a 16-bit format every finite number stands in a pair with 0 and
        in a row of sixteen; these come last.
    """
    return _rows(fmt, thinning())


@lru_cache(maxsize=2)
def _rows(fmt: Format, thin: int) -> tuple[Array, ...]:
    found = [_spread_rows(fmt, length, count // thin, _SPREADS) for length, count in _ROWS]
    found += [
        # Of a few long rows as many are left as show each spread once.
        _spread_rows(fmt, length, max(count // thin, min(count, len(_SPREADS_OF_LONG))),
                     _SPREADS_OF_LONG)
        for length, count in _LONG_ROWS
    ]  # fmt: skip
    if fmt.exhaustive:
        every = fmt.finite()
        found.append(np.stack([every, np.zeros_like(every)], axis=-1))
        # A stride coprime to the count mixes exponents and signs within a row.
        mixed = every[(np.arange(every.size) * 4099) % every.size]
        found.append(mixed[: every.size // 16 * 16].reshape(-1, 16))
    for array in found:
        array.flags.writeable = False
    return tuple(found)


def _spread_rows(fmt: Format, length: int, count: int, spreads: Sequence[float]) -> Array:
    places = weyl(length * count, start=length).reshape(count, length)
    spread = np.resize(spreads, count)[:, np.newaxis]
    # An offset common to the row: it must not matter.
    offset = np.resize([0.0, 0.0, 100.0, -1000.0, 7.5], count)[:, np.newaxis]
    return ((2 * places - 1) * spread + offset).astype(fmt.dtype)
