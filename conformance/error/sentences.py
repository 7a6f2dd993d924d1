"""What is wrong in a group of bins, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..formats import describe
from .intervals import Group, short

__all__ = ["sentence"]


def sentence(group: Group, subject: str) -> str:
    """Return a sentence such as "gelu is inf from 1.7e+38 on, where 1.7e+38 is right".

    Parameters
    ----------
    group : Group
        What was counted.
    subject : str
        What the sentence is about, such as ``gelu``.
    """
    words = _WORDS[group.defect.removesuffix("_beyond")]
    return f"{subject} {''.join(words(group))}"


def _nonfinite(group: Group) -> Iterator[str]:
    near, _ = group.outward()
    yield f"is {short(near.got)} {group.where()}, where {short(near.exact)} is right"


def _beyond(group: Group) -> Iterator[str]:
    vanished = group.number("vanished")
    near, far = group.outward()
    if vanished == group.number() and group.one_sided:
        yield f"is {short(near.got)} {group.where()}, where {short(near.exact)} is right"
        return
    if vanished and group.one_sided and group.outward("vanished")[1].at == far.at:
        zero, _ = group.outward("vanished")
        side = "negative" if near.at < 0 else "positive"
        yield f"loses its {side} tail from {near} on, down to {short(zero.got)} at {zero}"
        return
    worst = group.worst
    if group.number("definition"):
        yield f"is far off {group.where()}"
    else:
        yield f"is up to {_short(worst.error)} ulp off {group.where()}"
    if near.at != far.at:
        yield f", worst at {_short(worst.x)}"
    yield f": {' for '.join(_apart(float(worst.got), float(worst.exact)))}"
    if vanished:
        yield f", {short(group.ends('vanished')[0].got)} {group.where('vanished')}"
    if group.number("sign"):
        yield f", of the wrong sign {group.where('sign')}"


def _range(group: Group) -> Iterator[str]:
    worst, (low, high) = group.worst, group.question.range
    below = float(worst.got) < low
    bound = f"below the bound {describe(low)}" if below else f"above the bound {describe(high)}"
    yield f"is {bound} {group.where()}: {worst.got} at {_short(worst.x)}"


def _order(group: Group) -> Iterator[str]:
    worst = group.worst
    yield f"turns back by up to {_short(worst.error)} ulp {group.where()}: "
    yield f"at {worst.x} it is {worst.got} after {worst.exact}"


def _symmetry(group: Group) -> Iterator[str]:
    worst, symmetry = group.worst, group.question.symmetry
    yield f"is not {symmetry} to the last bit {group.where()}: at {worst.x} it is {worst.got}, "
    yield f"where {worst.exact} follows from what it is at {describe(-float(worst.x))}"


def _flushed_input(group: Group) -> Iterator[str]:
    yield f"takes subnormal inputs for zero {group.where()}"


def _flushed_result(group: Group) -> Iterator[str]:
    yield f"flushes subnormal results to zero {group.where()}"


def _zero_sign(group: Group) -> Iterator[str]:
    near, _ = group.outward()
    yield f"is {short(near.got)} {group.where()}, where the zero has the other sign"


def _apart(*values: float) -> list[str]:
    """Write numbers to four digits, or as many as it takes to tell them apart."""
    found: list[str] = []
    for digits in range(4, 18):
        found = [f"{value:.{digits}g}" for value in values]
        if len(set(found)) > 1:
            break
    return found


def _short(text: str | float | None) -> str:
    return short(float("inf" if text is None else text))


_WORDS: dict[str, Callable[[Group], Iterator[str]]] = {
    "nonfinite": _nonfinite,
    "beyond": _beyond,
    "range": _range,
    "order": _order,
    "symmetry": _symmetry,
    "flushed_input": _flushed_input,
    "flushed_result": _flushed_result,
    "zero_sign": _zero_sign,
}
