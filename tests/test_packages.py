"""Who may import whom: a framework is known in its own folder, and adapters know the spec alone."""

from __future__ import annotations

import tomllib

import pytest
from helpers.imports import FRAMEWORKS, MODULES, ROOT, imported, module_of


def table(folder):
    return tomllib.loads((ROOT / "adapters" / folder / "backend.toml").read_text())


PACKAGES = {"spec", "reference", "adapters", "conformance"}
FOLDERS = FRAMEWORKS | {"numpy"}
#: Folder: those of the runtimes that run what its exporters write, as its table says.
RUNTIMES = {
    name: {one["runtime"] for one in table(name).get("exported", {}).values()} for name in FOLDERS
}


def strays(text, place):
    """Return what a module of ours imports and must not."""
    module = module_of(place)
    room, *folders = module.split(".")
    folder = folders[0] if room == "adapters" and folders and folders[0] in FOLDERS else None
    allowed = {
        "spec": {"spec"},
        "reference": {"spec", "reference"},
        "adapters": {"spec", "adapters"} | ({"reference"} if folder == "numpy" else set()),
        "conformance": {"spec", "reference", "adapters", "conformance"},
    }[room]
    # Keras runs on the others' engines, what is exported in another's runtime; none else looks into
    # another's folder.
    foreign = FOLDERS - {folder} - RUNTIMES.get(folder, set()) if folder != "keras" else set()
    found = set()
    for name in imported(text, module, is_package=place.endswith("__init__.py")):
        top, *rest = name.split(".")
        if top in FRAMEWORKS and top != folder:
            found.add(name)
        if top in PACKAGES and top not in allowed:
            found.add(name)
        if top == "adapters" and rest and rest[0] in foreign:
            found.add(name)
    return found


def test_every_framework_is_imported_in_its_own_folder_alone():
    assert {"torch", "jax"} < FRAMEWORKS
    files = {str(file.relative_to(ROOT)): file for file in MODULES.values()}
    found = {place: strays(file.read_text(), place) for place, file in files.items()}
    assert len(found) > 300
    assert {file: names for file, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("place", "line", "name"),
    [
        ("conformance/parity/checks.py", "import torch.nn", "torch.nn"),
        ("conformance/depth/jax.py", "def f():\n    from jax import numpy", "jax.numpy"),
        ("conformance/plan.py", "from actinit.adapters.torch import adapter",
         "adapters.torch.adapter"),
        ("adapters/torch/depth.py", "from ...conformance.depth import network",
         "conformance.depth.network"),
        ("adapters/torch/depth.py", "from ..jax import engine", "adapters.jax.engine"),
        ("adapters/torch/trainer.py", "import keras", "keras"),
        ("adapters/torch/onnx.py", "from ..openvino.model import Model",
         "adapters.openvino.model.Model"),
        ("adapters/jax/engine.py", "from ..onnxruntime import session",
         "adapters.onnxruntime.session"),
        ("adapters/base.py", "from .torch import adapter", "adapters.torch.adapter"),
        ("adapters/base.py", "from actinit import reference", "reference"),
        ("spec/loader.py", "from actinit import adapters", "adapters"),
        ("reference/gains.py", "from .. import conformance", "conformance"),
    ],
)  # fmt: skip
def test_one_that_is_imported_elsewhere_is_seen(place, line, name):
    assert strays(line, place) == {name}


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("adapters/torch/depth.py", "import torch\nfrom ..calls import resolve"),
        ("adapters/keras/engine.py", "from ..torch.engine import Torch"),
        ("adapters/torch/onnx.py", "from ..onnxruntime.session import Session"),
        ("adapters/numpy/adapter.py", "from actinit import reference"),
        ("conformance/plan.py", "from actinit.adapters import frameworks"),
    ],
)
def test_what_is_allowed_is_not_accused(place, line):
    assert strays(line, place) == set()
