"""Who may import whom: a framework is known in its own folder, and adapters know the spec alone."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FRAMEWORKS = {"torch", "jax", "keras", "tensorflow"}
FOLDERS = {file.parent.name for file in ROOT.glob("adapters/*/backend.toml")}


def imported(text, module, package):
    """Return the full names of all that a module imports, wherever in it, and when."""
    here = module.split(".") if package else module.split(".")[:-1]
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = here[: len(here) - node.level + 1] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return found


def strays(text, place):
    """Return what a module of ours imports and must not."""
    module = ".".join(["actinit", *Path(place).with_suffix("").parts]).removesuffix(".__init__")
    room, *folders = module.split(".")[1:]
    folder = folders[0] if room == "adapters" and folders and folders[0] in FOLDERS else None
    allowed = {
        "spec": {"spec"},
        "reference": {"spec", "reference"},
        "adapters": {"spec", "adapters"} | ({"reference"} if folder == "numpy" else set()),
        "conformance": {"spec", "reference", "adapters", "conformance"},
    }[room]
    # Keras runs on the others' engines; none else looks into another's folder.
    foreign = FOLDERS - {folder} if folder != "keras" else set()
    found = set()
    for name in imported(text, module, place.endswith("__init__.py")):
        top, *rest = name.split(".")
        if top in FRAMEWORKS and top != folder:
            found.add(name)
        if top == "actinit" and rest and rest[0] not in allowed:
            found.add(name)
        if rest[:1] == ["adapters"] and len(rest) > 1 and rest[1] in foreign:
            found.add(name)
    return found


def modules():
    for room in ("spec", "reference", "adapters", "conformance"):
        yield from sorted(file.relative_to(ROOT) for file in (ROOT / room).rglob("*.py"))


def test_every_framework_is_imported_in_its_own_folder_alone():
    assert FRAMEWORKS < FOLDERS
    found = {str(file): strays((ROOT / file).read_text(), str(file)) for file in modules()}
    assert len(found) > 300
    assert {file: names for file, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("place", "line", "name"),
    [
        ("conformance/parity/checks.py", "import torch.nn", "torch.nn"),
        ("conformance/depth/jax.py", "def f():\n    from jax import numpy", "jax.numpy"),
        ("conformance/plan.py", "from actinit.adapters.torch import adapter",
         "actinit.adapters.torch.adapter"),
        ("adapters/torch/depth.py", "from ...conformance.depth import network",
         "actinit.conformance.depth.network"),
        ("adapters/torch/depth.py", "from ..jax import engine", "actinit.adapters.jax.engine"),
        ("adapters/torch/trainer.py", "import keras", "keras"),
        ("adapters/base.py", "from .torch import adapter", "actinit.adapters.torch.adapter"),
        ("adapters/base.py", "from actinit import reference", "actinit.reference"),
        ("spec/loader.py", "from actinit import adapters", "actinit.adapters"),
        ("reference/gains.py", "from .. import conformance", "actinit.conformance"),
    ],
)  # fmt: skip
def test_one_that_is_imported_elsewhere_is_seen(place, line, name):
    assert strays(line, place) == {name}


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("adapters/torch/depth.py", "import torch\nfrom ..base import resolve"),
        ("adapters/keras/engine.py", "from ..torch.engine import Torch"),
        ("adapters/numpy/adapter.py", "from actinit import reference"),
        ("conformance/plan.py", "from actinit.adapters import frameworks"),
    ],
)
def test_what_is_allowed_is_not_accused(place, line):
    assert strays(line, place) == set()
