"""Frameworks of any distribution are found; one that is broken is named, and spoils no other."""

from __future__ import annotations

import pkgutil
import tomllib
from pathlib import Path

import numpy as np
import pytest
from helpers.distributions import forget

from actinit import adapters, spec
from actinit.adapters import Adapter, discovery
from actinit.adapters.exported import Exported
from actinit.conformance.backend.eager import eager_name
from actinit.conformance.commands import main
from actinit.conformance.depth import compute
from actinit.conformance.parity import offered
from actinit.conformance.training import backends

ROOT = Path(__file__).parents[2]
FOLDERS = {file.parent.name for file in ROOT.glob("adapters/*/backend.toml")}
TABLE = """
name = "lanes"
title = "Lanes"
adapter = "lanes.adapter:Lanes"
modes = { lanes = "one by one", lanes-wide = "eight at once" }
install = "get lanes"
install_mode = "get {name}"
layouts = { dense = "oi" }
"""
ADAPTER = """
import numpy as np
from actinit.adapters import Adapter

class Lanes(Adapter):
    family = "lanes"

    def __init__(self, mode=""):
        self.name = f"lanes-{mode}" if mode else "lanes"

    def versions(self):
        return {"lanes": "0.1"}

    def value(self, entry, x, parameters):
        return np.maximum(x, 0)
"""
BINDINGS = """
[activations.relu]
function = "math.fabs"

[initializers.he_normal]
function = "math.sqrt"
parameters = { slope = "negative_slope" }
"""
FRAMEWORK = "from actinit.adapters import Framework\nFRAMEWORK = Framework.beside(__file__)\n"


