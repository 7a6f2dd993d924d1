"""Rotations by panels: how orthogonal they are, and that their products are exact."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from actinit.reference.initializers import _portable, _products, _rotations

#: One panel and one column; several; more rows than are worked on at once; more columns.
SHAPES = [(129, 129), (300, 200), (700, 260), (200, 300)]


def tall(matrix):
    return matrix if len(matrix) >= matrix.shape[1] else matrix.T


def departure(matrix):
    """How far columns are from orthonormal, in the Frobenius norm."""
    columns = tall(matrix)
    return np.linalg.norm(columns.T @ columns - np.eye(columns.shape[1]))


@pytest.mark.parametrize("shape", SHAPES)
def test_panels_are_as_orthogonal_as_lapack(shape):
    rng = np.random.default_rng(1)
    lapack, _ = np.linalg.qr(tall(rng.normal(size=shape)))
    assert departure(_rotations.rotation(rng, *shape)) <= 2 * departure(lapack)


@pytest.mark.parametrize("shape", SHAPES)
def test_panels_are_the_reflections_one_by_one(shape, monkeypatch):
    panels = _rotations.rotation(np.random.default_rng(2), *shape)
    monkeypatch.setattr(_rotations, "_PANEL", 2**20)
    singly = _rotations.rotation(np.random.default_rng(2), *shape)
    assert not np.array_equal(panels, singly)  # or there is nothing to compare
    # A reflection changes a column of norm 1 by some roundings of 2**-53, sqrt(n) of n add up, and
    # a weight has its share.
    np.testing.assert_allclose(panels, singly, rtol=0, atol=20 * 2.0**-53)


@pytest.mark.parametrize("shape", SHAPES)
def test_how_much_is_worked_on_at_once_changes_no_bit(shape, monkeypatch):
    usual = _rotations.rotation(np.random.default_rng(3), *shape)
    monkeypatch.setattr(_rotations, "_ROWS", 61)
    monkeypatch.setattr(_rotations, "_COLUMNS", 37)
    assert np.array_equal(usual, _rotations.rotation(np.random.default_rng(3), *shape))


def factors(rng, inner=_products.INNER):
    """Factors whose slices are as full as any: numbers near the largest, all of one sign."""
    left = _products.BOUND - rng.uniform(0, 1e-3, (5, inner))
    right = 1 - rng.uniform(0, 1e-3, (inner, 7))
    return left, right


def orders(left, right, rng):
    """Return the parts of products, summed in several orders."""
    slices, others = _products.left_slices(left), _products.right_slices(right)
    for _ in range(5):
        order = rng.permutation(left.shape[1])
        terms = slices[:, order, None] * others[order]
        yield _products.total(np.moveaxis(terms, 1, 0))
    yield slices @ others


def test_products_of_slices_are_exact_in_every_order():
    rng = np.random.default_rng(4)
    first, *others = orders(*factors(rng), rng)
    assert all(np.array_equal(first, other) for other in others)


def test_slices_of_more_bits_would_not_be_exact(monkeypatch):
    rng = np.random.default_rng(4)
    monkeypatch.setattr(_products, "_LEFT_UNITS", (2.0**-18, 2.0**-41, 2.0**-64))
    first, *others = orders(*factors(rng), rng)
    assert not all(np.array_equal(first, other) for other in others)


def test_longer_sums_would_not_be_exact():
    rng = np.random.default_rng(4)
    first, *others = orders(*factors(rng, 8 * _products.INNER), rng)
    assert not all(np.array_equal(first, other) for other in others)


def test_every_normal_number_fits_a_left_factor():
    assert _portable.LARGEST_NORMAL < _products.BOUND


@pytest.mark.parametrize("scale", [1.0, 1e-3, 1e-200])
def test_a_product_is_good_to_the_last_bits(scale):
    rng = np.random.default_rng(5)
    left, right = rng.normal(size=(4, 100)), rng.normal(size=(100, 6)) * scale
    right[:, 2] = 0.0
    got = _products.product(_products.left_slices(left), _products.right_slices(right))
    for row, column in np.ndindex(got.shape):
        terms = [
            Fraction(a) * Fraction(b) for a, b in zip(left[row], right[:, column], strict=True)
        ]
        # What slices lose, 2**-59 and 2**-54 of the largest of the column, rounded up to a power of
        # two; 2**-65 of it for products that are not made; and five roundings of sums no larger
        # than the sum of absolute terms.
        largest = Fraction(2 * np.abs(right[:, column]).max())
        lost = sum(map(abs, map(Fraction, left[row]))) * largest * Fraction(2) ** -54
        lost += 100 * largest * (Fraction(2) ** -59 + Fraction(2) ** -65)
        rounded = 5 * sum(map(abs, terms)) * Fraction(2) ** -53
        assert abs(Fraction(got[row, column]) - sum(terms)) <= lost + rounded


def test_the_products_of_rows():
    rng = np.random.default_rng(6)
    matrix = rng.normal(size=(3, 5000))  # more than are added at once
    got = _products.gram(_products.left_slices(matrix))
    for row, column in np.ndindex(got.shape):
        pairs = zip(matrix[row], matrix[column], strict=True)
        right = sum(Fraction(a) * Fraction(b) for a, b in pairs)
        size = Fraction(float(np.abs(matrix[row] * matrix[column]).sum()))
        # Ten sums of parts, each rounded; slices lose 2**-59 of each number.
        bound = 12 * size * Fraction(2) ** -53 + 5000 * 8 * Fraction(2) ** -59
        assert abs(Fraction(got[row, column]) - right) <= bound
