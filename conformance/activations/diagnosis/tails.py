"""What results are beyond some input: a constant, a multiple of the input, nan."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy import special

from ...formats import ARITHMETIC, Format
from .evidence import Evidence, Points, near

__all__ = ["tails"]

_LEAST = 8
# What begins at smaller inputs is no tail.
_INNERMOST = 2.0**-4
_SHARE = 0.99
# How near, relatively, a tail begins to the input at which an intermediate fails; the inputs that
# are asked for are nearer to each other, the next such place is 2 % off.
_NEAR = 0.005
# Of a number that is told, so many that it is not what is right.
_DIGITS = (6, 9, 17)


def tails(evidence: Evidence) -> str:
    """Describe the wrong results on both sides of zero, where they are a tail; else nothing."""
    texts = []
    for sign in (-1, 1):
        wrong = evidence.wrong.chosen(np.sign(evidence.wrong.x) == sign)
        if wrong.x.size <= (1 - _SHARE) * evidence.wrong.x.size:
            continue
        text = _side(evidence, wrong, sign) if wrong.x.size >= _LEAST else ""
        if not text:
            return ""
        texts.append(text)
    return " and ".join(texts)


def _side(evidence: Evidence, wrong: Points, sign: int) -> str:
    size, got = np.abs(wrong.x), wrong.got
    sound = evidence.sound.chosen(np.sign(evidence.sound.x) == sign)
    begin = float(size.min())
    missing = np.isnan(got)
    infinite = np.isinf(got)
    if begin < _INNERMOST:
        return ""
    where = f"x >= {begin:.5g}" if sign > 0 else f"x <= {-begin:.5g}"
    for name, mask in (("nan", missing), ("infinite", infinite)):
        if mask.mean() >= _SHARE:
            reason = _reason(begin, evidence.fmt, overflows=True)
            return f"{name} for {where}{reason}"
    if not np.isfinite(got).all():
        broken = float(size[~np.isfinite(got)].min())
        reason = _reason(broken, evidence.fmt, overflows=True)
        return f"not finite for |x| >= {broken:.5g}{reason}" if reason else ""
    text = _constant(evidence, got, wrong, sound, sign)
    if text:
        return text
    with np.errstate(all="ignore"):
        factors = got / wrong.x
    factor = float(np.median(factors))
    beyond = sound.chosen(np.abs(sound.x) > begin)
    if factor != 0 and near(got, factor * wrong.x, evidence.fmt, 2.0).all():
        if not near(beyond.got, factor * beyond.x, evidence.fmt, 16.0).all():
            return ""
        return f"{factor:.6g} * x for {where}, as of a factor that is clamped"
    return ""


def _constant(evidence: Evidence, got: np.ndarray, wrong: Points, sound: Points, sign: int) -> str:
    """Describe a tail in which all results are one number, with where it begins."""
    value = float(np.median(got))
    unit = np.full(got.shape, value)
    if (got != unit).any():
        return ""
    if wrong.x.size < 8 or np.abs(wrong.x).max() < 1.05 * np.abs(wrong.x).min():
        return ""
    # Beyond, all results must be so; the tail may have begun before it was wrong.
    everything = np.concatenate([sound.x, wrong.x])
    results = np.concatenate([sound.got, wrong.got])
    order = np.argsort(-np.abs(everything), kind="stable")
    inside = near(results[order], np.full(results.shape, value), evidence.fmt, 1.0)
    length = int(np.argmin(inside)) if not inside.all() else inside.size
    tail = np.abs(everything[order][:length])
    if length == 0 or tail.min() > np.abs(wrong.x).min():
        return ""
    # At the boundary what is right is near it, or it would be found at smaller inputs.
    begin = float(min(tail.min(), np.abs(wrong.x).min()))
    where = f"x >= {begin:.4g}" if sign > 0 else f"x <= {-begin:.4g}"
    if value == 0:
        first = float(np.abs(wrong.x).min())
        reason = _reason(first, evidence.fmt, overflows=False)
        return f"0 for every {where}{reason}"
    due = float(np.median(wrong.right))
    digits = next((few for few in _DIGITS if f"{value:.{few}g}" != f"{due:.{few}g}"), _DIGITS[-1])
    return f"clamped: {value:.{digits}g} for every {where}"


def _reason(begin: float, fmt: Format, *, overflows: bool) -> str:
    """Return what an intermediate result does where a tail begins, if that is known."""
    for kind in sorted(ARITHMETIC.values(), key=lambda each: each != fmt):
        for text, place in _places(kind, overflows):
            if place and abs(begin / place - 1) <= _NEAR:
                return f", where {text} in {kind.name}"
    return ""


def _places(fmt: Format, overflows: bool) -> Iterator[tuple[str, float]]:
    """Yield what happens to intermediate results at inputs of some size."""
    log2, top = math.log(2), fmt.emax + 1
    yield "exp of |x| overflows", top * log2
    yield "exp of 2 * |x| overflows", top * log2 / 2
    yield "x**2 overflows", 2.0 ** (top / 2)
    yield "x**3 overflows", 2.0 ** (top / 3)
    if overflows:
        return
    yield "exp(-|x|) is below all normal numbers", -fmt.emin * log2
    yield "exp(-|x|) is below all numbers", (fmt.stored - fmt.emin + 1) * log2
    for extra in (0, 1):
        bits = fmt.precision + extra - 1
        yield "1 + exp(-|x|) rounds to 1", bits * log2
        yield "1 - tanh(|x|) rounds to 0", (bits + 1) * log2 / 2
        yield "1 + erf(x / sqrt(2)) rounds to 0", math.sqrt(2) * special.erfcinv(2.0**-bits)
