"""The reference keeps what the budgets would forgive: tails without the condition number.

A budget grants a function whose argument is rounded `kappa` times that rounding. The reference's
GELU splits the square in its exponent so that nothing is amplified, and so is held to the rest of
the budget alone.
"""

from __future__ import annotations

import numpy as np
import pytest

from actinit import reference as ref
from actinit import spec
from actinit.conformance.error.metric import measure
from actinit.conformance.formats import FORMATS
from actinit.conformance.oracle import enclose

TAIL = -np.linspace(5, 38.4, 2000)


@pytest.mark.parametrize("part", ["value", "derivative"])
def test_gelu_s_tail_is_not_amplified(part):
    budget = spec.budget_of(spec.activations["gelu"], part).budget
    granted = spec.evaluate(budget, {**spec.formats()["float64"].elementary, "kappa": 0})
    got = ref.gelu(TAIL) if part == "value" else ref.gelu.derivative(TAIL)
    exact = enclose(spec.activations["gelu"], part, TAIL.tolist(), {})
    errors = measure(got, exact, FORMATS["float64"])
    assert errors.ulps.max() <= granted
    assert granted < 50  # while kappa is over 1,400 at the end of the tail
