"""No budget grants so much that a result says nothing: of any entry, part and format."""

from __future__ import annotations

from functools import partial
from itertools import product

import numpy as np
import pytest
from helpers import wrong
from helpers.patience import PATIENCE

from actinit import reference, spec
from actinit.conformance.activations import second
from actinit.conformance.error.metric import lost, measure, ulp
from actinit.conformance.expected import inputs
from actinit.conformance.expected.budgets import budgets, row_budgets
from actinit.conformance.expected.caps import cap, near_root
from actinit.conformance.expected.defaults import defaults
from actinit.conformance.expected.roots import nonzero_roots, roots
from actinit.conformance.formats import ARITHMETIC, FORMATS
from actinit.conformance.oracle import Exact, exact
from actinit.conformance.plan import activation_checks
from actinit.conformance.run.session import Session
from actinit.spec import budget_of, compute

ELEMENTWISE = [e for e in spec.activations.values() if e.shape == "elementwise"]
ROWS = [e for e in spec.activations.values() if e.shape != "elementwise"]
PARTS = ("value", "derivative")
ORDERS = {"value": ("value", 0), "derivative": ("derivative", 0), "second": ("derivative", 1)}


def asked_and_granted(entry, fmt):
    """Yield each part of an elementwise entry with inputs, what is right there, and the budgets."""
    for part in PARTS:
        x = inputs.every_nth(inputs.scalars(fmt, roots(entry)), 3_000)
        near = [inputs._neighbours(fmt, root)[300:500] for root in roots(entry)]
        points = np.unique(np.concatenate([x, *near]).astype(np.float64))
        function = reference.activations[entry.name]
        right = function(points) if part == "value" else function.derivative(points)
        yield part, points, right, budgets(entry, fmt, part, points)
    batch = second._batch(entry, fmt)
    yield "second", batch.x.astype(np.float64), batch.exact.rounded, batch.budget


def enclosed(entry, part, order, points):
    """Return a part of an entry, or its slope, by the oracle."""
    of, more = ORDERS[part]
    return exact(entry, of, points, defaults(entry), order=more + order).rounded


def never_passes(right, budget, fmt):
    """Hold what is 0, or of the wrong sign, against the budget where it should be normal."""
    normal = np.abs(right) >= 2.0**fmt.emin
    for got in (np.zeros_like(right), -np.zeros_like(right), -right):
        # The nan that a format without infinities has for what is beyond tells no sign.
        got = np.clip(got, -fmt.row.largest, fmt.row.largest).astype(fmt.dtype)
        assert measure(got, Exact(right, np.zeros_like(right)), fmt).beyond(budget)[normal].all()


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("entry", ELEMENTWISE, ids=lambda entry: entry.name)
def test_no_budget_of_a_number_is_beyond_the_rule(entry, fmt):
    elementary = fmt.elementary
    for part, points, right, budget in asked_and_granted(entry, fmt):
        assert np.isfinite(budget).all()
        never_passes(right, budget, fmt)
        expression = budget_of(entry, part).budget
        if "kappa" not in expression.names:
            assert (budget <= cap(fmt)).all()
            continue
        zeros = nonzero_roots(partial(enclosed, entry, part, 0))
        near = [np.abs(points - zero) < abs(zero) / 2 for zero in zeros]
        over = budget > cap(fmt)
        assert not over[~np.any(near, axis=0)].any() if near else not over.any()
        # Beside a root, in absolute terms, what an error of the argument does and no more.
        base, one = (compute(expression, {**elementary, "kappa": kappa}) for kappa in (0, 1))
        slope = np.abs(enclosed(entry, part, 1, points[over]))
        unit = ulp(right, fmt)[over]
        moved = base * unit + (one - base) * ulp(points[over], fmt) * slope
        assert (budget[over] * unit <= moved * (1 + 2.0**-20)).all()


