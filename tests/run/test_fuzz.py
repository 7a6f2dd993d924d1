"""No result that a backend can return stops a run or loses its report."""

from __future__ import annotations

import json
import math

import jsonschema
import ml_dtypes
import numpy as np
import pytest
from helpers.patience import PATIENCE
from helpers.wrong import Right

from actinit import spec
from actinit.adapters import NotOffered
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


class Spoilt(Right):
    def __init__(self, kind):
        self._change = spoilt(kind)

    def value(self, entry, x, parameters):
        return self._change(super().value(entry, x, parameters))

    def gradient(self, entry, x, upstream, parameters):
        return self._change(super().gradient(entry, x, upstream, parameters))

    def second(self, entry, x, upstream, parameters):
        return self._change(np.zeros_like(x))

    def layer(self, entry, x, parameters):
        return self.value(entry, x, parameters)

    def in_place(self, entry, x, parameters):
        if entry.shape == "reduction":
            raise NotOffered("one number does not fill a row")
        return self.value(entry, x, parameters)

    def draw(self, entry, shape, dtype, seed, parameters):
        return self._change(super().draw(entry, shape, dtype, seed, parameters))

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


@pytest.mark.parametrize("kind", KINDS, ids=name)
def test_whatever_comes_back_becomes_a_result(kind, tmp_path):
    session = Session(Spoilt(kind), limit=PATIENCE)
    for check in CHECKS:
        session.run(check)
    assert len(session.results) == len(CHECKS)
    read_back(session, tmp_path)


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
