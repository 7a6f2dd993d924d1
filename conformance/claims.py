"""The article's claims, put to the test: each function computes the figure that decides one.

``python -m actinit.conformance.claims --output FILE`` computes all. A function has the id of its
claim in ``spec/claims/article.toml``; it knows neither sentence nor verdict there, and a test of
the suite holds the one against the other.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Mapping
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from actinit import reference as ref
from actinit.reference import propagation
from actinit.spec.claim import claims

from .parity.problem import Problem, made
from .parity.reference import Reference
from .report import save

__all__ = ["Decided", "Decision", "compute", "deciders", "load", "main"]

SCHEMA_ID = "actinit-claims-1"
OUTPUT = Path("build/results/claims.json")
Verdict = Literal["true", "false", "under conditions"]
_GRID = np.linspace(-700, 700, 1_400_001)
_HE, _GLOROT = math.sqrt(2), 1.0


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What a computation says of a claim."""

    id: str
    verdict: Verdict
    figure: str  #: The figure that decides, in a few words.


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the file."""

    schema: str = SCHEMA_ID
    versions: dict[str, str]
    decisions: list[Decision]


Found = tuple[Verdict, str]
Floats = NDArray[np.float64]


def _holds(always: bool, sometimes: bool = False) -> Verdict:
    return "true" if always else "under conditions" if sometimes else "false"


def sigmoid_slope() -> Found:
    """Look for the greatest and the least slope."""
    slope = ref.sigmoid.derivative(_GRID)
    inside = bool(slope.min() > 0 and slope.max() <= 0.25)
    return _holds(inside), f"from {slope.min():.3g} to {slope.max():.4g} on [-700, 700]"


def tanh_slope() -> Found:
    """Look for the greatest slope, and the least where it is not below the smallest number."""
    grid = np.linspace(-350, 350, 700_001)
    slope = ref.tanh.derivative(grid)
    inside = bool(slope.min() > 0 and slope.max() <= 1)
    return _holds(inside), f"from {slope.min():.3g} to {slope.max():.4g} on [-350, 350]"


def sigmoid_flat() -> Found:
    """Compare the slope at 3, and far out, with the greatest."""
    at_3, far = (float(ref.sigmoid.derivative(z)) / 0.25 for z in (3.0, 30.0))
    # A thousandth of the greatest slope is flat to any eye.
    verdict = _holds(at_3 < 1e-3, far < 1e-3)
    return verdict, f"at 3 the slope is {at_3:.1%} of the greatest, at 30 {far:.1g} of it"


def sigmoid_explodes() -> Found:
    """See whether the slope is ever above 1."""
    greatest = float(ref.sigmoid.derivative(_GRID).max())
    return _holds(greatest > 1), f"a layer's slopes multiply a gradient by {greatest:.4g} at most"


def tanh_over_sigmoid() -> Found:
    """Compare what a gradient keeps in a layer of each, at Glorot's start, once settled."""
    kept = {}
    for name in ("tanh", "sigmoid"):
        q = max(propagation.fixed_point(name, _GLOROT), 1e-8)
        kept[name] = propagation.gradient_factor(name, q, _GLOROT)
    text = ", ".join(f"{name} {factor:.3g}" for name, factor in kept.items())
    return _holds(
        kept["tanh"] > kept["sigmoid"]
    ), f"a layer multiplies a gradient's square by: {text}"


def tanh_centred() -> Found:
    """Take the mean output of inputs with mean 0, and with mean 1."""
    z = np.random.default_rng(0).standard_normal(100_000)
    z -= z.mean()
    centred, shifted = (float(np.tanh(z + mean).mean()) for mean in (0, 1))
    verdict = _holds(abs(shifted) < 0.05, abs(centred) < 0.05)
    return (
        verdict,
        f"mean output {abs(centred):.1g} of inputs with mean 0, {shifted:.2f} with mean 1",
    )


