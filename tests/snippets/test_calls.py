"""Parameters that are ignored, calls with side effects, results that change: caught and named."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.wrong import DerivativeOffByAFactor, ExactGeluTanh, Right, TanhGelu

from actinit import spec
from actinit.conformance.activations import accuracy, parameters, repeat, side_effects
from actinit.conformance.run.session import Session


class IgnoresAlpha(Right):
    """The default of every parameter, whatever is given."""

    def value(self, entry, x, parameters):
        return super().value(entry, x, {})


class IgnoresAlphaInItsGradient(Right):
    """A gradient at the default of every parameter."""

    def gradient(self, entry, x, upstream, parameters):
        return super().gradient(entry, x, upstream, {})


class SquaresTheParameter(Right):
    """Right at alpha = 1 and wrong elsewhere."""

    def value(self, entry, x, parameters):
        squared = {name: value**2 for name, value in parameters.items()}
        return super().value(entry, x, squared)


class WritesIntoItsInput(Right):
    """Leaves its result where its input was."""

    def value(self, entry, x, parameters):
        got = super().value(entry, x, parameters)
        if x.flags.writeable:
            x[...] = got
        return got


class WritesIntoTheUpstream(Right):
    """Leaves zeros where the upstream gradient was."""

    def gradient(self, entry, x, upstream, parameters):
        got = super().gradient(entry, x, upstream, parameters).copy()
        if upstream.flags.writeable:
            upstream[...] = 0
        return got


class ReturnsItsInput(Right):
    """The result is the array that was given."""

    def value(self, entry, x, parameters):
        return x


class ReusesABuffer(Right):
    """One buffer for all results of a shape and dtype."""

    def __init__(self):
        self.buffers = {}

    def value(self, entry, x, parameters):
        got = super().value(entry, x, parameters)
        buffer = self.buffers.setdefault((got.shape, got.dtype), np.empty_like(got))
        buffer[...] = got
        return buffer


class ChangesOneCallInForty(Right):
    """One element of one call in forty is an ulp off."""

    def __init__(self):
        self.rng = np.random.default_rng(3)

    def value(self, entry, x, parameters):
        got = super().value(entry, x, parameters).copy()
        if got.size and self.rng.random() < 1 / 40:
            got.reshape(-1)[0] = np.nextafter(got.reshape(-1)[0], got.dtype.type(2))
        return got


class ChangesOneElementInAHundredThousand(Right):
    """Elements at random are zero."""

    def __init__(self):
        self.rng = np.random.default_rng(4)

    def value(self, entry, x, parameters):
        got = super().value(entry, x, parameters)
        return np.where(self.rng.random(got.shape) < 1e-5, 0, got).astype(got.dtype)


class WrongFarAlong(Right):
    """Wrong from place 100,000 of an array on."""

    def value(self, entry, x, parameters):
        got = super().value(entry, x, parameters).copy()
        if got.ndim == 1:
            got[100_000:] /= 2
        return got


class WrongInLongRows(Right):
    """Wrong in rows of more than 100 elements."""

    def value(self, entry, x, parameters):
        got = super().value(entry, x, parameters)
        return got / 2 if x.shape[-1] > 100 else got


def ask(adapter, module, name, path, fmt="float32"):
    wanted = f"activation/{name}/{fmt}/{path}"
    check = next(check for check in module.checks(spec.activations[name]) if check.id == wanted)
    return Session(adapter, 60.0).run(check)


# Backend, module, entry, check, kind, key of a finding, what it looks like.
CAUGHT = [
    (IgnoresAlpha, parameters, "elu", "value/parameters", "definition", "ignored/alpha",
     "the default alpha = 1"),
    (IgnoresAlpha, parameters, "leaky_relu", "value/parameters", "definition",
     "ignored/negative_slope", "the default negative_slope = 0.01"),
    (IgnoresAlphaInItsGradient, parameters, "elu", "derivative/parameters", "definition",
     "ignored/alpha", "the default alpha = 1"),
    (SquaresTheParameter, parameters, "elu", "value/parameters", "definition", "alpha=3",
     "takes alpha squared"),
    (WritesIntoItsInput, side_effects, "tanh", "value/side-effects", "side effect",
     "writes/input", ""),
    (WritesIntoTheUpstream, side_effects, "tanh", "derivative/side-effects", "side effect",
     "writes/upstream", ""),
    (WritesIntoItsInput, side_effects, "softmax", "value/side-effects", "side effect",
     "writes/input", ""),
    (ReturnsItsInput, side_effects, "relu", "value/side-effects", "side effect",
     "shares/input", "a view of the input"),
    (ReusesABuffer, side_effects, "maxout", "value/side-effects", "side effect",
     "overwritten", "a buffer that is used again"),
    (ChangesOneCallInForty, repeat, "silu", "value/repeat", "repeatability", "changes/small",
     "changes from call to call"),
    (ChangesOneElementInAHundredThousand, repeat, "sigmoid", "value/repeat", "repeatability",
     "changes/large", "changes from call to call"),
    (WrongFarAlong, accuracy, "sigmoid", "value/ulp", "definition", "beyond/both/1",
     "0.5 * sigmoid, only from place 100000 on"),
    (WrongInLongRows, accuracy, "softmax", "value/ulp", "definition", "beyond/rows/1",
     "0.5 * softmax, only in rows of 257 elements and more, of those asked"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("backend", "module", "name", "path", "kind", "key", "like"), CAUGHT,
    ids=[f"{case[0].__name__}-{case[2]}" for case in CAUGHT],
)  # fmt: skip
def test_is_caught_and_named(backend, module, name, path, kind, key, like):
    result = ask(backend(), module, name, path)
    assert not result.outcome.conforms
    assert result.outcome.kind == kind
    found = {finding.key: finding for finding in result.outcome.findings}
    assert found[key].looks_like == like


@pytest.mark.parametrize("fmt", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("part", ["value", "derivative"])
def test_the_right_backend_passes(part, fmt):
    for name in ("elu", "leaky_relu"):
        assert ask(Right(), parameters, name, f"{part}/parameters", fmt).outcome.conforms
    for name in ("elu", "softmax", "maxout", "identity"):
        assert ask(Right(), side_effects, name, f"{part}/side-effects", fmt).outcome.conforms
        assert ask(Right(), repeat, name, f"{part}/repeat", fmt).outcome.conforms


def test_identity_may_hand_back_its_input():
    result = ask(ReturnsItsInput(), side_effects, "identity", "value/side-effects")
    assert result.outcome.conforms
    assert [finding.key for finding in result.outcome.findings] == ["shares/input"]


@pytest.mark.parametrize(
    ("backend", "name", "part", "like"),
    [
        (TanhGelu, "gelu", "value", "gelu_tanh"),
        (TanhGelu, "gelu", "derivative", "gelu_tanh'"),
        (ExactGeluTanh, "gelu_tanh", "value", "gelu"),
        (DerivativeOffByAFactor, "tanh", "derivative", "2 * tanh'"),
    ],
)
def test_another_function_is_named(backend, name, part, like):
    result = ask(backend(), accuracy, name, f"{part}/ulp")
    named = {one.looks_like for one in result.outcome.findings if one.kind == "definition"}
    assert named == {like}
    assert like in result.message
