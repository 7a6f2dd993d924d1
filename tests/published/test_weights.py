"""Portable weights: the same bits everywhere, whole files, and live layers that hold them."""

from __future__ import annotations

import numpy as np
import pytest

from actinit import reference as ref
from actinit.adapters import NotOffered, load
from actinit.conformance.commands import main
from actinit.conformance.published import weights as export


def test_the_file_holds_the_references_weights_and_how_they_were_made(tmp_path):
    file = tmp_path / "w.safetensors"
    digest = export.export(file, "he_normal", (6, 4), seed=7, negative_slope=0.5, mode="fan_out")
    weights, metadata = export.load(file)
    right = ref.he_normal((6, 4), rng=7, negative_slope=0.5, mode="fan_out")
    assert weights.tobytes() == right.tobytes()
    assert metadata == {
        "initializer": "he_normal", "edition": "2026.1", "generator": "PCG64", "seed": "7",
        "layout": "io", "sha256": digest, "parameter.negative_slope": "0.5",
        "parameter.mode": "'fan_out'",
    }  # fmt: skip


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_every_dtype_returns(tmp_path, dtype):
    file = tmp_path / "w.safetensors"
    export.export(file, "glorot_uniform", (3, 3, 4, 5), seed=1, dtype=np.dtype(dtype), to="torch")
    weights, metadata = export.load(file)
    right = ref.glorot_uniform((3, 3, 4, 5), rng=1, dtype=np.dtype(dtype))
    assert metadata["layout"] == "oihw"
    assert weights.dtype == np.dtype(dtype)
    assert np.array_equal(weights, right.transpose(3, 2, 0, 1))


def test_frameworks_read_the_file(tmp_path):
    torch = pytest.importorskip("safetensors.torch")
    file = tmp_path / "w.safetensors"
    export.export(file, "lecun_normal", (6, 4), seed=3, to="torch")
    assert np.array_equal(
        torch.load_file(file)["weight"].numpy(), ref.lecun_normal((6, 4), rng=3).T
    )


def test_a_file_that_was_altered_is_refused(tmp_path):
    file = tmp_path / "w.safetensors"
    export.export(file, "he_normal", (6, 4), seed=7)
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(ValueError, match="is not as it was exported; export it again"):
        export.load(file)
    file.write_bytes(b"no such thing")
    with pytest.raises(ValueError, match="holds no exported weights"):
        export.load(file)


def test_the_command_says_what_it_wrote(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["export", "he_normal", "--shape", "6,4", "--seed", "7"]) == 0
    said = capsys.readouterr().out
    (file,) = tmp_path.iterdir()
    assert file.name == "he_normal-6x4-io-float32-seed7.safetensors"
    assert file.name in said
    assert export.load(file)[1]["sha256"] in said


