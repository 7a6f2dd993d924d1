"""The adapter under watch: what passes through it, and what it stops."""

from __future__ import annotations

import queue
import threading
from contextvars import ContextVar

import numpy as np
import pytest
from helpers.patience import PATIENCE

from actinit import spec
from actinit.adapters import Adapter
from actinit.conformance.backend.copy import Copy
from actinit.conformance.backend.guard import BadResultError, Guarded, HungError

RELU, X = spec.activations["relu"], np.array([[-1.0, 2.0, 3.0]], np.float32)


class Mine(Adapter):
    """Each method returns an array of its own, of the right shape and dtype."""

    name = "mine"
    device = "abacus"
    each_shape = True
    layouts = {"dense": "oi"}

    def versions(self):
        return {"mine": "1"}

    def value(self, entry, x, parameters):
        return x + 1

    def layer(self, entry, x, parameters):
        return x + 2

    def gradient(self, entry, x, upstream, parameters):
        return x + 3

    def second(self, entry, x, upstream, parameters):
        return x + 4

    def in_place(self, entry, x, parameters):
        return x + 5

    def draw(self, entry, shape, dtype, seed, parameters):
        return np.full(shape, 6, dtype)

    def train(self, training):
        yield 7

    def propagate(self, network):
        return 8


def asked(adapter):
    zeros = spec.initializers["zeros"]
    return {
        "value": lambda: adapter.value(RELU, X, {}),
        "layer": lambda: adapter.layer(RELU, X, {}),
        "gradient": lambda: adapter.gradient(RELU, X, X, {}),
        "second": lambda: adapter.second(RELU, X, X, {}),
        "in_place": lambda: adapter.in_place(RELU, X, {}),
        "draw": lambda: adapter.draw(zeros, X.shape, X.dtype, 1, {}),
    }


def test_every_method_of_an_adapter_passes_through():
    mine, guarded = Mine(), Guarded(Mine(), 10)
    for method, ask in asked(guarded).items():
        np.testing.assert_array_equal(ask(), asked(mine)[method](), err_msg=method)
    public = {name for name in vars(Adapter) if not name.startswith("_")}
    before = {"place"}  # what is asked before anything is guarded
    assert public - before - {"name", "family", "binding", "function", "options"} <= set(
        vars(Guarded)
    )
    assert (guarded.name, guarded.device, guarded.layouts) == ("mine", "abacus", {"dense": "oi"})
    assert guarded.each_shape
    assert guarded.versions() == {"mine": "1"}
    assert list(guarded.train(None)) == [7]
    assert guarded.propagate(None) == 8


def test_every_method_of_an_adapter_passes_through_a_copy():
    mine, copy = Mine(), Copy(Mine())
    for method, ask in asked(copy).items():
        np.testing.assert_array_equal(ask(), asked(mine)[method](), err_msg=method)
    assert copy.each_shape
    assert list(copy.train(None)) == [7]
    assert copy.propagate(None) == 8


@pytest.mark.parametrize("method", asked(Mine()))
@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (lambda *_: X.astype(np.float64), "expected shape .* float32, got .* float64"),
        (lambda *_: X[:, :1], r"got \(1, 1\)"),
        (lambda *_: [1.0, 2.0, 3.0], "expected an ndarray, got list"),
    ],
    ids=["dtype", "shape", "type"],
)
def test_a_wrong_result_is_named(method, wrong, reason):
    mine = Mine()
    setattr(mine, method, wrong)
    with pytest.raises(BadResultError, match=reason):
        asked(Guarded(mine, 10))[method]()


@pytest.mark.parametrize("method", asked(Mine()))
def test_a_call_that_hangs_is_given_up(method):
    mine = Mine()
    over = threading.Event()
    setattr(mine, method, lambda *_: over.wait())
    with pytest.raises(HungError, match=r"nothing came back within 0\.05 s"):
        asked(Guarded(mine, 0.05))[method]()
    over.set()


@pytest.mark.parametrize("raises", [False, True])
def test_what_computes_elsewhere_is_stopped_when_a_call_hangs(raises):
    mine, over = Mine(), threading.Event()

    def stop():
        over.set()
        if raises:
            raise OSError("no such process")

    mine.value, mine.stop = lambda *_: over.wait(), stop
    with pytest.raises(HungError):
        Guarded(Copy(mine), 0.05).value(RELU, X, {})
    assert over.is_set()


@pytest.mark.parametrize("method", asked(Mine()))
def test_a_call_sees_its_callers_context(method):
    setting = ContextVar("setting", default="lost")
    setting.set("kept")
    mine, seen = Mine(), []
    setattr(mine, method, lambda *_: seen.append(setting.get()) or X)
    asked(Guarded(mine, 10))[method]()
    assert seen == ["kept"]


def test_one_thread_makes_all_calls_but_those_made_at_once_and_after_one_that_hangs():
    def thread(*_):
        threads.append(threading.get_ident())
        return X

    threads, mine = [], Mine()
    mine.value = thread
    guarded = Guarded(mine, PATIENCE)
    ask = asked(guarded)["value"]
    ask(), ask()
    assert len(set(threads)) == 1
    both, over = threading.Barrier(2, timeout=PATIENCE), threading.Event()
    mine.value = lambda *_: (both.wait(), thread())[1]
    callers = [threading.Thread(target=ask) for _ in range(2)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert len(set(threads)) == 2
    mine.value, guarded._limit = lambda *_: over.wait(), 0.05
    with pytest.raises(HungError):
        ask()
    mine.value, guarded._limit = thread, PATIENCE
    ask()
    assert threads[-1] in threads[:-1]  # of the two one hangs, the other is left
    over.set()


def test_what_a_backend_raises_is_never_taken_for_hanging():
    mine = Mine()

    def empty(*_):
        raise queue.Empty("its own")

    mine.value = empty
    with pytest.raises(queue.Empty, match="its own"):
        asked(Guarded(mine, 10))["value"]()
