"""No result that a backend can return stops a run or loses its report."""

from __future__ import annotations

import hashlib
import json
import math
from itertools import groupby

import jsonschema
import ml_dtypes
import numpy as np
import pytest
from helpers.patience import PATIENCE
from helpers.wrong import Right

from actinit import spec
from actinit.adapters import Adapter, NotOffered
from actinit.conformance.plan import plan
from actinit.conformance.results import store as records
from actinit.conformance.results.conformance import ConformanceReport
from actinit.conformance.results.store import read, schema
from actinit.conformance.run.session import Session

ENTRIES = ("gelu", "relu", "maxout", "softmax")
#: Every check of some entries in one format of each width, and some of each other family.
CHECKS = [
    check
    for check in plan(
        {name: spec.activations[name] for name in ENTRIES},
        {name: spec.initializers[name] for name in ("he_normal", "zeros", "orthogonal")},
        {"dense": spec.layers["dense"]},
        {"sgd": spec.optimizers["sgd"]},
        {},
    )
    if not ({"float16", "float32"} & set(check.id.split("/")))
]


class SilentError(Exception):
    def __str__(self):
        raise RuntimeError("cannot say")


class Own(BaseException):
    pass


def noise(shape, dtype, seed):
    """Return any bits."""
    raw = np.random.default_rng(seed).bytes(math.prod(shape) * np.dtype(dtype).itemsize)
    return np.frombuffer(bytearray(raw), dtype).reshape(shape)


def spoilt(kind):
    """Return what makes something else of a right result."""

    def change(right):
        match kind:
            case "any bits":
                return noise(right.shape, right.dtype, right.size)
            case "a nan here and there":
                got = right.copy()
                if got.ndim and got.dtype.kind not in "biu":
                    got[..., ::3] = np.nan
                return got
            case "infinities":
                return np.full_like(right, np.inf) if right.dtype.kind not in "biu" else right
            case "the largest number":
                largest = np.finfo(np.float32).max if right.dtype == ml_dtypes.bfloat16 else None
                if right.dtype.kind in "biu":
                    return right
                return np.full_like(right, largest or np.finfo(np.float64).max / 2)
            case "another dtype":
                return right.astype(np.complex128)
            case "text":
                return right.astype(str)
            case "objects":
                return right.astype(object)
            case "a structure":
                return np.zeros(right.shape, dtype=[("a", "f4"), ("b", "i8")])
            case "another shape":
                return right[..., np.newaxis]
            case "nothing":
                return None
            case "a list":
                return right.tolist()
            case "a masked array":
                return np.ma.masked_invalid(right)
            case "another byte order":
                return right.astype(right.dtype.newbyteorder())
            case "a view with gaps":
                return np.repeat(right[..., np.newaxis], 2, axis=-1)[..., 0]
            case "a read-only array":
                right = right.copy()
                right.flags.writeable = False
                return right
        raise kind

    return change


KINDS = [
    "any bits", "a nan here and there", "infinities", "the largest number", "another dtype",
    "text", "objects", "a structure", "another shape", "nothing", "a list", "a masked array",
    "another byte order", "a view with gaps", "a read-only array",
    ValueError("no"), SilentError(), Own("mine"), SystemExit(3), KeyboardInterrupt(),
    GeneratorExit(), MemoryError(), RecursionError("deep"), StopIteration(), UnicodeError("\ud800"),
    Exception("x" * 100_000),
]  # fmt: skip


class Remembered(Right):
    """What is right, worked out once for all kinds that spoil it."""

    def __init__(self):
        self._known = {}

    def forget(self):
        self._known = {}

    def value(self, entry, x, parameters):
        return self._once("value", super().value, entry, parameters, x)

    def gradient(self, entry, x, upstream, parameters):
        def of(entry, x, upstream, parameters):
            return super(Remembered, self).gradient(entry, x, upstream, parameters)

        return self._once("gradient", of, entry, parameters, x, upstream)

    def draw(self, entry, shape, dtype, seed, parameters):
        asked = "draw", entry.name, shape, dtype, seed, tuple(parameters.items())
        if asked not in self._known:
            self._known[asked] = super().draw(entry, shape, dtype, seed, parameters)
        return self._known[asked].copy()

    def _once(self, what, compute, entry, parameters, *arrays):
        asked = what, entry.name, tuple(parameters.items()), *map(digest, arrays)
        if asked not in self._known:
            self._known[asked] = compute(entry, *arrays, parameters)
        return self._known[asked].copy()


