"""Settings of the processor's code: what they change is found, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from actinit import spec
from actinit.adapters import frameworks
from actinit.adapters.errors import AdapterError
from actinit.adapters.settings import Setting, read_settings
from actinit.conformance.commands import main
from actinit.conformance.dispatch.apart import changed, together
from actinit.conformance.dispatch.measure import measure
from actinit.conformance.dispatch.questions import Question, Sample, questions
from actinit.conformance.formats import ARITHMETIC
from actinit.conformance.results.dispatch import Dispatch, decimal, most
from actinit.conformance.results.store import read
from actinit.spec import SpecError

GELU = Question(spec.activations["gelu"], ARITHMETIC["float32"], "value")
ROWS = Question(spec.activations["softmax"], ARITHMETIC["float32"], "derivative")
#: Above 2 its GELU is one number further from zero if a variable says so; it draws lots for relu.
BACKEND = """
import os
import numpy as np
from actinit.adapters import NotOffered
from actinit.adapters.numpy.adapter import NumPy

if os.environ.get("BROKEN"):
    raise ImportError("no such kernels")

class Mine(NumPy):
    def value(self, entry, x, parameters):
        y = super().value(entry, x, parameters)
        if entry.name == "tanh":
            raise NotOffered("has no tanh")
        if entry.name == "softsign" and os.environ.get("RAISES"):
            raise OverflowError("too far")
        if entry.name == "relu" and os.environ.get("LOTS"):
            return y + np.random.default_rng().random(y.shape, dtype=y.dtype)
        if entry.name == "gelu" and os.environ.get("FURTHER"):
            return np.where(x > 2, np.nextafter(y, np.array(np.inf, y.dtype)), y)
        return y
"""
FURTHER = Setting(name="further", variables={"FURTHER": "1"}, what="One number further.")
NOTHING = Setting(name="nothing", variables={"OF_NO_EFFECT": "1"}, what="Nothing.")


@pytest.fixture
def backend(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(BACKEND)
    return f"{file}:Mine"


def of(*names):
    ids = {f"{name}/float32/value" for name in names}
    return [one for one in questions() if one.id in ids]


def test_what_a_setting_changes_is_counted_and_shown_beside_what_is_right(backend, monkeypatch):
    monkeypatch.setenv("FURTHER", "1")  # the process at hand is not what is usual
    found = measure(backend, [FURTHER, NOTHING], of("gelu", "silu", "tanh"))
    further, nothing = found.settings
    assert set(found.asked) == {"silu/float32/value", "gelu/float32/value"}
    assert found.not_offered == ["tanh/float32/value"]
    assert found.again == nothing.changed == {}
    assert set(further.changed) == {"gelu/float32/value"}
    one = further.changed["gelu/float32/value"]
    x = next(GELU.samples()).x
    assert (one.differ, one.points, one.apart) == (np.count_nonzero(x > 2), x.size, 1)
    usual, here = (np.float32(float.fromhex(text)) for text in (one.usual, one.here))
    assert here == np.nextafter(usual, np.float32(np.inf))
    assert one.exact == one.usual
    assert float.fromhex(one.x) > 2


def test_what_changes_by_itself_is_told_apart(backend, monkeypatch):
    monkeypatch.setenv("LOTS", "1")
    found = measure(backend, [NOTHING], of("relu", "gelu"))
    assert set(found.again) == {"relu/float32/value"}


def test_what_raises_under_a_setting_costs_that_question_alone(backend):
    raises = Setting(name="raises", variables={"RAISES": "1"}, what="Raises.")
    found = measure(backend, [raises, FURTHER], of("softsign", "gelu"))
    assert found.asked == ["gelu/float32/value"]
    assert found.raised == {"softsign/float32/value": "with raises: OverflowError: too far"}
    assert set(found.settings[1].changed) == {"gelu/float32/value"}


def test_a_backend_that_cannot_be_loaded_is_told_with_the_setting(backend):
    with pytest.raises(AdapterError, match=r"with no setting: .*nowhere"):
        measure("nowhere.py:Mine", [NOTHING], of("relu"))
    broken = Setting(name="old kernels", variables={"BROKEN": "1"}, what="Breaks.")
    with pytest.raises(AdapterError, match=r"with old kernels: .*no such kernels"):
        measure(backend, [broken], of("relu"))


def test_the_same_bits_are_no_change_and_a_nan_on_one_side_has_no_distance():
    sample = Sample(np.float32([1.5, 2.5]), None)
    usual = np.float32([1.0, np.nan])
    assert changed(GELU, sample, usual, np.float32([1.0, -np.nan])) is None
    found = changed(GELU, sample, usual, np.float32([-1.0, 2.0]))
    assert (found.differ, found.points, found.apart, found.x) == (2, 2, None, (2.5).hex())


def test_of_a_row_the_element_is_shown_and_two_samples_are_taken_together():
    sample = next(one for one in ROWS.samples() if one.x.shape[1] > 1)
    right = np.stack([ROWS.right(sample, at) for at in range(len(sample.x))])
    wrong = right.copy()
    wrong[3, 1] = np.float32(7)
    found = changed(ROWS, sample, right, wrong)
    assert (found.differ, found.here) == (1, (7.0).hex())
    assert found.exact == found.usual == float(right[3, 1]).hex()
    both = together(found, changed(ROWS, sample, right, np.full_like(right, np.nan)))
    assert (both.differ, both.points, both.apart) == (1 + right.size, 2 * right.size, None)
    assert together(None, found) == together(found, None) == found


def test_every_function_format_and_part_is_asked():
    assert len(questions()) == 2 * len(ARITHMETIC) * len(spec.activations)
    assert len({one.id for one in questions()}) == len(questions())


def test_the_command_writes_what_it_tells(tmp_path, capsys):
    words = ["dispatch", "numpy", "-k", "hard_tanh/float16/value", "--results", str(tmp_path)]
    assert main(words) == 0
    told = capsys.readouterr().out
    assert "asked again" not in told
    assert "NumPy without vector code: the same bits" in told
    found = read(tmp_path / "dispatch-numpy.json", Dispatch)
    assert found.asked == ["hard_tanh/float16/value"]
    assert [one.name for one in found.settings] == [
        one.name for one in frameworks()["numpy"].settings
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["torhc"], "torch"),
        (["ncnn"], "there is one for numpy, torch"),
        (["numpy", "-k", "gellu/float32"], "gelu"),
    ],
)
def test_a_wrong_call_says_what_would_do(words, told, tmp_path, capsys):
    assert main(["dispatch", *words, "--results", str(tmp_path / "none")]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


GOOD = '[[settings]]\nname = "a"\nvariables = { LANES = "1" }\nwhat = "One lane."\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD.replace("what", "waht"), "waht"),
        (GOOD.replace('LANES = "1"', ""), "needs environment variables"),
        (GOOD.replace("LANES", '"NO NAME"'), "needs environment variables"),
        (GOOD + GOOD, "the name of two settings"),
        (GOOD.replace("[[", "["), "not valid TOML"),
    ],
)
def test_a_table_that_is_wrong_is_refused(tmp_path, text, told):
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(SpecError, match=told):
        read_settings(str(tmp_path))


def test_a_framework_without_a_table_has_no_settings(tmp_path):
    assert read_settings(str(tmp_path)) == read_settings("") == ()


_ONEDNN = """
import os, re, subprocess, sys
lines = "import tensorflow; tensorflow.nn.softmax(tensorflow.ones((64, 1000)))"
done = subprocess.run([sys.executable, "-c", lines], env={**os.environ, "ONEDNN_VERBOSE": "1"},
                      capture_output=True, text=True, check=True)
