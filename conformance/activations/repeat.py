"""The same call gives the same bits, whatever was called in between.

A small array of 64 elements is asked for 200 times, and a large one of 2**16 elements eight times,
with calls on other numbers in between; every result is compared with the first. What is caught:

- A fault that strikes in one call of n goes unseen with a probability of (1 - 1/n)**200, since all
  calls must be alike: for n = 40 that is 0.6 %, for n = 50 it is 1.8 %. (Where all calls are struck
  alike, it repeats, and the other checks see it.)
- A fault that strikes one element of n, at random, meets 8 * 2**16 + 200 * 64 = 537,088 elements:
  for n = 10**5 it goes unseen with a probability of exp(-5.4), which is 0.5 %.
- What a call leaves behind for the next one shows in the calls that come after other numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter
from actinit.spec import Activation, Part

from ..check import Check, Finding, Outcome, Witness
from ..formats import ARITHMETIC, Format
from .asking import Ask, asker, ordinary, upstream_of
from .judge import subject
from .naming import PARTS, activation_check

__all__ = ["checks"]

Array = NDArray[Any]
_SMALL, _SMALL_CALLS = 64, 200
_LARGE, _LARGE_CALLS = 1 << 16, 8
# After so many calls comes one with other numbers.
_BETWEEN = 5


def checks(entry: Activation) -> Iterator[Check]:
    """Yield the checks of repeated calls: ``activation/gelu/float32/value/repeat``."""
    for fmt in ARITHMETIC.values():
        for part in PARTS:
            run = _runner(entry, fmt, part)
            yield activation_check(entry, (fmt.name, part, "repeat"), part, run)


def _runner(entry: Activation, fmt: Format, part: Part) -> Any:
    def run(adapter: Adapter) -> Outcome:
        ask = asker(adapter, entry, part)
        small = _repeated(ask, entry, fmt, part, "small", _SMALL, _SMALL_CALLS)
        large = _repeated(ask, entry, fmt, part, "large", _LARGE, _LARGE_CALLS)
        findings = [finding for finding in (small, large) if finding]
        calls = _SMALL_CALLS + _LARGE_CALLS
        if findings:
            return Outcome.diverging(findings, measured={"calls": calls})
        return Outcome(
            conforms=True, message=f"the same bits in {calls} calls", measured={"calls": calls}
        )

    return run


def _repeated(
    ask: Ask, entry: Activation, fmt: Format, part: Part, size: str, count: int, calls: int
) -> Finding | None:
    """Ask for one array again and again; return what came of results that are not the first."""
    x, other = ordinary(entry, fmt, count), ordinary(entry, fmt, count, start=count + 11)
    upstream = upstream_of(entry, x)
    first = ask(x, upstream).copy()  # in memory of its own
    same, right = _patterns(first, fmt), _bits(first, fmt)
    changed = 0
    # How often each element was another than at first, and one call in which it was.
    times = np.zeros(right.size, dtype=np.int64)
    example: Array | None = None
    for call in range(1, calls):
        if call % _BETWEEN == 0:
            ask(other, upstream)
        got = ask(x, upstream)
        if not (_patterns(got, fmt) != same).any():
            continue
        differs = _bits(got, fmt) != right
        if differs.any():
            changed += 1
            times += differs
            example = got.copy() if example is None else example
    if example is None:
        return None
    at = int(np.flatnonzero(_bits(example, fmt) != right)[0])
    place = x.reshape(-1)[at] if x.size == right.size else x.reshape(len(first), -1)[at]
    worst = Witness.of(place, example.reshape(-1)[at], first.reshape(-1)[at])
    elements = int(np.count_nonzero(times))
    return Finding(
        key=f"changes/{size}", kind="repeatability", defect="changes", count=elements,
        points=right.size, worst=worst, looks_like="changes from call to call",
        data={"calls": float(calls), "changed": float(changed)},
        sentence=f"{subject(entry, part)} changes from call to call: the same {right.size:,} "
        f"results differ from the first in {changed} of {calls - 1} calls, in {elements:,} "
        f"elements, such as {worst.got} after {worst.exact} at {worst.x}",
    )  # fmt: skip


def _patterns(array: Array, fmt: Format) -> Array:
    """Return results as the bits that they are."""
    return np.ascontiguousarray(array).reshape(-1).view(fmt.bits)


def _bits(array: Array, fmt: Format) -> Array:
    """Return results as bits, every nan as one: its payload is no result."""
    nan = np.isnan(array.reshape(-1).astype(np.float64))
    return np.where(nan, fmt.bits.type(fmt.sign - 1), _patterns(array, fmt))
