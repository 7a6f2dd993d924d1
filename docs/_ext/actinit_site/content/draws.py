"""Initializers on their pages: scales by kind of layer, what was drawn, and what would be seen."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from actinit import spec
from actinit.adapters import bindings, frameworks
from actinit.conformance import initializers as statistics
from actinit.conformance.initializers.distributions import defaults, distribution_of
from actinit.conformance.initializers.plan import THOROUGH
from actinit.conformance.published.power import FAULTS
from actinit.conformance.results.power import PowerRow
from actinit.spec import Initializer
from actinit.spec.distributions import Chosen, Normal, TruncatedNormal, Uniform

from ..results import Measured, Results
from .kinds import numbers

__all__ = ["Drawn", "Scale", "Seen", "bounded", "drawn", "modes", "scales", "seen"]

#: What SciPy calls the distributions that entries have.
_KINDS = {Normal: "norm", Uniform: "uniform", TruncatedNormal: "truncnorm"}
_SIMULATED = {
    "norm": "a normal distribution",
    "uniform": "a uniform distribution",
    "truncnorm": "a normal distribution cut at two standard deviations",
    "": "rotations",
}


@dataclass(frozen=True)
class Scale:
    """An initializer in a layer of some kind, at the sizes of its example."""

    layer: str
    weight: str
    kept: list[tuple[str, tuple[int, ...], list[str]]]  #: Layout, shape, and who keeps it so.
    fans: tuple[int, int]
    drawn: list[tuple[float, float]]  #: For each mode the standard deviation and the upper bound.

    @property
    def plain(self) -> bool:
        """Whether it is one of the kinds that the fans were named for."""
        return self.layer in frameworks()["numpy"].layouts


def modes(entry: Initializer) -> list[tuple[str, str]]:
    """Return the choice that means a fan with each of its options, or nothing."""
    return [
        (name, option)
        for name, choice in entry.choices.items()
        if choice.options
        for option in choice.options
    ]


def scales(entry: Initializer) -> Iterator[Scale]:
    """Yield an initializer in each kind of layer whose weights have fans, at its defaults."""
    chosen = [dict([mode]) for mode in modes(entry)] or [{}]
    for layer in spec.layers.values():
        for weight, rule in layer.weights.items():
            if not rule.fan_in:
                continue
            fans = numbers(layer, weight)
            sizes = {"fan_in": float(fans[0]), "fan_out": float(fans[1])}
            distributions = [
                distribution_of(entry, {**defaults(entry), **mode, **sizes}) for mode in chosen
            ]
            kept: dict[tuple[str, tuple[int, ...]], list[str]] = {}
            for key, binding in bindings(layer).items():
                if weight in binding.weights:
                    tensor = binding.weights[weight]
                    shape = tensor.dimensions(layer.examples)
                    title = frameworks()[key].title.partition(" (")[0]
                    kept.setdefault((tensor.layout, shape), []).append(title)
            yield Scale(
                layer=layer.name,
                weight=weight,
                kept=[(layout, shape, who) for (layout, shape), who in kept.items()],
                fans=fans,
                drawn=[(float(one.std()), float(one.support()[1])) for one in distributions],
            )


def bounded(entry: Initializer) -> bool:
    """Say whether the weights of a distribution that uses fans have bounds."""
    return all(math.isfinite(bound) for one in scales(entry) for _, bound in one.drawn)


@dataclass(frozen=True)
class Drawn:
    """What a backend drew, held against the distribution."""

    backend: str
    option: str  #: Of the choice between distributions, if the entry has one.
    moments: Measured
    shape: Measured | None

    def figure(self, name: str) -> float:
        """Return a figure of the moments; nan if it was not taken down."""
        outcome = self.moments.result.outcome
        return outcome.measured.get(name, math.nan) if outcome else math.nan

    @property
    def distance(self) -> tuple[float, float] | None:
        """Kolmogorov and Smirnov's distance, with its p-value."""
        found = self.shape.result.outcome if self.shape else None
        if not found or "kolmogorov_smirnov" not in found.measured:
            return None
        return found.measured["kolmogorov_smirnov"], found.measured["kolmogorov_smirnov_p"]


def drawn(results: Results, entry: Initializer, dtype: str = "float32") -> list[Drawn]:
    """Return what each backend drew in a format, distribution by distribution."""
    by_id = {(one.report.backend, one.result.id): one for one in results.of(entry)}
    found = []
    for option in entry.distribution.among if isinstance(entry.distribution, Chosen) else ("",):
        path = "/".join(filter(None, ("initializer", entry.name, option, dtype)))
        for (backend, id), one in by_id.items():
            if id == f"{path}/moments" and one.result.outcome:
                shape = by_id.get((backend, f"{path}/distribution"))
                found.append(Drawn(backend, option, one, shape))
    return found


@dataclass(frozen=True)
class Seen:
    """A fault that the tests of an initializer are meant to see."""

    row: PowerRow
    on: str  #: The distribution that it was simulated on.


def seen(results: Results, entry: Initializer) -> list[Seen]:
    """Return the faults that an entry's checks are meant to see, with how surely they do.

    A fault of a cut is for distributions that are cut, one of the shape or of the far tails for
    distributions of that shape; the others were simulated on one distribution and stand for all.
    """
    checks = statistics.checks(entry, THOROUGH)
    asked = {word for check in checks for word in check.id.split("/")[2:]}
    distributions = (
        entry.distribution.among.values()
        if isinstance(entry.distribution, Chosen)
        else [entry.distribution]
    )
    mine = {_KINDS.get(type(one), "") for one in distributions}
    kinds = {
        fault.what: fault.distribution.dist.name if fault.distribution else "" for fault in FAULTS
    }
    found = []
    for row in results.power.rows if results.power else ():
        kind = kinds.get(row.fault)
        special = kind == "truncnorm" or row.check in ("distribution", "stream")
        if kind is not None and row.check in asked and (kind in mine or not special):
            found.append(Seen(row, _SIMULATED[kind]))
    return found
