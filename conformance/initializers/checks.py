"""The checks of an initializer: its distribution, moments, bounds, fans, seeds and defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter, Binding, NotOffered, bindings
from actinit.spec import Initializer
from actinit.spec.distributions import Chosen, Constant, Normal, Structured, TruncatedNormal

from ..check import Check, Finding, Outcome, Witness
from ..formats import ARITHMETIC, FORMATS
from . import diagnosis, examine, goodness, judges, period, repeats, stream, structured
from .distributions import defaults, named, uses_fans
from .draws import Draw
from .gains import gains
from .plan import DEFAULT, LARGER, Size, settled
from .sample import Sample
from .standard import Standard, standard

__all__ = ["checks"]

Array = NDArray[Any]

# 2**18 weights, twice: any two defaults are further apart.
_DEFAULTS = {"i": 512, "o": 512}
# Enough to tell equal from unequal.
_FEW = {"i": 256, "o": 256}
# Every size differs from every other, so that no two readings of a shape give the same fans.
_KERNELS = {
    "dense": {"i": 784, "o": 128},
    "conv1d": {"w": 5, "i": 48, "o": 160},
    "conv2d": {"h": 3, "w": 5, "i": 32, "o": 96},
    "conv3d": {"d": 2, "h": 3, "w": 5, "i": 16, "o": 48},
}
# Inputs, outputs, and how many are drawn: one weight, odd numbers of them, a single row and column.
# Of 400 x 12 weights the 17 % that half of 3 + 4, rounded down, adds to a variance are 8 standard
# errors; of the last weight of 100 that is always 0, half of the distribution function is off.
_SMALL_SHAPES = ((1, 1, 100), (3, 4, 400), (1, 5, 100), (5, 1, 100), (7, 9, 100))
# The format in which rare events are counted: others are as rare in their bits.
_STREAMED = "float32"
# Bounds of +-2, which are a thousand standard deviations: whoever sets a small one in PyTorch and
# leaves the bounds as they are asks for this.
_WIDE = {"stddev": 0.002, "lower": -1000.0, "upper": 1000.0}
# Values for parameters that no backend has as a default, so that one that is ignored shows.
_TOLD = {
    "value": 0.1, "minval": -0.1, "maxval": 0.7, "mean": 0.3, "stddev": 0.2, "gain": 1.75,
    "scale": 1.5, "negative_slope": 0.5, "lower": -1.4, "upper": 2.5,
}  # fmt: skip


def checks(entry: Initializer, size: Size = DEFAULT) -> Iterator[Check]:
    """Yield the checks of an initializer.

    Parameters
    ----------
    entry : Initializer
        The entry.
    size : Size, optional
        How much is drawn.

    Yields
    ------
    Check
        With ids such as ``initializer/he_normal/float32/moments``.
    """
    if isinstance(entry.distribution, Structured):
        yield from structured.checks(entry, size)
    elif isinstance(entry.distribution, Constant):
        for dtype in ARITHMETIC:
            yield _constant(_draw(entry, f"{dtype}/distribution", dtype, _FEW))
    else:
        for option in entry.distribution.among if isinstance(entry.distribution, Chosen) else ("",):
            for dtype in ARITHMETIC:
                yield from _of_distribution(entry, option, dtype, size)
        if uses_fans(entry):
            yield _fans(entry, size)
        if size.stream and isinstance(entry.distribution, TruncatedNormal):
            yield from _hardly_cut(entry, size)
        yield from _of_kernel(entry, size)
        yield _shapes(entry, size)
        few = _draw(entry, "", "float32", size.of(_FEW))
        yield from repeats.checks(few)
        yield period.check(few, size)
    if entry.parameters and not isinstance(entry.distribution, Structured):
        yield _defaults(entry)
    if entry.name == "glorot_normal":  # whose parameter the gain is
        yield gains(entry)


def _draw(entry: Initializer, path: str, dtype: str, sizes: Mapping[str, int]) -> Draw:
    told = {name: _TOLD[name] for name in entry.parameters if name in _TOLD}
    return Draw(entry, path, dtype, sizes, {**defaults(entry), **told})


def _constant(draw: Draw) -> Check:
    def run(adapter: Adapter) -> Outcome:
        drawn = draw.run(adapter)
        return judges.nonfinite(drawn) or judges.constant(draw, drawn)

    return draw.check("distribution", run)


def _of_distribution(entry: Initializer, option: str, dtype: str, size: Size) -> Iterator[Check]:
    """Yield the checks of one distribution in one format; all look at the same sample."""
    path = f"{option}/{dtype}" if option else dtype
    told = _draw(entry, path, dtype, {"i": size.side, "o": size.side})
    if option:
        assert isinstance(entry.distribution, Chosen)
        told = replace(told, parameters={**told.parameters, entry.distribution.by: option})
    drawn = _Drawn(told, size)
    if not isinstance(named(entry, told.names), Normal):
        yield told.below("bounds").check("distribution", drawn.bounds)
    for about in examine.EVERY:
        if about != "tails" or not FORMATS[dtype].exhaustive:
            yield told.below(about).check("distribution", partial(drawn.tested, about))
    if size.stream and dtype == _STREAMED:
        yield stream.check(told, size.stream)


class _Drawn:
    """The samples of one distribution on the backend at hand.

    A sample is large, and the checks that look at it come one after the other: so only the
    distribution that was asked for last, on the backend that was asked last, keeps its own.
    """

    _last: ClassVar[_Drawn | None] = None

    def __init__(self, told: Draw, size: Size) -> None:
        self._told, self._size = told, size
        self._adapter: Adapter | None = None
        self._samples: dict[int, Sample] = {}
        # Backends that are told the same are held to the same distribution.
        self._distributions: dict[str, Standard] = {}

    def bounds(self, adapter: Adapter) -> Outcome:
        return judges.bounds(self._told.offered(adapter), self._sampler(adapter)(0))

    def tested(self, about: str, adapter: Adapter) -> Outcome:
        return judges.tested(self._told.offered(adapter), self._sampler(adapter), about)

    def _sampler(self, adapter: Adapter) -> judges.Sampler:
        if self._adapter is not adapter or _Drawn._last is not self:
            if _Drawn._last:
                _Drawn._last._samples = {}
            _Drawn._last, self._adapter, self._samples = self, adapter, {}

        def sample(stage: int) -> Sample:
            if stage not in self._samples:
                draw, count = self._told.offered(adapter), self._size.tensors
                places = range(count) if stage == 0 else range(count, count * (1 + LARGER))
                tensors = (_matrix(draw, adapter, later=place) for place in places)
                told = repr(draw.parameters)
                if told not in self._distributions:
                    self._distributions[told] = Standard(draw.distribution)
                self._samples[stage] = Sample(tensors, self._distributions[told], draw.dtype)
            return self._samples[stage]

        return sample


def _hardly_cut(entry: Initializer, size: Size) -> Iterator[Check]:
    """Yield the check of bounds far out: ``initializer/truncated_normal/wide/float32/stream``."""
    if not entry.parameters.keys() >= _WIDE.keys():
        return
    told = Draw(entry, f"wide/{_STREAMED}", _STREAMED, {}, {**defaults(entry), **_WIDE})
    check = stream.check(told, size.stream)

    def run(adapter: Adapter) -> Outcome:
        if told.offered(adapter).parameters != told.parameters:
            raise NotOffered(f"{adapter.name} cuts {entry.name} where it always does")
        return check.run(adapter)

    yield replace(check, run=run)


def _of_kernel(entry: Initializer, size: Size) -> Iterator[Check]:
    """Yield the checks of a kernel with places: ``initializer/he_normal/conv2d/independence``."""
    told = _draw(entry, "conv2d", "float32", size.of(_KERNELS["conv2d"]))
    told = replace(told, layer="conv2d")
    drawn = _Drawn(told, size)
    for about in ("distribution", "independence"):
        yield told.below(about).check(
            "distribution", partial(drawn.tested, about), partial(_lines, told)
        )


def _lines(draw: Draw, adapter: Adapter, finding: Finding | None) -> str:
    """Return lines to paste that stack kernels as `_matrix` has them."""
    data = finding.data if finding else {}
    start, count = int(data.get("later", 0)), int(data.get("tensors", 1))
    order = draw.order(adapter)
    many = f"range({{seed}} + {start}, {{seed}} + {start + count})"
    statement = (
        f"w = np.stack([source(seed)(shape) for seed in {many}])\n"
        f"w = w.transpose(0, {', '.join(str(place + 1) for place in order)})\n"
        f"w = w.reshape(len(w), -1, {draw.sizes['o']})  # places and inputs, outputs"
    )
    # Which tensors are stacked is said already.
    bare = msgspec.structs.replace(finding, data={}) if finding else None
    return draw.lines(adapter, bare, statement)


def _matrix(draw: Draw, adapter: Adapter, later: int) -> Array:
    """Draw a tensor; of a kernel with places, one row for each place and input."""
    drawn = draw.run(adapter, later=later)
    return drawn if drawn.ndim == 2 else draw.ordered(adapter, drawn).reshape(-1, draw.sizes["o"])


def _shapes(entry: Initializer, size: Size) -> Check:
    """Return the check of small and odd shapes: ``initializer/he_normal/shapes``.

    Of each as many are drawn as it takes to see what is wrong with a few weights of them, such as
    the last one of an odd number, or a mean of fans that is rounded down.
    """
    draws = [
        (_draw(entry, "shapes", "float32", {"i": i, "o": o}), count // size.divisor)
        for i, o, count in _SMALL_SHAPES
    ]

    def run(adapter: Adapter) -> Outcome:
        found: dict[str, goodness.Verdict] = {}
        wrong: list[Finding] = []
        for told, count in draws:
            draw = told.offered(adapter)
            distribution = draw.distribution
            cdf = standard(distribution)  # SciPy's own is slow for a few numbers
            shape = draw.shape(adapter)
            name = "x".join(map(str, shape))
            seen: list[Array] = []

            def tests(
                stage: int, draw: Draw = draw, count: int = count, distribution: Any = distribution,
                cdf: Standard = cdf, seen: list[Array] = seen,
            ) -> dict[str, goodness.Verdict]:  # fmt: skip
                places = range(count) if stage == 0 else range(count, count * (1 + LARGER))
                drawn = np.stack([
                    draw.run(adapter, later=place).astype(np.float64).ravel() for place in places
                ])  # fmt: skip
                seen[:] = [drawn]
                return {
                    "mean": goodness.mean(drawn, distribution),
                    "variance": goodness.variance(drawn, distribution),
                    "first": goodness.kolmogorov_smirnov(drawn[:, 0], cdf),
                    "last": goodness.kolmogorov_smirnov(drawn[:, -1], cdf),
                }

            first, failing = settled(tests)
            if bad := judges.nonfinite(*seen):
                return bad
            found |= {f"{name}_{test}": verdict for test, verdict in first.items()}
            if failing:
                cause = diagnosis.of_shape(draw, seen[0])
                tail = f": {cause}" if cause else ""
                text = ", ".join(f"{test} (p = {one.p:.1g})" for test, one in failing.items())
                wrong.append(
                    Finding(
                        key=f"shapes/{draw.sizes['i']}x{draw.sizes['o']}",
                        kind="distribution",
                        defect="shapes",
                        sentence=f"of {len(seen[0]):,} tensors of shape {shape} the "
                        f"distribution is off in {text}{tail}",
                        points=seen[0].size,
                        worst=Witness.figure(
                            "standard deviation",
                            float(seen[0].std()),
                            float(distribution.std()),
                            measure="w.std()",
                        ),
                        data={
                            "tensors": len(seen[0]),
                            "later": 0 if len(seen[0]) == count else count,
                        },
                        looks_like=cause,
                    )
                )
        measured = judges.figures(found)
        if wrong:
            return Outcome.diverging(wrong, measured=measured)
        return Outcome(conforms=True, message=f"right for {len(draws)} shapes", measured=measured)

    def lines(adapter: Adapter, finding: Finding | None) -> str:
        sizes = finding.key.partition("/")[2] if finding else ""
        named_so = (one for one, _ in draws if f"{one.sizes['i']}x{one.sizes['o']}" == sizes)
        return next(named_so, draws[0][0]).lines(adapter, finding)

    return draws[0][0].check("distribution", run, lines)


def _fans(entry: Initializer, size: Size) -> Check:
    # At most one choice, the mode, means a fan.
    chosen = [name for name, choice in entry.choices.items() if choice.options]
    modes = [{name: option} for name in chosen for option in entry.options(name)] or [{}]
    draws = [
        Draw(entry, "fans", "float32", size.of(sizes), {**defaults(entry), **mode}, layer)
        for mode in modes
        for layer, sizes in _KERNELS.items()
    ]

    def run(adapter: Adapter) -> Outcome:
        found: dict[str, goodness.Verdict] = {}
        kernels: dict[str, list[tuple[str, diagnosis.Measured, bool]]] = {}
        for told in draws:
            draw = told.offered(adapter)
            if draw.parameters != told.parameters or not draw.possible(adapter):
                continue  # a mode that the backend does not have

            def tests(stage: int, draw: Draw = draw) -> dict[str, goodness.Verdict]:
                drawn = np.concatenate([
                    draw.run(adapter, later=place + 10 * stage).astype(np.float64)
                    for place in range(LARGER**stage)
                ])  # fmt: skip
                return {"variance": goodness.variance(drawn, draw.distribution)}

            first, failing = settled(tests)
            mode = "".join(f"{told.parameters[name]} " for name in chosen)
            name = f"{mode}{draw.layer}"
            found[name.replace(" ", "_")] = first["variance"]
            drawn = draw.run(adapter).astype(np.float64)
            if failing and (bad := judges.nonfinite(drawn)):
                return bad
            deviation = float(drawn.std())
            kernel = diagnosis.Measured(draw, drawn.shape, deviation, drawn.size)
            kernels.setdefault(mode, []).append((name, kernel, bool(failing)))
        wrong = [finding for mode in kernels.values() for finding in _fan_findings(mode, found)]
        measured = judges.figures(found)
        if wrong:
            return Outcome.diverging(wrong, measured=measured)
        return Outcome(conforms=True, message=f"right for {', '.join(found)}", measured=measured)

    def lines(adapter: Adapter, finding: Finding | None) -> str:
        wanted = finding.key if finding else ""
        draw = next((one for one in draws if _fans_key(one, chosen) == wanted), draws[0])
        return draw.lines(adapter, finding)

    return draws[0].check("distribution", run, lines)


def _fans_key(draw: Draw, chosen: Sequence[str]) -> str:
    return "/".join(["fans", *(str(draw.parameters[name]) for name in chosen), draw.layer])


def _fan_findings(
    kernels: Sequence[tuple[str, diagnosis.Measured, bool]],
    found: Mapping[str, goodness.Verdict],
) -> Iterator[Finding]:
    """Yield a finding for each kernel that failed, with the slip that explains all of one mode."""
    if not any(failed for _, _, failed in kernels):
        return
    common = diagnosis.slip_of_fans([kernel for _, kernel, _ in kernels])
    ratios = [kernel.deviation / kernel.draw.distribution.std() for _, kernel, _ in kernels]
    # A factor that all kernels share is no matter of the fans, one of a single kernel is.
    shared = max(ratios) < 1.04 * min(ratios)
    for name, kernel, failed in kernels:
        if not failed:
            continue
        right = float(kernel.draw.distribution.std())
        slip = common or (
            diagnosis.scale(kernel.draw, kernel.deviation, kernel.size)
            if shared
            else f"the scale is {kernel.deviation / right:.5g} times the right one"
        )
        yield Finding(
            key=f"fans/{name.replace(' ', '/')}",
            kind="definition",
            defect="fans",
            sentence=f"{name} kernel of shape {kernel.shape}: {slip} "
            f"(standard deviation {kernel.deviation:.4g}, expected {right:.4g})",
            points=kernel.size,
            worst=Witness.figure(
                f"standard deviation of {kernel.shape}",
                kernel.deviation,
                right,
                error=found[name.replace(" ", "_")].statistic,
                measure="w.std()",
            ),
            looks_like="" if slip.startswith("the scale is") else slip,
        )


def _defaults(entry: Initializer) -> Check:
    draw = Draw(entry, "defaults", "float32", _DEFAULTS, {})
    stated = {name: parameter.default for name, parameter in entry.parameters.items()}

    def run(adapter: Adapter) -> Outcome:
        binding = bindings(entry).get(adapter.family, Binding())
        if binding.required:
            missing = ", ".join(binding.required)
            raise NotOffered(f"{binding.function} has no default for {missing}")
        drawn = draw.run(adapter)
        if bad := judges.nonfinite(drawn):
            return bad
        wrong = _objection(draw, adapter, drawn)
        if wrong is None:
            return Outcome(conforms=True, message=f"draws at {_listed(stated)}")
        # The binding may know what the backend's defaults are instead.
        theirs = replace(draw, assumed=binding.defaults)
        known = binding.defaults and _objection(theirs, adapter, drawn) is None
        reason = f"but at {_listed(binding.defaults)}" if known else f"({wrong.message})"
        finding = Finding(
            key="defaults",
            kind="definition",
            defect="defaults",
            sentence=f"called without parameters it does not draw at {_listed(stated)} {reason}",
            worst=wrong.witness,
            data={**(binding.defaults if known else {}), **_sampled(wrong)},
            looks_like=_listed(binding.defaults) if known else "",
        )
        return Outcome.diverging([finding], measured=wrong.measured)

    return draw.check("parameters", run)


def _sampled(outcome: Outcome) -> dict[str, float]:
    """Return of how many tensors the worst finding of an outcome is, and which."""
    told = next((one.data for one in outcome.findings if one.worst == outcome.witness), {})
    return {name: float(told[name]) for name in ("tensors", "later") if name in told}


def _objection(draw: Draw, adapter: Adapter, drawn: Array) -> Outcome | None:
    """Return the first judgement against a draw, if there is one."""
    if isinstance(draw.entry.distribution, Constant):
        outcomes = [judges.constant(draw, drawn)]
    else:

        def sample(stage: int) -> Sample:
            places = range(2 * stage, 2 * stage + 2)
            tensors = (draw.run(adapter, later=place) for place in places)
            return Sample(tensors, Standard(draw.distribution), draw.dtype)

        outcomes = [judges.tested(draw, sample, about) for about in ("moments", "distribution")]
    return next((outcome for outcome in outcomes if not outcome.conforms), None)


def _listed(parameters: Mapping[str, float]) -> str:
    return ", ".join(f"{name} = {value:g}" for name, value in parameters.items())
