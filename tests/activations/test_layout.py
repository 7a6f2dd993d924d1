"""The arrangements of inputs are what they are called, and differences are told apart."""

from __future__ import annotations

import contextlib
import io
from collections import defaultdict

import numpy as np
import pytest
from helpers import wrong
from helpers import wrong_rarely as rare

from actinit import spec
from actinit.conformance.activations import layout
from actinit.conformance.activations.arrangements import FEW_LENGTHS, LENGTHS, telling
from actinit.conformance.activations.arrangements import arrangements as arranged
from actinit.conformance.formats import ARITHMETIC, FORMATS
from actinit.conformance.plan import activation_checks

F32 = FORMATS["float32"]
TANH, SOFTMAX = spec.activations["tanh"], spec.activations["softmax"]


def arrangements(entry, fmt=F32, lengths=LENGTHS):
    tokens = telling(entry, fmt)
    return tokens, list(arranged(tokens, lengths))


@pytest.mark.parametrize("name", ["tanh", "softmax", "maxout", "gelu"])
@pytest.mark.parametrize("fmt", ARITHMETIC.values(), ids=ARITHMETIC)
def test_every_place_holds_the_input_that_it_should(name, fmt):
    tokens, found = arrangements(spec.activations[name], fmt)
    for one in found:
        placed = np.ascontiguousarray(one.array).reshape((*one.which.shape, *tokens.shape[1:]))
        assert placed.tobytes() == tokens[one.which].tobytes(), one.name
        assert one.array.flags.writeable, one.name  # or an adapter would make a copy


@pytest.mark.parametrize("lengths", [LENGTHS, FEW_LENGTHS], ids=["all", "few"])
def test_every_input_is_at_the_head_in_the_middle_and_at_the_tail_of_every_length(lengths):
    for entry in (one for one in spec.activations.values() if one.shape == "elementwise"):
        tokens, found = arrangements(entry, lengths=lengths)
        at = defaultdict(set)
        for one in found:
            if one.name == "in arrays":
                assert one.array.ndim == 1
                last = len(one.which) - 1
                for place, token in enumerate(one.which):
                    at["head" if place == 0 else "tail" if place == last else "middle"].add(token)
        assert {one.array.size for one in found if one.name == "in arrays"} == set(lengths)
        assert all(len(at[part]) == len(tokens) for part in ("head", "middle", "tail")), entry.name


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
    printed = [line.split()[:2] for line in printed.getvalue().splitlines()]
    assert [label for label, _ in printed] == ["got", "got", "right"]
    alone, other, right = (float(number) for _, number in printed)
    assert alone == right == float(outcome.witness.exact)
    assert other == float(outcome.witness.got) != alone


def test_a_backend_that_compiles_for_each_shape_is_asked_few():
    class Compiles(wrong.Right):
        each_shape, shapes = True, set()

        def value(self, entry, x, parameters):
            self.shapes.add(x.shape)
            return super().value(entry, x, parameters)

    class Compiles65(Compiles, rare.OnlyLength65):
        pass

    (check,) = (
        check for check in activation_checks(TANH) if check.id.endswith("float32/value/layout")
    )
    assert check.run(Compiles()).conforms
    assert len(Compiles.shapes) < 50
    assert "at place 64 of 65" in check.run(Compiles65()).message


def test_an_odd_place_is_not_taken_for_an_error_of_the_value():
    (check,) = (
        check for check in activation_checks(TANH) if check.id.endswith("float32/value/layout")
    )
    assert check.run(wrong.TanhBeyondOne()).conforms


class FarAlong(wrong.Right):
    """One ulp more from the place 4096 of an array on, as where a second block begins."""

    def value(self, entry, x, parameters):
        found = super().value(entry, x, parameters)
        if x.size > 4096 and x.dtype == np.float32:
            found = found.reshape(-1).copy()
            found[4096:] = np.nextafter(found[4096:], np.float32(-2))
        return found.reshape(x.shape) if entry.shape == "elementwise" else found


class LongRowsInBatches(wrong.Right):
    """Rows of more than 1,000 in another order of summation, if there are several."""

    def value(self, entry, x, parameters):
        found = super().value(entry, x, parameters)
        if x.ndim == 2 and x.shape[0] > 1 and x.shape[1] > 1000 and x.dtype == np.float32:
            found = np.nextafter(found, np.float32(1))
        return found


class OffByMore(FarAlong):
    """As `FarAlong`, and four times as much."""

    def value(self, entry, x, parameters):
        found = super().value(entry, x, parameters)
        if x.size > 4096 and x.dtype == np.float32:
            flat = found.reshape(-1)
            for _ in range(3):
                flat[4096:] = np.nextafter(flat[4096:], np.float32(-2))
        return found


def layout_of(backend, entry, part="value"):
    wanted = f"activation/{entry.name}/float32/{part}/layout"
    return next(one for one in layout.checks(entry) if one.id == wanted).run(backend)


def test_what_goes_wrong_far_along_an_array_is_one_finding():
    outcome = layout_of(FarAlong(), TANH)
    (finding,) = outcome.findings
    assert (finding.key, finding.kind) == ("layout/far-along-arrays", "layout")
    # The shortest array that shows it is shown, with the place.
    assert finding.data == {"shortest": 4099, "longest": 131077, "place": finding.data["place"]}
    assert 4096 <= finding.data["place"] < 4099
    assert finding.worst.array == "np.repeat(x, 4099, axis=0)"
    assert finding.worst == outcome.witness
    assert 0 < finding.count < finding.points
    assert float(finding.first) < float(finding.last)
    assert layout_of(FarAlong(), TANH, "derivative").conforms


def test_a_difference_that_grows_keeps_its_key():
    small, large = (layout_of(backend(), TANH) for backend in (FarAlong, OffByMore))
    assert [one.key for one in small.findings] == [one.key for one in large.findings]
    assert large.findings[0].worst.error > small.findings[0].worst.error


def test_what_goes_wrong_in_long_rows_is_one_finding_and_short_enough_to_read():
    (finding,) = layout_of(LongRowsInBatches(), SOFTMAX).findings
    assert finding.key == "layout/in-batches-of-long-rows"
    assert (finding.data["shortest"], finding.data["longest"]) == (1031, 16411)
    assert finding.worst.x.count(",") == 1030
    assert "," not in finding.worst.got
    assert len(finding.sentence) < 400


def test_each_kind_of_arrangement_is_a_finding_of_its_own():
    class EveryArray(wrong.Right):
        def value(self, entry, x, parameters):
            found = super().value(entry, x, parameters)
            return found if x.size == 1 else np.nextafter(found, np.float32(3))

    found = layout_of(EveryArray(), TANH)
    keys = [one.key.removeprefix("layout/") for one in found.findings]
    assert {"in-arrays", "strided", "in-a-column", "backwards", "batched"} <= set(keys)
    assert len(set(keys)) == len(keys)
    assert sum(one.count for one in found.findings) == found.measured["differing"]
    first = next(one for one in found.findings if one.key == "layout/in-arrays")
    assert first.data["shortest"] == 2
    # Each has its own witness, and the text of an array that shows it.
    assert all(one.worst.array for one in found.findings)


def test_what_raises_in_an_arrangement_says_what_and_where():
    (finding,) = layout_of(rare.RefusesNothing(), spec.activations["relu"]).findings
    assert (finding.key, finding.defect) == ("layout/an-empty-array/raised", "raised")
    assert finding.data["array"] == "np.empty((0,), dtype=x.dtype)"
    assert finding.worst is None
