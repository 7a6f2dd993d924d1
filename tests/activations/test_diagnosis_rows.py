"""Wrong functions of rows are named by their cause, and right ones by nothing."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.diagnosed import of_rows
from ml_dtypes import bfloat16

from actinit import reference as ref


def exponentials(x):
    return np.exp(x - x.max(axis=-1, keepdims=True))


def total(x):
    return x.sum(axis=-1, keepdims=True)


def softmax(x):
    return exponentials(x) / total(exponentials(x))


def narrowed(x):
    return x.astype(bfloat16).astype(x.dtype)


VALUES = [
    ("softmax", lambda x, u: ref.softmax(x, axis=0), "softmax along the first axis"),
    ("softmax", lambda x, u: np.exp(x) / total(np.exp(x)),
     "exp(x) / sum(exp(x)) without the maximum subtracted, in float32"),
    ("softmax", lambda x, u: ref.softmax(x / 2), "softmax of 0.5 * x"),
    ("softmax", lambda x, u: ref.softmax(x.astype(float) * 0.77), "softmax of 0.77 * x"),
    ("softmax", lambda x, u: ref.softmax(-x), "softmin"),
    ("softmax", lambda x, u: ref.softmax(x.astype(float) * np.log(2)), "softmax of base 2"),
    ("softmax", lambda x, u: ref.log_softmax(x), "log_softmax"),
    ("softmax", lambda x, u: exponentials(x), "exp(x - max(x)), not divided by the sum"),
    ("softmax", lambda x, u: exponentials(x) / (total(exponentials(x)) + 1e-3),
     "softmax with 0.001 added to the sum"),
    ("softmax", lambda x, u: exponentials(x) / total(exponentials(x)[:, :1024]),
     "softmax with the sum of the first 1024 elements alone, only in rows of 1031"),
    ("softmax", lambda x, u: narrowed(ref.softmax(x)), "softmax rounded to bfloat16"),
    ("softmax", lambda x, u: np.roll(ref.softmax(x), 1, axis=0), "of another row: the result of"),
    ("softmax", lambda x, u: ref.softmax(x)[:, ::-1], "each row reversed"),
    ("softmax", lambda x, u: ref.softmax(x) / (2 if x.shape[1] > 100 else 1),
     "0.5 * softmax, only in rows of 257"),
    ("log_softmax", lambda x, u: np.log(softmax(x)), "the logarithm of softmax, in float32"),
    ("log_softmax", lambda x, u: np.log(softmax(x) + 1e-7), "log(softmax(x) + 1e-07)"),
    ("log_softmax", lambda x, u: ref.log_softmax(x) / np.log(2), "log_softmax of base 2"),
    ("log_softmax", lambda x, u: x - x.max(-1, keepdims=True), "x - max(x), without the log"),
    ("hardmax", lambda x, u: ref.softmax(x), "softmax"),
    ("hardmax", lambda x, u: x == x.max(-1, keepdims=True), "1 at all maxima, tied or not"),
    ("hardmax", lambda x, u: ref.hardmax(x[:, ::-1])[:, ::-1], "1 at the last of the maxima"),
    ("hardmax", lambda x, u: ref.hardmax(-x), "1 where the minimum is, 0 elsewhere"),
    ("sparsemax", lambda x, u: ref.softmax(x), "softmax"),
    ("sparsemax", lambda x, u: ref.hardmax(x), "1 where the maximum is, 0 elsewhere"),
    ("softmin", lambda x, u: ref.softmax(x), "softmax"),
    ("softmin", lambda x, u: ref.softmin(x / 2), "softmin of 0.5 * x"),
    ("softmin", lambda x, u: np.exp(-x) / total(np.exp(-x)),
     "exp(-x) / sum(exp(-x)) without the maximum subtracted, in float32"),
    ("softmin", lambda x, u: ref.softmin(x)[:, ::-1], "each row reversed"),
    ("logsumexp", lambda x, u: x.max(-1), "the maximum"),
    ("logsumexp", lambda x, u: np.log(np.exp(x - x.max(-1, keepdims=True)).sum(-1)),
     "the logarithm of the sum of exp(x - max(x)), without the maximum"),
    ("maxout", lambda x, u: x.min(-1), "the minimum"),
    ("maxout", lambda x, u: x.mean(-1), "the mean"),
    ("maxout", lambda x, u: np.sort(x)[:, max(0, x.shape[1] - 2)], "the second largest"),
]  # fmt: skip
DERIVATIVES = [
    ("softmax", lambda x, u: u * softmax(x), "y * u, without - y * sum(u * y)"),
    ("softmax", lambda x, u: u * softmax(x) * (1 - softmax(x)), "the diagonal of the Jacobian"),
    ("softmax", lambda x, u: u - total(u * softmax(x)), "u - sum(u * y), without the factor y"),
    ("softmax", lambda x, u: u, "the upstream gradient u itself"),
    ("log_softmax", lambda x, u: u, "the upstream gradient u itself"),
    ("log_softmax", lambda x, u: u - total(u * softmax(x)), "the transposed Jacobian"),
    ("log_softmax", lambda x, u: u - softmax(x) / x.shape[1], "u - y * mean(u)"),
    ("hardmax", lambda x, u: ref.softmax.vjp(x, u), "that of softmax"),
    ("sparsemax", lambda x, u: ref.softmax.vjp(x, u), "that of softmax"),
    ("sparsemax", lambda x, u: u * (ref.sparsemax(x) > 0), "u above the level, without its mean"),
    ("softmin", lambda x, u: ref.softmax.vjp(x, u), "that of softmax"),
    ("softmin", lambda x, u: -ref.softmin.vjp(x, u), "y * (u - sum(u * y)), without the minus"),
    ("logsumexp", lambda x, u: x == x.max(-1, keepdims=True), "1 at the maximum"),
    ("maxout", lambda x, u: x == x.min(-1, keepdims=True), "1 at the minimum"),
    ("maxout", lambda x, u: np.full(x.shape, 1 / x.shape[1]), "1 / n at all pieces"),
]


@pytest.mark.parametrize(
    ("name", "function", "expected"), VALUES, ids=[f"{case[0]}: {case[2]}" for case in VALUES]
)
def test_a_wrong_value_is_named(name, function, expected):
    assert of_rows(name, function).startswith(expected)


@pytest.mark.parametrize(
    ("name", "function", "expected"),
    DERIVATIVES,
    ids=[f"{case[0]}: {case[2]}" for case in DERIVATIVES],
)
def test_a_wrong_derivative_is_named(name, function, expected):
    assert of_rows(name, function, "derivative").startswith(expected)


@pytest.mark.parametrize("fmt", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize(
    "name", ["softmax", "log_softmax", "softmin", "hardmax", "sparsemax", "logsumexp", "maxout"]
)
def test_what_is_right_is_not_named(name, fmt):
    assert of_rows(name, lambda x, u: ref.activations[name](x), fmt=fmt) == ""


def test_noise_is_not_named():
    def noisy(x, u):
        return ref.softmax(x) * (1 + 1e-2 * np.sin(1e4 * x.astype(float)))

    assert of_rows("softmax", noisy) == ""


@pytest.mark.parametrize("value", [np.nan, -np.inf, 0.0])
@pytest.mark.parametrize("part", ["value", "derivative"])
@pytest.mark.parametrize("fmt", ["bfloat16", "float64"])
def test_whatever_comes_back_there_is_a_text(fmt, part, value):
    for name in ("softmax", "log_softmax", "softmin", "hardmax", "sparsemax", "maxout"):
        shape = (lambda x: x[:, 0]) if (name, part) == ("maxout", "value") else (lambda x: x)
        found = of_rows(name, lambda x, u, shape=shape: np.full_like(shape(x), value), part, fmt)
        assert isinstance(found, str)
