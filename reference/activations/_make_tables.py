"""Write the constants and coefficients of the reference, ``_tables.py``, in ball arithmetic (Arb).

``python reference/activations/_make_tables.py`` writes the file beside this one. It needs
python-flint, which the reference does not, and imports nothing of the reference, which may already
ask for a table that is yet to be written. A new table is a few lines of `_lines`, and the root of
a derivative, with Taylor's coefficients there, a row of `_ROOTS`.
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

_HEADER = '''"""Constants and coefficients of the reference, each rounded once from its exact value.

Written by `_make_tables` in ball arithmetic (Arb); a test writes them anew and compares.
A pair is the nearest float and the float nearest to what that leaves.
"""

from __future__ import annotations

import numpy as np'''
_BITS = 600  # of the arithmetic; what is rounded from it is sure
_STEPS = 64  # of the table of powers of 2
_CUBIC = fmpq(44715, 10**6)
_SCALE = "1.0507009873554804934193349852946"
_ALPHA = "1.6732632423543772848170429916717"
_MILLS_TERMS = 14  # without the low part of the first
_MILLS_INTERVALS = 43  # eight an octave of 1 + t, for t up to 40
_ROOT_TERMS = 15


def _density(t: Any) -> Any:
    """Return the density of the standard normal distribution."""
    return (-t * t / 2).exp() / (2 * arb.pi()).sqrt()


def _mills(t: Any) -> Any:
    """Return Phi(-t) exp(t**2 / 2), Phi the standard normal distribution function."""
    return (t / arb(2).sqrt()).erfc() / 2 * (t * t / 2).exp()


def _gelu_slope(t: Any) -> Any:
    """Return the derivative of gelu at -t."""
    return (t / arb(2).sqrt()).erfc() / 2 - t * _density(t)


def _silu_slope(t: Any) -> Any:
    """Return the derivative of silu at -t."""
    return _logistic_slope(t, t)


def _logistic_slope(w: Any, v: Any) -> Any:
    """Return the derivative of x / (1 + exp(-u)) at -t, where w = u(t) and v = t u'(t)."""
    e = (-w).exp()
    return e * (1 + e - v) / ((1 + e) * (1 + e))


def _gelu_tanh_slope(t: Any) -> Any:
    """Return the derivative of gelu_tanh at -t."""
    c = 2 * (2 / arb.pi()).sqrt()
    cube = arb(_CUBIC) * (t * t * t)
    return _logistic_slope(c * (t + cube), c * (t + 3 * cube))


def _mish_slope(t: Any) -> Any:
    """Return the derivative of mish at -t."""
    z = (-t).exp()
    below = z * (z + 2) + 2
    return z * ((z + 2) * below - 4 * t * (z + 1)) / (below * below)


# By entry: its derivative at -t, and where to look for the root of that.
_ROOTS: dict[str, tuple[Function, str]] = {
    "gelu": (_gelu_slope, "0.75"),
    "gelu_tanh": (_gelu_tanh_slope, "0.75"),
    "mish": (_mish_slope, "1.19"),
    "silu": (_silu_slope, "1.28"),
}


def _root(f: Function, guess: str) -> Any:
    """Return a root by Newton's method; the last step is below the precision by far."""
    at = arb(guess)
    for _ in range(12):
        series = f(arb_series([at, 1], 2))
        at = (at - series[0] / series[1]).mid()
    return at


def _pair(value: Any) -> tuple[float, float]:
    """Return the nearest float, and the float nearest to what that leaves."""
    high = float(value)
    return high, float(value - high)


def _head_and_tail(value: Any, bits: int) -> tuple[float, float]:
    """Return a number below 2 cut to this many bits after the point, and what that leaves."""
    head = float((value * 2**bits + 0.5).floor().unique_fmpz()) / 2**bits
    return head, float(value - head)


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
    scale, alpha = arb(_SCALE), arb(_ALPHA)
    c = 2 * (2 / arb.pi()).sqrt()
    step = arb(2).log() / _STEPS
    yield from _literal(
        "LOG2_OVER_64",
        _head_and_tail(step, 41),
        "log(2) / 64, the first number of 35 bits.",
    )
    powers = [_head_and_tail(arb(2) ** (arb(j) / _STEPS), 26) for j in range(_STEPS)]
    yield from _literal(
        "POWERS_OF_2",
        [p[0] for p in powers] + [p[1] for p in powers],
        "2**(j / 64): a row of numbers of 27 bits, and a row of what they leave.",
        (2, _STEPS),
    )
    yield from _literal("SELU_SCALE", _pair(scale), f"SELU's lambda, {_SCALE}.")
    yield from _literal(
        "SELU_SCALE_ALPHA", _pair(scale * alpha), f"SELU's lambda times alpha, {_ALPHA}."
    )
    yield from _literal("DENSITY_AT_0", _pair(_density(arb(0))), "1 / sqrt(2 pi).")
    yield from _literal(
        "GELU_TANH_LINEAR", _pair(c), "2 sqrt(2 / pi): 2u = linear * x + cubic * x**3."
    )
    yield from _literal("GELU_TANH_CUBIC", _pair(c * arb(_CUBIC)), "0.044715 times that.")
    table = [_mills_row(i) for i in range(_MILLS_INTERVALS)]
    yield from _literal(
        "MILLS",
        [row[k] for k in range(_MILLS_TERMS + 2) for row in table],
        "Phi(-t) exp(t**2 / 2), Phi the normal distribution function, in eight intervals for each\n"
        "# octave of 1 + t. Rows: the middle of the interval (0 for the first), Taylor's\n"
        "# coefficients there from the highest to that of 0, and what the last leaves.",
        (_MILLS_TERMS + 2, _MILLS_INTERVALS),
    )
    for name, (slope, guess) in _ROOTS.items():
        at = _root(slope, guess)
        yield from _literal(
            f"{name.upper()}_ROOT",
            _pair(at),
            f"Where the derivative of {name} at -t is 0.",
        )
        series = _taylor(slope, at, _ROOT_TERMS)
        yield from _literal(
            f"{name.upper()}_AT_ROOT",
            series[:0:-1],
            "Its Taylor coefficients there, from the highest to that of 1.",
            (_ROOT_TERMS - 1,),
        )


def _mills_row(index: int) -> list[float]:
    """Return the middle of an interval, and the coefficients there."""
    octave, eighth = divmod(index, 8)
    low, high = (2.0**octave * (1 + (eighth + k) / 8) - 1 for k in (0, 1))
    middle = (low + high) / 2 if index else 0.0  # near 0, all depends on the distance from 0
    series = _taylor(_mills, arb(middle), _MILLS_TERMS)
    first, left = _pair(series[0])
    return [middle, *map(float, series[:0:-1]), first, left]


def text() -> str:
    """Return what the file is to be."""
    before = ctx.prec, ctx.cap
    ctx.prec, ctx.cap = _BITS, _ROOT_TERMS
    try:
        return "\n".join(_lines()) + "\n"
    finally:
        ctx.prec, ctx.cap = before


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
