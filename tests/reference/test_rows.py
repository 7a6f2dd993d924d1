"""Functions of rows: every element the exact one rounded once, in any place, order and layout."""

from __future__ import annotations

import copy
import pickle
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx
from helpers.printed import printed_without
from helpers.row_oracle import FUNCTIONS, expected

from actinit import reference as ref
from actinit import spec
from actinit.reference.activations import _row_parts as parts
from actinit.reference.arithmetic import _row_kernels, elements, rows
from actinit.reference.arithmetic.exact_rows import ExactRow, exact_sum

FORMATS = list(spec.formats())
ROWS = ["softmax", "log_softmax"]


def asked(what, x, upstream=None, **axis):
    name, _, part = what.partition(" ")
    function = ref.activations[name]
    if part == "vjp":
        of_one = spec.activations[name].shape == "reduction"
        return function.vjp(x, upstream[..., 0] if of_one else upstream, **axis)
    return (function.derivative if part else function)(x, **axis)


def cases(fmt, seed, count=14):
    """Yield rows, and upstream gradients: of all sizes, tied, led by one, with minus infinities."""
    rng = np.random.default_rng(seed)
    for k in range(count):
        n = int(rng.integers(1, 9))
        x = rng.normal(size=n) * rng.choice([0.01, 1, 5, 30, 200, 700])
        if k % 4 == 0:
            x = np.round(x)  # distances in the middle of two floats
        if k % 7 == 3:
            x[1:] = x[0] * (1 + rng.integers(-2, 3, n - 1) * 2.0**-50)  # tied or nearly
        if k % 5 == 0:
            x[rng.integers(n)] *= 1e-9
        if k % 6 == 5 and n > 1:
            x[0] = -np.inf
        if "float8" in fmt:
            x = np.maximum(np.minimum(x, 400), np.where(np.isinf(x) & (fmt[-1] != "n"), x, -400))
        upstream = rng.normal(size=n) * rng.choice([1e-3, 1.0, 1e3])
        if k % 3 == 0:
            upstream = np.round(upstream)
        yield x.astype(fmt), upstream.astype(rng.choice(["float32", "float64"]))


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("what", FUNCTIONS)
def test_results_are_the_nearest_floats(what, fmt):
    for x, upstream in cases(fmt, seed=len(what)):
        got = np.ravel(asked(what, x, upstream))
        right = expected(what, x, fmt, upstream)
        assert np.array_equal(got.astype(float), right.astype(float), equal_nan=True), (x, upstream)


@pytest.mark.parametrize("what", FUNCTIONS)
@pytest.mark.parametrize(
    "x",
    [
        [1e30, 1e30, 1e30 - 2e14],
        [1e30, -1e30, 3.0],
        [-1e30, -1e30 - 2e14],
        [0.0, -745.2],
        [0.0, -800.0, -1400.0],
        [700.0, -38.7, -40.0, -45.1],
        [0.0, 5e-324, -5e-324],
        [-3.0, 1e-300, 2e-300],
        [2.0**-19, -33.5],
        [1.0, 1 + 2.0**-52, 1 - 2.0**-53],
    ],
)
@pytest.mark.parametrize("fmt", ["float64", "float32"])
def test_hard_rows(what, x, fmt):
    x = np.array(x, fmt)
    upstream = np.array([1.0, -1.0, 2.5, 0.25][: x.size], fmt)
    got = np.ravel(asked(what, x, upstream))
    assert got.tolist() == expected(what, x, fmt, upstream).tolist()


def test_what_decides_may_be_far_below_all_floats():
    """The middle of two floats less exp(-1e4), and a gradient of that size."""
    x = np.array([16.0, -8190 - 2.0**-40])
    assert x[1] - x[0] == -8206  # to even
    assert ref.log_softmax(x)[1] == np.nextafter(-8206, -np.inf)
    x = np.float16([2049.0 - 1, -1.0 - 2048 - 2])
    assert ref.log_softmax(x).tolist() == expected("log_softmax", x, "float16").tolist()
    assert np.signbit(ref.softmax.vjp([0.0, -1e5], [0.0, 1.0])).tolist() == [True, False]
    assert ref.softmax.vjp([0.0, -1e300], [0.0, 1.0]).tolist() == [0, 0]


