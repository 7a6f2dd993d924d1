"""Rows at which a derivative says nothing: ties, and elements next to an edge."""

from __future__ import annotations

import numpy as np

from actinit import spec
from actinit.conformance.expected.smooth import smooth
from actinit.conformance.formats import FORMATS


def test_rows_with_an_element_next_to_the_level_are_left_out():
    entry, fmt = spec.activations["sparsemax"], FORMATS["float32"]
    # Of three numbers an element may be off by four and a half ulp of 1.
    near = [[0.0, -1.0, -3.0], [0.0, -1 + 4 * 2.0**-23, -3.0], [0.0, -1 - 4 * 2.0**-23, -3.0]]
    away = [[0.0, -1 + 16 * 2.0**-23, -3.0], [0.0, -0.5, -3.0], [0.0, -1.5, -3.0]]
    assert smooth(entry, fmt, np.array(near + away)).tolist() == [False] * 3 + [True] * 3
    masked = np.array([[0.0, -np.inf, -1.0], [0.0, -np.inf, -0.5]])
    assert smooth(entry, fmt, masked).tolist() == [False, True]
    assert smooth(entry, fmt, np.array([[np.nan, 0.0], [0.0, np.nan]])).all()


def test_ties_count_where_an_entry_has_them():
    x = np.array([[1.0, 1.0, 0.0], [1.0, 0.0, 0.0], [np.nan, 1.0, 0.0]])
    found = {
        name: smooth(spec.activations[name], FORMATS["float32"], x).tolist()
        for name in ("maxout", "softmax")
    }
    assert found == {"maxout": [False, True, False], "softmax": [True] * 3}
