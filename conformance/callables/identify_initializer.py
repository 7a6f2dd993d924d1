"""``identify_initializer``: which initializer of the spec a callable is, and which it is not.

Three things are read off a sample, each by a test with a p-value: the shape of the distribution
(uniform, normal, or normal cut at so many standard deviations), which fan its scale follows, and
the scale itself. The plainest entry of the spec that has all three is the answer: at its own
defaults before at other parameters.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from scipy import special, stats

from actinit.spec import Initializer, initializers
from actinit.spec.distributions import Chosen, Normal, TruncatedNormal, Uniform

from ..initializers import goodness
from ..initializers.distributions import defaults, distribution_of, uses_fans
from ..initializers.plan import DOUBT
from .draws import Drawn, draw
from .initializer import Layout
from .shapes import (
    FAR,
    FLAT,
    KERNEL,
    Sample,
    Shape,
    fan_of,
    fan_that,
    is_one,
    middle,
    scale_of,
    shape_of,
    uncertainty,
)
from .structures import Structure, structure

__all__ = ["InitializerIdentity", "NotThis", "identify_initializer"]

Values = Mapping[str, float | str]

_SURE = 0.999
# Standard errors at which a test at the level of doubt fails with that probability.
_SEEN = FAR + float(special.ndtri(_SURE))
# So many that it is not are told: the nearest, and others that may be taken for it.
_NEAR, _CLOSE = 3, 0.1
# So many weights of a kernel say how near an entry is.
_SOME = 20_000
_SHAPES = {"uniform": "uniform", "norm": "normal", "truncnorm": "normal, cut"}
_FOLLOWS = {None: "follows no fan that is known", "none": "is the same whatever the fans"}


class NotThis(NamedTuple):
    """An entry that the initializer is not, and why.

    Attributes
    ----------
    name : str
        Of the entry, with its options where it has several.
    apart : float
        The largest distance between the distribution functions, 0 to 1.
    why : str
        What tells them apart.
    """

    name: str
    apart: float
    why: str


@dataclass(frozen=True)
class InitializerIdentity:
    """What an initializer is, and what it is not.

    Attributes
    ----------
    function : str
        What the callable is called.
    name : str
        The entry; empty if it is none.
    parameters : mapping of str to float or str
        At which the entry fits, where they are not its defaults.
    distribution : str
        The shape, such as ``normal, cut at 2 standard deviations``.
    fan : str
        Which fan the variance follows: fan_in, fan_out, fan_avg, fan_geo_avg, none; ``unknown`` if
        it follows none of them and is not the same either.
    scale : float
        The variance times that fan.
    also : tuple of str
        Other entries that are the same there, with their parameters.
    near : tuple of NotThis
        The nearest that it is not, the nearest first.
    power : str
        What would have been seen, with what probability.
    """

    function: str
    name: str
    parameters: Values
    distribution: str
    fan: str
    scale: float
    also: tuple[str, ...]
    near: tuple[NotThis, ...]
    power: str

    def __str__(self) -> str:
        what = _called(self.name, self.parameters) if self.name else "no initializer of the spec"
        lines = [
            f"{self.function} is {what}",
            f"its weights: {self.distribution}{self._variance()}",
        ]
        if self.also:
            lines.append(f"which is the same as {'; '.join(self.also)}")
        lines += [
            f"not {one.name}{', though near' if one.apart < _CLOSE else ''}: {one.why}"
            for one in self.near
        ]
        return "\n".join([*lines, *([self.power] if self.power else [])])

    def _variance(self) -> str:
        if not math.isfinite(self.scale):
            return ""
        fan = "" if self.fan == "none" else f" / {self.fan}"
        if self.fan == "unknown":
            return f", of variance {self.scale:.4g} for {KERNEL[0]} inputs and {KERNEL[1]} outputs"
        return f", of variance {self.scale:.4g}{fan}"


def identify_initializer(
    function: Callable[..., Any],
    *,
    format: str = "float32",
    layout: Layout = "io",
    time_limit: float = 30.0,
) -> InitializerIdentity:
    """Say which initializer of the spec a callable is.

    Parameters
    ----------
    function : callable
        Takes a shape and returns weights, as in `actinit.check_initializer`.
    format : str, optional
        Of the weights; it is passed as ``dtype`` if the callable names that.
    layout : {"io", "oi"}, optional
        Whether a kernel's shape begins with its inputs, or with its outputs, as in PyTorch.
    time_limit : float, optional
        Seconds that one call may take.

    Returns
    -------
    InitializerIdentity
        Distribution, fan and scale, the entry that has them, and what it is not; it prints.

    Raises
    ------
    CallableError
        If it cannot be called, or what comes back are no numbers, or the same ones each time.
    UnknownNameError
        If there is no such format.
    """
    drawn = draw(function, layout, format, time_limit)
    found = structure(drawn)
    if found is not None:
        return _of_structure(drawn, found)
    sample = Sample.of(drawn)
    shape = shape_of(sample)
    fan = fan_of(sample)
    scale = scale_of(sample, fan)
    fits = sorted(_fits(sample, shape, fan), key=lambda one: one.plainness)
    best = fits[0] if fits else None
    return InitializerIdentity(
        drawn.function,
        best.entry.name if best else "",
        best.told if best else {},
        shape.text,
        fan or "unknown",
        scale,
        tuple(_called(one.entry.name, one.told) for one in fits[1:] if one.plainness[0] < 2),
        tuple(_near(sample, shape, fan, {one.entry.name for one in fits})),
        _power(sample, shape),
    )


def _of_structure(drawn: Drawn, found: Structure) -> InitializerIdentity:
    return InitializerIdentity(
        drawn.function, found.name, found.parameters, found.text, "none", math.nan, found.also, (),
        "",
    )  # fmt: skip


def _called(name: str, parameters: Values) -> str:
    told = ", ".join(
        f"{key} = {value if isinstance(value, str) else f'{value:g}'}"
        for key, value in parameters.items()
    )
    return f"{name} with {told}" if told else name


# -- Which entry that is ---------------------------------------------------------------------


class _Fit(NamedTuple):
    """An entry that fits, and how plainly: at its defaults, at others, or only times a number."""

    entry: Initializer
    told: Values
    plainness: tuple[int, int, int]


def _candidates() -> Iterator[tuple[Initializer, Values]]:
    """Yield every entry whose weights are drawn one by one, with each set of its options."""
    for entry in initializers.values():
        kinds = (Uniform, Normal, TruncatedNormal, Chosen)
        if not isinstance(entry.distribution, kinds):
            continue
        stated = defaults(entry)
        names = list(entry.choices)
        for options in product(*(entry.options(name) for name in names)):
            yield entry, {**stated, **dict(zip(names, options, strict=True))}


def _at(entry: Initializer, values: Values, sides: tuple[int, int]) -> Any:
    fans = dict(zip(("fan_in", "fan_out"), map(float, sides), strict=True))
    return distribution_of(entry, {**values, **(fans if uses_fans(entry) else {})})


def _fits(sample: Sample, shape: Shape, fan: str | None) -> Iterator[_Fit]:
    if shape.kind is None or fan is None:
        return
    for place, (entry, values) in enumerate(_candidates()):
        ratios = _ratios(sample, entry, values)
        if not _is_shape(entry, values, shape) or not is_one(sample, ratios):
            continue
        ratio = middle(sample, ratios)
        within = FAR * uncertainty(sample)
        stated = defaults(entry)
        told = {name: value for name, value in values.items() if value != stated[name]}
        general = int(isinstance(entry.distribution, Chosen))  # what every other one is made of
        if abs(ratio - 1) <= within and sample.mean == 0 == float(
            _at(entry, values, KERNEL).mean()
        ):
            yield _Fit(entry, told, (general, len(told), place))
        elif at := _parameters(entry, values, ratio, within, sample, shape):
            yield _Fit(entry, {**told, **at}, (1, general + len(told), place))


def _ratios(sample: Sample, entry: Initializer, values: Values) -> dict[tuple[int, int], float]:
    """Return each kernel's variance over the one that an entry has there."""
    return {
        sides: one**2 / float(_at(entry, values, sides).var())
        for sides, one in sample.deviations.items()
    }


