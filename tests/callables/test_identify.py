"""Which function of the spec a callable is."""

from __future__ import annotations

import numpy as np
import pytest

from actinit import reference
from actinit.conformance.callables import CallableError, identify
from actinit.conformance.commands import main
from actinit.spec import UnknownNameError, activations


@pytest.mark.parametrize("name", activations)
def test_every_entry_is_recognized(name):
    found = identify(reference.activations[name])
    assert found.name == name or name in found.also, str(found)
    assert (found.scale, found.shift) == (1.0, 0.0)


@pytest.mark.parametrize("name", ["tanh", "silu", "gelu"])
def test_derivatives_too(name):
    assert identify(reference.activations[name].derivative).name == f"{name}'"


def test_up_to_scale_and_shift_and_at_fitted_parameters():
    found = identify(lambda x: 3 * reference.gelu(x) + x.dtype.type(1))
    assert (found.name, found.scale, found.shift) == ("gelu", 3.0, 1.0)
    assert str(found).startswith("function is 3 * gelu + 1")
    found = identify(lambda x: np.where(x > 0, x, x * x.dtype.type(0.137)))
    assert (found.name, found.parameters) == ("leaky_relu", {"negative_slope": 0.137})
    found = identify(lambda x: x / (1 + np.exp(-1.65 * x)))
    assert (found.name, found.parameters) == ("swish_beta", {"beta": 1.65})
    found = identify(lambda x: -2 * reference.elu(x, alpha=0.7))
    assert (found.name, found.parameters, found.scale) == ("elu", {"alpha": 0.7}, -2.0)


def test_what_it_is_not_though_near():
    found = identify(reference.gelu_tanh)
    assert found.name == "gelu_tanh"
    (near,) = [one for one in found.near if one.name == "gelu"]
    x = np.arange(-128, 129) / 16
    apart = np.abs(reference.gelu(x) - reference.gelu_tanh(x))
    assert near.apart == pytest.approx(apart.max(), rel=1e-3)
    assert abs(near.at) == abs(x[apart.argmax()])
    assert "not gelu, though near: 0.00047 apart at" in str(found)


def test_what_is_cut_off_at_ten_is_told_from_what_is_not():
    assert (identify(reference.clipped_gelu).name, identify(reference.gelu).also) == (
        "clipped_gelu", ()
    )  # fmt: skip


def test_what_is_none_is_told_with_the_nearest():
    def form(x):  # one more of gelu
        return x / (1 + np.exp(-1.6 * x - 0.05 * x**3))

    found = identify(form)
    assert found.name == ""
    assert found.near[0].name == "gelu"
    x = np.arange(-128, 129) / 16
    apart = np.abs(reference.gelu(x) - form(x))
    assert found.near[0].apart == pytest.approx(apart.max(), rel=1e-3)
    assert identify(np.sin).name == ""
    assert identify(lambda x: np.ones_like(x)).name == "identity'"


def test_a_framework_and_a_coarse_format():
    torch = pytest.importorskip("torch")
    assert identify(torch.nn.functional.softplus).name == "softplus"
    assert identify(torch.nn.Softmax(-1), format="bfloat16").name == "softmax"


@pytest.mark.parametrize(
    ("function", "options", "error", "message"),
    [
        (3, {}, CallableError, "expected a callable"),
        (lambda x: 1 / 0, {}, CallableError, "ZeroDivisionError"),
        (lambda x: x / 0, {}, CallableError, "nan or infinite at 269 of 269"),
        (lambda x: x[:0], {}, CallableError, "expected shape"),
        (np.tanh, {"format": "float33"}, UnknownNameError, "float32"),
    ],
)
def test_bad_input_is_told(function, options, error, message):
    with pytest.raises(error, match=message):
        identify(function, **options)


def test_the_command(tmp_path, capsys, monkeypatch):
    file = tmp_path / "kernels.py"
    file.write_text(
        "import numpy as np\nfrom actinit import reference as ref\n"
        "def mine(x): return ref.silu(x)\nother = np.sin\nnumber = 3\n"
    )
    monkeypatch.chdir(tmp_path)
    assert main(["identify", f"{file}:mine"]) == 0
    assert capsys.readouterr().out.startswith("mine is silu\n")
    assert main(["identify", "kernels:other"]) == 1
    for bad, message in {
        f"{file}:mnie": "did you mean 'mine'",
        f"{file}:number": "cannot be called",
        "nothing.py:f": "no file",
        "nothing_there:f": "no module",
        "plain": "expected package.module:function",
    }.items():
        assert main(["identify", bad]) == 2
        assert message in capsys.readouterr().err
    file.write_text("1 / 0")
    assert main(["identify", f"{file}:mine"]) == 2
    assert "raised ZeroDivisionError" in capsys.readouterr().err
