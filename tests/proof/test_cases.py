"""The hard cases of the package are what they are said to be, and the reference knows them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from actinit import spec
from actinit.conformance.expected.batches import batches
from actinit.conformance.expected.defaults import defaults
from actinit.conformance.expected.hard_cases import FOLDER, file_of, hard_cases, hard_inputs
from actinit.conformance.formats import FORMATS, hexadecimal
from actinit.conformance.proof.cases import is_rational
from actinit.conformance.proof.compute import PARTS, elementwise
from actinit.conformance.proof.exactly import nearest
from actinit.conformance.proof.piece import ask_reference

NAMES = [name for name in elementwise() if file_of(name).exists()]
#: Of a function with an exponential: as many bits beyond the last as agree with a boundary.
BITS = 36
CURVED = [name for name in NAMES if not is_rational(spec.activations[name], "value")]


def rows(name):
    for part, formats in hard_cases(name).cases.items():
        for fmt, cases in formats.items():
            yield from ((part, fmt, *case) for case in cases)


def same(one, other):
    return one == other and math.copysign(1, one) == math.copysign(1, other)


@pytest.mark.parametrize("name", NAMES)
def test_balls_confirm_each(name):
    entry = spec.activations[name]
    for part, fmt, x, value, distance in rows(name):
        right = nearest(entry, part, float.fromhex(x), dict(defaults(entry)), FORMATS[fmt])
        assert hexadecimal(right.value) == value
        # Four digits are written, and of subnormal numbers fewer.
        assert right.distance == pytest.approx(distance, rel=1e-3, abs=1e-320)


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_returns_the_nearest(name):
    wrong = []
    for part, fmt, x, value, _ in rows(name):
        point = np.array([float.fromhex(x)]).astype(FORMATS[fmt].dtype)
        assert float(point[0]) == float.fromhex(x)  # a number of the format
        got = float(ask_reference(name, part)(point)[0])
        right = float.fromhex(value) if value != "nan" else math.nan
        if not same(got, right) and not (math.isnan(got) and math.isnan(right)):
            wrong.append((part, fmt, x, got, right))
    assert not wrong


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", CURVED)
def test_float64_has_cases_in_several_binades(name, part):
    cases = hard_cases(name).cases[part]["float64"]
    ordinary = [
        (float.fromhex(x), abs(distance)) for x, value, distance in cases
        if abs(float.fromhex(value)) > 2.0**-1022
    ]  # fmt: skip
    hard = {math.frexp(x)[1] for x, distance in ordinary if distance < 2.0**-33}
    assert len(hard) > 3
    assert min(distance for _, distance in ordinary) < 2.0 ** -(BITS + 1)


def test_what_is_in_no_file_has_no_inputs():
    assert hard_inputs("softmax", "value", "float32") == ()
    name = NAMES[0]
    inputs = hard_inputs(name, "value", "float64")
    assert [x.hex() for x in inputs] == [
        x for part, fmt, x, *_ in rows(name) if (part, fmt) == ("value", "float64")
    ]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", ["gelu", "hard_silu"])
def test_every_backend_is_asked_for_them(name, part):
    entry = spec.activations[name]
    for fmt in hard_cases(name).cases[part]:
        (batch,) = batches(entry, FORMATS[fmt], part)
        asked = dict(zip(batch.x.tolist(), batch.exact.rounded.tolist(), strict=True))
        for _, _, x, value, _ in (row for row in rows(name) if row[:2] == (part, fmt)):
            right = asked[float.fromhex(x)]
            if fmt == "float64":  # below, the float64 reference is what is right
                assert right == float.fromhex(value)


def test_they_are_small():
    assert max(file.stat().st_size for file in FOLDER.glob("*.json")) < 16_000