def relu_vanishing() -> Found:
    """Ask for the factor of a gradient's mean square at both starts."""
    he, glorot = (propagation.gradient_factor("relu", 1.0, gain) for gain in (_HE, _GLOROT))
    kept = [abs(factor - 1) < 1e-9 for factor in (he, glorot)]
    return _holds(
        all(kept), any(kept)
    ), f"per layer {he:.3g} with He's start, {glorot:.3g} with Glorot's"


def _small(optimizer: str = "sgd") -> Problem:
    rng = np.random.default_rng(2)
    x = rng.random((256, 8))
    y = (x.sum(axis=1) > 4).astype(int)
    return made(x, y, optimizer, layers=(6, 6, 2), batch=64, epochs=200, seed=5)


def _sums(trainer: Reference, x: Floats) -> Floats:
    """Return what enters the units of the second layer."""
    first, bias, second, shift = trainer.parameters[:4]
    found: Floats = np.maximum(x @ first + bias, 0) @ second + shift
    return found


def dead_units() -> Found:
    """Kill a unit of the second layer, so that it is just so for every example, and train."""
    posed = _small()
    x = np.concatenate([batch for batch, _ in islice(posed.batches(), 4)])
    for unit in range(6):
        trainer = Reference(posed)
        trainer.parameters[3][unit] = -_sums(trainer, x)[:, unit].max() - 0.01
        own = trainer.parameters[2][:, unit].copy()
        for step, (batch, labels) in enumerate(posed.batches()):
            if (trainer.parameters[2][:, unit] != own).any():
                return "false", f"the own weights of unit {unit + 1} moved while it was dead"
            if (_sums(trainer, x)[:, unit] > 0).any():
                return "under conditions", (
                    f"unit {unit + 1} is dead for all {len(x)} examples and its own weights do not "
                    f"move; after {step} steps the layer before has brought it back"
                )
            trainer.step(batch, labels)
    return "true", f"none of 6 dead units came back in {step + 1} steps"


def leaky_revives() -> Found:
    """Look for the least slope."""
    least = float(ref.leaky_relu.derivative(_GRID).min())
    return _holds(least > 0), f"the least slope is {least:g}"


def zeros_learn_nothing() -> Found:
    """Train from zeros and see what has moved."""
    posed = _small()
    posed = Problem([0 * part for part in posed.start], posed.batches, posed.optimizer, posed.rates)
    trainer = Reference(posed)
    for batch, labels in posed.batches():
        trainer.step(batch, labels)
    moved = [bool(part.any()) for part in trainer.parameters]
    names = [f"{'bias' if at % 2 else 'kernel'} {at // 2 + 1}" for at, it in enumerate(moved) if it]
    return _holds(
        not any(moved)
    ), f"of three kernels and biases moved: {', '.join(names) or 'none'}"


def rerun_is_the_same() -> Found:
    """Draw with one seed twice, and with another."""
    first, again, other = (ref.glorot_uniform((784, 128), rng=seed) for seed in (1, 1, 2))
    same = float((first == other).mean())
    verdict = _holds(same == 1)
    text = f"{same:.1%} of the weights are the same with another seed"
    return verdict, f"{text}, {float((first == again).mean()):.0%} with the same"


def variance_is_a_root() -> Found:
    """Draw and take the variance."""
    drawn = ref.glorot_normal((784, 128), rng=0, dtype="float64")
    law = 2 / (784 + 128)
    return _holds(abs(drawn.var() / math.sqrt(law) - 1) < 0.05), (
        f"100,352 weights of a layer from 784 to 128 have variance {drawn.var():.6f}; "
        f"2 / (fan_in + fan_out) is {law:.6f}, its root {math.sqrt(law):.4f}"
    )


def he_for_relu() -> Found:
    """Ask for the factors of variance and gradient at several variances."""
    factors = [
        factor
        for q in (1e-3, 1.0, 1e3)
        for factor in (
            propagation.variance_map("relu", q, _HE) / q,
            propagation.gradient_factor("relu", q, _HE),
        )
    ]
    worst = max(abs(factor - 1) for factor in factors)
    return _holds(worst < 1e-9), f"all factors per layer are 1, to {max(worst, 1e-15):.0e}"


