"""Slips of the scale: which one gives the standard deviation that came back, where one does.

A sample of one shape only says by what factor the scale is off. Kernels of several shapes say which
fans were read: a slip is named for them only if it explains all that one kind of fan is asked of,
those that are right as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from actinit.spec.distributions import Normal, TruncatedNormal, Uniform

from ...undiagnosed import cause_search
from ..distributions import named, uses_fans
from ..draws import Draw
from .families import CUT

__all__ = ["Measured", "of_shape", "resolution", "scale", "slip_of_fans"]

Floats = NDArray[np.float64]
# Standard errors of a standard deviation that are granted.
_ERRORS = 4.0
_NORMAL_KURTOSIS = 3.0
# Kernels whose scales are off by factors that are no further apart are all off by one.
_ONE_FACTOR = 1.04


@dataclass(frozen=True)
class Measured:
    """A kernel that was drawn.

    Attributes
    ----------
    draw : Draw
        What was asked for.
    shape : tuple of int
        In the layout of the backend.
    deviation : float
        Standard deviation of the weights around the mean of their distribution.
    size : int
        How many weights there are.
    """

    draw: Draw
    shape: tuple[int, ...]
    deviation: float
    size: int


def scale(draw: Draw, got: float, size: int, kurtosis: float = _NORMAL_KURTOSIS) -> str:
    """Explain a standard deviation that is not the distribution's.

    Parameters
    ----------
    draw : Draw
        What was asked for.
    got : float
        The standard deviation of what came back.
    size : int
        How many weights came back.
    kurtosis : float, optional
        Of the weights.

    Returns
    -------
    str
        The slip that gives this standard deviation, or how many times the right one it is.
    """
    right = float(draw.distribution.std())
    tolerance = resolution(size, kurtosis)
    ratio = got / right if right > 0 else math.nan
    for name, value in _slips(draw, right):
        if value > 0 and abs(got / value - 1) < tolerance:
            return name
    return f"the scale is {ratio:.5g} times the right one"


def resolution(size: int, kurtosis: float = _NORMAL_KURTOSIS) -> float:
    """Return four standard errors of the standard deviation of a sample, relative to it."""
    return _ERRORS * math.sqrt(max(kurtosis - 1, 0.1) / 4 / size)


@cause_search("")
def slip_of_fans(kernels: Sequence[Measured]) -> str:
    """Return the slip that explains the scales of kernels of several shapes.

    Parameters
    ----------
    kernels : sequence of Measured
        All of one entry and one set of parameters: those that are right, and at least two that are
        wrong.

    Returns
    -------
    str
        Empty where no slip explains every kernel, or where it is not asked of enough of them.
    """
    wrong = [one for one in kernels if not _near(one, float(one.draw.distribution.std()))]
    if len(wrong) < 2:
        return ""
    factors = [one.deviation / float(one.draw.distribution.std()) for one in kernels]
    if max(factors) < _ONE_FACTOR * min(factors):  # for all shapes: the fans are right
        return ""
    for name, predicted in _readings():
        if all(_explains(one, predicted) for one in kernels):
            return name
    # A second slip may be a factor that is the same for all.
    for factor_name, factor in _FACTORS.items():
        for name, predicted in _readings():
            if all(_explains(one, predicted, factor) for one in kernels):
                return f"{name}, and {factor_name}"
    return ""


@cause_search("")
def of_shape(draw: Draw, tensors: Floats) -> str:
    """Return what is wrong with many small tensors of one shape; empty if that is not recognized.

    Parameters
    ----------
    draw : Draw
        What was asked for.
    tensors : ndarray of float64, shape (count, size)
        What came back.
    """
    distribution = draw.distribution
    mean, spread, count = float(distribution.mean()), float(distribution.std()), len(tensors)
    same = (tensors == tensors[:1]).all(axis=0)
    if same.any() and count > 1:
        if same.all():
            return (
                f"{tensors[0, 0]:.6g} everywhere"
                if (tensors == tensors[0, 0]).all()
                else ("every tensor is the same one again, whatever the seed")
            )
        places = np.flatnonzero(same)
        which = f"{len(places)} of {same.size} weights are"
        if places[0] == same.size - len(places):
            which = "the last weight is" if len(places) == 1 else f"the last {len(places)} are"
        return f"{which} not filled: {tensors[0, places[0]]:.6g} in every tensor"
    got = float(np.sqrt(np.mean(np.square(tensors - mean))))
    one = Measured(draw, tuple(draw.sizes.values()), got, tensors.size)
    if uses_fans(draw.entry) and not _near(one, spread):
        floored = _floored_mean(one)
        # A wrong name needs a scale that is right by chance: the two are further apart than chance.
        apart = abs(floored / spread - 1) > 2 * resolution(tensors.size)
        if apart and _near(one, floored):
            return "the mean of the fans is rounded down (an integer division)"
    return ""


def _near(one: Measured, deviation: float) -> bool:
    return deviation > 0 and abs(one.deviation / deviation - 1) <= resolution(one.size)


Reading = Callable[[Measured], float]


def _explains(one: Measured, predicted: Reading, factor: float = 1.0) -> bool:
    try:
        return _near(one, predicted(one) * math.sqrt(factor))
    except (ArithmeticError, ValueError, IndexError):  # no such reading of this shape
        return False


#: Factors of the variance that slips lead to; see `_slips`.
_FACTORS = {
    "the variance is half of the right one, as without the gain": 1 / 2,
    "the variance is twice the right one, as with a gain too many": 2.0,
    "the variance is a third of the right one": 1 / 3,
    "the variance is three times the right one": 3.0,
    "the variance is a sixth of the right one": 1 / 6,
    "the variance is six times the right one": 6.0,
    "the variance is a quarter of the right one (the scale is halved)": 1 / 4,
    "the variance is four times the right one (the scale is doubled)": 4.0,
}
# Of a variance that is off by the square of a gain, where the gain is that of an activation.
_GAINS = {
    "tanh's gain, 5/3, is applied": (5 / 3) ** 2,
    "tanh's gain, 5/3, is divided out": (3 / 5) ** 2,
    "SELU's gain, 3/4, is applied": (3 / 4) ** 2,
    "tanh's gain, 5/3, is applied in place of ReLU's": (5 / 3) ** 2 / 2,
    "SELU's gain, 3/4, is applied in place of ReLU's": (3 / 4) ** 2 / 2,
}


def _readings() -> Iterator[tuple[str, Reading]]:
    """Yield readings of the fans, with the standard deviation that each leads to."""

    def with_fans(fan_in: Reading, fan_out: Reading) -> Reading:
        def deviation(one: Measured) -> float:
            distribution = one.draw.distribution_with(fan_in=fan_in(one), fan_out=fan_out(one))
            return float(distribution.std())

        return deviation

    def of(name: str) -> Reading:
        return lambda one: float(one.draw.fans[name])

    def size(letter: str) -> Reading:
        return lambda one: float(one.draw.sizes[letter])

    def both(name: str, fan: Reading) -> tuple[str, Reading]:
        return name, with_fans(fan, fan)

    inputs, outputs = of("fan_in"), of("fan_out")
    field: Reading = lambda one: inputs(one) / size("i")(one)  # noqa: E731
    yield "fan_in and fan_out are swapped", with_fans(outputs, inputs)
    yield both("fan_in stands where another fan belongs", inputs)
    yield both("fan_out stands where another fan belongs", outputs)
    yield both(
        "the mean of fan_in and fan_out stands where another fan belongs",
        lambda one: (inputs(one) + outputs(one)) / 2,
    )
    yield both(
        "the sum of fan_in and fan_out stands where another fan belongs",
        lambda one: inputs(one) + outputs(one),
    )
    yield both(
        "the geometric mean of fan_in and fan_out stands where another fan belongs",
        lambda one: math.sqrt(inputs(one) * outputs(one)),
    )
    yield both(
        "the larger of fan_in and fan_out stands where another fan belongs",
        lambda one: max(inputs(one), outputs(one)),
    )
    yield both(
        "the smaller of fan_in and fan_out stands where another fan belongs",
        lambda one: min(inputs(one), outputs(one)),
    )
    yield "the fans leave out the receptive field", with_fans(size("i"), size("o"))
    yield (
        "the fans leave out the receptive field, and are swapped",
        with_fans(size("o"), size("i")),
    )
    yield "fan_in leaves out the receptive field", with_fans(size("i"), outputs)
    yield "fan_out leaves out the receptive field", with_fans(inputs, size("o"))
    yield both("only the receptive field is taken for the fans", field)
    yield both(
        "the number of all weights is taken for the fans",
        lambda one: float(math.prod(one.draw.sizes.values())),
    )
    yield (
        "the fans count the receptive field twice",
        with_fans(lambda one: inputs(one) * field(one), lambda one: outputs(one) * field(one)),
    )
    for name, places in _LAYOUTS.items():
        yield f"the shape is read in another layout, {name}", with_fans(*_read_as(places))
    yield both(
        "the first dimension of the shape is taken for the fan", lambda one: float(one.shape[0])
    )
    yield both(
        "the last dimension of the shape is taken for the fan", lambda one: float(one.shape[-1])
    )
    yield both(
        "the second dimension of the shape is taken for the fan", lambda one: float(one.shape[1])
    )
    yield both(
        "the product of all dimensions but the first is taken for the fan",
        lambda one: float(math.prod(one.shape[1:])),
    )
    yield both(
        "the product of all dimensions but the last is taken for the fan",
        lambda one: float(math.prod(one.shape[:-1])),
    )
    yield "the mean of the fans is rounded down", _floored_mean
    yield (
        "the variance stands where the standard deviation belongs",
        lambda one: float(one.draw.distribution.std()) ** 2,
    )
    yield (
        "the standard deviation stands where the variance belongs",
        lambda one: math.sqrt(float(one.draw.distribution.std())),
    )


#: Places of input and output in a shape; all other dimensions are the receptive field.
_LAYOUTS = {
    "outputs first, then inputs, then places (OIHW)": (1, 0),
    "inputs first, then outputs, then places (IOHW)": (0, 1),
    "places first, then inputs, then outputs (HWIO)": (-2, -1),
    "places first, then outputs, then inputs (HWOI)": (-1, -2),
    "outputs first, inputs last (OHWI)": (-1, 0),
    "inputs first, outputs last (IHWO)": (0, -1),
}


def _read_as(places: tuple[int, int]) -> tuple[Reading, Reading]:
    def fan(place: int) -> Reading:
        def read(one: Measured) -> float:
            other = places[1] if place == places[0] else places[0]
            return math.prod(one.shape) / one.shape[other]

        return read

    return fan(places[0]), fan(places[1])


def _floored_mean(one: Measured) -> float:
    """Return the deviation if half the sum of the fans is an integer quotient."""
    fan_in, fan_out = (float(one.draw.fans[name]) for name in ("fan_in", "fan_out"))
    mean = (fan_in + fan_out) // 2
    # Only what depends on both fans has a mean of them.
    if float(one.draw.distribution_with(fan_out=fan_out + 1).std()) == float(
        one.draw.distribution.std()
    ):
        return math.nan
    if float(one.draw.distribution_with(fan_in=fan_in + 1).std()) == float(
        one.draw.distribution.std()
    ):
        return math.nan
    return float(one.draw.distribution_with(fan_in=mean, fan_out=mean).std())


def _slips(draw: Draw, right: float) -> Iterator[tuple[str, float]]:
    """Yield the usual slips, each with the standard deviation that it leads to."""
    fans = draw.fans
    if uses_fans(draw.entry):
        swapped = draw.distribution_with(fan_in=fans["fan_out"], fan_out=fans["fan_in"])
        yield "fan_in and fan_out are swapped", swapped.std()
        alone = draw.distribution_with(fan_in=draw.sizes["i"], fan_out=draw.sizes["o"])
        yield "the fans leave out the receptive field", alone.std()
    yield "the variance stands where the standard deviation belongs", right**2
    yield "the standard deviation stands where the variance belongs", math.sqrt(right)
    match named(draw.entry, draw.names):
        case Normal() | TruncatedNormal():
            yield "tails are cut and the variance is not corrected for it", right * CUT
            yield "the variance is that of the bell before its tails are cut", right / CUT
        case Uniform():
            yield "the standard deviation stands where the limit belongs", right / math.sqrt(3)
            yield "the limit stands where the standard deviation belongs", right * math.sqrt(3)
    if uses_fans(draw.entry):
        for name, factor in (_FACTORS | _GAINS).items():
            yield name, right * math.sqrt(factor)
