"""A program over its standard streams: what is written to it, and each way it goes wrong."""

from __future__ import annotations

import gc
import json
import os
import re
import shlex
import sys
import threading
import time
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

from actinit import adapters, spec
from actinit.adapters.command.adapter import Command
from actinit.adapters.command.errors import (
    HarnessEndedError,
    ProtocolError,
    ReportedError,
    ReportedUnsupportedError,
)
from actinit.adapters.command.protocol import (
    Hello,
    Offer,
    Reply,
    checked_hello,
    read_line,
    request,
)
from actinit.conformance.backend.guard import Guarded, HungError

HARNESS = Path(__file__).parents[1] / "helpers" / "harness.py"
RELU = spec.activations["relu"]
X = np.array([-2.0, -0.0, 0.0, 1.5, np.inf, 1e-45], np.float32)


def command(how=""):
    return f"{sys.executable} {HARNESS} {shlex.quote(how)}"


def load(how="", **options):
    return adapters.load(f"command:{command(how)}", **options)


def is_alive(process):
    """Say whether a process of ours has not ended."""
    return process._popen.poll() is None


@pytest.fixture
def loaded():
    """Load harnesses, and end them."""
    made = []

    def load_one(how="", **options):
        made.append(load(how, **options))
        return made[-1]

    yield load_one
    for one in made:
        one.stop()


# What is asked


def test_a_program_is_a_backend(loaded):
    backend = loaded()
    assert backend.name == "tried"
    assert backend.versions() == {"tried": "1.0"}
    assert backend.device == "cpu"
    np.testing.assert_array_equal(backend.value(RELU, X, {}), np.maximum(X, 0))
    assert backend.gradient(RELU, X, np.ones_like(X), {}).tolist() == [0, 0, 0, 1, 1, 1]


def test_a_request_is_written_as_the_guide_has_it():
    line = request(7, "value", function="elu", format="float32", parameters={"alpha": 0.1},
                   shape=[2, 3], bytes=[24])  # fmt: skip
    assert line == (
        b'{"id": 7, "ask": "value", "function": "elu", "format": "float32", '
        b'"parameters": {"alpha": 0.1}, "shape": [2, 3], "bytes": [24]}\n'
    )


def test_the_examples_of_the_guide_are_lines_of_the_protocol():
    guide = (Path(__file__).parents[2] / "docs" / "guide" / "harness.md").read_text("utf-8")
    asked, said, call = re.findall(r"```json\n(.*?)```", guide, re.DOTALL)
    assert request(1, "hello", protocol=1).decode() == asked
    hello = checked_hello(read_line(said.replace("\n", " ").encode(), Hello, 1))
    assert hello.functions["tanh"].parts == ("value", "vjp")
    assert hello.functions["leaky_relu"] == Offer(parameters=("negative_slope",))
    facts = json.loads(call)
    assert request(facts.pop("id"), facts.pop("ask"), **facts).decode() == call
    replies = re.findall(r"^\| `(\{.*?\})`", guide, re.MULTILINE)
    kinds = ("bytes", "error", "unsupported", "not_offered")
    for kind, line in zip(kinds, replies, strict=True):
        assert getattr(read_line(line.encode(), Reply, 2), kind) is not None


@pytest.mark.parametrize("shape", [(), (0,), (1,), (0, 3), (5, 7), (2, 3, 4)])
@pytest.mark.parametrize("dtype", [np.float32, ml_dtypes.bfloat16])
def test_bits_arrive_and_return_in_every_shape(loaded, shape, dtype):
    x = (np.arange(np.prod(shape, dtype=int)) - 3).astype(dtype).reshape(shape)
    for array in (x, x[..., ::-1] if shape else x, x.T, np.asfortranarray(x)):
        got = loaded().value(spec.activations["tanh"], array, {})  # which returns what it gets
        assert got.dtype == array.dtype
        np.testing.assert_array_equal(got, array, strict=True)


def test_arrays_in_another_byte_order_arrive_by_their_numbers(loaded):
    got = loaded().value(RELU, X.astype(">f4"), {})
    np.testing.assert_array_equal(got, np.maximum(X, 0))


def test_a_reduction_has_a_result_for_each_row(loaded):
    backend, maxout = loaded(), spec.activations["maxout"]
    rows = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert backend.value(maxout, rows, {}).tolist() == [0, 3]  # the first of each
    got = backend.gradient(maxout, rows, np.ones(2, np.float32), {})
    np.testing.assert_array_equal(got, rows)


def test_upstream_gradients_and_parameters_are_told(loaded):
    backend, entry = loaded(), spec.activations["leaky_relu"]
    x, upstream = np.array([-1, 1], np.float32), np.array([3, 5], np.float32)
    assert backend.gradient(entry, x, upstream, {"negative_slope": 0.5}).tolist() == [1.5, 5]
    # One that is not told is the harness's own affair.
    assert backend.gradient(entry, x, upstream, {}).tolist() == [21, 5]