def test_ties_of_rows_of_the_same_numbers_go_to_even():
    for n in (1024, 3 * 1024):  # 2**-10 and a third of it: half of float8_e4m3fn's least, and less
        assert not ref.softmax(np.zeros(n, "float8_e4m3fn")).any()
    assert ref.softmax(np.zeros(1023, "float8_e4m3fn")).astype(float).min() == 2.0**-9
    x, u = np.zeros(4), np.array([1 + 2.0**-52, 0, 0, 0])
    assert ref.softmax.vjp(x, u).tolist() == expected("softmax vjp", x, "float64", u).tolist()


@pytest.mark.parametrize("fmt", ["float64", "float32", "float16"])
@pytest.mark.parametrize("name", ROWS)
def test_upstream_gradients_of_one_output_need_no_exact_step(monkeypatch, name, fmt):
    """Also where it is far below the leader, or all the others are: checks ask for nothing else."""

    def refuse(*_):
        raise AssertionError("an exact step")

    monkeypatch.setattr(ExactRow, "nearest", refuse)
    rng = np.random.default_rng(11)
    for gap in (0.5, 7.9, 8.1, 30, 100, 600, 800, 2500):
        x = -gap * np.array([0, 1.0, 1.0, 1.5]) + rng.normal(size=4) * 0.1
        x = rng.permutation(x).astype(fmt)
        for place in range(4):
            for u in (np.eye(4)[place], 1 - np.eye(4)[place], -3e-30 * np.eye(4)[place]):
                if name == "log_softmax" and (u == 1).sum() == 3:
                    continue
                got, right = ref.activations[name].vjp(x, u), expected(f"{name} vjp", x, fmt, u)
                assert got.tolist() == right.tolist(), (x, u)
                if (u == 1).sum() == 3:  # the sign of what is next to nothing
                    assert np.signbit(got).tolist() == [k == place for k in range(4)]


def test_what_decides_a_tie_may_be_far_below():
    """Half of the upstream gradient's sum is the middle of two floats, and the share a bit less."""
    x, u = np.float16([0, 0, -2e4, -4e4]), np.array([0, 0, 2 + 6 * 2.0**-11, 0])
    assert ref.log_softmax.vjp(x, u)[0] == -(1 + 2.0**-10)
    x[2:] = -np.inf
    assert ref.log_softmax.vjp(x, u)[0] == -(1 + 2.0**-9)


@pytest.mark.parametrize("name", ROWS)
def test_gradients_that_cancel(name):
    x = np.array([0.0, 0.0, -1.0, -1.0, -1.0])
    for u in ([0, 0, 0, 0, 0], [7, 7, 7, 7, 7], [0, 0, 1, -1, 0], [0, 0, 1e-300, 0, -1e-300],
              [1, -1, 2, -2, 0], [1e16, 1, -1e16, 0, -1], [3e290, -3e290, 1e-5, 0, 0]):  # fmt: skip
        u = np.array(u, float)
        got = ref.activations[name].vjp(x, u)
        assert got.tolist() == expected(f"{name} vjp", x, "float64", u).tolist()


@pytest.mark.parametrize("fmt", ["float64", "float32"])
@pytest.mark.parametrize("name", ROWS)
def test_upstream_gradients_may_be_of_any_size(name, fmt):
    rng = np.random.default_rng(12)
    for k in range(60):
        x = (rng.normal(size=4) * rng.choice([1, 30, 600])).astype(fmt)
        u = rng.normal(size=4) * 10.0 ** rng.choice(
            [-320, -300, -5, 250, 300, 307], 4 if k % 2 else 1
        )
        got, right = ref.activations[name].vjp(x, u), expected(f"{name} vjp", x, fmt, u)
        assert got.tolist() == right.tolist(), (x, u)


def test_exponentials_below_all_floats_leave_small_upstream_gradients():
    assert ref.log_softmax.vjp([-800.0, 0.0], [1e-300, 1e10])[0] == 1e-300
    u = [1e-300, 1e10, -1.0]
    right = expected("softmax vjp", [-700.0, -750.0, 0.0], "float64", u).tolist()
    assert ref.softmax.vjp([-700.0, -750.0, 0.0], u).tolist() == right


def test_sums_of_upstream_are_exact():
    rng = np.random.default_rng(5)
    x = rng.normal(size=500) * 2.0 ** rng.integers(-1000, 1000, 500)
    x[:3] = 5e-324, -1.7e308, 1.7e308
    assert exact_sum(x) == sum(map(Fraction, x.tolist()))


