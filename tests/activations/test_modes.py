"""Modes of a framework against its eager one: small differences are noted, large ones found."""

from __future__ import annotations

import numpy as np
import pytest

from actinit import adapters, spec
from actinit.adapters import NotOffered
from actinit.adapters.torch.adapter import Torch
from actinit.conformance.activations import modes
from actinit.conformance.check import LOAD


class Mode(Torch):
    """Eager PyTorch under another name, its float32 results tampered with."""

    def __init__(self, tamper=lambda x, y: y):
        super().__init__()
        self.name, self._tamper = "torch-mine", tamper

    def value(self, entry, x, parameters):
        return self._tamper(x, super().value(entry, x, parameters)).astype(x.dtype)


def check(name, part="value"):
    wanted = f"activation/{name}/float32/{part}/mode"
    return next(one for one in modes.checks(spec.activations[name]) if one.id == wanted)


def test_one_that_does_the_same_gives_the_same_bits():
    for name in ("silu", "softmax"):
        for part in ("value", "derivative"):
            outcome = check(name, part).run(Mode())
            assert outcome.conforms
            assert outcome.message == "the same bits as eager"


def test_last_digits_are_noted_and_conform():
    def one_ulp_up(x, y):
        return np.where((x > 1) & (x < 2), np.nextafter(y, np.float32(np.inf)), y)

    outcome = check("silu").run(Mode(one_ulp_up))
    assert outcome.conforms
    assert 0 < outcome.measured["differing"] < outcome.measured["points"]
    assert outcome.measured["apart"] <= 2  # an ulp up across a power of two
    (finding,) = outcome.findings
    assert finding.kind is None
    assert 1 < float(finding.first) < float(finding.last) < 2
    assert "within what the spec grants both" in outcome.message


@pytest.mark.parametrize(
    ("name", "tamper", "words"),
    [
        ("silu", lambda x, y: np.where((x < -50) & (x > -60), -0.0, y), "from -50"),
        ("silu", lambda x, y: np.where(x > 1e30, np.nan, y), "it is nan, eager 1"),
        ("relu", lambda x, y: np.where(x > 1e30, np.inf, y), "it is inf, eager 1"),
        ("tanh", lambda x, y: np.where(x < -3, y + 1e-3, y), "from -3"),
        ("softmax", lambda x, y: y * 1.001, "in rows of width"),
    ],
)
def test_more_than_both_may_be_off_is_a_finding(name, tamper, words):
    outcome = check(name).run(Mode(tamper))
    assert not outcome.conforms
    assert outcome.kind == "mode"
    assert words in outcome.message
    assert {finding.kind for finding in outcome.findings} == {"mode"}


def test_keys_are_of_the_side_and_stay_when_it_grows():
    for size in (1e-3, 1e-1):
        outcome = check("tanh").run(Mode(lambda x, y, size=size: np.where(x == 0, size, y + size)))
        keys = [finding.key for finding in outcome.findings]
        assert keys == ["beyond/negative/1", "beyond/positive/1"]
        assert all(0 < one.count <= one.points for one in outcome.findings)


def test_a_lost_number_beside_a_root_is_a_finding_however_much_is_granted():
    """The least of gelu', whose budget there is larger than the number is."""
    f32 = np.float32(-0.75179154)

    class Lost(Mode):
        def gradient(self, entry, x, upstream, parameters):
            found = super().gradient(entry, x, upstream, parameters)
            return np.where(x == f32, np.float32(0), found)

    outcome = check("gelu", "derivative").run(Lost())
    assert [one.key for one in outcome.findings] == ["beyond/negative/1"]
    assert float(outcome.witness.x) == f32


def test_flushed_subnormals_are_a_policy():
    def flush(x, y):
        return np.where(np.abs(y) < np.finfo(np.float32).tiny, np.float32(0), y)

    outcome = check("relu").run(Mode(flush))
    assert outcome.conforms
    assert outcome.measured["differing"] > 0


@pytest.mark.parametrize("name", ["torch", "numpy"])
def test_what_is_not_compiled_has_nothing_to_be_compared_with(name):
    with pytest.raises(NotOffered, match=f"{name} is no compiled or exported mode"):
        check("relu").run(adapters.load(name))


def test_an_adapter_of_ones_own_is_no_mode():
    mine = Mode()
    mine.family = "mine"
    with pytest.raises(NotOffered, match="no compiled or exported mode"):
        check("relu").run(mine)


def test_what_is_shown_to_be_pasted_asks_both(capsys):
    found = check("silu")
    outcome = found.run(Mode(lambda x, y: np.where(x > 1e30, np.nan, y)))
    lines = found.snippet(Mode(), outcome).replace(LOAD, "torch")
    assert lines.count("adapters.load") == 2
    exec(lines, {})
    printed = [line.split()[:2] for line in capsys.readouterr().out.splitlines()]
    assert {label for label, _ in printed} == {"eager", "got"}
    for _, number in printed:  # what stands in for the mode here is not broken
        assert float(number) == pytest.approx(float(outcome.witness.exact))


@pytest.mark.parametrize(
    ("name", "way"), [("torch-compile", "compiled"), ("torch-onnx-onnxruntime", "exported")]
)
def test_sentences_say_what_the_mode_does(name, way):
    from actinit.conformance.backend.eager import way_of

    mode = Mode()
    mode.name, mode.family = name, "torch"
    assert way_of(mode) == way
