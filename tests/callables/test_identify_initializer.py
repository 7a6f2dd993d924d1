"""Which initializer of the spec a callable is: its distribution, cut, fan and scale."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from actinit import reference
from actinit.conformance.callables import CallableError, identify_initializer
from actinit.conformance.commands import main
from actinit.spec import UnknownNameError, initializers

#: Of kernels of convolutions alone, and the mould of the others, which has none of its own.
OTHERS = {"delta_orthogonal", "dirac", "stft", "variance_scaling"}
NEEDED = {"constant": {"value": 0.25}}


def drawing(name, **parameters):
    def draw(shape, rng):
        return reference.initializers[name](shape, rng=rng, dtype=np.float32, **parameters)

    return draw


def normal(shape, rng):
    return rng.standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize("name", [name for name in initializers if name not in OTHERS])
def test_every_entry_is_recognized_at_its_defaults(name):
    found = identify_initializer(drawing(name, **NEEDED.get(name, {})))
    assert (found.name, dict(found.parameters)) == (name, NEEDED.get(name, {})), str(found)
    assert name not in {one.name for one in found.near}


@pytest.mark.parametrize(
    ("name", "parameters", "distribution", "fan", "scale"),
    [
        ("he_normal", {"mode": "fan_out"}, "normal", "fan_out", 2),
        ("he_uniform", {"negative_slope": 3.0}, "uniform", "fan_in", 0.2),
        ("glorot_uniform", {"gain": 1.5}, "uniform", "fan_avg", 2.25),
        ("random_normal", {"mean": 0.5, "stddev": 2.0}, "normal", "none", 4),
        ("random_uniform", {"minval": 0.0, "maxval": 1.0}, "uniform", "none", 1 / 12),
        (
            "truncated_normal",
            {"stddev": 1.0, "lower": -3.0, "upper": 3.0},
            "normal, cut at 3 standard deviations",
            "none",
            0.9733,
        ),
    ],
)
def test_parameters_are_found_and_the_fan(name, parameters, distribution, fan, scale):
    found = identify_initializer(drawing(name, **parameters))
    assert found.name == name, str(found)
    told = {key: value for key, value in found.parameters.items() if not isinstance(value, str)}
    for key, value in told.items():
        assert value == pytest.approx(parameters[key], abs=0.02), key
    assert {key: value for key, value in found.parameters.items() if isinstance(value, str)} == {
        key: value for key, value in parameters.items() if isinstance(value, str)
    }
    assert (found.distribution, found.fan) == (distribution, fan)
    assert found.scale == pytest.approx(scale, rel=0.01)


def test_a_cut_anywhere_is_found():
    found = identify_initializer(drawing("truncated_normal", stddev=0.3, lower=-1.7, upper=1.7))
    assert found.distribution == "normal, cut at 1.7 standard deviations"
    assert found.parameters == {"stddev": 0.3, "lower": -1.7, "upper": 1.7}


def test_the_mould_has_what_no_other_entry_has():
    mould = {"scale": 0.7, "mode": "fan_geo_avg"}
    found = identify_initializer(drawing("variance_scaling", **mould))
    assert (found.name, dict(found.parameters)) == ("variance_scaling", mould)


def test_what_it_is_not_though_near():
    found = identify_initializer(drawing("he_truncated_normal"))
    (plain,) = [one for one in found.near if one.name == "he_normal"]
    assert plain.apart < 0.1
    assert "not he_normal, though near: that is normal, of kurtosis 3" in str(found)
    assert "its weights: normal, cut at 2 standard deviations, of variance 2" in str(found)
    other = identify_initializer(drawing("glorot_normal"))
    (he,) = [one for one in other.near if one.name.startswith("random_normal")]
    assert "its variance is the same whatever the fans, here it follows fan_avg" in he.why


def test_swapped_fans_are_another_mode():
    assert identify_initializer(drawing("he_normal"), layout="oi").parameters == {"mode": "fan_out"}


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda shape, rng: rng.laplace(size=shape).astype("f4"), "neither uniform nor normal"),
        (lambda shape, rng: normal(shape, rng) * np.float32((shape[0] + 3 * shape[1]) ** -0.5),
         "for 512 inputs and 128 outputs"),
        (lambda shape, rng: np.sign(normal(shape, rng)), "neither uniform nor normal"),
    ],
)  # fmt: skip
def test_what_is_none_is_told_so(function, said):
    found = identify_initializer(function)
    assert found.name == ""
    assert "is no initializer of the spec" in str(found)
    assert said in str(found)


def stated(found, what):
    return float(found.power.partition(what)[2].split()[0].rstrip("%,"))


def test_errors_of_the_stated_size_are_found():
    found = identify_initializer(drawing("he_normal"))
    off = stated(found, "off by") / 100
    # The variance of n normal weights has the relative standard error sqrt(2 / n); a scale half.
    assert off == pytest.approx((4.4172 + 3.0902) / np.sqrt(2 * 819_200), rel=0.02)
    wider = identify_initializer(
        lambda shape, rng: drawing("he_normal")(shape, rng) * np.float32(1 + off)
    )
    assert (wider.name, *wider.parameters) == ("variance_scaling", "distribution", "scale")
    cut = stated(found, "a cut within") - 0.01

    def cut_there(shape, rng):
        drawn = rng.standard_normal(shape)
        while (beyond := np.abs(drawn) > cut).any():
            drawn[beyond] = rng.standard_normal(int(beyond.sum()))
        return drawn.astype(np.float32)

    assert identify_initializer(cut_there).distribution.startswith("normal, cut at 4.")


def test_right_ones_are_never_called_wrong():
    for seed in range(6):

        def draw(shape, seed, first=seed):
            return reference.glorot_uniform(shape, rng=10**6 * first + seed, dtype=np.float32)

        assert identify_initializer(draw).name == "glorot_uniform"


def test_tensors_of_a_framework():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)

    def kaiming(shape):
        return torch.nn.init.kaiming_uniform_(torch.empty(shape), a=5**0.5)

    found = identify_initializer(kaiming, layout="oi")
    assert found.name == "he_uniform"
    assert found.parameters["negative_slope"] == pytest.approx(5**0.5, abs=0.03)


@pytest.mark.parametrize(
    ("function", "options", "error", "said"),
    [
        (3, {}, CallableError, "expected a callable"),
        (lambda shape, rng: 1 / 0, {}, CallableError, "ZeroDivisionError"),
        (lambda shape: np.zeros(3, np.float32), {}, CallableError, "expected shape"),
        (lambda shape: [0.0], {}, CallableError, "returned no array"),
        (lambda shape, rng: normal(shape, rng) * np.float32(np.nan), {}, CallableError,
         "262144 of 262144 weights are not finite"),
        (lambda shape: normal(shape, np.random.default_rng(0)), {}, CallableError,
         "the same weights at each call.*name an argument seed or rng"),
        (lambda shape, seed: normal(shape, np.random.default_rng(0)), {}, CallableError,
         "the same weights at each call"),
        (lambda shape: threading.Event().wait(), {"time_limit": 0.2}, CallableError,
         "did not return within 0.2 s"),
        (normal, {"format": "float33"}, UnknownNameError, "did you mean 'float32'"),
    ],
)  # fmt: skip
def test_bad_input_is_told(function, options, error, said):
    with pytest.raises(error, match=said):
        identify_initializer(function, **options)


def test_the_command(tmp_path, capsys):
    file = tmp_path / "weights.py"
    file.write_text(
        "import numpy as np\nfrom actinit import reference as ref\n"
        "def he(shape, rng): return ref.he_normal(shape, rng=rng, dtype=np.float32)\n"
        "def odd(shape, rng): return rng.laplace(size=shape).astype(np.float32)\n"
    )
    words = ["identify", f"{file}:he", "--initializer"]
    assert main(words) == 0
    assert capsys.readouterr().out.startswith("he is he_normal\nits weights: normal, of variance 2")
    assert main([*words, "--layout", "oi"]) == 0
    assert capsys.readouterr().out.startswith("he is he_normal with mode = fan_out\n")
    assert main(["identify", f"{file}:odd", "--initializer"]) == 1
    assert main(["identify", f"{file}:h", "--initializer"]) == 2
    assert main([*words, "--format", "float33"]) == 2
    assert "did you mean 'float32'" in capsys.readouterr().err
