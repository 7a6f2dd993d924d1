"""The search for hard cases of float64 finds those that looking at every number finds."""

from __future__ import annotations

import math

import numpy as np
import pytest

from actinit import spec
from actinit.conformance.formats import FORMATS
from actinit.conformance.proof import search
from actinit.conformance.proof.exactly import nearest

COUNT = 3000


@pytest.mark.parametrize(
    ("name", "part", "start"),
    [
        ("sigmoid", "value", 0.7),
        ("tanh", "derivative", -1.3),
        ("gelu", "value", -20.0),  # bends so much that all numbers are looked at
        ("gelu", "derivative", 2.6),
        ("softplus", "value", -709.0),  # subnormal results
    ],
)
def test_every_case_is_found(monkeypatch, name, part, start):
    """With 9 bits for 32 there are some among few numbers."""
    monkeypatch.setattr(search, "BITS", 9)
    entry = spec.activations[name]
    found = {case.x for case in search.searched(entry, part, {}, start, COUNT)}
    x, right = start, set()
    for _ in range(COUNT):
        if abs(nearest(entry, part, x, {}, FORMATS["float64"]).distance) < 2.0**-10:
            right.add(x)
        x = float(np.nextafter(x, math.copysign(np.inf, x)))
    assert found == right
    assert len(right) > 0


def test_a_line_that_comes_into_an_interval():
    random = np.random.default_rng(5)
    both = set()
    for _ in range(400):
        a, b = (np.uint64(random.integers(2**63, dtype=np.uint64) * 2) for _ in range(2))
        width, count = 2.0 ** -float(random.integers(3, 12)), int(random.integers(4, 300))
        values = [(int(a) + int(b) * j) % 2**64 for j in range(count)]
        comes = min(values) < width * 2.0**64
        told = bool(search._comes_into(a, b, width, count))
        assert told or not comes  # none is missed
        both.add((told, comes))
    assert {(True, True), (False, False)} <= both


def test_simple_numbers_are_among_them():
    found = search.simple(spec.activations["sigmoid"], "value", {})
    assert all(abs(case.distance) < 2.0**-33 for case in found)
    assert 2.0**-52 in {case.x for case in found}
