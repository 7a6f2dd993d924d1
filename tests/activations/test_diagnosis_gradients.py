"""Wrong products with the upstream gradient, and places that differ, are named by their cause."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.diagnosed import of_gradients
from ml_dtypes import bfloat16

from actinit.conformance.activations.diagnosis import remainder
from actinit.conformance.activations.diagnosis.places import region
from actinit.conformance.expected.inputs import scrambled


def narrowed(x):
    return x.astype(bfloat16).astype(x.dtype)


# Of the derivative, the upstream gradient and the input.
PRODUCTS = [
    (lambda d, u, x: d, "d, the upstream gradient is ignored"),
    (lambda d, u, x: u, "u, the derivative is ignored"),
    (lambda d, u, x: d * u * u, "d * u**2, the upstream gradient applied twice"),
    (lambda d, u, x: d * np.abs(u), "d * |u|, without the sign"),
    (lambda d, u, x: d * np.sign(u), "d * sign(u)"),
    (lambda d, u, x: d + u, "d + u, added in place of multiplied"),
    (lambda d, u, x: -d * u, "-d * u, with the wrong sign"),
    (lambda d, u, x: d * np.clip(u, -1, 1), "d * clip(u, -1, 1), the upstream gradient clipped"),
    (lambda d, u, x: np.clip(d * u, -1, 1), "clip(d * u, -1, 1), the gradient clipped"),
    (lambda d, u, x: d * narrowed(u), "d * u with the upstream gradient rounded to bfloat16"),
    (lambda d, u, x: narrowed(d * u), "d * u rounded to bfloat16"),
]


@pytest.mark.parametrize(("product", "expected"), PRODUCTS, ids=[case[1] for case in PRODUCTS])
def test_a_wrong_product_is_named(product, expected):
    assert of_gradients("silu", product).startswith(expected)


@pytest.mark.parametrize(
    "product",
    [
        lambda d, u, x: d * u,
        lambda d, u, x: d * u * (1 + 1e-2 * np.sin(1e4 * x)),
        lambda d, u, x: np.full(d.shape, np.nan),
        lambda d, u, x: d * u**3,
    ],
)
def test_what_is_right_or_unknown_is_not_named(product):
    assert of_gradients("silu", product) == ""


@pytest.mark.parametrize(
    ("holds", "expected"),
    [
        (lambda at: at % 8 == 7, "only in places 7 of every 8"),
        (lambda at: at % 4 > 1, "only in places 2, 3 of every 4"),
        (lambda at: at >= 65_536, "only from place 65536 on"),
        (lambda at: at < 1000, "only before place 1000"),
        (lambda at: (at >> 12) % 2 == 1, "only in the odd ones of blocks of 4096"),
    ],
)
def test_the_places_of_wrong_results_are_told(holds, expected):
    found = region(holds(np.arange(200_000)))
    assert found is not None
    assert found.text == expected


def test_wrong_results_anywhere_have_no_place():
    wrong = np.zeros(200_000, dtype=bool)
    for count in (1, 20, 45, 1000, 100_000):
        wrong[scrambled(200_000)[:count]] = True
        assert region(wrong) is None


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        (lambda n: range(n // 8 * 8, n), "only in what is left over beyond groups of 8"),
        (lambda n: range(n // 8 * 8),
         "whole groups of 8 are computed otherwise than what is left over"),
        (lambda n: [n - 1], "only in the last place"),
        (lambda n: range(n) if n > 16 else [], "only in arrays of 17 and more"),
        (lambda n: [at for at in range(1, n) if at % 3 == 0], ""),
    ],
)  # fmt: skip
def test_what_is_left_over_of_arrays_is_told(places, expected):
    assert remainder([(n, list(places(n))) for n in range(2, 68)]) == expected
