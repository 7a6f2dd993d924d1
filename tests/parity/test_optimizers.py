"""The hand-written optimizers do what the entries' formulas say, in exact arithmetic."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from actinit import spec
from actinit.conformance.parity import reference

OPERATORS = {"+": mpmath.fadd, "-": mpmath.fsub, "*": mpmath.fmul, "/": mpmath.fdiv}


class Digits:
    """Evaluates a formula with many digits."""

    def __init__(self, names):
        self.names = names

    def number(self, text):
        return mpmath.mpf(text)

    def name(self, name):
        return mpmath.mpf(self.names[name])

    def negative(self, value):
        return -value

    def binary(self, operator, left, right):
        return left**right if operator == "**" else OPERATORS[operator](left, right)

    def call(self, function, arguments):
        return getattr(mpmath, function)(*arguments)


def test_every_entry_has_an_optimizer_and_only_these():
    assert set(reference.optimizers) == set(spec.optimizers)


@pytest.mark.parametrize("name", spec.optimizers)
def test_steps_are_those_of_the_formulas(name):
    entry = spec.optimizers[name]
    rates = {key: parameter.default for key, parameter in entry.parameters.items()}
    rng = np.random.default_rng(3)
    x, state = np.array([0.7]), {}
    with mpmath.workdps(40):
        exact, states = mpmath.mpf(0.7), dict.fromkeys(entry.state, mpmath.mpf(0))
        for t in range(1, 30):
            g = rng.standard_normal(1) * 10.0 ** rng.integers(-9, 1)
            reference.optimizers[name](x, g, t, state, rates)
            for key, formula in entry.state.items():
                names = {**rates, **states, "g": g[0], "t": t}
                states[key] = spec.interpret(formula, Digits(names))
            names = {**rates, **states, "g": g[0], "t": t, "x": exact}
            exact = spec.interpret(entry.update, Digits(names))
            assert x[0] == pytest.approx(float(exact), rel=1e-14)


@pytest.mark.parametrize(
    ("name", "variant"),
    [(name, variant) for name, entry in spec.optimizers.items() for variant in entry.conversion],
)
def test_a_variant_is_the_same_once_it_is_converted(name, variant):
    entry = spec.optimizers[name]
    rates = {key: parameter.default for key, parameter in entry.parameters.items()}
    rng = np.random.default_rng(3)
    one, other, states = np.ones(4), np.ones(4), ({}, {})
    for t in range(1, 50):
        g = rng.standard_normal(4) * 1e-7
        converted = {
            key: float(spec.interpret(formula, Digits({**rates, "t": t})))
            for key, formula in entry.conversion[variant].items()
        }
        reference.optimizers[name](one, g, t, states[0], rates)
        reference.optimizers[variant](other, g, t, states[1], {**rates, **converted})
        assert one == pytest.approx(other, rel=1e-13)


def test_both_forms_of_adam_are_converted():
    assert set(spec.optimizers["adam"].conversion) == {"adam_hat"}
    assert set(spec.optimizers["adam_hat"].conversion) == {"adam"}
