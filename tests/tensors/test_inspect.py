"""``actinit inspect``: what the tensors of a file may be draws of."""

from __future__ import annotations

import builtins

import ml_dtypes
import numpy as np
import pytest
import safetensors.numpy

from actinit import reference
from actinit.conformance.commands import main
from actinit.conformance.tensors import TensorFileError, inspect_file
from actinit.spec import UnknownNameError

TENSORS = {
    "fc.weight": reference.he_uniform((96, 300), rng=1, layout="oi", negative_slope=5**0.5),
    "fc.bias": reference.random_uniform((96,), rng=2, minval=-0.0577, maxval=0.0577),
    "norm.weight": np.ones(96, np.float32),
    "half": reference.lecun_normal((96, 300), rng=3, layout="oi", dtype=ml_dtypes.bfloat16),
    "trained": np.random.default_rng(1).laplace(size=(96, 300)).astype(np.float32),
    "ids": np.arange(5),
    "none": np.zeros((0, 3), np.float32),
    "bad": np.full((3, 3), np.nan, np.float32),
}
VERDICTS = {
    "fc.weight": "plausible", "fc.bias": "cannot be told", "norm.weight": "plausible",
    "half": "plausible", "trained": "implausible", "ids": "not asked", "none": "not asked",
    "bad": "implausible",
}  # fmt: skip


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "model.safetensors"
    safetensors.numpy.save_file(TENSORS, path)
    return path


def test_each_tensor_of_a_file_has_a_verdict(file):
    found = inspect_file(file)
    assert {one.name: one.verdict for one in found.tensors} == VERDICTS
    said = str(found)
    assert "8 tensors, shapes read as outputs before inputs" in said
    assert "fc.weight (96, 300) float32: he_uniform with negative_slope = 2.236" in said
    assert "half (96, 300) bfloat16: lecun_normal" in said
    assert "none (0, 3) float32: not asked: the tensor is empty" in said
    assert "ids (5,) int64: not asked: expected weights, numbers of" in said
    assert "9 of 9 weights are infinite or nan" in said


def test_the_other_layout_has_other_fans(file):
    found = inspect_file(file, layout="io", tensors="half")
    assert [one.found.fits[0].name for one in found.tensors] != ["lecun_normal"]


def test_numpy_s_files(tmp_path):
    weights = {"a": reference.he_normal((300, 96), rng=1), "b": np.zeros(4)}
    np.savez(tmp_path / "w.npz", **weights)
    np.save(tmp_path / "w.npy", weights["a"])
    archive = inspect_file(tmp_path / "w.npz")
    assert [str(one).partition(": ")[2].partition(" (")[0] for one in archive.tensors] == [
        "he_normal",
        "zeros",
    ]
    (alone,) = inspect_file(tmp_path / "w.npy").tensors
    assert alone.found.fits[0].name == "he_normal"


def test_held_to_one_initializer(file, capsys):
    words = ["inspect", str(file), "--tensors", "fc.*", "--initializer", "he_uniform"]
    assert main([*words, "--param", "negative_slope=2.2360679775"]) == 0
    out = capsys.readouterr().out
    assert "fc.weight (96, 300) float32: a plausible draw of he_uniform" in out
    assert "fc.bias (96,) float32: not asked: he_uniform depends on the fans" in out
    assert main(words) == 1
    assert "fc.weight (96, 300) float32: no draw of he_uniform\n    " in capsys.readouterr().out


def test_the_command(file, capsys):
    assert main(["inspect", str(file)]) == 1
    out = capsys.readouterr().out
    assert "3 plausible, 1 cannot be told, 2 implausible, 2 not asked" in out.replace(
        "\n", " "
    ) or (all(part in out for part in ("3 plausible", "2 implausible", "2 not asked")))
    assert main(["inspect", str(file), "--tensors", "norm.*"]) == 0


def broken(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.safetensors", b"", "is no safetensors file, or is damaged"),
        ("a.safetensors", b"\xff" * 40, "is no safetensors file, or is damaged"),
        ("a.npz", b"PK\x03\x04 and no more", "is no NumPy file, or is damaged"),
        ("a.npy", b"\x93NUMPY", "is no NumPy file, or is damaged"),
        ("a.npy", b"", "is no NumPy file, or is damaged"),
        ("a.pt", b"", "expected a file that ends in .safetensors, .npz, .npy; got '.pt'"),
        ("a", b"", "got 'no ending'"),
    ],
)
def test_damaged_files_are_told(tmp_path, capsys, name, content, said):
    path = broken(tmp_path, name, content)
    with pytest.raises(TensorFileError, match=said):
        inspect_file(path)
    assert main(["inspect", str(path)]) == 2
    assert "actinit: " in capsys.readouterr().err


def test_a_file_that_is_cut_off_is_told(file):
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(TensorFileError, match="is damaged"):
        inspect_file(file)


def test_python_objects_are_not_run(tmp_path):
    path = tmp_path / "objects.npy"
    np.save(path, np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(TensorFileError, match="is no NumPy file"):
        inspect_file(path)


def test_names_that_are_not_there_name_the_nearest(file, tmp_path, capsys):
    with pytest.raises(UnknownNameError, match=r"did you mean 'fc\.weight'"):
        inspect_file(file, tensors="fc.weigth")
    with pytest.raises(UnknownNameError, match="did you mean 'he_normal'"):
        inspect_file(file, initializer="he_norml")
    with pytest.raises(UnknownNameError, match="no layout"):
        inspect_file(file, layout="qq")
    assert main(["inspect", str(tmp_path / "no.safetensors")]) == 2
    assert "no such file" in capsys.readouterr().err


def test_a_missing_reader_is_told(file, monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **words):
        if name.partition(".")[0] == "safetensors":
            raise ModuleNotFoundError("No module named 'safetensors'", name="safetensors")
        return real(name, *rest, **words)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match="run: pip install safetensors"):
        inspect_file(file)
