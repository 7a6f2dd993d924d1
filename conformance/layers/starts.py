"""The check of what a layer starts with when nobody says anything."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit import spec
from actinit.adapters import Adapter, NotOffered, Tensor
from actinit.spec import Initializer, Layer, evaluate
from actinit.spec.distributions import Constant, Orthogonal

from ..check import Check, Finding, Outcome, Witness
from ..formats import FORMATS
from ..initializers import distributions, goodness, judges, matrices
from ..initializers.diagnosis import kernels as named_kernels
from ..initializers.figures import of_draws
from ..initializers.plan import DOUBT, LARGER, settled, stage_of
from ..initializers.standard import Standard
from . import diagnosis
from .weights import DTYPE, Weights

__all__ = ["check"]

Array = NDArray[Any]
# Enough to see a scale that is off by 3 %: 4.4 standard errors, and half of that again.
_WEIGHTS = 2**15
# Of a bias there are few in a layer.
_MOST_LAYERS = 1024


def check(entry: Layer, weight: str) -> Check:
    """Return the check of one weight's start: ``layer/conv2d/kernel/start``."""
    told = Weights(entry, f"{weight}/start", weight)

    def run(adapter: Adapter) -> Outcome:
        tensor = told.tensor(adapter)
        if tensor.start is None:
            raise NotOffered(f"{adapter.name} has no layers, so it starts none")
        start = spec.initializers[tensor.start.initializer]
        names = _names(told, tensor, start)
        if isinstance(start.distribution, Orthogonal):
            return _orthogonal(told, adapter)
        if isinstance(start.distribution, Constant):
            return _constant(told, adapter, distributions.distribution_of(start, names).mean())
        return _random(told, adapter, start, names)

    # What a framework says that its layer starts with is a matter of its binding, not of the spec.
    clause = f"adapters/*/bindings.toml [layers.{entry.name}.weights.{weight}]"
    return replace(told.check(f"weights.{weight}", run), clause=clause)


def _names(told: Weights, tensor: Tensor, start: Initializer) -> dict[str, float | str]:
    """Return a value for each name in the formulas of the distribution that a layer starts with."""
    assert tensor.start is not None
    sizes, weight = told.entry.examples, told.entry.weights[told.weight]
    found = distributions.defaults(start) | dict(tensor.start.choices)
    for name, expression in tensor.start.parameters.items():
        found[name] = evaluate(expression, sizes)
    reads = tensor.reads or weight
    for name in ("fan_in", "fan_out"):
        if (fan := getattr(reads, name)) is not None:
            found[name] = evaluate(fan, sizes)
    return found


