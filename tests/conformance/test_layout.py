"""The arrangements of inputs are what they are called, and differences are told apart."""

from __future__ import annotations

import contextlib
import io
from collections import defaultdict

import numpy as np
import pytest
import wrong
import wrong_rarely as rare

from actinit import spec
from actinit.conformance.checks import layout
from actinit.conformance.checks.plan import activation_checks
from actinit.conformance.formats import FORMATS

F32 = FORMATS["float32"]
TANH, SOFTMAX = spec.activations["tanh"], spec.activations["softmax"]


def arrangements(entry, fmt=F32):
    tokens = layout.telling(entry, fmt)
    return tokens, list(layout.arrangements(tokens))


@pytest.mark.parametrize("name", ["tanh", "softmax", "maxout", "gelu"])
@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_every_place_holds_the_input_that_it_should(name, fmt):
    tokens, found = arrangements(spec.activations[name], fmt)
    for one in found:
        placed = np.ascontiguousarray(one.array).reshape((*one.which.shape, *tokens.shape[1:]))
        assert placed.tobytes() == tokens[one.which].tobytes(), one.name
        assert one.array.flags.writeable, one.name  # or an adapter would make a copy


def test_every_input_is_at_the_head_in_the_middle_and_at_the_tail_of_every_length():
    tokens, found = arrangements(TANH)
    at = defaultdict(set)
    for one in found:
        if one.name == "in arrays":
            assert one.array.ndim == 1
            last = len(one.which) - 1
            for place, token in enumerate(one.which):
                at["head" if place == 0 else "tail" if place == last else "middle"].add(token)
    assert {one.array.size for one in found if one.name == "in arrays"} == set(range(1, 68))
    assert all(len(at[part]) == len(tokens) for part in ("head", "middle", "tail"))


def test_arrays_lie_in_memory_as_they_are_called():
    for entry in (TANH, SOFTMAX):
        kinds = {one.name: one.array for one in arrangements(entry)[1]}
        item = kinds["batched"].itemsize
        row = item if entry is TANH else item * 10
        assert kinds["strided"].strides[0] == 2 * row
        assert kinds["backwards"].strides[0] == -row
        assert kinds["broadcast"].strides[1] == 0
        assert kinds["in a column"].strides[0] == 3 * row
        assert kinds["transposed"].strides[:2] == (row, 3 * row)
        assert kinds["batched"].flags.c_contiguous
        base = kinds["not aligned"]
        assert base.base.ctypes.data + row == base.ctypes.data


def test_the_text_of_an_arrangement_makes_a_like_array():
    for entry in (TANH, SOFTMAX):
        tokens, found = arrangements(entry)
        x = tokens[:1].copy()
        for one in found:
            made = eval(one.text, {"np": np, "x": x})
            if one.name != "broadcast":
                assert made.shape == one.array.shape, one.name
                assert made.strides == one.array.strides, one.name
            assert np.array_equal(np.unique(made), np.unique(x)), one.name


def test_bits_are_compared_and_not_numbers():
    apart = layout._apart(
        np.array([0.0, 1.0, np.nan, np.nan, -1.0, np.inf], np.float32),
        np.array([-0.0, 1.0, -np.nan, 1.0, np.nextafter(np.float32(-1), 0), np.finfo("f4").max],
                 np.float32),
        F32,
    )  # fmt: skip
    assert apart.tolist() == [1, 0, 0, np.inf, 1, 1]
    few = np.array([1.0, 2.0**-133]).astype(FORMATS["bfloat16"].dtype)
    assert layout._apart(few, few[::-1], FORMATS["bfloat16"]).tolist() == [0x3F7F, 0x3F7F]


def test_what_is_shown_to_be_pasted_shows_the_difference():
    (check,) = (
        check for check in activation_checks(TANH) if check.id.endswith("float32/value/layout")
    )
    backend = rare.OnlyLength65()
    outcome = check.run(backend)
    assert outcome.kind == "layout"
    assert "at place 64 of 65" in outcome.message
    assert outcome.witness.array == "np.repeat(x, 65, axis=0)"
    snippet = check.snippet(backend, outcome).replace("{loaded_by}", "numpy")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(snippet.replace('adapters.load("numpy")', "backend"), {"backend": backend})
    alone, together = printed.getvalue().split("]", 1)
    assert together.count(alone.strip(" [")) == 64  # of 65


def test_an_odd_place_is_not_taken_for_an_error_of_the_value():
    (check,) = (
        check for check in activation_checks(TANH) if check.id.endswith("float32/value/layout")
    )
    assert check.run(wrong.TanhBeyondOne()).conforms
