"""How numbers and rows are written."""

from __future__ import annotations

import numpy as np
import pytest

from actinit.conformance.formats import FORMATS, brief, describe, hexadecimal


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.float32(0.1), "0.10000000149011612"),
        ([1.0, -2.0, 0.5, np.nan], "[1.0, -2.0, 0.5, nan]"),
        ([1.0, -2.0, 0.5, 0.25, 8.0], "[1.0, -2.0, ..., 8.0] (5 numbers)"),
        (np.arange(34.0), "[0.0, 1.0, ..., 33.0] (34 numbers)"),
    ],
)
def test_a_long_row_is_shortened_for_a_sentence(value, text):
    assert brief(value) == text
    assert brief(describe(value)) == text


def test_what_is_written_reads_back():
    rows = np.array([0.1, -np.inf, 5e-324])
    assert eval(describe(rows), {"inf": np.inf}) == rows.tolist()
    assert [float.fromhex(one) for one in hexadecimal(rows).strip("[]").split(", ")] == [*rows]


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_the_sign_is_the_pattern_of_minus_zero(fmt):
    assert np.signbit(fmt.from_bits(np.array([fmt.sign])).astype(np.float64))[0]
    assert fmt.from_bits(np.array([fmt.sign]))[0] == 0
