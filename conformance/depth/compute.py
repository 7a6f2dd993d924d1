"""Every activation from every initialization, a hundred layers deep.

``actinit depth`` simulates all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from actinit import spec
from actinit.adapters import bindings, frameworks, load
from actinit.adapters.propagation import Carried, Network
from actinit.reference import activations as functions

from ..expected.defaults import has_slope
from ..known.causes import causes
from ..results.depth import Agreement, DepthReport, Pair, Theory
from ..results.machine import this_machine
from . import compare, theory
from .judge import FACTOR, fate, leaves_float32
from .network import made, reference
from .starts import STARTS, Start, own_gain

__all__ = ["Plan", "backends", "compute", "joined", "odd", "simulated"]

Floats = NDArray[np.float64]
_Carry = Callable[[Network], Carried]
_DIGITS = 5
# Where a function that grows no faster than a line has a slope that does not grow.
_FAR = np.array([-1e300, -1e30, 1e30, 1e300])
# What a network is made of, so that a known divergence of these may show in it.
_ASKED = {"float64/value/ulp", "float64/derivative/ulp"}


@dataclass(frozen=True)
class Plan:
    """What is simulated; by default, what the site shows.

    Attributes
    ----------
    depth, width, batch : int
        Layers; units in each; examples.
    seed : int
        Decides weights, inputs and the gradient at the top.
    """

    depth: int = 100
    width: int = 256
    batch: int = 32
    seed: int = 7

    @property
    def depths(self) -> list[int]:
        """The layers to tell of."""
        marks = {1, 2, 3, 5, *range(10, self.depth + 1, 10), self.depth}
        return sorted(mark for mark in marks if mark <= self.depth)


def backends() -> list[str]:
    """Return the backends that can carry a signal through deep networks."""
    return [name for framework in frameworks().values() for name in framework.depth]


def simulated() -> list[str]:
    """Return the activations that signals are carried through: those of one number but for some.

    A function that grows faster than a line has no deep network without normalization. The size of
    its signal is taken to a power in each layer, and within some ten it is beyond float64 or below.
    One whose slope is 0 wherever it has one carries no gradient.
    """
    return [
        name
        for name, entry in spec.activations.items()
        if entry.shape == "elementwise"
        and _is_bounded(functions[name].derivative(_FAR))
        and has_slope(entry)
    ]


def _is_bounded(slopes: Floats) -> bool:
    """Say whether no slope far out is larger than one that is less far."""
    farthest, far = np.abs(slopes[[0, 3]]), np.abs(slopes[[1, 2]])
    return bool((farthest <= far).all() and np.isfinite(farthest).all())


def compute(
    plan: Plan, asked: Sequence[str], activations: Sequence[str] | None = None
) -> DepthReport:
    """Simulate, and hold each backend against the reference.

    Parameters
    ----------
    plan : Plan
        How large.
    asked : sequence of str
        Of `backends`.
    activations : sequence of str, optional
        Of `simulated`; by default all.

    Raises
    ------
    ImportError
        If the framework of a backend is not installed.
    """
    carriers = {name: load(name) for name in asked}
    versions = {name: version(name) for name in ("numpy", "scipy")}
    for adapter in carriers.values():
        versions |= adapter.versions()
    names = activations or simulated()
    pairs = []
    for start in [*STARTS.values(), None]:
        # Drawn once for all activations, but for the gain that is their own.
        drawn = start and list(start.kernels(plan.width, plan.depth, plan.seed))
        for name in names:
            mine = start or own_gain(name)
            kernels = drawn or list(mine.kernels(plan.width, plan.depth, plan.seed))
            have = {
                backend: adapter.propagate
                for backend, adapter in carriers.items()
                if adapter.family in bindings(spec.activations[name])
            }
            pairs.append(_pair(plan, name, mine, kernels, have))
    pairs.sort(key=lambda pair: names.index(pair.activation))
    return DepthReport(
        versions=versions, machine=this_machine(),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        width=plan.width, batch=plan.batch, seed=plan.seed, factor=FACTOR, depths=plan.depths,
        pairs=pairs,
    )  # fmt: skip


def joined(before: DepthReport, more: DepthReport) -> DepthReport:
    """Return an earlier report with the activations of a later one, added or simulated anew.

    Raises
    ------
    ValueError
        If they are of other networks, backends or versions, so that one file cannot say both.
    """
    for what in ("versions", "width", "batch", "seed", "factor", "depths"):
        old, new = getattr(before, what), getattr(more, what)
        if old != new:
            raise ValueError(
                f"the earlier result has the {what} {old}, here it is {new}; simulate all "
                "activations: leave out --activations"
            )
    anew = {pair.activation for pair in more.pairs}
    elsewhere = {name: machine for name, machine in before.elsewhere.items() if name not in anew}
    if before.machine != more.machine:
        elsewhere |= dict.fromkeys(sorted(anew), more.machine)
    kept = [pair for pair in before.pairs if pair.activation not in anew]
    pairs = sorted([*kept, *more.pairs], key=lambda pair: pair.activation)
    return replace(
        more, machine=before.machine, pairs=pairs, elsewhere=dict(sorted(elsewhere.items()))
    )


def _pair(
    plan: Plan, activation: str, start: Start, kernels: list[Floats], carries: Mapping[str, _Carry]
) -> Pair:
    network = made(activation, kernels, plan.batch, plan.seed)
    carried, life = reference(network)
    gain = start.gain(plan.width)
    expected = theory.predicted(activation, gain, plan.depth, plan.width) if gain else None
    upward = carried.gradients[::-1]
    # At a kink any number between both slopes is right, and so are gradients that differ.
    parts = compare.PARTS[:2] if _stands_at_a_kink(activation, carried) else compare.PARTS

    def shown(values: Floats) -> list[float]:
        return [_rounded(values[depth - 1]) for depth in plan.depths]

    def roots(squares: Floats) -> list[float]:
        return shown(np.sqrt(squares))

    return Pair(
        activation=activation, start=start.name, gain=_rounded(gain),
        sums=roots(carried.sums), outputs=roots(carried.outputs),
        gradients=roots(carried.gradients), dead=shown(life.dead),
        alike=[None if np.isnan(one) else one for one in shown(life.alike)],
        signal=fate(carried.sums), signal_factor=_factor(carried.sums),
        gradient=fate(upward), gradient_factor=_factor(upward),
        signal_leaves_float32=leaves_float32(carried.outputs),
        gradient_leaves_float32=leaves_float32(upward),
        theory=Theory(
            outputs=roots(expected.squares.outputs), gradients=roots(expected.squares.gradients),
            strays=_rounded(theory.strays(carried, expected)),
        ) if expected else None,
        agreements=[
            _agreement(activation, name, compare.apart(carried, carry(network), plan.width, parts))
            for name, carry in carries.items()
        ],
    )  # fmt: skip


def _stands_at_a_kink(activation: str, carried: Carried) -> bool:
    entry = spec.activations[activation]
    told = {name: parameter.default for name, parameter in entry.parameters.items()}
    kinks = [
        spec.evaluate(kink.at, told)
        for kink in entry.derivative.kinks
        if kink.when is None or spec.holds(kink.when, told)
    ]
    return 0.0 in kinks and not carried.sums.any()


def _agreement(activation: str, backend: str, found: compare.Apart) -> Agreement:
    listed = [
        cause.what
        for cause in causes().values()
        if "accuracy" in cause.kinds
        and any(cause.concerns(f"activation/{activation}", asked, backend) for asked in _ASKED)
    ]
    return Agreement(
        backend=backend, part=found.part, layer=found.layer, agrees=found.agrees,
        difference=_rounded(found.difference), allowed=_rounded(found.allowed),
        largest=_rounded(found.largest), listed=listed[0] if listed else None,
    )  # fmt: skip


def _factor(squares: Floats) -> float:
    first, last = squares[[0, -1]]
    return _rounded(math.sqrt(last / first)) if last else 0.0


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def odd(report: DepthReport) -> list[str]:
    """Say what is further apart than is allowed, a line each."""
    found = []
    for pair in report.pairs:
        what = f"{pair.activation} from {pair.start}"
        found += [
            f"{what}: {one.part} of layer {one.layer} in {one.backend} are off by "
            f"{one.difference:.2g}, allowed are {one.allowed:.2g}"
            for one in pair.agreements
            if not one.agrees and not one.listed
        ]
        if pair.theory and pair.theory.strays > 1:
            found.append(f"{what}: {pair.theory.strays:.2g} times as far from theory as allowed")
    return found
