"""The checks that kernels have nothing to do with each other: within a layer, and between two.

The rule is that of the initializers: what is not asked for by the same seed twice is independent.
Two layers of one program are not the same one again, and neither are a layer's query and its key;
that an initializer with a seed of its own was handed to both is no wish for equal weights.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit import spec
from actinit.adapters import Adapter, NotOffered, Start
from actinit.spec import Initializer, Layer
from actinit.spec.distributions import Constant

from ..check import Check, Finding, Outcome, Witness
from ..initializers import judges
from ..initializers.figures import coefficient
from ..initializers.goodness import Verdict, correlation
from ..initializers.plan import settled
from ..snippets.layers import building
from ..snippets.weights import figure_lines
from .weights import Weights

__all__ = ["checks"]

Array = NDArray[Any]


def checks(entry: Layer) -> Iterator[Check]:
    """Yield ``layer/dense/apart`` and ``layer/dense/shared``.

    The first builds layers as they come, the second from one initializer object, or generator. That
    two layers share one is asked of the dense layer alone, which stands for all; that the kernels
    of one layer do, of those that have several.
    """
    fans = [weight.fan_in.text for weight in entry.weights.values() if weight.fan_in]
    if fans:
        yield _check(entry, "apart", None)
    if entry.name == "dense" or len(set(fans)) < len(fans):
        yield _check(entry, "shared", spec.initializers["lecun_uniform"])


def _check(entry: Layer, path: str, start: Initializer | None) -> Check:
    told = Weights(entry, path)

    def run(adapter: Adapter) -> Outcome:
        if start is not None and not adapter.layer_binding(entry).layer:
            raise NotOffered(f"{adapter.name} has no layers that could share an initializer")
        kernels = _kernels(told, adapter, start, 0)
        if bad := judges.nonfinite(*kernels.values()):
            return bad
        pairs = [
            (one, other)
            for one, other in combinations(kernels, 2)
            if kernels[one].shape == kernels[other].shape
        ]
        alike: dict[bytes, list[str]] = {}
        for name, kernel in kernels.items():
            alike.setdefault(kernel.tobytes(), []).append(name)
        if equal := [names for names in alike.values() if len(names) > 1]:
            finding = Finding(
                key="apart/equal",
                kind="independence",
                defect="equal",
                sentence=f"equal, bit for bit: {'; '.join(map(_listed, equal))}",
                count=len(kernels) - len(alike),
                points=len(kernels),
                worst=Witness.figure(
                    "weights that are equal",
                    kernels[equal[0][0]].size,
                    0,
                    measure=f"({_variable(equal[0][0])} == {_variable(equal[0][1])}).sum()",
                ),
                data={"equal": "; ".join(map(_listed, equal))},
                looks_like="the same tensor again",
            )
            measured: dict[str, float] = {"kernels": len(kernels), "different": len(alike)}
            return Outcome.diverging([finding], measured=measured)

        def tests(stage: int) -> dict[str, Verdict]:
            drawn = _kernels(told, adapter, start, stage)
            return {
                f"{one} and {other}": correlation(
                    drawn[one].astype(np.float64), drawn[other].astype(np.float64)
                )
                for one, other in pairs
            }

        found, failing = settled(tests)
        text = ", ".join(f"{pair} (p = {test.p:.1g})" for pair, test in failing.items())
        measured = {
            "pairs": len(pairs),
            "least_p": min((test.p for test in found.values()), default=1.0),
        }
        if failing:
            message = f"correlated: {text}"
            worst = {
                f"{one} and {other}": coefficient(
                    failing[f"{one} and {other}"].statistic,
                    kernels[one].size,
                    f"np.corrcoef({_variable(one)}.ravel(), {_variable(other)}.ravel())[0, 1]",
                )
                for one, other in pairs
                if f"{one} and {other}" in failing
            }
            findings = judges.by_test(failing, "independence", "apart", message, worst)
            return Outcome.diverging(findings, message, measured=measured)
        message = f"{len(found)} pairs are unrelated"
        return Outcome(conforms=True, message=message, measured=measured)

    def lines(adapter: Adapter, finding: Finding | None) -> str:
        built = building(adapter, entry, told.seed, start)
        names = [name for name in built.names if entry.weights[name].fan_in]
        text = f"{built.lines}\n\nfirst, second = build(), build()\n"
        for layer in ("first", "second"):
            for name in names:
                text += f"{_place(name, layer)} = {built.weight(layer, name)}\n"
        return text + figure_lines(finding)

    return told.check("weights", run, lines)


def _place(name: str, layer: str) -> str:
    """Return the name that a kernel has in lines to paste."""
    return f"{name}_{layer}"


def _variable(kernel: str) -> str:
    """Return the variable for a kernel that a message calls "query of the first layer"."""
    name, _, layer = kernel.partition(" of the ")
    return _place(name, layer.removesuffix(" layer"))


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _kernels(
    told: Weights, adapter: Adapter, start: Initializer | None, stage: int
) -> dict[str, Array]:
    """Return the kernels of two layers, by name and layer."""
    tensors = adapter.layer_binding(told.entry).weights
    layers = told.layers(adapter, later=stage, start=start)
    found = {}
    for place in ("first", "second"):
        drawn = next(layers)
        for name in drawn:
            if told.entry.weights[name].fan_in and not _is_constant(tensors[name].start):
                found[f"{name} of the {place} layer"] = told.meant(adapter, drawn, name)
    return found


def _is_constant(start: Start | None) -> bool:
    return start is not None and isinstance(
        spec.initializers[start.initializer].distribution, Constant
    )
