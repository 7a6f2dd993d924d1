"""Each kind of finding has lines that ask as its check asked."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from helpers.imports import FRAMEWORKS
from helpers.installed import loaded
from helpers.patience import PATIENCE

from actinit import adapters, reference, spec
from actinit.conformance.backend.guard import Guarded
from actinit.conformance.check import LOAD, Finding, Outcome, Witness
from actinit.conformance.plan import activation_checks
from actinit.conformance.snippets.places import places
from actinit.conformance.snippets.question import Question

torch = pytest.importorskip("torch")


def found(defect, witness=None, **more):
    """Return a finding that is made up."""
    fields = {"key": defect, "kind": "accuracy", "defect": defect, "sentence": "", **more}
    return Finding(worst=witness, **fields)


def lines(adapter, name, path, finding):
    """Return the lines of a check of an entry that found this."""
    wanted = f"activation/{name}/{path}"
    check = next(one for one in activation_checks(spec.activations[name]) if one.id == wanted)
    return check.snippet(adapter, Outcome.diverging([finding])).replace(LOAD, adapter.name)


def printed_by(text, capsys):
    exec(text, {})
    return capsys.readouterr().out


class Mine(adapters.load("torch").__class__):
    """PyTorch by family, with kernels of its own."""

    def value(self, entry, x, parameters):
        return 3 * x


@pytest.mark.parametrize("name", ["torch", "mine"])
def test_an_adapter_of_ones_own_is_asked_through_actinit_whatever_its_name(name):
    mine = Mine()
    mine.name = name
    finding = found("beyond", Witness.of(1.0, 3.0, 0.8413447460685429))
    for adapter in (mine, Guarded(mine, 60.0)):
        text = lines(adapter, "gelu", "float32/value/ulp", finding)
        assert f'adapters.load("{name}")' in text
        assert 'print("right", 0.8413447460685429)' in text
        assert "torch.nn" not in text
    built_in = Guarded(adapters.load("torch"), 60.0)
    assert "actinit" not in lines(built_in, "gelu", "float32/value/ulp", finding)


def test_of_a_row_the_derivative_is_asked_of_the_output_that_is_meant(capsys):
    row = np.array([0.5, -1.25, 3.0])
    exact = reference.softmax.derivative(row)[2, 0]
    finding = found("beyond", Witness.of(row, 0.0, exact))
    text = lines(adapters.load("torch"), "softmax", "float64/derivative/ulp", finding)
    got, *_, right = [float(line.split()[1]) for line in printed_by(text, capsys).splitlines()]
    assert right == exact
    assert got == pytest.approx(exact, rel=1e-12)


def test_of_an_upstream_gradient_the_product_is_found():
    row = np.array([0.5, -1.25, 3.0])
    exact = reference.softmax.derivative(row)[1, 2] * -640.0
    witness = Witness.of(row, 0.0, exact, upstream=np.array([0.0, -640.0, 0.0]))
    path = ("float64", "derivative", "upstream")
    (place,) = places(Question(spec.activations["softmax"], path, witness))
    assert place.subscript == "[..., 2]"
    assert "np.array([0.0, -640.0, 0.0], array.dtype)" in place.upstream


@pytest.mark.parametrize(
    ("defect", "path", "names"),
    [
        ("order_beyond", "float32/value/monotone", ["at 0.5)"]),
        ("symmetry_beyond", "float32/value/symmetry", ["at x)", "at -x)"]),
    ],
)
def test_of_a_pair_every_result_is_shown(defect, path, names, capsys):
    finding = found(defect, Witness.of(0.5, 0.5, 0.25))
    printed = printed_by(lines(adapters.load("torch"), "tanh", path, finding), capsys)
    # Of three neighbours, or of two signs, each with its own result.
    assert printed.count("got ") == (3 if "order" in defect else 2)
    assert all(name in printed for name in names)


def test_an_integer_is_asked_in_the_dtype_that_was_found(capsys):
    finding = found("integers", Witness.of(-3.0, 3.0, 0.0), data={"dtype": "int8"})
    printed = printed_by(lines(adapters.load("torch"), "relu", "integers", finding), capsys)
    assert printed == "got   [0.0] (int8)\nright 0.0\n"


def test_a_form_that_writes_to_its_input_is_asked_as_that(capsys):
    witness = Witness.of(np.array([-3.0]), -1.0, 0.0, array="np.repeat(x, 8, axis=0)")
    finding = found("place", witness, key="layout/in-place", kind="layout")
    text = lines(adapters.load("torch"), "relu", "float32/value/layout", finding)
    assert "torch.nn.functional.relu_(y)" in text
    assert printed_by(text, capsys) == "got   0.0 (alone)\nright 0.0 (alone)\n"


def test_a_kink_is_shown_with_all_that_is_right(capsys):
    finding = found("kink", Witness.of(0.0, 2.0, [0.0, 1.0]))
    text = lines(adapters.load("torch"), "relu", "bfloat16/derivative/kink", finding)
    assert printed_by(text, capsys) == "got   0.0 (alone)\nright 0.0 to 1.0\n"


def test_defaults_are_those_of_the_call_without_arguments():
    finding = found("defaults", Witness.of(-1.0, -9.0, -8.0))
    backend = adapters.load("torch")
    of_layer = lines(backend, "leaky_relu", "defaults/layer", finding)
    assert "torch.nn.LeakyReLU()(x)" in of_layer
    of_function = lines(backend, "leaky_relu", "defaults/function", finding)
    assert "torch.nn.functional.leaky_relu(x)" in of_function


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        ("torch-compile", "torch.compile(function, fullgraph=True, dynamic=True)"),
        ("tensorflow-xla", "tensorflow.function(results, jit_compile=True"),
        ("jax-jit", "jax.jit(results)"),
    ],
)
def test_a_compiled_mode_is_shown_beside_the_eager_one(backend, words):
    adapter = loaded(backend)
    finding = found("beyond", Witness.of(1.0, 0.5, 0.75), kind="mode")
    text = lines(adapter, "silu", "float32/value/mode", finding)
    eager, compiled = text.split("# The same, compiled.")
    assert words in compiled
    assert words not in eager
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    printed = [line.split()[:2] for line in done.stdout.splitlines()]
    assert {label for label, _ in printed} == {"eager", "got"}
    assert all(float(number) == pytest.approx(0.7310585786300049) for _, number in printed)


def test_a_call_that_raises_is_shown_raising():
    """The lines ask what the check asked, so that whatever a release raises comes up."""
    finding = found("raised", kind="error")
    text = lines(adapters.load("torch"), "softmax", "float32/derivative/ulp", finding)
    exec(text, {})
    with pytest.raises(AttributeError, match="softmaks"):
        exec(text.replace("softmax(", "softmaks("), {})


def test_an_array_along_which_nothing_moves_is_as_large_as_the_one_that_was_asked():
    from actinit.conformance.activations.arrangements import arrangements

    x = np.arange(1.0, 6.0).astype(np.float32)
    for arranged in arrangements(x):
        text = "import numpy as np; array = " + arranged.text
        names = {"x": x[:1]}
        exec(text, names)
        if "far" not in arranged.name:
            assert names["array"].shape == arranged.array.shape, arranged


@pytest.mark.parametrize("name", ["numpy", *sorted(FRAMEWORKS)])
def test_all_lines_are_python(name):
    adapter = loaded(name)
    for entry in spec.activations.values():
        for check in activation_checks(entry):
            compile(check.snippet(adapter, None), check.id, "exec")
