"""The experiment's file is loaded whole, and a wrong one is refused with file, key and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from actinit.adapters import bindings
from actinit.spec import SpecError, UnknownNameError, activations, initializers
from actinit.spec import experiment as spec

HERE = Path(spec.__file__).parent / "experiments"


def test_it_names_what_the_spec_has() -> None:
    mnist = spec.experiment("mnist_mlp")
    for layer in mnist.network.layers:
        assert layer.activation in activations
        assert layer.initializer == "start" or layer.initializer in initializers
    for start in mnist.starts:
        assert start.name in initializers
        assert "keras" in bindings(initializers[start.keras_draws])


def test_the_article_has_every_epoch_of_every_start() -> None:
    mnist = spec.experiment("mnist_mlp")
    assert {len(start.loss) for start in mnist.starts} == {mnist.training.epochs}


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        ("batch_size  = 128", "batch_size = 0", "training.batch_size", ">= 1"),
        ("batch_size  = 128", "", "training", "missing required field `batch_size`"),
        ("batch_size  = 128", "batchsize = 128", "training.batchsize", "unknown field"),
        ("beta_1 = 0.9", 'beta_1 = "0.9"', "optimizer.parameters", "Expected `float`"),
        ("beta_1 = 0.9", "beta_1 = 1.0", "optimizer.parameters.beta_1", "beta_1 < 1"),
        ("beta_1 = 0.9", "beta = 0.9", "optimizer.parameters.beta", "beta_1, beta_2"),
        ('"adam_hat"', '"adm_hat"', "optimizer.name", "did you mean 'adam_hat'"),
        ("alpha      = 0.05", "alpha = 1.0", "comparison.alpha", "< 1.0"),
        ('"softmax"', '"relu"', "network", "softmax"),
        ('"relu",    initializer', '"softmax", initializer', "network", "last layer only"),
        ("[0.9087, ", "[", "starts", "differ in length"),
        ('name         = "he_normal"', 'name = "zeros"', "starts", "names of their own"),
        ("0.9087", "1.9087", "accuracy", "<= 1.0"),
        ('"he2015"', '"he2016"', "references", "he2016"),
        ('name       = "mnist_mlp"', 'name = "other"', "name", "not the file's name"),
        ("[training]", "[training", "", "not valid TOML"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, old: str, new: str, key: str, reason: str) -> None:
    text = (HERE / "mnist_mlp.toml").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "mnist_mlp.toml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        spec.load_experiment(file)
    message = str(caught.value)
    assert all(part in message for part in ("mnist_mlp.toml", key, reason)), message


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("47040016", "47040000", "shape makes 47040016 bytes"),
        ("ba891046", "ba89104", "sha256"),
        ("https://storage", "http://storage", "mirrors"),
        ("shape  = [60000]\nbytes  = 60008", "shape = [60001]\nbytes = 60009", "differ in length"),
    ],
)
def test_a_wrong_data_set_is_refused(tmp_path: Path, old: str, new: str, reason: str) -> None:
    text = (HERE / "data_sets" / "mnist.toml").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "mnist.toml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(SpecError, match=reason):
        spec.load_data_set(file)


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'mnist_mlp'"):
        spec.experiment("mnist_mpl")
    with pytest.raises(UnknownNameError, match="did you mean 'mnist'"):
        spec.data_set("mnits")
    with pytest.raises(UnknownNameError, match="did you mean 'he_normal'"):
        spec.experiment("mnist_mlp").start("he_norml")
