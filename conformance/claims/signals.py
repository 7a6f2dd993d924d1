"""How starts carry signals and gradients, by theory and in networks that are not trained."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from actinit import reference as ref
from actinit import spec
from actinit.adapters.propagation import Network
from actinit.reference import propagation

from ..depth.network import made, reference
from ..results.claims import Plot
from .base import GLOROT, HE, Floats, Found, decides, holds, line

__all__: list[str] = []

#: Of glorot_uniform and lecun_normal, of he_normal, and PyTorch's for tanh.
_USUAL = {"Glorot's": GLOROT, "He's": HE, "5/3": 5 / 3}
_WIDTH, _DEPTH = 128, 30
# A mean square that a hundred layers change by less than a thousand times is as good as kept.
_KEPT = 1e3 ** (1 / 100)


def _settled(activation: str, gain: float) -> float:
    """Return the factor of a gradient's mean square per layer, where the signal has settled."""
    q = min(max(propagation.fixed_point(activation, gain), 1e-8), 1e8)
    return propagation.gradient_factor(activation, q, gain)


@lru_cache(maxsize=16)
def _network(activation: str, gain: float, depth: int = _DEPTH) -> Network:
    draw = ref.lecun_normal
    rng = np.random.default_rng(3)
    kernels = [gain * draw((_WIDTH, _WIDTH), rng=rng, dtype=np.float64) for _ in range(depth)]
    return made(activation, kernels, batch=16, seed=4)


def _norms(activation: str, gain: float) -> Floats:
    """Return the root mean squares of the gradients by layers, from the last to the first."""
    gradients: Floats = reference(_network(activation, gain))[0].gradients[::-1]
    return np.sqrt(gradients)


def _picture(of: dict[str, tuple[str, float]]) -> Plot:
    steps = np.arange(1, _DEPTH + 1)
    return Plot(
        x="layers passed on the way back", y="norm of the gradient", log=True,
        lines=[line(label, steps, _norms(*what)) for label, what in of.items()],
    )  # fmt: skip


@decides
def gradients_shrink() -> Found:
    """Ask for the factor of several networks."""
    cases = {
        "sigmoid from Glorot's start": _settled("sigmoid", GLOROT),
        "ReLU from Glorot's": _settled("relu", GLOROT),
        "ReLU from He's": _settled("relu", HE),
        "ReLU from twice He's width": _settled("relu", 2 * HE),
    }
    shrinks = [factor < 1 / _KEPT for factor in cases.values()]
    text = ", ".join(f"{name} {factor:.3g}" for name, factor in cases.items())
    return Found(
        holds(all(shrinks), any(shrinks)),
        f"factor of a gradient's mean square per layer: {text}",
    )


def _by_kernel(activation: str, gain: float) -> Floats:
    """Return the root mean square of the loss's gradient by each kernel."""
    network = _network(activation, gain, 10)
    signals, slopes = [network.x], []
    for kernel in network.kernels:
        z = signals[-1] @ kernel
        slopes.append(ref.activations[activation].derivative(z))
        signals.append(ref.activations[activation](z))
    gradient, found = network.top, []
    for at in reversed(range(10)):
        gradient = slopes[at] * gradient
        found.append(np.sqrt(np.mean((signals[at].T @ gradient) ** 2)))
        gradient = gradient @ network.kernels[at].T
    return np.array(found[::-1])


@decides
def early_layers_learn_slowly() -> Found:
    """Compare the gradients of first and last weights in ten layers of sigmoids."""
    norms = _by_kernel("sigmoid", GLOROT)
    ratio = float(norms[0] / norms[-1])
    return Found(
        holds(ratio < 0.01),
        f"in ten sigmoid layers the first weights have {ratio:.1e} of the gradient of the last",
    )


@decides
def early_layers_change_most() -> Found:
    """Compare the gradients of first and last weights where gradients explode."""
    # A weight's gradient is that of a sum times what enters, which may be small where the other is
    # large.
    found = {}
    cases = {"tanh of gain 3": ("tanh", 3.0), "ReLU of twice He's": ("relu", 2 * HE)}
    for label, (name, gain) in cases.items():
        norms = _by_kernel(name, gain)
        found[label] = float(norms[0] / norms[-1])
    most = [ratio > 10 for ratio in found.values()]
    text = ", ".join(f"{label} {ratio:.3g}" for label, ratio in found.items())
    return Found(
        holds(all(most), any(most)),
        f"gradient of the first weights over that of the last, ten layers: {text}",
    )


@decides
def without_activation() -> Found:
    """Multiply the kernels of three layers, and hold the product against the layers."""
    network = _network("identity", 1.0, 3)
    layers = network.x
    for kernel in network.kernels:
        layers = ref.identity(layers @ kernel)
    one = network.x @ (network.kernels[0] @ network.kernels[1] @ network.kernels[2])
    off = float(np.abs(layers - one).max() / np.abs(one).max())
    return Found(
        holds(off < 1e-12), f"three layers and the product of their kernels differ by {off:.0e}"
    )


@decides
def linear_layers_grow() -> Found:
    """Pass a signal through layers without an activation."""
    found = {
        name: float(np.sqrt(reference(_network("identity", gain))[0].outputs[-1]))
        for name, gain in {"Glorot's start": GLOROT, "He's": HE}.items()
    }
    grows = [norm > math.sqrt(1e3) for norm in found.values()]
    text = ", from ".join(f"{name} {norm:.3g}" for name, norm in found.items())
    return Found(holds(all(grows), any(grows)), f"norm after {_DEPTH} layers, of 1: from {text}")


