"""Errors survive the way from one process to another."""

import pickle
from pathlib import Path

import pytest

from actinit.spec.errors import SpecError, UnknownNameError


@pytest.mark.parametrize(
    "error",
    [
        UnknownNameError("backend", "trch", ["torch", "numpy"]),
        SpecError(Path("activations/gelu.toml"), "value", "expected a table", 3),
        SpecError(Path("activations/gelu.toml"), "", "no such file"),
    ],
)
def test_an_error_says_the_same_in_another_process(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)


def test_the_words():
    error = SpecError(Path("activations/gelu.toml"), "value", "expected a table", 3)
    assert str(error) == "activations/gelu.toml:3: value: expected a table"
    assert "did you mean 'torch'?" in str(UnknownNameError("backend", "trch", ["torch"]))
