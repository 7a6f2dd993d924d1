"""Wrong functions put to the diagnosis directly, on a small part of the sample."""

from __future__ import annotations

import numpy as np

from actinit import reference as ref
from actinit import spec
from actinit.conformance.activations import diagnosis
from actinit.conformance.activations.diagnosis.evidence import Points
from actinit.conformance.activations.diagnosis.gradients import Gradients
from actinit.conformance.activations.diagnosis.rows import Rows
from actinit.conformance.error.metric import measure
from actinit.conformance.expected import inputs
from actinit.conformance.expected.budgets import row_budgets
from actinit.conformance.expected.question import question
from actinit.conformance.formats import FORMATS
from actinit.conformance.oracle import Exact

_INPUTS = 25_000


def of_elements(name, function, part="value", fmt="float32"):
    """Return what the diagnosis says of a function in place of an elementwise entry."""
    entry, fmt = spec.activations[name], FORMATS[fmt]
    x = inputs.scalars(fmt)
    # Of the million the inputs of ordinary size, and some of all others.
    kept = (np.abs(x.astype(np.float64)) < 200) & (np.abs(x.astype(np.float64)) > 2.0**-20)
    x = np.sort(np.concatenate([inputs.every_nth(x[kept], _INPUTS), inputs.every_nth(x, 2000)]))
    points = x.astype(np.float64)
    rule = ref.activations[name] if part == "value" else ref.activations[name].derivative
    right = np.asarray(rule(points))
    order = inputs.scrambled(len(x))
    got = np.empty_like(x)
    with np.errstate(all="ignore"):
        got[order] = np.asarray(function(x[order])).astype(x.dtype)
    budget = question(entry, fmt, part).budgets(points)
    errors = measure(got, Exact(right, np.zeros_like(right)), fmt, x=x)
    wrong = errors.beyond(budget) | errors.nonfinite
    if part == "derivative":
        wrong &= points != 0
    with np.errstate(invalid="ignore"):  # of a nan that signals
        seen = Points(points, got.astype(np.float64), right, budget)
    return diagnosis.elements(entry, fmt, part, seen, wrong, order).text


def of_rows(name, function, part="value", fmt="float32"):
    """Return what the diagnosis says of a function of rows in place of an entry.

    The function takes rows and the upstream gradient, of which one output of each row is 1.
    """
    entry, fmt = spec.activations[name], FORMATS[fmt]
    batches = []
    for sample in inputs.rows(fmt)[:9]:
        x = inputs.every_nth(sample, 400 if sample.shape[1] < 100 else 20)
        points = x.astype(np.float64)
        if entry.shape == "reduction":  # ties are for a check of their own
            ends = [(points == each) for each in (points.max(1)[:, None], points.min(1)[:, None])]
            alone = (ends[0].sum(axis=1) == 1) & (ends[1].sum(axis=1) == 1)
            x, points = x[alone], points[alone]
        outputs = np.arange(len(x)) % x.shape[1]
        chosen = np.arange(x.shape[1]) == outputs[:, np.newaxis]
        rule = ref.activations[name]
        right = np.asarray(rule(points))
        if part == "derivative":
            right = rule.vjp(points, chosen.astype(np.float64)) if entry.shape == "row" else (
                np.asarray(rule.derivative(points))
            )  # fmt: skip
        order = inputs.scrambled(len(x))
        got = np.empty(right.shape, dtype=x.dtype)
        with np.errstate(all="ignore"):
            got[order] = np.asarray(function(x[order], chosen[order].astype(x.dtype)))
        budget = row_budgets(entry, fmt, part, points, right.shape)
        errors = measure(got, Exact(right, np.zeros_like(right)), fmt, x=None)
        wrong = errors.beyond(budget) | errors.nonfinite
        batches.append(Rows(points, outputs, got.astype(float), right, budget, wrong, order))
    return diagnosis.rows(entry, fmt, part, batches)


def of_gradients(name, product, fmt="float32"):
    """Return what the diagnosis says of a product in place of derivative and upstream gradient."""
    entry, fmt = spec.activations[name], FORMATS[fmt]
    x = (8 * inputs.weyl(300) - 4).astype(fmt.dtype)
    upstream = np.array([1.0, -1.0, 0.0, 1.5, -0.1, 3.3, -640.0, 1e-9, 1e5]).astype(fmt.dtype)
    x, upstream = (each.reshape(-1) for each in np.meshgrid(x, upstream))
    function = ref.activations[entry.name]
    points, above = x.astype(np.float64), upstream.astype(np.float64)
    slope, value = function.derivative(points), function(points)
    right = slope * above
    with np.errstate(all="ignore"):
        got = np.asarray(product(function.derivative(x), upstream, x)).astype(x.dtype)
    errors = measure(got, Exact(right, np.zeros_like(right)), fmt)
    wrong = (errors.ulps > 4) | errors.nonfinite
    part = Gradients(
        points, slope, value, above, got.astype(float), right, wrong, np.ones(x.shape, dtype=bool)
    )
    return diagnosis.gradients(part, fmt)
