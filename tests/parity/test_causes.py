"""Kinds of wrong trainers are named: states, precision, axes, constraints, accumulation, gradients.

Each is written apart from the hypotheses that name it, as someone would who trains in NumPy.
"""

from __future__ import annotations

import numpy as np
import pytest
from helpers.diagnosed_trainers import found, with_learn, with_update

from actinit import reference as ref
from actinit.adapters.training import Step
from actinit.conformance.parity.reference import Reference, optimizers


def with_gradient(change):
    """Return a trainer that gives its optimizer another gradient: (trainer, gradient) to it."""

    class Changed(Reference):
        def apply(self, gradient):
            super().apply(change(self, gradient))

    return Changed


def after_step(change):
    """Return a trainer that changes each kernel after a step."""

    class Constrained(Reference):
        def apply(self, gradient):
            super().apply(gradient)
            for kernel in self.parameters[::2]:
                kernel[:] = change(kernel)

    return Constrained


def with_batch(change):
    """Return a trainer that changes the inputs of a batch."""
    return with_learn(lambda self, learn, x, y: learn(change(x), y))


# (a) Wiring of states.


class CounterPerTensor(Reference):
    """Counts a step with each tensor."""

    count = 0

    def apply(self, gradient):
        for part, g, state in zip(self.parameters, gradient, self.states, strict=True):
            self.count += 1
            self.update(part, g, self.count, state, self.rates)


class CounterFurtherOn(Reference):
    """Begins to count at 6."""

    def __init__(self, problem):
        super().__init__(problem)
        self.steps = 5


class StatesByShape(Reference):
    """Keys states by shape."""

    def __init__(self, problem):
        super().__init__(problem)
        shapes = {part.shape: {} for part in self.parameters}
        self.states = [shapes[part.shape] for part in self.parameters]


class ResetEveryFive(Reference):
    """Forgets its velocity at every fifth step."""

    def apply(self, gradient):
        if self.steps % 5 == 1:
            for state in self.states:
                state.clear()
        super().apply(gradient)


class SwapsStates(Reference):
    """Hands the states of the two biases of one shape over to each other."""

    def apply(self, gradient):
        super().apply(gradient)
        self.states[1], self.states[3] = self.states[3], self.states[1]


def scalar_square(x, g, t, state, rates):
    b1, b2 = rates["beta_1"], rates["beta_2"]
    state["m"] = b1 * state.get("m", 0) + (1 - b1) * g
    state["v"] = b2 * state.get("v", 0) + (1 - b2) * np.mean(np.square(g))
    x -= (
        rates["learning_rate"] * state["m"] / (1 - b1**t)
        / (np.sqrt(state["v"] / (1 - b2**t)) + rates["epsilon"])
    )  # fmt: skip


def velocity_from_1(x, g, t, state, rates):
    state["b"] = rates["momentum"] * state.get("b", 0.01) - rates["learning_rate"] * g
    x += state["b"]


def plain_biases(x, g, t, state, rates):
    if x.ndim == 1:
        x -= rates["learning_rate"] * g
    else:
        optimizers["momentum"](x, g, t, state, rates)


# (b) Precision.


def float32(a):
    return np.asarray(a, np.float32)


def bfloat16(a):
    bits = np.ascontiguousarray(a, np.float32).view(np.uint32)
    bits = (bits + 0x7FFF + ((bits >> 16) & 1)) & np.uint32(0xFFFF0000)
    return bits.view(np.float32)


class NarrowForward(Reference):
    """Has its products in the forward pass in another format."""

    cast = staticmethod(float32)

    def forward(self, x):
        inputs, sums = [x], []
        for kernel, bias in zip(self.parameters[::2], self.parameters[1::2], strict=True):
            sums.append((self.cast(inputs[-1]) @ self.cast(kernel)).astype(np.float64) + bias)
            inputs.append(np.maximum(sums[-1], 0))
        return inputs, sums


class BrainForward(NarrowForward):
    """The same in bfloat16."""

    cast = staticmethod(bfloat16)


class NarrowBackward(Reference):
    """Has one product of the backward pass in float32."""

    def backward(self, inputs, sums, delta):
        gradient = []
        for depth in (2, 1, 0):
            kernel = float32(inputs[depth]).T @ float32(delta)
            gradient[:0] = [kernel.astype(np.float64), delta.sum(axis=0)]
            if depth:
                delta = (delta @ self.parameters[2 * depth].T) * (sums[depth - 1] > 0)
        return gradient