@pytest.mark.parametrize("fmt", ["float64", "float32", "bfloat16"])
@pytest.mark.parametrize(
    "what", [*ROWS, "logsumexp", "softmax vjp", "log_softmax vjp", "logsumexp vjp"]
)
def test_compiled_and_in_pieces_the_bits_are_the_same(monkeypatch, what, fmt):
    pytest.importorskip("numba")
    rng = np.random.default_rng(3)
    x = (rng.normal(size=(12, 301)) * rng.choice([1, 30, 500], (12, 1))).astype(fmt)
    x[3, 7], x[4, :5], x[5, 1], x[6] = -np.inf, np.inf, np.inf, np.nan
    u = rng.normal(size=x.shape)
    monkeypatch.setattr(rows, "_MANY", x.size + 1)
    whole = asked(what, x, u)
    for many, piece in ((1, 2**14), (1, 100), (x.size + 1, 100)):
        monkeypatch.setattr(rows, "_MANY", many)
        monkeypatch.setattr(rows, "PIECE", piece)
        assert asked(what, x, u).tobytes() == whole.tobytes()


@pytest.mark.parametrize("what", [what for what in FUNCTIONS if "logsumexp" not in what])
def test_order_company_and_layout_do_not_matter(what):
    """Rounded once, results have the bits of any order of the row, and of the sum."""
    rng = np.random.default_rng(4)
    x, u = rng.normal(size=(2, 3, 5, 4)) * 5
    order = rng.permutation(4)
    whole = asked(what, x, u)
    permuted = asked(what, x[..., order], u[..., order])
    back = np.argsort(order)
    permuted = permuted[..., back]
    if "derivative" in what:
        permuted = permuted[..., back, :]
    assert permuted.tobytes() == whole.tobytes()
    assert asked(what, x[1:2, 3:4], u[1:2, 3:4]).tobytes() == whole[1:2, 3:4].tobytes()
    for axis in (0, 1, -3):
        moved, above = (np.moveaxis(one, -1, axis) for one in (x, u))
        got = asked(what, moved, above, axis=axis)
        assert np.array_equal(got if "derivative" in what else np.moveaxis(got, axis, -1), whole)
    for laid in (np.asfortranarray(x), x[::-1][::-1], x.astype(">f8")):
        got = asked(what, laid, u)
        assert np.array_equal(got, whole)
        if "derivative" not in what:
            assert got.flags.fnc == laid.flags.fnc
    x.flags.writeable = u.flags.writeable = False
    assert np.array_equal(asked(what, x, u), whole)


def test_order_and_axis_do_not_matter_to_one_number():
    rng = np.random.default_rng(4)
    x, u = rng.normal(size=(3, 5, 4)) * 5, rng.normal(size=(3, 5))
    f, order = ref.logsumexp, rng.permutation(4)
    assert np.array_equal(f(x[..., order]), f(x))
    assert np.array_equal(f.derivative(x[..., order]), f.derivative(x)[..., order])
    for axis in (0, 1, -3):
        moved = np.moveaxis(x, -1, axis)
        assert np.array_equal(f(moved, axis), f(x))
        assert np.array_equal(f.derivative(moved, axis), f.derivative(x))
        assert np.array_equal(np.moveaxis(f.vjp(moved, u, axis), axis, -1), f.vjp(x, u))


_DIGEST = """
import hashlib, numpy as np
from actinit import reference as ref
rng, digest = np.random.default_rng(8), hashlib.sha256()
for fmt in (np.float32, np.float64):
    x, u = (rng.integers(-(2**52), 2**52, (2, 60, 41)) * 2.0**-50).astype(fmt)
    for f in (ref.softmax, ref.log_softmax):
        digest.update(f(x).tobytes() + f.vjp(x, u).tobytes() + f.derivative(x[:9]).tobytes())
print(digest.hexdigest())
"""
#: Of what the lines above compute, on any machine, with any NumPy and Python.
GOLDEN = "24adda4d3ef72d24c1341c11f3214ac5fcd4ca7ca139771629ea38517ca4ffb2"


@pytest.mark.parametrize("without", ["", "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX"])
def test_bits_do_not_depend_on_vector_instructions(without):
    assert printed_without(without, _DIGEST) == GOLDEN