def _is_shape(entry: Initializer, values: Values, shape: Shape) -> bool:
    """Say whether an entry's distribution has a shape, whatever its scale and its centre."""
    one = _at(entry, values, KERNEL)
    names = {"uniform": Uniform, "norm": Normal, "truncnorm": TruncatedNormal}
    if names[one.dist.name] is not shape.kind:
        return False
    if shape.kind is not TruncatedNormal or {"lower", "upper"} <= entry.parameters.keys():
        return True
    return abs(max(map(abs, one.args[:2])) - shape.cut) < 1e-6


def _parameters(
    entry: Initializer,
    values: Values,
    ratio: float,
    within: float,
    sample: Sample,
    shape: Shape,
) -> Values:
    """Return the parameters at which an entry has such a variance; none if it has no such one."""
    known = entry.parameters
    if {"minval", "maxval"} <= known.keys():
        half = FLAT * sample.deviations[KERNEL]
        return {
            name: _short(sample.mean + side * half, half * within)
            for name, side in (("minval", -1), ("maxval", 1))
        }
    if "stddev" in known:
        found = {"stddev": _short(float(values["stddev"]) * math.sqrt(ratio), within)}
        if shape.kind is TruncatedNormal:
            usual = float(_at(entry, values, KERNEL).var()) / float(values["stddev"]) ** 2
            cut = float(stats.truncnorm(-shape.cut, shape.cut).var())
            found["stddev"] = _short(
                float(values["stddev"]) * math.sqrt(ratio * usual / cut), within
            )
            if shape.cut != values["upper"]:
                found |= {"lower": -_short(shape.cut, 5e-3), "upper": _short(shape.cut, 5e-3)}
        mean = {"mean": _short(sample.mean, within * found["stddev"])} if sample.mean else {}
        return {**found, **mean}
    if sample.mean:
        return {}
    if "scale" in known:
        return {"scale": _short(float(values["scale"]) * ratio, within * ratio)}
    if "gain" in known:
        return {"gain": _short(float(values["gain"]) * math.sqrt(ratio), within * math.sqrt(ratio))}
    if "negative_slope" in known and ratio < 1:
        slope = math.sqrt(1 / ratio - 1)  # the variance is 2 / (1 + slope^2) over the fan
        return {"negative_slope": _short(slope, within * (1 + slope**2) / (2 * slope))}
    return {}


