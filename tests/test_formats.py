"""How numbers and rows are written, and how far apart they are."""

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


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        (1.0, 1.0, 0),
        (np.nan, -np.nan, 0),
        (np.nan, 1.0, np.inf),
        (0.0, -0.0, 1),
        (-1e-45, 0.0, 2),
        (-1.0, np.nextafter(np.float32(-1), np.float32(0)), 1),
        (np.inf, np.finfo(np.float32).max, 1),
        (1.0, 3.0, 2**23 + 2**22),
    ],
)
def test_how_far_apart_two_numbers_are_is_counted_by_their_bits(one, other, steps):
    pair = np.float32([one]), np.float32([other])
    assert FORMATS["float32"].apart(*pair).tolist() == [steps]
    assert FORMATS["float32"].apart(*pair[::-1]).tolist() == [steps]


def test_neighbours_are_apart_in_every_shape_and_beyond_the_digits_of_float64():
    fmt = FORMATS["float64"]
    x = np.array([[1e300, 5e-324], [-2.0, 0.0]])
    assert (fmt.apart(x, np.nextafter(x, 9e307)) == 1).all()
    few = np.array([1.0, 2.0**-133]).astype(FORMATS["bfloat16"].dtype)
    assert FORMATS["bfloat16"].apart(few, few[::-1]).tolist() == [0x3F7F, 0x3F7F]
