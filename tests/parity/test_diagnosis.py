"""Trainers that are wrong on purpose are named, and right ones in other forms are not accused."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.diagnosed_trainers import found, with_learn, with_update

from actinit import reference as ref
from actinit.adapters.training import Step
from actinit.conformance.parity import checks
from actinit.conformance.parity.diagnosis.varied import Varied
from actinit.conformance.parity.reference import Reference, optimizers


def with_rates(**factors):
    """Return a trainer with some rates multiplied."""

    class Rates(Reference):
        def __init__(self, problem):
            super().__init__(problem)
            self.rates = {k: v * factors.get(k, 1) for k, v in problem.rates.items()}

    return Rates


def adam(correct_1=True, correct_2=True, inside=False, root=True, top=False):
    def update(x, g, t, state, rates):
        b1, b2, eps = rates["beta_1"], rates["beta_2"], rates["epsilon"]
        state["m"] = b1 * state.get("m", 0) + (1 - b1) * g
        state["v"] = b2 * state.get("v", 0) + (1 - b2) * g**2
        state["top"] = np.maximum(state["v"], state.get("top", 0)) if top else state["v"]
        m = state["m"] / (1 - b1**t if correct_1 else 1)
        v = state["top"] / (1 - b2**t if correct_2 else 1)
        x -= rates["learning_rate"] * m / (
            np.sqrt(v + eps) if inside else np.sqrt(v) + eps if root else v + eps
        )  # fmt: skip

    return with_update(update)


def nesterov(x, g, t, state, rates):
    buffer = state["b"] = rates["momentum"] * state.get("b", 0) + g
    x -= rates["learning_rate"] * (g + rates["momentum"] * buffer)


def dampened(x, g, t, state, rates):
    last = state.get("b")
    state["b"] = g if last is None else rates["momentum"] * last + 0.1 * g
    x -= rates["learning_rate"] * state["b"]


def decayed(coupled):
    def update(x, g, t, state, rates):
        if coupled:
            g = g + 0.002 * x
        else:
            x *= 1 - 0.002 * rates["learning_rate"]
        optimizers["adam"](x, g, t, state, rates)

    return with_update(update)


def slowing(x, g, t, state, rates):
    x -= rates["learning_rate"] / (1 + 0.003 * (t - 1)) * g


def warming(x, g, t, state, rates):
    x -= rates["learning_rate"] * min(1, t / 7) * g


def full_divisor(self, learn, x, y):
    loss, gradient = learn(x, y)
    return loss * len(y) / 32, [g * (len(y) / 32) for g in gradient]


def padded(self, learn, x, y):
    more = 32 - len(y)
    return learn(np.pad(x, [(0, more), (0, 0)]), np.pad(y, (0, more)))


def clipped(self, learn, x, y):
    loss, gradient = learn(x, y)
    norm = np.sqrt(sum((g**2).sum() for g in gradient))
    return loss, [g * min(1, 0.3 / norm) for g in gradient]


def accumulated(self, learn, x, y):
    loss, gradient = learn(x, y)
    self.sums = [a + b for a, b in zip(getattr(self, "sums", [0] * 6), gradient, strict=True)]
    return loss, self.sums


def stale(self, learn, x, y):
    loss, gradient = learn(x, y)
    self.last, gradient = gradient, getattr(self, "last", gradient)
    return loss, gradient


def bias_averaged(self, learn, x, y):
    loss, gradient = learn(x, y)
    return loss, [g / len(y) if g.ndim == 1 else g for g in gradient]


def over_classes(self, learn, x, y):
    loss, gradient = learn(x, y)
    return loss, [g / 5 for g in gradient]


def smoothed(self, learn, x, y):
    inputs, sums = self.forward(x)
    logs = ref.log_softmax(sums[-1])
    target = 0.93 * np.eye(5)[y] + 0.07 / 5
    loss = -(target * logs).sum(axis=1).mean()
    return loss, self.backward(inputs, sums, (np.exp(logs) - target) / len(y))


def penalized(self, learn, x, y):
    loss, gradient = learn(x, y)
    kernels = self.parameters[::2]
    gradient[::2] = [g + 0.006 * w for g, w in zip(gradient[::2], kernels, strict=True)]
    return loss + 0.003 * sum((w**2).sum() for w in kernels), gradient


class Dropped(Reference):
    """Leaves short batches out."""

    def step(self, x, y):
        if len(y) == 32:
            return super().step(x, y)
        return Step(0.0, None, [part.copy() for part in self.parameters])


class Jumps(Reference):
    """Leaves the fifth step out."""

    def apply(self, gradient):
        if self.steps != 5:
            super().apply(gradient)


class OneAtZero(Reference):
    """Has a derivative of 1 at 0."""

    class activation:
        def __new__(cls, z):
            return np.maximum(z, 0)

        @staticmethod
        def vjp(z, upstream):
            return upstream * (z >= 0)


class InFloat32(Reference):
    """Computes in float32, and returns float64."""

    def step(self, x, y):
        self.parameters = [part.astype(np.float32) for part in self.parameters]
        found = super().step(x.astype(np.float32), y)
        return Step(found.loss, None, [part.astype(np.float64) for part in found.parameters])


class Unequal(Reference):
    """Drops hidden units at random."""

    random = np.random.default_rng(0)

    def forward(self, x):
        return super().forward(x * (self.random.random(x.shape) > 0.1))


class NoZero(Reference):
    """Ignores the biases that it is given."""

    def __init__(self, problem):
        super().__init__(problem)
        for part in self.parameters[1::2]:
            part[:] = 0


class Tanh(Reference):
    """Has another activation."""

    activation = ref.tanh


WRONG = [
    (with_rates(learning_rate=1.001), "sgd", "other-learning-rate", 0.1001),
    (with_rates(learning_rate=0.9987), "adam", "other-learning-rate", None),
    (with_rates(momentum=0.97), "momentum", "other-momentum", 0.873),
    (with_rates(beta_1=0.9), "adam", "other-beta-1", 0.81),
    (with_rates(beta_2=0.99), "adam", "other-beta-2", None),
    (with_rates(epsilon=300), "adam", "other-epsilon", 3e-6),
    (adam(correct_1=False, correct_2=False), "adam", "no-bias-correction", None),
    (adam(correct_1=False), "adam", "no-correction-of-mean", None),
    (adam(correct_2=False), "adam", "no-correction-of-square", None),
    (adam(inside=True), "adam", "epsilon-inside-root", 1e-8),
    (adam(root=False), "adam", "no-root", None),
    (adam(top=True), "adam", "amsgrad", None),
    (with_update(nesterov), "momentum", "nesterov", None),
    (with_update(dampened), "momentum", "dampened-after-first", 0.1),
    (decayed(coupled=True), "adam", "weight-decay", 0.002),
    (decayed(coupled=False), "adam", "weight-decay-decoupled", 0.002),
    (with_update(slowing), "sgd", "rate-inverse", 0.003),
    (with_update(warming), "sgd", "rate-warmup", 7),
    (with_learn(full_divisor), "sgd", "short-batch-divided-by-full", None),
    (with_learn(padded), "momentum", "short-batch-padded-zeros", None),
    (Dropped, "adam", "short-batch-dropped", None),
    (with_learn(clipped), "sgd", "clipped-by-norm", 0.3),
    (with_learn(accumulated), "sgd", "gradient-accumulated", None),
    (with_learn(stale), "sgd", "gradient-stale", None),
    (with_learn(bias_averaged), "sgd", "part-averaged-twice", None),
    (with_learn(over_classes), "sgd", "gradient-over-classes", None),
    (with_learn(smoothed), "momentum", "label-smoothing", 0.07),
    (with_learn(penalized), "sgd", "penalty-on-kernels", 0.006),
    (Jumps, "momentum", "step-left-out", 5),
    (OneAtZero, "sgd", "relu-at-0", 1),
    (InFloat32, "sgd", "parameters-in-float32", None),
    (Unequal, "sgd", "not-repeatable", None),
    (NoZero, "sgd", "biases-start-at-0", None),
    (Tanh, "sgd", "activation-tanh", None),
]


@pytest.mark.parametrize(("train", "optimizer", "slug", "value"), WRONG, ids=[w[2] for w in WRONG])
def test_a_wrong_trainer_is_caught_and_named(train, optimizer, slug, value):
    (finding,) = found(train, optimizer)
    assert finding.kind
    assert finding.looks_like == slug
    assert finding.data["cause"] in finding.sentence
    if value is not None:
        assert finding.data["value"] == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize("train", [with_learn(full_divisor), with_learn(padded), Dropped])
def test_the_short_batch_is_said(train):
    (finding,) = found(train, "sgd")
    assert (finding.data["step"], finding.data["examples"]) == (8, 26)
    assert finding.data["short_batch"] == "yes"
    assert "at step 8, the short batch of 26, in the" in finding.sentence


class Reversed(Reference):
    """Sums in another order."""

    def learn(self, x, y):
        return super().learn(x[::-1], y[::-1])


class ByExample(Reference):
    """Adds up the gradients of single examples."""

    def learn(self, x, y):
        parts = [super(ByExample, self).learn(x[n : n + 1], y[n : n + 1]) for n in range(len(y))]
        gradient = [sum(g) / len(y) for g in zip(*(g for _, g in parts), strict=True)]
        return sum(loss for loss, _ in parts) / len(y), gradient


class Silent(Reference):
    """Keeps its gradient to itself, and returns its own arrays."""

    def __init__(self, problem):
        super().__init__(problem)
        self.parameters = problem.start

    def step(self, x, y):
        loss, gradient = self.learn(x, y)
        self.steps += 1
        self.apply(gradient)
        x[:] = 0
        return Step(np.float64(loss), None, self.parameters)


def rate_of_step(x, g, t, state, rates):
    """Draw the corrections of Adam into the rate, and into epsilon."""
    b1, b2 = rates["beta_1"], rates["beta_2"]
    state["m"] = state.get("m", 0) + (1 - b1) * (g - state.get("m", 0))
    state["v"] = state.get("v", 0) + (1 - b2) * (g * g - state.get("v", 0))
    root = np.sqrt(1 - b2**t)
    rate = rates["learning_rate"] * root / (1 - b1**t)
    x -= rate * state["m"] / (np.sqrt(state["v"]) + rates["epsilon"] * root)


def velocity_without_rate(x, g, t, state, rates):
    state["b"] = rates["momentum"] * state.get("b", 0) + g
    x -= rates["learning_rate"] * state["b"]


class LongDouble(Reference):
    """Updates in more digits than float64 has."""

    def apply(self, gradient):
        for part, g, state in zip(self.parameters, gradient, self.states, strict=True):
            long = part.astype(np.longdouble)
            self.update(long, g.astype(np.longdouble), self.steps, state, self.rates)
            part[:] = long


@pytest.mark.parametrize(
    ("train", "optimizer"),
    [
        *(
            (train, name)
            for train in (Reversed, ByExample, Silent, LongDouble)
            for name in optimizers
        ),
        (with_update(rate_of_step), "adam"),
        (with_update(velocity_without_rate), "momentum"),
    ],
)  # fmt: skip
def test_a_right_trainer_is_not_accused(train, optimizer):
    assert found(train, optimizer) == []


@pytest.mark.parametrize("train", [Reversed, ByExample, Silent])
def test_a_right_trainer_is_right_on_far_examples_too(train):
    assert found(train, "sgd", checks.far) == []


@pytest.mark.parametrize("scale", [1e-3, 1.0, 30.0, 600.0])
def test_hypotheses_have_the_loss_of_the_reference(scale):
    problem = checks.near("sgd")
    right, quick = Reference(problem), Varied(problem)
    z = scale * np.random.default_rng(3).standard_normal((64, 10))
    y = np.arange(64) % 10
    (loss, gradient), (same, alike) = right.loss(z, y), quick.loss(z, y)
    assert same == pytest.approx(loss, rel=1e-13, abs=1e-16)
    np.testing.assert_allclose(alike, gradient, rtol=1e-12, atol=1e-17)


@pytest.mark.parametrize("at", [np.inf, -np.inf, np.nan, 1e308])
def test_where_logarithms_are_no_numbers_hypotheses_have_those_of_the_reference(at):
    z = np.array([[at, 0.0, -1e308], [1.0, 2.0, 3.0]])
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(Varied.log_softmax(z), Reference.log_softmax(z))