@pytest.mark.parametrize("fmt", ["float32", "float64"])
def test_a_long_row(fmt):
    rng = np.random.default_rng(6)
    x, u = rng.normal(size=(2, 40_000)).astype(fmt)
    before = ctx.prec
    ctx.prec = 200
    try:
        e = [arb(one).exp() for one in x.tolist()]
        total = sum(e, arb(0))
        dot = sum((one * arb(two) for one, two in zip(e, u.tolist(), strict=True)), arb(0)) / total
        above = sum((arb(one) for one in u.tolist()), arb(0))
        y, logarithm = ref.softmax(x), ref.log_softmax(x)
        gradient, of_logarithm = ref.softmax.vjp(x, u), ref.log_softmax.vjp(x, u)
        for i in (0, 17, 16_384, int(x.argmax()), 39_999):
            share = e[i] / total
            for got, right in (
                (y[i], share),
                (logarithm[i], share.log()),
                (gradient[i], share * (arb(float(u[i])) - dot)),
                (of_logarithm[i], arb(float(u[i])) - share * above),
            ):
                half = arb(float(abs(np.spacing(got)))) / 2
                assert abs(arb(float(got)) - right) < half
    finally:
        ctx.prec = before


def test_gradients_take_memory_as_their_rows_do():
    x, u = np.random.default_rng(7).normal(size=(2, 50_257)).astype("float32")
    ref.softmax.vjp(x, u)
    tracemalloc.start()
    try:
        ref.softmax.vjp(x, u)
        ref.log_softmax.vjp(x, u)
        assert tracemalloc.get_traced_memory()[1] < 200 * x.size  # the Jacobian has 200,000
    finally:
        tracemalloc.stop()


def test_rows_of_no_elements_are_empty_and_no_rows_are():
    for name in ROWS:
        f = ref.activations[name]
        for shape in ((0,), (3, 0), (0, 3), (2, 0, 3)):
            x = np.zeros(shape, np.float32)
            assert f(x).shape == f.vjp(x, x).shape == shape
            assert f.derivative(x).shape == (*shape, shape[-1])
    assert ref.maxout(np.zeros((0, 3))).shape == (0,)
    for call in (ref.maxout, ref.maxout.derivative):
        with pytest.raises(ValueError, match=r"no elements.*\(3, 0\).*at least one"):
            call(np.zeros((3, 0)))


@pytest.mark.parametrize("name", [*ROWS, "maxout"])
def test_an_axis_that_is_none_is_refused(name):
    f, x = ref.activations[name], np.zeros((2, 3))
    for call in (f, f.derivative):
        with pytest.raises(ValueError, match="single number; expected at least one axis"):
            call(1.0)
        for bad in (None, 0.0, "0", (0, 1), True):
            with pytest.raises(TypeError, match=f"{name} takes one axis, an integer; got axis="):
                call(x, axis=bad)
        with pytest.raises(ValueError, match=r"axis 2 is out of range.*expected -2 to 1"):
            call(x, axis=2)
        assert np.array_equal(call(x, 0), call(x, axis=np.int64(-2)))
        with pytest.raises(TypeError):
            call(x, 0, 1)
        with pytest.raises(TypeError):
            call(x, dim=0)


@pytest.mark.parametrize("name", [*ROWS, "maxout"])
def test_input_that_has_no_format_is_refused(name):
    f = ref.activations[name]
    with pytest.raises(TypeError, match="masked"):
        f(np.ma.masked_array([1.0, 2.0], [True, False]))
    with pytest.raises(TypeError, match=r"longdouble|float128"):
        f(np.array([1.0, 2.0], np.longdouble))


@pytest.mark.parametrize("name", [*ROWS, "maxout"])
def test_upstream_has_its_own_shape_and_format(name):
    f, x = ref.activations[name], np.float16([[0.5, 0.25, -1.0]])
    value = f(x)
    for shape in ((3, *value.shape), (), (1, 1, 1)):
        with pytest.raises(ValueError, match="shape"):
            f.vjp(x, np.ones(shape))
    upstream = np.full(value.shape, 1e5, np.float32)  # beyond float16
    upstream[..., 0] = 1.00001e5
    got = f.vjp(x, upstream)
    assert got.dtype == np.float16
    if name == "maxout":
        assert np.isinf(got[0, 0])
        assert not got[0, 1:].any()
    else:
        right = expected(f"{name} vjp", x[0], "float16", upstream[0])
        assert np.array_equal(got[0], right)


