"""One initializer in one line."""

from __future__ import annotations

import numpy as np
import pytest

from actinit import check_initializer, reference
from actinit.conformance.callables import CallableError
from actinit.spec import UnknownNameError


def he(shape, rng):
    return reference.he_normal(shape, rng=rng, dtype=np.float32)


def test_the_right_one_conforms_and_the_power_is_stated():
    report = check_initializer(he, "he_normal")
    assert report.conforms, str(report)
    asked = {one.id for one in report.results.results}
    assert "initializer/he_normal/seed/again" in asked
    # A normal distribution's scale has the standard error 1 / sqrt(2 n).
    stated = 100 * (4.4172 + 3.0902) / np.sqrt(2 * 2**20)
    assert any(f"off by {stated:.2f}%" in note for note in report.notes)
    report.assert_conforms()


@pytest.mark.parametrize("shift", [1.0052])
def test_an_error_of_the_stated_size_is_found(shift):
    report = check_initializer(lambda shape, rng: he(shape, rng) * np.float32(shift), "he_normal")
    assert "initializer/he_normal/float32/moments" in {one.id for one in report.failing}


def test_fans_that_are_swapped_are_told():
    report = check_initializer(he, "he_normal", layout="oi")
    assert "initializer/he_normal/fans" in {one.id for one in report.failing}


def test_tensors_of_a_framework_without_a_seed():
    torch = pytest.importorskip("torch")

    def kaiming(shape):
        return torch.nn.init.kaiming_normal_(torch.empty(shape))

    torch.manual_seed(0)
    report = check_initializer(kaiming, "he_normal", layout="oi")
    assert report.conforms, str(report)
    assert report.arrays == "torch"
    assert any("has no argument seed" in note for note in report.notes)


def test_a_seed_without_an_object_is_asked_for_what_it_means():
    def seeded(shape, seed):
        return he(shape, np.random.default_rng(seed))

    report = check_initializer(seeded, "he_normal")
    assert report.conforms, str(report)
    ignored = check_initializer(lambda shape, seed: seeded(shape, 3), "he_normal")
    assert "initializer/he_normal/seed/next" in {one.id for one in ignored.failing}


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((he, "he_norml"), {}, UnknownNameError, "did you mean 'he_normal'"),
        ((3, "he_normal"), {}, CallableError, "expected a callable"),
        ((lambda shape: 1 / 0, "zeros"), {}, CallableError, "ZeroDivisionError"),
        ((lambda shape: [0], "zeros"), {}, CallableError, "returned a list"),
        ((he, "he_normal"), {"parameters": {"slope": 1}}, UnknownNameError, "parameter"),
        ((he, "he_normal"), {"parameters": {"mode": "fan"}}, UnknownNameError, "mode"),
        ((he, "he_normal"), {"formats": "float8_e5m2"}, UnknownNameError, "format of weights"),
        ((he, "he_normal"), {"layout": "hwio"}, ValueError, "layout='hwio'"),
    ],
)
def test_bad_input_is_told(arguments, options, error, message):
    with pytest.raises(error, match=message):
        check_initializer(*arguments, **options)