def _kernels(told: Weights, adapter: Adapter, stage: int) -> list[Array]:
    """Return the weight in so many layers as it takes."""
    layers = told.layers(adapter, later=stage)
    first = told.meant(adapter, next(layers))
    count = min(_MOST_LAYERS, -(-_WEIGHTS // first.size)) * LARGER**stage
    return [first, *(told.meant(adapter, drawn) for drawn in islice(layers, count - 1))]


def _constant(told: Weights, adapter: Adapter, value: float) -> Outcome:
    first, second = islice(told.layers(adapter), 2)
    drawn = np.stack([told.meant(adapter, first), told.meant(adapter, second)])
    return judges.equal_to(DTYPE.type(value), drawn)


def _orthogonal(told: Weights, adapter: Adapter) -> Outcome:
    kernel = told.meant(adapter, next(told.layers(adapter))).astype(np.float64)
    matrix = kernel.reshape(-1, kernel.shape[-1])
    roundoff = float(np.finfo(DTYPE).eps) / 2
    # Whether no direction is preferred is asked of the initializer itself.
    defect = matrices.defect(matrix, 1.0)
    granted = matrices.granted(matrix.shape, roundoff, roundoff)
    # A permutation is orthogonal too; no rotation has a weight that is 0.
    zeros = int(np.count_nonzero(kernel == 0))
    if zeros and defect <= granted:
        same = np.array_equal(matrix, np.eye(*matrix.shape))
        cause = "the identity" if same else "a matrix of few weights, not a random rotation"
        eye = Finding(
            key="zeros",
            kind="distribution",
            defect="orthogonality",
            sentence=f"{zeros:,} of {kernel.size:,} weights are 0, which no random rotation has; "
            f"this looks like: {cause}",
            count=zeros,
            points=kernel.size,
            worst=Witness.figure("weights that are 0", zeros, 0, measure="(w == 0).sum()"),
            looks_like=cause,
        )
        return Outcome.diverging([eye], measured={"n": kernel.size, "defect": defect})
    message = f"the largest entry of Q^T Q - 1 is {defect:.3g}; roundings explain {granted:.3g}"
    measured: dict[str, float] = {"n": kernel.size, "defect": defect}
    if defect <= granted:
        return Outcome(conforms=True, message=message, measured=measured)
    cause = named_kernels.orthogonal(matrix, 1.0)
    finding = Finding(
        key="orthogonality",
        kind="distribution",
        defect="orthogonality",
        sentence=f"{message}{f'; this looks like: {cause}' if cause else ''}",
        looks_like=cause,
        worst=Witness.figure(
            "largest entry of Q^T Q - 1",
            defect,
            0.0,
            error=defect / granted,
            measure="abs((m := w.reshape(-1, w.shape[-1])).T @ m - np.eye(w.shape[-1])).max()",
        ),
    )
    return Outcome.diverging([finding], measured=measured)


def _random(
    told: Weights, adapter: Adapter, start: Initializer, names: dict[str, float | str]
) -> Outcome:
    distribution = distributions.distribution_of(start, names)
    first = np.stack(_kernels(told, adapter, 0)).astype(np.float64)
    if bad := judges.nonfinite(first):
        return bad
    low, high = (FORMATS[DTYPE.name].dtype.type(bound) for bound in distribution.support())
    outside = int(np.count_nonzero((first < low) | (first > high)))

    def at_stage(stage: int) -> Array:
        return first if stage == 0 else np.stack(_kernels(told, adapter, stage)).astype(np.float64)

    again = _repeated(told, adapter, first, distribution)

    def tests(stage: int) -> dict[str, goodness.Verdict]:
        drawn = at_stage(stage)
        return {
            "distribution": goodness.kolmogorov_smirnov(drawn, distribution),
            "mean": goodness.mean(drawn, distribution),
            "variance": goodness.variance(drawn, distribution),
        }

    found, failing = settled(tests)
    expected = f"expected {start.name}, {distributions.describe(start, names)}"
    measured = {"n": first.size, "outside": outside, **judges.figures(found)}
    findings = [again] if again else []
    cause = diagnosis.initial(first, start, names) if failing or outside else ""
    like = f"; this looks like: {cause}" if cause else ""
    if outside:
        findings.append(
            Finding(
                key="bounds",
                kind="distribution",
                defect="bounds",
                sentence=f"{expected}; {outside:,} of {first.size:,} weights are outside its "
                f"bounds{like}",
                looks_like=cause,
                count=outside,
                points=first.size,
                worst=_furthest(first, float(low), float(high)),
                data={"layers": len(first)},
            )
        )
    if failing:
        worst = ", ".join(f"{name} (p = {test.p:.1g})" for name, test in failing.items())
        text = (
            f"{expected}; {first.size:,} weights of {len(first)} layers have mean "
            f"{first.mean():.6g} and standard deviation {first.std():.6g}: {worst}{like}"
        )
        drawn = at_stage(stage_of(found, failing))
        figures = {
            name: of_draws(name, drawn, distribution, test) for name, test in failing.items()
        }
        findings += judges.by_test(
            failing, "distribution", "initial", text, figures, cause, layers=len(drawn)
        )
    if findings:
        return Outcome.diverging(findings, findings[0].sentence, measured=measured)
    return Outcome(
        conforms=True,
        message=f"{first.size:,} weights of {len(first)} layers follow {start.name}: "
        f"{distributions.describe(start, names)}",
        measured=measured,
    )


def _repeated(told: Weights, adapter: Adapter, first: Array, distribution: Any) -> Finding | None:
    """Object to weights of the first layer that are the same more often than chance has it."""
    kernel = first[0]
    distinct = np.unique(kernel).size
    pairs = kernel.size * (kernel.size - 1) / 2
    expected = pairs * Standard(distribution).agreement(FORMATS[DTYPE.name])
    # Chance alone, in a test that is not made again: as rare as two tests in doubt.
    if goodness.at_least(kernel.size - distinct, expected).p >= DOUBT**2:
        return None
    cause = diagnosis.repeated(kernel, told.tensor(adapter).layout.index("o"))
    return Finding(
        key="repeated",
        kind="independence",
        defect="repeated",
        sentence=f"of {kernel.size:,} weights of a layer only {distinct:,} are different: {cause}",
        count=kernel.size - distinct,
        points=kernel.size,
        worst=Witness.figure(
            "weights that are another one again",
            kernel.size - distinct,
            0,
            measure="w[0].size - np.unique(w[0]).size",
        ),
        looks_like=cause,
    )


def _furthest(drawn: Array, low: float, high: float) -> Witness:
    """Return the weight that is furthest outside bounds, beside the bound that it should obey."""
    least, greatest = float(drawn.min()), float(drawn.max())
    if low - least > greatest - high:
        return Witness.figure("least weight", least, low, measure="w.min()")
    return Witness.figure("greatest weight", greatest, high, measure="w.max()")