def test_what_is_not_offered_is_not_asked(loaded):
    backend, ones = loaded(), np.ones_like(X)
    elu, tanh = spec.activations["elu"], spec.activations["tanh"]
    asked = {
        "does not offer elu": lambda: backend.value(elu, X, {}),
        "does not offer relu in float64": lambda: backend.value(RELU, X.astype(float), {}),
        "has no gradient for tanh": lambda: backend.gradient(tanh, X, ones, {}),
        "does not offer the value of leaky_relu": lambda: backend.value(
            spec.activations["leaky_relu"], X, {}
        ),
        "takes no upstream gradient for relu": lambda: backend.gradient(RELU, X, 2 * ones, {}),
        "no layer for relu": lambda: backend.layer(RELU, X, {}),
    }
    for reason, ask in asked.items():
        with pytest.raises(adapters.NotOffered, match=f"tried.*{reason}"):
            ask()


def test_a_parameter_that_it_does_not_take_is_at_its_default(loaded):
    backend = adapters.load(f"command:{command('a fixed parameter')}")
    entry = spec.activations["elu"]
    assert backend.value(entry, X, {"alpha": 1.0}).size == X.size
    with pytest.raises(adapters.NotOffered, match="no argument for alpha of elu"):
        backend.value(entry, X, {"alpha": 0.5})
    backend.stop()


def test_large_arrays_do_not_wait_for_each_other(loaded):
    # More than a pipe holds, in both directions at once.
    x = np.linspace(1, 2, 1 << 20, dtype=np.float32)
    assert not loaded("replies before it reads").value(RELU, x, {}).any()
    np.testing.assert_array_equal(loaded().value(RELU, x, {}), x)


def test_calls_from_several_threads_take_turns(loaded):
    backend, found = loaded(), {}

    def ask(number):
        x = np.full(1000, number, np.float32)
        found[number] = all((backend.value(RELU, x, {}) == number).all() for _ in range(5))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == dict.fromkeys(range(1, 5), True)


def test_what_it_says_of_itself_and_how_it_is_called_are_two_things(loaded):
    assert loaded("a name that is taken", rename="mine").name == "mine"
    assert loaded(rename="mine").name == "mine"


# What goes wrong before anything is asked


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("ends at once", "it ended with status 3"),
        (
            "raises at the start",
            "ended with status 1; its standard error ends with: .*no such kern",
        ),
        ("silent at the start", "it did not reply in time"),
        ("greets first", "expected a line of JSON on its standard output, got 'loading kernels'"),
        ("bytes at the start", "expected a line of JSON on its standard output"),
        ("endless at the start", "a line of more than 65536 bytes, which begins with b'xxx"),
        ("a long introduction", "a line of more than 65536 bytes"),
        ("another reply at the start", "expected a reply to request 1, got one to 2"),
        ("another protocol", "it speaks protocol 2; this is protocol 1"),
        ("a name with a slash", "its name is 'a/b'; expected up to 64 letters"),
        ("a name that is taken", "would be called 'torch'.*--name"),
        ("no function", "it offers no function"),
        ("an unknown function", "no activation is named 'rleu'; did you mean 'relu'"),
        ("an unknown part", "Invalid enum value 'values'"),
        ("an unknown format", "no format is named 'float31'; did you mean 'float32'"),
        ("an unknown parameter", "no parameter of elu is named 'aplha'; did you mean 'alpha'"),
        ("a parameter of none", "there is no parameter of relu: 'alpha'"),
        ("the derivative of a row", "the derivative of softmax is a matrix; offer vjp"),
        ("a function twice", "it offers silu twice, also as 'swish'"),
        ("an unknown key", "its hello is not as the protocol has it: .*unknown field `nmae`"),
        ("versions in a list", "its hello is not as the protocol has it"),
    ],
)
def test_what_is_no_harness_is_told_at_once(how, said):
    start = time.monotonic()
    with pytest.raises(adapters.AdapterError, match=f"(?s){said}"):
        load(how, limit=0.7 if how.startswith("silent") else 60)
    assert time.monotonic() - start < 30


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "the command is empty"),
        ("'", "cannot be read: No closing quotation"),
        ("/nonexistent/harness", "cannot be started: .*No such file"),
        (str(HARNESS), "cannot be started: .*Permission denied"),
        ("true", "it ended with status 0"),
        ("echo hello", "expected a line of JSON on its standard output, got 'hello'"),
    ],
)
def test_what_cannot_be_started_is_told_at_once(words, said):
    with pytest.raises(adapters.AdapterError, match=said):
        adapters.load(f"command:{words}")


# What goes wrong in a call


def twice(guarded):
    """Ask twice: what was written too much may arrive after the reply."""
    for _ in range(2):
        guarded.value(RELU, X.copy(), {})
        time.sleep(0.1)


