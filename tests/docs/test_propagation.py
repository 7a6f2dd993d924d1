"""The table behind the page on starts."""

from __future__ import annotations

import math

import pytest

from actinit import spec
from actinit.conformance.commands import main
from actinit.conformance.published import propagation
from actinit.conformance.results.propagation import Propagation
from actinit.conformance.results.store import read


@pytest.fixture(scope="module")
def table():
    return propagation.compute()


def deep(table, activation, rule):
    (row,) = (row for row in table.rows if row.activation == activation)
    return next(one for one in row.deep if one.rule == rule)


def test_every_elementwise_activation_has_a_row(table):
    wanted = [name for name, entry in spec.activations.items() if entry.shape == "elementwise"]
    assert [row.activation for row in table.rows] == wanted


def test_he_is_made_for_relu(table):
    he = deep(table, "relu", "He")
    assert (he.variance, he.depth_scale) == ("kept", None)
    assert he.chi == pytest.approx(1)
    lecun = deep(table, "relu", "LeCun or Glorot")
    assert (lecun.variance, lecun.q) == ("vanishes", None)
    assert lecun.depth_scale == pytest.approx(1 / math.log(2))


def test_limits_are_told_apart(table):
    assert deep(table, "tanh", "He").variance == "settles"
    assert deep(table, "identity", "He").variance == "explodes"
    assert deep(table, "softplus", "He").variance == "explodes"
    assert deep(table, "selu", "LeCun or Glorot").q == pytest.approx(1)


def test_the_usual_gain_stands_where_it_is_another(table):
    rules = {row.activation: [one.rule for one in row.deep] for row in table.rows}
    assert "the usual gain" in rules["tanh"]
    assert "the usual gain" not in rules["relu"]


def test_the_file_is_written_and_read(tmp_path, table):
    file = tmp_path / "propagation.json"
    assert main(["compute", "propagation", "--output", str(file)]) == 0
    assert read(file, Propagation) == table
    file.write_text('{"rows": 1}')
    with pytest.raises(ValueError, match="compute it again"):
        read(file, Propagation)