def test_upstream_that_is_not_finite():
    x = np.array([[0.0, 1.0, 2.0]] * 2)
    u = np.array([[1.0, np.inf, 0.0], [1.0, 2.0, 4.0]])
    with np.errstate(all="raise"):
        for name in ROWS:
            got = ref.activations[name].vjp(x, u)
            assert np.array_equal(got[0], [-np.inf, np.nan, -np.inf], equal_nan=True)
            assert np.array_equal(got[1], ref.activations[name].vjp(x[1], u[1]))
            assert np.isnan(ref.activations[name].vjp(x, u * np.nan)).all()


def test_special_rows():
    inf, nan = np.inf, np.nan
    for fmt in ("float64", "float32", "float16", "float8_e5m2"):
        for x, y in (
            ([inf, 0, -inf], [1, 0, 0]), ([-inf, 3], [0, 1]), ([-inf], [1]), ([inf], [1]),
            ([inf, inf, 0], [nan] * 3), ([-inf, -inf], [nan] * 2), ([nan, 0], [nan] * 2),
            ([nan, inf], [nan] * 2), ([inf, nan], [nan] * 2),
        ):  # fmt: skip
            x = np.array(x, fmt)
            with np.errstate(all="ignore"):
                logarithm = np.log(np.array(y, float))
            assert np.array_equal(ref.softmax(x).astype(float), y, equal_nan=True)
            assert np.array_equal(ref.log_softmax(x).astype(float), logarithm, equal_nan=True)
            gradient = ref.softmax.vjp(x, np.arange(x.size)).astype(float)
            assert np.array_equal(gradient, np.array(y) * 0, equal_nan=True)
            jacobian = ref.softmax.derivative(x).astype(float)
            assert np.array_equal(jacobian, np.multiply.outer(y, y) * 0, equal_nan=True)


@pytest.mark.parametrize("fmt", FORMATS)
def test_softmin_is_the_softmax_of_the_negative_row(fmt):
    f, g = ref.softmin, ref.softmax
    for x, upstream in cases(fmt, seed=3):
        same = np.array_equal
        assert same(f(x).astype(float), g(-x).astype(float), equal_nan=True)
        for got, of_softmax in (
            (f.derivative(x), g.derivative(-x)),
            (f.vjp(x, upstream), g.vjp(-x, upstream)),
            (f.vjp(x, upstream * np.inf), g.vjp(-x, upstream * np.inf)),
        ):
            assert same(got.astype(float), -of_softmax.astype(float), equal_nan=True)
    # What it is, told without softmax.
    x = np.array([[1.0, 2.0, 4.0]], fmt)
    e = np.exp(-x.astype(float))
    assert np.allclose(f(x).astype(float), e / e.sum(), rtol=0.13)


def test_logsumexp_of_infinite_rows():
    inf, nan = np.inf, np.nan
    for fmt in ("float64", "float32", "float16", "float8_e5m2"):
        for x, y in (
            ([inf, 0, -inf], inf), ([inf, inf], inf), ([-inf, -inf], -inf), ([-inf], -inf),
            ([-inf, 3], 3), ([nan, 0], nan), ([nan, inf], nan),
        ):  # fmt: skip
            assert np.array_equal(ref.logsumexp(np.array(x, fmt)).astype(float), y, equal_nan=True)
    x, u = np.array([[0.0, 1.0]] * 4), np.array([inf, -inf, nan, 2.0])
    got = ref.logsumexp.vjp(x, u)
    assert np.array_equal(got[:3], np.repeat(u[:3, np.newaxis], 2, axis=1), equal_nan=True)
    assert np.array_equal(got[3], 2 * ref.softmax(x[3]))


def test_logsumexp_where_its_terms_cancel():
    """Next to a root no two terms of pairs are enough: exact rows decide."""
    x = np.full(3, -np.log(3.0))
    right = expected("logsumexp", x, "float64")
    assert ref.logsumexp(x) == right[0]
    assert 0 < abs(right[0]) < 1e-15
    assert not ref.logsumexp(np.zeros((0, 3))).size
    with pytest.raises(ValueError, match=r"no elements.*\(3, 0\).*at least one"):
        ref.logsumexp(np.zeros((3, 0)))


