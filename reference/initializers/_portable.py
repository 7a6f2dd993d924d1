"""Random numbers that are the same bits on every machine, from any of NumPy's bit generators.

What NumPy promises to keep is the stream of raw words of a bit generator (NEP 19); how it makes
normal numbers of them may change, and calls the C library's functions, whose last bits differ from
platform to platform. Here everything beyond the words is made of operations that IEEE 754 defines
to the last bit: sums, products, quotients, square roots, one at a time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["LARGEST_NORMAL", "between", "cosine", "normals", "quantiles", "uniforms"]

Floats = NDArray[np.float64]
Words = NDArray[np.uint64]

#: The normal number furthest out that can be drawn: the quantile of 2**-65.
LARGEST_NORMAL = 9.155293772686074
# Numbers that are worked on at once: few enough for the cache to hold them and what is computed of
# them, and so many that a call of NumPy costs little beside its work.
_BLOCK = 2**14

# M. J. Wichura, Algorithm AS 241: the percentage points of the normal distribution, Applied
# Statistics 37, 1988; PPND16. Coefficients of numerator and denominator, the highest power first.
_CENTRE = (
    (2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
     13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608),
    (5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
     5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0),
)  # fmt: skip
_MIDDLE = (
    (7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177,
     1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959,
     1.42343711074968357734),
    (1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966,
     0.14810397642748007459, 0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187,
     1.0),
)  # fmt: skip
_FAR = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386,
     0.026532189526576123093, 0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699,
     6.6579046435011037772),
    (2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5,
     7.868691311456132591e-4, 0.0148753612908506148525, 0.13692988092273580531,
     0.59983220655588793769, 1.0),
)  # fmt: skip
# log(2) in two parts: the first has so few bits that its product with an exponent is exact.
_LOG2_HIGH, _LOG2_LOW = (
    float.fromhex("0x1.62e42fee00000p-1"),
    float.fromhex("0x1.a39ef35793c76p-33"),
)
# Of the series of atanh(s)/s in s**2, for \|s\| <= 3 - 2 sqrt(2); the next term is below 2**-60.
_ATANH = tuple(1 / (2 * k + 1) for k in reversed(range(12)))

# Taylor's series of the cosine, and of the sine over x, in x**2; for x up to pi / 4 the next term
# is below 2**-60.
_COSINE = tuple((-1) ** k / math.factorial(2 * k) for k in reversed(range(10)))
_SINE = tuple((-1) ** k / math.factorial(2 * k + 1) for k in reversed(range(9)))


def words(rng: np.random.Generator, count: int) -> Words:
    """Return 64-bit words of a generator's stream."""
    source = rng.bit_generator
    if isinstance(source, np.random.MT19937):  # whose words are of 32 bits
        pairs = source.random_raw(2 * count).astype(np.uint64)
        joined: Words = pairs[::2] << np.uint64(32) | pairs[1::2]
        return joined
    return source.random_raw(count)


def uniforms(rng: np.random.Generator, count: int) -> Floats:
    """Return uniform numbers between 0 and 1, neither of them: odd multiples of 2**-53."""
    found = np.empty(count)
    for block in _blocks(count):
        drawn = words(rng, len(found[block])) >> np.uint64(12)
        np.multiply(drawn.astype(np.float64) + 0.5, 2.0**-52, out=found[block])
    return found


def normals(rng: np.random.Generator, count: int) -> Floats:
    """Return standard normal numbers, by the inverse of the distribution function.

    One word makes one number: a bit for the sign, 63 for the probability of being further out. The
    number is good to 4 ulp; the furthest is `LARGEST_NORMAL`.
    """
    found = np.empty(count)
    for block in _blocks(count):
        drawn = words(rng, len(found[block]))
        # Below 2**63, and signed integers become floats faster.
        magnitudes = (drawn >> np.uint64(1)).view(np.int64)
        tail = _probabilities(magnitudes)
        # The same from the middle, so that neither end loses bits.
        centred = _probabilities(2**63 - 1 - magnitudes)
        sizes = quantiles(centred, tail).view(np.uint64)
        np.bitwise_or(sizes, drawn << np.uint64(63), out=found[block].view(np.uint64))
    return found


def _probabilities(magnitudes: NDArray[np.int64]) -> Floats:
    found = magnitudes.astype(np.float64)
    found += 0.5
    found *= 2.0**-64
    return found


