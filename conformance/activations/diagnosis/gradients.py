"""What a gradient is in place of the derivative times the upstream gradient."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...formats import Format
from ...undiagnosed import cause_search
from .arithmetic import cutting, narrower
from .evidence import Floats, near

__all__ = ["Gradients", "gradients"]

_LEAST, _SHARE, _APART = 16, 0.98, 0.9
_CONTRADICTED = 0.02
# A form that was computed with a few roundings is so many times nearer than what is right.
_NEARER = 32.0


class Gradients(NamedTuple):
    """Gradients with what they are made of, element by element.

    Attributes
    ----------
    x, slope, value, upstream : ndarray of float64
        Inputs, derivatives, values and upstream gradients.
    got, right : ndarray of float64
        What came back, and the product.
    wrong, judged : ndarray of bool
        Which are wrong, and which were judged at all.
    """

    x: Floats
    slope: Floats
    value: Floats
    upstream: Floats
    got: Floats
    right: Floats
    wrong: NDArray[np.bool_]
    judged: NDArray[np.bool_]


Product = Callable[[Gradients], Any]


@cause_search("")
def gradients(part: Gradients, fmt: Format) -> str:
    """Name what wrong gradients are, where it is known; else nothing.

    The form must explain the wrong ones and may not contradict those that are right.
    """
    if part.wrong.sum() < _LEAST:
        return ""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        best, name = 0.0, ""
        numbers = part.got[part.wrong]
        forms = list(_products())
        # Infinities and zeros tell nothing of a rounding.
        if np.unique(numbers[np.isfinite(numbers)]).size >= _LEAST:
            forms += _rounded(fmt)
        for text, product in forms:
            share = _share(part, fmt, product)
            if share > best:
                best, name = share, text
        return name


def _share(part: Gradients, fmt: Format, product: Product) -> float:
    """Return the share of the wrong gradients that a form explains; 0 if it does not."""
    values = np.broadcast_to(np.asarray(product(part), dtype=np.float64), part.got.shape)
    # In the format it may have overflowed or vanished.
    values = values.astype(fmt.dtype).astype(np.float64)
    got, right, wrong = part.got, part.right, part.wrong
    off = np.abs(got - values)
    close = near(got, values, fmt, 4.0) | (
        off <= np.minimum(np.abs(got - right), np.abs(values)) / _NEARER
    )
    apart = ~near(right, values, fmt, 4.0)
    if close[wrong].mean() < _SHARE or apart[wrong].mean() < _APART:
        return 0.0
    # Infinities and zeros have many reasons; of some forms they are what is right, too.
    finite = np.isfinite(got) & (got != 0) & wrong
    if not finite.any() and np.isinf(got[wrong]).any():
        return 0.0
    contradicted = ~near(got, values, fmt, 16.0) & part.judged & ~wrong
    if contradicted.sum() > _CONTRADICTED * wrong.sum():
        return 0.0
    return float(close[wrong].mean())


def _products() -> Iterator[tuple[str, Product]]:
    """Yield names with what they make of a derivative d, an upstream gradient u and an input."""
    yield "d, the upstream gradient is ignored", lambda p: p.slope
    yield "u, the derivative is ignored", lambda p: p.upstream
    yield "0", lambda p: 0 * p.slope
    yield "d * u**2, the upstream gradient applied twice", lambda p: p.slope * p.upstream**2
    yield "d**2 * u, the derivative applied twice", lambda p: p.slope**2 * p.upstream
    yield (
        "d * |u|, without the sign of the upstream gradient",
        lambda p: p.slope * np.abs(p.upstream),
    )
    yield "|d * u|, without its sign", lambda p: np.abs(p.slope * p.upstream)
    yield (
        "d * sign(u), of the upstream gradient the sign alone",
        lambda p: p.slope * np.sign(p.upstream),
    )
    yield "d + u, added in place of multiplied", lambda p: p.slope + p.upstream
    yield "d + u - 1", lambda p: p.slope + p.upstream - 1
    yield "d - u", lambda p: p.slope - p.upstream
    yield "d / u, divided in place of multiplied", lambda p: p.slope / p.upstream
    yield "-d * u, with the wrong sign", lambda p: -p.slope * p.upstream
    yield "f(x) * u, the value in place of the derivative", lambda p: p.value * p.upstream
    yield "d * sqrt(u)", lambda p: p.slope * np.sqrt(p.upstream)
    yield (
        "d * max(u, 0), without negative upstream gradients",
        lambda p: p.slope * np.maximum(p.upstream, 0),
    )
    yield (
        "d * u where the upstream gradient is finite, 0 elsewhere",
        lambda p: p.slope * np.nan_to_num(p.upstream, nan=0.0, posinf=0.0, neginf=0.0),
    )
    yield (
        "d * round(u), the upstream gradient rounded to an integer",
        lambda p: p.slope * np.rint(p.upstream),
    )
    yield (
        "d * trunc(u), the upstream gradient cut to an integer",
        lambda p: p.slope * np.trunc(p.upstream),
    )
    for bound in (1.0, 0.5, 2.0, 5.0, 10.0, 100.0, 1e3, 1e4, 1e6, 65504.0):
        text = f"clip({{}}, -{bound:g}, {bound:g})"
        yield f"d * {text.format('u')}, the upstream gradient clipped", partial(_clipped, bound)
        yield f"{text.format('d * u')}, the gradient clipped", partial(_clipped_product, bound)
    yield (
        "d * u where |u| is not tiny, 0 elsewhere",
        lambda p: np.where(np.abs(p.upstream) < 1e-6, 0.0, p.slope * p.upstream),
    )
    yield "d * (u + 1e-8)", lambda p: p.slope * (p.upstream + 1e-8)


def _rounded(fmt: Format) -> Iterator[tuple[str, Product]]:
    """Yield products of which a factor, or which themselves, have too few digits."""
    for kind in narrower(fmt):
        for text, truncate in (("rounded", False), ("truncated", True)):
            yield from _cut(f"{text} to {kind.name}", cutting(kind, truncate=truncate))


def _cut(how: str, cut: Callable[[Floats], Floats]) -> Iterator[tuple[str, Product]]:
    yield f"d * u {how}", lambda p: cut(p.slope * p.upstream)
    yield f"d * u with the upstream gradient {how}", lambda p: p.slope * cut(p.upstream)
    yield f"d * u, both {how}", lambda p: cut(cut(p.slope) * cut(p.upstream))


def _clipped(bound: float, p: Gradients) -> Floats:
    return p.slope * np.clip(p.upstream, -bound, bound)


def _clipped_product(bound: float, p: Gradients) -> Floats:
    return np.clip(p.slope * p.upstream, -bound, bound)
