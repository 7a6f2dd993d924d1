"""Numbers as a page writes them: digits, powers, ulp, uncertainty."""

from __future__ import annotations

import math
import re

import numpy as np

from actinit.spec import AnyEntry, Expression
from actinit.spec.latex import latex

__all__ = [
    "brief",
    "decimal",
    "error",
    "figure",
    "literal",
    "number",
    "power",
    "raised",
    "scientific",
    "ulps",
    "with_uncertainty",
]

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def literal(text: str) -> str:
    """Write a text so that Markdown leaves it as it is."""
    return re.sub(r"([\\`*_\[\]<>|$#~^])", r"\\\1", text)


def number(value: float) -> str:
    """Write a number as LaTeX, the sign of zero included."""
    if math.isnan(value):
        return r"\mathrm{nan}"
    text = latex(Expression(f"{abs(value)!r}")) if math.isfinite(value) else r"\infty"
    text = text.removesuffix(".0")
    return f"-{text}" if math.copysign(1, value) < 0 else text


def ulps(value: float | None) -> str:
    """Write an error with its unit; None and infinity are errors that no ulp measures."""
    text = decimal(value)
    return f"{text} ulp" if text[0].isdigit() else text


def error(value: float, entry: AnyEntry) -> str:
    """Write the error of a witness: in ulp, but of weights that were drawn relative."""
    return scientific(value) if entry.family in ("initializer", "layer") else ulps(value)


def decimal(value: float | None) -> str:
    """Write an error in ulp with three digits."""
    if value is None or not math.isfinite(value):
        return "not finite"
    if value >= 1e6:
        digits, exponent = f"{value:.1e}".split("e")
        return f"{digits}\N{MULTIPLICATION SIGN}{power(10, int(exponent))}"
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"


def power(base: int, exponent: int) -> str:
    """Write a power without markup."""
    return f"{base}{str(exponent).translate(_RAISED)}"


def scientific(value: float) -> str:
    """Write a number that may be very large or small in a few digits, without markup."""
    if value == 0 or 1e-3 <= abs(value) < 1e3:
        return f"{value:.3g}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa} · {power(10, int(exponent))}"


def figure(value: float) -> str:
    """Write a loss or an accuracy to four decimals, as Keras prints them, unless it is huge."""
    return f"{value:.4f}" if value < 1e4 else scientific(value)


def with_uncertainty(mean: float, high: float | None) -> str:
    """Write a mean and, in brackets, its distance to the end of its interval in the last digit.

    >>> with_uncertainty(0.05561, 0.05733)
    '0.0556(17)'
    """
    if high is None:
        return figure(mean)
    if max(mean, high) < 1e4:
        return f"{mean:.4f}({round((high - mean) * 1e4)})"
    return f"{scientific(mean)} ± {scientific(high - mean)}"


def raised(text: str) -> str:
    """Write powers of ten in a text as people do."""
    return re.sub(
        r"\b(\d(?:\.\d+)?)e([+-]\d+)\b",
        lambda m: f"{m[1]}\N{MULTIPLICATION SIGN}{power(10, int(m[2]))}".removeprefix(
            "1\N{MULTIPLICATION SIGN}"
        ),
        text,
    )


def brief(number: str) -> str:
    """Write a float32 number with as few digits as it takes to tell it from the next."""
    return str(np.float32(number))