WRONG = [
    ("raises in a call", HarnessEndedError, "status 1; .*ValueError: the kernel is broken"),
    ("crashes in a call", HarnessEndedError, "it was ended by the signal SIGSEGV"),
    ("less than announced", HarnessEndedError, "status 0 after 22 of the 24 bytes"),
    ("prints before the reply", ProtocolError, "got 'computing relu'; all but replies belongs"),
    ("endless in a call", ProtocolError, "a line of more than 65536 bytes"),
    ("bytes without a line", HarnessEndedError, "ended"),
    ("another reply", ProtocolError, "expected a reply to request 2, got one to 1"),
    ("another dtype", ProtocolError, "it replied in 'float64', expected float32"),
    ("too long", ProtocolError, r"it announced 28 bytes, expected 24, of shape \[6\]"),
    ("too short", ProtocolError, r"it announced 20 bytes, expected 24, of shape \[6\]"),
    ("negative length", ProtocolError, "it announced -4 bytes, expected 24"),
    ("huge length", ProtocolError, "it announced 1152921504606846976 bytes, expected 24"),
    ("a length in words", ProtocolError, r"Expected `int \| null`, got `str` - at `\$.bytes`"),
    ("an unknown key in a reply", ProtocolError, "unknown field `fromat`"),
    ("nothing in a reply", ProtocolError, "expected a reply with format and bytes, or"),
    ("a result and an error", ProtocolError, "expected a reply with format and bytes, or"),
    ("more than announced", ProtocolError, "it wrote .*b'done"),
    ("ends after the start", HarnessEndedError, "it ended with status 4"),
]


@pytest.mark.parametrize(("how", "kind", "said"), WRONG, ids=[how for how, *_ in WRONG])
def test_what_goes_wrong_in_a_call_is_an_error_of_that_call(loaded, how, kind, said):
    guarded = Guarded(loaded(how), 20)
    if how == "bytes without a line":  # it is waited for: a line may yet come to its end
        guarded = Guarded(loaded(how), 0.5)
        kind, said = HungError, "nothing came back within 0.5 s"
    start = time.monotonic()
    with pytest.raises(kind, match=f"(?s){said}"):
        twice(guarded)
    assert time.monotonic() - start < 15


def test_one_call_that_crashes_costs_one_call(loaded):
    backend = loaded("crashes at 13")
    first = backend._process
    assert backend.value(RELU, X, {}).size == X.size
    with pytest.raises(HarnessEndedError, match="SIGSEGV"):
        backend.value(RELU, np.array([13], np.float32), {})
    np.testing.assert_array_equal(backend.value(RELU, X, {}), np.maximum(X, 0))
    assert not is_alive(first)


@pytest.mark.parametrize("how", ["silent in a call", "reads nothing"])
def test_a_call_that_does_not_return_is_ended_with_its_process(loaded, how):
    backend = loaded(how)
    guarded, process = Guarded(backend, 0.5), backend._process
    x = np.ones(1 << 20, np.float32)
    start = time.monotonic()
    with pytest.raises(HungError, match=r"value of relu: nothing came back within 0.5 s"):
        guarded.value(RELU, x, {})
    assert time.monotonic() - start < 5
    assert not is_alive(process)
    # The next call is made by a new process.
    guarded = Guarded(backend, 20)
    assert guarded.value(spec.activations["tanh"], X, {}).size == X.size


def test_one_that_is_another_each_time_is_not_taken_for_one(loaded):
    backend = loaded("other versions each time")
    backend.stop()
    with pytest.raises(ProtocolError, match="does not introduce itself as it did before"):
        backend.value(RELU, X, {})


def test_what_a_harness_replies_instead_of_a_result(loaded):
    with pytest.raises(ReportedError, match="no memory for 8 numbers"):
        loaded("error").value(RELU, X, {})
    with pytest.raises(ReportedUnsupportedError, match="only on the GPU"):
        loaded("unsupported").value(RELU, X, {})
    backend = loaded("not offered")
    process = backend._process
    with pytest.raises(adapters.NotOffered, match="tried: not in this build"):
        backend.value(RELU, X, {})
    assert is_alive(process)  # nothing went wrong


# The end


def test_a_process_ends_when_nothing_more_is_asked(loaded):
    backend = loaded()
    process = backend._process
    backend.stop()
    assert process._popen.poll() == 0  # by itself, its input being closed
    np.testing.assert_array_equal(backend.value(RELU, X, {}), np.maximum(X, 0))


def test_one_that_stays_is_ended(loaded, monkeypatch):
    monkeypatch.setattr("actinit.adapters.command.adapter._TO_LEAVE", 0.3)
    backend = loaded("stays")
    process = backend._process
    backend.stop()
    assert process._popen.poll() == -9


def test_what_it_has_started_is_ended_with_it():
    backend = load("leaves a child behind")
    group = backend._process._popen.pid
    backend.stop()
    for _ in range(50):  # until init has taken it away
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("a process of the harness's group is still there")


def test_one_that_nobody_holds_is_ended():
    backend = Command(command())
    popen = backend._process._popen
    del backend
    gc.collect()
    assert popen.poll() is not None