def digest(array):
    """Return what tells an array from all others."""
    content = hashlib.blake2b(np.ascontiguousarray(array).view(np.uint8)).digest()
    return array.dtype.name, array.shape, content


class Spoilt(Adapter):
    """The right results, changed."""

    name = family = "own"

    def __init__(self, kind, right=None):
        self._change, self._right = spoilt(kind), right or Right()

    def versions(self):
        return {}

    def value(self, entry, x, parameters):
        return self._change(self._right.value(entry, x, parameters))

    def gradient(self, entry, x, upstream, parameters):
        return self._change(self._right.gradient(entry, x, upstream, parameters))

    def forward(self, entry, x, tangent, parameters):
        return self.gradient(entry, x, tangent, parameters)

    def second(self, entry, x, upstream, parameters):
        return self._change(np.zeros_like(x))

    def layer(self, entry, x, parameters):
        return self.value(entry, x, parameters)

    def in_place(self, entry, x, parameters):
        if entry.shape == "reduction":
            raise NotOffered("one number does not fill a row")
        return self.value(entry, x, parameters)

    def draw(self, entry, shape, dtype, seed, parameters):
        return self._change(self._right.draw(entry, shape, dtype, seed, parameters))

    def source(self, entry, dtype, seed, parameters):
        return lambda shape: self.draw(entry, shape, dtype, seed, parameters)


class FloorsOfSigmoids(Right):
    """Sigmoids that end on a floor: in float64 more ulp off than float64 holds."""

    values = {"sigmoid": lambda x: np.maximum(1 / (1 + np.exp(-x.astype(np.float64))), 1e-7)}


def finite(value):
    """Say whether every number of a report is finite."""
    if isinstance(value, dict):
        return all(map(finite, value.values()))
    if isinstance(value, list):
        return all(map(finite, value))
    return not isinstance(value, float) or math.isfinite(value)


def read_back(session, tmp_path):
    file = tmp_path / "report.json"
    records.save(session.report(complete=False), file)
    plain = json.loads(file.read_text(encoding="utf-8"))
    jsonschema.validate(plain, schema(ConformanceReport))
    assert finite(plain)
    assert read(file, ConformanceReport).results


def name(kind):
    return kind if isinstance(kind, str) else type(kind).__name__


@pytest.fixture(scope="module")
def sessions(request):
    """Return a session of each kind that is asked for, by its name.

    What looks at one sample is run on all kinds before what comes next: the inputs, what is right
    for them and the results that are spoilt are made once.
    """
    asked = {id(kind) for item in request.session.items if (kind := kind_of(item)) is not None}
    right = Remembered()
    sessions = {name(kind): Session(Spoilt(kind, right), limit=PATIENCE)
                for kind in KINDS if id(kind) in asked}  # fmt: skip
    stopped = {}
    for _, sharing in groupby(CHECKS, lambda check: check.id.rpartition("/")[0]):
        checks = list(sharing)
        for kind, session in sessions.items():
            try:
                for check in checks:
                    session.run(check)
            except BaseException as error:  # what must not happen: the test of this kind says so
                stopped.setdefault(kind, error)
        right.forget()
    return sessions, stopped


def kind_of(item):
    """Return what a test spoils, if it is one of this module that does."""
    return item.callspec.params.get("kind") if "whatever_comes_back" in item.name else None


@pytest.mark.parametrize("kind", KINDS, ids=name)
def test_whatever_comes_back_becomes_a_result(kind, sessions, tmp_path):
    made, stopped = sessions
    if name(kind) in stopped:
        raise AssertionError("the run was stopped") from stopped[name(kind)]
    assert len(made[name(kind)].results) == len(CHECKS)
    read_back(made[name(kind)], tmp_path)


@pytest.mark.parametrize("kind", ["another byte order", "a view with gaps", "a read-only array"])
def test_how_a_right_result_lies_in_memory_is_no_fault(kind):
    session = Session(Spoilt(kind))
    wrong = [
        result.id
        for check in CHECKS
        if "activation/" in check.id and "second" not in check.id
        if (result := session.run(check)).status not in ("passed", "not-offered")
    ]
    assert not wrong


def test_an_error_beyond_all_numbers_is_a_number(tmp_path):
    session = Session(FloorsOfSigmoids())
    (check,) = (
        one
        for one in plan({"sigmoid": spec.activations["sigmoid"]}, {}, {}, {}, {})
        if one.id == "activation/sigmoid/float64/value/ulp"
    )
    assert session.run(check).status == "new"
    read_back(session, tmp_path)
