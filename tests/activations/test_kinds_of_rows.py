"""Long, masked, far rows: what is wrong is caught for its own reason there, right code passes."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from helpers import wrong
from helpers.pasting import labelled, pasted, same
from ml_dtypes import bfloat16

from actinit import reference as ref
from actinit import spec
from actinit.conformance.activations import kinds_of_rows
from actinit.conformance.check import LOAD
from actinit.conformance.expected.kinds_of_rows import KINDS_OF_ROWS, rows_of_kinds
from actinit.conformance.formats import ARITHMETIC, FORMATS

TESTS = str(Path(__file__).parents[1])
ROWS = [name for name, entry in spec.activations.items() if entry.shape != "elementwise"]
# A row of nothing but masks has no result there.
WITHOUT_LIMIT = ("softmax", "log_softmax", "softmin", "sparsemax")


def checks(name, fmt="float32", part="value", below=""):
    whole = f"activation/{name}/{fmt}/{part}/rows{below}"
    return next(one for one in kinds_of_rows.checks(spec.activations[name]) if one.id == whole)


def found_in(backend, name, fmt="float32", part="value"):
    """Return what both checks find, of numbers and of special values."""
    outcomes = [checks(name, fmt, part, below).run(backend) for below in ("", "/special")]
    return [finding for outcome in outcomes for finding in outcome.findings]


def shifted(x):
    with np.errstate(over="ignore", invalid="ignore"):
        return np.exp(x - x.max(axis=-1, keepdims=True))


def softmax(x, total=lambda e: e.sum(axis=-1, keepdims=True)):
    e = shifted(x.astype(np.float32))
    return (e / total(e)).astype(x.dtype)


def in_lanes(e):
    """Sum in 16 lanes, each one after the other, in the format of the terms."""
    padded = np.concatenate([e, np.zeros((*e.shape[:-1], -e.shape[-1] % 16), e.dtype)], axis=-1)
    lanes = padded.reshape(*e.shape[:-1], -1, 16)
    total = np.add.accumulate(lanes, axis=-2, dtype=e.dtype)[..., -1, :]
    return np.add.accumulate(total, axis=-1, dtype=e.dtype)[..., -1:]


def narrow(x):
    """Exponentials and their sum in the format of the input, in lanes as of a vector."""
    e = shifted(x)
    return (e / in_lanes(e)).astype(x.dtype)


def log_of_a_narrow_sum(x):
    """The sum in float32, and rounded to the input's format before its logarithm."""
    with np.errstate(over="ignore", invalid="ignore"):
        apart = x.astype(np.float32) - x.max(axis=-1, keepdims=True).astype(np.float32)
        total = np.exp(apart).sum(axis=-1, keepdims=True).astype(x.dtype)
        return (apart - np.log(total.astype(np.float32))).astype(x.dtype)


def unshifted(x):
    with np.errstate(all="ignore"):
        e = np.exp(x)
        return e / e.sum(axis=-1, keepdims=True)


def filled(x, mask):
    """Masks as a number that they are not."""
    return ref.softmax(np.where(np.isneginf(x), x.dtype.type(mask), x))


def ends(x):
    """Nothing is added after 65,536 elements."""
    return softmax(x, lambda e: e[..., :65_536].sum(axis=-1, keepdims=True))


def counted(x):
    """What is masked counts as much as its neighbour."""
    e = shifted(x)
    more = np.isneginf(x).sum(axis=-1, keepdims=True)
    return (e / (e.sum(axis=-1, keepdims=True) + more)).astype(x.dtype)


def through_half(x):
    """A difference that is taken in float16."""
    with np.errstate(over="ignore", invalid="ignore"):
        return ref.softmax(x.astype(np.float16).astype(x.dtype))


def without_nan(x):
    """A nan counts as nothing."""
    return ref.softmax(np.where(np.isnan(x), x.dtype.type(-np.inf), x))


def uniform_over_nothing(x):
    """Of a row in which all is masked, every element alike."""
    masked = np.isneginf(x).all(axis=-1, keepdims=True)
    return ref.softmax(np.where(masked, x.dtype.type(0), x))


def of_all_maxima(x):
    """Tied maxima are added up."""
    top = x.max(axis=-1, keepdims=True)
    with np.errstate(over="ignore"):
        total = np.where(x == top, x, x.dtype.type(0)).sum(axis=-1, dtype=x.dtype)
    return np.where(np.isnan(top[..., 0]), top[..., 0], total)


# Entry, format, function, and the findings that it has, no more and no fewer.
CAUGHT = [
    ("softmax", "float16", narrow, {"long/beyond"}),
    ("softmax", "bfloat16", narrow, {"long/beyond"}),
    ("log_softmax", "float16", log_of_a_narrow_sum, {"long/nonfinite"}),
    ("softmax", "float32", ends, {"long/beyond"}),
    ("softmax", "float32", counted, {"masked/beyond"}),
    ("softmax", "float32", lambda x: filled(x, -2.0), {"masked/beyond", "nothing/nonfinite"}),
    ("softmax", "float32", unshifted,
     {"far/nonfinite", "gaps/nonfinite", "tied/nonfinite"}),
    ("softmax", "float32", without_nan, {"nan/nonfinite"}),
    ("softmax", "float32", uniform_over_nothing, {"nothing/nonfinite"}),
    ("maxout", "float32", of_all_maxima,
     {f"{kind}/beyond" for kind in ("long", "masked", "finite-mask", "far", "tied")}),
]  # fmt: skip


def backend(name, function):
    made = wrong.Right()
    made.values = {name: function}
    return made


