"""From names to adapters, and what is said where there is none."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import numpy as np
import pytest
from helpers.imports import FRAMEWORKS

from actinit import adapters, spec
from actinit.adapters import floors, frameworks

OWN = Path(__file__).parents[1] / "helpers" / "own_kernel.py"


def python(code, **environment):
    """Run code in a fresh process; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


# Names


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [("trch", "did you mean 'torch'"), ("Keras-JAX", "did you mean 'keras-jax'"), ("?", "numpy")],
)
def test_a_wrong_name_gets_the_nearest(wrong, hint):
    with pytest.raises(spec.UnknownNameError, match=re.escape(hint)):
        adapters.load(wrong)


def test_the_spec_knows_every_backend_by_name():
    modes = [name for family in frameworks().values() for name in family.modes]
    assert sorted(modes) == sorted(set(adapters.NAMES) - {"keras"})  # of an engine left open


def test_no_framework_is_imported_before_it_is_asked_for():
    imported = python(
        "import sys\n"
        "from actinit import adapters\n"
        "assert 'actinit.reference' not in sys.modules\n"
        "adapters.load('numpy')\n"
        f"print(sorted({FRAMEWORKS} & set(sys.modules)))"
    )
    assert imported == "[]\n"


# Frameworks that are not installed


@pytest.mark.parametrize("name", ["torch", "keras"])
def test_a_missing_framework_says_what_to_install(name, monkeypatch):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(adapters.BackendMissingError) as caught:
        adapters.load(name)
    message = str(caught.value)
    assert f"the backend '{name}' needs the package '{name}', which is not installed" in message
    assert message.endswith(f"run: {frameworks()[name].install}")
    assert "\n" not in message


def test_a_release_that_is_too_old_says_what_to_install(monkeypatch):
    releases = {"torch": "2.9.1+cpu", "onnx": "1.17"}
    monkeypatch.setattr(floors, "version", lambda name: releases[name])
    with pytest.raises(adapters.BackendMissingError) as caught:
        adapters.load("torch-compile")
    assert str(caught.value) == (
        "the backend 'torch-compile' needs torch>=2.13, and 2.9.1+cpu is installed; "
        "run: pip install 'actinit[torch-compile]'"
    )
    assert floors.too_old("torch") == ""  # which needs less
    assert floors.too_old("onnx") == ""  # which is the very oldest
    releases["onnx"] = "1.9.0"  # older than 1.17, though not by its letters
    assert floors.too_old("onnx") == "onnx>=1.17, and 1.9.0 is installed"
    assert floors.too_old("no-such-extra") == ""


def test_what_is_installed_is_not_too_old():
    assert {name: lack for name in adapters.names() if (lack := floors.too_old(name))} == {}


def test_a_missing_engine_says_what_to_install_and_leaves_no_half_of_keras():
    said = python(
        "import os, sys\n"
        "sys.modules['jax'] = None\n"
        "from actinit import adapters\n"
        "try: adapters.load('keras-jax')\n"
        "except adapters.BackendMissingError as error: print(error)\n"
        "print([name for name in sys.modules if name.startswith('keras')])\n"
        "print(os.environ['KERAS_BACKEND'])",
        KERAS_BACKEND="torch",
    )
    message, left, engine = said.splitlines()
    assert "'keras-jax' needs the package 'jax', which is not installed" in message
    assert message.endswith("run: pip install 'actinit[keras-jax]'")
    assert (left, engine) == ("[]", "torch")


def test_what_is_said_to_be_installed_exists():
    project = Path(__file__).parents[2] / "pyproject.toml"
    extras = tomllib.loads(project.read_text())["project"]["optional-dependencies"]
    assert set(adapters.NAMES) - {"numpy", "keras"} <= set(extras)


# Keras's engines


def test_an_unknown_engine_is_refused():
    said = python(
        "from actinit import adapters, spec\n"
        "try: adapters.load('keras')\n"
        "except spec.UnknownNameError as error: print(error)",
        KERAS_BACKEND="tensorflwo",
    )
    assert said == "no Keras engine is named 'tensorflwo'; did you mean 'tensorflow'?\n"


def test_a_second_engine_in_one_process_is_refused():
    keras = pytest.importorskip("keras")
    running = keras.config.backend()
    other = next(name for name in ("torch", "jax") if name != running)
    with pytest.raises(adapters.AdapterError, match=f"runs on {running}.*fresh process"):
        adapters.load(f"keras-{other}")
    assert adapters.load(f"keras-{running}").name == f"keras-{running}"


# Your own


def test_your_own_adapter_is_loaded_from_a_file():
    mine = adapters.load(f"{OWN}:Mine")
    x = np.array([-1.0, 0.0, 2.0], np.float32)
    assert mine.name == "mine"
    assert list(mine.value(spec.activations["relu"], x, {})) == [0, 0, 2]
    with pytest.raises(adapters.NotOffered, match="no kernel for gelu"):
        mine.value(spec.activations["gelu"], x, {})


def test_the_example_in_the_documentation_is_this_one():
    assert textwrap.indent(OWN.read_text(), "    ") in adapters.__doc__
    assert len(OWN.read_text().splitlines()) <= 20


def test_your_own_adapter_is_loaded_from_a_module(tmp_path, monkeypatch):
    package = tmp_path / "company" / "kernels.py"
    package.parent.mkdir()
    package.write_text(OWN.read_text())
    monkeypatch.syspath_prepend(tmp_path)
    assert adapters.load("company.kernels:Mine").name == "mine"


def test_a_file_named_as_a_framework_does_not_replace_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", "the real one")
    file = tmp_path / "torch.py"
    file.write_text(OWN.read_text())
    assert adapters.load(f"{file}:Mine").name == "mine"
    assert sys.modules["torch"] == "the real one"


MINE = inspect.cleandoc("""
    from actinit.adapters import Adapter
    class Mine(Adapter):
        name = "mine"
        def versions(self): return {}
        def value(self, entry, x, parameters): return x
""")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("", "has no class 'Mine' that derives from actinit.adapters.Adapter"),
        ("class Mine: ...", "has no class 'Mine' that derives from actinit.adapters.Adapter"),
        ("Mine = 3", "has no class 'Mine' that derives from actinit.adapters.Adapter"),
        ("import no_such_kernels", "raised ModuleNotFoundError.*no_such_kernels"),
        ("1/0", "raised ZeroDivisionError.*division by zero"),
        (MINE + "\n    def __init__(self): 1/0", "raised ZeroDivisionError.*division by zero"),
        (MINE.replace("value", "values"), "raised TypeError.*abstract.*value"),
        (MINE.replace('name = "mine"', ""), 'has no name; write, say, name = "mine"'),
    ],
)
def test_what_is_wrong_with_your_own_adapter_is_said(tmp_path, code, reason):
    file = tmp_path / "mine.py"
    file.write_text(code)
    with pytest.raises(adapters.AdapterError, match=reason):
        adapters.load(f"{file}:Mine")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nowhere/mine.py:Mine", "there is no file nowhere/mine.py; expected package"),
        ("no_such_package.kernels:Mine", "no module 'no_such_package.kernels'.*package.module"),
        ("actinit.adapters.cntk:Mine", "no module 'actinit.adapters.cntk'"),
        (":Mine", "Empty module name"),
        (f"{OWN}:", "has no class ''"),
    ],
)
def test_a_wrong_place_is_said(name, reason):
    with pytest.raises(adapters.AdapterError, match=reason):
        adapters.load(name)