def quantiles(centred: Floats, tail: Floats) -> Floats:
    """Return the normal numbers of 0 and above by their probabilities.

    Parameters
    ----------
    centred, tail : ndarray of float64, shape (n,)
        The probability of being between 0 and the number, and that of being further out; their sum
        is 1/2.
    """
    square = centred * centred
    found = _ratio(np.subtract(0.180625, square, out=square), _CENTRE)
    found *= centred
    outer = np.flatnonzero(centred > 0.425)
    root = np.sqrt(-_log(tail[outer]))
    middle = _ratio(root - 1.6, _MIDDLE)
    far = np.flatnonzero(root > 5)
    if far.size:
        middle[far] = _ratio(root[far] - 5, _FAR)
    found[outer] = middle
    return found


def _blocks(count: int) -> Iterator[slice]:
    return (slice(start, start + _BLOCK) for start in range(0, count, _BLOCK))


def _ratio(x: Floats, coefficients: tuple[tuple[float, ...], tuple[float, ...]]) -> Floats:
    above, below = (_polynomial(x, each) for each in coefficients)
    above /= below
    return above


def _polynomial(x: Floats, coefficients: tuple[float, ...]) -> Floats:
    highest, *others = coefficients
    found = x * highest
    for coefficient in others[:-1]:
        found += coefficient
        found *= x
    found += others[-1]
    return found


def _log(x: Floats) -> Floats:
    """Return the natural logarithm of positive normal numbers, good to an ulp or two."""
    # What np.frexp returns, at a tenth of its time.
    bits = x.view(np.int64)
    exponents = (bits >> 52) - 1022
    fraction = (bits & (2**52 - 1) | 1022 << 52).view(np.float64)
    small = fraction < np.sqrt(0.5)
    fraction *= 1.0 + small
    exponent = (exponents - small).astype(np.float64)
    s = (fraction - 1) / (fraction + 1)
    series = 2 * s * _polynomial(s * s, _ATANH)
    return exponent * _LOG2_HIGH + (series + exponent * _LOG2_LOW)


def between(rng: np.random.Generator, count: int, low: float, high: float) -> Floats:
    """Return normal numbers given that they are between two bounds.

    By the inverse of the distribution function between its values at the bounds, so that each takes
    one word. Bounds on one side of 0 are mirrored to the upper tail, where probabilities are small
    and have all their bits.
    """
    if high <= 0:
        return -between(rng, count, -high, -low)
    found = np.empty(count)
    one_sided = low > 0
    # Probability beyond a bound, and between 0 and a bound.
    (near, far), (start, end) = (_further(low), _further(high)), (_within(low), _within(high))
    for block in _blocks(count):
        share = uniforms(rng, len(found[block]))
        if one_sided:
            tail = far + (near - far) * share
            found[block] = quantiles(0.5 - tail, tail)
        else:
            centred = start + (end - start) * share
            size = np.abs(centred)
            np.copysign(quantiles(size, 0.5 - size), centred, out=found[block])
    return found


def _within(x: float) -> float:
    """Return the probability of a normal number between 0 and x, less than 0 if x is."""
    return float(np.copysign(0.5 - _further(abs(x)), x)) if x else 0.0


@lru_cache(maxsize=256)
def _further(x: float) -> float:
    """Return the probability of a normal number beyond x, by bisection of `quantiles`."""
    if x <= 0:
        return 0.5 if x == 0 else 1 - _further(-x)
    low, high = 0.0, 0.5
    while low < (middle := (low + high) / 2) < high and middle > 2.0**-1000:
        if quantiles(np.array([0.5 - middle]), np.array([middle]))[0] > x:
            low = middle
        else:
            high = middle
    return high


def cosine(turns: NDArray[np.int64], period: int) -> Floats:
    """Return the cosine of so many parts of a turn, to 4 ulp or 2**-53.

    Parameters
    ----------
    turns : ndarray of int64
        How many parts; any number of turns is taken off exactly.
    period : int
        How many parts make a turn.
    """
    # Counted in eighths of a part, an eighth of a turn is `period`.
    part = 8 * (turns % period)
    part = np.minimum(part, 8 * period - part)
    beyond = part > 2 * period
    part = np.where(beyond, 4 * period - part, part)
    as_sine = part > period
    x = math.pi / 4 * (np.where(as_sine, 2 * period - part, part) / period)
    square = x * x
    found = np.where(as_sine, x * _polynomial(square, _SINE), _polynomial(square, _COSINE))
    return np.where(beyond, -found, found)
