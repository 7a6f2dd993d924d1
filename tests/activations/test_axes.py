"""Another axis than the one that is asked for is caught and named; right code passes."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from helpers import wrong
from helpers.pasting import labelled, pasted, same

from actinit import adapters, check, reference, spec
from actinit.conformance.activations import axes
from actinit.conformance.check import LOAD
from actinit.conformance.formats import ARITHMETIC

TESTS = str(Path(__file__).parents[1])
ROWS = [name for name, entry in spec.activations.items() if entry.shape != "elementwise"]


def check_of(name, fmt="float32"):
    return next(one for one in axes.checks(spec.activations[name]) if one.id.split("/")[2] == fmt)


class AlwaysLast(wrong.Right):
    """The axis is not looked at."""

    def along(self, entry, x, axis, parameters):
        return super().along(entry, x, -1, parameters)


class Flattened(wrong.Right):
    """ONNX's rule before opset 13: all from the axis on is one row."""

    def along(self, entry, x, axis, parameters):
        flat = x.reshape(int(np.prod(x.shape[: axis % x.ndim])), -1)
        return super().along(entry, flat, -1, parameters).reshape(x.shape)


class SignDropped(wrong.Right):
    """A negative axis counts from the front."""

    def along(self, entry, x, axis, parameters):
        return super().along(entry, x, abs(axis) % x.ndim, parameters)


class IgnoresStrides(wrong.Right):
    """Memory is read as if it were in C's order."""

    def along(self, entry, x, axis, parameters):
        as_it_lies = x.ravel(order="K").reshape(x.shape)
        return super().along(entry, as_it_lies, axis, parameters)


class Coarse(wrong.Right):
    """The right rows, to three digits."""

    def along(self, entry, x, axis, parameters):
        return np.round(super().along(entry, x, axis, parameters), 3)


class Refuses(wrong.Right):
    """Negative axes raise."""

    def along(self, entry, x, axis, parameters):
        if axis < 0:
            raise IndexError("no such axis")
        return super().along(entry, x, axis, parameters)


@pytest.mark.parametrize(
    ("backend", "keys", "words"),
    [
        (AlwaysLast, {"axis/last"}, "along the last axis, whatever is asked"),
        (Flattened, {"axis/flattened"}, "as ONNX had it before opset 13"),
        (SignDropped, {"axis/first", "axis/last", "axis/other"}, "is wrong along axis"),
        (IgnoresStrides, {"axis/other"}, "in Fortran's order"),
        (Coarse, {"axis/digits"}, "is wrong along axis"),
        (Refuses, {"axis/raised"}, "along axis -1 of an array of 1 dimension raises IndexError"),
    ],
)
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_another_axis_is_caught_and_named(name, backend, keys, words):
    found = check_of(name).run(backend())
    assert {finding.key for finding in found.findings} <= keys
    assert found.findings
    assert words in found.message
    kinds = {"axis/digits": "accuracy", "axis/raised": "error"}
    assert found.kind == kinds.get(found.findings[0].key, "definition")


@pytest.mark.parametrize("fmt", ARITHMETIC)
@pytest.mark.parametrize("name", ROWS)
def test_the_right_backend_passes(name, fmt):
    found = check_of(name, fmt).run(wrong.Right())
    assert found.conforms, found.message


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_the_reference_is_asked_along_its_own_axes(name):
    found = check_of(name).run(adapters.load("numpy"))
    assert found.conforms
    assert found.measured["arrays"] == 2 * 2 * (1 + 2 + 3 + 4)


def test_a_backend_without_an_argument_for_it_does_not_offer_it():
    class Own(wrong.Right):
        along = adapters.Adapter.along

    with pytest.raises(adapters.NotOffered):
        check_of("softmax").run(Own())
    with pytest.raises(adapters.NotOffered, match="no argument for the axis"):
        adapters.load("numpy").along(spec.activations["relu"], np.zeros((2, 2)), 0, {})


def test_a_callable_is_asked_by_its_own_argument():
    def first(x, axis=-1):
        return reference.softmax(x, axis=0 if x.ndim > 1 and axis != -1 else -1)

    report = check(first, "softmax", derivative=False)
    assert [one.id for one in report.results.results if not one.outcome.conforms] == [
        "activation/softmax/float32/value/axis"
    ]
    assert check(lambda x: reference.softmax(x), "softmax", derivative=False).conforms
    assert check(reference.softmax, "softmax", derivative=False).conforms


def test_lines_to_paste_ask_along_the_axis(tmp_path, monkeypatch):
    (tmp_path / "of_first.py").write_text(
        "from helpers.wrong import Right\n\n"
        "class First(Right):\n"
        "    def along(self, entry, x, axis, parameters):\n"
        "        return super().along(entry, x, 0, parameters)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), TESTS]))
    from of_first import First

    check = check_of("softmax")
    outcome = check.run(First())
    loaded = f"{tmp_path / 'of_first.py'}:First"
    (said,), _ = pasted([check.snippet(First(), outcome).replace(LOAD, loaded)])
    for label, number in (("right", outcome.witness.exact), ("got  ", outcome.witness.got)):
        (found,) = labelled(said, label)
        assert same(found, np.array(float(number))), said


def test_lines_for_a_framework_pass_its_own_word():
    torch = pytest.importorskip("torch")
    assert torch
    check = check_of("softmax")
    lines = check.snippet(adapters.load("torch"), check.run(AlwaysLast()))
    assert "torch.nn.functional.softmax(x, dim=-2)" in lines
