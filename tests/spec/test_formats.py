"""Rows of formats.toml agree with NumPy and ml_dtypes, and a wrong one is refused."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest

from actinit import spec
from actinit.spec.loader import HERE, load_formats

TEXT = (HERE / "formats.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", list(spec.formats()))
def test_a_row_states_what_the_dtype_is(name):
    row, kind = spec.formats()[name], np.dtype(name)
    stated = ml_dtypes.finfo(kind)
    assert row.width == 8 * kind.itemsize == stated.bits
    assert row.precision == stated.nmant + 1
    assert row.largest == float(stated.max)
    assert 2.0**row.emin == float(stated.smallest_normal)
    assert 1 <= row.largest / 2.0**row.emax < 2
    with np.errstate(over="ignore"):
        beyond = np.float64(np.inf).astype(kind).astype(np.float64)
    assert np.isinf(beyond) == row.infinities
    assert np.isnan(beyond) == (row.overflow == "nan")


def test_from_the_narrowest_to_the_widest():
    widths = [row.width for row in spec.formats().values()]
    assert widths == sorted(widths)


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        ("precision  = 11", "precision  = 16", "float16.precision", "expected 2 to 15 of 16 bits"),
        ("emax       = 15\n", "emax       = 16\n", "float16.emax",
         "5 bits hold 30 exponents of normal numbers, but -14 to 16 are 31"),
        ('nans       = "all ones and', 'nans       = "all one and', "float16.nans", "Invalid enum"),
        ('overflow   = "infinity"', 'overflow   = "nan"', "float16.overflow", "overflows to them"),
        ('computed   = "float32"', 'computed   = "f32"', "float16.computed", "no row is named"),
        ('computed   = "float64"', 'computed   = "float32"', "float64.computed", "is narrower"),
        ('asked      = "sample"', 'asked      = "every"', "float32.asked", "too many numbers"),
        ("exp = 2, expm1", "expp = 2, expm1", "elementary", "not exp, expp"),
        ("width      = 16", "wide       = 16", "float16.wide", "unknown field"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_refused_with_its_key(tmp_path, old, new, key, reason):
    assert old in TEXT
    file = tmp_path / "formats.toml"
    first = TEXT.index("[float16]")
    file.write_text(TEXT[:first] + TEXT[first:].replace(old, new, 1), encoding="utf-8")
    with pytest.raises(spec.SpecError) as caught:
        load_formats(file)
    assert key in caught.value.key
    assert reason in str(caught.value)


def test_the_untouched_file_is_taken(tmp_path):
    file = tmp_path / "formats.toml"
    file.write_text(TEXT, encoding="utf-8")
    assert load_formats(file) == spec.formats()