class NarrowStates(Reference):
    """Keeps its states in float32."""

    def apply(self, gradient):
        super().apply(gradient)
        for state in self.states:
            state.update({name: float32(value).astype(float) for name, value in state.items()})


# (c) Axes and batches.


def over_batch(self, learn, x, y):
    inputs, sums = self.forward(x)
    logs = sums[-1] - sums[-1].max(axis=0)
    logs -= np.log(np.exp(logs).sum(axis=0))
    loss, p = -logs[np.arange(len(y)), y].mean(), np.exp(logs)
    p *= np.bincount(y, minlength=5)
    p[np.arange(len(y)), y] -= 1
    return loss, self.backward(inputs, sums, p / len(y))


class CentredSums(Reference):
    """Subtracts the mean over the batch from pre-activations, and takes its gradient along."""

    def learn(self, x, y):
        (k1, b1, k2, b2, k3, b3), n = self.parameters, len(y)
        z1 = x @ k1 + b1
        z1 = z1 - z1.mean(0)
        h1 = np.maximum(z1, 0)
        z2 = h1 @ k2 + b2
        z2 = z2 - z2.mean(0)
        h2 = np.maximum(z2, 0)
        logs = ref.log_softmax(h2 @ k3 + b3)
        d3 = (np.exp(logs) - np.eye(5)[y]) / n
        d2 = (d3 @ k3.T) * (z2 > 0)
        d2 = d2 - d2.mean(0)
        d1 = (d2 @ k2.T) * (z1 > 0)
        d1 = d1 - d1.mean(0)
        gradient = [x.T @ d1, d1.sum(0), h1.T @ d2, d2.sum(0), h2.T @ d3, d3.sum(0)]
        return -logs[np.arange(n), y].mean(), gradient


# (d) Constraints.


def held_columns(w):
    return w * np.minimum(1, 1.7 / np.maximum(np.linalg.norm(w, axis=0), 1e-300))


# (e) Accumulation.


class EveryThird(Reference):
    """Updates at every third batch, by the mean of three gradients."""

    kept = ()
    batches = 0

    def step(self, x, y):
        loss, gradient = self.learn(x, y)
        self.batches += 1
        self.kept = [*self.kept, gradient]
        if self.batches % 3 == 0:
            self.steps += 1
            self.apply([sum(part) / 3 for part in zip(*self.kept, strict=True)])
            self.kept = []
        return Step(loss, None, [part.copy() for part in self.parameters])


def delayed(self, gradient):
    self.queue = [*getattr(self, "queue", []), gradient]
    return self.queue.pop(0) if len(self.queue) > 3 else [np.zeros_like(g) for g in gradient]


class Averages(Reference):
    """Shows an exponential moving average of its weights."""

    def step(self, x, y):
        last = getattr(self, "shown", [part.copy() for part in self.parameters])
        step = super().step(x, y)
        self.shown = [0.99 * a + 0.01 * p for a, p in zip(last, step.parameters, strict=True)]
        return Step(step.loss, step.gradient, self.shown)


class LooksAhead(Reference):
    """Goes back half of the way at every fourth step."""

    def apply(self, gradient):
        if self.steps == 1:
            self.slow = [part.copy() for part in self.parameters]
        super().apply(gradient)
        if self.steps % 4 == 0:
            self.slow = [(a + b) / 2 for a, b in zip(self.slow, self.parameters, strict=True)]
            self.parameters = [part.copy() for part in self.slow]


class SkipsSome(Reference):
    """Makes no update at every sixth step."""

    def apply(self, gradient):
        if self.steps % 6:
            super().apply(gradient)


# (f) Gradients.


def normalized(self, gradient):
    norm = np.sqrt(sum((g**2).sum() for g in gradient))
    return [g / (norm + 1e-8) for g in gradient]


def centralized(self, gradient):
    return [g - g.mean(axis=0) if g.ndim == 2 else g for g in gradient]


class SlowBiases(Reference):
    """Has a smaller learning rate for its biases."""

    def apply(self, gradient):
        for part, g, state in zip(self.parameters, gradient, self.states, strict=True):
            rate = self.rates["learning_rate"] * (0.3 if part.ndim == 1 else 1)
            self.update(part, g, self.steps, state, {**self.rates, "learning_rate": rate})


