"""The reference is as exact as is claimed; the measure of that sees what is not."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from scipy import special

from actinit import reference, spec
from actinit.conformance.commands import main
from actinit.conformance.commands.compute import ACCURACY
from actinit.conformance.formats import FORMATS, formats_of
from actinit.conformance.oracle import enclose, enclose_rows
from actinit.conformance.published import accuracy as worst_cases
from actinit.conformance.published.accuracy import Effort, candidates, hard_places, measured
from actinit.conformance.results.accuracy import Accuracies
from actinit.conformance.results.store import read

#: Ulp of float64.
BOUNDS = {"value": 2.0, "derivative": 4.0}
# Few of each kind of input, but of every kind.
SOME = Effort(stride=173, every16=37, every32=100_003, neighbours=60, around=60, long_rows=(100,))
SNAPSHOT = Path(__file__).parents[2] / ACCURACY
CASES = [(name, part) for name in spec.activations for part in worst_cases.PARTS]
F32, F64 = FORMATS["float32"], FORMATS["float64"]


@pytest.mark.parametrize(("name", "part"), CASES)
def test_float64_is_within_the_bounds(name, part):
    found = measured(spec.activations[name], part, F64, SOME)
    assert found.worst_ulp <= BOUNDS[part], found
    assert found.points > 2000


@pytest.mark.parametrize("fmt", ["float32", "float16", "bfloat16"])
@pytest.mark.parametrize(("name", "part"), CASES)
def test_narrower_formats_are_rounded_correctly_or_twice(name, part, fmt):
    found = measured(spec.activations[name], part, FORMATS[fmt], SOME)
    # Rounded twice, a result is off by what the first rounding was: 2 ulp of float64 or 4.
    assert found.worst_ulp <= 0.5 + BOUNDS[part] * 2.0 ** (FORMATS[fmt].precision - 53), found


@pytest.mark.parametrize(
    ("name", "part", "place"),
    [
        ("gelu", "derivative", -0.7517915246935645),  # roots
        ("gelu_tanh", "derivative", -0.7524614220710163),
        ("silu", "derivative", -1.2784645427610738),
        ("sigmoid", "value", -745.1332191019411),  # the last that is not zero
        ("silu", "derivative", -708.3964185322641),  # where exp(x) begins to be subnormal
        ("tanh", "value", 0.0),
    ],
)
def test_hard_places_are_found(name, part, place):
    found = np.array(hard_places(spec.activations[name], part))
    assert np.abs(found - place).min() <= 4 * np.spacing(abs(place))


@pytest.mark.parametrize("name", ["sigmoid", "silu", "gelu", "gelu_tanh", "softplus"])
def test_the_last_input_before_underflow_is_one(name):
    value = reference.activations[name]
    found = np.array(hard_places(spec.activations[name], "value"))
    assert ((value(found) == 0) != (value(np.nextafter(found, 0)) == 0)).any()


def naive_gelu(x):
    return x * special.ndtr(x)


def naive_gelu_slope(x):
    return special.ndtr(x) + x * np.exp(-x * x / 2) / np.sqrt(2 * np.pi)


def naive_sigmoid(x):
    return 1 / (1 + np.exp(-x))


def naive_silu_slope(x):
    s = naive_sigmoid(x)
    return s * (1 + x * (1 - s))


def plain_softmax(x):
    z = np.exp(x - x.max(axis=-1, keepdims=True))
    return z / z.sum(axis=-1, keepdims=True)


def flushing_sigmoid(x):
    y = reference.sigmoid(x)
    return np.where(np.abs(y) < np.finfo(y.dtype).tiny, 0, y).astype(y.dtype)


@pytest.mark.parametrize(
    ("name", "part", "wrong"),
    [
        ("gelu", "value", naive_gelu),
        ("gelu", "derivative", naive_gelu_slope),
        ("silu", "derivative", naive_silu_slope),
        ("sigmoid", "value", naive_sigmoid),
        ("sigmoid", "value", flushing_sigmoid),
        ("softmax", "value", plain_softmax),
    ],
)
def test_a_careless_reference_is_out_of_bounds(monkeypatch, name, part, wrong):
    pretend(monkeypatch, name, part, wrong)
    assert measured(spec.activations[name], part, F64, SOME).worst_ulp > BOUNDS[part]


def test_one_float_beside_a_hard_place_is_seen(monkeypatch):
    edge = np.float64(-745.1332191019411)
    right = reference.sigmoid

    def wrong(x):
        return np.where(x == edge, 3 * 5e-324, right(x))

    pretend(monkeypatch, "sigmoid", "value", wrong)
    found = measured(spec.activations["sigmoid"], "value", F64, SOME)
    assert found.worst_ulp > 2
    assert float.fromhex(found.x_hex) == edge


@pytest.mark.parametrize("fmt", ["float32", "float16"])
def test_computing_in_the_narrow_format_is_seen(monkeypatch, fmt):
    pretend(monkeypatch, "sigmoid", "value", naive_sigmoid)
    found = measured(spec.activations["sigmoid"], "value", FORMATS[fmt], SOME)
    assert found.not_correctly_rounded > 10
    assert found.worst_ulp > 0.51


class Wrong:
    """An activation with one part replaced; the other still tells where the hard places are."""

    def __init__(self, right, part, wrong):
        self.parts = {"value": right, "derivative": right.derivative, part: wrong}
        self.seams = right.seams

    def __call__(self, x):
        return self.derivative(x, "value")

    def derivative(self, x, part="derivative"):
        with np.errstate(all="ignore"):
            return np.asarray(self.parts[part](x)).astype(x.dtype)


def pretend(monkeypatch, name, part, wrong):
    """Put a function in the reference's place."""
    right = reference.activations[name]
    monkeypatch.setitem(reference.activations, name, Wrong(right, part, wrong))