def _short(value: float, within: float) -> float:
    """Return the number of the fewest digits that is this one, but for chance."""
    if abs(value) <= within:
        return 0.0
    for digits in range(1, 8):
        rounded = float(f"{value:.{digits}g}")
        if abs(rounded - value) <= within:
            return rounded
    return value


# -- What it is not --------------------------------------------------------------------------


def _near(sample: Sample, shape: Shape, fan: str | None, fitting: set[str]) -> Iterator[NotThis]:
    """Yield the nearest entries that it is not, each at its nearest options, the nearest first."""
    some = {sides: np.sort(one.ravel()[:_SOME]) for sides, one in sample.drawn.kernels.items()}
    found: dict[str, NotThis] = {}
    for entry, values in _candidates():
        if entry.name in fitting or isinstance(entry.distribution, Chosen):
            continue
        apart = max(
            goodness.distance(_at(entry, values, sides).cdf(one)).statistic
            for sides, one in some.items()
        )
        if entry.name not in found or apart < found[entry.name].apart:
            stated = defaults(entry)
            told = {name: value for name, value in values.items() if value != stated[name]}
            why = _why(sample, entry, values, shape, fan)
            found[entry.name] = NotThis(_called(entry.name, told), apart, why)
    nearest = sorted(found.values(), key=lambda one: one.apart)[:_NEAR]
    yield from (one for one in nearest if one is nearest[0] or one.apart < _CLOSE)


def _why(sample: Sample, entry: Initializer, values: Values, shape: Shape, fan: str | None) -> str:
    """Say what tells an entry apart from a sample: its shape, its fan, its scale or its mean."""
    one, reasons = _at(entry, values, KERNEL), []
    if shape.kind is None or not _is_shape(entry, values, shape):
        reasons.append(
            f"that is {_SHAPES[one.dist.name]}, of kurtosis "
            f"{float(one.stats(moments='k')) + 3:.3g}, and the furthest weight here is "
            f"{sample.furthest:.3g} standard deviations out, the kurtosis {sample.kurtosis:.3g}"
        )
    variances = {sides: float(_at(entry, values, sides).var()) for sides in sample.deviations}
    ratios = _ratios(sample, entry, values)
    if not is_one(sample, ratios):
        theirs, here = (
            _FOLLOWS.get(name, f"follows {name}") for name in (fan_that(variances), fan)
        )
        reasons.append(f"its variance {theirs}, here it {here}")
    else:
        ratio = math.sqrt(middle(sample, ratios))
        if abs(ratio - 1) > FAR * uncertainty(sample) / 2:
            reasons.append(f"the standard deviation here is {ratio:.4g} times its own")
    if float(one.mean()) != sample.mean:
        reasons.append(f"its mean is {float(one.mean()):.3g}, here it is {sample.mean:.3g}")
    return "; ".join(reasons) or "the whole of its distribution function is another"


def _power(sample: Sample, shape: Shape) -> str:
    """State what would have been seen, and with what probability."""
    count = sample.drawn.count
    scale = _SEEN * uncertainty(sample) / 2
    told = [f"a scale that is off by {scale:.2%}"]
    if shape.kind is Normal:
        # A cut is seen if so many weights would be beyond it that all are within not by chance;
        # the standard deviation may be off in what is drawn, and the test allows for as much.
        beyond = -math.log(DOUBT) / count
        cut = -float(special.ndtri(beyond / 2)) / sample.slack**2
        told.append(f"a cut within {cut:.2f} standard deviations")
    return f"of {count:,} weights, found with a probability of {_SURE:.1%}: {', '.join(told)}"