@pytest.fixture
def distribution(tmp_path, monkeypatch):
    """Lay a distribution on Python's path, with its package; both may be altered."""

    def make(
        name="lanes", *, init=FRAMEWORK, table=TABLE, bindings=None, adapter=ADAPTER, place=None
    ):
        package = tmp_path / name
        package.mkdir()
        (package / "__init__.py").write_text(init)
        (package / "backend.toml").write_text(table)
        if bindings is not None:
            (package / "bindings.toml").write_text(bindings)
        (package / "adapter.py").write_text(adapter)
        told = tmp_path / f"{name}-0.1.dist-info"
        told.mkdir()
        (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1\n")
        place = place or f"{name}:FRAMEWORK"
        (told / "entry_points.txt").write_text(f"[actinit.adapters]\n{name} = {place}\n")
        made.append(name)
        forget(name)

    made: list[str] = []
    monkeypatch.syspath_prepend(tmp_path)
    yield make
    forget(*made)


def test_one_of_another_distribution_is_found(distribution):
    distribution()
    assert adapters.names()[-2:] == ("lanes", "lanes-wide")
    assert not adapters.broken()
    wide = adapters.load("lanes-wide")
    assert wide.name == "lanes-wide"
    assert wide.layouts == {"dense": "oi"}
    assert list(wide.value(spec.activations["relu"], np.array([-1.0, 2.0]), {})) == [0, 2]
    assert eager_name(wide) == "lanes"
    assert eager_name(adapters.load("lanes")) is None


def test_what_it_says_of_itself_is_all_that_lists_need(distribution, capsys):
    table = TABLE + 'depth = ["lanes"]\norder = -1\n[training]\nbackends = ["lanes"]\n'
    distribution(table=table)
    assert adapters.names()[:2] == ("lanes", "lanes-wide")
    assert "lanes" in compute.backends()
    assert "lanes" in backends.names()
    assert "lanes" in offered.trained()
    with pytest.raises(adapters.NotOffered, match="nothing here trains on numpy; there are lanes,"):
        adapters.load("numpy").trainer()
    assert main(["list"]) == 0
    assert "Backends: lanes, lanes-wide, numpy, torch" in capsys.readouterr().out


def test_its_bindings_are_read_as_ours_are(distribution):
    relu, he, gelu = (
        spec.activations["relu"],
        spec.initializers["he_normal"],
        spec.activations["gelu"],
    )
    before = [adapters.bindings(entry) for entry in (relu, he, gelu)]
    distribution(bindings=BINDINGS)
    after = [adapters.bindings(entry) for entry in (relu, he, gelu)]
    assert [after[n].keys() - before[n].keys() for n in range(3)] == [{"lanes"}, {"lanes"}, set()]
    wide = adapters.load("lanes-wide")
    assert wide.function(relu)(-2.0) == 2
    assert wide.options(he, {"negative_slope": 0.5}) == {"slope": 0.5}
    with pytest.raises(adapters.NotOffered, match="lanes-wide does not offer gelu"):
        wide.binding(gelu)


@pytest.mark.parametrize(
    ("bindings", "reason"),
    [
        (BINDINGS.replace("relu", "rely"), r"lanes/bindings\.toml:2: activations\.rely: .*'relu'"),
        (
            BINDINGS.replace("negative_slope", "a"),
            r"he_normal\.parameters\.slope: .*names here: neg",
        ),
        (BINDINGS.replace("[init", "init"), r"lanes/bindings\.toml: not valid TOML"),
    ],
)
def test_bindings_that_are_broken_are_named_and_spoil_no_others(
    distribution, capsys, bindings, reason
):
    relu = spec.activations["relu"]
    before = adapters.bindings(relu)
    distribution(bindings=bindings)
    assert adapters.bindings(relu) == before
    assert adapters.load("numpy").value(relu, np.array([-1.0]), {}) == 0
    with pytest.raises(adapters.AdapterError, match=f"distribution lanes cannot be .*{reason}"):
        adapters.load("lanes-wide")
    assert main(["list"]) == 0
    assert "the backends 'lanes' of the distribution lanes cannot be" in capsys.readouterr().err


def test_a_framework_that_it_lacks_is_named_with_how_to_install_it(distribution):
    distribution(adapter="import no_such_lanes\n" + ADAPTER)
    with pytest.raises(adapters.BackendMissingError, match=r"'no_such_lanes'.*run: get lanes-wide"):
        adapters.load("lanes-wide")


@pytest.mark.parametrize(
    ("adapter", "reason"),
    [
        (ADAPTER.replace("self.name =", "1 / 0 #"), "it raised ZeroDivisionError"),
        (ADAPTER.replace("class Lanes", "class Lines"), "it raised AttributeError.*Lanes"),
        (ADAPTER.replace("def value", "def values"), "it raised TypeError.*abstract.*value"),
        ("import lanes.nowhere", "No module named 'lanes.nowhere'"),
        ("def Lanes(mode=''): return 3", "it is no actinit.adapters.Adapter"),
    ],
)
def test_an_adapter_that_cannot_be_made_is_named(distribution, adapter, reason):
    distribution(adapter=adapter)
    assert "lanes" in adapters.names()
    said = "the backend 'lanes-wide' of the distribution lanes cannot be loaded"
    with pytest.raises(adapters.AdapterError, match=f"{said}.*lanes.adapter:Lanes: {reason}"):
        adapters.load("lanes-wide")


@pytest.mark.parametrize(
    ("altered", "reason"),
    [
        ({"init": "1/0"}, "ZeroDivisionError: division by zero"),
        ({"init": "raise SystemExit(3)"}, "SystemExit: 3"),
        ({"init": "import no_such_lanes"}, "ModuleNotFoundError.*no_such_lanes"),
        ({"place": "lanes:NOWHERE"}, "AttributeError.*NOWHERE"),
        ({"place": "nowhere:FRAMEWORK"}, "ModuleNotFoundError.*nowhere"),
        ({"init": "FRAMEWORK = 3"}, "is a int, expected an actinit.adapters.Framework"),
        ({"table": TABLE.replace("title", "titel")}, r"backend\.toml.*titel"),
        ({"table": TABLE.replace("install =", "#")}, r"backend\.toml.*install"),
        ({"table": TABLE.replace("lanes-wide =", "wide =")}, "'wide' does not begin with"),
        ({"table": TABLE.replace('name = "lanes"', 'name = "torch"').replace("lanes-", "torch-")
            .replace("lanes =", "torch =")}, "the distribution actinit has a 'torch' too"),
    ],
)  # fmt: skip
def test_one_that_is_broken_is_named_and_spoils_no_other(distribution, capsys, altered, reason):
    before = adapters.names()
    distribution(**altered)
    assert adapters.names() == before
    assert adapters.load("numpy").name == "numpy"
    with pytest.raises(adapters.AdapterError, match=f"(?s)distribution lanes cannot .*{reason}"):
        adapters.load("lanes-wide")
    with pytest.raises(spec.UnknownNameError):
        adapters.load("lane")
    assert main(["list"]) == 0
    printed = capsys.readouterr()
    assert "numpy, torch" in printed.out
    assert "the backends 'lanes' of the distribution lanes cannot be loaded" in printed.err


def test_an_installation_without_any_says_so(monkeypatch):
    monkeypatch.setattr(discovery, "entry_points", lambda group: ())
    discovery._found.cache_clear()
    try:
        with pytest.raises(adapters.AdapterError, match="lacks the entry points"):
            adapters.load("numpy")
    finally:
        discovery._found.cache_clear()


# Ours


def test_each_folder_of_ours_is_an_entry_point():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    ours = project["entry-points"][discovery.GROUP]
    assert set(ours) == FOLDERS
    assert ours == {name: f"actinit.adapters.{name}:FRAMEWORK" for name in ours}
    assert set(adapters.frameworks()) >= FOLDERS


@pytest.mark.parametrize("name", sorted(FOLDERS))
def test_what_is_declared_is_what_the_adapter_has(name):
    """Lists are made of the declaration, before any framework is imported."""
    framework = adapters.frameworks()[name]
    module, _, attribute = framework.adapter.partition(":")
    kind = getattr(__import__(module, fromlist=[attribute]), attribute)
    assert (framework.training is not None) is (kind.train is not Adapter.train)
    assert bool(framework.depth) is (kind.propagate is not Adapter.propagate)
    named = {*framework.over, *framework.depth, *framework.main, *framework.exported}
    if framework.training:
        named |= {*framework.training.backends}
    assert named <= {*framework.backends}
    assert {*framework.over.values()} <= {*adapters.frameworks()}


def test_what_is_exported_says_by_whom_and_where_it_runs():
    exported = {
        backend: one
        for framework in adapters.frameworks().values()
        for backend, one in framework.exported.items()
    }
    assert exported["torch-onnx-onnxruntime"].runtime == "onnxruntime"
    for backend, one in exported.items():
        assert backend.endswith(f"-{one.runtime}") or f"-{one.runtime}-" in backend
        assert (ROOT / "adapters" / one.runtime / "__init__.py").exists()
        assert issubclass(pkgutil.resolve_name(one.adapter), Exported)
