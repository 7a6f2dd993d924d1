"""What frameworks call the entries: read from their folders, held against the entries."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import chain
from pathlib import Path

import msgspec
import pytest

from actinit import adapters, spec
from actinit.adapters import Binding, Bindings, LayerBinding, bindings, frameworks
from actinit.adapters.binding import KINDS
from actinit.adapters.bindings_file import read_bindings
from actinit.spec.loader import HERE, parsed

ROOT = Path(__file__).parents[2]
OURS = {name: Path(one.folder) for name, one in frameworks().items()}
TEXT = {
    name: (folder / "bindings.toml").read_text(encoding="utf-8") for name, folder in OURS.items()
}
ENTRIES = [*chain.from_iterable(getattr(spec, table).values() for table in KINDS)]


def refuse(tmp_path, text):
    (tmp_path / "bindings.toml").write_text(text, encoding="utf-8")
    with pytest.raises(spec.SpecError) as caught:
        read_bindings(str(tmp_path))
    assert caught.value.file == tmp_path / "bindings.toml"
    return caught.value


def test_every_entry_has_those_of_the_frameworks_that_state_them():
    bound = {(name, entry.name) for entry in ENTRIES for name in bindings(entry)}
    assert len(bound) > 200
    for name, folder in OURS.items():
        _, data = parsed(folder / "bindings.toml")
        stated = {(name, row) for rows in data.values() for row in rows}
        assert {one for one in bound if one[0] == name} == stated


@pytest.mark.parametrize("name", OURS)
def test_they_stand_in_the_order_of_the_spec(name):
    _, data = parsed(OURS[name] / "bindings.toml")
    assert list(data) == [table for table in KINDS if table in data]
    for table, rows in data.items():
        assert list(rows) == sorted(rows), table


def test_the_reference_has_every_function():
    for entry in (*spec.activations.values(), *spec.initializers.values()):
        assert bindings(entry)["numpy"].function == f"actinit.reference.{entry.name}"


def test_they_are_listed_as_the_frameworks_are():
    assert list(bindings(spec.activations["relu"])) == [
        name for name in frameworks() if "relu" in frameworks()[name].bindings.activations
    ]


def test_entries_of_one_name_in_two_families_are_kept_apart():
    layer = LayerBinding(layer="linear", weights={})
    stated = Bindings(activations={"dense": Binding(function="f")}, layers={"dense": layer})
    assert stated.of(spec.layers["dense"]) is layer
    dense = msgspec.structs.replace(spec.activations["identity"], name="dense")
    assert stated.of(dense).function == "f"
    assert stated.of(msgspec.structs.replace(spec.initializers["eye"], name="dense")) is None


def test_a_framework_without_the_file_has_none(tmp_path):
    assert read_bindings(str(tmp_path)).of(spec.activations["relu"]) is None


def test_reading_the_spec_or_the_reference_reads_no_adapter():
    lines = (
        "import sys, actinit.spec, actinit.reference as ref\n"
        "ref.gelu(1.0), len(actinit.spec.layers), len(actinit.spec.optimizers)\n"
        "print([name for name in sys.modules if name.startswith('actinit.adapters')])"
    )
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_to_list_frameworks_reads_no_bindings():
    lines = (
        "from actinit import adapters\nfrom actinit.adapters import bindings_file\n"
        "adapters.names()\nprint(bindings_file._outcome.cache_info().currsize)\n"
        "adapters.frameworks()['numpy'].bindings\n"
        "print(bindings_file._outcome.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "1"], done.stderr


# What is wrong is said


@pytest.mark.parametrize(
    ("framework", "old", "new", "key", "reason"),
    [
        ("torch", "[activations.gelu]", "[activations.gleu]", "activations.gleu",
         "no activation is named 'gleu'; did you mean 'gelu'?"),
        ("torch", "[activations.silu]", "[activations.swish]", "activations.swish",
         "is another name of silu; expected [activations.silu]"),
        ("torch", "[activations.gelu]", "[activation.gelu]", "activation",
         "no table is named 'activation'; did you mean 'activations'?"),
        ("torch", "[layers.dense]", "[initializers.dense]", "initializers.dense",
         "no initializer is named 'dense'"),
        ("torch", 'layer    = "torch.nn.GELU"', 'leyer = "torch.nn.GELU"', "activations.gelu.leyer",
         "unknown field"),
        ("torch", 'layer    = "torch.nn.GELU"', "layer = 3", "activations.gelu.layer",
         "Expected `str | null`, got `int`"),
        ("torch", 'layer    = "torch.nn.GELU"', 'axis = "dim"',
         "activations.gelu.axis", "gelu is no function of rows"),
        ("torch", 'layer    = "torch.nn.GELU"', "in_place_arguments = { inplace = true }",
         "activations.gelu.in_place_arguments", "no in_place to be passed to"),
        ("torch", 'function = "torch.nn.functional.gelu"\nlayer    = "torch.nn.GELU"\n', "",
         "activations.gelu", "names neither a function nor a layer"),
        ("torch", 'parameters = { alpha = "alpha" }', 'parameters = { alpha = "beta" }',
         "activations.celu.parameters.alpha",
         "names 'beta', which is not defined; names here: alpha"),
        ("keras", "layer_defaults = { negative_slope = 0.3 }", "layer_defaults = { slope = 0.3 }",
         "activations.leaky_relu.layer_defaults",
         "'slope' is no parameter of leaky_relu, which has: negative_slope"),
        ("keras", "\nwindow ", "\nwindows ", "initializers.stft.choices.windows",
         "is no choice of stft, which has: "),
        ("keras", 'hann = "hann"', 'han = "hann"', "initializers.stft.choices.window",
         "'han' is none of "),
        ("keras", 'scale = "gain**2"', 'scale = "gian**2"',
         "initializers.glorot_normal.instead.parameters.scale", "names 'gian'"),
        ("torch", 'lr = "learning_rate", eps', 'lr = "rate", eps', "optimizers.adam.arguments.lr",
         "names 'rate'"),
        ("torch", 'betas = ["beta_1", "beta_2"]', 'betas = ["beta_1", "beta"]',
         "optimizers.adam.tuples.betas", "names 'beta'"),
        ("torch", 'loss   = "torch.nn.CrossEntropyLoss"\n', "", "networks.classifier",
         "missing required field `loss`"),
        ("numpy", 'layout   = "hwio"', 'layout = "hwi"', "layers.conv2d.weights.kernel.layout",
         "3 letters, the shape has 4"),
        ("torch", 'name     = "weight_ih_l0"\nshape    = ["4*u", "i"]', 'shape = ["4*u", "i"]',
         "layers.lstm.weights.kernel.name", "has a name"),
        ("torch", 'groups   = "4"\nparts', "parts", "layers.lstm.weights.bias.parts",
         "needs groups and a layout"),
        ("keras", 'argument = "kernel_initializer"', 'arguments = "kernel_initializer"',
         "layers.conv1d.weights.kernel.arguments", "unknown field"),
        ("torch", 'initializer = "he_uniform"', 'initializer = "he_unifrom"',
         "layers.conv1d.weights.kernel.start.initializer", "not in the initializers"),
        ("torch", "negative_slope = \"sqrt(5)\"", "slope = \"sqrt(5)\"",
         "layers.conv1d.weights.kernel.start.parameters", "not in he_uniform.toml"),
        ("torch", "[layers.conv1d.weights.bias]", "[layers.conv1d.weights.bais]",
         "layers.conv1d.weights.bais", "not in the entry's weights"),
        ("torch", 'in_channels = "i"', 'in_channels = "x"', "layers.conv1d.arguments.in_channels",
         "names 'x'"),
        ("torch", "[activations.celu]", "[activations.celu", "", "not valid TOML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(tmp_path, framework, old, new, key, reason):
    assert old in TEXT[framework]
    error = refuse(tmp_path, TEXT[framework].replace(old, new, 1))
    assert error.key == key
    assert reason in error.reason


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("activations = 3\n", "activations", "expected a table of entries"),
        ("[activations]\ngelu = 3\n", "activations.gelu", "Expected `object`, got `int`"),
        ("[layers.dense]\nweights = 3\n", "layers.dense.weights", "Expected `object`, got `int`"),
        ('[layers.dense.weights.kernel]\nshape = ["o", "i"]\nlayout = "oi"\n'
         'reads = { fan_in = "i", fan_out = "o" }\n', "layers.dense.weights.kernel.reads",
         "is the rule"),
    ],
)  # fmt: skip
def test_what_is_no_binding_is_said(tmp_path, text, key, reason):
    error = refuse(tmp_path, text)
    assert error.key == key
    assert reason in error.reason


def test_the_line_is_given(tmp_path):
    text = TEXT["torch"].replace('layer    = "torch.nn.GELU"', "layer = 3", 1)
    error = refuse(tmp_path, text)
    assert error.line == text.splitlines().index("layer = 3") + 1
    assert f"{tmp_path.name}/bindings.toml:{error.line}: activations.gelu.layer: " in str(error)


def test_bytes_that_are_no_text_are_said(tmp_path):
    (tmp_path / "bindings.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(spec.SpecError, match="not valid TOML: 'utf-8' codec"):
        read_bindings(str(tmp_path))


def test_a_size_that_is_no_integer_is_said():
    tensor = bindings(spec.layers["conv2d_grouped"])["torch"].weights["kernel"]
    with pytest.raises(ValueError, match=r"i/g is 1.75 for .*, no integer"):
        tensor.dimensions({"i": 7, "o": 8, "h": 3, "w": 3, "g": 4})


def test_the_folder_is_nothing_to_be_stated(tmp_path):
    text = (OURS["numpy"] / "backend.toml").read_text(encoding="utf-8")
    (tmp_path / "backend.toml").write_text('folder = "elsewhere"\n' + text, encoding="utf-8")
    with pytest.raises(spec.SpecError, match="folder: is where this file lies"):
        adapters.Framework.beside(tmp_path / "__init__.py")


def test_what_is_ours_and_broken_is_not_passed_over(monkeypatch):
    def broken(_):
        raise spec.SpecError(HERE / "bindings.toml", "layers.dense", "is broken")

    monkeypatch.setattr("actinit.adapters.framework.read_bindings", broken)
    with pytest.raises(spec.SpecError, match="is broken"):
        bindings(spec.layers["dense"])


def test_the_example_of_the_guide_is_right(tmp_path):
    guide = (ROOT / "docs" / "guide" / "adapter.md").read_text(encoding="utf-8")
    (example,) = (
        text for text in re.findall(r"```toml\n(.*?)```", guide, re.DOTALL) if "[layers." in text
    )
    (tmp_path / "bindings.toml").write_text(example, encoding="utf-8")
    found = read_bindings(str(tmp_path))
    assert found.of(spec.activations["leaky_relu"]).defaults == {"negative_slope": 0.2}
    assert found.of(spec.layers["dense"]).constructor({"i": 3, "o": 4}) == {
        "inputs": 3, "outputs": 4,
    }  # fmt: skip
