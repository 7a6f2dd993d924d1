"""The limits that the entries state, held against their formulas at large arguments."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from helpers.formulas import altered

from actinit import spec
from actinit.conformance.expected.defaults import defaults
from actinit.conformance.oracle import enclose, enclose_rows

FAR = (1e3, 1e6, 1e30, 1e300)
PARTS = ("value", "derivative")
ELEMENTWISE = [name for name, e in spec.activations.items() if e.shape == "elementwise"]
ROWS = [name for name, e in spec.activations.items() if e.shape != "elementwise"]


def stated(entry, what):
    """Return what an entry states as a number; none where it leaves it open."""
    if what == "any":
        return None
    if what == "any zero":
        return 0.0
    return spec.evaluate(spec.Expression(what), defaults(entry)) if isinstance(what, str) else what


def tends_to(results, limit):
    """Say whether results at ever larger arguments near a limit, or leave every bound."""
    if math.isinf(limit):
        # A result that is infinite already stays so.
        grows = all(abs(a) < abs(b) or a == b == limit for a, b in itertools.pairwise(results))
        return grows and results[-1] * limit > 0
    return results[-1] == pytest.approx(limit, rel=1e-15, abs=1e-300)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_of_a_number(name, part):
    entry = spec.activations[name]
    infinite = [case for case in entry.special.cases if math.isinf(case.x)]
    assert {case.x for case in infinite} == {math.inf, -math.inf}
    for case in infinite:
        limit = stated(entry, getattr(case, part))
        assert limit is not None, "an entry states both limits"
        far = [math.copysign(x, case.x) for x in FAR]
        assert tends_to(enclose(entry, part, far, defaults(entry)).rounded.tolist(), limit)
        # And that is what the oracle returns there.
        assert enclose(entry, part, [case.x], defaults(entry)).rounded[0] == pytest.approx(limit)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", ROWS)
def test_of_a_row(name, part):
    entry = spec.activations[name]
    for case in entry.special.cases:
        right = getattr(case, part)
        if not np.isinf(case.x).any() or right == "any":
            continue
        rows = [[math.copysign(far, x) if math.isinf(x) else x for x in case.x] for far in FAR[:3]]
        found = enclose_rows(entry, part, rows, defaults(entry)).rounded.reshape(len(rows), -1)
        for position, what in enumerate(right if isinstance(right, tuple) else (right,)):
            limit = stated(entry, what)
            if math.isnan(limit):
                # No limit: another way to infinity leads elsewhere.
                other = [row.copy() for row in rows]
                for row in other:
                    row[0] *= 2
                elsewhere = enclose_rows(entry, part, other, defaults(entry)).rounded
                assert not np.allclose(elsewhere[-1], found[-1])
            else:
                assert tends_to(found[:, position].tolist(), limit), (case.x, position)


def test_at_infinity_the_oracle_returns_what_the_entry_states_to_the_last_digit():
    at = {
        ("selu", "value", -math.inf): -1.7580993408473768599402175208123,
        ("selu", "derivative", math.inf): 1.0507009873554804934193349852946,
        ("elu", "value", -math.inf): -0.3,
        ("gelu", "value", -math.inf): 0.0,
    }
    for (name, part, x), right in at.items():
        parameters = {"alpha": 0.3} if name == "elu" else {}
        assert enclose(spec.activations[name], part, [x], parameters).rounded[0] == right
    exact = enclose(spec.activations["selu"], "value", [-math.inf], {})
    assert exact.residual[0] == pytest.approx(
        enclose(altered("-1.7580993408473768599402175208123"), "value", [0.0], {}).residual[0]
    )
    assert exact.residual[0] != 0


def test_what_the_entry_leaves_open_is_nan():
    found = enclose(spec.activations["relu"], "derivative", [math.nan, 1.0, -math.inf], {})
    assert np.isnan(found.rounded[0])
    assert found.rounded[1:].tolist() == [1.0, 0.0]


def test_second_derivatives_vanish_at_infinity():
    for name in ELEMENTWISE:
        entry = spec.activations[name]
        far = enclose(entry, "derivative", [-math.inf, math.nan, math.inf], defaults(entry), 1)
        assert far.rounded[[0, 2]].tolist() == [0, 0]
        assert np.isnan(far.rounded[1])
