"""What small trainings come to."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from actinit import reference as ref

from ..parity.reference import Reference
from ..results.claims import Plot
from . import lessons
from .base import Floats, Found, decides, holds, line
from .lessons import CLASSES, EPOCHS, SEEDS, Learnt, learn

__all__: list[str] = []

_KNOWS_NOTHING = math.log(CLASSES)


def _each(**what: Any) -> list[Learnt]:
    """Train with each seed."""
    return [learn(seed=seed, **what) for seed in SEEDS]


def _ends(found: list[Learnt]) -> str:
    ends = [one.losses[-1] for one in found]
    return f"{min(ends):.3g} to {max(ends):.3g}"


def _below(left: list[Learnt], right: list[Learnt]) -> bool:
    """Say whether, at the end, every training of one lot has learnt more than all of another."""
    return max(one.losses[-1] for one in left) < min(one.losses[-1] for one in right)


def _picture(of: dict[str, list[Learnt]]) -> Plot:
    epochs = range(EPOCHS + 1)
    return Plot(
        x="epoch", y="loss",
        lines=[line(label, epochs, found[0].losses) for label, found in of.items()],
    )  # fmt: skip


@decides
def deeper_is_better() -> Found:
    """Train networks of one to eight hidden layers, of ReLUs and of sigmoids."""
    depths = (1, 2, 4, 8)
    ends = {
        label: [learn(start, activation=name, hidden=(32,) * depth).losses[-1] for depth in depths]
        for label, name, start in (
            ("ReLU, He's start", "relu", "he_normal"),
            ("sigmoid, Glorot's start", "sigmoid", "glorot_uniform"),
        )
    }
    better = [float(losses[-1]) < losses[0] for losses in ends.values()]
    text = "; ".join(
        f"{label} {', '.join(f'{loss:.3g}' for loss in losses)}" for label, losses in ends.items()
    )
    return Found(
        holds(all(better), any(better)),
        f"losses after {EPOCHS} epochs with 1, 2, 4 and 8 hidden layers: {text}",
        Plot(x="hidden layers", y="loss at the end",
             lines=[line(label, depths, losses) for label, losses in ends.items()]),
    )  # fmt: skip


@decides
def relu_learns_faster() -> Found:
    """Train with three activations, each from its usual initialization."""
    found = {
        "ReLU": _each(start="he_normal"),
        "tanh": _each(start="glorot_uniform", activation="tanh"),
        "sigmoid": _each(start="glorot_uniform", activation="sigmoid"),
    }
    faster = [_below(found["ReLU"], found[other]) for other in ("tanh", "sigmoid")]
    text = ", ".join(f"{label} {_ends(one)}" for label, one in found.items())
    return Found(
        holds(all(faster), any(faster)),
        f"losses after {EPOCHS} epochs, over {len(SEEDS)} seeds: {text}",
        _picture(found),
    )


@decides
def sigmoid_for_classifiers() -> Found:
    """Compare it with ReLU in hidden layers, and with softmax at the output for two classes."""
    accuracy = {
        name: min(one.accuracy for one in _each(start=start, activation=name))
        for name, start in (("relu", "he_normal"), ("sigmoid", "glorot_uniform"))
    }
    z = np.linspace(-20, 20, 401)
    two = ref.softmax(np.stack([z, 0 * z], axis=-1))[..., 0]
    off = float(np.max(np.abs(two / ref.sigmoid(z) - 1)))
    return Found(
        holds(accuracy["sigmoid"] > accuracy["relu"], off < 1e-14),
        f"in hidden layers it sorts {accuracy['sigmoid']:.0%} right, ReLU {accuracy['relu']:.0%}; "
        f"at the output it is the softmax of two classes, to {max(off, 1e-16):.0e}",
    )


@decides
def only_a_right_start_converges() -> Found:
    """Train from an initialization that knows nothing of the layers."""
    found = {name: _each(start="random_uniform", optimizer=name) for name in ("adam", "sgd")}
    # Half of what a network that knows nothing loses.
    halved = max(one.losses[-1] for one in found["adam"]) < _KNOWS_NOTHING / 2
    return Found(
        holds(not halved),
        f"from ±0.05 in every layer the loss falls from {_KNOWS_NOTHING:.3f} to "
        f"{_ends(found['adam'])} with Adam; with plain steps to {_ends(found['sgd'])}",
    )


@decides
def only_the_start_matters() -> Found:
    """Change the initialization, and then the optimizer."""
    start = [learn(name).losses[-1] for name in ("random_uniform", "he_normal")]
    rule = [
        learn("random_uniform", optimizer=name).losses[-1] for name in ("sgd", "momentum", "adam")
    ]
    by_start, by_rule = (max(losses) - min(losses) for losses in (start, rule))
    return Found(
        holds(by_rule < by_start / 10),
        f"another initialization changes the loss at the end by {by_start:.2g}, another "
        f"optimizer by {by_rule:.2g}",
    )


def _from_zeros(watch: Callable[[Reference], None]) -> Reference:
    """Train from zeros; show the trainer after each step."""
    posed = lessons.posed("zeros", seed=1)
    trainer = Reference(posed)
    for batch, labels in posed.batches():
        trainer.step(batch, labels)
        watch(trainer)
    return trainer


@decides
def zeros_learn_nothing() -> Found:
    """Train from zeros and see what has moved."""
    biases: list[Floats] = []
    trainer = _from_zeros(lambda now: biases.append(now.parameters[-1].copy()))
    moved = [part.any() for part in trainer.parameters]
    names = [f"{'bias' if at % 2 else 'kernel'} {at // 2 + 1}" for at, it in enumerate(moved) if it]
    steps = np.arange(1, len(biases) + 1)
    probabilities = ref.softmax(np.array(biases))
    off = float(np.max(np.abs(probabilities[-1] - lessons.shares())))
    lines = [line(f"class {k + 1}", steps[::4], probabilities[::4, k]) for k in range(CLASSES)]
    return Found(
        holds(not any(moved)),
        f"of three kernels and biases moved: {', '.join(names) or 'none'}; the probabilities come "
        f"to the shares of the classes within {off:.2g}",
        Plot(x="step", y="probability of each class", lines=lines),
    )


@decides
def zeros_all_the_same() -> Found:
    """Compare the units of each layer, and the gradients of the weights, from zeros."""
    posed = lessons.posed("zeros", seed=1)
    x, y = next(posed.batches())
    trainer = Reference(posed)
    gradient = trainer.learn(x, y)[1]
    kernels = max(float(np.abs(part).max()) for part in gradient[::2])
    count = sum(part.size for part in gradient[::2])
    return Found(
        holds(kernels == 0),
        f"the gradients of all {count:,} weights are {kernels:g}, those of the last biases "
        f"up to {np.abs(gradient[-1]).max():.2g}",
    )


@decides
def zeros_loss_stays() -> Found:
    """Compare the loss from zeros before and after."""
    losses = learn("zeros").losses
    shares = lessons.shares()
    entropy = -float(np.sum(shares * np.log(shares)))
    return Found(
        holds(losses[0] == losses[-1]),
        f"it falls from {losses[0]:.4f}, ln {CLASSES}, to {losses[-1]:.4f}; knowing how often each "
        f"class occurs makes it {entropy:.4f}",
    )


@decides
def zeros_vanish() -> Found:
    """Ask where the gradient ends: layer by layer, or at the first."""
    posed = lessons.posed("zeros", seed=1)
    x, y = next(posed.batches())
    gradient = Reference(posed).learn(x, y)[1]
    norms = [float(np.sqrt(np.mean(part**2))) for part in gradient[1::2]]
    # What vanishes gets smaller in each layer; what is cut off is 0 in all but the last.
    faded = all(0 < norm < norms[-1] for norm in norms[:-1])
    return Found(
        holds(faded),
        f"norms of the gradients of the biases, layer by layer: "
        f"{', '.join(f'{norm:.2g}' for norm in norms)}",
    )


@decides
def random_beats_zeros() -> Found:
    """Train from both."""
    drawn, zeros = _each(start="random_uniform"), _each(start="zeros")
    return Found(
        holds(_below(drawn, zeros)),
        f"losses after {EPOCHS} epochs: {_ends(drawn)} at random, {_ends(zeros)} from zeros",
        _picture({"at random": drawn, "zeros": zeros}),
    )


@decides
def glorot_is_faster() -> Found:
    """Compare it with an initialization that knows nothing of the layers."""
    return _faster("glorot_uniform")


@decides
def he_is_faster() -> Found:
    """Compare it with an initialization that knows nothing of the layers."""
    return _faster("he_normal")


def _faster(name: str) -> Found:
    mine, plain = _each(start=name), _each(start="random_uniform")
    return Found(
        holds(_below(mine, plain)),
        f"losses after {EPOCHS} epochs, over {len(SEEDS)} seeds: {_ends(mine)}; from ±0.05 in "
        f"every layer {_ends(plain)}",
    )
