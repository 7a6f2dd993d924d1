"""The harnesses that come along, each run as a person would run it, on the real thing."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from actinit import adapters, reference, spec
from actinit.adapters.command import adapter as command_adapter
from actinit.conformance.plan import activation_checks
from actinit.conformance.run.session import Session

HARNESSES = Path(command_adapter.__file__).parent / "harnesses"
PINS = Path(__file__).parents[2] / "constraints" / "package.json"
X = np.linspace(-6, 6, 96, dtype=np.float32).reshape(8, 12)
# Of float32, beside what the largest number of a row or the ends of a sum leave of small ones.
CLOSE = {"rtol": 2e-5, "atol": 2e-6}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Compile the template in C."""
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    program = tmp_path_factory.mktemp("c") / "harness"
    words = ["gcc", "-O2", "-std=c99", "-Wall", "-Wextra", "-Werror", "-o", str(program)]
    subprocess.run([*words, str(HARNESSES / "harness.c"), "-lm"], check=True)
    return shlex.quote(str(program))


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """Install the packages of the harnesses for Node."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("npm and node are not installed")
    folder = tmp_path_factory.mktemp("node")
    shutil.copy(PINS, folder)
    done = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0"],
        cwd=folder, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"npm install failed: {done.stderr[-300:]}")
    return folder


@pytest.fixture
def load(request, monkeypatch):
    """Load a harness, and end it."""
    made = []

    def load_one(command, folder=None):
        if folder is not None:
            monkeypatch.chdir(folder)
        made.append(adapters.load(f"command:{command}"))
        return made[-1]

    yield load_one
    for one in made:
        one.stop()


def results(backend, *names):
    """Run checks of activations by their ids; return what came of each."""
    session = Session(backend, loaded_by="command:./harness")
    checks = {
        check.id: check for entry in spec.activations.values() for check in activation_checks(entry)
    }
    return [session.run(checks[f"activation/{name}"]) for name in names]


@pytest.mark.parametrize("language", ["c", "python"])
def test_a_template_is_right_where_its_kernels_are(language, load, request):
    python = f"{shlex.quote(sys.executable)} {shlex.quote(str(HARNESSES / 'harness.py'))}"
    backend = load(python if language == "python" else request.getfixturevalue("built"))
    assert backend.name == "my-kernels"
    tanh, leaky = spec.activations["tanh"], spec.activations["leaky_relu"]
    np.testing.assert_allclose(backend.value(tanh, X, {}), np.tanh(X), rtol=1e-6)
    for slope in (0.01, 0.25, -2.0, 1e-30):
        right = reference.leaky_relu(X, negative_slope=slope)
        np.testing.assert_array_equal(
            backend.value(leaky, X, {"negative_slope": slope}), right, strict=True
        )
    np.testing.assert_array_equal(backend.value(leaky, X, {}), reference.leaky_relu(X))
    assert backend.value(tanh, X[:0], {}).shape == (0, 12)
    upstream = np.cos(X)
    if language == "python":
        with pytest.raises(adapters.NotOffered):
            backend.gradient(tanh, X, upstream, {})
    else:
        found = backend.gradient(tanh, X, upstream, {})
        np.testing.assert_allclose(found, reference.tanh.vjp(X, upstream), rtol=1e-2, atol=1e-7)


def test_the_template_in_c_passes_and_fails_checks_as_its_kernels_deserve(load, built):
    found = results(
        load(built),
        "tanh/float32/value/ulp", "tanh/float32/derivative/ulp", "leaky_relu/defaults/function",
        "tanh/float64/value/ulp",
    )  # fmt: skip
    assert [one.status for one in found] == ["passed", "new", "passed", "not-offered"]
    # 1 - tanh(x)^2 loses all its digits where tanh(x) is near 1.
    assert "loses its" in found[1].message
    assert 'adapters.load("command:./harness")' in found[1].snippet


@pytest.mark.parametrize("engine", ["cpu", "wasm"])
def test_tensorflow_js_is_asked_for_values_and_gradients(engine, load, packages):
    backend = load(f"node {shlex.quote(str(HARNESSES / 'tfjs.mjs'))} {engine}", packages)
    assert backend.name == f"tfjs-{engine}"
    assert backend.versions()["@tensorflow/tfjs-core"] == "4.22.0"
    upstream = np.cos(X)
    offered = [one for one in spec.activations.values() if offers(backend, one)]
    assert len(offered) == 14
    for entry in offered:
        function = reference.activations[entry.name]
        slope = {"negative_slope": 0.3} if entry.name == "leaky_relu" else {}
        np.testing.assert_allclose(
            backend.value(entry, X, slope), function(X, **slope), err_msg=entry.name, **CLOSE
        )
        np.testing.assert_allclose(
            backend.gradient(entry, X, upstream, slope),
            function.vjp(X, upstream, **slope), err_msg=entry.name, **CLOSE,
        )  # fmt: skip
    found = results(
        backend, "relu/float32/value/special", "leaky_relu/defaults/function",
        "gelu/float32/value/special", "tanh/float64/value/special",
    )  # fmt: skip
    kinds = [one.outcome.kind if one.outcome else one.status for one in found]
    # On wasm relu makes 0 of a nan whose sign is set; the slope is 0.2 where the entry's is 0.01;
    # and gelu is nan at -inf.
    of_relu = None if engine == "cpu" else "non-finite"
    assert kinds == [of_relu, "definition", "non-finite", "not-offered"]
    assert "at x = -4.0 it gives -0.8000" in found[1].message


def test_onnx_runtime_web_is_asked_for_values(load, packages):
    backend = load(f"node {shlex.quote(str(HARNESSES / 'onnxruntime-web.mjs'))}", packages)
    assert backend.name == "onnxruntime-web"
    offered = [one for one in spec.activations.values() if offers(backend, one)]
    assert len(offered) == 16
    for entry in offered:
        np.testing.assert_allclose(
            backend.value(entry, X, {}), reference.activations[entry.name](X),
            err_msg=entry.name, **CLOSE,
        )  # fmt: skip
    for name, parameters in (("elu", {"alpha": 0.5}), ("leaky_relu", {"negative_slope": -2.0})):
        np.testing.assert_allclose(
            backend.value(spec.activations[name], X, parameters),
            reference.activations[name](X, **parameters), **CLOSE,
        )  # fmt: skip
    half = X.astype(np.float16)
    np.testing.assert_array_equal(backend.value(spec.activations["relu"], half, {}), half.clip(0))
    with pytest.raises(adapters.NotOffered, match="Could not find an implementation for Elu"):
        backend.value(spec.activations["elu"], X.astype(float), {})
    with pytest.raises(adapters.NotOffered, match="has no gradient"):
        backend.gradient(spec.activations["relu"], X, X, {})


def test_one_whose_packages_are_not_there_says_which(load, tmp_path):
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    with pytest.raises(adapters.AdapterError, match="Cannot find module '@tensorflow/tfjs-core'"):
        load(f"node {shlex.quote(str(HARNESSES / 'tfjs.mjs'))} cpu", tmp_path)


def offers(backend, entry):
    """Say whether a backend has a function in float32."""
    try:
        backend.value(entry, X[:1], {})
    except adapters.NotOffered:
        return False
    return True
