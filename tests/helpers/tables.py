"""Write the reference's constants and coefficients anew, in ball arithmetic.

``python tests/reference/tables.py > reference/activations/_tables.py``
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from flint import arb, arb_series, ctx, fmpq

HEADER = '''"""Constants and coefficients of the reference, each rounded once from its exact value.

Written by tests/reference/tables.py in ball arithmetic (Arb); a test writes them anew and compares.
A pair is the nearest float and the float nearest to what that leaves.
"""

from __future__ import annotations

import numpy as np'''
BITS = 600  # of the arithmetic; what is rounded from it is sure
STEPS = 64  # of the table of powers of 2
CUBIC = fmpq(44715, 10**6)
SCALE = "1.0507009873554804934193349852946"
ALPHA = "1.6732632423543772848170429916717"
MILLS_TERMS = 14  # without the low part of the first
MILLS_INTERVALS = 43  # eight an octave of 1 + t, for t up to 40
ROOT_TERMS = 15
ROOTS = {"gelu": "0.75", "gelu_tanh": "0.75", "silu": "1.28"}  # where to look


def density(t):
    return (-t * t / 2).exp() / (2 * arb.pi()).sqrt()


def mills(t):
    """Phi(-t) exp(t**2 / 2), Phi the standard normal distribution function."""
    return (t / arb(2).sqrt()).erfc() / 2 * (t * t / 2).exp()


def gelu_slope(t):
    return (t / arb(2).sqrt()).erfc() / 2 - t * density(t)


def silu_slope(t, w=None, v=None):
    """The derivative, at -t, of x / (1 + exp(-w)); v = x w'."""
    w, v = (t, t) if w is None else (w, v)
    e = (-w).exp()
    return e * (1 + e - v) / ((1 + e) * (1 + e))


def gelu_tanh_slope(t):
    c = 2 * (2 / arb.pi()).sqrt()
    cube = arb(CUBIC) * (t * t * t)
    return silu_slope(t, c * (t + cube), c * (t + 3 * cube))


SLOPES = {"gelu": gelu_slope, "gelu_tanh": gelu_tanh_slope, "silu": silu_slope}


def root(f, guess):
    """Newton's method; the last step is below the precision by far."""
    at = arb(guess)
    for _ in range(12):
        series = f(arb_series([at, 1], 2))
        at = (at - series[0] / series[1]).mid()
    return at


def pair(value: arb) -> tuple[float, float]:
    high = float(value)
    return high, float(value - high)


def head_and_tail(value: arb, bits: int) -> tuple[float, float]:
    """Return a number below 2 cut to this many bits after the point, and what that leaves."""
    head = float((value * 2**bits + 0.5).floor().unique_fmpz()) / 2**bits
    return head, float(value - head)


def taylor(f, at, terms: int) -> list[arb]:
    series = f(arb_series([at, 1], terms))
    return [series[k] for k in range(terms)]


def literal(name: str, numbers, comment: str, shape=None) -> Iterator[str]:
    yield f"\n# {comment}"
    texts = [repr(float(number)) for number in numbers]
    if shape is None:
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


def lines() -> Iterator[str]:
    yield HEADER
    scale, alpha = arb(SCALE), arb(ALPHA)
    c = 2 * (2 / arb.pi()).sqrt()
    density_at_0 = 1 / (2 * arb.pi()).sqrt()
    step = arb(2).log() / STEPS
    yield from literal(
        "LOG2_OVER_64",
        head_and_tail(step, 41),
        "log(2) / 64, the first number of 35 bits.",
    )
    powers = [head_and_tail(arb(2) ** (arb(j) / STEPS), 26) for j in range(STEPS)]
    yield from literal(
        "POWERS_OF_2",
        [p[0] for p in powers] + [p[1] for p in powers],
        "2**(j / 64): a row of numbers of 27 bits, and a row of what they leave.",
        (2, STEPS),
    )
    yield from literal("SELU_SCALE", pair(scale), f"SELU's lambda, {SCALE}.")
    yield from literal(
        "SELU_SCALE_ALPHA", pair(scale * alpha), f"SELU's lambda times alpha, {ALPHA}."
    )
    yield from literal("DENSITY_AT_0", pair(density_at_0), "1 / sqrt(2 pi).")
    yield from literal(
        "GELU_TANH_LINEAR", pair(c), "2 sqrt(2 / pi): 2u = linear * x + cubic * x**3."
    )
    yield from literal("GELU_TANH_CUBIC", pair(c * arb(CUBIC)), "0.044715 times that.")
    table = [mills_row(i) for i in range(MILLS_INTERVALS)]
    yield from literal(
        "MILLS",
        [row[k] for k in range(MILLS_TERMS + 2) for row in table],
        "Phi(-t) exp(t**2 / 2), Phi the normal distribution function, in eight intervals for each\n"
        "# octave of 1 + t. Rows: the middle of the interval (0 for the first), Taylor's\n"
        "# coefficients there from the highest to that of 0, and what the last leaves.",
        (MILLS_TERMS + 2, MILLS_INTERVALS),
    )
    for name, guess in ROOTS.items():
        at = root(SLOPES[name], guess)
        yield from literal(
            f"{name.upper()}_ROOT",
            pair(at),
            f"Where the derivative of {name} at -t is 0.",
        )
        series = taylor(SLOPES[name], at, ROOT_TERMS)
        yield from literal(
            f"{name.upper()}_AT_ROOT",
            series[:0:-1],
            "Its Taylor coefficients there, from the highest to that of 1.",
            (ROOT_TERMS - 1,),
        )


def mills_row(index: int) -> list[float]:
    octave, eighth = divmod(index, 8)
    low, high = (2.0**octave * (1 + (eighth + k) / 8) - 1 for k in (0, 1))
    middle = (low + high) / 2 if index else 0.0  # near 0, all depends on the distance from 0
    series = taylor(mills, arb(middle), MILLS_TERMS)
    first, left = pair(series[0])
    return [middle, *map(float, series[:0:-1]), first, left]


def text() -> str:
    before = ctx.prec, ctx.cap
    ctx.prec, ctx.cap = BITS, ROOT_TERMS
    try:
        return "\n".join(lines()) + "\n"
    finally:
        ctx.prec, ctx.cap = before


if __name__ == "__main__":
    sys.stdout.write(text())