WRONG = [
    (CounterPerTensor, "adam", "step-counter", "advances once for each tensor", None),
    (CounterFurtherOn, "adam", "step-counter", "starts 5 further on", 5),
    (StatesByShape, "momentum", "shared-velocity", "tensors of one shape share", None),
    (StatesByShape, "adam", "shared-moments", "tensors of one shape share", None),
    (SwapsStates, "momentum", "states-swapped", "exchange their states", None),
    (ResetEveryFive, "momentum", "reset-velocity", "anew every 5 steps", 5),
    (with_update(scalar_square), "adam", "scalar-square", "one number for each tensor", None),
    (with_update(velocity_from_1), "momentum", "velocity-begins-elsewhere", "begins at", 0.01),
    (with_update(plain_biases), "momentum", None, "bias", None),
    (NarrowForward, "sgd", "forward-product-in-float32", "forward pass", None),
    (BrainForward, "sgd", "forward-product-in-bfloat16", "bfloat16", None),
    (NarrowBackward, "momentum", "kernel-gradient-in-float32", "gradients of kernels", None),
    (NarrowStates, "adam", "states-in-float32", "states", None),
    (with_learn(over_batch), "sgd", "softmax-over-batch", "over the batch", None),
    (with_batch(lambda x: x - x.mean(0)), "sgd", "inputs-centred", "over the batch", None),
    (CentredSums, "sgd", "pre-activations-centred", "over the batch", None),
    (after_step(held_columns), "sgd", "max-norm", "each column of the kernels", 1.7),
    (after_step(lambda w: np.clip(w, -0.43, 0.43)), "adam", "weights-clipped", "kernels", 0.43),
    (after_step(lambda w: np.maximum(w, 0)), "sgd", "non-negative", "kernels", None),
    (EveryThird, "momentum", "update-every-few-mean", "every 3 batches", 3),
    (with_gradient(delayed), "sgd", "gradient-delayed", "of 3 steps before", 3),
    (Averages, "sgd", "average-returned", "moving average", 0.99),
    (LooksAhead, "adam", "lookahead", "every 4 steps", 0.5),
    (SkipsSome, "momentum", None, "every step whose number 6 divides", 6),
    (with_gradient(normalized), "sgd", "gradient-normalized", "all parameters together", 1),
    (with_gradient(lambda self, g: [np.sign(a) for a in g]), "momentum", "gradient-sign",
     "sign of the gradient", None),
    (with_gradient(centralized), "sgd", "gradient-centralized", "each column", None),
    (with_gradient(lambda self, g: [np.where(np.abs(a) < 0.0123, 0, a) for a in g]), "sgd",
     "gradient-small-dropped", "below a magnitude", None),
    (SlowBiases, "adam", "rate-of-part", "learning_rate of the biases", 0.3),
]  # fmt: skip


@pytest.mark.parametrize(
    ("train", "optimizer", "slug", "words", "value"),
    WRONG,
    ids=[f"{train.__name__}-{slug}" for train, _, slug, *_ in WRONG],
)
def test_a_wrong_trainer_of_each_kind_is_named(train, optimizer, slug, words, value):
    (finding,) = found(train, optimizer)
    assert finding.looks_like
    assert slug is None or finding.looks_like == slug
    assert words in finding.data["cause"]
    if value is not None:
        assert finding.data["value"] == pytest.approx(value, rel=1e-6)


class CopiesStates(Reference):
    """Keeps its states in one list, each anew."""

    def apply(self, gradient):
        self.states = [{k: v.copy() for k, v in state.items()} for state in self.states]
        super().apply(gradient)


class InTwoHalves(Reference):
    """Gathers the gradient of a batch from two halves of it, by their sizes."""

    def learn(self, x, y):
        half = len(y) // 2
        (a, g), (b, h) = (super(InTwoHalves, self).learn(x[s], y[s])
                          for s in (slice(half), slice(half, None)))  # fmt: skip
        share = half / len(y)
        return a * share + b * (1 - share), [
            u * share + v * (1 - share) for u, v in zip(g, h, strict=True)
        ]


@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
@pytest.mark.parametrize(
    "train",
    [
        CopiesStates,
        InTwoHalves,
        after_step(lambda w: np.clip(w, -1e3, 1e3)),
        with_gradient(lambda self, g: [np.clip(a, -1e6, 1e6) for a in g]),
    ],
)
def test_a_right_trainer_of_these_kinds_is_not_accused(train, optimizer):
    assert found(train, optimizer) == []


class Unknown(Reference):
    """Spoils each gradient by a tenth, otherwise at each step."""

    def learn(self, x, y):
        loss, gradient = super().learn(x, y)
        random = np.random.default_rng(self.steps)
        return loss, [g * (1 + 0.1 * random.standard_normal(g.shape)) for g in gradient]


def test_what_is_none_of_them_is_not_named():
    (finding,) = found(Unknown, "momentum")
    assert finding.looks_like == ""
    assert "no cause is recognized" in finding.sentence
