"""The register of claims, held against the computations that decide them."""

from __future__ import annotations

import pytest

from actinit.conformance import claims
from actinit.spec.claim import claims as register


def test_every_claim_has_a_decider_and_only_these():
    assert list(register()) == list(claims.deciders)


@pytest.mark.parametrize("name", register())
def test_the_verdict_is_what_the_computation_comes_to(name):
    verdict, figure = claims.deciders[name]()
    assert verdict == register()[name].verdict, figure
    assert any(letter.isdigit() for letter in figure) or "nan" in figure


def test_a_decider_follows_what_it_measures(monkeypatch):
    # A slope that is eight times as steep leaves the interval, and enlarges gradients.
    real = claims.ref.sigmoid.derivative

    class Steep:
        derivative = staticmethod(lambda z: 8 * real(z))

    monkeypatch.setattr(claims.ref, "sigmoid", Steep)
    assert claims.sigmoid_slope()[0] == "false"
    assert claims.sigmoid_explodes()[0] == "true"
    monkeypatch.undo()
    monkeypatch.setattr(claims, "_HE", 1.0)
    assert claims.he_for_relu()[0] == "false"
    assert claims.relu_vanishing()[0] == "false"


def test_the_file_is_written_and_read(tmp_path):
    file = tmp_path / "claims.json"
    assert claims.main(["--output", str(file)]) == 0
    assert [one.id for one in claims.load(file).decisions] == list(register())
    file.write_text("{}")
    with pytest.raises(ValueError, match="compute it again"):
        claims.load(file)