@pytest.mark.parametrize(("name", "fmt", "function", "keys"), CAUGHT)
def test_what_is_wrong_in_a_kind_of_rows_is_found_there_alone(name, fmt, function, keys):
    found = found_in(backend(name, function), name, fmt)
    assert {finding.key for finding in found} == keys, [finding.sentence for finding in found]


@pytest.mark.parametrize("fmt", ARITHMETIC)
@pytest.mark.parametrize("part", ["value", "derivative"])
@pytest.mark.parametrize("name", ROWS)
def test_the_right_backend_passes(name, part, fmt):
    assert not found_in(wrong.Right(), name, fmt, part)


@pytest.mark.parametrize("fmt", ["float16", "bfloat16", "float32"])
def test_float32_sums_pass_in_any_order(fmt):
    for total in (
        in_lanes,
        lambda e: np.add.accumulate(e, axis=-1)[..., -1:],  # one after the other
        lambda e: e[..., ::-1].sum(axis=-1, keepdims=True),
    ):
        found = checks("softmax", fmt).run(backend("softmax", lambda x, of=total: softmax(x, of)))
        assert found.conforms, found.message


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("fmt", ARITHMETIC)
def test_rows_are_of_every_kind_and_as_long_as_a_vocabulary(name, fmt):
    asked = rows_of_kinds(spec.activations[name], FORMATS[fmt], "value")
    assert {one.kind for one in asked} == KINDS_OF_ROWS.keys()
    assert max(one.x.shape[1] for one in asked) > 100_000
    for one in asked:
        of_mask = np.isposinf if name == "softmin" else np.isneginf
        x, special = one.x.astype(np.float64), {"nan": np.isnan, "masked": of_mask}
        special["nothing"] = special["masked"]
        if one.kind in special:
            assert special[one.kind](x).any(axis=1).all()
            x = x[~special[one.kind](x)]
        assert np.isfinite(x).all()
        repeated = np.resize(one.base[-1], one.x.shape[1])
        assert np.array_equal(repeated.view(one.x.dtype), one.x[-1]) or one.kind == "nan"
        assert np.isnan(one.exact.rounded).all() == (
            one.kind == "nan" or (one.kind == "nothing" and name in WITHOUT_LIMIT)
        )


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "softmin"])
def test_what_is_masked_has_no_part_in_what_is_right(name):
    entry, fmt = spec.activations[name], FORMATS["float64"]
    for part in ("value", "derivative"):
        for one in rows_of_kinds(entry, fmt, part):
            if one.kind != "masked":
                continue
            kept = np.isfinite(one.x[0])
            without = ref.activations[name](one.x[:, kept])
            if part == "derivative":
                upstream = np.arange(one.x.shape[1]) == one.outputs[:, np.newaxis]
                without = ref.activations[name].vjp(
                    one.x[:, kept], upstream[:, kept].astype(np.float64)
                )
                assert not one.exact.rounded[:, ~kept].any()
            assert np.array_equal(one.exact.rounded[:, kept], without)
            limit = -np.inf if (name, part) == ("log_softmax", "value") else 0
            assert (one.exact.rounded[:, ~kept] == limit).all()


class NarrowGradient(wrong.Right):
    """A derivative of softmax from values whose 16-bit sum is taken one after the other."""

    def gradient(self, entry, x, upstream, parameters):
        if entry.name != "softmax":
            return super().gradient(entry, x, upstream, parameters)
        e = shifted(x)
        y = (e / np.add.accumulate(e, axis=-1, dtype=e.dtype)[..., -1:]).astype(x.dtype)
        return (y * (upstream - (upstream * y).sum(axis=-1, keepdims=True))).astype(x.dtype)


def test_a_narrow_sum_shows_in_derivatives():
    found = checks("softmax", "bfloat16", "derivative").run(NarrowGradient())
    assert "long/beyond" in {finding.key for finding in found.findings}


def test_the_sentence_tells_the_row_and_how_often_it_is_repeated():
    found = checks("softmax", "float16").run(backend("softmax", narrow))
    (finding,) = found.findings
    assert finding.sentence.startswith("softmax of long rows, 100,003 elements each, is up to ")
    assert finding.sentence.endswith(" (16 numbers), repeated to 100,003 elements")
    assert finding.worst.array == "np.resize(x, (1, 100003))"
    assert finding.data["length"] == 100_003
    assert finding.data["place"] < 16


@pytest.mark.parametrize("part", ["value", "derivative"])
def test_lines_to_paste_show_the_row(part, tmp_path, monkeypatch):
    (tmp_path / "narrow_rows.py").write_text(
        "from helpers.wrong import Right\n"
        "import numpy as np\n\n"
        "class Narrow(Right):\n"
        "    def value(self, entry, x, parameters):\n"
        "        y = super().value(entry, x, parameters)\n"
        "        return y if x.shape[-1] < 100 else (y / 2).astype(x.dtype)\n"
        "    def gradient(self, entry, x, upstream, parameters):\n"
        "        y = super().gradient(entry, x, upstream, parameters)\n"
        "        return y if x.shape[-1] < 100 else (y / 2).astype(x.dtype)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), TESTS]))
    from narrow_rows import Narrow

    for name in ("softmax", "log_softmax"):
        check = checks(name, "bfloat16", part)
        outcome = check.run(Narrow())
        assert outcome.shown.data["length"] > 100
        loaded = f"{tmp_path / 'narrow_rows.py'}:Narrow"
        (said,), _ = pasted([check.snippet(Narrow(), outcome).replace(LOAD, loaded)])
        witness = outcome.witness
        (right,) = labelled(said, "right")
        assert same(right, np.array(float(witness.exact)))
        assert any(same(got, np.array(float(witness.got))) for got in labelled(said, "got  ")), said
        assert np.float64(bfloat16(witness.got)) == float(witness.got)