def test_maxout_takes_the_first_of_the_largest():
    x = np.array([[0.0, -0.0, -1.0], [-0.0, 0.0, -0.0], [2.0, 2.0, 1.0], [1.0, np.nan, np.inf]])
    assert np.signbit(ref.maxout(x)).tolist() == [False, True, False, False]
    assert ref.maxout.derivative(x).argmax(axis=1).tolist() == [0, 0, 0, 1]
    assert np.isnan(ref.maxout(x)[3])
    assert ref.maxout.vjp(x, np.arange(4.0)).sum(axis=1).tolist() == [0, 1, 2, 3]
    cube = np.random.default_rng(8).normal(size=(3, 4, 5))
    for axis in (0, 1, 2, -1):
        assert np.array_equal(ref.maxout(cube, axis), cube.max(axis=axis))
        up = np.ones(ref.maxout(cube, axis).shape)
        assert np.array_equal(
            ref.maxout.vjp(cube, up, axis), cube == cube.max(axis=axis, keepdims=True)
        )


@pytest.mark.parametrize("name", ref.activations)
def test_functions_are_pickled_and_copied_as_themselves(name):
    f = ref.activations[name]
    assert pickle.loads(pickle.dumps(f)) is f
    assert copy.deepcopy(f) is f
    assert copy.copy(f) is f


# Faults, planted: that the tests above would see them.


def _wrong(what, x, fmt="float64"):
    got = np.ravel(asked(what, x, np.arange(float(x.size))))
    return got.tolist() != expected(what, x, fmt, np.arange(float(x.size))).tolist()


def test_a_plain_sum_is_wrong(monkeypatch):
    some = np.random.default_rng(9).normal(size=(5, 40))
    assert not any(_wrong("softmax", x) for x in some)

    def plain(high, low):
        return elements.Pair(high.sum(axis=1), 0.0)

    monkeypatch.setattr(_row_kernels, "tree_of_pairs", plain)
    assert any(_wrong("softmax", x) for x in some)
    assert any(_wrong("log_softmax", x) for x in some)


@pytest.mark.parametrize(("fmt", "far", "last"), [("float32", -37.0, 24), ("float64", -80.0, 53)])
def test_a_bound_that_is_too_small_is_wrong(monkeypatch, fmt, far, last):
    """Half of the upstream gradient's sum is the middle of two floats, and the share a bit less."""
    x, u = np.array([0, 0, far, far], fmt), np.array([0, 0, 2, 6 * 2.0**-last])
    right = expected("log_softmax vjp", x, fmt, u).tolist()
    assert ref.log_softmax.vjp(x, u).tolist() == right
    none = parts.GRADIENT_OF_LOG_SOFTMAX._replace(floats=-1, pairs=0, sums=0)
    monkeypatch.setattr(parts, "GRADIENT_OF_LOG_SOFTMAX", none)
    monkeypatch.setattr(_row_kernels, "ROUNDING", 0.0)
    assert ref.log_softmax.vjp(x, u).tolist() != right


def test_a_rounded_distance_is_wrong(monkeypatch):
    x = np.array([1e-3, 20.1, -1.7])
    assert not _wrong("softmax", x)
    monkeypatch.setattr(elements, "distance", lambda x, top: elements.Pair(x - top, 0 * (x - top)))
    assert _wrong("softmax", x)
    assert _wrong("softmax derivative", x)


def test_pieces_of_a_row_are_joined_in_every_sum():
    """Also in those that only bounds are made of, which no result shows to be too small."""
    first, second = np.random.default_rng(4).uniform(1, 2, (2, 5, _row_kernels.COLUMNS))
    first[:, 1:6:2], second[:, 1:6:2] = 2.0**-70, -(2.0**-71)  # the low parts of pairs
    joined = first.copy()
    _row_kernels.merged(joined, second)
    for high in (0, 2, 4):
        for got, a, b in zip(joined, first, second, strict=True):
            exact = sum(map(Fraction, (*a[high : high + 2], *b[high : high + 2])))
            assert abs(sum(map(Fraction, got[high : high + 2])) - exact) < Fraction(2) ** -100
    assert (joined[:, 6:8] == first[:, 6:8] + second[:, 6:8]).all()
    assert (joined[:, 8:] == first[:, 8:]).all()