def test_other_settings_never_meet_in_one_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = [
        [], ["--dtype", "float16"], ["--layout", "oi"], ["--to", "torch"],
        ["--layout", "oi", "--to", "torch"], ["--to", "keras"], ["--param", "mode=fan_out"],
        ["--param", "negative_slope=0.5"], ["--param", "negative_slope=0.50000001"],
        ["--param", "mode=fan_out", "--param", "negative_slope=0.5"], ["--seed", "8"],
        ["--shape", "4,6"],
    ]  # fmt: skip
    for words in settings:
        assert main(["export", "he_normal", "--shape", "6,4", "--seed", "7", *words]) == 0
    assert len(list(tmp_path.iterdir())) == len(settings)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["--dtype", "float32"], []),
        (["--dtype", "f4"], []),
        (["--layout", "io"], []),
        (["--param", "negative_slope=2"], ["--param", "negative_slope=2.0"]),
        (
            ["--param", "mode=fan_out", "--param", "negative_slope=1"],
            ["--param", "negative_slope=1", "--param", "mode=fan_out"],
        ),
    ],
)
def test_one_setting_told_in_two_ways_is_one_file(one, other, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for words in (one, [*other, "--force"]):
        assert main(["export", "he_normal", "--shape", "6,4", "--seed", "7", *words]) == 0
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_that_is_there_stays_unless_it_is_to_be_overwritten(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    call = ["export", "he_normal", "--shape", "6,4", "--output", "w.safetensors", "--seed"]
    file = tmp_path / "w.safetensors"
    assert main([*call, "7"]) == 0
    before = file.read_bytes()
    capsys.readouterr()
    assert main([*call, "8"]) == 2
    said = capsys.readouterr().err
    assert "actinit: w.safetensors is there already" in said
    assert "--force" in said
    assert file.read_bytes() == before
    assert main([*call, "8", "--force"]) == 0
    assert export.load(file)[1]["seed"] == "8"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["he_norml", "--shape", "6,4", "--seed", "7"], "did you mean 'he_normal'?"),
        (["he_normal", "--shape", "6,-4", "--seed", "7"], "sizes of 0 or more"),
        (["he_normal", "--shape", "6,4.5", "--seed", "7"], "expected integers as --shape"),
        (["he_normal", "--shape", "6", "--seed", "7"], "has no fans"),
        (["he_normal", "--shape", "6,4", "--seed", "x"], "expected integers as --seed"),
        (["he_normal", "--shape", "6,4", "--seed", "1.5"], "expected integers as --seed"),
        (["he_normal", "--shape", "6,4", "--seed", "-1"], "a seed of 0 or more"),
        (["he_normal", "--shape", "6,4", "--seed", "7", "--dtype", "int8"], "draws float16"),
        (["he_normal", "--shape", "6,4", "--seed", "7", "--layout", "oihw"], "4 dimensions"),
        (["he_normal", "--shape", "6,4", "--seed", "7", "--to", "tensorflaw"], "no backend is"),
        (["he_normal", "--shape", "6,4", "--seed", "7", "--param", "mode"], "NAME=VALUE"),
        (["he_normal", "--shape", "6,4", "--seed", "7", "--param", "mode=fan_up"],
         "expected as mode one of fan_in, fan_out; got 'fan_up'"),
        (["variance_scaling", "--shape", "6,4", "--seed", "7", "--param", "scale=0"],
         "a finite scale above 0"),
        (["variance_scaling", "--shape", "6,4", "--seed", "7", "--param", "distribution=cauchy"],
         "expected as distribution one of truncated_normal, normal, uniform"),
        (["he_normal", "--shape", "6,4", "--seed", "7", "--to", "onnxruntime"],
         "onnxruntime has no layers"),
        (["zeros", "--shape", "2,2,2,2,2,2", "--seed", "7", "--to", "torch"],
         "two to five dimensions"),
        (["he_normal", "--shape", "6,4", "--seed", "7", "--output", "w.bin"], ".safetensors"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_told_and_leaves_nothing(words, complaint, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["export", *words]) == 2
    said = capsys.readouterr().err
    assert said.startswith("actinit: ")
    assert complaint in said
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    target = str(tmp_path / "file" / "w.safetensors")
    assert main(
        ["export", "he_normal", "--shape", "6,4", "--seed", "7", "--output", target]
    ) == 2  # fmt: skip
    assert "actinit: " in capsys.readouterr().err


def test_a_torch_layer_takes_the_weights_in_its_own_order():
    torch = pytest.importorskip("torch")
    weights, x = ref.he_normal((6, 4), rng=7), np.linspace(-1, 1, 6, dtype=np.float32)
    layer = torch.nn.Linear(6, 4, bias=False)
    load("torch").fill(layer, weights, "io")
    got = layer(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(got, x @ weights, rtol=1e-5, atol=1e-6)
    assert layer.weight.requires_grad


def test_a_keras_layer_takes_them_too():
    keras = pytest.importorskip("keras")
    weights, x = ref.he_normal((6, 4), rng=7), np.linspace(-1, 1, 6, dtype=np.float32)[None]
    layer = keras.layers.Dense(4, use_bias=False)
    backend = load("keras")
    with pytest.raises(ValueError, match="no kernel yet"):
        backend.fill(layer, weights, "io")
    layer.build((None, 6))
    backend.fill(layer, np.ascontiguousarray(weights.T), "oi")
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(layer(x)), x @ weights, rtol=1e-5, atol=1e-6
    )


def test_an_mlx_layer_takes_them_too():
    mlx = pytest.importorskip("mlx.nn")
    from mlx.core import array

    weights, x = ref.he_normal((6, 4), rng=7), np.linspace(-1, 1, 6, dtype=np.float32)
    layer = mlx.Linear(6, 4, bias=False)
    load("mlx").fill(layer, weights, "io")
    np.testing.assert_allclose(np.array(layer(array(x))), x @ weights, rtol=1e-5, atol=1e-6)


def test_weights_that_do_not_fit_are_refused():
    torch = pytest.importorskip("torch")
    layer = torch.nn.Linear(6, 4)
    before = layer.weight.detach().clone()
    with pytest.raises(ValueError, match=r"kernel has the shape \(4, 6\), the weights .* \(6, 4\)"):
        load("torch").fill(layer, ref.he_normal((4, 6), rng=1), "io")
    with pytest.raises(ValueError, match="expected the same letters"):
        load("torch").fill(layer, ref.he_normal((6, 4), rng=1), "xy")
    assert torch.equal(layer.weight, before)


def test_a_backend_without_layers_says_so():
    with pytest.raises(NotOffered, match="numpy has no layers to fill"):
        load("numpy").fill(None, ref.he_normal((6, 4), rng=1), "io")