@decides
def sigmoid_vanishes() -> Found:
    """Ask for the factor at each usual gain."""
    return _at_gains("sigmoid", vanishes=True)


@decides
def sigmoid_explodes() -> Found:
    """Ask for the factor at each usual gain."""
    return _at_gains("sigmoid", vanishes=False)


@decides
def tanh_vanishes() -> Found:
    """Ask for the factor at each usual gain, and at half of Glorot's."""
    return _at_gains("tanh", vanishes=True)


@decides
def tanh_explodes() -> Found:
    """Ask for the factor at each usual gain, and at half of Glorot's."""
    return _at_gains("tanh", vanishes=False)


def _at_gains(activation: str, *, vanishes: bool) -> Found:
    gains = {"half Glorot's": GLOROT / 2, **_USUAL}
    factors = {name: _settled(activation, gain) for name, gain in gains.items()}
    seen = [f < 1 / _KEPT if vanishes else f > _KEPT for f in factors.values()]
    greatest = float(ref.activations[activation].derivative(0.0))
    text = ", ".join(f"{name} {factor:.3g}" for name, factor in factors.items())
    return Found(
        holds(all(seen), any(seen)),
        f"slopes are {greatest:g} at most; factor of a gradient's mean square per layer, at a gain "
        f"of: {text}",
    )


@decides
def tanh_over_sigmoid() -> Found:
    """Compare what a gradient keeps in a settled layer of each, from Glorot's initialization."""
    kept = {name: _settled(name, GLOROT) for name in ("tanh", "sigmoid")}
    text = ", ".join(f"{name} {factor:.3g}" for name, factor in kept.items())
    return Found(
        holds(kept["tanh"] > kept["sigmoid"]),
        f"a layer multiplies a gradient's mean square by: {text}",
        _picture({name: (name, GLOROT) for name in kept}),
    )


@decides
def relu_vanishing() -> Found:
    """Ask for the factor of a gradient's mean square at both initializations."""
    he, glorot = (propagation.gradient_factor("relu", 1.0, gain) for gain in (HE, GLOROT))
    kept = [abs(factor - 1) < 1e-9 for factor in (he, glorot)]
    return Found(
        holds(all(kept), any(kept)),
        f"per layer {he:.3g} with He's initialization, {glorot:.3g} with Glorot's",
    )


@decides
def large_and_small_starts() -> Found:
    """Ask for the factor at a gain twice, and half, that of He."""
    large, small = (propagation.gradient_factor("relu", 1.0, HE * f) for f in (2, 0.5))
    return Found(
        holds(large > 1 > small),
        f"ReLU at twice He's width {large:.3g} per layer, at half of it {small:.3g}",
        _picture({
            "twice He's width": ("relu", 2 * HE), "He's": ("relu", HE), "half": ("relu", HE / 2),
        }),
    )  # fmt: skip


@decides
def glorot_keeps() -> Found:
    """Ask for the factor of three activations."""
    return _keeps(GLOROT)


@decides
def he_keeps() -> Found:
    """Ask for the factor of three activations."""
    return _keeps(HE)


def _keeps(gain: float) -> Found:
    factors = {name: _settled(name, gain) for name in ("relu", "tanh", "sigmoid")}
    kept = [1 / _KEPT <= factor <= _KEPT for factor in factors.values()]
    text = ", ".join(f"{name} {factor:.3g}" for name, factor in factors.items())
    return Found(
        holds(all(kept), any(kept)), f"a gradient's mean square is multiplied per layer by: {text}"
    )


@decides
def he_for_relu() -> Found:
    """Ask for the factors of variance and gradient at several variances."""
    factors = [
        factor
        for q in (1e-3, 1.0, 1e3)
        for factor in (
            propagation.variance_map("relu", q, HE) / q,
            propagation.gradient_factor("relu", q, HE),
        )
    ]
    worst = max(abs(factor - 1) for factor in factors)
    return Found(holds(worst < 1e-9), f"all factors per layer are 1, to {max(worst, 1e-15):.0e}")


@decides
def glorot_for_sigmoid() -> Found:
    """Ask for the factor of a gradient's mean square once the signal has settled."""
    factor = _settled("sigmoid", GLOROT)
    # A tenth in ten layers would be tolerable.
    return Found(
        holds(factor**10 > 0.1),
        f"a gradient's mean square is multiplied by {factor:.3g} per layer",
    )


@decides
def no_theory() -> Found:
    """Solve for the gains that keep gradients, and compare them with the rules."""
    relu, tanh = propagation.gain("relu"), propagation.critical_points("tanh")[0].gain
    derived = math.isclose(relu, HE, rel_tol=1e-12) and math.isclose(tanh, GLOROT, rel_tol=1e-6)
    elementwise = [one for one in spec.activations.values() if one.shape == "elementwise"]
    return Found(
        holds(not derived),
        f"keeping gradients gives ReLU the gain {relu:.6f}, He's, and small signals through tanh "
        f"{tanh:.6f}, Glorot's; it gives one for each of {len(elementwise)} activations",
    )
