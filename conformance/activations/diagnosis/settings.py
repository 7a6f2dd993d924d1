"""What a function with parameters does with the values that it is given, or has forgotten."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from actinit import reference
from actinit.spec import Activation, Part

from ...expected.defaults import defaults
from ...formats import Format
from ...undiagnosed import cause_search
from .evidence import Floats, near
from .slips import Slip, slips, values_of

__all__ = ["Setting", "settings", "usual"]

_LEAST, _SHARE = 8, 0.98
# So many of the others, for each that is wrong, may be other values.
_CONTRADICTED = 0.1
# What a parameter c may be taken for, the plainest first.
_TAKEN: Mapping[str, Callable[[float], float]] = {
    "-{}": lambda c: -c,
    "|{}|": abs,
    "{} squared": lambda c: c * c,
    "1 / {}": lambda c: 1 / c,
    "1 + {}": lambda c: 1 + c,
    "1 - {}": lambda c: 1 - c,
    "2 * {}": lambda c: 2 * c,
    "{} / 2": lambda c: c / 2,
    "sqrt({})": lambda c: c**0.5,
    "exp({})": lambda c: float(np.exp(c)),
    "{} rounded to an integer": lambda c: float(np.rint(c)),
    "{} cut to an integer": lambda c: float(np.trunc(c)),
    "max({}, 0)": lambda c: max(c, 0.0),
    "min({}, 1)": lambda c: min(c, 1.0),
    "{} clipped to [0, 1]": lambda c: min(max(c, 0.0), 1.0),
    "0 for {}": lambda c: 0.0,
    "1 for {}": lambda c: 1.0,
    "{} of float16": lambda c: float(np.float16(c)),
}


# The usual defaults of parameters, of all frameworks.
_USUAL = (0.0, 0.001, 0.01, 0.02, 0.05, 0.1, 0.125, 0.2, 0.25, 0.3, 1 / 3, 0.5, 1.0, 1.5, 2.0,
          3.0, 4.0, 5.0, 5.5, 6.0, 10.0, -0.01, -1.0)  # fmt: skip
_DIGITS = range(2, 7)


def usual(default: float) -> Iterator[float]:
    """Yield what a parameter may be set to by a person: usual defaults, and its own cut short.

    Parameters
    ----------
    default : float
        The parameter's own.
    """
    step = [10.0 ** (math.floor(math.log10(abs(default))) + 1 - few) for few in _DIGITS if default]
    short = (rule(default / one) * one for one in step for rule in (math.trunc, round))
    yield from dict.fromkeys((*_USUAL, *(float(f"{value:.12g}") for value in short)))


class Setting(NamedTuple):
    """Results of an entry with one of its parameters at another value than its default."""

    name: str
    value: float
    x: Floats
    got: Floats
    right: Floats
    wrong: NDArray[np.bool_]


@cause_search("")
def settings(entry: Activation, fmt: Format, part: Part, wrong: Sequence[Setting]) -> str:
    """Name what a parameter is taken for, where one rule explains all wrong settings of it.

    Parameters
    ----------
    entry, fmt, part
        Who was asked for what.
    wrong : sequence of Setting
        Settings of one parameter that had wrong results.
    """
    if not wrong or sum(int(one.wrong.sum()) for one in wrong) < _LEAST:
        return ""
    name = wrong[0].name
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for text, rule in _TAKEN.items():
            if all(_explained(entry, fmt, part, one, rule) for one in wrong):
                return f"takes {text.format(name)}"
        for slip in slips(entry, part) if entry.shape == "elementwise" else ():
            if all(_of_slip(entry, fmt, one, slip) for one in wrong):
                return f"has {slip.text}"
    return ""


def _explained(
    entry: Activation, fmt: Format, part: Part, one: Setting, rule: Callable[[float], float]
) -> bool:
    function = reference.activations[entry.name]
    of_part = function if part == "value" else function.derivative
    try:
        taken = rule(one.value)
        if isinstance(taken, complex):
            return False
        values = np.asarray(of_part(one.x, **{one.name: taken}), dtype=np.float64)
    except (ValueError, ZeroDivisionError, OverflowError):  # outside the domain
        return False
    return _is(values, one, fmt)


def _of_slip(entry: Activation, fmt: Format, one: Setting, slip: Slip) -> bool:
    return _is(values_of(slip, one.x, {**defaults(entry), one.name: one.value}), one, fmt)


def _is(values: Floats, one: Setting, fmt: Format) -> bool:
    """Say whether nearly all wrong results are these values, and hardly another is not."""
    close = near(one.got, values, fmt, 4.0) | (
        np.abs(one.got - values) <= np.minimum(np.abs(one.got - one.right), np.abs(values)) / 32
    )
    others = ~one.wrong & ~close & ~(np.abs(one.got - values) <= np.abs(values) / 32)
    few = _CONTRADICTED * one.wrong.sum()
    return bool(close[one.wrong].mean() >= _SHARE and others.sum() <= few)
