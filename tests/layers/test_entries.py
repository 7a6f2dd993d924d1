"""A wrong entry of a layer is refused with its key and the reason."""

from __future__ import annotations

import pytest

from actinit import spec
from actinit.spec.loader import HERE

CONV = (HERE / "layers" / "conv2d_transpose.toml").read_text(encoding="utf-8")
LSTM = (HERE / "layers" / "lstm.toml").read_text(encoding="utf-8")


def refuse(tmp_path, text, stem):
    file = tmp_path / f"{stem}.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(spec.SpecError) as caught:
        spec.load_entry(file, spec.Layer)
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        ('fan_in = "i*h*w", ', "", "weights.kernel", "has one fan"),
        ('fan_in = "i*h*w"', 'fan_in = "i*h*z"', "weights.kernel.fan_in", "names 'z'"),
        ("example = 24", "example = 0", "sizes.i.example", "1 or more"),
        ('layout   = "hwoi"', 'layout = "hwo"', "backends.numpy.weights.kernel.layout",
         "3 letters, the shape has 4"),
        ('reads    = { fan_in = "o*h*w", fan_out = "i*h*w" }',
         'reads = { fan_in = "i*h*w", fan_out = "o*h*w" }',
         "backends.torch.weights.kernel.reads", "is the rule"),
        ('law = "he_uniform"', 'law = "he_unifrom"', "backends.torch.weights.kernel.start.law",
         "not in the initializers"),
        ("negative_slope =", "slope =", "backends.torch.weights.kernel.start.parameters",
         "not in he_uniform.toml"),
        ('name     = "weight"\n', "", "backends.torch.weights.kernel.name", "has a name"),
        ("[backends.torch.weights.bias]", "[backends.torch.weights.bais]",
         "backends.torch.weights.bais", "not in the entry's weights"),
        ('in_channels = "i"', 'in_channels = "x"', "backends.torch.arguments.in_channels",
         "names 'x'"),
        ("[sizes]", "[size]", "size", "unknown field"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(tmp_path, old, new, key, reason):
    assert old in CONV
    error = refuse(tmp_path, CONV.replace(old, new), "conv2d_transpose")
    assert key in error.key
    assert reason in error.reason


def test_parts_need_groups(tmp_path):
    text = LSTM.replace('groups   = "4"\nparts', "parts")
    assert text != LSTM
    error = refuse(tmp_path, text, "lstm")
    assert "needs groups and a layout" in error.reason


def test_a_size_that_is_no_integer_is_said():
    tensor = spec.layers["conv2d_grouped"].backends["torch"].weights["kernel"]
    with pytest.raises(ValueError, match=r"i/g is 1.75 for .*, no integer"):
        tensor.dimensions({"i": 7, "o": 8, "h": 3, "w": 3, "g": 4})