def glorot_for_sigmoid() -> Found:
    """Ask for the factor of a gradient's mean square once the signal has settled."""
    q = propagation.fixed_point("sigmoid", _GLOROT)
    factor = propagation.gradient_factor("sigmoid", q, _GLOROT)
    # A tenth in ten layers would be tolerable.
    return _holds(
        factor**10 > 0.1
    ), f"a gradient's mean square is multiplied by {factor:.3g} per layer"


def large_and_small_starts() -> Found:
    """Ask for the factor at a gain twice, and half, that of He."""
    large, small = (propagation.gradient_factor("relu", 1.0, _HE * f) for f in (2, 0.5))
    return _holds(
        large > 1 > small
    ), f"at twice He's width {large:.3g} per layer, at half of it {small:.3g}"


def sigmoid_code() -> Found:
    """Hold the line as printed against the reference, near and far."""
    with np.errstate(over="ignore"):
        near, far = (1 / (1 + np.exp(-z)) for z in (np.float64(-20), np.float64(-720)))
    right = float(ref.sigmoid(-720.0))
    agrees = abs(near / float(ref.sigmoid(-20.0)) - 1) < 1e-15
    return _holds(
        bool(far == right), bool(agrees)
    ), f"at -720 it gives {far:g}, right is {right:.3g}"


def relu_code() -> Found:
    """Evaluate the line as printed at minus infinity, and near zero."""
    with np.errstate(invalid="ignore"):
        found = [float(z * (z > 0)) for z in (np.float64(-np.inf), np.float64(-1.0))]
    right = [float(ref.relu(z)) for z in (-np.inf, -1.0)]
    return _holds(found == right, found[1] == right[1]), f"at minus infinity it gives {found[0]}"


def leaky_relu_code() -> Found:
    """Hold the line as printed against the reference, the infinities too."""
    z = np.concatenate([_GRID, [-np.inf, np.inf, -0.0, 5e-324, -5e-324]])
    same = np.array_equal(np.maximum(0.01 * z, z), ref.leaky_relu(z))
    return _holds(same), f"the same as the reference at {z.size:,} inputs" if same else "differs"


#: By the id of the claim.
deciders: Mapping[str, Callable[[], Found]] = {
    decide.__name__: decide
    for decide in (
        sigmoid_slope, tanh_slope, sigmoid_flat, sigmoid_explodes, tanh_over_sigmoid, tanh_centred,
        relu_vanishing, dead_units, leaky_revives, zeros_learn_nothing, rerun_is_the_same,
        variance_is_a_root, he_for_relu, glorot_for_sigmoid, large_and_small_starts, sigmoid_code,
        relu_code, leaky_relu_code,
    )
}  # fmt: skip


def compute() -> Decided:
    """Decide every claim, in the order of the register."""
    decisions = []
    for name in claims():
        verdict, figure = deciders[name]()
        decisions.append(Decision(id=name, verdict=verdict, figure=figure))
    return Decided(
        versions={name: version(name) for name in ("numpy", "scipy")}, decisions=decisions
    )


def load(file: Path) -> Decided:
    """Read the decisions.

    Raises
    ------
    ValueError
        If the file is no such file; says where it departs.
    """
    try:
        return msgspec.json.decode(file.read_bytes(), type=Decided)
    except msgspec.MsgspecError as error:
        raise ValueError(f"{file} is no {SCHEMA_ID} file: {error}; compute it again") from None


def main(arguments: list[str] | None = None) -> int:
    """Decide every claim and write what was found.

    Parameters
    ----------
    arguments : list of str, optional
        Words of the command line; by default those of the process.

    Returns
    -------
    int
        Exit status.
    """
    parser = argparse.ArgumentParser(prog="actinit.conformance.claims", description=__doc__)
    parser.add_argument("--output", type=Path, default=OUTPUT, metavar="FILE")
    save(compute(), parser.parse_args(arguments).output)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
