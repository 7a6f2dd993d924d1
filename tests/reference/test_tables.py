"""The reference's tables are what ball arithmetic makes of their definitions."""

from __future__ import annotations

from pathlib import Path

from actinit.reference.activations import _make_tables, _tables


def test_the_tables_are_as_written_anew():
    assert Path(_tables.__file__) == _make_tables.FILE
    assert _make_tables.FILE.read_text(encoding="utf-8") == _make_tables.text()


def test_products_that_must_be_exact_are():
    """18 bits of k, 26 of what is left of the argument: see `_exponential._parts`."""
    first, _ = _tables.LOG2_OVER_64
    assert (first * 2.0**41).is_integer()
    assert first * 2.0**41 < 2**35
    assert all((head * 2.0**26).is_integer() for head in _tables.POWERS_OF_2[0].tolist())
