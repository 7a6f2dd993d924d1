"""The inputs cover what they say."""

from __future__ import annotations

import numpy as np
import pytest

from actinit.conformance.expected import inputs
from actinit.conformance.formats import ARITHMETIC, FORMATS

WIDE = [FORMATS["float32"], FORMATS["float64"]]
NARROW = [fmt for fmt in ARITHMETIC.values() if fmt.exhaustive]


@pytest.mark.parametrize(
    ("fmt", "others"),
    # One exponent is infinities and nan; of the last, one pattern of each sign is nan.
    [("float16", 2 * 2**10), ("bfloat16", 2 * 2**7), ("float8_e5m2", 2 * 2**2),
     ("float8_e4m3fn", 2)],
)  # fmt: skip
def test_every_finite_number_of_an_exhaustive_format(fmt, others):
    fmt = FORMATS[fmt]
    x = inputs.scalars(fmt)
    finite = 2**fmt.width - others
    assert x.size == finite
    assert np.unique(x.view(fmt.bits)).size == finite


@pytest.mark.parametrize("fmt", WIDE, ids=lambda fmt: fmt.name)
def test_a_million_and_every_binade(fmt):
    x = inputs.scalars(fmt)
    assert x.size >= 1_000_000
    assert np.isfinite(x).all()
    exponents = (x.view(fmt.bits) >> fmt.bits.type(fmt.stored)).astype(np.int64)
    assert np.unique(exponents).size == 2 * (2 * fmt.emax + 1)


@pytest.mark.parametrize("fmt", WIDE, ids=lambda fmt: fmt.name)
def test_sorted_with_both_zeros_once(fmt):
    x = inputs.scalars(fmt)
    assert (np.diff(x.astype(np.float64)) >= 0).all()
    zeros = x[x == 0]
    assert np.signbit(zeros).tolist() == [True, False]


@pytest.mark.parametrize("fmt", WIDE, ids=lambda fmt: fmt.name)
def test_neighbours_of_hard_places_are_consecutive(fmt):
    x = inputs.scalars(fmt, (0.7517916,))
    near = np.asarray(0.7517916, dtype=fmt.dtype)
    assert near in x
    assert np.nextafter(near, fmt.dtype.type(1)) in x
    assert np.nextafter(near, fmt.dtype.type(0)) in x


def test_two_calls_give_the_same():
    fmt = FORMATS["float32"]
    first = inputs.scalars(fmt).copy()
    inputs._scalars.cache_clear()
    assert np.array_equal(inputs.scalars(fmt).view(np.uint32), first.view(np.uint32))


@pytest.mark.parametrize("fmt", ARITHMETIC.values(), ids=ARITHMETIC)
def test_rows_hold_a_million_elements(fmt):
    arrays = inputs.rows(fmt)
    assert sum(array.size for array in arrays) >= 1_000_000
    assert all(np.isfinite(array.astype(np.float64)).all() for array in arrays)
    assert {array.shape[1] for array in arrays} >= {1, 2, 3, 10, 17}


@pytest.mark.parametrize("fmt", NARROW, ids=lambda fmt: fmt.name)
def test_rows_hold_every_number_of_a_16_bit_format(fmt):
    pairs = next(
        a for a in inputs.rows(fmt) if a.shape[1] == 2 and len(a) > 60_000 and not a[:, 1].any()
    )
    assert np.unique(pairs[:, 0].copy().view(fmt.bits)).size == fmt.finite().size


def test_the_sample_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        inputs.scalars(FORMATS["float32"])[0] = 0
