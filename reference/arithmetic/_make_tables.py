"""Write the tables and constants of the arithmetics, ``_tables.py``, in ball arithmetic (Arb).

``python reference/arithmetic/_make_tables.py`` writes the file beside this one. It needs
python-flint, which the reference does not, and imports nothing of the reference, which may already
ask for a table that is yet to be written. A new table is a few lines of `_lines`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from flint import arb, arb_series, ctx, fmpq

__all__ = ["FILE", "text"]

#: Where the tables stand.
FILE = Path(__file__).with_name("_tables.py")

# What takes a ball takes a series of balls, too.
Function = Callable[[Any], Any]

_HEADER = '''"""Tables and constants of the arithmetics, each rounded once from its exact value.

Written by `_make_tables` in ball arithmetic (Arb); a test writes them anew and compares.
A pair is the nearest float and the float nearest to what that leaves.
"""

from __future__ import annotations

import numpy as np'''
_BITS = 600  # of the arithmetic; what is rounded from it is sure
_STEPS = 256  # of the tables of powers of 2 and of logarithms
_RECIPROCAL_BITS = 12
_MILLS_ROWS = 64  # in an octave of 1 + t
_MILLS_LAST = 56.0
_MILLS_PAIRS = 4  # coefficients that are pairs: those of 1 to z**3
_MILLS_TERMS = 12
_CUBIC = fmpq(44715, 10**6)
_QUICK = fmpq(1702, 10**3)
_SCALE = "1.0507009873554804934193349852946"
_ALPHA = "1.6732632423543772848170429916717"


def _density(t: Any) -> Any:
    """Return the density of the standard normal distribution."""
    return (-t * t / 2).exp() / (2 * arb.pi()).sqrt()


def _mills(t: Any) -> Any:
    """Return Phi(-t) exp(t**2 / 2), Phi the standard normal distribution function."""
    return (t / arb(2).sqrt()).erfc() / 2 * (t * t / 2).exp()


def _rounded(value: Any, bits: int) -> float:
    """Return a number rounded to this many bits after the point."""
    return float((value * 2**bits + 0.5).floor().unique_fmpz()) / 2**bits


def _parts(value: Any, *bits: int) -> list[float]:
    """Return a number as a sum: each part but the last has so many bits after the point."""
    parts = []
    for count in bits:
        parts.append(_rounded(value, count))
        value = value - parts[-1]
    return [*parts, float(value)]


def _pair(value: Any) -> tuple[float, float]:
    """Return the nearest float, and the float nearest to what that leaves."""
    high = float(value)
    return high, float(value - high)


def _taylor(f: Function, at: Any, terms: int) -> list[Any]:
    """Return the first coefficients of Taylor's series about a point."""
    series = f(arb_series([at, 1], terms))
    return [series[k] for k in range(terms)]


def _literal(
    name: str, numbers: Iterable[Any], comment: str, shape: tuple[int, ...] = ()
) -> Iterator[str]:
    """Yield the lines that define a table: an array of a shape, or else a tuple."""
    yield f"\n# {comment}"
    texts = [repr(float(number)) for number in numbers]
    if not shape:
        yield f"{name} = ({', '.join(texts)})"
        return
    yield "# fmt: off"
    yield f"{name} = np.array(["
    line = "   "
    for text in texts:
        if len(line) + len(text) + 2 > 100:
            yield line
            line = "   "
        line += f" {text},"
    yield line
    yield f"]).reshape({', '.join(map(str, shape))})"
    yield "# fmt: on"


def _lines() -> Iterator[str]:
    yield _HEADER
    yield from _literal(
        "LOG2_OVER_256",
        _parts(arb(2).log() / _STEPS, 42, 77),
        "log(2) / 256: 34 bits, 34 bits, and what they leave.",
    )
    powers = [_parts(arb(2) ** (arb(j) / _STEPS), 26, 80) for j in range(_STEPS)]
    yield from _literal(
        "POWERS_OF_2",
        [row[part] for part in range(3) for row in powers],
        "2**(j / 256): a row of numbers of 27 bits, and two rows of what they leave.",
        (3, _STEPS),
    )
    reciprocals = [_rounded(1 / (1 + arb(j) / _STEPS), _RECIPROCAL_BITS) for j in range(_STEPS + 1)]
    logarithms = [_pair(-arb(r).log()) for r in reciprocals]
    yield from _literal(
        "LOGARITHMS",
        [*reciprocals, *(pair[part] for part in range(2) for pair in logarithms)],
        f"Near 1 / (1 + j / 256): a row r of {_RECIPROCAL_BITS} bits, and two of -log(r).",
        (3, _STEPS + 1),
    )
    rows = [_mills_row(i) for i in range(_mills_index(_MILLS_LAST) + 1)]
    yield from _literal(
        "MILLS",
        [row[k] for k in range(len(rows[0])) for row in rows],
        f"Phi(-t) exp(t**2 / 2), Phi the normal distribution function, in {_MILLS_ROWS} intervals\n"
        "# for each octave of 1 + t. Rows: the middle of the interval (0 for the first), Taylor's\n"
        "# coefficients there from the highest to that of 1, and what the last "
        f"{_MILLS_PAIRS} leave.",
        (len(rows[0]), len(rows)),
    )
    scale, alpha = arb(_SCALE), arb(_ALPHA)
    linear = 2 * (2 / arb.pi()).sqrt()
    for name, value, comment in (
        ("LOG2", arb(2).log(), "log(2)."),
        ("SELU_SCALE", scale, f"SELU's lambda, {_SCALE}."),
        ("SELU_SCALE_ALPHA", scale * alpha, f"SELU's lambda times alpha, {_ALPHA}."),
        ("DENSITY_AT_0", _density(arb(0)), "1 / sqrt(2 pi)."),
        ("ROOT_2", arb(2).sqrt(), "sqrt(2)."),
        ("TWO_OVER_ROOT_PI", 2 / arb.pi().sqrt(), "2 / sqrt(pi)."),
        ("GELU_TANH_LINEAR", linear, "2 sqrt(2 / pi): 2u = linear * x + cubic * x**3."),
        ("GELU_TANH_CUBIC", linear * arb(_CUBIC), "0.044715 times that."),
        ("QUICK_GELU_FACTOR", arb(_QUICK), "1.702."),
    ):
        yield from _literal(name, _pair(value), comment)


def _mills_index(t: float) -> int:
    """Return the number of the interval that t is in."""
    octave = 0
    while 1 + t >= 2.0 ** (octave + 1):
        octave += 1
    return octave * _MILLS_ROWS + int(((1 + t) / 2.0**octave - 1) * _MILLS_ROWS)


def _mills_row(index: int) -> list[float]:
    """Return the middle of an interval, and the coefficients there."""
    octave, part = divmod(index, _MILLS_ROWS)
    low, high = (2.0**octave * (1 + (part + k) / _MILLS_ROWS) - 1 for k in (0, 1))
    middle = (low + high) / 2 if index else 0.0  # near 0, all depends on the distance from 0
    pairs = [_pair(value) for value in _taylor(_mills, arb(middle), _MILLS_TERMS)]
    highs, lows = ([pair[part] for pair in pairs[::-1]] for part in range(2))
    return [middle, *highs, *lows[-_MILLS_PAIRS:]]


def text() -> str:
    """Return what the file is to be."""
    before = ctx.prec, ctx.cap
    ctx.prec, ctx.cap = _BITS, _MILLS_TERMS
    try:
        return "\n".join(_lines()) + "\n"
    finally:
        ctx.prec, ctx.cap = before


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
