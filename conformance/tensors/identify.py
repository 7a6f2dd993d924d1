"""What a tensor may be a draw of: each initializer that its weights do not speak against."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from actinit.spec import Initializer, initializers
from actinit.spec.distributions import Normal, TruncatedNormal, Uniform

from ..callables.draws import Drawn
from ..callables.structures import structure
from ..initializers import judges
from ..initializers.distributions import defaults, distribution_of, uses_fans
from ..initializers.draws import Draw
from . import check
from .battery import Battery, tells
from .weights import Weights, weights_of

__all__ = ["Fit", "TensorIdentity", "identify_tensor"]

Values = Mapping[str, float | str]
# Standard errors of a variance beyond which an entry is not looked at; its test fails at 5.6.
_FAR = 8.0
# Entries that are told, of those that fit; and columns that say whether a matrix may be a rotation.
_TELL, _SOME = 4, 32
# Where people cut a normal distribution, in standard deviations before the cut.
_CUTS = (2.0, 3.0, 1.0)
#: Parameters at which libraries draw and that are no entry's own: PyTorch's Linear and its
#: convolutions take a leaky ReLU of slope sqrt(5), which makes a variance of 1 / (3 fan_in).
_ALSO: Mapping[str, tuple[Values, ...]] = {"he_uniform": ({"negative_slope": math.sqrt(5)},)}


class Fit(NamedTuple):
    """An entry, and the parameters at which a tensor may be a draw of it."""

    name: str
    parameters: Values

    def __str__(self) -> str:
        told = ", ".join(
            f"{key} = {value if isinstance(value, str) else f'{value:.4g}'}"
            for key, value in self.parameters.items()
        )
        return f"{self.name} with {told}" if told else self.name


@dataclass(frozen=True)
class TensorIdentity:
    """What a tensor may be a draw of; it prints.

    Attributes
    ----------
    shape : tuple of int
        Of the tensor.
    format : str
        Of its numbers.
    verdict : {"plausible", "implausible", "cannot be told"}
        ``implausible`` if it is a draw of no initializer of the spec; ``cannot be told`` if there
        are too few weights.
    fits : tuple of Fit
        What it may be a draw of, the plainest first.
    text : str
        What was seen.
    power : str
        What would have been found, with what probability.
    """

    shape: tuple[int, ...]
    format: str
    verdict: check.Told
    fits: tuple[Fit, ...]
    text: str
    power: str

    def __str__(self) -> str:
        some = " or ".join(map(str, self.fits[:_TELL]))
        more = f" or {len(self.fits) - _TELL} others" if len(self.fits) > _TELL else ""
        what = {
            "plausible": f"{some}{more}",
            "implausible": "no draw of the spec's",
            "cannot be told": f"cannot be told: {some}{more}" if some else "cannot be told",
        }[self.verdict]
        return f"{what} ({self.text})" if self.text else what


def identify_tensor(
    tensor: Any, *, layout: str = "io", fans: Sequence[int] | None = None
) -> TensorIdentity:
    """Say which initializers of the spec a tensor may be a draw of.

    Parameters
    ----------
    tensor, layout, fans
        As for `check_tensor`.

    Returns
    -------
    TensorIdentity
        The initializers, the plainest first; it prints.

    Raises
    ------
    TypeError, ValueError, UnknownNameError
        As for `check_tensor`.
    """
    weights, bad = weights_of(tensor, layout, fans)
    shape, kind = weights.array.shape, weights.format
    if bad:
        text = f"{bad:,} of {weights.size:,} weights are infinite or nan"
        return TensorIdentity(shape, kind, "implausible", (), text, "")
    if found := _structure(weights):
        return TensorIdentity(shape, kind, "plausible", found[0], found[1], "")
    wide = weights.array.astype(np.float64)
    mean, deviation = float(wide.mean()), float(wide.std())
    kurtosis = float(np.mean(np.square(np.square((wide - mean) / deviation))))
    known = list(_fits(weights, _entries(weights), mean, deviation, kurtosis))
    fits = known or list(
        _fits(weights, _fitted(weights, mean, deviation), mean, deviation, math.inf)
    )
    power = check.power(max(kurtosis, 1.01), weights.size)
    text = f"standard deviation {deviation:.4g}"
    if not fits:
        text = _why(weights, mean, deviation, kurtosis)
        return TensorIdentity(shape, kind, "implausible", (), text, power)
    told: check.Told = "plausible" if tells(3.0, weights.size) else "cannot be told"
    if told == "cannot be told":
        text = f"{weights.size:,} weights, {text}"
    return TensorIdentity(shape, kind, told, tuple(fits), text, power)


def _structure(weights: Weights) -> tuple[tuple[Fit, ...], str] | None:
    """Recognize constants, the identity, rotations and sparse matrices."""
    array = weights.array
    if (array == array.flat[0]).all():
        value = float(array.flat[0])
        name = {0.0: "zeros", 1.0: "ones"}.get(value, "constant")
        return (Fit(name, {} if name != "constant" else {"value": value}),), f"{value:g} everywhere"
    rows = weights.rows()
    # A vector of any length is orthogonal to no other, and a matrix of few rows nearly by chance.
    if not weights.layout or min(rows.shape) < 4:
        return None
    shorter = (rows if rows.shape[0] >= rows.shape[1] else rows.T)[:, :_SOME].astype(np.float64)
    product_ = shorter.T @ shorter
    slanted = np.abs(product_ - np.diag(np.diag(product_))).max() > 0.02 * np.diag(product_).max()
    if slanted and (array != 0).all():
        return None
    kernel = rows.astype(np.float64)[None]
    found = structure(Drawn("tensor", {(rows.shape[0], rows.shape[1]): kernel}, fixed=True))
    if found is None:
        return None
    return (Fit(found.name, found.parameters),), found.text


def _entries(weights: Weights) -> Iterator[tuple[Initializer, Values]]:
    """Yield every entry whose weights are drawn one by one, with each set of its options."""
    for entry in initializers.values():
        if not isinstance(entry.distribution, Uniform | Normal | TruncatedNormal):
            continue
        if uses_fans(entry) and weights.fans is None:
            continue
        names = list(entry.choices)
        for options in product(*(entry.options(name) for name in names)):
            chosen = dict(zip(names, options, strict=True))
            for also in ({}, *_ALSO.get(entry.name, ())):
                yield entry, {**defaults(entry), **chosen, **also}


def _fitted(
    weights: Weights, mean: float, deviation: float
) -> Iterator[tuple[Initializer, Values]]:
    """Yield the plainest distributions at the mean and the standard deviation of weights."""
    error = deviation / math.sqrt(weights.size)
    centre = 0.0 if abs(mean) < 5 * error else _short(mean, error)
    within = deviation / math.sqrt(2 * weights.size)
    half = math.sqrt(3) * deviation
    ends = {"minval": _short(centre - half, within), "maxval": _short(centre + half, within)}
    yield initializers["random_uniform"], ends
    told: dict[str, float] = {"mean": centre, "stddev": _short(deviation, within)}
    yield initializers["random_normal"], told
    entry = initializers["truncated_normal"]
    for cut in _CUTS:
        values = {**defaults(entry), "mean": 0.0, "stddev": 1.0, "lower": -cut, "upper": cut}
        left = float(distribution_of(entry, values).std())
        yield entry, {**values, "mean": centre, "stddev": _short(deviation / left, within / left)}


def _short(value: float, within: float) -> float:
    """Return the number of the fewest digits that is this one, but for three standard errors."""
    for digits in range(1, 12):
        rounded = float(f"{value:.{digits}g}")
        if abs(rounded - value) <= 3 * within:
            return rounded
    return value


def _fits(
    weights: Weights,
    among: Iterator[tuple[Initializer, Values]],
    mean: float,
    deviation: float,
    kurtosis: float,
) -> Iterator[Fit]:
    """Yield the entries that nothing speaks against; those that are one distribution once."""
    seen: set[str] = set()
    error = math.sqrt(max(kurtosis - 1, 0.1) / weights.size)
    for entry, values in among:
        draw = check.draw_of(weights, entry, values)
        frozen = draw.distribution
        variance = float(frozen.var())
        if abs(math.log(deviation**2 / variance)) > _FAR * error:
            continue
        one = f"{frozen.dist.name} {frozen.args} {frozen.kwds}"
        if one in seen:
            continue
        seen.add(one)
        battery = Battery(weights, frozen)
        if battery.outside or battery.repeated() or battery.failing():
            continue
        stated = defaults(entry)
        yield Fit(entry.name, {key: value for key, value in values.items() if value != stated[key]})


def _why(weights: Weights, mean: float, deviation: float, kurtosis: float) -> str:
    """Say what no initializer's draws have: the shape, or the order of the weights."""
    entry = initializers["random_normal"]
    values = {"mean": mean, "stddev": deviation}
    draw = Draw(entry, "", weights.format, {}, values)
    battery = Battery(weights, distribution_of(entry, values))
    largest = float(np.abs(weights.array.astype(np.float64) - mean).max()) / deviation
    told = [f"standard deviation {deviation:.4g}, kurtosis {kurtosis:.3g}"]
    told.append(f"the largest {largest:.3g} standard deviations out")
    failing = battery.failing()
    if dependent := failing.get("independence"):
        sentence = judges.findings_of(draw, battery.sample, "independence", dependent)[0].sentence
        told.append(sentence.rpartition(" [")[0])
    return ", ".join(told)