print(*re.findall(r"cpu,isa:(.*)", done.stdout))
"""
_XLA = """
import os, re, tempfile
from pathlib import Path
folder = tempfile.mkdtemp()
os.environ["XLA_FLAGS"] = os.environ.get("XLA_FLAGS", "") + f" --xla_dump_to={folder}"
import jax
jax.jit(lambda x: 2 * jax.numpy.tanh(x))(jax.numpy.ones(1000)).block_until_ready()
text = "".join(file.read_text() for file in Path(folder).glob("*ir-with-opt.ll"))
print(max(map(int, re.findall(r"<([0-9]+) x float>", text))))
"""
#: What a process says of its machine code, and what it says once a setting has come to it.
TAKES = [
    (
        "torch", "ATEN_CPU_CAPABILITY",
        "import torch; print(torch.backends.cpu.get_cpu_capability())", "DEFAULT",
    ),
    (
        "numpy", "NPY_DISABLE_CPU_FEATURES",
        "from numpy._core._multiarray_umath import __cpu_dispatch__ as names, __cpu_features__ as "
        "has; print([name for name in names if has.get(name)])", "[]",
    ),
    ("tensorflow", "ONEDNN_MAX_CPU_ISA", _ONEDNN, "Intel SSE4.1"),
    ("tensorflow", "TF_ENABLE_ONEDNN_OPTS", _ONEDNN, ""),
    ("jax", "XLA_FLAGS", _XLA, "4"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "variable", "program", "plain"), TAKES)
def test_a_setting_has_an_effect_on_the_released_package(name, variable, program, plain):
    pytest.importorskip(name)
    setting = next(one for one in frameworks()[name].settings if variable in one.variables)
    said = []
    for more in ({}, setting.variables):
        done = subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, **more}, capture_output=True,
            text=True, check=True,
        )  # fmt: skip
        said.append(done.stdout.strip())
    if said[0] == plain:
        pytest.skip("this processor has nothing that could be left out")
    assert said[1] == plain


def test_numbers_are_told_in_nine_digits_and_the_furthest_first():
    assert decimal((0.1).hex()) == "0.1"
    assert decimal(f"[{(1.5).hex()}, nan, ...]") == "[1.5, nan, ...]"
    assert most({}) is None
