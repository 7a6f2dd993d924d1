"""What is otherwise in another framework, read off bindings that are held to the live ones."""

from __future__ import annotations

import inspect
import json
from importlib import import_module

import numpy as np
import pytest

from actinit import spec
from actinit.adapters import bindings, frameworks
from actinit.conformance.commands import main
from actinit.conformance.porting import compare, framework_of, named
from actinit.spec import UnknownNameError


def rows(source, target, word):
    """Return what is otherwise of the only entry that a word means: what, before, after."""
    (found,) = compare(source, target, named([word]))
    return {row.what: (row.before, row.after) for row in found.rows}


def test_a_dense_layer_from_keras_to_pytorch():
    found = rows("keras", "torch", "keras.layers.Dense")
    assert found["kernel, shape"] == ("(i, o)", "(o, i)")
    assert found["kernel, initialization"] == (
        "glorot_uniform",
        "he_uniform (negative_slope = sqrt(5))",
    )
    assert found["bias, initialization"][0] == "zeros"
    assert "kernel, fans" not in found


def test_gelu_is_the_same_until_the_arguments_are_left_out():
    assert rows("keras", "torch", "gelu") == {}
    assert rows("torch", "jax", "gelu") == {"without these arguments": ("gelu", "gelu_tanh")}


def test_the_numbers_of_a_normalization_and_what_they_mean():
    found = rows("keras", "torch", "BatchNormalization")
    assert found["epsilon"] == ("0.001, as epsilon=0.001", "1e-05, as eps=1e-05")
    assert found["momentum"] == ("0.99, as momentum=0.99", "0.9, as momentum=0.1")
    assert "momentum" not in rows("torch", "mlx", "batch_norm")


def test_names_that_draw_another_distribution():
    assert rows("keras", "torch", "he_normal")["what it is"] == ("he_truncated_normal", "he_normal")
    assert rows("torch", "keras", "he_normal")["what it is"] == ("he_normal", "he_truncated_normal")
    assert rows("keras", "jax", "he_normal") == {}
    assert rows("keras", "torch", "leaky_relu") == {
        "negative_slope": ("0.2", "0.01"),
        "negative_slope, of the layer": ("0.3", "0.01"),
    }


def test_one_name_for_two_optimizers():
    (found,) = compare("torch", "keras", [spec.optimizers["adam"]])
    assert (found.before, found.after) == ("torch.optim.Adam", "keras.optimizers.Adam")
    assert ("what it is", "adam", "adam_hat") in found.rows
    assert ("epsilon", "1e-08", "1e-07") in found.rows
    assert rows("torch", "keras", "sgd") == {"learning_rate": ("0.001", "0.01")}


def test_there_and_back_is_the_same_turned_round():
    for source, target in (("keras", "torch"), ("torch", "jax"), ("mlx", "keras")):
        there, back = compare(source, target), compare(target, source)
        turned = {(one.entry, one.after, one.before) for one in back if one.family != "training"}
        assert {
            (one.entry, one.before, one.after) for one in there if one.family != "training"
        } == turned
        assert there
    assert compare("torch", "torch") == []


def test_a_word_of_two_families_and_what_one_of_them_lacks():
    assert [entry.name for entry in named(["linear", "torch.nn.Linear"])] == ["identity", "dense"]
    (found,) = compare("keras", "jax", [spec.layers["lstm"]])
    assert (found.after, found.differs) == ("none", True)


def test_the_name_of_a_backend_is_taken_for_its_framework():
    assert framework_of("keras-jax") == framework_of("keras") == "keras"
    with pytest.raises(UnknownNameError, match="did you mean 'torch'"):
        framework_of("toch")
    with pytest.raises(UnknownNameError, match="did you mean 'dense'"):
        named(["dnese"])


def test_the_command(capsys):
    assert main(["diff", "keras", "torch", "dense", "batch_norm"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["keras", "torch"]
    assert lines[1].split() == ["dense", "keras.layers.Dense", "torch.nn.Linear"]
    words = ("torch", "torch.nn.Linear", "(o, i)", "he_uniform")
    columns = {line.index(word) for line, word in zip(lines[:4], words, strict=True)}
    assert len(columns) == 1
    assert main(["diff", "keras", "torch", "dense", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["source"], told["target"]) == ("keras", "torch")
    assert told["entries"][0]["rows"][0] == {
        "what": "kernel, shape", "before": "(i, o)", "after": "(o, i)",
    }  # fmt: skip
    assert main(["diff", "keras", "torch", "relu"]) == 0
    assert "nothing is known to be otherwise" in capsys.readouterr().out
    assert main(["diff", "keras", "keras"]) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["kears", "torch"], "no framework is named 'kears'; did you mean 'keras'"),
        (["keras", "torch", "dnese"], "no entry is named 'dnese'; did you mean 'dense'"),
    ],
)
def test_the_command_refuses(words, said, capsys):
    assert main(["diff", *words]) == 2
    assert said in capsys.readouterr().err


# The numbers in the bindings are the live ones.


def live(path):
    """Return the arguments of what a path leads to, by name; skip if it is not installed."""
    module, _, name = path.rpartition(".")
    pytest.importorskip(module.partition(".")[0])
    return inspect.signature(getattr(import_module(module), name)).parameters


@pytest.mark.parametrize("framework", [name for name in frameworks() if name != "numpy"])
def test_settings_are_the_live_defaults(framework):
    for layer in spec.layers.values():
        binding = bindings(layer).get(framework)
        if not binding or not binding.layer or not layer.settings:
            continue
        assert binding.settings.keys() == layer.settings.keys(), layer.name
        arguments = live(binding.layer)
        for given in binding.settings.values():
            default = arguments[given.keyword].default
            assert default == (None if isinstance(given.default, str) else given.default)


@pytest.mark.parametrize("framework", [name for name in frameworks() if name != "numpy"])
def test_numbers_of_optimizers_are_the_live_defaults(framework):
    for entry in spec.optimizers.values():
        binding = bindings(entry).get(framework)
        if binding is None or framework not in ("torch", "keras"):
            continue
        arguments = live(binding.function)
        stated = {name: one.default for name, one in entry.parameters.items()} | binding.defaults
        for keyword, value in binding.keywords(stated).items():
            assert arguments[keyword].default == value, (entry.name, keyword)


def test_momentum_means_what_the_binding_says():
    x = np.full((8, 3), 2.0, np.float32)
    for framework in ("torch", "keras"):
        given = bindings(spec.layers["batch_norm"])[framework].settings["momentum"]
        home = pytest.importorskip(framework)
        if framework == "torch":
            layer = home.nn.BatchNorm1d(3)
            layer(home.from_numpy(x))
            mean = layer.running_mean.numpy()
        else:
            layer = home.layers.BatchNormalization()
            layer(x, training=True)
            mean = np.asarray(layer.moving_mean)
        np.testing.assert_allclose(mean, 2 * (1 - given.setting), rtol=1e-5)
