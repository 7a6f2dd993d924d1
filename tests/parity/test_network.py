"""The network's formulas, evaluated sum by sum, give what the reference computes with matrices."""

from __future__ import annotations

import math

import numpy as np
import pytest

from actinit import reference as ref
from actinit import spec
from actinit.adapters.training import Problem
from actinit.conformance.parity import problem
from actinit.conformance.parity.reference import Reference
from actinit.spec.loader import load_entry

OPERATORS = {"+": "__add__", "-": "__sub__", "*": "__mul__", "/": "__truediv__"}
ENTRY = spec.networks["classifier"]


class Rows:
    """Evaluates a formula whose names are numbers, rows or indices."""

    def __init__(self, names):
        self.names = names

    def number(self, text):
        return float(text)

    def name(self, name):
        return self.names[name]

    def binary(self, operator, left, right):
        return getattr(float(left), OPERATORS[operator])(float(right))

    def call(self, function, arguments):
        if function == "delta":
            return float(arguments[0] == arguments[1])
        return getattr(math, function)(*arguments)

    def element(self, row, index):
        return self.names[row][self.names[index]]

    def reduce(self, function, index, body):
        assert function == "sum"
        (length,) = {len(row) for row in self.names.values() if isinstance(row, np.ndarray)}
        return sum(self._at(index, place, body) for place in range(length))

    def _at(self, index, place, body):
        self.names[index] = place
        return body()


def given(formula, **names):
    return spec.interpret(ENTRY.formulas[formula].is_, Rows(names))


def test_the_formulas_are_what_the_reference_computes():
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((4, 3)), rng.integers(0, 3, 4)
    told = problem.made(x, y, "sgd", layers=(5, 3), batch=4, epochs=1, seed=1)
    start = [part + 0.1 * rng.standard_normal(part.shape) for part in told.start]
    trainer = Reference(Problem(start, told.batches, told.optimizer, told.rates))
    loss, gradient = trainer.learn(x, y)

    hidden, n = ref.activations[ENTRY.hidden], len(x)
    first, shift, last, end = start
    inner = np.array([[given("sum", x=row, w=w, b=b) for w, b in zip(first.T, shift, strict=True)]
                      for row in x])  # fmt: skip
    values = hidden(inner)
    sums = np.array([[given("sum", x=row, w=w, b=b) for w, b in zip(last.T, end, strict=True)]
                     for row in values])  # fmt: skip
    losses = np.array([given("loss", z=z, k=k) for z, k in zip(sums, y, strict=True)])
    assert loss == pytest.approx(given("mean", l=losses, n=n), rel=1e-13)
    error = np.array([[given("error", z=z, i=i, k=k, n=n) for i in range(3)]
                      for z, k in zip(sums, y, strict=True)])  # fmt: skip
    slope = hidden.derivative(inner)
    back = np.array([[given("back", w=w, e=e, d=d) for w, d in zip(last, slopes, strict=True)]
                     for e, slopes in zip(error, slope, strict=True)])  # fmt: skip
    wanted = []
    for inputs, errors in ((x, back), (values, error)):
        wanted += [
            np.array([[given("kernel", x=one, e=e) for e in errors.T] for one in inputs.T]),
            np.array([given("bias", e=e) for e in errors.T]),
        ]
    for got, right in zip(gradient, wanted, strict=True):
        np.testing.assert_allclose(got, right, rtol=1e-12, atol=1e-15)


def test_every_symbol_is_used():
    used = {name for formula in ENTRY.formulas.values() for name in formula.is_.names}
    assert used == set(ENTRY.symbols)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('hidden     = "relu"', 'hidden     = "rleu"', "'rleu' is not in the activations"),
        ('layer      = "dense"', 'layer      = "sparse"', "'sparse' is not in the layers"),
        ('is = "b + ', 'is = "c + ', "names 'c', which is not defined"),
    ],
)
def test_what_is_nowhere_is_refused(old, new, said, tmp_path):
    text = (spec.HERE / "training" / "networks" / "classifier.toml").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "classifier.toml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(spec.SpecError, match=said):
        load_entry(file, spec.Network)
