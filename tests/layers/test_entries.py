"""A wrong entry of a layer is refused with its key and the reason."""

from __future__ import annotations

import pytest

from actinit import spec
from actinit.spec.loader import HERE

CONV = (HERE / "layers" / "conv2d_transpose.toml").read_text(encoding="utf-8")


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
        ("[sizes]", "[size]", "size", "unknown field"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(tmp_path, old, new, key, reason):
    assert old in CONV
    error = refuse(tmp_path, CONV.replace(old, new), "conv2d_transpose")
    assert key in error.key
    assert reason in error.reason
