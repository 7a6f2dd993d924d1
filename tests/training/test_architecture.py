"""A network's layers must fit together; what does not is refused with file, key and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from actinit.spec import SpecError, initializers
from actinit.spec import experiment as spec
from actinit.spec.architecture import Architecture, Conv2D, Dense, Flatten, Reshape

HERE = Path(spec.__file__).parent / "experiments"
MNIST = spec.experiment("mnist_cnn")


def test_shapes_follow_from_layer_to_layer() -> None:
    shapes = MNIST.network.shapes
    assert shapes[:4] == ((784,), (28, 28, 1), (14, 14, 8), (7, 7, 8))
    assert shapes[-3:] == ((7, 7, 8), (392,), (10,))


@pytest.mark.parametrize(
    ("length", "kernel", "stride", "padding", "places"),
    [(28, 3, 1, 1, 28), (28, 3, 2, 1, 14), (7, 3, 2, 1, 4), (5, 5, 1, 0, 1), (6, 3, 2, 0, 2)],
)
def test_a_kernel_stands_where_it_fits(
    length: int, kernel: int, stride: int, padding: int, places: int
) -> None:
    layer = Conv2D(
        filters=1, kernel=kernel, stride=stride, padding=padding,
        activation="relu", initializer="start",
    )  # fmt: skip
    # Counted: where the kernel begins, on the padded row, without reaching beyond it.
    begins = range(-padding, length + padding - kernel + 1, stride)
    assert layer.places(length) == len(begins) == places


def test_a_start_draws_from_its_entry_with_its_parameters() -> None:
    first, last = MNIST.network.weighted[0][0], MNIST.network.weighted[-1][0]
    assert MNIST.weights(first, "he_normal") == ("he_normal", {})
    assert MNIST.weights(first, "random_normal_wide") == ("random_normal", {"stddev": 0.5})
    assert MNIST.weights(last, "random_normal_wide") == ("glorot_uniform", {})
    for start in MNIST.starts:
        assert start.weights.initializer in initializers


def test_only_a_network_of_dense_layers_is_told_as_one() -> None:
    assert [layer.units for layer in spec.experiment("mnist_mlp").network.dense] == [128, 64, 10]
    with pytest.raises(ValueError, match="not dense"):
        _ = MNIST.network.dense


def _network(*layers: Conv2D | Dense | Flatten | Reshape) -> Architecture:
    last = Dense(units=10, activation="softmax", initializer="start")
    return Architecture(inputs=784, bias="zeros", layers=(*layers, last))


def test_what_is_no_picture_is_not_convolved() -> None:
    conv = Conv2D(filters=1, kernel=3, activation="relu", initializer="start")
    with pytest.raises(ValueError, match=r"layers\[0\]: a convolution takes height x width x chan"):
        _network(conv)
    with pytest.raises(ValueError, match=r"layers\[0\]: .* not 784: it is flat already"):
        _network(Flatten())
    with pytest.raises(ValueError, match=r"layers\[1\]: .* not 28 x 28 x 1: it is one already"):
        _network(Reshape(height=28, width=28), Reshape(height=28, width=28))


CONV = "kernel = 3, stride = 2, padding = 1"


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        ('kind = "flatten"', 'kind = "squash"', "network.layers", "'squash'"),
        ('kind = "flatten"', 'kind = "flatten", units = 3', "network.layers", "units"),
        ('  { kind = "flatten" },\n', "", "network", "7 x 7 x 8: flatten it first"),
        ("width = 28", "width = 27", "network", "28 x 27 are 756 pixels, not 784"),
        (CONV, "kernel = 31, padding = 1", "network", "layers[1]: a kernel of 31 does not fit"),
        (CONV, "kernel = 3, padding = 3", "network", "layers[1]: with a padding of 3"),
        (CONV, "kernel = 0", "network.layers", ">= 1"),
        (CONV, "stride = 2", "network.layers", "missing required field `kernel`"),
        ('"softmax"', '"relu"', "network", "the last layer must be dense with one"),
        ("stddev = 0.5", "stdev = 0.5", "random_normal_wide", "did you mean 'stddev'?"),
        ('"random_normal"\npara', '"random_norml"\npara', "wide.initializer", "'random_normal'?"),
        ('initializer = "random_normal"', "", "starts", "expected a name of its own"),
        ("at_most = 0.1135, until", "until", "expect", "expected at_least, at_most or both"),
        (
            '{ kind = "val_accuracy", at_least = 0.5, by_epoch = 3 }',
            '{ kind = "article_figures", from_epoch = 1, decimals = 4, units = 1 }',
            "starts",
            "expects the article's figures and has none",
        ),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, old: str, new: str, key: str, reason: str) -> None:
    text = (HERE / "mnist_cnn.toml").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "mnist_cnn.toml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        spec.load_experiment(file)
    message = str(caught.value)
    assert all(part in message for part in ("mnist_cnn.toml", key, reason)), message