def test_candidates_hold_every_result_that_is_rounded_wrongly(monkeypatch):
    """By way of float64, which the reference itself does not go."""
    entry, right = spec.activations["sigmoid"], reference.sigmoid
    x = np.arange(1, 4000, dtype=np.float32) * np.float32(2.0**-23)
    exact = enclose(entry, "value", x.tolist(), {}).rounded_to(F32)
    assert (right(x) == exact).all()
    pretend(monkeypatch, "sigmoid", "value", lambda x: right(x.astype(np.float64)))
    wrong = x[reference.activations["sigmoid"](x) != exact]
    assert wrong.size > 10
    assert np.isin(wrong, candidates(entry, "value", F32, x=x)).all()


@pytest.fixture(scope="module")
def snapshot():
    return read(SNAPSHOT, Accuracies)


def test_the_snapshot_has_every_entry_within_the_bounds(snapshot):
    assert list(snapshot.entries) == list(spec.activations)
    assert snapshot.float32_every == 1
    for name, parts in snapshot.entries.items():
        assert set(parts) == set(worst_cases.PARTS)
        for part, formats in parts.items():
            assert set(formats) == set(formats_of(spec.activations[name]))
            assert formats["float64"].points >= 100_000
            assert formats["float64"].worst_ulp <= BOUNDS[part]
            for fmt, found in formats.items():
                if fmt != "float64":
                    precision = FORMATS[fmt].precision
                    assert found.worst_ulp <= 0.5 + BOUNDS[part] * 2.0 ** (precision - 53)


@pytest.mark.parametrize(("name", "part"), CASES)
def test_the_snapshot_s_worst_inputs_have_the_exact_results_that_it_says(snapshot, name, part):
    entry = spec.activations[name]
    for fmt, found in snapshot.entries[name][part].items():
        x = [float.fromhex(text) for text in found.x_hex.strip("[]").split(", ")]
        if entry.shape == "elementwise":
            right = enclose(entry, part, x, found.parameters, formats=[fmt])
        else:
            outputs = found.output[:1] if (entry.shape, part) == ("row", "derivative") else None
            right = enclose_rows(entry, part, [x], found.parameters, outputs, formats=[fmt])
        element = right.rounded_to(FORMATS[fmt]).ravel()[found.output[-1] if found.output else 0]
        assert np.array_equal(element, float.fromhex(found.exact_hex), equal_nan=True)


def test_one_entry_is_measured_and_the_others_are_kept(snapshot, monkeypatch):
    monkeypatch.setattr(worst_cases, "this_machine", lambda: snapshot.machine)
    monkeypatch.setattr(worst_cases, "version", snapshot.versions.__getitem__)
    some = msgspec.structs.replace(snapshot, float32_every=SOME.every32)
    found = worst_cases.compute(SOME, ["identity"], some)
    assert list(found.entries) == list(snapshot.entries)
    assert found.entries["gelu"] == snapshot.entries["gelu"]
    assert found.entries["identity"] != snapshot.entries["identity"]  # fewer points


def test_what_another_machine_measured_is_marked(snapshot, monkeypatch):
    here = msgspec.structs.replace(snapshot.machine, simd="none")
    monkeypatch.setattr(worst_cases, "version", snapshot.versions.__getitem__)
    monkeypatch.setattr(worst_cases, "this_machine", lambda: here)
    plain = msgspec.structs.replace(snapshot, float32_every=SOME.every32, elsewhere={})
    found = worst_cases.compute(SOME, ["identity"], plain)
    assert (found.machine, found.elsewhere) == (snapshot.machine, {"identity": here})
    monkeypatch.setattr(worst_cases, "this_machine", lambda: snapshot.machine)
    assert worst_cases.compute(SOME, ["relu"], found).elsewhere == {"identity": here}
    assert worst_cases.compute(SOME, ["identity"], found).elsewhere == {}


def test_two_versions_do_not_share_a_file(snapshot):
    other = msgspec.structs.replace(snapshot, versions={"numpy": "1.0"})
    with pytest.raises(ValueError, match=r"of the earlier result are .*; measure all entries"):
        worst_cases.compute(SOME, ["identity"], other)


def test_what_is_no_snapshot_is_refused(tmp_path):
    file = tmp_path / "x.json"
    file.write_text("{}")
    with pytest.raises(ValueError, match="is no actinit-reference-accuracy-1 file"):
        read(file, Accuracies)


def test_what_is_written_can_be_read(tmp_path, monkeypatch):
    monkeypatch.setattr(worst_cases, "compute", lambda *_, **__: read(SNAPSHOT, Accuracies))
    assert main(["compute", "accuracy", "--output", str(tmp_path / "x.json")]) == 0
    assert read(tmp_path / "x.json", Accuracies) == read(SNAPSHOT, Accuracies)
