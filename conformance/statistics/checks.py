"""The checks of an initializer: its law, moments, bounds, fans, seeds and defaults."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter, NotOffered
from actinit.spec import Binding, Initializer
from actinit.spec.laws import Constant, Normal

from ..checks.base import Check, Outcome
from ..formats import FORMATS
from . import diagnosis, goodness, judges
from .draws import Draw
from .laws import uses_fans

__all__ = ["checks"]

Array = NDArray[Any]
Judge = Callable[[Draw, Array], Outcome]

# 2**20 weights; square, so that a swap of the fans shows in the check of the fans alone.
_MANY = {"i": 1024, "o": 1024}
# 2**22 weights: a leak of one in 200,000 is missed with a probability below 1e-9.
_MORE = {"i": 2048, "o": 2048}
# Enough to tell equal from unequal and to see a correlation of 3 %.
_FEW = {"i": 256, "o": 256}
# Every size differs from every other, so that no two readings of a shape give the same fans.
_KERNELS = {
    "dense": {"i": 784, "o": 128},
    "conv1d": {"w": 5, "i": 48, "o": 160},
    "conv2d": {"h": 3, "w": 5, "i": 32, "o": 96},
    "conv3d": {"d": 2, "h": 3, "w": 5, "i": 16, "o": 48},
}
# Values for parameters that no backend has as a default, so that one that is ignored shows.
_TOLD = {"value": 0.1, "minval": -0.1, "maxval": 0.7, "mean": 0.3, "stddev": 0.2}


def checks(entry: Initializer) -> Iterator[Check]:
    """Yield the checks of an initializer.

    Parameters
    ----------
    entry : Initializer
        The entry.

    Yields
    ------
    Check
        With ids such as ``initializer/he_normal/float32/moments``.
    """

    def one_draw(name: str, dtype: str, sizes: Mapping[str, int], judge: Judge) -> Check:
        return _judged(_draw(entry, f"{dtype}/{name}", dtype, sizes), judge)

    if isinstance(entry.law, Constant):
        for dtype in FORMATS:
            yield one_draw("distribution", dtype, _FEW, judges.constant)
    else:
        for dtype in ("float32", "float64"):
            yield one_draw("distribution", dtype, _MANY, judges.distribution)
            yield one_draw("moments", dtype, _MANY, judges.moments)
        if not isinstance(entry.law, Normal):
            for dtype in FORMATS:
                yield one_draw("bounds", dtype, _MORE, judges.bounds)
        if uses_fans(entry):
            yield _fans(entry)
        yield _seeds(entry)
    if entry.parameters:
        yield _defaults(entry)


def _draw(entry: Initializer, path: str, dtype: str, sizes: Mapping[str, int]) -> Draw:
    told = {name: _TOLD[name] for name in entry.parameters}
    return Draw(entry, path, dtype, sizes, told)


def _judged(draw: Draw, judge: Judge) -> Check:
    """Return the check that one draw pleases a judge."""

    def run(adapter: Adapter) -> Outcome:
        drawn = draw.run(adapter)
        return judges.nonfinite(drawn) or judge(draw, drawn)

    return draw.check("law", run)


def _fans(entry: Initializer) -> Check:
    draws = [Draw(entry, "fans", "float32", sizes, {}, layer) for layer, sizes in _KERNELS.items()]

    def run(adapter: Adapter) -> Outcome:
        tests, wrong = {}, []
        for draw in draws:
            drawn = draw.run(adapter)
            if bad := judges.nonfinite(drawn):
                return bad
            sample = drawn.astype(np.float64)
            test = tests[draw.layer] = goodness.variance(sample, draw.law)
            if not test.good:
                wrong.append(
                    f"{draw.layer} kernel of shape {drawn.shape}: {diagnosis.scale(draw, sample)} "
                    f"(standard deviation {sample.std():.4g}, expected {draw.law.std():.4g})"
                )
        return Outcome(
            conforms=not wrong,
            kind="definition" if wrong else None,
            message="; ".join(wrong) or f"right for {', '.join(tests)}",
            measured=judges.figures(tests),
        )

    return draws[0].check("law", run)


def _seeds(entry: Initializer) -> Check:
    draw = _draw(entry, "seed", "float32", _FEW)

    def run(adapter: Adapter) -> Outcome:
        # The other seed in between, so that a seed that counts only the first time shows.
        first, other, again = draw.run(adapter), draw.run(adapter, later=1), draw.run(adapter)
        return judges.nonfinite(first, other, again) or judges.seeds(first, other, again)

    return draw.check("law", run)


def _defaults(entry: Initializer) -> Check:
    draw = Draw(entry, "defaults", "float32", _MANY, {})
    stated = {name: parameter.default for name, parameter in entry.parameters.items()}

    def run(adapter: Adapter) -> Outcome:
        binding = entry.backends.get(adapter.family, Binding())
        if binding.required:
            missing = ", ".join(binding.required)
            raise NotOffered(f"{binding.function} has no default for {missing}")
        drawn = draw.run(adapter)
        if bad := judges.nonfinite(drawn):
            return bad
        wrong = _objection(draw, drawn)
        if wrong is None:
            return Outcome(conforms=True, message=f"draws at {_listed(stated)}")
        # The entry may know what the backend's defaults are instead.
        theirs = Draw(entry, "defaults", "float32", _MANY, binding.defaults)
        known = binding.defaults and _objection(theirs, drawn) is None
        reason = f"but at {_listed(binding.defaults)}" if known else f"({wrong.message})"
        return Outcome(
            conforms=False,
            kind="definition",
            message=f"called without parameters it does not draw at {_listed(stated)} {reason}",
            measured=wrong.measured,
        )

    return draw.check("parameters", run)


def _objection(draw: Draw, drawn: Array) -> Outcome | None:
    """Return the first judgement against a draw, if there is one."""
    constant = isinstance(draw.entry.law, Constant)
    demands = (judges.constant,) if constant else (judges.moments, judges.distribution)
    outcomes = (judge(draw, drawn) for judge in demands)
    return next((outcome for outcome in outcomes if not outcome.conforms), None)


def _listed(parameters: Mapping[str, float]) -> str:
    return ", ".join(f"{name} = {value:g}" for name, value in parameters.items())
