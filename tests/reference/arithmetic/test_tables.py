"""The tables of the arithmetics are what ball arithmetic makes of their definitions."""

from __future__ import annotations

from pathlib import Path

from actinit.reference.arithmetic import _make_tables, _tables


def test_the_tables_are_as_written_anew():
    assert Path(_tables.__file__) == _make_tables.FILE
    assert _make_tables.FILE.read_text(encoding="utf-8") == _make_tables.text()


def test_products_that_must_be_exact_are():
    """The first two parts of log(2) / 256 with 19 bits of k, and 27 bits with 26: see `_pairs`."""
    for part, last in zip(_tables.LOG2_OVER_256[:2], (42, 77), strict=True):
        assert (part * 2.0**last).is_integer()
        assert abs(part * 2.0**last) < 2**34
    assert all((head * 2.0**26).is_integer() for head in _tables.POWERS_OF_2[0].tolist())
