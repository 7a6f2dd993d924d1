"""One function in one line: what conforms is told so, what does not for its own reason."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading

import jsonschema
import numpy as np
import pytest

from actinit import check, reference
from actinit.conformance.activations.parameters import settings
from actinit.conformance.callables import CallableError, functions
from actinit.conformance.expected.batches import scalars_of
from actinit.conformance.expected.inputs import thinned
from actinit.conformance.formats import FORMATS
from actinit.conformance.results.registry import SCHEMAS
from actinit.spec import UnknownNameError, activations


def relu(x):
    return np.where(np.isnan(x), x, np.maximum(x, 0)).astype(x.dtype)


def relu_gradient(x, upstream):
    return np.where(x > 0, upstream, np.where(np.isnan(x), x, 0)).astype(x.dtype)


def test_what_is_right_conforms_value_and_derivative():
    report = check(reference.gelu, "gelu", derivative=reference.gelu.vjp)
    assert report.conforms, str(report)
    assert report.findings == ()
    assert report.worst is not None
    assert report.worst.error <= 0.5
    asked = {result.id for result in report.results.results}
    assert {f"activation/gelu/float32/{part}/ulp" for part in ("value", "derivative")} < asked
    assert "activation/gelu/float32/derivative/upstream" in asked
    report.assert_conforms()
    assert "gelu conforms to gelu in float32" in str(report)


def test_the_other_form_of_gelu_is_recognized_and_named():
    report = check(reference.gelu_tanh, "gelu", derivative=False)
    assert not report.conforms
    assert "gelu_tanh" in {finding.looks_like for finding in report.findings}
    assert report.worst is not None
    with pytest.raises(AssertionError, match=r"does not conform to gelu[\s\S]*worst: at x = -"):
        report.assert_conforms()
    assert {result.id.split("/")[3] for result in report.failing} == {"value"}


def test_a_wrong_derivative_alone_is_seen():
    report = check(relu, "relu", derivative=lambda x, upstream: 2 * relu_gradient(x, upstream))
    assert report.failing
    assert {result.id.split("/")[3] for result in report.failing} == {"derivative"}
    assert check(relu, "relu", derivative=relu_gradient).conforms


def test_a_derivative_without_upstream_gradient_is_asked_for_what_it_can_tell():
    report = check(relu, "relu", derivative=lambda x: relu_gradient(x, np.ones_like(x)))
    assert report.conforms
    asked = {result.id for result in report.results.results}
    assert "activation/relu/float32/derivative/ulp" in asked
    assert "activation/relu/float32/derivative/upstream" not in asked


def test_parameters_are_those_that_the_function_has():
    def slope(x, negative_slope=0.2):
        return np.where(x > 0, x, x * x.dtype.type(negative_slope))

    told = {"negative_slope": 0.2}
    assert check(slope, "leaky_relu", parameters=told).conforms
    assert check(lambda x: slope(x), "leaky_relu", parameters=told).conforms
    report = check(lambda x: slope(x), "leaky_relu")
    assert any("negative_slope = 0.2" in finding.sentence for finding in report.findings)
    # Its own default is not the entry's, and nothing else is wrong.
    report = check(slope, "leaky_relu")
    assert [result.id.split("/")[2] for result in report.failing] == ["defaults"]


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        (name, setting)
        for name, entry in activations.items()
        if entry.parameters and entry.shape == "elementwise"
        for setting in list(settings(entry))[1::5]
    ],
    ids=str,
)
def test_a_copy_with_other_defaults_states_what_the_reference_computes(name, chosen):
    function = reference.activations[name]
    report = check(
        lambda x: function(x, **chosen),
        name,
        derivative=lambda x, upstream: function.vjp(x, upstream, **chosen),
        parameters=chosen,
    )
    assert report.conforms, str(report)


@pytest.mark.parametrize("name", ["float16", "bfloat16", "float64", "float8_e4m3fn"])
def test_every_format(name):
    report = check(reference.relu, "relu", derivative=reference.relu.vjp, formats=name)
    assert report.conforms, str(report)
    assert f"activation/relu/{name}/value/ulp" in {one.id for one in report.results.results}


def test_a_function_of_rows():
    report = check(reference.softmax, "softmax", derivative=reference.softmax.vjp)
    assert report.conforms, str(report)


def test_frameworks_are_found_by_what_the_function_takes():
    torch = pytest.importorskip("torch")
    report = check(torch.nn.ReLU(), "relu")
    assert (report.arrays, report.conforms) == ("torch", True), str(report)
    asked = {result.id for result in report.results.results}
    assert "activation/relu/float32/derivative/ulp" in asked
    # np.tanh takes tensors, and arrays of NumPy first.
    assert check(np.tanh, "tanh", formats="float64").arrays == "numpy"
    assert check(lambda x: x * (x > 0), "relu", arrays="torch").arrays == "torch"
    detached = check(lambda x: torch.relu(x.detach()), "relu")
    assert any("the autograd of torch raised" in note for note in detached.notes)


@pytest.mark.parametrize("package", ["jax", "tensorflow", "mlx"])
def test_the_other_frameworks(package):
    pytest.importorskip(package)
    calls = {
        "jax": "import jax; f = jax.nn.relu",
        "tensorflow": "import tensorflow as tf; f = tf.nn.relu",
        "mlx": "import mlx.nn; f = mlx.nn.relu",
    }
    code = (
        f"{calls[package]}\nfrom actinit import check\nreport = check(f, 'relu')\n"
        f"assert report.arrays == {package!r}, report\n"
        "assert any(r.id.endswith('derivative/ulp') for r in report.results.results), report\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_no_framework_is_imported_and_a_script_is_not_run_again(tmp_path):
    # Exact values that are not kept yet must not start processes, which would run the script too.
    script = tmp_path / "script.py"
    script.write_text(
        "import sys, numpy as np\nfrom actinit import check\n"
        "print(check(np.tanh, 'tanh', formats='float64').conforms)\n"
        "print({'torch', 'jax', 'tensorflow', 'mlx'} & set(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True,
        env={**os.environ, "ACTINIT_CACHE": str(tmp_path)},
    )  # fmt: skip
    assert done.stdout.splitlines()[1:] == ["set()"], done.stdout + done.stderr


def test_the_report_is_a_results_file_and_a_page_of_a_notebook():
    report = check(lambda x: 3 * x, "identity", derivative=False)
    schema = json.loads((SCHEMAS / "conformance.schema.json").read_text())
    jsonschema.validate(json.loads(report.to_json()), schema)
    html = report._repr_html_()
    assert "<table>" in html
    assert "function does not conform to identity" in html
    assert "3 * identity" in html or "identity" in html
    assert str(report) == repr(report)


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (lambda x: x[:-1], "error"),
        (lambda x: x.astype(np.float64), "error"),
        (lambda x: relu(x) if x.size <= 64 else 1 / 0, "error"),
    ],
    ids=["shape", "dtype", "raises"],
)
def test_a_result_that_is_none_is_a_finding(function, kind):
    report = check(function, "relu", derivative=False)
    assert report.findings[0].kind == kind
    with pytest.raises(AssertionError):
        report.assert_conforms()


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((relu, "gelo"), {}, UnknownNameError, "did you mean 'gelu'"),
        ((3, "relu"), {}, CallableError, "expected a callable, got a int"),
        ((lambda x: 1 / 0, "relu"), {}, CallableError, "ZeroDivisionError: division by zero"),
        ((lambda x: [1], "relu"), {}, CallableError, "returned a list"),
        ((relu, "relu"), {"derivative": 3}, CallableError, "as derivative, got a int"),
        ((relu, "relu"), {"parameters": {"alpha": 1}}, UnknownNameError, "parameter of relu"),
        ((relu, "elu"), {"parameters": {"alpha": -1}}, ValueError, "alpha"),
        ((relu, "relu"), {"formats": "float33"}, UnknownNameError, "did you mean 'float32'"),
        ((relu, "relu"), {"formats": ()}, ValueError, "formats is empty"),
        ((relu, "relu"), {"arrays": "numpi"}, CallableError, "no arrays='numpi'"),
    ],
)
def test_bad_input_is_told(arguments, options, error, message):
    with pytest.raises(error, match=message.replace("(", r"\(")):
        check(*arguments, **options)


def test_a_function_that_hangs_is_given_up():
    never = threading.Event()
    with pytest.raises(CallableError, match=r"did not return within 0\.2 s"):
        check(lambda x: never.wait(5), "relu", time_limit=0.2)

    def slow(x):
        if x.size > functions._TRIED:
            never.wait(5)
        return relu(x)

    report = check(slow, "relu", derivative=False, time_limit=0.5)
    assert any("nothing more was asked" in note for note in report.notes)
    assert not report.conforms
    never.set()


def test_what_no_format_of_is_computed_does_not_conform():
    def refuses(x):
        if x.dtype != np.float32:
            raise TypeError("float32 alone")
        return relu(x)

    report = check(refuses, "relu", formats=["float32", "float8_e5m2"], derivative=False)
    assert report.conforms
    assert report.results.results
    assert not any("float8_e5m2/value" in one.id for one in report.results.results)


@pytest.mark.parametrize("name", ["float32", "float64"])
def test_a_tenth_of_the_inputs_is_asked_as_the_documentation_says(name):
    entry, fmt = activations["gelu"], FORMATS[name]
    with thinned(functions._THIN):
        few = scalars_of(entry, fmt, "value")
    every = scalars_of(entry, fmt, "value")
    assert few.size == pytest.approx(107_000, rel=0.01)
    assert every.size / few.size == pytest.approx(10, rel=0.1)
    # In ordinary binades, away from hard places and from the intervals with more.
    in_binade = (few >= 2.0**40) & (few < 2.0**41)
    assert np.count_nonzero(in_binade) == pytest.approx({"float32": 78, "float64": 10}[name], abs=1)


def test_an_alias_finds_its_entry_and_an_ambiguous_name_says_so():
    report = check(reference.gelu_tanh, "jax.nn.gelu", formats="float16", derivative=False)
    assert report.entry.name == "gelu_tanh"
    assert report.conforms, str(report)
    assert any("approximate is true unless told otherwise" in note for note in report.notes)
    with pytest.raises(UnknownNameError, match="did you mean 'hardswish'"):
        check(reference.silu, "hardswhish")