@pytest.mark.parametrize("fmt", ARITHMETIC.values(), ids=ARITHMETIC)
@pytest.mark.parametrize("entry", ROWS, ids=lambda entry: entry.name)
def test_no_budget_of_a_row_is_beyond_the_rule(entry, fmt):
    function = reference.activations[entry.name]
    for part in PARTS:
        for x in inputs.rows(fmt):
            points = x[:: 1 + len(x) // 500].astype(np.float64)
            right = function(points) if part == "value" else function.derivative(points)
            if right.ndim == 3:
                right = right[:, 0]
            budget = row_budgets(entry, fmt, part, points, right.shape)
            # Beside a root, which the budget of a function to one number may know, it is more.
            stated = budget_of(entry, part).budget
            if "one" in stated.names:  # an absolute bound, in ulp of 1
                bound = compute(stated, {"n": points.shape[1], "one": 1.0}) * ulp(np.ones(1), fmt)
                assert (budget * ulp(right, fmt) <= bound).all()
            elif "kappa" not in stated.names:
                assert (budget <= cap(fmt)).all()
            never_passes(right, budget, fmt)


def test_a_budget_is_linear_in_kappa():
    for fmt in FORMATS.values():
        elementary = fmt.elementary
        for entry, part in product(ELEMENTWISE, ORDERS):
            expression = budget_of(entry, part).budget
            if "kappa" in expression.names:
                at = [compute(expression, {**elementary, "kappa": k}) for k in (0, 1, 10, 1000)]
                assert at[2] - at[0] == pytest.approx(10 * (at[1] - at[0]))
                assert at[3] - at[0] == pytest.approx(1000 * (at[1] - at[0]))


def test_what_is_beside_a_root_is_near_it():
    expression = budget_of(spec.activations["gelu"], "derivative").budget
    for fmt in FORMATS.values():
        elementary = fmt.elementary
        for x, beside in ((-0.7517915246935645, True), (-1.2, False), (-6.375, False), (0, False)):
            points = np.array([float(x)])
            assert near_root(expression, elementary, fmt, points, [-0.7517915246935645]) == beside


def test_lost_is_zero_or_the_wrong_sign_where_a_normal_number_is_right():
    fmt = FORMATS["float16"]
    tiny = 2.0**-14
    cases = [
        (0.0, tiny, True), (-0.0, tiny, True), (-1.0, tiny, True), (1.0, -tiny, True),
        (0.0, tiny / 2, False), (-1.0, tiny / 2, False), (0.0, 0.0, False), (1.0, tiny, False),
        (np.nan, 1.0, False), (1.0, np.nan, False), (-np.inf, 1.0, True), (np.inf, np.inf, False),
    ]  # fmt: skip
    for got, right, expected in cases:
        assert lost(np.array(got), np.array(right), fmt) == expected, (got, right)


class Planted(wrong.Right):
    """GELU with one number of its value or derivative replaced."""

    def __init__(self, part, dtype, at, number):
        self._planted = part, np.dtype(FORMATS[dtype].dtype), at, number

    def _plant(self, part, x, y):
        of, dtype, at, number = self._planted
        if of != part or x.dtype != dtype:
            return y
        here = x == np.asarray(at).astype(dtype)
        return np.where(here, np.asarray(number).astype(dtype), y)

    def value(self, entry, x, parameters):
        return self._plant("value", x, super().value(entry, x, parameters))

    def gradient(self, entry, x, upstream, parameters):
        found = super().gradient(entry, x, upstream, parameters)
        return self._plant("derivative", x, found)


class WithinBudget(wrong.Right):
    """A function that is off by three fifths of what is granted, and keeps its sign."""

    def _off(self, entry, part, x):
        fmt, points = FORMATS[x.dtype.name], x.astype(np.float64)
        function = reference.activations[entry.name]
        right = function(points) if part == "value" else function.derivative(points)
        with np.errstate(all="ignore"):
            step = 0.6 * budgets(entry, fmt, part, points) * ulp(right, fmt)
            away = np.sign(right) * step
            inward = np.abs(step) < np.abs(right) / 2
            turn = np.where(inward & (np.arange(x.size).reshape(x.shape) % 2 == 0), -1, 1)
            moved = (np.abs(right) >= 2.0**fmt.emin) & (np.abs(right) < 2.0 ** (fmt.emax - 1))
            found = np.where(moved, right + turn * away, right)
            # Rounding to the format may add half an ulp: where little is granted, nothing is left.
            return np.where(step >= 2 * ulp(right, fmt), found, right).astype(fmt.dtype)

    def value(self, entry, x, parameters):
        return self._off(entry, "value", x)

    def gradient(self, entry, x, upstream, parameters):
        return self._off(entry, "derivative", x)


def run(backend, name, dtype, *only):
    session = Session(backend, PATIENCE)
    for check in activation_checks(spec.activations[name]):
        asked, _, path = check.id.split("/", 2)[2].partition("/")
        if asked == dtype and (not only or path in only):
            session.run(check)
    return {result.id.split("/", 3)[3]: result for result in session.results}


@pytest.mark.parametrize(
    ("part", "dtype", "at", "number"),
    [
        ("value", "bfloat16", -13.0625, -0.0),
        ("derivative", "bfloat16", -6.375, 0.0),
        ("derivative", "float16", -0.752, 0.0),
        ("derivative", "float16", -0.752, 7.0e-5),
        ("value", "bfloat16", -6.0, 1.0e-9),
    ],
)
def test_a_lost_number_is_seen_and_by_nothing_else(part, dtype, at, number):
    found = run(Planted(part, dtype, at, number), "gelu", dtype)
    fine = ("passed", "not-offered")
    failed = {path: one for path, one in found.items() if one.status not in fine}
    assert set(failed) == {f"{part}/ulp"}
    outcome = failed[f"{part}/ulp"].outcome
    assert outcome.kind == "accuracy"
    assert outcome.measured["beyond"] == 1
    assert float(outcome.witness.x) == pytest.approx(at, rel=1e-3)
    assert outcome.witness.error >= outcome.witness.budget


@pytest.mark.parametrize("name", ["gelu", "silu", "gelu_tanh", "sigmoid"])
@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float32"])
@pytest.mark.parametrize("backend", [wrong.Right, WithinBudget])
def test_what_is_within_the_capped_budget_passes(backend, name, dtype):
    found = run(backend(), name, dtype, "value/ulp", "derivative/ulp")
    assert {one.status for one in found.values()} == {"passed"}, [o.message for o in found.values()]
    if backend is WithinBudget and name != "sigmoid":
        assert any(one.outcome.measured["max_ulp"] > 4 for one in found.values())


def test_a_condition_number_is_that_at_the_parameters():
    celu, fmt, x = spec.activations["celu"], FORMATS["float64"], np.array([-3.0])
    for alpha in (1.0, 0.25):
        # kappa of exp(x / alpha) is |x / alpha|; exp itself is granted 3 ulp.
        granted = budgets(celu, fmt, "derivative", x, {"alpha": alpha})
        assert granted == pytest.approx(3 + 2 * 3 / alpha, rel=1e-5)
    assert budgets(celu, fmt, "derivative", x) == budgets(
        celu, fmt, "derivative", x, {"alpha": 1.0}
    )
